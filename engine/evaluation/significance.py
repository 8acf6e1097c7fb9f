"""Test whether one run is better than another, or only did better on these topics by chance.

Paired over topics. The randomization test (Fisher; Smucker, Allan and Carterette, CIKM 2007) measures how often a
difference of the means this large arises when the runs' values are swapped at random in each topic; Student's t test
is given too. All pairs of runs are compared at once, so p values are adjusted by Holm (1979). Intervals are 95 %
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
"""With more topics that differ, signs are drawn at random instead of enumerating all 2 ** n."""
SIGNS = 100_000
_BLOCK = 10_000
_DIGITS = 9
_TOLERANCE = 1e-9  # equal sums of differences may differ in their last bits


@dataclass(frozen=True, slots=True)
class Comparison:
    """The comparison of two runs over the same topics. difference: mean of the first minus that of the second.

    wins, losses, ties: numbers of topics, for the first. p_randomization: exact if is_exact, else sampled. p_t: None
    when the differences do not vary, or with one topic. adjusted_*: by Holm over all comparisons.
    effect_size: difference / deviation, None without deviation. detectable: the smallest difference that this many
    topics show with 80 % power. topics_needed: how many topics would show this one; None when unknown.
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
    """The mean of each run with its interval, and the comparisons of all pairs, in the order of the runs."""

    means: Mapping[str, Estimate]
    pairs: tuple[Comparison, ...]

    def pair(self, first: str, second: str) -> Comparison:
        """The comparison of two runs, in either order. Raises: KeyError."""
        for one in self.pairs:
            if {one.first, one.second} == {first, second}:
                return one
        raise KeyError((first, second))


def compare_runs(values: Mapping[str, NDArray[np.float64]], *, seed: int = 0) -> Comparisons:
    """Compare all pairs of runs. values: run → (topics,) float64, in the same order of topics.

    The same values and seed give the same result. Raises: ValueError where runs differ in their number of topics.
    """
    names = list(values)
    table = _table(values)
    pairs = list(combinations(range(len(names)), 2))
    differences = np.column_stack(
        [table[:, one] - table[:, other] for one, other in pairs] or [np.empty((len(table), 0))]
    )
    # Means and differences use the same resampled topics.
    drawn = bootstrap_columns(np.column_stack([table, differences]), seed=seed) if names else []
    # Rounded: the last bits of a sum depend on the processor and the number of columns.
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
    """The two-sided p of each column of differences (topics, pairs), and whether it is exact.

    Topics without a difference have no effect. Sampled p values count the observed signs too, as (count + 1) /
    (SIGNS + 1), so that no p is 0. All columns use the same random signs.
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
    """The two-sided p of Student's paired t test; None for fewer than two topics or constant differences.

    1 when there is no difference at all.
    """
    if len(differences) < 2:
        return None
    deviation = float(differences.std(ddof=1))
    if deviation <= _TOLERANCE:
        return 1.0 if abs(float(differences.mean())) <= _TOLERANCE else None
    t = float(differences.mean()) / (deviation / np.sqrt(len(differences)))
    return float(2 * stdtr(len(differences) - 1, -abs(t)))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p values in the given order: the k-th smallest of m times m - k + 1, non-decreasing, at most 1."""
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
    """The values as a table (topics, runs). Raises: ValueError for different numbers of topics."""
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
    """The exact p over all 2 ** n signs of the differences, including the observed ones; 1 without any."""
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
