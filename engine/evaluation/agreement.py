"""Agreement between assessors, and of assessors with themselves, beyond chance.

Cohen's kappa (1960) for two assessors, also weighted by squared distance (Cohen 1968); Krippendorff's alpha, ordinal,
for any number of assessors and missing judgments (Computing Krippendorff's Alpha-Reliability, 2011). Of several
assessors kappas are averaged over the pairs (Light 1971).

"Cannot judge" is not a grade: it is left out of the statistics and counted separately. Intervals are 95 % percentile
bootstraps. Judgments within a topic are correlated, so whole topics are resampled (the cluster bootstrap: Davison and
Hinkley 1997, 3.8; Field and Welsh 2007); with too few topics, candidates are.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.evaluation.coefficients import (
    Drawn,
    Statistic,
    Tables,
    Values,
    coincidences,
    estimates,
    kappa,
    nominal,
    ordinal_alpha,
    percent_agreement,
    squared,
)

Item = TypeVar("Item", bound=Hashable)
Topic = TypeVar("Topic", bound=Hashable)
Matrix = tuple[tuple[int, ...], ...]
Places = NDArray[np.int64]

SCALE = (0, 1, 2, 3)
_NOTHING_SHARED = "no candidate was graded by two assessors"
_NOTHING_REPEATED = "no candidate was graded twice"


@dataclass(frozen=True, slots=True)
class CannotJudge:
    """How often candidates could not be judged.

    shared: candidates seen by two or more assessors. one: of those, how many at least one assessor could not judge.
    all: how many none of them could judge. percent: how often two assessors agree on whether a candidate can be
    judged; None when none is shared.
    """

    shared: int
    one: int
    all: int
    percent: float | None


@dataclass(frozen=True, slots=True)
class AssessorCounts:
    """How many candidates one assessor graded, and how many they marked "cannot judge"."""

    assessor: str
    graded: int
    cannot_judge: int

    @property
    def cannot_judge_percent(self) -> float:
        """The percentage of "cannot judge" among all that the assessor judged; 0 for none."""
        judged = self.graded + self.cannot_judge
        return 100 * self.cannot_judge / judged if judged else 0.0


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """The agreement of two assessors on the candidates that both graded.

    matrix: counts, rows by the first one's grade, columns by the second one's, in the order of Agreement.scale.
    percent: 0 to 100. kappa: nominal. weighted_kappa: by squared distance. drawn: what is resampled for the intervals.
    """

    first: str
    second: str
    candidate_count: int
    topic_count: int
    drawn: Drawn
    percent: Statistic
    kappa: Statistic
    weighted_kappa: Statistic
    matrix: Matrix
    cannot_judge: CannotJudge


@dataclass(frozen=True, slots=True)
class Agreement:
    """The agreement of all assessors, and of each pair.

    candidate_count, topic_count: graded by at least two assessors. alpha is Krippendorff's, ordinal. percent is over
    all pairs of grades. The kappas are means over the pairs of assessors that have one.
    """

    scale: tuple[int, ...]
    assessors: tuple[AssessorCounts, ...]
    pairs: tuple[PairAgreement, ...]
    candidate_count: int
    topic_count: int
    drawn: Drawn
    alpha: Statistic
    percent: Statistic
    kappa: Statistic
    weighted_kappa: Statistic
    cannot_judge: CannotJudge


@dataclass(frozen=True, slots=True)
class SelfAgreement:
    """The agreement of one assessor's first grades (rows of matrix) with the grades of repeats.

    repeat_count: candidates graded twice. changed: candidates with a grade one time and "cannot judge" the other.
    """

    assessor: str
    repeat_count: int
    changed: int
    drawn: Drawn
    percent: Statistic
    weighted_kappa: Statistic
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class SelfAgreements:
    """The self-agreement of each assessor, and of all together (with assessor "")."""

    assessors: tuple[SelfAgreement, ...]
    together: SelfAgreement


def agreement_of(
    grades: Mapping[str, Mapping[Item, int | None]],
    topic_of: Mapping[Item, Topic],
    *,
    scale: Sequence[int] = SCALE,
    seed: int = 0,
) -> Agreement:
    """Compute the agreement of assessors. grades: assessor → candidate → grade, None for "cannot judge".

    Candidates that an assessor has not judged are absent. Raises: ValueError for a grade off the scale, KeyError for a
    shared candidate without a topic.
    """
    places = {grade: place for place, grade in enumerate(scale)}
    graded = {name: _graded(given, places) for name, given in grades.items()}
    named = list(combinations(enumerate(graded), 2))
    items, matrix = _side_by_side(list(graded.values()))
    is_shared = (matrix >= 0).sum(axis=1) > 1
    tables = _tables(matrix[is_shared], len(scale))
    topics = [topic_of[item] for item, shared in zip(items, is_shared, strict=True) if shared]
    _, unable = _side_by_side(
        [{item: int(grade is None) for item, grade in given.items()} for given in grades.values()]
    )
    every, drawn = estimates(
        tables,
        topics,
        {
            "alpha": lambda drawn: ordinal_alpha(drawn[..., 0, :, :]),
            "percent": lambda drawn: percent_agreement(drawn[..., 1:, :, :].sum(axis=-3)),
            "kappa": lambda drawn: _mean(kappa(drawn[..., 1:, :, :], nominal(scale))),
            "weighted_kappa": lambda drawn: _mean(kappa(drawn[..., 1:, :, :], squared(scale))),
        },
        seed=seed,
        without=_NOTHING_SHARED,
    )
    return Agreement(
        scale=tuple(scale),
        assessors=tuple(
            AssessorCounts(name, len(graded[name]), len(given) - len(graded[name])) for name, given in grades.items()
        ),
        pairs=tuple(
            _pair((first, second), tables[:, column], topics, unable[:, [a, b]], scale=scale, seed=seed)
            for column, ((a, first), (b, second)) in enumerate(named, start=1)
        ),
        candidate_count=len(topics),
        topic_count=len(set(topics)),
        drawn=drawn,
        cannot_judge=_cannot_judge(unable),
        **every,
    )


def self_agreement_of(
    repeats: Mapping[str, Mapping[Item, tuple[int | None, int | None]]],
    topic_of: Mapping[Item, Topic],
    *,
    scale: Sequence[int] = SCALE,
    seed: int = 0,
) -> SelfAgreements:
    """Compute self-agreement. repeats: assessor → candidate → first and second grade, None for "cannot judge".

    Candidates that were not judged twice must be left out. Raises as agreement_of.
    """
    rows = {name: [(topic_of[item], *pair) for item, pair in given.items()] for name, given in repeats.items()}
    every = [row for given in rows.values() for row in given]
    return SelfAgreements(
        assessors=tuple(_constancy(name, given, scale=scale, seed=seed) for name, given in rows.items()),
        together=_constancy("", every, scale=scale, seed=seed),
    )


def _graded(given: Mapping[Item, int | None], places: Mapping[int, int]) -> dict[Item, int]:
    """Candidate → position of its grade in the scale, for those with a grade."""
    wrong = {grade for grade in given.values() if grade is not None} - set(places)
    if wrong:
        raise ValueError(f"{min(wrong)} is not a grade; use one of {', '.join(map(str, places))}")
    return {item: places[grade] for item, grade in given.items() if grade is not None}


def _side_by_side(given: Sequence[Mapping[Item, int]]) -> tuple[list[Item], Places]:
    """All candidates, and a matrix (candidates, assessors) of the assessors' values, -1 where one has none."""
    items = list(dict.fromkeys(chain.from_iterable(given)))
    rows = {item: row for row, item in enumerate(items)}
    matrix = np.full((len(items), len(given)), -1, dtype=np.int64)
    for column, values in enumerate(given):
        matrix[[rows[item] for item in values], column] = list(values.values())
    return items, matrix


