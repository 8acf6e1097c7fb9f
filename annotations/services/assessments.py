"""What may be said of a candidate, by an assessor or an adjudicator, before it becomes an event."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from annotations.models import GRADES, Assessment
from annotations.selectors.showings import Values, values_of
from engine.errors import Problem

LONGEST_REASON = 2000  # characters
WHOLE = 10_000  # a region is in ten-thousandths of the drawing
LONGEST_LOOK_SECONDS = 3600.0  # whoever looked longer was away
_GRADES = tuple(grade for grade, _ in GRADES)

Region = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Assessed:
    """A grade from 0 to 3 or that it cannot be judged, with what stands beside it; see annotations.models.Assessment.

    seconds: how long the pair was looked at; None where nobody counted.
    """

    grade: int | None = None
    cannot_judge: bool = False
    looks: int | None = None
    works: int | None = None
    reason: str = ""
    region: Region | None = None
    seconds: float | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """The columns that judgments and rulings share."""
        return {
            "grade": self.grade,
            "cannot_judge": self.cannot_judge,
            "looks": self.looks,
            "works": self.works,
            "reason": self.reason,
            "region": None if self.region is None else list(self.region),
        }


class Stale(Problem):
    """Another event holds by now than the one that this was based on, and nothing was written.

    current: the event that holds, None if none does. yours: what was offered, None of an undo.
    """

    def __init__(self, detail: str, current: Assessment | None, yours: Assessed | None) -> None:
        super().__init__("stale", detail, 409)
        self.current = current
        self.yours = yours

    @property
    def current_values(self) -> Values | None:
        """What the event that holds says."""
        return values_of(self.current)


def assessed_checked(assessed: Assessed, *, asks_facets: bool) -> Assessed:
    """The same, with the reason's ends trimmed and the seconds capped. Raises: Problem."""
    if assessed.cannot_judge == (assessed.grade is not None):
        raise Problem("no-grade", "Give either a grade from 0 to 3, or that you cannot judge it.")
    for name in ("grade", "looks", "works"):
        value = getattr(assessed, name)
        if value is not None and (value is True or value is False or value not in _GRADES):
            raise Problem("no-such-grade", f"{name}: a grade is 0, 1, 2 or 3.")
    if not asks_facets and (assessed.looks is not None or assessed.works is not None):
        raise Problem("no-facets", "This session asks for one grade alone; leave looks and works empty.")
    _check_region(assessed.region)
    return replace(assessed, reason=_reason(assessed.reason), seconds=_seconds(assessed.seconds))


def is_same(assessment: Assessment, assessed: Assessed) -> bool:
    """Whether an event says exactly this; how long it took is no part of it."""
    return all(getattr(assessment, name) == value for name, value in assessed.fields.items())


def _check_region(region: Region | None) -> None:
    if region is None:
        return
    if len(region) != 4 or any(type(edge) is not int for edge in region):
        raise Problem("no-region", "A region is four whole numbers: left, top, width and height.")
    left, top, width, height = region
    inside = left >= 0 and top >= 0 and width > 0 and height > 0 and left + width <= WHOLE and top + height <= WHOLE
    if not inside:
        raise Problem("no-region", f"A region lies within the drawing, whose edges are 0 and {WHOLE}.")


def _reason(reason: str) -> str:
    reason = reason.strip()
    if len(reason) > LONGEST_REASON:
        raise Problem("long-reason", f"A reason takes {LONGEST_REASON:,} characters; this has more.")
    if "\0" in reason or any("\ud800" <= sign <= "\udfff" for sign in reason):
        raise Problem("unreadable-reason", "The reason holds a sign that cannot be stored; type it anew.")
    return reason


def _seconds(seconds: float | None) -> float | None:
    if seconds is None:
        return None
    if not math.isfinite(seconds) or seconds < 0:
        raise Problem("no-duration", "seconds: a number from 0.")
    return min(float(seconds), LONGEST_LOOK_SECONDS)
