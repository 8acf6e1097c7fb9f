"""Progress of topic sets from topics to a table of scores, and the next step of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from annotations.models import Pool, QrelsSnapshot, Run, Session, Showing, Topic, TopicSet
from search.models import WorkState


class Step(StrEnum):
    """The next step of a topic set."""

    TOPICS = "topics"
    RUNS = "runs"
    POOL = "pool"
    SESSION = "session"
    JUDGE = "judge"
    FREEZE = "freeze"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class TopicSetProgress:
    """Counts of a topic set. judged, shown: showings with a judgment, and all showings, without repeats."""

    topic_set: TopicSet
    topics: int
    runs: int
    pools: int
    sessions: int
    shown: int
    judged: int
    snapshots: int

    @property
    def next_step(self) -> Step:
        if self.snapshots and self.runs:
            return Step.TABLE
        if not self.topics:
            return Step.TOPICS
        if not self.runs:
            return Step.RUNS
        if not self.pools:
            return Step.POOL
        if not self.sessions:
            return Step.SESSION
        return Step.FREEZE if self.judged else Step.JUDGE


def topic_sets_listed() -> list[TopicSetProgress]:
    """Return all topic sets with their progress, newest first. One query."""
    showings = Showing.objects.filter(is_repeat=False, is_passed_on=False)
    counted = TopicSet.objects.order_by("-pk").annotate(
        topic_count=_count_of(Topic.objects.all(), "topic_set"),
        run_count=_count_of(Run.objects.filter(state=WorkState.DONE), "topic_set"),
        pool_count=_count_of(Pool.objects.all(), "topic_set"),
        session_count=_count_of(Session.objects.all(), "pool__topic_set"),
        shown_count=_count_of(showings, "candidate__pool__topic_set"),
        judged_count=_count_of(showings.filter(current__isnull=False), "candidate__pool__topic_set"),
        snapshot_count=_count_of(QrelsSnapshot.objects.all(), "topic_set"),
    )
    return [
        TopicSetProgress(
            topic_set=one,
            topics=one.topic_count,
            runs=one.run_count,
            pools=one.pool_count,
            sessions=one.session_count,
            shown=one.shown_count,
            judged=one.judged_count,
            snapshots=one.snapshot_count,
        )
        for one in counted
    ]


def _count_of(rows: QuerySet[Any], of_topic_set: str) -> Coalesce:
    """Count the rows of each topic set in a subquery: counts over several joins would multiply each other."""
    counted = (
        rows.filter(**{of_topic_set: OuterRef("pk")})
        .order_by()
        .values(of_topic_set)
        .annotate(counted=Count("pk"))
        .values("counted")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def sessions_to_freeze(topic_set: TopicSet) -> list[Session]:
    """Return the sessions of a topic set, newest first, with `shown_count` and `judged_count` of first showings."""
    first = Q(assignments__showings__is_repeat=False, assignments__showings__is_passed_on=False)
    judged = first & Q(assignments__showings__current__isnull=False)
    return list(
        Session.objects.filter(pool__topic_set=topic_set)
        .select_related("pool")
        .annotate(
            shown_count=Count("assignments__showings", filter=first),
            judged_count=Count("assignments__showings", filter=judged),
        )
        .order_by("-pk")
    )
