"""What an examiner has looked at."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User

from search.models import SeenFigure


def seen_among(owner: User, figure_ids: Sequence[int]) -> set[int]:
    """Those of the figures that the examiner has seen large."""
    return set(SeenFigure.objects.filter(owner=owner, figure_id__in=figure_ids).values_list("figure_id", flat=True))
