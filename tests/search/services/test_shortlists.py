"""Entries of shortlists, changed by one user and by two at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import connection

from search.models import Desk, Figure, Pin, Shortlist, ShortlistEntry, ShortlistShare, text_key
from search.selectors.shortlists import current_entries
from search.services.shortlists import (
    TextChanged,
    change_undo,
    entry_keep,
    entry_move,
    entry_note,
    entry_remove,
    shortlist_current,
)
from tests.factories import publication_make, user_make


@pytest.fixture
def owner(db: None) -> User:
    publication_make()
    return user_make("owner")


def figures() -> list[Figure]:
    return list(Figure.objects.order_by("pk"))


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run each function in its own thread with its own connection."""

    def alone(act: Callable[[], object]) -> object:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(alone, acts))


def test_the_current_shortlist_is_created_once(owner: User) -> None:
    assert shortlist_current(owner=owner) == shortlist_current(owner=owner)
    assert Shortlist.objects.get().name.startswith("Shortlist 20")


def test_keeping_twice_makes_one_entry_and_the_last_relevance_counts(owner: User) -> None:
    shortlist, figure = shortlist_current(owner=owner), figures()[0]
    _, first = entry_keep(user=owner, shortlist=shortlist, figure=figure, relevance="X")
    _, again = entry_keep(user=owner, shortlist=shortlist, figure=figure, relevance="X")
    _, other = entry_keep(user=owner, shortlist=shortlist, figure=figure, relevance="A")
    assert first and other and again is None
    assert ShortlistEntry.objects.get().relevance == "A"


def test_an_unknown_relevance_is_an_error(owner: User) -> None:
    with pytest.raises(ValueError, match="relevance"):
        entry_keep(user=owner, shortlist=shortlist_current(owner=owner), figure=figures()[0], relevance="Z")


def test_undoing_a_removal_restores_note_and_pins(owner: User) -> None:
    shortlist, figure = shortlist_current(owner=owner), figures()[0]
    entry, _ = entry_keep(user=owner, shortlist=shortlist, figure=figure, relevance="Y")
    ShortlistEntry.objects.filter(pk=entry.pk).update(note="see the rotor")
    Pin.objects.create(entry=entry, left=10, top=20, width=300, height=400, note="here", author=owner)
    change = entry_remove(user=owner, shortlist=shortlist, figure=figure)
    assert change and entry_remove(user=owner, shortlist=shortlist, figure=figure) is None
    assert change_undo(user=owner, shortlist=shortlist, change=change)
    back = ShortlistEntry.objects.get()
    assert (back.note, back.relevance, back.added_by, back.added_at) == ("see the rotor", "Y", owner, entry.added_at)
    assert back.pins.get().note == "here"
    assert not change_undo(user=owner, shortlist=shortlist, change=change)


def test_undoing_a_rating_restores_the_one_before(owner: User) -> None:
    shortlist, figure = shortlist_current(owner=owner), figures()[0]
    entry_keep(user=owner, shortlist=shortlist, figure=figure, relevance="X")
    _, change = entry_keep(user=owner, shortlist=shortlist, figure=figure, relevance="A")
    assert change and change_undo(user=owner, shortlist=shortlist, change=change)
    assert ShortlistEntry.objects.get().relevance == "X"


def test_a_change_by_a_colleague_is_not_undone(owner: User) -> None:
    shortlist, figure = shortlist_current(owner=owner), figures()[0]
    _, change = entry_keep(user=owner, shortlist=shortlist, figure=figure, relevance="X")
    colleague = user_make("colleague")
    ShortlistShare.objects.create(shortlist=shortlist, user=colleague, may_edit=True)
    entry_keep(user=colleague, shortlist=shortlist, figure=figure, relevance="Y")
    assert change and not change_undo(user=owner, shortlist=shortlist, change=change)
    assert ShortlistEntry.objects.get().relevance == "Y"


def test_a_viewer_cannot_change_entries(owner: User) -> None:
    shortlist, viewer = shortlist_current(owner=owner), user_make("viewer")
    ShortlistShare.objects.create(shortlist=shortlist, user=viewer)
    entry_keep(user=owner, shortlist=shortlist, figure=figures()[0], relevance="X")
    with pytest.raises(PermissionDenied):
        entry_keep(user=viewer, shortlist=shortlist, figure=figures()[1], relevance="X")
    with pytest.raises(PermissionDenied):
        entry_remove(user=viewer, shortlist=shortlist, figure=figures()[0])
    assert ShortlistEntry.objects.count() == 1


def test_a_user_whose_current_shortlist_is_no_longer_shared_gets_a_new_one(owner: User) -> None:
    shared, colleague, figure = shortlist_current(owner=owner), user_make("colleague"), figures()[0]
    entry_keep(user=owner, shortlist=shared, figure=figure, relevance="X")
    share = ShortlistShare.objects.create(shortlist=shared, user=colleague, may_edit=True)
    Desk.objects.create(owner=colleague, shortlist=shared)
    assert current_entries(colleague, [figure.pk])[figure.pk].relevance == "X"
    share.delete()
    assert current_entries(colleague, [figure.pk]) == {}
    assert shortlist_current(owner=colleague).owner == colleague


@pytest.mark.django_db(transaction=True)
def test_simultaneous_first_entries_make_one_shortlist_with_both_figures_in_order() -> None:
    publication_make()
    owner = user_make("owner")

    def keep(figure: Figure) -> None:
        entry_keep(user=owner, shortlist=shortlist_current(owner=owner), figure=figure, relevance="X")

    one, two = figures()[:2]
    at_once(*[lambda figure=figure: keep(figure) for figure in (one, two, one, two)])
    assert Shortlist.objects.count() == 1
    assert list(ShortlistEntry.objects.values_list("position", flat=True)) == [0, 1]


