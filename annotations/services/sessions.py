"""Sessions: a pool dealt to assessors by a stored seed, closed and opened again, with assessors who come and go."""

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
from annotations.services.pools import PoolNotFound, pool_lock
from engine.errors import Problem
from engine.evaluation.dealing import dealt
from search.services.locks import row_lock

logger = logging.getLogger(__name__)


class SessionNameTaken(Problem):
    """Another session has this name."""

    def __init__(self) -> None:
        super().__init__("name-taken", "Another session has this name; choose another name.")


class AlreadyJudged(Problem):
    """The session holds judgments, which are never deleted."""

    def __init__(self) -> None:
        super().__init__(
            "judged-already", "This session holds judgments, which are never deleted. Close the session instead.", 409
        )


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

    Raises: SessionNameTaken where another session has the name; PoolNotFound.
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
        raise SessionNameTaken
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
    """The assessor's part of the session; an earlier part stays, and is added to where the assessor was withdrawn.

    It is what everybody judges, what is nobody's, and a share of what others have open and have not seen.
    Raises: NotFound.
    """
    session, assignments = _held_with_assignments(session)
    existing = next((one for one in assignments if one.assessor_id == assessor.pk), None)
    if existing is not None and existing.withdrawn_at is None:
        return existing
    assignment = existing or Assignment.objects.create(session=session, assessor=assessor)
    taken = candidates_deal_late(assignment, [one for one in assignments if one != existing])
    if existing is not None:
        existing.withdrawn_at = None
        existing.save(update_fields=["withdrawn_at"])
    logger.info("assessor added session=%d assessor=%d taken_over=%d", session.pk, assessor.pk, taken)
    return assignment


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """given: how many candidates went to the others. stays: whether the part does, since something was judged in it."""

    given: int
    stays: bool


@transaction.atomic
def assignment_withdraw(*, assignment: Assignment) -> Withdrawn:
    """Let an assessor judge no more: what they judged stays, what nobody has then goes to the others.

    A part in which nothing was ever judged is deleted. Again does nothing. Raises: NotFound.
    """
    session, assignments = _held_with_assignments(assignment.session)
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
    """Take no judgment from now on; a closed one keeps its time. Raises: NotFound."""
    row = row_lock(session)
    if row.closed_at is None:
        row.closed_at = timezone.now()
        row.save(update_fields=["closed_at"])
        logger.info("session closed session=%d", row.pk)
    return row


@transaction.atomic
def session_reopen(*, session: Session) -> Session:
    """Take judgments again. Raises: NotFound."""
    row = row_lock(session)
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
        raise AlreadyJudged
    session_id, pool_id = row.pk, pool.pk
    row.delete()
    if not pool.sessions.exists():
        pool.delete()
    logger.info("session deleted session=%d pool=%d", session_id, pool_id)


def _held_with_assignments(session: Session) -> tuple[Session, list[Assignment]]:
    """The session with its assignments, to deal anew: nobody else deals or judges until the transaction ends.

    The pool is held first, so that no assignment is added while one waits for those that there are; then, as by whoever
    records a judgment, the assignments, and the session last. Raises: NotFound.
    """
    with suppress(PoolNotFound, Pool.DoesNotExist):  # then the session is gone as well
        pool_lock(session.pool)
    assignments = Assignment.objects.select_for_update(no_key=True, of=("self",)).filter(session=session.pk)
    held = list(assignments.select_related("assessor").order_by("pk"))
    row = row_lock(session)
    for one in held:
        one.session = row
    return row, held