def _tables(matrix: Places, size: int) -> Tables:
    """Per candidate, its coincidences and a table for each pair: (candidates, 1 + pairs of assessors, size, size).

    matrix: from _side_by_side, for candidates with two grades or more, as positions in a scale of `size` grades.
    """
    pairs = list(combinations(range(matrix.shape[1]), 2))
    tables = np.zeros((len(matrix), 1 + len(pairs), size, size))
    tables[:, 0] = coincidences((matrix[:, :, np.newaxis] == np.arange(size)).sum(axis=1).astype(np.float64))
    for column, (first, second) in enumerate(pairs, start=1):
        both = np.flatnonzero((matrix[:, first] >= 0) & (matrix[:, second] >= 0))
        tables[both, column, matrix[both, first], matrix[both, second]] = 1
    return tables


def _pair(
    names: tuple[str, str],
    tables: Tables,
    topics: Sequence[Topic],
    unable: Places,
    *,
    scale: Sequence[int],
    seed: int,
) -> PairAgreement:
    """The agreement of one pair. tables: (candidates, n, n), 0 where not shared. unable: as for _cannot_judge."""
    both: list[int] = np.flatnonzero(tables.any(axis=(1, 2))).tolist()
    own = [topics[row] for row in both]
    found, drawn = estimates(tables[both], own, _two_assessors(scale), seed=seed, without=_NOTHING_SHARED)
    return PairAgreement(
        first=names[0],
        second=names[1],
        candidate_count=len(both),
        topic_count=len(set(own)),
        drawn=drawn,
        matrix=_counts(tables),
        cannot_judge=_cannot_judge(unable),
        **found,
    )


