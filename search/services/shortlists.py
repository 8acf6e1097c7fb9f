"""What is put on a shortlist and taken off it. Each change locks its list, so that two at once are two in a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from search.models import Desk, Figure, Pin, Relevance, Shortlist, ShortlistEntry
from search.selectors.shortlists import shortlist_may_edit


@dataclass(frozen=True, slots=True)
class Change:
    """What a service changed of one figure on one list: enough to undo it.

    before: the entry's fields with its pins, None where the figure was not on the list.
    revision: of the entry after the change, None where it is gone.
    """

    shortlist_id: int
    figure_id: int
    before: dict[str, Any] | None
    revision: int | None


@transaction.atomic
def shortlist_current(*, owner: User) -> Shortlist:
    """The list that the examiner's keys add to; one with today's date where there is none that they may edit."""
    Desk.objects.get_or_create(owner=owner)
    desk = Desk.objects.select_for_update().get(owner=owner)
    if desk.shortlist is None or not shortlist_may_edit(owner, desk.shortlist):
        name = f"Shortlist {timezone.localdate():%Y-%m-%d}"
        desk.shortlist, _ = Shortlist.objects.get_or_create(owner=owner, name=name)
        desk.save()
    return desk.shortlist


@transaction.atomic
def entry_keep(
    *, user: User, shortlist: Shortlist, figure: Figure, relevance: str
) -> tuple[ShortlistEntry, Change | None]:
    """Put a figure at the end of a list, or rate it anew where it is there; the change is None where nothing did.

    Raises: PermissionDenied; ValueError when the relevance is none of Relevance.
    """
    if relevance not in Relevance.values:
        raise ValueError(f"relevance is one of {Relevance.values}, not {relevance!r}")
    _lock(user, shortlist)
    entry = shortlist.entries.filter(figure=figure).first()
    if entry is None:
        last = shortlist.entries.aggregate(last=Max("position"))["last"]
        entry = ShortlistEntry.objects.create(
            shortlist=shortlist,
            figure=figure,
            relevance=relevance,
            position=0 if last is None else last + 1,
            added_by=user,
        )
        return entry, Change(shortlist.pk, figure.pk, None, entry.revision)
    if entry.relevance == relevance:
        return entry, None
    before = _as_it_is(entry)
    entry.relevance = relevance
    entry.revision += 1
    entry.save()
    return entry, Change(shortlist.pk, figure.pk, before, entry.revision)


@transaction.atomic
def entry_remove(*, user: User, shortlist: Shortlist, figure: Figure) -> Change | None:
    """Take a figure off a list, with its note and pins, which the change remembers; None where it was not on it.

    Raises: PermissionDenied.
    """
    _lock(user, shortlist)
    entry = shortlist.entries.filter(figure=figure).first()
    if entry is None:
        return None
    change = Change(shortlist.pk, figure.pk, _as_it_is(entry), None)
    entry.delete()
    return change


@transaction.atomic
def change_undo(*, user: User, shortlist: Shortlist, change: Change) -> bool:
    """Make it as it was before the change; False where somebody changed the entry since, whose work stays.

    Raises: PermissionDenied.
    """
    _lock(user, shortlist)
    entry = shortlist.entries.filter(figure_id=change.figure_id).first()
    if (entry.revision if entry else None) != change.revision:
        return False
    if change.before is None:
        assert entry is not None  # what was not there before is there after
        entry.delete()
    elif entry is None:
        _put_back(shortlist, change.figure_id, change.before)
    else:
        entry.relevance = change.before["relevance"]
        entry.revision += 1
        entry.save()
    return True


def _lock(user: User, shortlist: Shortlist) -> None:
    """Hold the list for this transaction and mark it as changed."""
    Shortlist.objects.select_for_update().get(pk=shortlist.pk)
    if not shortlist_may_edit(user, shortlist):
        raise PermissionDenied
    Shortlist.objects.filter(pk=shortlist.pk).update(changed_at=timezone.now())


_ENTRY_FIELDS = ("position", "relevance", "note", "added_by_id", "revision")
_PIN_FIELDS = ("left", "top", "width", "height", "note", "author_id")


def _as_it_is(entry: ShortlistEntry) -> dict[str, Any]:
    """Everything of an entry, as JSON can hold it."""
    fields: dict[str, Any] = {name: getattr(entry, name) for name in _ENTRY_FIELDS}
    return {**fields, "added_at": entry.added_at.isoformat(), "pins": list(entry.pins.values(*_PIN_FIELDS))}


def _put_back(shortlist: Shortlist, figure_id: int, before: dict[str, Any]) -> None:
    fields = {name: before[name] for name in _ENTRY_FIELDS}
    # Counted on, so that a page that still shows the removed entry cannot pass for one that knows this.
    fields["revision"] += 1
    entry = ShortlistEntry.objects.create(shortlist=shortlist, figure_id=figure_id, **fields)
    ShortlistEntry.objects.filter(pk=entry.pk).update(added_at=before["added_at"])
    Pin.objects.bulk_create([Pin(entry=entry, **pin) for pin in before["pins"]])
