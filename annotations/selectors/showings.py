"""What an assessor sees of a session: one pair at a time, and how far they are.

Nothing here tells which run found a candidate, at what rank or score, whether it comes a second time, or what others
judged; pages and answers to assessors are made of these dataclasses alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Aggregate, Count, Max, Min, Q, QuerySet

from annotations.models import Assessment, Assignment, Judgment, Session, Showing, Topic
from search.models import Figure
from search.selectors.figures import LinkedSentence, links_of_figures, marked_pieces

MOST_SENTENCES = 40
_JUDGED = Q(current__grade__isnull=False)
_THEIRS = Q(is_passed_on=False)
_OPEN = _THEIRS & Q(current=None)


@dataclass(frozen=True, slots=True)
class Values:
    """What a judgment says; see annotations.models.Assessment."""

    client_id: uuid.UUID
    grade: int | None
    cannot_judge: bool
    looks: int | None
    works: int | None
    reason: str
    region: tuple[int, int, int, int] | None


@dataclass(frozen=True, slots=True)
class Done:
    """How far an assessor is, without what was passed on to others.

    first_open: the first position without a judgment, None where all have one. last: the last position, None of none.
    """

    count: int
    judged: int
    cannot_judge: int
    first_open: int | None
    last: int | None

    @property
    def said(self) -> int:
        """Showings on which the assessor has said something."""
        return self.judged + self.cannot_judge

    @property
    def open(self) -> int:
        return self.count - self.said


@dataclass(frozen=True, slots=True)
class Side:
    """One drawing of a pair with the sentences linked to it. figure: None for an uploaded drawing."""

    figure: Figure | None
    sentences: tuple[LinkedSentence, ...]


@dataclass(frozen=True, slots=True)
class ShowingPage:
    """One pair before its assessor.

    is_passed_on: another assessor has it now. previous, following: positions beside it of what is still the assessor's.
    next_open: the next position without a judgment, after the last one the first; None where all others are judged.
    """

    session: Session
    assignment: Assignment
    position: int
    done: Done
    topic: Topic
    asked: Side
    candidate: Figure
    found: Side
    current: Values | None
    recorded_at: datetime | None
    is_passed_on: bool
    previous: int | None
    following: int | None
    next_open: int | None

    @property
    def count(self) -> int:
        return self.done.count

    @property
    def last(self) -> int:
        """The last position that there is, this one if all after it were passed on."""
        return max(self.position, self.done.last or 0)

    @property
    def is_closed(self) -> bool:
        return self.session.closed_at is not None


@dataclass(frozen=True, slots=True)
class Judged:
    """One showing of an assignment with what holds of it."""

    position: int
    current: Values | None


def assignment_of(assessor: User, session_id: int) -> Assignment | None:
    """The assessor's part of a session, with the session and its pool; None where it is not theirs."""
    mine = Assignment.objects.filter(assessor=assessor, session__in=Session.objects.filter(pk=session_id))
    return mine.select_related("session__pool__topic_set").first()


def done_of(assignment: Assignment) -> Done:
    """How far the assessor is, as it stands now."""
    return _done(_counted(assignment.showings.all()))


def showing_page(assignment: Assignment, position: int) -> ShowingPage | None:
    """The pair at a position, in a constant number of queries; None for a position that the assignment lacks."""
    showing = (
        assignment.showings.filter(position=position)
        .select_related(
            "current",
            "candidate__topic__figure__sheet__publication",
            "candidate__figure__sheet__publication",
        )
        .first()
    )
    if showing is None:
        return None
    told = _counted(assignment.showings.all(), **_open_around(position), **_beside(position))
    topic, candidate = showing.candidate.topic, showing.candidate.figure
    sentences = _sentences([one.pk for one in (topic.figure, candidate) if one is not None])
    return ShowingPage(
        session=assignment.session,
        assignment=assignment,
        position=position,
        done=_done(told),
        topic=topic,
        asked=Side(topic.figure, sentences.get(topic.figure_id or 0, ())),
        candidate=candidate,
        found=Side(candidate, sentences[candidate.pk]),
        current=values_of(showing.current),
        recorded_at=showing.current.recorded_at if showing.current else None,
        is_passed_on=showing.is_passed_on,
        previous=told["previous"],
        following=told["following"],
        next_open=told["later"] or told["earlier"],
    )


def next_open(assignment: Assignment, position: int) -> int | None:
    """The next position without a judgment, after the last one the first; None where all others are judged."""
    told = assignment.showings.aggregate(**_open_around(position))
    found: int | None = told["later"] or told["earlier"]
    return found


def showings_judged(assignment: Assignment) -> list[Judged]:
    """Every showing that is still the assessor's, in its order, with what holds of it."""
    showings = assignment.showings.filter(_THEIRS).select_related("current").order_by("position")
    return [Judged(one.position, values_of(one.current)) for one in showings]


def position_to_resume(assignment: Assignment, done: Done) -> int:
    """Where an assessor goes on: the place they left, or the first open position where that is open no more."""
    if done.first_open is None:
        return assignment.place
    is_open = assignment.showings.filter(_OPEN, position=assignment.place).exists()
    return assignment.place if is_open else done.first_open


def values_of(assessment: Assessment | None) -> Values | None:
    """What an event says; None for none, and for one that says nothing."""
    if assessment is None or assessment.says_nothing:
        return None
    return Values(
        client_id=assessment.client_id,
        grade=assessment.grade,
        cannot_judge=assessment.cannot_judge,
        looks=assessment.looks,
        works=assessment.works,
        reason=assessment.reason,
        region=None if assessment.region is None else tuple(assessment.region),
    )


def current_judgments(showings: QuerySet[Showing]) -> dict[int, Judgment | None]:
    """By showing the judgment that holds as the events tell it, by which Showing.current can be checked or rebuilt."""
    newest = Judgment.objects.filter(showing__in=showings).order_by("showing_id", "-sequence").distinct("showing_id")
    return {one.showing_id: None if one.says_nothing else one for one in newest}


def _open_around(position: int) -> dict[str, Aggregate]:
    return {
        "later": Min("position", filter=_OPEN & Q(position__gt=position)),
        "earlier": Min("position", filter=_OPEN & Q(position__lt=position)),
    }


def _beside(position: int) -> dict[str, Aggregate]:
    return {
        "previous": Max("position", filter=_THEIRS & Q(position__lt=position)),
        "following": Min("position", filter=_THEIRS & Q(position__gt=position)),
    }


def _done(told: Mapping[str, Any]) -> Done:
    return Done(told["count"], told["judged"], told["cannot_judge"], told["first_open"], told["last"])


def _counted(showings: QuerySet[Showing], **more: Aggregate) -> dict[str, Any]:
    return showings.aggregate(
        count=Count("pk", filter=_THEIRS),
        judged=Count("pk", filter=_JUDGED),
        cannot_judge=Count("pk", filter=Q(current__cannot_judge=True)),
        first_open=Min("position", filter=_OPEN),
        last=Max("position", filter=_THEIRS),
        **more,
    )


def _sentences(figure_ids: Sequence[int]) -> dict[int, tuple[LinkedSentence, ...]]:
    """The most telling linked sentences of each figure, in the text's order."""
    linked = {}
    for figure_id, links in links_of_figures(figure_ids, MOST_SENTENCES).items():
        ordered = sorted(links, key=lambda link: link.sentence.position)
        linked[figure_id] = tuple(LinkedSentence(link, marked_pieces(link)) for link in ordered)
    return linked
