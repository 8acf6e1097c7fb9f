"""Qrels are frozen: what was judged until now, in one text with a hash, which never changes afterwards."""

from __future__ import annotations

import logging
from collections.abc import Collection

from django.contrib.auth.models import User
from django.db import transaction

from annotations.models import Facet, QrelsSnapshot, Session, TopicSet
from annotations.selectors.relatives import reserved_references
from annotations.selectors.snapshots import LONGEST_NAME, events_of_sessions, topics_to_settle
from annotations.services.locks import sessions_lock
from engine.errors import Problem
from engine.evaluation.qrels import Qrels, qrels_as_text, qrels_settled, qrels_sha256

logger = logging.getLogger(__name__)


@transaction.atomic
def snapshot_freeze(
    *,
    topic_set: TopicSet,
    sessions: Collection[Session],
    name: str,
    facet: str = Facet.OVERALL,
    frozen_by: User,
) -> QrelsSnapshot:
    """The qrels that the sessions' judgments come to now; the same state under the same name is the same row.

    Of a figure judged in several sessions every assessor counts, and the newest ruling holds. Raises: Problem.
    """
    name = name_checked(name)
    if not sessions:
        raise Problem("no-session", "Choose at least one session whose judgments are to be frozen.")
    if any(session.pool.topic_set_id != topic_set.pk for session in sessions):
        raise Problem("other-topics", f"All sessions must be of the topic set “{topic_set}”; choose among them.")
    if not sessions_lock(sessions):
        raise Problem("session-gone", "One of the sessions was deleted meanwhile; choose among the others.")
    # Before the pools: whatever was judged by then was pooled by then.
    events = events_of_sessions(sessions, facet)
    qrels = qrels_settled(
        topic_set=topic_set.name,
        facet=str(facet),
        topics=topics_to_settle(topic_set, sessions),
        assessed=events.assessed,
        rulings=events.rulings,
        reserved=reserved_references(topic_set),
    )
    if not any(one.grade is not None for topic in qrels.topics.values() for one in topic.figures.values()):
        raise Problem("nothing-judged", _why_nothing(facet))
    snapshot = snapshot_store(
        topic_set=topic_set,
        name=name,
        qrels=qrels,
        stored_by=frozen_by,
        last_judgment=events.last_judgment,
        last_ruling=events.last_ruling,
    )
    if not snapshot.sessions.exists():
        snapshot.sessions.set(sessions)
    logger.info("snapshot frozen snapshot=%d sha256=%s sessions=%d", snapshot.pk, snapshot.sha256, len(sessions))
    return snapshot


@transaction.atomic
def snapshot_store(
    *,
    topic_set: TopicSet,
    name: str,
    qrels: Qrels,
    stored_by: User,
    last_judgment: int = 0,
    last_ruling: int = 0,
) -> QrelsSnapshot:
    """The row of these qrels under a name; the same ones again are the same row.

    Raises: Problem when the name is that of other qrels.
    """
    sha256 = qrels_sha256(qrels)
    snapshot, _ = QrelsSnapshot.objects.get_or_create(
        topic_set=topic_set,
        name=name_checked(name),
        defaults={
            "facet": qrels.facet,
            "content": qrels_as_text(qrels),
            "sha256": sha256,
            "last_judgment": last_judgment,
            "last_ruling": last_ruling,
            "created_by": stored_by,
        },
    )
    if snapshot.sha256 != sha256:
        raise Problem(
            "name-taken",
            f"Other qrels are frozen as “{snapshot.name}”, and frozen qrels never change. Give another name.",
        )
    return snapshot


def name_checked(name: str) -> str:
    """A name without the blanks around it. Raises: Problem when none is left, or it is too long."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or "\0" in name or not name.isprintable():
        raise Problem("no-name", f"Give a name of at most {LONGEST_NAME} characters.")
    return name


def _why_nothing(facet: str) -> str:
    if facet == Facet.OVERALL:
        return "Nothing is judged yet: no figure has a grade. Judge in these sessions first, then freeze."
    return (
        f"Nothing is graded for “{Facet(facet).label}”. Only sessions that ask for both facets have such grades;"
        " freeze the relevance instead, or judge in such a session."
    )
