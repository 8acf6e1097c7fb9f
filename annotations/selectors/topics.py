"""Topic sets and topics, with what their pages show."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from annotations.models import Assignment, Pool, QrelsSnapshot, Run, Session, Topic, TopicSet
from search.models import Publication, SentenceLink
from search.selectors.figures import best_links


@dataclass(frozen=True, slots=True)
class ShownTopic:
    """A topic in pages. link: the best linked sentence of its figure.

    may_see: whether the viewer may see its drawing; uploaded drawings are restricted.
    """

    topic: Topic
    link: SentenceLink | None
    may_see: bool


@dataclass(frozen=True, slots=True)
class TopicSetPage:
    topic_set: TopicSet
    topics: tuple[ShownTopic, ...]
    reserved: tuple[Publication, ...]
    is_locked: bool


def topic_sets_listed() -> QuerySet[TopicSet]:
    """Query all topic sets, newest first, with `topic_count`, `run_count`, `session_count` and owner."""

    def count(rows: QuerySet[Topic] | QuerySet[Run] | QuerySet[Session], path: str) -> Coalesce:
        counted = rows.filter(**{path: OuterRef("pk")}).order_by().values(path).annotate(count=Count("pk"))
        return Coalesce(Subquery(counted.values("count")), 0)

    return (
        TopicSet.objects.select_related("created_by")
        .annotate(
            topic_count=count(Topic.objects.all(), "topic_set"),
            run_count=count(Run.objects.all(), "topic_set"),
            session_count=count(Session.objects.all(), "pool__topic_set"),
        )
        .order_by("-pk")
    )


def topic_sets_open() -> QuerySet[TopicSet]:
    """Query the topic sets whose topics may still change, newest first."""
    return TopicSet.objects.filter(~_in_use()).order_by("-pk")


def is_locked(topic_set: TopicSet) -> bool:
    """Return whether a run, a pool or a snapshot uses the topics, so that they cannot change."""
    return TopicSet.objects.filter(_in_use(), pk=topic_set.pk).exists()


def topic_set_page(topic_set: TopicSet, viewer: User) -> TopicSetPage:
    """Return a topic set with everything that its page shows except runs."""
    topics = list(topic_set.topics.select_related("figure__sheet__publication").order_by("number"))
    links = best_links([topic.figure_id for topic in topics if topic.figure_id is not None])
    may_see = may_see_drawings(viewer, topic_set)
    return TopicSetPage(
        topic_set=topic_set,
        topics=tuple(
            ShownTopic(topic, links.get(topic.figure_id or 0), topic.figure_id is not None or may_see)
            for topic in topics
        ),
        reserved=tuple(topic_set.reserved.order_by("reference")),
        is_locked=is_locked(topic_set),
    )


def may_see_drawings(viewer: User, topic_set: TopicSet) -> bool:
    """Return whether the viewer may see a set's uploaded drawings: as its owner, or assessor or owner of a session."""
    return topic_set.created_by_id == viewer.pk or _sets_judged_by(viewer).filter(pk=topic_set.pk).exists()


def drawing_of_topic(viewer: User, topic_set_id: int, number: int) -> Topic | None:
    """Return a topic with an uploaded drawing that the viewer may see, else None."""
    drawn = Topic.objects.exclude(image="").select_related("topic_set")
    topic = drawn.filter(topic_set=topic_set_id, number=number).first()
    return topic if topic is not None and may_see_drawings(viewer, topic.topic_set) else None


def image_names() -> QuerySet[Topic, str]:
    """Query the names of all uploaded drawings in the private storage."""
    return Topic.objects.exclude(image="").order_by().values_list("image", flat=True)


def _in_use() -> Q:
    return (
        Q(Exists(Run.objects.filter(topic_set=OuterRef("pk"))))
        | Q(Exists(Pool.objects.filter(topic_set=OuterRef("pk"))))
        | Q(Exists(QrelsSnapshot.objects.filter(topic_set=OuterRef("pk"))))
    )


def _sets_judged_by(viewer: User) -> QuerySet[TopicSet]:
    assigned = Assignment.objects.filter(assessor=viewer).values("session__pool__topic_set")
    adjudicated = Session.objects.filter(created_by=viewer).values("pool__topic_set")
    return TopicSet.objects.filter(Q(pk__in=assigned) | Q(pk__in=adjudicated))
