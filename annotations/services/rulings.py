"""Rulings: what an adjudicator settles a candidate to. Each is an event; the assessors' judgments stay as they are.

Whoever rules on a candidate holds its row, so that two adjudicators are one after the other.
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from annotations.models import Candidate, Ruling, Session
from annotations.services.assessments import Assessed, assessed_checked, is_same
from annotations.services.locks import sessions_lock
from engine.errors import Problem

logger = logging.getLogger(__name__)


class RuledMeanwhile(Exception):
    """Another ruling holds by now than the one that was looked at. current: that one, None where it was taken back."""

    def __init__(self, current: Ruling | None) -> None:
        super().__init__("another ruling was recorded meanwhile")
        self.current = current


@dataclass(frozen=True, slots=True)
class Ruled:
    """A stored event. is_new: this call stored it; False where it was there already."""

    ruling: Ruling
    is_new: bool


def ruling_record(
    *,
    adjudicator: User,
    session: Session,
    candidate_id: int,
    client_id: uuid.UUID,
    base: uuid.UUID | None,
    assessed: Assessed,
) -> Ruled:
    """Store what a candidate is settled to in a session, which then holds.

    base: client_id of the ruling that the adjudicator had before the eyes, None where there was none.
    Raises: Candidate.DoesNotExist where the session's pool has none such; Problem; RuledMeanwhile.
    """
    with transaction.atomic():
        if not sessions_lock([session]):
            raise Candidate.DoesNotExist
        candidate = Candidate.objects.select_for_update().get(pk=candidate_id, pool=session.pool_id)
        checked = assessed_checked(assessed, asks_facets=session.asks_facets)
        known = Ruling.objects.filter(client_id=client_id).first()
        if known is not None:
            if not _is_of(known, session, candidate) or known.takes_back_id is not None or not is_same(known, checked):
                raise _taken()
            return Ruled(known, is_new=False)
        current = current_ruling(session, candidate)
        if (current.client_id if current else None) != base:
            raise RuledMeanwhile(current)
        ruling = Ruling(
            client_id=client_id, session=session, candidate=candidate, adjudicator=adjudicator, **checked.fields
        )
        _store(ruling)
    return Ruled(ruling, is_new=True)


def ruling_undo(*, adjudicator: User, session: Session, client_id: uuid.UUID) -> Ruled:
    """Take back one's newest ruling of a session that is not taken back yet, on whichever candidate.

    What held before it holds again, said anew by the event that takes it back; called again, the one before is taken
    back. Raises: Problem, also where there is nothing to take back; RuledMeanwhile where somebody else has
    ruled on the candidate since, which stays.
    """
    with transaction.atomic():
        Session.objects.select_for_update(no_key=True).filter(pk=session.pk).first()  # one undo after the other
        known = Ruling.objects.filter(client_id=client_id).first()
        if known is not None:
            if known.session_id != session.pk or known.takes_back_id is None:
                raise _taken()
            return Ruled(known, is_new=False)
        standing = Ruling.objects.filter(takes_back=None, taken_back_by=None, session=session)
        undone = standing.filter(adjudicator=adjudicator).order_by("-sequence").first()
        if undone is None:
            raise Problem("nothing-to-undo", "There is no ruling of yours in this session to take back.")
        candidate = Candidate.objects.select_for_update().get(pk=undone.candidate_id)
        of_candidate = list(standing.filter(candidate=candidate).order_by("-sequence")[:2])
        if of_candidate[:1] != [undone]:
            raise RuledMeanwhile(current_ruling(session, candidate))
        ruling = Ruling(
            client_id=client_id,
            session=session,
            candidate=candidate,
            adjudicator=adjudicator,
            takes_back=undone,
            **(_said_by(of_candidate[1]) if of_candidate[1:] else {}),
        )
        _store(ruling)
    return Ruled(ruling, is_new=True)


def current_ruling(session: Session, candidate: Candidate) -> Ruling | None:
    """The newest ruling of a session on a candidate; None where there is none, or it was taken back."""
    newest = Ruling.objects.filter(session=session, candidate=candidate).order_by("-sequence").first()
    return None if newest is None or newest.says_nothing else newest


def _is_of(ruling: Ruling, session: Session, candidate: Candidate) -> bool:
    return ruling.session_id == session.pk and ruling.candidate_id == candidate.pk


def _said_by(ruling: Ruling) -> dict[str, object]:
    return {
        name: getattr(ruling, name) for name in ("grade", "cannot_judge", "looks", "works", "reason", "region")
    }  # fmt: skip


def _store(ruling: Ruling) -> None:
    try:
        with transaction.atomic():
            ruling.save(force_insert=True)
    except IntegrityError as error:
        raise _taken() from error  # an event of another candidate, stored since we looked
    logger.info("ruling recorded sequence=%d candidate=%d", ruling.sequence, ruling.candidate_id)


def _taken() -> Problem:
    return Problem(
        "client-id-taken", "This client_id is another event's: make a new one for each ruling and each undo."
    )
