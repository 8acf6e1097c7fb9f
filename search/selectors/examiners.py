"""Which figures an examiner has seen, and how they turned sheets."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User

from search.models import SeenFigure, Sheet, SheetTurn


def seen_among(owner: User, figure_ids: Sequence[int]) -> set[int]:
    """Return those of the figures that the examiner has opened at full size."""
    return set(SeenFigure.objects.filter(owner=owner, figure_id__in=figure_ids).values_list("figure_id", flat=True))


def turn_of(owner: User, sheet: Sheet) -> int:
    """Return how far the examiner last turned the sheet, in degrees clockwise from upright."""
    return SheetTurn.objects.filter(owner=owner, sheet=sheet).values_list("turn", flat=True).first() or 0
