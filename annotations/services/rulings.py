"""Record rulings of adjudicators on candidates and take them back. The assessors' judgments do not change.

Writing locks the candidate, so that two adjudicators are handled one after the other.
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from annotations.models import Candidate, Ruling, Session
from annotations.selectors.showings import Values, values_of
from annotations.services.assessments import Assessed, Stale, assessed_checked, is_same
from annotations.services.locks import sessions_lock
from engine.errors import Problem

logger = logging.getLogger(__name__)


class RuledMeanwhile(Stale):
    """The candidate was ruled on since the adjudicator looked. current: that ruling, None if it was taken back."""

    current: Ruling | None

    def __init__(self, current: Ruling | None, yours: Assessed | None = None) -> None:
        detail = "The candidate was ruled on meanwhile. That ruling holds; rule again to replace it."
        super().__init__(detail, current, yours)


@dataclass(frozen=True, slots=True)
class Ruled:
    """A stored ruling. is_new: whether this call stored it, rather than an earlier one."""

    ruling: Ruling
    is_new: bool

    @property
    def current(self) -> Values | None:
        """What the event says, None if it took back all."""
        return values_of(self.ruling)


def ruling_record(
    *,
    adjudicator: User,
    session: Session,
    candidate_id: int,
    client_id: uuid.UUID,
    base: uuid.UUID | None,
    assessed: Assessed,
) -> Ruled:
    """Store a ruling on a candidate of a session, which becomes its current one.

    base: client_id of the current ruling as the adjudicator saw it, None without one.
    Raises: Candidate.DoesNotExist if the session's pool does not have the candidate; Problem; RuledMeanwhile.
    """
    with transaction.atomic():
        if not sessions_lock([session]):
            raise Candidate.DoesNotExist
        candidate = Candidate.objects.select_for_update().get(pk=candidate_id, pool=session.pool_id)
        checked = assessed_checked(assessed, asks_facets=session.asks_facets)
        known = Ruling.objects.filter(client_id=client_id).first()
        if known is not None:
            if not _is_of(known, session, candidate) or known.takes_back_id is not None or not is_same(known, checked):
                raise _client_id_taken()
            return Ruled(known, is_new=False)
        current = current_ruling(session, candidate)
        if (current.client_id if current else None) != base:
            raise RuledMeanwhile(current, checked)
        ruling = Ruling(
            client_id=client_id, session=session, candidate=candidate, adjudicator=adjudicator, **checked.fields
        )
        _store(ruling)
    return Ruled(ruling, is_new=True)


def ruling_undo(*, adjudicator: User, session: Session, client_id: uuid.UUID) -> Ruled:
    """Take back the adjudicator's newest ruling in a session; the next call takes back the one before.

    The new event repeats the values that applied before the ruling that it takes back. Raises: Problem, also with
    nothing to take back; RuledMeanwhile if somebody else has ruled on the candidate since.
    """
    with transaction.atomic():
        Session.objects.select_for_update(no_key=True).filter(pk=session.pk).first()  # one undo after the other
        known = Ruling.objects.filter(client_id=client_id).first()
        if known is not None:
            if known.session_id != session.pk or known.takes_back_id is None:
                raise _client_id_taken()
            return Ruled(known, is_new=False)
        standing = Ruling.objects.filter(takes_back=None, taken_back_by=None, session=session)
        undone = standing.filter(adjudicator=adjudicator).order_by("-sequence").first()
        if undone is None:
            raise Problem("nothing-to-undo", "You have no ruling in this session to take back.")
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
            **(_values_of(of_candidate[1]) if of_candidate[1:] else {}),
        )
        _store(ruling)
    return Ruled(ruling, is_new=True)


def current_ruling(session: Session, candidate: Candidate) -> Ruling | None:
    """Return the newest ruling of a session on a candidate; None without one, or if it was taken back."""
    newest = Ruling.objects.filter(session=session, candidate=candidate).order_by("-sequence").first()
    return None if newest is None or newest.says_nothing else newest


def _is_of(ruling: Ruling, session: Session, candidate: Candidate) -> bool:
    return ruling.session_id == session.pk and ruling.candidate_id == candidate.pk


def _values_of(ruling: Ruling) -> dict[str, object]:
    return {
        name: getattr(ruling, name) for name in ("grade", "cannot_judge", "looks", "works", "reason", "region")
    }  # fmt: skip


def _store(ruling: Ruling) -> None:
    try:
        with transaction.atomic():
            ruling.save(force_insert=True)
    except IntegrityError as error:
        raise _client_id_taken() from error  # another candidate got an event with this id since we looked
    logger.info("ruling recorded sequence=%d candidate=%d", ruling.sequence, ruling.candidate_id)


def _client_id_taken() -> Problem:
    return Problem(
        "client-id-taken", "This `client_id` belongs to another event. Make a new one for each ruling and each undo."
    )
