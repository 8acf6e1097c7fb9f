"""Make, close, reopen and delete sessions, and add or withdraw assessors."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from annotations.models import Assignment, Judgment, Pool, Session
from annotations.services.dealing import (
    candidates_assign,
    candidates_deal_late,
    candidates_of,
    candidates_reassign,
    open_showings_pass_on,
)
from annotations.services.pools import pool_lock
from engine.errors import NotFound, Problem
from engine.evaluation.dealing import dealt
from search.services.locks import row_lock

LARGEST_SEED = 2**31 - 1
"""Of a session's seed, which forms and the API draw where none is given."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """How a pool is judged.

    overlap_percent: share of the candidates that every assessor judges. repeat_percent: share of an assessor's
    candidates that are shown twice.
    """

    overlap_percent: int = 100
    repeat_percent: int = 10
    asks_facets: bool = False
    instructions: str = ""


@transaction.atomic
def session_make(
    *, pool: Pool, name: str, assessors: Sequence[User], options: SessionOptions, seed: int, made_by: User
) -> Session:
    """Make a session and assign the pool's candidates; the same request again finds it and adds missing assessors.

    Raises: Problem if another session has the name; NotFound if the pool was deleted.
    """
    pool_lock(pool)
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
        raise Problem("name-taken", f"Another session is called “{session}”. Choose another name.")
    if created:
        people = {user.pk: user for user in assessors}
        candidates = candidates_of(pool)
        parts = dealt(candidates, list(people), overlap_percent=session.overlap_percent, seed=seed)
        for pk, part in parts.items():
            candidates_assign(Assignment.objects.create(session=session, assessor=people[pk]), candidates, part)
        logger.info("session made session=%d pool=%d assessors=%d", session.pk, pool.pk, len(parts))
    else:
        for user in assessors:
            assignment_add(session=session, assessor=user)
    return session


@transaction.atomic
def assignment_add(*, session: Session, assessor: User) -> Assignment:
    """Add an assessor to a session, or a withdrawn one again, with what they judged before.

    Assigns what every assessor judges, what is unassigned, and a share of the others' open and unseen candidates.
    Raises: NotFound.
    """
    session, assignments = _lock_with_assignments(session)
    existing = next((other for other in assignments if other.assessor_id == assessor.pk), None)
    if existing is not None and existing.withdrawn_at is None:
        return existing
    assignment = existing or Assignment.objects.create(session=session, assessor=assessor)
    taken = candidates_deal_late(assignment, [other for other in assignments if other != existing])
    if existing is not None:
        existing.withdrawn_at = None
        existing.save(update_fields=["withdrawn_at"])
    logger.info("assessor added session=%d assessor=%d taken_over=%d", session.pk, assessor.pk, taken)
    return assignment


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """given: how many candidates were reassigned. stays: whether the assignment was kept, since it has judgments."""

    given: int
    stays: bool


@transaction.atomic
def assignment_withdraw(*, assignment: Assignment) -> Withdrawn:
    """Withdraw an assessor: their judgments stay, and what is then unassigned goes to the others.

    An assignment without any judgment is deleted. Repeating it does nothing. Raises: NotFound.
    """
    session, assignments = _lock_with_assignments(assignment.session)
    found = next((one for one in assignments if one.pk == assignment.pk), None)
    if found is None or found.withdrawn_at is not None:
        return Withdrawn(given=0, stays=found is not None)
    stays = Judgment.objects.filter(showing__assignment=found).exists()
    if stays:
        found.withdrawn_at = timezone.now()
        found.save(update_fields=["withdrawn_at"])
        open_showings_pass_on(found)
    else:
        assignments.remove(found)
        Assignment.objects.filter(pk=found.pk).delete()
    given = candidates_reassign(session, assignments)
    logger.info("assessor withdrawn session=%d assessor=%d given=%d", session.pk, found.assessor_id, given)
    return Withdrawn(given, stays)


@transaction.atomic
def session_close(*, session: Session) -> Session:
    """Close a session, so that no judgment is accepted; a closed one keeps its time. Raises: NotFound."""
    row = row_lock(session)
    if row.closed_at is None:
        row.closed_at = timezone.now()
        row.save(update_fields=["closed_at"])
        logger.info("session closed session=%d", row.pk)
    return row


@transaction.atomic
def session_reopen(*, session: Session) -> Session:
    """Reopen a closed session. Raises: NotFound."""
    row = row_lock(session)
    if row.closed_at is not None:
        row.closed_at = None
        row.save(update_fields=["closed_at"])
        logger.info("session reopened session=%d", row.pk)
    return row


@transaction.atomic
def session_delete(*, session: Session) -> None:
    """Delete a session, and its pool if no other session uses it; repeating it does nothing.

    Raises: Problem if the session has a judgment, a ruling or a snapshot.
    """
    # The order of locks is that of session_make, pool first, and of judgment_record, assignments before the session.
    pool = Pool.objects.select_for_update().filter(pk=session.pool_id).first()
    list(Assignment.objects.select_for_update().filter(session=session.pk).order_by("pk"))
    row = Session.objects.select_for_update().filter(pk=session.pk).first()
    if row is None or pool is None:
        return
    is_judged = Judgment.objects.filter(showing__assignment__session=row).exists()
    if is_judged or row.rulings.exists() or row.snapshots.exists():
        detail = f"The session “{row}” has judgments, which are never deleted. Close the session instead."
        raise Problem("judged-already", detail, 409)
    session_id, pool_id = row.pk, pool.pk
    row.delete()
    if not pool.sessions.exists():
        pool.delete()
    logger.info("session deleted session=%d pool=%d", session_id, pool_id)


def _lock_with_assignments(session: Session) -> tuple[Session, list[Assignment]]:
    """Lock a session and its assignments, so that nobody else assigns candidates or judges until the transaction ends.

    The pool is locked first, so that no assignment is added meanwhile; then the assignments and the session, in the
    order of judgment_record. Raises: NotFound.
    """
    with suppress(NotFound, Pool.DoesNotExist):  # then the session was deleted as well
        pool_lock(session.pool)
    assignments = Assignment.objects.select_for_update(no_key=True, of=("self",)).filter(session=session.pk)
    locked = list(assignments.select_related("assessor").order_by("pk"))
    row = row_lock(session)
    for assignment in locked:
        assignment.session = row
    return row, locked
