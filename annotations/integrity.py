"""Judgments held against what is kept beside them. Nothing is changed here."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F

from annotations.models import Assignment, Judgment, Showing
from annotations.selectors.showings import judgments_that_hold
from search.integrity import Fault

KIND = "judgment"


def annotation_faults() -> Iterator[Fault]:
    """Every fault found: what holds and the events, who judged and whose part it is, positions and their gaps."""
    yield from _current_faults()
    yield from _assessor_faults()
    yield from _base_faults()
    yield from _position_faults()


def _current_faults() -> Iterator[Fault]:
    for assignment in Assignment.objects.select_related("session", "assessor"):
        showings = assignment.showings.all()
        holding = judgments_that_hold(showings)
        for showing in showings:
            judgment = holding.get(showing.pk)
            if showing.current_id != (judgment.sequence if judgment else None):
                told = f"event {judgment.sequence}" if judgment else "nothing"
                kept = f"event {showing.current_id}" if showing.current_id else "nothing"
                yield Fault(KIND, _where(assignment, showing), f"By the events {told} holds, its row says {kept}.")


def _assessor_faults() -> Iterator[Fault]:
    strange = Judgment.objects.exclude(assessor=F("showing__assignment__assessor"))
    for judgment in strange.select_related("assessor", "showing__assignment__assessor"):
        whose = judgment.showing.assignment.assessor
        yield Fault(KIND, f"event {judgment.sequence}", f"{judgment.assessor} judged what {whose} was given.")


def _base_faults() -> Iterator[Fault]:
    """Events that replace, or take back, what is on another showing."""
    for relation in ("base", "takes_back"):
        strange = Judgment.objects.exclude(**{relation: None}).exclude(**{f"{relation}__showing": F("showing")})
        for sequence in strange.values_list("sequence", flat=True):
            yield Fault(KIND, f"event {sequence}", f"Its {relation.replace('_', ' ')} is of another pair.")


def _position_faults() -> Iterator[Fault]:
    strange = Showing.objects.exclude(candidate__pool=F("assignment__session__pool"))
    for showing in strange.select_related("assignment__session", "assignment__assessor"):
        yield Fault(KIND, _where(showing.assignment, showing), "Its candidate is not of the session's pool.")
    for assignment in Assignment.objects.select_related("session", "assessor"):
        positions = list(assignment.showings.order_by("position").values_list("position", flat=True))
        if positions != list(range(1, len(positions) + 1)):
            yield Fault(KIND, str(assignment), "Its positions do not run from 1 without a gap.")


def _where(assignment: Assignment, showing: Showing) -> str:
    return f"{assignment} pair {showing.position}"
