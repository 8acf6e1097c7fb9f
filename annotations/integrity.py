"""Consistency checks of judgments and showings. They change nothing."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F

from annotations.models import Assignment, Judgment, Showing
from annotations.selectors.showings import current_judgments
from search.integrity import Fault

KIND = "judgment"


def judgment_faults() -> Iterator[Fault]:
    """Find showings whose current judgment, assessor, replaced judgment, pool or position is inconsistent."""
    yield from _current_faults()
    yield from _assessor_faults()
    yield from _base_faults()
    yield from _position_faults()


def _current_faults() -> Iterator[Fault]:
    for assignment in Assignment.objects.select_related("session", "assessor"):
        showings = assignment.showings.all()
        current = current_judgments(showings)
        for showing in showings:
            judgment = current.get(showing.pk)
            if showing.current_id != (judgment.sequence if judgment else None):
                expected = f"event {judgment.sequence}" if judgment else "none"
                stored = f"event {showing.current_id}" if showing.current_id else "none"
                detail = f"The current judgment is {expected} by the events, but {stored} by the showing's row."
                yield Fault(KIND, _where(assignment, showing), detail)


def _assessor_faults() -> Iterator[Fault]:
    inconsistent = Judgment.objects.exclude(assessor=F("showing__assignment__assessor"))
    for judgment in inconsistent.select_related("assessor", "showing__assignment__assessor"):
        assigned = judgment.showing.assignment.assessor
        detail = f"{judgment.assessor} judged a pair that is assigned to {assigned}."
        yield Fault(KIND, f"event {judgment.sequence}", detail)


def _base_faults() -> Iterator[Fault]:
    """Find events that replace or take back a judgment of another showing."""
    for relation in ("base", "takes_back"):
        inconsistent = Judgment.objects.exclude(**{relation: None}).exclude(**{f"{relation}__showing": F("showing")})
        for sequence in inconsistent.values_list("sequence", flat=True):
            yield Fault(KIND, f"event {sequence}", f"`{relation}` refers to a judgment of another pair.")


def _position_faults() -> Iterator[Fault]:
    inconsistent = Showing.objects.exclude(candidate__pool=F("assignment__session__pool"))
    for showing in inconsistent.select_related("assignment__session", "assignment__assessor"):
        yield Fault(KIND, _where(showing.assignment, showing), "The candidate does not belong to the session's pool.")
    for assignment in Assignment.objects.select_related("session", "assessor"):
        positions = list(assignment.showings.order_by("position").values_list("position", flat=True))
        if positions != list(range(1, len(positions) + 1)):
            yield Fault(KIND, str(assignment), "The positions of the showings are not consecutive from 1.")


def _where(assignment: Assignment, showing: Showing) -> str:
    return f"{assignment} pair {showing.position}"
