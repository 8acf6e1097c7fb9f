"""Whether one run is better than another, or the topics at hand were kind to it.

Paired over topics. The randomization test (Fisher; Smucker, Allan and Carterette, CIKM 2007) asks how often a
difference of the means this large comes up when in each topic a coin says which run had which value; Student's t test
is beside it. Several pairs of runs are one family, so p values are adjusted by Holm (1979). Intervals are 95 %
percentile bootstraps over topics (Efron and Tibshirani 1993; Sakai 2018), effect sizes the mean difference in standard
deviations of the differences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr  # type: ignore[import-untyped]  # scipy.stats takes a second and more to import

from engine.evaluation.estimates import Estimate, bootstrap_columns
from engine.evaluation.power import detectable_difference, topics_needed

MOST_EXACT = 14
"""With more topics that differ, the 2 ** n signs are drawn instead of enumerated."""
SIGNS = 100_000
_BLOCK = 10_000
_DIGITS = 9
_TOLERANCE = 1e-9  # equal sums of differences differ in their last bits


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs over the same topics: `difference` is the first's mean minus the second's, with its interval.

    wins, losses, ties: topics, of the first. p_randomization is exact where is_exact, otherwise drawn; p_t is None
    where the differences do not vary, or there is one topic. adjusted_*: by Holm over all comparisons made together.
    effect_size: difference / deviation, None without deviation. detectable: the smallest difference that so many
    topics show with 80 % power, topics_needed: how many topics would show this one; None where it cannot be told.
    """

    first: str
    second: str
    topic_count: int
    difference: Estimate
    deviation: float
    wins: int
    losses: int
    ties: int
    p_randomization: float
    is_exact: bool
    p_t: float | None
    adjusted_randomization: float
    adjusted_t: float | None
    effect_size: float | None
    detectable: float | None
    topics_needed: int | None


@dataclass(frozen=True, slots=True)
class Comparisons:
    """Runs over the same topics: each one's mean with its interval, and all pairs of them, in the order of the runs."""

    means: Mapping[str, Estimate]
    pairs: tuple[Comparison, ...]

    def pair(self, first: str, second: str) -> Comparison:
        """The comparison of two runs, whichever of them stands first in it. Raises: KeyError."""
        for one in self.pairs:
            if {one.first, one.second} == {first, second}:
                return one
        raise KeyError((first, second))


def compare_runs(values: Mapping[str, NDArray[np.float64]], *, seed: int = 0) -> Comparisons:
    """All pairs of runs compared. values: by run, (topics,) float64 in one order of topics.

    The same values and seed give the same result. Raises: ValueError where runs differ in their number of topics.
    """
    names = list(values)
    table = _table(values)
    pairs = list(combinations(range(len(names)), 2))
    differences = np.column_stack(
        [table[:, one] - table[:, other] for one, other in pairs] or [np.empty((len(table), 0))]
    )
    # Means and differences of the same drawn topics.
    drawn = bootstrap_columns(np.column_stack([table, differences]), seed=seed) if names else []
    # The last bits of a sum depend on the processor and on how many columns are summed.
    estimates = [Estimate(*(round(bound, _DIGITS) for bound in (of.mean, of.low, of.high))) for of in drawn]
    randomization = randomization_p(differences, seed=seed)
    t = [paired_t_p(differences[:, column]) for column in range(len(pairs))]
    adjusted, adjusted_t = holm([p for p, _ in randomization]), _holm_of_known(t)
    return Comparisons(
        means=dict(zip(names, estimates, strict=False)),
        pairs=tuple(
            _comparison(
                (names[one], names[other]),
                differences[:, column],
                estimates[len(names) + column],
                randomization[column],
                (t[column], adjusted[column], adjusted_t[column]),
            )
            for column, (one, other) in enumerate(pairs)
        ),
    )


