"""Remember which figures an examiner has seen, and how they turned sheets."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction

from search.models import SeenFigure, Sheet, SheetTurn
from search.selectors.figures import figures_to_show

QUARTERS = (0, 90, 180, 270)


@transaction.atomic
def figures_seen(*, owner: User, figure_ids: Sequence[int]) -> int:
    """Remember that the examiner saw these figures at full size. Returns how many of them exist. Safe to repeat."""
    shown = list(figures_to_show().filter(pk__in=figure_ids).order_by("pk").values_list("pk", flat=True))
    SeenFigure.objects.bulk_create(
        [SeenFigure(owner=owner, figure_id=figure_id) for figure_id in shown], ignore_conflicts=True
    )
    return len(shown)


@transaction.atomic
def sheet_turn(*, owner: User, sheet: Sheet, turn: int) -> SheetTurn:
    """Remember how the examiner turned a sheet, in degrees clockwise from upright.

    Raises: ValueError unless turn is 0, 90, 180 or 270.
    """
    if turn not in QUARTERS:
        raise ValueError(f"turn must be one of {QUARTERS} degrees, not {turn}")
    row, _ = SheetTurn.objects.update_or_create(owner=owner, sheet=sheet, defaults={"turn": turn})
    return row
