"""Positions of the marks of plots. Templates draw them as SVG, and show every number in a table as well."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

STYLES = 8  # of lines: colour, dashes and marker differ, so that lines can be distinguished in print and forced colours


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis, in percent of its length."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Axis:
    """A span of values with round ends."""

    low: float
    high: float
    step: float

    @classmethod
    def around(cls, values: Iterable[float], *, about: int = 5, least: float = 0.0, most: float = 1.0) -> Axis:
        """Return the smallest axis of about that many round steps that contains all values, within least and most."""
        found = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
        low, high = min(found), max(found)
        if high - low < 0.02:  # for a single value or equal ones: room on both sides
            low, high = low - 0.01, high + 0.01
        step = _round_step((high - low) / about)
        low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
        return cls(max(low, least), min(high, most), step)

    def at(self, value: float) -> float:
        """Return the position of a value in percent; values beyond an end are placed at that end."""
        share = (value - self.low) / (self.high - self.low)
        return round(100 * min(max(share, 0.0), 1.0), 2)

    @property
    def ticks(self) -> tuple[Tick, ...]:
        first = math.ceil(self.low / self.step - 1e-9)
        last = math.floor(self.high / self.step + 1e-9)
        decimals = max(0, -math.floor(math.log10(self.step) + 1e-9))
        return tuple(Tick(self.at(n * self.step), f"{n * self.step:.{decimals}f}") for n in range(first, last + 1))


def _round_step(step: float) -> float:
    """Round up to 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(times * power for times in (1, 2, 5, 10) if times * power >= step * (1 - 1e-9))


@dataclass(frozen=True, slots=True)
class Whisker:
    """A mean and its interval on an axis, in percent."""

    low: float
    mean: float
    high: float


def whisker(axis: Axis, low: float, mean: float, high: float) -> Whisker:
    return Whisker(axis.at(low), axis.at(mean), axis.at(high))


@dataclass(frozen=True, slots=True)
class Dot:
    """A value of a strip plot: `at` in percent, `level` from 0, higher above other dots at the same position."""

    at: float
    level: int


def strip(axis: Axis, values: Sequence[float], *, apart: float = 1.2) -> tuple[Dot, ...]:
    """Return a dot for each value, in the order given; dots less than `apart` percent from each other are stacked."""
    dots: list[Dot] = [Dot(0.0, 0)] * len(values)
    ends: list[float] = []  # by level: position of its last dot
    for place in sorted(range(len(values)), key=lambda place: (values[place], place)):
        at = axis.at(values[place])
        level = next((level for level, end in enumerate(ends) if at - end >= apart), len(ends))
        ends[level : level + 1] = [at]
        dots[place] = Dot(at, level)
    return tuple(dots)


@dataclass(frozen=True, slots=True)
class Box:
    """The middle half of values and their median, in percent of an axis."""

    low: float
    median: float
    high: float

    @property
    def length(self) -> float:
        return round(self.high - self.low, 2)


def polyline(points: Iterable[tuple[float, float]], width: float, height: float) -> str:
    """Format points for SVG; x and y are 0 to 1 of the plot, y upwards."""
    return " ".join(f"{x * width:.1f},{(1 - y) * height:.1f}" for x, y in points)
