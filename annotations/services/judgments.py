"""Judgments: recorded, and taken back. An event once stored is never changed; what holds is kept on its showing.

Whoever writes of an assignment holds its row, so that two tabs, and a request that is sent twice, are one after the
other. What is closed is read under a shared lock: once a closing is committed, no judgment is.
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from annotations.models import Assignment, Judgment, Session, Showing
from annotations.selectors.showings import Values, values_of
from annotations.services.assessments import Assessed, Stale, assessed_checked, is_same
from engine.errors import Problem

logger = logging.getLogger(__name__)


class SessionClosed(Problem):
    """The session takes no judgments any more."""

    def __init__(self) -> None:
        super().__init__("session-closed", "This session is closed; ask an administrator to open it again.", 403)


class StaleBase(Stale):
    """Another judgment holds by now than the one that this was based on, and nothing was written."""

    yours: Assessed

    def __init__(self, current: Judgment | None, yours: Assessed) -> None:
        detail = "You have judged this pair elsewhere meanwhile. That judgment holds; judge again to replace it."
        super().__init__(detail, current, yours)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A stored event. is_new: this call stored it; False where it was there already."""

    judgment: Judgment
    is_new: bool

    @property
    def current(self) -> Values | None:
        """What the event says, None if it took back all."""
        return values_of(self.judgment)


def judgment_record(
    *, assessor: User, session_id: int, position: int, client_id: uuid.UUID, base: uuid.UUID | None, assessed: Assessed
) -> Recorded:
    """Store what an assessor says of a showing, on which it then holds.

    base: client_id of the judgment that the assessor had before the eyes, None where there was none.
    Raises: Showing.DoesNotExist where the assessor has none there; Problem; SessionClosed; StaleBase.
    """
    with transaction.atomic():
        session = _assignment_held(assessor, session_id).session
        showing = Showing.objects.select_related("current").get(
            assignment__session=session, assignment__assessor=assessor, position=position
        )
        checked = assessed_checked(assessed, asks_facets=session.asks_facets)
        known = Judgment.objects.filter(client_id=client_id).select_related("base").first()
        if known is not None:
            _require_same(known, showing, base, checked)
            return Recorded(known, is_new=False)
        _require_open(session)
        if (showing.current.client_id if showing.current else None) != base:
            raise StaleBase(showing.current, checked)
        judgment = Judgment(
            client_id=client_id,
            showing=showing,
            assessor=assessor,
            base=showing.current,
            seconds=checked.seconds,
            **checked.fields,
        )
        _store(judgment, showing)
    return Recorded(judgment, is_new=True)


def judgment_undo(*, assessor: User, session_id: int, client_id: uuid.UUID) -> Recorded:
    """Take back the newest judgment of one's own in a session that is not taken back yet, on whichever showing.

    What held before it holds again, said anew by the event that takes it back; called again, the one before is taken
    back. Raises: Showing.DoesNotExist where the session is not the assessor's; Problem, also where there is
    nothing to take back; SessionClosed.
    """
    with transaction.atomic():
        assignment = _assignment_held(assessor, session_id)
        known = Judgment.objects.filter(client_id=client_id).select_related("showing").first()
        if known is not None:
            if known.takes_back_id is None or known.showing.assignment_id != assignment.pk:
                raise _taken()
            return Recorded(known, is_new=False)
        _require_open(assignment.session)
        standing = Judgment.objects.filter(takes_back=None, taken_back_by=None, showing__assignment=assignment)
        undone = standing.select_related("showing__current").order_by("-sequence").first()
        if undone is None:
            raise Problem("nothing-to-undo", "There is no judgment of yours in this session to take back.")
        before = standing.filter(showing=undone.showing, sequence__lt=undone.sequence).order_by("-sequence").first()
        said = assessed_of(before) if before is not None else Assessed()
        judgment = Judgment(
            client_id=client_id,
            showing=undone.showing,
            assessor=assessor,
            base=undone.showing.current,
            takes_back=undone,
            **said.fields,
        )
        _store(judgment, undone.showing)
    return Recorded(judgment, is_new=True)


@transaction.atomic
def place_keep(*, assignment: Assignment, position: int) -> None:
    """Remember where an assessor is, within what there is to judge, and that the pair there was seen."""
    here = assignment.showings.filter(position=position)
    if here.exists():
        Assignment.objects.filter(pk=assignment.pk).exclude(place=position).update(place=position)
        here.filter(seen_at=None).update(seen_at=timezone.now())


def assessed_of(judgment: Judgment) -> Assessed:
    """What a judgment says, without how long it took."""
    return Assessed(
        grade=judgment.grade,
        cannot_judge=judgment.cannot_judge,
        looks=judgment.looks,
        works=judgment.works,
        reason=judgment.reason,
        region=None if judgment.region is None else tuple(judgment.region),
    )


def _assignment_held(assessor: User, session_id: int) -> Assignment:
    """The assessor's part of a session, held for this transaction. Raises: Showing.DoesNotExist."""
    held = Assignment.objects.select_for_update(no_key=True, of=("self",)).select_related("session")
    assignment = held.filter(session=session_id, assessor=assessor).first()
    if assignment is None:
        raise Showing.DoesNotExist
    return assignment


def _require_open(session: Session) -> None:
    """Raises: SessionClosed. A session that is open stays so until this transaction ends."""
    table = Session._meta.db_table
    (row,) = Session.objects.raw(f"SELECT * FROM {table} WHERE id = %s FOR SHARE", [session.pk])
    if row.closed_at is not None:
        raise SessionClosed


def _require_same(known: Judgment, showing: Showing, base: uuid.UUID | None, assessed: Assessed) -> None:
    """Raises: Problem where an event of the same client_id is another one."""
    known_base = known.base.client_id if known.base else None
    is_event = known.showing_id == showing.pk and known.takes_back_id is None and known_base == base
    if not is_event or not is_same(known, assessed):
        raise _taken()


def _store(judgment: Judgment, showing: Showing) -> None:
    try:
        with transaction.atomic():
            judgment.save(force_insert=True)
    except IntegrityError as error:
        # The assignment is held, so it is another assessor's event, stored since we looked.
        raise _taken() from error
    showing.current = None if judgment.says_nothing else judgment
    showing.seen_at = showing.seen_at or judgment.recorded_at
    showing.is_passed_on = showing.is_passed_on and judgment.says_nothing
    showing.save(update_fields=["current", "seen_at", "is_passed_on"])
    logger.info("judgment recorded sequence=%d showing=%d", judgment.sequence, showing.pk)


def _taken() -> Problem:
    return Problem(
        "client-id-taken", "This client_id is another event's: make a new one for each judgment and each undo."
    )
