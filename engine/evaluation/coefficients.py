"""Coefficients of agreement over many tables at once, with bootstrap intervals.

Tables are (..., n, n) float64 counts, one row and column per value of the scale. Results are (...), NaN where a
coefficient is undefined: nothing was counted, or everything has one value, so that chance agreement is 1.
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
"""With fewer topics, candidates are resampled: so few topics say nothing about other topics."""
RESAMPLES = 2000
_FEWEST_DEFINED = 0.9  # of the resamples; a coefficient that is defined in fewer has no interval
_DIGITS = 6
_SAME = "all grades are the same, so agreement cannot be told from chance"
_CONSTANT = "all grades agree, so resampling gives no interval"
_FEW = "there are too few candidates for an interval"


@dataclass(frozen=True, slots=True)
class Statistic:
    """A value with its 95 % interval. reason: why the value or its interval is None, else empty."""

    value: float | None
    low: float | None
    high: float | None
    reason: str = ""

    def as_dict(self) -> dict[str, object]:
        """As a dict for JSON, without NaN."""
        return {"value": self.value, "low": self.low, "high": self.high, "reason": self.reason}


def percent_agreement(tables: Tables) -> Values:
    """The percentage of pairs on the diagonal, 0 to 100."""
    return 100 * _ratio(np.trace(tables, axis1=-2, axis2=-1), tables.sum(axis=(-2, -1)))


def kappa(tables: Tables, distances: Tables) -> Values:
    """Cohen's (weighted) kappa: 1 - observed over expected distance; distances (n, n), 0 on the diagonal."""
    total = tables.sum(axis=(-2, -1))
    expected = np.einsum("...i,...j,ij->...", tables.sum(axis=-1), tables.sum(axis=-2), distances)
    observed = (tables * distances).sum(axis=(-2, -1))
    return 1 - _ratio(observed * total, expected)


def nominal(scale: Sequence[int]) -> Tables:
    """Nominal distances (Cohen 1960): 1 between any two different values."""
    return 1.0 - np.eye(len(scale))


def squared(scale: Sequence[int]) -> Tables:
    """Quadratic distances (Cohen 1968): the squared difference."""
    values = np.asarray(scale, dtype=np.float64)
    return np.square(values[:, np.newaxis] - values)


def coincidences(counts: Tables) -> Tables:
    """The contribution of each candidate to Krippendorff's coincidence matrix: (candidates, n, n).

    counts: (candidates, n) float64, how many assessors gave it each value, two or more in all. Each ordered pair of
    values counts 1 / (number of values - 1).
    """
    with_themselves = counts[:, :, np.newaxis] * np.eye(counts.shape[1])
    ordered = counts[:, :, np.newaxis] * counts[:, np.newaxis, :] - with_themselves
    pairs: Tables = ordered / (counts.sum(axis=1) - 1)[:, np.newaxis, np.newaxis]
    return pairs


def ordinal_alpha(tables: Tables) -> Values:
    """Krippendorff's ordinal alpha of coincidence matrices.

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
    """Each coefficient of the summed tables with its percentile bootstrap interval, and the unit of resampling.

    tables: (candidates, ...) to be summed; topics: of each candidate. without: the reason given when there is no
    candidate. All coefficients use the same resamples.
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
    """Sums of resamples of the units, drawn with replacement: (RESAMPLES, ...). Independent of the units' order."""
    # Equal units are grouped and drawn as counts: most candidates have one of a few tables.
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
    """The quotient; NaN where the denominator is 0."""
    numerator, denominator = np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    ratio: Values = np.divide(numerator, denominator, out=np.full(numerator.shape, np.nan), where=denominator > 0)
    return ratio
