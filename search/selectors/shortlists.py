"""Shortlists and what is on them."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User

from search.models import Desk, ShortlistEntry


def entries_on_desk(user: User, figure_ids: Sequence[int]) -> dict[int, ShortlistEntry]:
    """The entries of the current shortlist for these figures, by figure."""
    entries = ShortlistEntry.objects.filter(shortlist__in=Desk.objects.filter(owner=user).values("shortlist"))
    return {entry.figure_id: entry for entry in entries.filter(figure_id__in=figure_ids)}
