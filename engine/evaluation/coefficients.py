"""Coefficients of agreement over many tables at once, and their bootstrap.

Tables are (..., n, n) float64 counts, one row and column per value of the scale. Results are (...), NaN where a
coefficient is not defined: nothing was counted, or everything has one value, so that chance agrees as well.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Tables = NDArray[np.float64]
Values = NDArray[np.float64]
Drawn = Literal["topics", "candidates"]

FEWEST_TOPICS = 5
"""With fewer, candidates are drawn: so few topics drawn again say nothing of other topics."""
RESAMPLES = 2000
_FEWEST_DEFINED = 0.9  # of the resamples; a value that seldom exists has no interval
_DIGITS = 6
_SAME = "all grades are the same, so chance alone would agree as well"
_CONSTANT = "there is nothing but agreement, so drawing again cannot tell how far it may be off"
_FEW = "there are too few candidates to tell how far it may be off"


@dataclass(frozen=True, slots=True)
class Statistic:
    """A value with its 95 % interval. `reason` says why the value, or only its interval, is None; else it is empty."""

    value: float | None
    low: float | None
    high: float | None
    reason: str = ""

    def as_dict(self) -> dict[str, object]:
        """For JSON; never NaN."""
        return {"value": self.value, "low": self.low, "high": self.high, "reason": self.reason}


def percent_agreement(tables: Tables) -> Values:
    """The share of pairs on the diagonal, 0 to 100."""
    return 100 * _ratio(np.trace(tables, axis1=-2, axis2=-1), tables.sum(axis=(-2, -1)))


def kappa(tables: Tables, distances: Tables) -> Values:
    """Cohen's (weighted) kappa: 1 - observed over expected distance; distances (n, n), 0 on the diagonal."""
    total = tables.sum(axis=(-2, -1))
    expected = np.einsum("...i,...j,ij->...", tables.sum(axis=-1), tables.sum(axis=-2), distances)
    observed = (tables * distances).sum(axis=(-2, -1))
    return 1 - _ratio(observed * total, expected)


def nominal(scale: Sequence[int]) -> Tables:
    """Distances of Cohen 1960: any two values are equally far apart."""
    return 1.0 - np.eye(len(scale))


def squared(scale: Sequence[int]) -> Tables:
    """Distances of the quadratic weights of Cohen 1968: the square of the difference."""
    values = np.asarray(scale, dtype=np.float64)
    return np.square(values[:, np.newaxis] - values)


def coincidences(counts: Tables) -> Tables:
    """(candidates, n, n): what each candidate adds to Krippendorff's coincidences.

    counts: (candidates, n) float64, how many assessors gave it each value, two or more in all. Each ordered pair of
    values counts 1 / (number of values - 1).
    """
    with_themselves = counts[:, :, np.newaxis] * np.eye(counts.shape[1])
    ordered = counts[:, :, np.newaxis] * counts[:, np.newaxis, :] - with_themselves
    pairs: Tables = ordered / (counts.sum(axis=1) - 1)[:, np.newaxis, np.newaxis]
    return pairs


def ordinal_alpha(tables: Tables) -> Values:
    """Krippendorff's alpha of coincidences, ordinal.

    The ordinal distance of two values is how many values lie between them, each end counted half: the difference of
    their middle ranks, squared.
    """
    counts = tables.sum(axis=-1)
    middles = np.cumsum(counts, axis=-1) - counts / 2
    distances = np.square(middles[..., :, np.newaxis] - middles[..., np.newaxis, :])
    observed = (tables * distances).sum(axis=(-2, -1))
    expected = np.einsum("...i,...j,...ij->...", counts, counts, distances)
    return 1 - _ratio(observed * (counts.sum(axis=-1) - 1), expected)


def estimates(
    tables: Tables,
    topics: Sequence[Hashable],
    coefficients: Mapping[str, Callable[[Tables], Values]],
    *,
    seed: int,
    without: str,
) -> tuple[dict[str, Statistic], Drawn]:
    """Each coefficient of the summed tables with its percentile bootstrap interval, and what was drawn for it.

    tables: (candidates, ...) what each candidate adds; topics: of each candidate. without: the reason where there is no
    candidate. All coefficients are taken of the same drawn tables.
    """
    codes: dict[Hashable, int] = {}
    places = np.array([codes.setdefault(topic, len(codes)) for topic in topics], dtype=np.int64)
    drawn: Drawn = "topics" if len(codes) >= FEWEST_TOPICS else "candidates"
    if not len(tables):
        return dict.fromkeys(coefficients, Statistic(None, None, None, without)), drawn
    units = tables
    if drawn == "topics":
        units = np.zeros((len(codes), *tables.shape[1:]))
        np.add.at(units, places, tables)
    again = _drawn_again(units, seed)
    return {
        name: _statistic(float(function(tables.sum(axis=0))), function(again), len(units))
        for name, function in coefficients.items()
    }, drawn


def _drawn_again(units: Tables, seed: int) -> Tables:
    """(RESAMPLES, ...): sums of as many units as there are, drawn with replacement. The order of units is no matter."""
    # Units that are alike are drawn as one: most candidates add one of a few tables.
    kinds, counts = np.unique(units.reshape(len(units), -1), axis=0, return_counts=True)
    times = np.random.default_rng(seed).multinomial(len(units), counts / len(units), size=RESAMPLES)
    return (times @ kinds).reshape(RESAMPLES, *units.shape[1:])


def _statistic(value: float, again: Values, unit_count: int) -> Statistic:
    if np.isnan(value):
        return Statistic(None, None, None, _SAME)
    defined = again[~np.isnan(again)]
    rounded = round(value, _DIGITS)
    if unit_count < 2 or len(defined) < _FEWEST_DEFINED * len(again):
        return Statistic(rounded, None, None, _FEW)
    if np.ptp(defined) == 0:
        return Statistic(rounded, None, None, _CONSTANT)
    low, high = (round(float(bound), _DIGITS) for bound in np.percentile(defined, [2.5, 97.5]))
    return Statistic(rounded, low, high)


def _ratio(numerator: Values, denominator: Values) -> Values:
    """NaN where the denominator is 0."""
    numerator, denominator = np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    ratio: Values = np.divide(numerator, denominator, out=np.full(numerator.shape, np.nan), where=denominator > 0)
    return ratio
