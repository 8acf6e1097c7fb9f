"""Pins: added, edited, deleted, undone."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied

from engine.sheets.geometry import Box
from search.models import Figure, Pin, Shortlist, ShortlistEntry, ShortlistShare, text_key
from search.services.pins import MOST_PINS, TooManyPins, pin_add, pin_delete, pin_edit
from search.services.shortlists import TextChanged, change_undo, entry_keep, shortlist_current
from tests.factories import publication_make, user_make

BOX = Box(1000, 2000, 3000, 4000)


@pytest.fixture
def entry(db: None) -> ShortlistEntry:
    publication_make()
    owner = user_make("owner")
    shortlist = shortlist_current(owner=owner)
    return entry_keep(user=owner, shortlist=shortlist, figure=Figure.objects.earliest("pk"), relevance="X")[0]


@pytest.fixture
def owner(entry: ShortlistEntry) -> User:
    return entry.shortlist.owner


@pytest.fixture
def shortlist(entry: ShortlistEntry) -> Shortlist:
    return entry.shortlist


def test_a_pin_added_twice_is_one(entry: ShortlistEntry, owner: User, shortlist: Shortlist) -> None:
    first, change = pin_add(user=owner, shortlist=shortlist, entry_id=entry.pk, box=BOX, note="the rotor")
    again, none = pin_add(user=owner, shortlist=shortlist, entry_id=entry.pk, box=BOX, note="the rotor")
    assert change and none is None and first == again == Pin.objects.get()


@pytest.mark.parametrize("box", [Box(9000, 0, 1001, 10), Box(0, 9000, 10, 1001), Box(-1, 0, 10, 10), Box(0, 0, 0, 10)])
def test_a_pin_beyond_its_drawing_fails(entry: ShortlistEntry, owner: User, shortlist: Shortlist, box: Box) -> None:
    with pytest.raises(ValueError, match=rf"{box.left}.*{box.width}"):
        pin_add(user=owner, shortlist=shortlist, entry_id=entry.pk, box=box, note="the rotor")


def test_a_drawing_takes_at_most_as_many_pins_as_allowed(
    entry: ShortlistEntry, owner: User, shortlist: Shortlist
) -> None:
    for number in range(MOST_PINS):
        entry.pins.create(left=number, top=0, width=10, height=10, note="one")
    with pytest.raises(TooManyPins):
        pin_add(user=owner, shortlist=shortlist, entry_id=entry.pk, box=BOX, note="one too many")


def test_undoing_deletes_an_added_pin_and_restores_a_deleted_one(
    entry: ShortlistEntry, owner: User, shortlist: Shortlist
) -> None:
    pin, added = pin_add(user=owner, shortlist=shortlist, entry_id=entry.pk, box=BOX, note="the rotor")
    removed = pin_delete(user=owner, shortlist=shortlist, pin_id=pin.pk)
    assert removed and pin_delete(user=owner, shortlist=shortlist, pin_id=pin.pk) is None
    assert change_undo(user=owner, shortlist=shortlist, change=removed)
    assert Pin.objects.get() == pin
    assert added and not change_undo(user=owner, shortlist=shortlist, change=added)  # the entry has changed since
    _, again = pin_add(user=owner, shortlist=shortlist, entry_id=entry.pk, box=BOX, note="another")
    assert again and change_undo(user=owner, shortlist=shortlist, change=again)
    assert Pin.objects.get() == pin


def test_a_pin_is_changed_once_and_its_change_undone(entry: ShortlistEntry, owner: User, shortlist: Shortlist) -> None:
    pin, _ = pin_add(user=owner, shortlist=shortlist, entry_id=entry.pk, box=BOX, note="the rotor")
    write: dict[str, Any] = {"user": owner, "shortlist": shortlist, "pin_id": pin.pk, "box": Box(0, 0, 10, 10)}
    write["note"] = "the housing"
    _, change = pin_edit(**write, started_from=pin.note_key)
    _, none = pin_edit(**write, started_from=pin.note_key)
    assert none is None and Pin.objects.get().note == "the housing"
    assert change and change_undo(user=owner, shortlist=shortlist, change=change)
    assert (Pin.objects.get().note, Pin.objects.get().width) == ("the rotor", 3000)


def test_a_pin_changed_by_another_user_is_not_overwritten(
    entry: ShortlistEntry, owner: User, shortlist: Shortlist
) -> None:
    pin, _ = pin_add(user=owner, shortlist=shortlist, entry_id=entry.pk, box=BOX, note="the rotor")
    write: dict[str, Any] = {"user": owner, "shortlist": shortlist, "pin_id": pin.pk, "box": BOX}
    pin_edit(**write, note="theirs", started_from=text_key("the rotor"))
    with pytest.raises(TextChanged):
        pin_edit(**write, note="mine", started_from=text_key("the rotor"))
    assert Pin.objects.get().note == "theirs"


def test_a_viewer_cannot_change_pins(entry: ShortlistEntry, shortlist: Shortlist) -> None:
    viewer = user_make("viewer")
    ShortlistShare.objects.create(shortlist=shortlist, user=viewer)
    with pytest.raises(PermissionDenied):
        pin_add(user=viewer, shortlist=shortlist, entry_id=entry.pk, box=BOX, note="no")
    pin = entry.pins.create(left=0, top=0, width=10, height=10, note="one")
    with pytest.raises(PermissionDenied):
        pin_delete(user=viewer, shortlist=shortlist, pin_id=pin.pk)
    with pytest.raises(PermissionDenied):
        pin_edit(user=viewer, shortlist=shortlist, pin_id=pin.pk, box=BOX, note="no", started_from=pin.note_key)


def test_a_pin_of_another_shortlist_is_not_found(entry: ShortlistEntry, owner: User) -> None:
    pin = entry.pins.create(left=0, top=0, width=10, height=10, note="one")
    other = Shortlist.objects.create(owner=owner, name="other")
    assert pin_delete(user=owner, shortlist=other, pin_id=pin.pk) is None
    with pytest.raises(Pin.DoesNotExist):
        pin_edit(user=owner, shortlist=other, pin_id=pin.pk, box=BOX, note="no", started_from=pin.note_key)
