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
from django.db.models import Count, Min, Q, QuerySet

from annotations.models import Assessment, Assignment, Judgment, Session, Showing, Topic
from search.models import Figure
from search.selectors.figures import LinkedSentence, links_of_figures, marked_pieces

MOST_SENTENCES = 40
_JUDGED = Q(current__grade__isnull=False)


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
    """How far an assessor is. first_open: the first position without a judgment, None where all have one."""

    count: int
    judged: int
    cannot_judge: int
    first_open: int | None

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
    next_open: int | None

    @property
    def count(self) -> int:
        return self.done.count

    @property
    def previous(self) -> int | None:
        return self.position - 1 if self.position > 1 else None

    @property
    def following(self) -> int | None:
        return self.position + 1 if self.position < self.done.count else None

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
    told = _counted(assignment.showings.all(), **_open_around(position))
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
        next_open=told["later"] or told["earlier"],
    )


def next_open(assignment: Assignment, position: int) -> int | None:
    """The next position without a judgment, after the last one the first; None where all others are judged."""
    told = assignment.showings.aggregate(**_open_around(position))
    found: int | None = told["later"] or told["earlier"]
    return found


def showings_judged(assignment: Assignment) -> list[Judged]:
    """Every showing in its order with what holds of it."""
    showings = assignment.showings.select_related("current").order_by("position")
    return [Judged(one.position, values_of(one.current)) for one in showings]


def position_to_resume(assignment: Assignment, done: Done) -> int:
    """Where an assessor goes on: the place they left, or the first position that is still open where that is judged."""
    left = assignment.showings.filter(position=assignment.place).values_list("current", flat=True).first()
    return assignment.place if left is None or done.first_open is None else done.first_open


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


def judgments_that_hold(showings: QuerySet[Showing]) -> dict[int, Judgment | None]:
    """By showing the judgment that holds as the events tell it, by which Showing.current can be checked or rebuilt."""
    newest = Judgment.objects.filter(showing__in=showings).order_by("showing_id", "-sequence").distinct("showing_id")
    return {one.showing_id: None if one.says_nothing else one for one in newest}


def _open_around(position: int) -> dict[str, Min]:
    return {
        "later": Min("position", filter=Q(current=None, position__gt=position)),
        "earlier": Min("position", filter=Q(current=None, position__lt=position)),
    }


def _done(told: Mapping[str, Any]) -> Done:
    return Done(told["count"], told["judged"], told["cannot_judge"], told["first_open"])


def _counted(showings: QuerySet[Showing], **more: Min) -> dict[str, Any]:
    return showings.aggregate(
        count=Count("pk"),
        judged=Count("pk", filter=_JUDGED),
        cannot_judge=Count("pk", filter=Q(current__cannot_judge=True)),
        first_open=Min("position", filter=Q(current=None)),
        **more,
    )


def _sentences(figure_ids: Sequence[int]) -> dict[int, tuple[LinkedSentence, ...]]:
    """The most telling linked sentences of each figure, in the text's order."""
    linked = {}
    for figure_id, links in links_of_figures(figure_ids, MOST_SENTENCES).items():
        ordered = sorted(links, key=lambda link: link.sentence.position)
        linked[figure_id] = tuple(LinkedSentence(link, marked_pieces(link)) for link in ordered)
    return linked
