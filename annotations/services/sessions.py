"""Sessions: a pool dealt to assessors by a stored seed, closed and opened again, with assessors who come and go."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from annotations.models import Assignment, Candidate, Judgment, Pool, Session, Showing
from annotations.services.pools import pool_hold
from engine.dealing import dealt, order_of, shared

logger = logging.getLogger(__name__)


class SessionNameTaken(Exception):
    """Another session has this name."""


class AlreadyJudged(Exception):
    """The assignment holds judgments, which are never thrown away."""


class SessionGone(Exception):
    """The session was deleted meanwhile."""


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """How a pool is judged.

    overlap_percent: of the candidates, how many every assessor judges. repeat_percent: of what an assessor judges, how
    many come again.
    """

    overlap_percent: int = 100
    repeat_percent: int = 10
    asks_facets: bool = False
    instructions: str = ""


@transaction.atomic
def session_make(
    *, pool: Pool, name: str, assessors: Sequence[User], options: SessionOptions, seed: int, made_by: User
) -> Session:
    """A session of this name over the pool, dealt out; the same again finds it, and adds who is missing.

    Raises: SessionNameTaken where another session has the name; PoolGone.
    """
    pool_hold(pool)
    wanted = {
        "pool": pool,
        "overlap_percent": options.overlap_percent,
        "repeat_percent": options.repeat_percent,
        "asks_facets": options.asks_facets,
        "instructions": options.instructions,
        "created_by": made_by,
    }
    session, created = Session.objects.get_or_create(name=name, defaults={**wanted, "seed": seed})
    if not created and any(getattr(session, field) != value for field, value in wanted.items()):
        raise SessionNameTaken(name)
    if created:
        people = {user.pk: user for user in assessors}
        candidates = _candidates(pool)
        parts = dealt(candidates, list(people), overlap_percent=session.overlap_percent, seed=seed)
        for pk, part in parts.items():
            _deal(session, people[pk], candidates, part)
        logger.info("session made session=%d pool=%d assessors=%d", session.pk, pool.pk, len(parts))
    else:
        for user in assessors:
            assignment_add(session=session, assessor=user)
    return session


@transaction.atomic
def assignment_add(*, session: Session, assessor: User) -> Assignment:
    """The assessor's part of the session: what everybody judges, and what is nobody's; an earlier part stays.

    Raises: SessionGone.
    """
    session = _held(session)
    existing = session.assignments.filter(assessor=assessor).first()
    if existing is not None:
        return existing
    candidates = _candidates(session.pool)
    for_all = shared(candidates, percent=session.overlap_percent, seed=session.seed)
    has_assessor = set(Showing.objects.filter(assignment__session=session).values_list("candidate_id", flat=True))
    part = {one for some in candidates.values() for one in some if one in for_all or one not in has_assessor}
    assignment = _deal(session, assessor, candidates, part)
    logger.info("assessor added session=%d assessor=%d showings=%d", session.pk, assessor.pk, len(part))
    return assignment


@transaction.atomic
def assignment_withdraw(*, assignment: Assignment) -> None:
    """Take a part of a session back; again does nothing. Raises: AlreadyJudged where something of it was judged."""
    # Whoever records a judgment holds the assignment first and the session second; so does this.
    found = Assignment.objects.select_for_update().filter(pk=assignment.pk).first()
    if found is None:
        return
    Session.objects.select_for_update().get(pk=found.session_id)  # no part is dealt meanwhile
    if Judgment.objects.filter(showing__assignment=found).exists():
        raise AlreadyJudged(str(found))
    session_id, assessor_id = found.session_id, found.assessor_id
    found.delete()
    logger.info("assessor withdrawn session=%d assessor=%d", session_id, assessor_id)


@transaction.atomic
def session_close(*, session: Session) -> Session:
    """Take no judgment from now on; a closed one keeps its time. Raises: SessionGone."""
    row = _held(session)
    if row.closed_at is None:
        row.closed_at = timezone.now()
        row.save(update_fields=["closed_at"])
        logger.info("session closed session=%d", row.pk)
    return row


@transaction.atomic
def session_reopen(*, session: Session) -> Session:
    """Take judgments again. Raises: SessionGone."""
    row = _held(session)
    if row.closed_at is not None:
        row.closed_at = None
        row.save(update_fields=["closed_at"])
        logger.info("session reopened session=%d", row.pk)
    return row


@transaction.atomic
def session_delete(*, session: Session) -> None:
    """Delete a session in which nothing was ever said, with its pool where no other is over it; again does nothing.

    Raises: AlreadyJudged where there is a judgment, a ruling, or a snapshot of it.
    """
    # The pool first, as whoever makes a session; then, as whoever records a judgment, the assignments and the session.
    pool = Pool.objects.select_for_update().filter(pk=session.pool_id).first()
    list(Assignment.objects.select_for_update().filter(session=session.pk).order_by("pk"))
    row = Session.objects.select_for_update().filter(pk=session.pk).first()
    if row is None or pool is None:
        return
    is_judged = Judgment.objects.filter(showing__assignment__session=row).exists()
    if is_judged or row.rulings.exists() or row.snapshots.exists():
        raise AlreadyJudged(row.name)
    session_id, pool_id = row.pk, pool.pk
    row.delete()
    if not pool.sessions.exists():
        pool.delete()
    logger.info("session deleted session=%d pool=%d", session_id, pool_id)


def _held(session: Session) -> Session:
    """The row as it is now, which nobody else changes until the transaction ends. Raises: SessionGone."""
    row = Session.objects.select_for_update().filter(pk=session.pk).first()
    if row is None:
        raise SessionGone(session.name)
    return row


def _candidates(pool: Pool) -> dict[int, list[int]]:
    """Candidates of each topic by number, in the order of figures: what is dealt follows from the seed alone."""
    by_topic: dict[int, list[int]] = {}
    rows = Candidate.objects.filter(pool=pool).order_by("topic__number", "figure_id")
    for number, pk in rows.values_list("topic__number", "pk"):
        by_topic.setdefault(number, []).append(pk)
    return by_topic


def _deal(session: Session, assessor: User, candidates: Mapping[int, Sequence[int]], part: set[int]) -> Assignment:
    """An assignment with its showings, in the assessor's own order."""
    assignment = Assignment.objects.create(session=session, assessor=assessor)
    own = {topic: [one for one in some if one in part] for topic, some in candidates.items()}
    order = order_of(own, repeat_percent=session.repeat_percent, seed=session.seed, assessor=assessor.pk)
    Showing.objects.bulk_create(
        Showing(assignment=assignment, position=position, candidate_id=shown.candidate, is_repeat=shown.is_repeat)
        for position, shown in enumerate(order, start=1)
    )
    return assignment
