"""Freeze qrels: the judgments until now, as one text with a hash that never changes."""

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
    """Freeze the qrels of sessions; the same judgments under the same name return the same row.

    For a figure judged in several sessions, every assessor counts, and the newest ruling applies. Raises: Problem.
    """
    name = name_checked(name)
    if not sessions:
        raise Problem("no-session", "Choose at least one session to freeze.")
    if any(session.pool.topic_set_id != topic_set.pk for session in sessions):
        raise Problem("other-topics", f"Choose only sessions of the topic set “{topic_set}”.")
    if not sessions_lock(sessions):
        raise Problem("session-gone", "One of the sessions was deleted meanwhile. Choose among the others.")
    # Judgments are read before the pools, so that every judged figure is in a pool.
    events = events_of_sessions(sessions, facet)
    qrels = qrels_settled(
        topic_set=topic_set.name,
        facet=str(facet),
        topics=topics_to_settle(topic_set, sessions),
        assessed=events.assessed,
        rulings=events.rulings,
        reserved=reserved_references(topic_set),
    )
    if not any(figure.grade is not None for topic in qrels.topics.values() for figure in topic.figures.values()):
        raise Problem("nothing-judged", _nothing_judged(facet))
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
    """Store qrels under a name; the same qrels and name again return the same row.

    Raises: Problem if other qrels have the name.
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
            f"The name “{snapshot.name}” belongs to other qrels, and frozen qrels never change. Choose another name.",
        )
    return snapshot


def name_checked(name: str) -> str:
    """Return a name with single spaces and none around it. Raises: Problem if it is empty, too long or unprintable."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or "\0" in name or not name.isprintable():
        raise Problem("no-name", f"Give a name of at most {LONGEST_NAME} characters.")
    return name


def _nothing_judged(facet: str) -> str:
    if facet == Facet.OVERALL:
        return "No figure of these sessions has a grade yet. Judge some, then freeze."
    return (
        f"No figure of these sessions has a grade for “{Facet(facet).label}”. Only sessions that ask for facets have"
        " them. Freeze the relevance instead, or judge in a session that asks for facets."
    )
