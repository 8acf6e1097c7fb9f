"""What an assessor sees of a session: one pair at a time, and their progress.

Nothing here reveals which run found a candidate, its rank or score, whether it is a repeat, or what others judged.
Pages and API answers for assessors use only these dataclasses.
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
    """Values of a judgment or ruling; see annotations.models.Assessment."""

    client_id: uuid.UUID
    grade: int | None
    cannot_judge: bool
    looks: int | None
    works: int | None
    reason: str
    region: tuple[int, int, int, int] | None


@dataclass(frozen=True, slots=True)
class Done:
    """Progress of an assessor, without showings that were passed on.

    first_open: first position without a judgment, None if all have one. last: last position, None without showings.
    """

    count: int
    judged: int
    cannot_judge: int
    first_open: int | None
    last: int | None

    @property
    def answered(self) -> int:
        """Number of showings with a judgment."""
        return self.judged + self.cannot_judge

    @property
    def open(self) -> int:
        return self.count - self.answered


@dataclass(frozen=True, slots=True)
class Side:
    """One drawing of a pair with the sentences linked to it. figure: None for an uploaded drawing."""

    figure: Figure | None
    sentences: tuple[LinkedSentence, ...]


@dataclass(frozen=True, slots=True)
class ShowingPage:
    """One pair as its assessor sees it. topic_side, candidate_side: their drawings with text.

    is_passed_on: another assessor has it now. previous, following: the assessor's nearest positions. next_open: next
    position without a judgment, continuing from the first; None if all others are judged.
    """

    session: Session
    assignment: Assignment
    position: int
    done: Done
    topic: Topic
    topic_side: Side
    candidate: Figure
    candidate_side: Side
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
        """The last position, or this one if all after it were passed on."""
        return max(self.position, self.done.last or 0)

    @property
    def is_closed(self) -> bool:
        return self.session.closed_at is not None


@dataclass(frozen=True, slots=True)
class Judged:
    """A showing of an assignment with its current judgment."""

    position: int
    current: Values | None


@dataclass(frozen=True, slots=True)
class JudgingState:
    """How far an assessor is in a session, with what holds of each showing."""

    assignment: Assignment
    done: Done
    showings: tuple[Judged, ...]

    @property
    def is_closed(self) -> bool:
        return self.assignment.session.closed_at is not None


def assignment_of(assessor: User, session_id: int) -> Assignment | None:
    """Return the user's assignment to a session, with session and pool; None without one."""
    mine = Assignment.objects.filter(assessor=assessor, session__in=Session.objects.filter(pk=session_id))
    return mine.select_related("session__pool__topic_set").first()


def done_of(assignment: Assignment) -> Done:
    """Return the present progress of an assessor."""
    return _done(_counted(assignment.showings.all()))


def showing_page(assignment: Assignment, position: int) -> ShowingPage | None:
    """Return the pair at a position, None without one. A constant number of queries."""
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
    counted = _counted(assignment.showings.all(), **_open_around(position), **_beside(position))
    topic, candidate = showing.candidate.topic, showing.candidate.figure
    sentences = _sentences([one.pk for one in (topic.figure, candidate) if one is not None])
    return ShowingPage(
        session=assignment.session,
        assignment=assignment,
        position=position,
        done=_done(counted),
        topic=topic,
        topic_side=Side(topic.figure, sentences.get(topic.figure_id or 0, ())),
        candidate=candidate,
        candidate_side=Side(candidate, sentences[candidate.pk]),
        current=values_of(showing.current),
        recorded_at=showing.current.recorded_at if showing.current else None,
        is_passed_on=showing.is_passed_on,
        previous=counted["previous"],
        following=counted["following"],
        next_open=counted["later"] or counted["earlier"],
    )


def next_open(assignment: Assignment, position: int) -> int | None:
    """Return the next position without a judgment, continuing from the first; None if all others are judged."""
    positions = assignment.showings.aggregate(**_open_around(position))
    found: int | None = positions["later"] or positions["earlier"]
    return found


def showings_judged(assignment: Assignment) -> list[Judged]:
    """Return the assessor's showings in order with their current judgments, without those passed on."""
    showings = assignment.showings.filter(_THEIRS).select_related("current").order_by("position")
    return [Judged(one.position, values_of(one.current)) for one in showings]


def judging_state(assignment: Assignment) -> JudgingState:
    """The assessor's part of a session as it stands now; two queries."""
    return JudgingState(assignment, done_of(assignment), tuple(showings_judged(assignment)))


def position_to_resume(assignment: Assignment, done: Done) -> int:
    """Return where an assessor continues: the last position looked at if it is open, else the first open one."""
    if done.first_open is None:
        return assignment.place
    is_open = assignment.showings.filter(_OPEN, position=assignment.place).exists()
    return assignment.place if is_open else done.first_open


def values_of(assessment: Assessment | None) -> Values | None:
    """Return the values of an event; None without one, or for one that withdraws."""
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
    """Showing → current judgment by the events, to check or rebuild Showing.current."""
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


def _done(counted: Mapping[str, Any]) -> Done:
    return Done(counted["count"], counted["judged"], counted["cannot_judge"], counted["first_open"], counted["last"])


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
    """Figure → its best linked sentences, in the order of the text."""
    linked = {}
    for figure_id, links in links_of_figures(figure_ids, MOST_SENTENCES).items():
        ordered = sorted(links, key=lambda link: link.sentence.position)
        linked[figure_id] = tuple(LinkedSentence(link, marked_pieces(link)) for link in ordered)
    return linked
