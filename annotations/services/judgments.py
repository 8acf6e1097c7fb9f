"""Record judgments and take them back. Stored events never change; each showing refers to its current judgment.

Writing locks the assignment, so that two tabs, or a request that is sent twice, are handled one after the other. A
session is read under a shared lock: after its closing is committed, no judgment is stored.
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


class StaleBase(Stale):
    """The showing has another current judgment than the client's base; nothing was stored.

    current: the current judgment, None without one. yours: the values that were sent.
    """

    yours: Assessed

    def __init__(self, current: Judgment | None, yours: Assessed) -> None:
        detail = "You have judged this pair elsewhere meanwhile. That judgment holds; judge again to replace it."
        super().__init__(detail, current, yours)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A stored judgment. is_new: whether this call stored it, rather than an earlier one."""

    judgment: Judgment
    is_new: bool

    @property
    def current(self) -> Values | None:
        """What the event says, None if it took back all."""
        return values_of(self.judgment)


def judgment_record(
    *, assessor: User, session_id: int, position: int, client_id: uuid.UUID, base: uuid.UUID | None, assessed: Assessed
) -> Recorded:
    """Store an assessor's judgment of a showing, which becomes its current one.

    base: client_id of the current judgment as the assessor saw it, None without one.
    Raises: Showing.DoesNotExist if the assessor has none at the position; Problem; StaleBase.
    """
    with transaction.atomic():
        session = _assignment_lock(assessor, session_id).session
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
    """Take back the assessor's newest judgment in a session, on any showing; the next call takes back the one before.

    The new event repeats the values that applied before the judgment that it takes back.
    Raises: Showing.DoesNotExist if the user is no assessor of the session; Problem, also with nothing to take back.
    """
    with transaction.atomic():
        assignment = _assignment_lock(assessor, session_id)
        known = Judgment.objects.filter(client_id=client_id).select_related("showing").first()
        if known is not None:
            if known.takes_back_id is None or known.showing.assignment_id != assignment.pk:
                raise _client_id_taken()
            return Recorded(known, is_new=False)
        _require_open(assignment.session)
        standing = Judgment.objects.filter(takes_back=None, taken_back_by=None, showing__assignment=assignment)
        undone = standing.select_related("showing__current").order_by("-sequence").first()
        if undone is None:
            raise Problem("nothing-to-undo", "You have no judgment in this session to take back.")
        before = standing.filter(showing=undone.showing, sequence__lt=undone.sequence).order_by("-sequence").first()
        values = assessed_of(before) if before is not None else Assessed()
        judgment = Judgment(
            client_id=client_id,
            showing=undone.showing,
            assessor=assessor,
            base=undone.showing.current,
            takes_back=undone,
            **values.fields,
        )
        _store(judgment, undone.showing)
    return Recorded(judgment, is_new=True)


@transaction.atomic
def place_keep(*, assignment: Assignment, position: int) -> None:
    """Store the position that an assessor looks at, and that its pair was seen; ignore positions without a showing."""
    here = assignment.showings.filter(position=position)
    if here.exists():
        Assignment.objects.filter(pk=assignment.pk).exclude(place=position).update(place=position)
        here.filter(seen_at=None).update(seen_at=timezone.now())


def assessed_of(judgment: Judgment) -> Assessed:
    """Return the values of a judgment, without its seconds."""
    return Assessed(
        grade=judgment.grade,
        cannot_judge=judgment.cannot_judge,
        looks=judgment.looks,
        works=judgment.works,
        reason=judgment.reason,
        region=None if judgment.region is None else tuple(judgment.region),
    )


def _assignment_lock(assessor: User, session_id: int) -> Assignment:
    """Lock the assessor's assignment to a session until the transaction ends. Raises: Showing.DoesNotExist."""
    locked = Assignment.objects.select_for_update(no_key=True, of=("self",)).select_related("session")
    assignment = locked.filter(session=session_id, assessor=assessor).first()
    if assignment is None:
        raise Showing.DoesNotExist
    return assignment


def _require_open(session: Session) -> None:
    """Keep an open session open until the transaction ends. Raises: Problem if it is closed."""
    table = Session._meta.db_table
    (row,) = Session.objects.raw(f"SELECT * FROM {table} WHERE id = %s FOR SHARE", [session.pk])
    if row.closed_at is not None:
        detail = f"The session “{row}” is closed. Ask an administrator to open it again."
        raise Problem("session-closed", detail, 403)


def _require_same(known: Judgment, showing: Showing, base: uuid.UUID | None, assessed: Assessed) -> None:
    """Raise Problem unless the stored event is the one that was sent."""
    known_base = known.base.client_id if known.base else None
    is_event = known.showing_id == showing.pk and known.takes_back_id is None and known_base == base
    if not is_event or not is_same(known, assessed):
        raise _client_id_taken()


def _store(judgment: Judgment, showing: Showing) -> None:
    try:
        with transaction.atomic():
            judgment.save(force_insert=True)
    except IntegrityError as error:
        # The assignment is locked: another assessor stored an event with this id since we looked.
        raise _client_id_taken() from error
    showing.current = None if judgment.says_nothing else judgment
    showing.seen_at = showing.seen_at or judgment.recorded_at
    showing.is_passed_on = showing.is_passed_on and judgment.says_nothing
    showing.save(update_fields=["current", "seen_at", "is_passed_on"])
    logger.info("judgment recorded sequence=%d showing=%d", judgment.sequence, showing.pk)


def _client_id_taken() -> Problem:
    return Problem(
        "client-id-taken", "This `client_id` belongs to another event. Make a new one for each judgment and each undo."
    )