def test_a_note_changed_by_another_user_is_not_overwritten(owner: User) -> None:
    shortlist, figure = shortlist_current(owner=owner), figures()[0]
    entry, _ = entry_keep(user=owner, shortlist=shortlist, figure=figure, relevance="X")
    write: dict[str, Any] = {"user": owner, "shortlist": shortlist, "entry_id": entry.pk}
    started_from = entry.note_key
    entry_note(**write, note="first", started_from=started_from)
    with pytest.raises(TextChanged) as changed:
        entry_note(**write, note="second", started_from=started_from)
    assert changed.value.current == "first" == ShortlistEntry.objects.get().note
    entry_note(**write, note="second", started_from=text_key("first"))
    assert ShortlistEntry.objects.get().note == "second"


def test_the_same_note_with_other_line_breaks_is_no_change(owner: User) -> None:
    shortlist, figure = shortlist_current(owner=owner), figures()[0]
    entry, _ = entry_keep(user=owner, shortlist=shortlist, figure=figure, relevance="X")
    write: dict[str, Any] = {
        "user": owner,
        "shortlist": shortlist,
        "entry_id": entry.pk,
        "started_from": entry.note_key,
    }
    _, first = entry_note(**write, note="one\r\ntwo")
    _, again = entry_note(**write, note="one\ntwo")
    assert first and again is None


def test_a_changed_rating_does_not_prevent_a_note(owner: User) -> None:
    shortlist, figure = shortlist_current(owner=owner), figures()[0]
    entry, _ = entry_keep(user=owner, shortlist=shortlist, figure=figure, relevance="X")
    entry_keep(user=owner, shortlist=shortlist, figure=figure, relevance="A")
    entry_note(user=owner, shortlist=shortlist, entry_id=entry.pk, note="seen", started_from=entry.note_key)
    kept = ShortlistEntry.objects.get()
    assert (kept.note, kept.relevance) == ("seen", "A")


def test_undoing_a_note_restores_the_one_before(owner: User) -> None:
    shortlist, figure = shortlist_current(owner=owner), figures()[0]
    entry, _ = entry_keep(user=owner, shortlist=shortlist, figure=figure, relevance="X")
    entry_note(user=owner, shortlist=shortlist, entry_id=entry.pk, note="old", started_from=text_key(""))
    _, change = entry_note(user=owner, shortlist=shortlist, entry_id=entry.pk, note="new", started_from=text_key("old"))
    assert change and change_undo(user=owner, shortlist=shortlist, change=change)
    assert ShortlistEntry.objects.get().note == "old"


@pytest.fixture
def three(owner: User) -> list[ShortlistEntry]:
    publication_make("EP7654321B1")
    shortlist = shortlist_current(owner=owner)
    return [entry_keep(user=owner, shortlist=shortlist, figure=figure, relevance="X")[0] for figure in figures()[:3]]


@pytest.mark.parametrize(
    ("which", "to", "order"),
    [
        (2, "up", [0, 2, 1]),
        (0, "down", [1, 0, 2]),
        (2, "first", [2, 0, 1]),
        (0, "last", [1, 2, 0]),
        (0, "up", [0, 1, 2]),
    ],
)
def test_an_entry_moves_to_the_requested_place(
    owner: User, three: list[ShortlistEntry], which: int, to: str, order: list[int]
) -> None:
    keys = entry_move(user=owner, shortlist=three[0].shortlist, entry_id=three[which].pk, to=to)
    assert keys == [three[at].pk for at in order]
    assert list(ShortlistEntry.objects.order_by("position").values_list("pk", flat=True)) == keys


def test_an_entry_that_is_not_on_the_list_does_not_move(owner: User, three: list[ShortlistEntry]) -> None:
    with pytest.raises(ShortlistEntry.DoesNotExist):
        entry_move(user=owner, shortlist=three[0].shortlist, entry_id=10**9, to="up")


@pytest.mark.django_db(transaction=True)
def test_after_simultaneous_moves_every_entry_has_its_own_position() -> None:
    publication_make(sheets=6)
    owner = user_make("owner")
    shortlist = shortlist_current(owner=owner)
    entries = [entry_keep(user=owner, shortlist=shortlist, figure=figure, relevance="")[0] for figure in figures()]
    moves = [(entries[0], "last"), (entries[5], "first"), (entries[2], "down"), (entries[3], "up")]
    at_once(
        *[
            lambda entry=entry, to=to: entry_move(user=owner, shortlist=shortlist, entry_id=entry.pk, to=to)
            for entry, to in moves
        ]
    )
    assert sorted(ShortlistEntry.objects.values_list("position", flat=True)) == [0, 1, 2, 3, 4, 5]


@pytest.mark.django_db(transaction=True)
def test_of_two_simultaneous_notes_one_is_kept_and_the_other_is_an_error() -> None:
    publication_make()
    owner = user_make("owner")
    shortlist = shortlist_current(owner=owner)
    entry, _ = entry_keep(user=owner, shortlist=shortlist, figure=figures()[0], relevance="")

    def write(note: str) -> object:
        try:
            return entry_note(user=owner, shortlist=shortlist, entry_id=entry.pk, note=note, started_from=text_key(""))
        except TextChanged as changed:
            return changed.current

    answers = at_once(lambda: write("one"), lambda: write("two"))
    kept = ShortlistEntry.objects.get().note
    assert kept in ("one", "two") and [answer for answer in answers if isinstance(answer, str)] == [kept]
