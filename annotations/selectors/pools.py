"""Contents of pools, planned or stored, and the time to judge them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Aggregate, Count, FloatField, Q

from annotations.models import Judgment, Pool, Run, Showing, Topic, TopicSet
from annotations.selectors.document_numbers import relatives_of_figures
from annotations.selectors.relatives import reserved_references
from engine.evaluation.dealing import dealt, order_of
from engine.evaluation.relatives import Relatives, without_relatives
from search.models import Figure, WorkState

MOST_OF_A_TOPIC = 10**6
ASSUMED_SECONDS = 15.0
"""Assumed time of a judgment until some are measured; pages say that it is assumed."""


class Median(Aggregate):
    """The median of numbers; None without any."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds per judgment, and whether they were measured or assumed."""

    seconds: float
    is_measured: bool

    def hours(self, judgment_count: int) -> float:
        return judgment_count * self.seconds / 3600


@dataclass(frozen=True, slots=True)
class PoolPreview:
    """Contents of a pool: the figures of each topic in the order of their keys."""

    topics: tuple[tuple[Topic, tuple[int, ...]], ...]
    pace: Pace

    @property
    def count(self) -> int:
        return sum(len(figure_ids) for _, figure_ids in self.topics)

    @property
    def hours(self) -> float:
        """Hours of one assessor who judges every candidate once."""
        return self.pace.hours(self.count)


def runs_to_pool(topic_set: TopicSet) -> list[Run]:
    """Return the finished runs of a topic set, oldest first."""
    return list(topic_set.runs.filter(state=WorkState.DONE, finished_at__isnull=False).order_by("pk"))


def pool_preview(topic_set: TopicSet, runs: Sequence[Run], depth: int, *, only_unjudged: bool = False) -> PoolPreview:
    """Unite the first `depth` figures of each run for each topic, without relatives and reserved publications.

    Retired figures are left out. only_unjudged: leave out figures that a session has graded or an open session has.
    """
    topics = list(topic_set.topics.order_by("number"))
    ranked = _ranked(topics, runs)
    relatives = relatives_of_figures({one for some in ranked.values() for one_list in some for one in one_list}
                         | {topic.figure_id for topic in topics if topic.figure_id is not None})  # fmt: skip
    reserved = reserved_references(topic_set)
    pooled = {
        topic.pk: {
            figure_id
            for figure_ids in ranked[topic.pk]
            for figure_id in _without_relatives(figure_ids, topic, relatives, reserved)[:depth]
        }
        for topic in topics
    }
    pooled = _shown_still(pooled)
    if only_unjudged:
        taken = pairs_judged_or_assigned(topic_set)
        pooled = {topic: {one for one in some if (topic, one) not in taken} for topic, some in pooled.items()}
    return PoolPreview(tuple((topic, tuple(sorted(pooled[topic.pk]))) for topic in topics), median_pace())


def pool_contents(pool: Pool) -> PoolPreview:
    """Return the contents of a stored pool."""
    figures: dict[int, list[int]] = {}
    for topic_id, figure_id in pool.candidates.order_by("figure_id").values_list("topic_id", "figure_id"):
        figures.setdefault(topic_id, []).append(figure_id)
    topics = pool.topic_set.topics.order_by("number")
    return PoolPreview(tuple((topic, tuple(figures.get(topic.pk, ()))) for topic in topics), median_pace())


def pools_listed(topic_set: TopicSet) -> list[tuple[Pool, int]]:
    """Return the pools of a topic set, newest first, with their numbers of candidates."""
    counted: Iterable[Any] = topic_set.pools.annotate(candidate_count=Count("candidates")).order_by("-pk")
    return [(one, one.candidate_count) for one in counted]


def pairs_of_assessors(
    preview: PoolPreview, assessors: Sequence[int], *, overlap_percent: int, repeat_percent: int, seed: int
) -> list[int]:
    """Return the number of pairs of each assessor, with repeats, fewest first."""
    candidates = {
        topic.number: [topic.number * MOST_OF_A_TOPIC + place for place in range(len(figure_ids))]
        for topic, figure_ids in preview.topics
    }
    parts = dealt(candidates, assessors, overlap_percent=overlap_percent, seed=seed)
    counts = []
    for assessor, part in parts.items():
        own = {topic: [one for one in some if one in part] for topic, some in candidates.items()}
        counts.append(len(order_of(own, repeat_percent=repeat_percent, seed=seed, assessor=assessor)))
    return sorted(counts)


def pairs_judged_or_assigned(topic_set: TopicSet) -> set[tuple[int, int]]:
    """Return (topic, figure) pairs that a session of the topic set has graded, or that an open session has."""
    is_graded = Q(current__grade__isnull=False) & Q(is_repeat=False)
    showings = Showing.objects.filter(
        is_graded | Q(assignment__session__closed_at__isnull=True, is_passed_on=False),
        candidate__pool__topic_set=topic_set,
    )
    return set(showings.values_list("candidate__topic_id", "candidate__figure_id"))


def median_pace() -> Pace:
    """Return the median pace of all timed judgments of all assessors; assumed without any."""
    timed = Judgment.objects.filter(seconds__gt=0, takes_back__isnull=True)
    median = timed.aggregate(seconds=Median("seconds"))["seconds"]
    return Pace(ASSUMED_SECONDS, False) if median is None else Pace(median, True)


def _ranked(topics: Sequence[Topic], runs: Sequence[Run]) -> dict[int, list[list[int]]]:
    """Topic → ranked lists of the runs."""
    lists: dict[int, list[list[int]]] = {topic.pk: [] for topic in topics}
    for run in Run.objects.filter(pk__in=[run.pk for run in runs]).prefetch_related("lists"):
        for one in run.lists.all():
            lists[one.topic_id].append(one.figure_ids)
    return lists


def _without_relatives(
    figure_ids: Sequence[int], topic: Topic, relatives: dict[int, Relatives], reserved: frozenset[str]
) -> list[int]:
    own = relatives.get(topic.figure_id) if topic.figure_id is not None else None
    return without_relatives([one for one in figure_ids if one in relatives], own, relatives.__getitem__, reserved)


def _shown_still(pooled: dict[int, set[int]]) -> dict[int, set[int]]:
    every = {one for some in pooled.values() for one in some}
    shown = set(
        Figure.objects.filter(
            pk__in=every, retired_at__isnull=True, sheet__publication__retired_at__isnull=True
        ).values_list("pk", flat=True)
    )
    return {topic: some & shown for topic, some in pooled.items()}