def randomization_p(differences: NDArray[np.float64], *, seed: int = 0) -> list[tuple[float, bool]]:
    """Two-sided p of each column of (topics, pairs) differences, and whether it is exact.

    Topics without a difference change nothing. Drawn ones count the observed assignment too: (count + 1) / (SIGNS + 1),
    so that no p is 0. All columns share their drawn signs.
    """
    found: dict[int, tuple[float, bool]] = {}
    many = []
    for column in range(differences.shape[1]):
        differing = differences[:, column][np.abs(differences[:, column]) > _TOLERANCE]
        if len(differing) <= MOST_EXACT:
            found[column] = (_exact_p(differing), True)
        else:
            many.append(column)
    for column, p in zip(many, _drawn_p(differences[:, many], seed), strict=True):
        found[column] = (p, False)
    return [found[column] for column in range(differences.shape[1])]


def paired_t_p(differences: NDArray[np.float64]) -> float | None:
    """Two-sided p of Student's paired t test; None for fewer than two topics or differences that are all the same.

    1 where nothing differs at all.
    """
    if len(differences) < 2:
        return None
    deviation = float(differences.std(ddof=1))
    if deviation <= _TOLERANCE:
        return 1.0 if abs(float(differences.mean())) <= _TOLERANCE else None
    t = float(differences.mean()) / (deviation / np.sqrt(len(differences)))
    return float(2 * stdtr(len(differences) - 1, -abs(t)))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p values in the given order: the k-th smallest of m times m - k + 1, never falling, at most 1."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    adjusted = [0.0] * len(p_values)
    least = 0.0
    for rank, place in enumerate(order):
        least = max(least, min(1.0, p_values[place] * (len(p_values) - rank)))
        adjusted[place] = least
    return adjusted


def _holm_of_known(p_values: Sequence[float | None]) -> list[float | None]:
    known = iter(holm([p for p in p_values if p is not None]))
    return [None if p is None else next(known) for p in p_values]


def _table(values: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """(topics, runs)."""
    lengths = {len(of) for of in values.values()}
    if len(lengths) > 1:
        raise ValueError(f"runs over different numbers of topics cannot be paired: {sorted(lengths)}")
    return np.column_stack([np.asarray(of, dtype=np.float64) for of in values.values()]) if values else np.empty((0, 0))


def _comparison(
    names: tuple[str, str],
    differences: NDArray[np.float64],
    estimate: Estimate,
    randomization: tuple[float, bool],
    others: tuple[float | None, float, float | None],
) -> Comparison:
    count = len(differences)
    deviation = float(differences.std(ddof=1)) if count > 1 else 0.0
    varies = deviation > _TOLERANCE
    p_t, adjusted, adjusted_t = others
    wins, losses = int((differences > _TOLERANCE).sum()), int((differences < -_TOLERANCE).sum())
    return Comparison(
        *names,
        topic_count=count,
        difference=estimate,
        deviation=deviation,
        wins=wins,
        losses=losses,
        ties=count - wins - losses,
        p_randomization=randomization[0],
        is_exact=randomization[1],
        p_t=p_t,
        adjusted_randomization=adjusted,
        adjusted_t=adjusted_t,
        effect_size=estimate.mean / deviation if varies else None,
        detectable=detectable_difference(count, deviation) if varies else None,
        topics_needed=topics_needed(estimate.mean, deviation) if varies else None,
    )


def _exact_p(differing: NDArray[np.float64]) -> float:
    """Over all 2 ** n signs of the differences, the observed one among them; 1 without any."""
    count = len(differing)
    signs = 1 - 2 * ((np.arange(2**count)[:, np.newaxis] >> np.arange(count)) & 1)
    return float((np.abs(signs @ differing) >= abs(differing.sum()) - _TOLERANCE).mean())


def _drawn_p(differences: NDArray[np.float64], seed: int) -> list[float]:
    if not differences.shape[1]:
        return []
    generator = np.random.default_rng(seed)
    least = np.abs(differences.sum(axis=0)) - _TOLERANCE
    counts = np.zeros(differences.shape[1], dtype=np.int64)
    for _ in range(SIGNS // _BLOCK):
        signs = generator.integers(0, 2, (_BLOCK, len(differences)), dtype=np.int8) * 2.0 - 1
        counts += (np.abs(signs @ differences) >= least).sum(axis=0)
    return [(int(count) + 1) / (SIGNS + 1) for count in counts]
