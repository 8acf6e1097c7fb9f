"""Which figures a pool would hold, and how long it would take to judge them."""

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
"""A judgment's time until there are judgments to tell it; pages say that it is assumed."""


class Median(Aggregate):
    """The median of a number; None of nothing."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds per judgment, and whether judgments told it or it is assumed."""

    seconds: float
    is_measured: bool

    def hours(self, judgment_count: int) -> float:
        return judgment_count * self.seconds / 3600


@dataclass(frozen=True, slots=True)
class PoolPreview:
    """What a pool would hold: per topic its figures in the order of their keys."""

    topics: tuple[tuple[Topic, tuple[int, ...]], ...]
    pace: Pace

    @property
    def count(self) -> int:
        return sum(len(figure_ids) for _, figure_ids in self.topics)

    @property
    def hours(self) -> float:
        """Of one person who judges all of it once."""
        return self.pace.hours(self.count)


def runs_to_pool(topic_set: TopicSet) -> list[Run]:
    """The set's finished runs, oldest first."""
    return list(topic_set.runs.filter(state=WorkState.DONE, finished_at__isnull=False).order_by("pk"))


def pool_preview(topic_set: TopicSet, runs: Sequence[Run], depth: int, *, only_unjudged: bool = False) -> PoolPreview:
    """The first `depth` figures of each run for each topic, united, without kin and reserved publications.

    Figures retired since are left out. only_unjudged: without what a session has graded already, or an open one still
    asks for.
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
    """What a pool holds, as a preview shows it."""
    held: dict[int, list[int]] = {}
    for topic_id, figure_id in pool.candidates.order_by("figure_id").values_list("topic_id", "figure_id"):
        held.setdefault(topic_id, []).append(figure_id)
    topics = pool.topic_set.topics.order_by("number")
    return PoolPreview(tuple((topic, tuple(held.get(topic.pk, ()))) for topic in topics), median_pace())


def pools_listed(topic_set: TopicSet) -> list[tuple[Pool, int]]:
    """The set's pools, newest first, each with how many candidates it has."""
    counted: Iterable[Any] = topic_set.pools.annotate(candidate_count=Count("candidates")).order_by("-pk")
    return [(one, one.candidate_count) for one in counted]


def pairs_of_assessors(
    preview: PoolPreview, assessors: Sequence[int], *, overlap_percent: int, repeat_percent: int, seed: int
) -> list[int]:
    """How many pairs each assessor would see, repeats among them, fewest first."""
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
    """(topic, figure) that a session of the set has graded, or that an open one still asks for."""
    is_graded = Q(current__grade__isnull=False) & Q(is_repeat=False)
    showings = Showing.objects.filter(
        is_graded | Q(assignment__session__closed_at__isnull=True, is_passed_on=False),
        candidate__pool__topic_set=topic_set,
    )
    return set(showings.values_list("candidate__topic_id", "candidate__figure_id"))


def median_pace() -> Pace:
    """Of all judgments whose time was taken, everybody's together; assumed while there are none."""
    timed = Judgment.objects.filter(seconds__gt=0, takes_back__isnull=True)
    median = timed.aggregate(seconds=Median("seconds"))["seconds"]
    return Pace(ASSUMED_SECONDS, False) if median is None else Pace(median, True)


def _ranked(topics: Sequence[Topic], runs: Sequence[Run]) -> dict[int, list[list[int]]]:
    """Each topic's lists, one of each run that found something."""
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
