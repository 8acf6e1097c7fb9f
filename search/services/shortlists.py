"""Change the entries of shortlists. Each change locks its shortlist, so simultaneous changes happen one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from search.models import Desk, Figure, Pin, Relevance, Shortlist, ShortlistEntry, text_key
from search.selectors.shortlists import shortlist_may_edit
from search.services.locks import row_lock


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one figure's entry on a shortlist, with what is needed to undo it.

    before: the entry's fields and pins before the change, None if the figure was not on the list.
    revision: the entry's revision after the change, None if it was removed.
    """

    shortlist_id: int
    figure_id: int
    before: dict[str, Any] | None
    revision: int | None


class TextChanged(Exception):
    """Another user has changed the text since it was loaded. current: the text now."""

    def __init__(self, current: str) -> None:
        super().__init__("the text was changed by another user")
        self.current = current


def shortlist_lock(user: User, shortlist: Shortlist) -> Shortlist:
    """Lock a shortlist for this transaction and mark it as changed. Raises: PermissionDenied; NotFound."""
    locked = row_lock(shortlist)
    if not shortlist_may_edit(user, shortlist):
        raise PermissionDenied("You may view this shortlist, but not edit it. Ask its owner for permission.")
    Shortlist.objects.filter(pk=shortlist.pk).update(changed_at=timezone.now())
    return locked


@transaction.atomic
def shortlist_current(*, owner: User) -> Shortlist:
    """Return the examiner's current shortlist. Without one that they may edit, one named by today's date is created."""
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
    """Add a figure at the end of a shortlist, or change its rating. The change is None if nothing changed.

    Raises: PermissionDenied; ValueError when relevance is not a value of Relevance.
    """
    if relevance not in Relevance.values:
        raise ValueError(f"relevance must be one of {Relevance.values}, not {relevance!r}")
    shortlist_lock(user, shortlist)
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
    before = entry_as_json(entry)
    entry.relevance = relevance
    entry.revision += 1
    entry.save()
    return entry, Change(shortlist.pk, figure.pk, before, entry.revision)


@transaction.atomic
def entry_remove(*, user: User, shortlist: Shortlist, figure: Figure) -> Change | None:
    """Remove a figure from a shortlist, with its note and pins. None if it was not on it.

    Raises: PermissionDenied.
    """
    shortlist_lock(user, shortlist)
    entry = shortlist.entries.filter(figure=figure).first()
    if entry is None:
        return None
    change = Change(shortlist.pk, figure.pk, entry_as_json(entry), None)
    entry.delete()
    return change


@transaction.atomic
def entry_note(
    *, user: User, shortlist: Shortlist, entry_id: int, note: str, started_from: str
) -> tuple[ShortlistEntry, Change | None]:
    """Change an entry's note; started_from is the text_key of the note as the user saw it.

    The change is None if the note is the same. Raises: PermissionDenied; ShortlistEntry.DoesNotExist; TextChanged when
    another user has changed the note since.
    """
    shortlist_lock(user, shortlist)
    entry = shortlist.entries.select_related("figure").get(pk=entry_id)
    if text_key(note) == entry.note_key:
        return entry, None
    if started_from != entry.note_key:
        raise TextChanged(entry.note)
    before = entry_as_json(entry)
    entry.note = note
    entry.revision += 1
    entry.save()
    return entry, Change(shortlist.pk, entry.figure_id, before, entry.revision)


@transaction.atomic
def entry_move(*, user: User, shortlist: Shortlist, entry_id: int, to: str) -> list[int]:
    """Move an entry "up", "down", "first" or "last". Returns the keys of all entries in their new order.

    Raises: PermissionDenied; ShortlistEntry.DoesNotExist; KeyError for any other value of `to`.
    """
    shortlist_lock(user, shortlist)
    entries = list(shortlist.entries.order_by("position", "pk"))
    order = [entry.pk for entry in entries]
    if entry_id not in order:
        raise ShortlistEntry.DoesNotExist
    at, last = order.index(entry_id), len(order) - 1
    place = {"up": max(at - 1, 0), "down": min(at + 1, last), "first": 0, "last": last}[to]
    order.insert(place, order.pop(at))
    moved = []
    for entry in entries:
        if entry.position != order.index(entry.pk):
            entry.position = order.index(entry.pk)
            moved.append(entry)
    ShortlistEntry.objects.bulk_update(moved, ["position"])
    return order


@transaction.atomic
def change_undo(*, user: User, shortlist: Shortlist, change: Change) -> bool:
    """Undo a change. Returns False, and changes nothing, when the entry was changed again since.

    Raises: PermissionDenied.
    """
    shortlist_lock(user, shortlist)
    entry = shortlist.entries.filter(figure_id=change.figure_id).first()
    if (entry.revision if entry else None) != change.revision:
        return False
    if change.before is None:
        assert entry is not None  # the change added it, and its revision still matches
        entry.delete()
    elif entry is None:
        _restore(shortlist, change.figure_id, change.before)
    else:
        entry.relevance, entry.note = change.before["relevance"], change.before["note"]
        entry.revision += 1
        entry.save()
        entry.pins.all().delete()
        _restore_pins(entry, change.before)
    return True


_ENTRY_FIELDS = ("position", "relevance", "note", "added_by_id", "revision")
_PIN_FIELDS = ("id", "left", "top", "width", "height", "note", "author_id")


def entry_as_json(entry: ShortlistEntry) -> dict[str, Any]:
    """Return all fields of an entry and its pins as JSON-compatible values."""
    fields: dict[str, Any] = {name: getattr(entry, name) for name in _ENTRY_FIELDS}
    return {**fields, "added_at": entry.added_at.isoformat(), "pins": list(entry.pins.values(*_PIN_FIELDS))}


def _restore(shortlist: Shortlist, figure_id: int, before: dict[str, Any]) -> None:
    fields = {name: before[name] for name in _ENTRY_FIELDS}
    # Increased, so that an outdated page with the removed entry is still recognised as outdated.
    fields["revision"] += 1
    entry = ShortlistEntry.objects.create(shortlist=shortlist, figure_id=figure_id, **fields)
    ShortlistEntry.objects.filter(pk=entry.pk).update(added_at=before["added_at"])
    _restore_pins(entry, before)


def _restore_pins(entry: ShortlistEntry, before: dict[str, Any]) -> None:
    Pin.objects.bulk_create([Pin(entry=entry, **pin) for pin in before["pins"]])
