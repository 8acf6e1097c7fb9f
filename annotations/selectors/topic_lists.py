"""Comparison of two runs by topic: differences of scores, and the figures behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User

from annotations.models import QrelsSnapshot, Run, Topic
from annotations.selectors.document_numbers import figures_of_numbers
from annotations.selectors.ranked import documents_of_runs
from annotations.selectors.scores import RunScored, ScoreOptions
from annotations.selectors.snapshots import snapshot_qrels
from annotations.selectors.topics import ShownTopic, may_see_drawings
from engine.evaluation.qrels import Qrels
from engine.evaluation.relatives import Relatives, without_relatives
from search.models import Figure
from search.selectors.figures import best_links, figures_to_show

_TIE = 1e-9  # equal sums differ in their last bits
MOST_MISSED = 60


@dataclass(frozen=True, slots=True)
class TopicDifference:
    """Scores of two runs for a topic. difference: the first value minus the second."""

    topic: str
    title: str
    one: float
    other: float

    @property
    def difference(self) -> float:
        return self.one - self.other

    @property
    def outcome(self) -> str:
        """Result of the first run: won, lost or tied."""
        return "tied" if abs(self.difference) <= _TIE else "won" if self.difference > 0 else "lost"


def topic_differences(
    one: RunScored, other: RunScored, measure: str, titles: Mapping[str, str]
) -> list[TopicDifference]:
    """Return the topics in the mean, by decreasing difference, equal ones by number."""
    values = zip(one.counted_topics, one.counted(measure), other.counted(measure), strict=True)
    found = [TopicDifference(topic, titles.get(topic, ""), float(a), float(b)) for topic, a, b in values]
    return sorted(found, key=lambda row: -round(row.difference, 9))


@dataclass(frozen=True, slots=True)
class ListedFigure:
    """A figure in a run's list. figure: None if it was retired since. grade: None if unjudged.

    other_rank: its rank in the other run, None without one.
    """

    rank: int | None
    number: str
    figure: Figure | None
    grade: int | None
    is_relevant: bool
    other_rank: int | None


@dataclass(frozen=True, slots=True)
class ListedRun:
    """A run's list for a topic, to the depth of the measures. missed: relevant figures that are not in it."""

    run: Run
    figures: tuple[ListedFigure, ...]
    missed: tuple[ListedFigure, ...]
    missed_count: int

    @property
    def relevant_count(self) -> int:
        return sum(one.is_relevant for one in self.figures)

    @property
    def unjudged_count(self) -> int:
        return sum(one.grade is None for one in self.figures)


@dataclass(frozen=True, slots=True)
class TopicLists:
    """A topic with the lists of both runs. relevant_count: number of relevant figures in the qrels."""

    shown: ShownTopic
    relevant_count: int
    one: ListedRun
    other: ListedRun


def topic_lists(
    snapshot: QrelsSnapshot, runs: tuple[Run, Run], number: str, options: ScoreOptions, viewer: User
) -> TopicLists | None:
    """Return both lists of a topic without figures that may not count; None if the topic does not exist.

    Figures are listed singly also when publications are measured. A constant number of queries. Raises:
    SnapshotDamaged.
    """
    qrels = snapshot_qrels(snapshot)
    found = Topic.objects.filter(topic_set=snapshot.topic_set_id, number=int(number))
    topic = found.select_related("topic_set", "figure__sheet__publication").first()
    if topic is None or number not in qrels.topics:
        return None
    ranked = documents_of_runs(runs)
    lists = [_counted(ranked[run.pk].get(number, []), qrels, number) for run in runs]
    judged = qrels.grades(number)
    grades = {figure: judged[figure] for figure in _counted(list(judged), qrels, number)}
    relevant = sorted(figure for figure, grade in grades.items() if (grade or 0) >= options.relevant_from)
    wanted = {figure for ranks in lists for figure in ranks[: options.k]}.union(relevant)
    ids = figures_of_numbers(wanted)
    figures = figures_to_show().in_bulk(list(ids.values()))
    drawn = {figure: figures.get(ids.get(figure, 0)) for figure in wanted}
    links = best_links([topic.figure_id] if topic.figure_id else [])
    may_see = topic.figure_id is not None or may_see_drawings(viewer, topic.topic_set)
    sides = [
        _listed(run, lists[side], lists[1 - side], relevant, grades, drawn, options) for side, run in enumerate(runs)
    ]
    return TopicLists(ShownTopic(topic, links.get(topic.figure_id or 0), may_see), len(relevant), *sides)


def _counted(figures: Sequence[str], qrels: Qrels, topic: str) -> list[str]:
    def relatives_of(figure: str) -> Relatives:
        return qrels.relatives_of(figure, topic)

    return without_relatives(figures, qrels.topics[topic].relatives, relatives_of, qrels.reserved)


def _listed(
    run: Run,
    ranked: Sequence[str],
    others: Sequence[str],
    relevant: Sequence[str],
    grades: Mapping[str, int | None],
    drawn: Mapping[str, Figure | None],
    options: ScoreOptions,
) -> ListedRun:
    ranks = {figure: rank for rank, figure in enumerate(ranked, start=1)}
    other_ranks = {figure: rank for rank, figure in enumerate(others, start=1)}

    def listed(figure: str) -> ListedFigure:
        grade = grades.get(figure)
        is_relevant = (grade or 0) >= options.relevant_from
        return ListedFigure(ranks.get(figure), figure, drawn.get(figure), grade, is_relevant, other_ranks.get(figure))

    missed = [figure for figure in relevant if ranks.get(figure, options.k + 1) > options.k]
    missed.sort(key=lambda figure: (ranks.get(figure, len(ranked) + 1), figure))
    return ListedRun(
        run=run,
        figures=tuple(map(listed, ranked[: options.k])),
        missed=tuple(map(listed, missed[:MOST_MISSED])),
        missed_count=len(missed),
    )
