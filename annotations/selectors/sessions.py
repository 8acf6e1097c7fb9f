"""Sessions in lists, and the progress of their assessors. Nothing here reveals runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, F, Max, Q, QuerySet

from annotations.models import Assignment, Judgment, Session, Showing
from annotations.selectors.pools import Median, Pace, median_pace
from search.numbers import LARGEST_KEY

STILL_BLIND = "You judge in this session yourself. Judge your part first, or close the session; then rule."


@dataclass(frozen=True, slots=True)
class Progress:
    """count: number of showings. answered: number of showings with a judgment."""

    count: int
    answered: int

    @property
    def open(self) -> int:
        return self.count - self.answered

    @property
    def percent(self) -> int:
        return 100 * self.answered // self.count if self.count else 100

    @property
    def is_done(self) -> bool:
        return self.answered == self.count


@dataclass(frozen=True, slots=True)
class AssessorProgress:
    """The progress of an assessor in a session.

    cannot_judge: number of showings judged so. pace: the assessor's own in this session, or before their first judgment
    that of all assessors. last_at: time of the newest event; None without one.
    """

    assignment: Assignment
    progress: Progress
    cannot_judge: int
    pace: Pace
    last_at: datetime | None

    @property
    def assessor(self) -> User:
        user: User = self.assignment.assessor
        return user

    @property
    def hours_left(self) -> float:
        return self.pace.hours(self.progress.open)

    @property
    def is_untouched(self) -> bool:
        """Whether the assessor never judged; judgments that were taken back count."""
        return self.last_at is None

    @property
    def is_withdrawn(self) -> bool:
        return self.assignment.withdrawn_at is not None


@dataclass(frozen=True, slots=True)
class ListedSession:
    """A session in a list. mine: the user's own progress, None if they are no assessor of it."""

    session: Session
    assessor_count: int
    progress: Progress
    mine: Progress | None

    @property
    def is_open(self) -> bool:
        return self.session.closed_at is None


@dataclass(frozen=True, slots=True)
class SessionOverview:
    """A session as a user may see it. mine: the user's own part. parts: everybody's, None unless an administrator."""

    session: Session
    mine: AssessorProgress | None
    parts: tuple[AssessorProgress, ...] | None

    @property
    def administration(self) -> SessionOverview | None:
        """The same for administrators, None for others."""
        return None if self.parts is None else self


def sessions_visible_to(user: User) -> QuerySet[Session]:
    """Query the sessions that a user may see: administrators all, others those they judge in."""
    sessions = Session.objects.select_related("pool__topic_set", "created_by")
    return sessions if user.is_staff else sessions.filter(assignments__assessor=user)


def session_visible_to(user: User, session_id: int) -> Session | None:
    """Return a session that the user may see, else None."""
    return sessions_visible_to(user).filter(pk=min(session_id, LARGEST_KEY)).first()


def sessions_listed(user: User) -> list[ListedSession]:
    """Return the sessions that the user may see, open ones first, newest first. Two queries."""
    counted = (
        Session.objects.filter(pk__in=sessions_visible_to(user).values("pk"))
        .select_related("pool__topic_set")
        .annotate(
            assessors=Count("assignments", distinct=True),
            shown=Count("assignments__showings", filter=Q(assignments__showings__is_passed_on=False)),
            answered=Count("assignments__showings", filter=Q(assignments__showings__current__isnull=False)),
        )
        .order_by(F("closed_at").desc(nulls_first=True), "-pk")
    )
    mine = {
        assignment.session_id: progress
        for assignment, progress, _ in _counted(Assignment.objects.filter(assessor=user))
    }
    return [
        ListedSession(one, one.assessors, Progress(one.shown, one.answered), mine.get(one.pk)) for one in counted
    ]  # fmt: skip


def parts_of(session: Session, *, assessor: User | None = None) -> list[AssessorProgress]:
    """Return the progress of every assessor, or of one, in the order they were added. Three queries."""
    assignments = session.assignments.select_related("assessor")
    judgments = Judgment.objects.filter(showing__assignment__session=session)
    if assessor is not None:
        assignments, judgments = assignments.filter(assessor=assessor), judgments.filter(assessor=assessor)
    of_assignment = {
        row["showing__assignment"]: (row["pace"], row["last_at"])
        for row in judgments.order_by()
        .values("showing__assignment")
        .annotate(pace=Median("seconds", filter=Q(takes_back=None, seconds__gt=0)), last_at=Max("recorded_at"))
    }
    of_all = median_pace()
    parts = []
    for assignment, progress, cannot_judge in _counted(assignments):
        seconds, last_at = of_assignment.get(assignment.pk, (None, None))
        pace = of_all if seconds is None else Pace(seconds, True)
        parts.append(AssessorProgress(assignment, progress, cannot_judge, pace, last_at))
    return parts


def session_overview(session: Session, user: User) -> SessionOverview:
    """The session with the user's own part, and with everybody's for an administrator."""
    parts = parts_of(session, assessor=None if user.is_staff else user)
    mine = next((part for part in parts if part.assessor == user), None)
    return SessionOverview(session, mine, tuple(parts) if user.is_staff else None)


def unassigned_count(session: Session) -> int:
    """Count the candidates that no assessor of the session has, for example after one was withdrawn."""
    assigned = Showing.objects.filter(assignment__session=session, is_passed_on=False)
    return session.pool.candidates.exclude(pk__in=assigned.values("candidate")).count()


def is_still_blind(session: Session, user: User) -> bool:
    """Return whether the user must not see others' judgments yet, as an unfinished assessor of an open session.

    A withdrawn assessor counts as unfinished, since they may be added again.
    """
    if session.closed_at is not None:
        return False
    mine = session.assignments.filter(assessor=user)
    has_open = Q(showings__current__isnull=True, showings__is_passed_on=False, showings__isnull=False)
    return mine.filter(has_open | Q(withdrawn_at__isnull=False)).exists()


def assessors_to_choose() -> QuerySet[User]:
    """Query the users who can log in, by name."""
    return User.objects.filter(is_active=True).order_by("username")


def _counted(assignments: QuerySet[Assignment]) -> list[tuple[Assignment, Progress, int]]:
    """Return each assignment with its progress and its number of “cannot judge”. One query."""
    counted: Iterable[Any] = assignments.annotate(
        shown=Count("showings", filter=Q(showings__is_passed_on=False)),
        answered=Count("showings", filter=Q(showings__current__isnull=False)),
        cannot_judge=Count("showings", filter=Q(showings__current__cannot_judge=True)),
    ).order_by("pk")
    return [(one, Progress(one.shown, one.answered), one.cannot_judge) for one in counted]
