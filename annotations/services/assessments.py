"""Values of judgments and rulings, and the checks they must pass before they are stored."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from annotations.models import GRADES, Assessment
from annotations.selectors.showings import Values, values_of
from engine.errors import Problem

LONGEST_REASON = 2000  # characters
WHOLE = 10_000  # a region is in ten-thousandths of the drawing
LONGEST_LOOK_SECONDS = 3600.0  # longer looks count as this: the assessor was away
_GRADES = tuple(grade for grade, _ in GRADES)

Region = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Assessed:
    """The values of a judgment or ruling; see annotations.models.Assessment.

    grade: 0 to 3. seconds: how long the assessor looked at the pair; None if it was not measured.
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
        """Values by column, for the columns that judgments and rulings share."""
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
    """Check the values; return them with the reason stripped and the seconds capped. Raises: Problem."""
    if assessed.cannot_judge == (assessed.grade is not None):
        raise Problem("no-grade", "Give a grade from 0 to 3 or “cannot judge”, not both.")
    for name in ("grade", "looks", "works"):
        value = getattr(assessed, name)
        if value is not None and (value is True or value is False or value not in _GRADES):
            raise Problem("no-such-grade", f"`{name}` must be 0, 1, 2 or 3.")
    if not asks_facets and (assessed.looks is not None or assessed.works is not None):
        raise Problem("no-facets", "This session does not ask for facets; leave `looks` and `works` empty.")
    _check_region(assessed.region)
    return replace(assessed, reason=_reason(assessed.reason), seconds=_seconds(assessed.seconds))


def is_same(assessment: Assessment, assessed: Assessed) -> bool:
    """Whether an event has exactly these values; `seconds` is not compared."""
    return all(getattr(assessment, name) == value for name, value in assessed.fields.items())


def _check_region(region: Region | None) -> None:
    if region is None:
        return
    if len(region) != 4 or any(type(edge) is not int for edge in region):
        raise Problem("no-region", "`region` must be four whole numbers: left, top, width and height.")
    left, top, width, height = region
    inside = left >= 0 and top >= 0 and width > 0 and height > 0 and left + width <= WHOLE and top + height <= WHOLE
    if not inside:
        raise Problem("no-region", f"`region` must lie within the drawing, whose width and height count as {WHOLE}.")


def _reason(reason: str) -> str:
    reason = reason.strip()
    if len(reason) > LONGEST_REASON:
        raise Problem(
            "long-reason", f"The reason has {len(reason):,} characters; shorten it to {LONGEST_REASON:,} or fewer."
        )
    if "\0" in reason or any("\ud800" <= character <= "\udfff" for character in reason):
        raise Problem("unreadable-reason", "The reason contains a character that cannot be stored; type it again.")
    return reason


def _seconds(seconds: float | None) -> float | None:
    if seconds is None:
        return None
    if not math.isfinite(seconds) or seconds < 0:
        raise Problem("no-duration", "`seconds` must be a number of 0 or more.")
    return min(float(seconds), LONGEST_LOOK_SECONDS)
