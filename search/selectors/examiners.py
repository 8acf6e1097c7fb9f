"""What an examiner has looked at, and how they turned it."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User

from search.models import SeenFigure, Sheet, SheetTurn


def seen_among(owner: User, figure_ids: Sequence[int]) -> set[int]:
    """Those of the figures that the examiner has seen large."""
    return set(SeenFigure.objects.filter(owner=owner, figure_id__in=figure_ids).values_list("figure_id", flat=True))


def turn_of(owner: User, sheet: Sheet) -> int:
    """By how many degrees clockwise beyond upright the examiner last turned the sheet."""
    return SheetTurn.objects.filter(owner=owner, sheet=sheet).values_list("turn", flat=True).first() or 0
