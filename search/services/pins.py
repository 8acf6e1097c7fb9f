"""Add, edit and delete pins: notes on regions of a shortlist's drawings. Each change can be undone."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from engine.sheets.geometry import Box
from search.models import Pin, Shortlist, ShortlistEntry, text_key
from search.question import TENTHOUSANDTHS
from search.services.shortlists import Change, TextChanged, entry_as_json, shortlist_lock

MOST_PINS = 99  # per entry: numbers of more than two digits are unreadable on a drawing


class TooManyPins(Exception):
    """The drawing already has MOST_PINS pins."""


@transaction.atomic
def pin_add(*, user: User, shortlist: Shortlist, entry_id: int, box: Box, note: str) -> tuple[Pin, Change | None]:
    """Pin a note to a region of an entry's drawing. An identical pin is returned instead of added again.

    box: in ten-thousandths of the drawing's width and height.

    Raises: PermissionDenied; ShortlistEntry.DoesNotExist; ValueError if the box exceeds the drawing; TooManyPins.
    """
    _require_within(box)
    shortlist_lock(user, shortlist)
    entry = shortlist.entries.get(pk=entry_id)
    same = entry.pins.filter(left=box.left, top=box.top, width=box.width, height=box.height, note=note).first()
    if same is not None:
        return same, None
    if entry.pins.count() >= MOST_PINS:
        raise TooManyPins
    before = entry_as_json(entry)
    pin = Pin.objects.create(
        entry=entry, left=box.left, top=box.top, width=box.width, height=box.height, note=note, author=user
    )
    return pin, _changed(shortlist, entry, before)


@transaction.atomic
def pin_edit(
    *, user: User, shortlist: Shortlist, pin_id: int, box: Box, note: str, started_from: str
) -> tuple[Pin, Change | None]:
    """Change the place and the note of a pin; started_from is the text_key of the note as the user saw it.

    Raises: PermissionDenied; Pin.DoesNotExist; ValueError if the box exceeds the drawing; TextChanged when another user
    has changed the note since.
    """
    _require_within(box)
    shortlist_lock(user, shortlist)
    pin = Pin.objects.select_related("entry").get(pk=pin_id, entry__shortlist=shortlist)
    is_same_text = text_key(note) == pin.note_key
    if is_same_text and box == Box(pin.left, pin.top, pin.width, pin.height):
        return pin, None
    if not is_same_text and started_from != pin.note_key:
        raise TextChanged(pin.note)
    before = entry_as_json(pin.entry)
    pin.left, pin.top, pin.width, pin.height, pin.note = box.left, box.top, box.width, box.height, note
    pin.save()
    return pin, _changed(shortlist, pin.entry, before)


@transaction.atomic
def pin_delete(*, user: User, shortlist: Shortlist, pin_id: int) -> Change | None:
    """Delete a pin. None when it was already deleted. Raises: PermissionDenied."""
    shortlist_lock(user, shortlist)
    pin = Pin.objects.select_related("entry").filter(pk=pin_id, entry__shortlist=shortlist).first()
    if pin is None:
        return None
    before = entry_as_json(pin.entry)
    entry = pin.entry
    pin.delete()
    return _changed(shortlist, entry, before)


def _changed(shortlist: Shortlist, entry: ShortlistEntry, before: dict[str, object]) -> Change:
    entry.revision += 1
    entry.save()
    return Change(shortlist.pk, entry.figure_id, before, entry.revision)


def _require_within(box: Box) -> None:
    is_within = box.left >= 0 and box.top >= 0 and box.right <= TENTHOUSANDTHS and box.bottom <= TENTHOUSANDTHS
    if not is_within or box.width < 1 or box.height < 1:
        raise ValueError(f"the pin must lie within the drawing (0 to {TENTHOUSANDTHS}), but its box is {box}")
