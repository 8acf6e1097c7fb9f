"""Shortlists and what is on them."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from search.models import Desk, Shortlist, ShortlistEntry, ShortlistShare


def shortlists_of(user: User) -> QuerySet[Shortlist]:
    """The lists that a user may see: their own, and those shared with them."""
    return Shortlist.objects.filter(
        Q(owner=user) | Q(pk__in=ShortlistShare.objects.filter(user=user).values("shortlist"))
    )


def shortlist_may_edit(user: User, shortlist: Shortlist) -> bool:
    """Whether a user may change what is on a list."""
    return shortlist.owner_id == user.pk or shortlist.shares.filter(user=user, may_edit=True).exists()


def entries_on_desk(user: User, figure_ids: Sequence[int]) -> dict[int, ShortlistEntry]:
    """The entries of the current shortlist for these figures, by figure; none once its sharing was withdrawn."""
    current = shortlists_of(user).filter(pk__in=Desk.objects.filter(owner=user).values("shortlist"))
    entries = ShortlistEntry.objects.filter(shortlist__in=current, figure_id__in=figure_ids)
    return {entry.figure_id: entry for entry in entries}
