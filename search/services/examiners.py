"""What an examiner has looked at, and how they turned it."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction

from search.models import SeenFigure, Sheet, SheetTurn
from search.selectors.figures import figures_to_show

QUARTERS = (0, 90, 180, 270)


@transaction.atomic
def figures_seen(*, owner: User, figure_ids: Sequence[int]) -> int:
    """Remember that the examiner saw these figures large, and return how many of them exist; twice is as once."""
    shown = list(figures_to_show().filter(pk__in=figure_ids).order_by("pk").values_list("pk", flat=True))
    SeenFigure.objects.bulk_create(
        [SeenFigure(owner=owner, figure_id=figure_id) for figure_id in shown], ignore_conflicts=True
    )
    return len(shown)


@transaction.atomic
def sheet_turn(*, owner: User, sheet: Sheet, turn: int) -> SheetTurn:
    """Remember that the examiner reads the sheet turned clockwise by `turn` degrees beyond upright.

    Raises: ValueError when it is no quarter turn.
    """
    if turn not in QUARTERS:
        raise ValueError(f"a sheet is turned by one of {QUARTERS} degrees, not by {turn}")
    row, _ = SheetTurn.objects.update_or_create(owner=owner, sheet=sheet, defaults={"turn": turn})
    return row
