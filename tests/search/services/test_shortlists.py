"""What is kept on shortlists, by one and by two at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import connection

from search.models import Desk, Figure, Pin, Shortlist, ShortlistEntry, ShortlistShare
from search.selectors.shortlists import entries_on_desk
from search.services.shortlists import change_undo, entry_keep, entry_remove, shortlist_current
from tests.factories import publication_make, user_make


@pytest.fixture
def owner(db: None) -> User:
    publication_make()
    return user_make("owner")


def figures() -> list[Figure]:
    return list(Figure.objects.order_by("pk"))


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Each act in a thread and a connection of its own."""

    def alone(act: Callable[[], object]) -> object:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(alone, acts))


def test_the_first_keeping_makes_a_shortlist_and_the_second_finds_it(owner: User) -> None:
    assert shortlist_current(owner=owner) == shortlist_current(owner=owner)
    assert Shortlist.objects.get().name.startswith("Shortlist 20")


def test_keeping_twice_is_one_entry_and_a_second_relevance_replaces_the_first(owner: User) -> None:
    shortlist, figure = shortlist_current(owner=owner), figures()[0]
    _, first = entry_keep(user=owner, shortlist=shortlist, figure=figure, relevance="X")
    _, again = entry_keep(user=owner, shortlist=shortlist, figure=figure, relevance="X")
    _, other = entry_keep(user=owner, shortlist=shortlist, figure=figure, relevance="A")
    assert first and other and again is None
    assert ShortlistEntry.objects.get().relevance == "A"


def test_a_relevance_that_does_not_exist_is_refused(owner: User) -> None:
    with pytest.raises(ValueError, match="relevance"):
        entry_keep(user=owner, shortlist=shortlist_current(owner=owner), figure=figures()[0], relevance="Z")


def test_undoing_a_removal_brings_note_and_pins_back(owner: User) -> None:
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


def test_what_a_colleague_changed_since_is_not_undone(owner: User) -> None:
    shortlist, figure = shortlist_current(owner=owner), figures()[0]
    _, change = entry_keep(user=owner, shortlist=shortlist, figure=figure, relevance="X")
    colleague = user_make("colleague")
    ShortlistShare.objects.create(shortlist=shortlist, user=colleague, may_edit=True)
    entry_keep(user=colleague, shortlist=shortlist, figure=figure, relevance="Y")
    assert change and not change_undo(user=owner, shortlist=shortlist, change=change)
    assert ShortlistEntry.objects.get().relevance == "Y"


def test_who_may_only_look_changes_nothing(owner: User) -> None:
    shortlist, viewer = shortlist_current(owner=owner), user_make("viewer")
    ShortlistShare.objects.create(shortlist=shortlist, user=viewer)
    entry_keep(user=owner, shortlist=shortlist, figure=figures()[0], relevance="X")
    with pytest.raises(PermissionDenied):
        entry_keep(user=viewer, shortlist=shortlist, figure=figures()[1], relevance="X")
    with pytest.raises(PermissionDenied):
        entry_remove(user=viewer, shortlist=shortlist, figure=figures()[0])
    assert ShortlistEntry.objects.count() == 1


def test_a_desk_whose_list_is_shared_no_more_shows_nothing_and_gets_a_list_of_its_own(owner: User) -> None:
    shared, colleague, figure = shortlist_current(owner=owner), user_make("colleague"), figures()[0]
    entry_keep(user=owner, shortlist=shared, figure=figure, relevance="X")
    share = ShortlistShare.objects.create(shortlist=shared, user=colleague, may_edit=True)
    Desk.objects.create(owner=colleague, shortlist=shared)
    assert entries_on_desk(colleague, [figure.pk])[figure.pk].relevance == "X"
    share.delete()
    assert entries_on_desk(colleague, [figure.pk]) == {}
    assert shortlist_current(owner=colleague).owner == colleague


@pytest.mark.django_db(transaction=True)
def test_two_first_keepings_at_once_make_one_list_with_both_figures_in_a_row() -> None:
    publication_make()
    owner = user_make("owner")

    def keep(figure: Figure) -> None:
        entry_keep(user=owner, shortlist=shortlist_current(owner=owner), figure=figure, relevance="X")

    one, two = figures()[:2]
    at_once(*[lambda figure=figure: keep(figure) for figure in (one, two, one, two)])
    assert Shortlist.objects.count() == 1
    assert list(ShortlistEntry.objects.values_list("position", flat=True)) == [0, 1]
