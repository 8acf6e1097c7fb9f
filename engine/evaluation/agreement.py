"""How far assessors agree with each other and with themselves, beyond what chance would give.

Cohen's kappa (1960) for two assessors, also weighted by squared distance (Cohen 1968); Krippendorff's alpha, ordinal,
for any number of assessors and missing judgments (Computing Krippendorff's Alpha-Reliability, 2011). Of several
assessors kappas are averaged over the pairs (Light 1971).

"Cannot judge" is no grade: it is left out of the statistics of grades and counted apart. Intervals are 95 % percentile
bootstraps. Candidates of one topic are judged alike, so whole topics are drawn (the cluster bootstrap: Davison and
Hinkley 1997, 3.8; Field and Welsh 2007), unless there are too few of them; then candidates are.
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
    """Of `shared` candidates that two or more looked at: `one` at least one could not judge, `all` nobody could.

    percent: how often two assessors say alike whether a candidate can be judged; None where none is shared.
    """

    shared: int
    one: int
    all: int
    percent: float | None


@dataclass(frozen=True, slots=True)
class AssessorCounts:
    """What one assessor said: how many candidates got a grade, and of how many they said that they cannot judge."""

    assessor: str
    graded: int
    cannot_judge: int

    @property
    def cannot_judge_percent(self) -> float:
        """Of all that they looked at; 0 where that is nothing."""
        said = self.graded + self.cannot_judge
        return 100 * self.cannot_judge / said if said else 0.0


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two assessors over the candidates that both graded.

    matrix: counts, rows by the first one's grade, columns by the second one's, in the order of Agreement.scale.
    percent: 0 to 100. kappa: nominal. weighted_kappa: by squared distance. drawn: what the intervals are drawn from.
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
    """All assessors together, and each pair of them.

    candidate_count, topic_count: what at least two of them graded. alpha is Krippendorff's, ordinal. percent is over
    all pairs of grades. The kappas are means over the pairs that have one.
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
    """First grades (rows of matrix) against the grades of the repeats.

    repeat_count: candidates graded both times. changed: those with a grade once and "cannot judge" the other time.
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
    """Of each assessor, and of all repeats together (whose assessor is "")."""

    assessors: tuple[SelfAgreement, ...]
    together: SelfAgreement


def agreement_of(
    grades: Mapping[str, Mapping[Item, int | None]],
    topic_of: Mapping[Item, Topic],
    *,
    scale: Sequence[int] = SCALE,
    seed: int = 0,
) -> Agreement:
    """The agreement of assessors on candidates. grades: by assessor and candidate, a grade, or None: cannot judge.

    What an assessor did not look at is not among theirs. Raises: ValueError for a grade off the scale, KeyError for a
    shared candidate without a topic.
    """
    places = {grade: place for place, grade in enumerate(scale)}
    graded = {name: _graded(given, places) for name, given in grades.items()}
    named = list(combinations(enumerate(graded), 2))
    items, matrix = _side_by_side(list(graded.values()))
    is_shared = (matrix >= 0).sum(axis=1) > 1
    tables = _tables(matrix[is_shared], len(scale))
    topics = [topic_of[item] for item, shared in zip(items, is_shared, strict=True) if shared]
    _, said = _side_by_side([{item: int(grade is None) for item, grade in given.items()} for given in grades.values()])
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
            _pair((first, second), tables[:, column], topics, said[:, [a, b]], scale=scale, seed=seed)
            for column, ((a, first), (b, second)) in enumerate(named, start=1)
        ),
        candidate_count=len(topics),
        topic_count=len(set(topics)),
        drawn=drawn,
        cannot_judge=_cannot_judge(said),
        **every,
    )


def self_agreement_of(
    repeats: Mapping[str, Mapping[Item, tuple[int | None, int | None]]],
    topic_of: Mapping[Item, Topic],
    *,
    scale: Sequence[int] = SCALE,
    seed: int = 0,
) -> SelfAgreements:
    """How constant assessors are. repeats: by assessor and candidate, the first and the second grade, as agreement_of.

    Candidates without a word on both showings are left away. Raises as agreement_of.
    """
    rows = {name: [(topic_of[item], *pair) for item, pair in given.items()] for name, given in repeats.items()}
    every = [row for given in rows.values() for row in given]
    return SelfAgreements(
        assessors=tuple(_constancy(name, given, scale=scale, seed=seed) for name, given in rows.items()),
        together=_constancy("", every, scale=scale, seed=seed),
    )


def _graded(given: Mapping[Item, int | None], places: Mapping[int, int]) -> dict[Item, int]:
    """The place in the scale by candidate, of those with a grade."""
    wrong = {grade for grade in given.values() if grade is not None} - set(places)
    if wrong:
        raise ValueError(f"{min(wrong)} is no grade; the scale is {', '.join(map(str, places))}")
    return {item: places[grade] for item, grade in given.items() if grade is not None}


def _side_by_side(given: Sequence[Mapping[Item, int]]) -> tuple[list[Item], Places]:
    """All candidates, and (candidates, assessors) what each assessor has for them; -1 where that is nothing."""
    items = list(dict.fromkeys(chain.from_iterable(given)))
    rows = {item: row for row, item in enumerate(items)}
    matrix = np.full((len(items), len(given)), -1, dtype=np.int64)
    for column, one in enumerate(given):
        matrix[[rows[item] for item in one], column] = list(one.values())
    return items, matrix


def _tables(matrix: Places, size: int) -> Tables:
    """(candidates, 1 + pairs of assessors, size, size): of each candidate its coincidences, then a table for each pair.

    matrix: as _side_by_side, of candidates with two grades or more; places in a scale of so many grades.
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
    said: Places,
    *,
    scale: Sequence[int],
    seed: int,
) -> PairAgreement:
    """tables: (shared candidates, n, n), all 0 for what the two do not share. said: of the two, as _cannot_judge."""
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
        cannot_judge=_cannot_judge(said),
        **found,
    )


def _constancy(
    assessor: str, rows: Sequence[tuple[Topic, int | None, int | None]], *, scale: Sequence[int], seed: int
) -> SelfAgreement:
    """rows: topic, first and second grade of each repeated candidate."""
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
    """Over the last axis, without NaN; NaN where there is nothing else."""
    known = ~np.isnan(values)
    total = np.where(known, values, 0.0).sum(axis=-1)
    count = known.sum(axis=-1)
    mean: Values = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return mean


def _cannot_judge(said: Places) -> CannotJudge:
    """said: (candidates, assessors) 1 for who cannot judge, 0 for who can, -1 for who did not look."""
    words, cannot = (said >= 0).sum(axis=1), (said == 1).sum(axis=1)
    words, cannot = words[words > 1], cannot[words > 1]
    pairs, unlike = int((words * (words - 1) // 2).sum()), int((cannot * (words - cannot)).sum())
    return CannotJudge(
        shared=len(words),
        one=int((cannot > 0).sum()),
        all=int((cannot == words).sum()),
        percent=round(100 * (1 - unlike / pairs), 6) if pairs else None,
    )