def _constancy(
    assessor: str, rows: Sequence[tuple[Topic, int | None, int | None]], *, scale: Sequence[int], seed: int
) -> SelfAgreement:
    """The self-agreement over rows of topic, first grade and second grade of each repeated candidate."""
    places = {grade: place for place, grade in enumerate(scale)}
    first = _graded({row: grade for row, (_, grade, _) in enumerate(rows)}, places)
    second = _graded({row: grade for row, (_, _, grade) in enumerate(rows)}, places)
    both = sorted(first.keys() & second.keys())
    tables = np.zeros((len(both), len(scale), len(scale)))
    tables[range(len(both)), [first[row] for row in both], [second[row] for row in both]] = 1
    wanted = {name: function for name, function in _two_assessors(scale).items() if name != "kappa"}
    found, drawn = estimates(tables, [rows[row][0] for row in both], wanted, seed=seed, without=_NOTHING_REPEATED)
    return SelfAgreement(
        assessor=assessor,
        repeat_count=len(both),
        changed=len(first.keys() ^ second.keys()),
        drawn=drawn,
        matrix=_counts(tables),
        **found,
    )


def _two_assessors(scale: Sequence[int]) -> dict[str, Callable[[Tables], Values]]:
    return {
        "percent": percent_agreement,
        "kappa": lambda drawn: kappa(drawn, nominal(scale)),
        "weighted_kappa": lambda drawn: kappa(drawn, squared(scale)),
    }


def _counts(tables: Tables) -> Matrix:
    return tuple(tuple(int(count) for count in row) for row in tables.sum(axis=0))


def _mean(values: Values) -> Values:
    """The mean over the last axis, ignoring NaN; NaN where all are."""
    known = ~np.isnan(values)
    total = np.where(known, values, 0.0).sum(axis=-1)
    count = known.sum(axis=-1)
    mean: Values = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return mean


def _cannot_judge(unable: Places) -> CannotJudge:
    """Counts of "cannot judge". unable: (candidates, assessors), 1 cannot judge, 0 graded, -1 not judged."""
    answers, cannot = (unable >= 0).sum(axis=1), (unable == 1).sum(axis=1)
    answers, cannot = answers[answers > 1], cannot[answers > 1]
    pairs, unlike = int((answers * (answers - 1) // 2).sum()), int((cannot * (answers - cannot)).sum())
    return CannotJudge(
        shared=len(answers),
        one=int((cannot > 0).sum()),
        all=int((cannot == answers).sum()),
        percent=round(100 * (1 - unlike / pairs), 6) if pairs else None,
    )
