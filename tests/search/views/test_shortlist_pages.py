"""Pages of shortlists: who may see and do what, notes and pins that meet others, and a constant number of queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from search.models import Figure, Pin, Shortlist, ShortlistEntry, ShortlistShare, text_key
from search.services.shortlists import entry_keep
from tests.factories import publication_make, user_make
from tests.html import html_of

HTMX = {"HX-Request": "true"}
PLACE = {"left": "10", "top": "20", "width": "30", "height": "40"}


@pytest.fixture
def owner(db: None) -> User:
    publication_make()
    return user_make("owner")


@pytest.fixture
def shortlist(owner: User) -> Shortlist:
    row = Shortlist.objects.create(owner=owner, name="rotors")
    for figure in Figure.objects.order_by("pk"):
        entry_keep(user=owner, shortlist=row, figure=figure, relevance="X")
    return row


@pytest.fixture
def entry(shortlist: Shortlist) -> ShortlistEntry:
    return shortlist.entries.order_by("position")[0]


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def as_owner(owner: User) -> Client:
    return logged_in(owner)


def page(row: Shortlist) -> str:
    return reverse("search:shortlist", args=[row.pk])


def of_entry(name: str, row: ShortlistEntry, *more: int) -> str:
    return reverse(f"search:{name}", args=[row.shortlist_id, row.pk, *more])


def test_a_list_shows_its_entries_with_links_to_both_registers(as_owner: Client, shortlist: Shortlist) -> None:
    said = html_of(as_owner.get(page(shortlist)))
    assert said.count('class="entry"') == 2
    assert "https://worldwide.espacenet.com/patent/search?q=pn%3DEP1234567A1" in said
    assert "https://register.epo.org/" in said and 'rel="noopener noreferrer external"' in said
    assert "Pumpwerke GmbH" in said and "opens in a new tab" in said


def test_a_new_list_is_made_once_and_is_the_current_one(as_owner: Client) -> None:
    for _ in range(2):
        as_owner.post(reverse("search:shortlists"), {"name": "pumps"})
    row = Shortlist.objects.get(name="pumps")
    assert as_owner.get(reverse("search:shortlist-current")).headers["Location"] == page(row)
    assert "pumps" in html_of(as_owner.get(reverse("search:shortlists")))


@pytest.mark.parametrize("name", ["", " ", "x" * 121, "a\0b"])
def test_a_list_without_a_name_is_not_made(as_owner: Client, name: str) -> None:
    assert as_owner.post(reverse("search:shortlists"), {"name": name}).status_code == 400
    assert not Shortlist.objects.exists()


def test_before_there_is_a_current_list_the_key_leads_to_all(as_owner: Client) -> None:
    assert as_owner.get(reverse("search:shortlist-current")).headers["Location"] == reverse("search:shortlists")


ACTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("entry-note", {"note": "changed", "started_from": text_key("")}),
    ("entry-move", {"to": "down"}),
    ("entry-remove", {}),
    ("pins", {"note": "here", **PLACE}),
)


@pytest.mark.parametrize(("name", "fields"), ACTS)
@pytest.mark.parametrize(("may_edit", "status"), [(True, 302), (False, 403), (None, 404)])
def test_a_colleague_edits_looks_or_finds_nothing(
    entry: ShortlistEntry, name: str, fields: dict[str, str], may_edit: bool | None, status: int
) -> None:
    colleague = user_make("colleague")
    if may_edit is not None:
        ShortlistShare.objects.create(shortlist=entry.shortlist, user=colleague, may_edit=may_edit)
    client = logged_in(colleague)
    assert client.get(page(entry.shortlist)).status_code == (404 if may_edit is None else 200)
    assert client.post(of_entry(name, entry), fields).status_code == status


def test_a_viewer_is_shown_nothing_to_change(entry: ShortlistEntry) -> None:
    viewer = user_make("viewer")
    ShortlistShare.objects.create(shortlist=entry.shortlist, user=viewer)
    said = html_of(logged_in(viewer).get(page(entry.shortlist)))
    for control in ("data-move-form", "data-remove-form", "data-note", "data-pin-form", "data-keep=", "Make current"):
        assert control not in said
    assert "Leave this shortlist" in said and "you may view" in said


def test_what_only_the_owner_does_is_refused_to_an_editor_in_words(shortlist: Shortlist) -> None:
    editor = user_make("editor")
    ShortlistShare.objects.create(shortlist=shortlist, user=editor, may_edit=True)
    client = logged_in(editor)
    for name in ("share", "shortlist-delete"):
        answer = client.post(reverse(f"search:{name}", args=[shortlist.pk]), {"username": "owner"})
        assert answer.status_code == 403 and "Only the owner" in html_of(answer)


def test_sharing_lets_a_colleague_in_and_its_end_locks_them_out_at_once(as_owner: Client, shortlist: Shortlist) -> None:
    colleague = user_make("colleague")
    client = logged_in(colleague)
    as_owner.post(reverse("search:share", args=[shortlist.pk]), {"username": "colleague", "may_edit": "edit"})
    said = html_of(client.get(reverse("search:shortlists")))
    assert "rotors" in said and "owner" in said and "you may edit" in said
    as_owner.post(reverse("search:unshare", args=[shortlist.pk, colleague.pk]))
    assert client.get(page(shortlist)).status_code == 404
    assert client.get(reverse("search:shortlist-pdf", args=[shortlist.pk])).status_code == 404


def test_who_added_an_entry_is_shown(as_owner: Client, shortlist: Shortlist) -> None:
    colleague = user_make("colleague")
    ShortlistShare.objects.create(shortlist=shortlist, user=colleague, may_edit=True)
    shortlist.entries.all().delete()
    entry_keep(user=colleague, shortlist=shortlist, figure=Figure.objects.earliest("pk"), relevance="")
    assert "Added by</dt><dd><bdi>colleague" in html_of(as_owner.get(page(shortlist)))


@pytest.mark.parametrize("username", ["nobody", "owner", "a\0b", "x" * 151, ""])
def test_sharing_with_nobody_says_so_and_keeps_what_was_typed(
    as_owner: Client, shortlist: Shortlist, username: str
) -> None:
    answer = as_owner.post(reverse("search:share", args=[shortlist.pk]), {"username": username})
    assert answer.status_code == 400 and username.replace("\0", "")[:60] in answer.context["share_fault"]
    assert escape(answer.context["share_fault"]) in html_of(answer)


def test_two_notes_that_meet_are_both_shown_and_one_is_chosen(as_owner: Client, entry: ShortlistEntry) -> None:
    address, started_from = of_entry("entry-note", entry), entry.note_key
    as_owner.post(address, {"note": "theirs <b>", "started_from": started_from})
    mine = {"note": "mine <i>", "started_from": started_from}
    for headers in ({}, HTMX):
        answer = as_owner.post(address, mine, headers=headers)
        said = html_of(answer)
        assert answer.status_code == 409 and "theirs &lt;b&gt;" in said and "Keep mine" in said
    assert "mine &lt;i&gt;" in html_of(as_owner.post(address, mine))
    assert "theirs &lt;b&gt;</textarea>" in html_of(as_owner.post(address, {**mine, "theirs": "on"}, headers=HTMX))
    as_owner.post(address, {**mine, "both": text_key("theirs <b>")}, headers=HTMX)
    assert ShortlistEntry.objects.get(pk=entry.pk).note == "theirs <b>\n\nmine <i>"
    as_owner.post(address, {**mine, "over": text_key("theirs <b>\n\nmine <i>")}, headers=HTMX)
    assert ShortlistEntry.objects.get(pk=entry.pk).note == "mine <i>"


@pytest.mark.parametrize("note", ["a\0b", "x" * 20_001])
def test_a_note_that_cannot_be_kept_is_given_back(as_owner: Client, entry: ShortlistEntry, note: str) -> None:
    assert as_owner.post(of_entry("entry-note", entry), {"note": note}).status_code == 400
    assert ShortlistEntry.objects.get(pk=entry.pk).note == ""


def test_moving_tells_a_script_the_order_and_brings_a_form_back(as_owner: Client, entry: ShortlistEntry) -> None:
    answer = as_owner.post(of_entry("entry-move", entry), {"to": "last"}, headers=HTMX)
    assert answer.json()["order"][-1] == entry.pk
    assert as_owner.post(of_entry("entry-move", entry), {"to": "up"}).headers["Location"].endswith(f"#entry-{entry.pk}")
    assert as_owner.post(of_entry("entry-move", entry), {"to": "away"}).status_code == 400


def test_pins_are_added_changed_taken_off_and_brought_back(as_owner: Client, entry: ShortlistEntry) -> None:
    said = html_of(as_owner.post(of_entry("pins", entry), {"note": "the rotor", **PLACE}, headers=HTMX))
    pin = Pin.objects.get()
    assert (pin.left, pin.top, pin.width, pin.height) == (1000, 2000, 3000, 4000)
    assert f'data-pin="{pin.pk}"' in said and "Undo" in said
    as_owner.post(of_entry("pin", entry, pin.pk), {"note": "the housing", "started_from": pin.note_key, **PLACE})
    assert Pin.objects.get().note == "the housing"
    as_owner.post(of_entry("pin", entry, pin.pk), {"delete": "1"})
    assert not Pin.objects.exists()
    as_owner.post(reverse("search:undo-keep"), {"next": page(entry.shortlist)})
    assert Pin.objects.get().note == "the housing"


def test_a_pin_that_somebody_changed_is_shown_beside_mine(as_owner: Client, entry: ShortlistEntry) -> None:
    pin = entry.pins.create(left=0, top=0, width=10, height=10, note="theirs")
    fields = {"note": "mine", "started_from": text_key("before"), **PLACE}
    for headers in ({}, HTMX):
        answer = as_owner.post(of_entry("pin", entry, pin.pk), fields, headers=headers)
        said = html_of(answer)
        assert answer.status_code == 409 and ">theirs</bdi></blockquote>" in said and "mine</textarea>" in said
        assert f'name="started_from" value="{text_key("theirs")}"' in said


@pytest.mark.parametrize(
    "wrong", [{"note": ""}, {"left": "x"}, {"left": "nan"}, {"width": "0"}, {"top": "1e999"}, {"note": "a\0b"}]
)
def test_a_pin_that_says_nothing_or_lies_nowhere_is_given_back(
    as_owner: Client, entry: ShortlistEntry, wrong: dict[str, str]
) -> None:
    for headers in ({}, HTMX):
        answer = as_owner.post(of_entry("pins", entry), {"note": "here", **PLACE, **wrong}, headers=headers)
        assert answer.status_code == 400 and 'role="alert"' in html_of(answer)
    assert not Pin.objects.exists()


def test_a_removed_entry_comes_back_with_its_note(as_owner: Client, entry: ShortlistEntry) -> None:
    as_owner.post(of_entry("entry-note", entry), {"note": "see claim 1", "started_from": text_key("")})
    said = html_of(as_owner.post(of_entry("entry-remove", entry), headers=HTMX))
    assert "Removed from" in said and page(entry.shortlist) in said
    assert not ShortlistEntry.objects.filter(pk=entry.pk).exists()
    undone = as_owner.post(reverse("search:undo-keep"), headers=HTMX)
    assert undone.headers["HX-Trigger"] == "shortlist-changed"
    assert ShortlistEntry.objects.get(figure=entry.figure).note == "see claim 1"


def test_rating_on_a_list_that_is_not_current_stays_on_it(as_owner: Client, entry: ShortlistEntry) -> None:
    as_owner.post(reverse("search:shortlists"), {"name": "current"})
    address = reverse("search:keep", args=[entry.figure_id])
    fields = {"relevance": "A", "shortlist": str(entry.shortlist_id)}
    said = html_of(as_owner.post(address, fields, headers=HTMX))
    assert f'name="shortlist" value="{entry.shortlist_id}"' in said
    assert f'<a href="{page(entry.shortlist)}"><bdi>rotors</bdi></a>' in said
    assert ShortlistEntry.objects.get(figure_id=entry.figure_id).relevance == "A"


def test_a_figure_that_left_the_collection_keeps_its_entry(as_owner: Client, entry: ShortlistEntry) -> None:
    Figure.objects.filter(pk=entry.figure_id).update(retired_at="2026-01-01T00:00Z")
    said = html_of(as_owner.get(page(entry.shortlist)))
    assert "no longer in the collection" in said
    assert as_owner.get(reverse("search:shortlist-pdf", args=[entry.shortlist_id])).status_code == 200


def test_a_description_that_meets_another_shows_both(as_owner: Client, shortlist: Shortlist) -> None:
    fields = {"name": "pumps", "note": "for claim 1", "started_from": text_key("")}
    assert as_owner.post(page(shortlist), fields).status_code == 302
    answer = as_owner.post(page(shortlist), {**fields, "note": "for claim 2"})
    said = html_of(answer)
    assert answer.status_code == 409 and "for claim 1" in said and "for claim 2</textarea>" in said
    Shortlist.objects.create(owner=shortlist.owner, name="taken")
    taken = as_owner.post(page(shortlist), {**fields, "name": "taken"})
    assert taken.status_code == 400 and "another shortlist of this name" in html_of(taken)


def test_deleting_is_for_good_and_for_the_owner(as_owner: Client, shortlist: Shortlist) -> None:
    as_owner.post(reverse("search:shortlist-delete", args=[shortlist.pk]))
    assert as_owner.get(page(shortlist)).status_code == 404


@pytest.mark.parametrize("name", ["shortlist", "shortlist-pdf", "shortlist-csv", "shortlist-numbers"])
def test_a_number_larger_than_any_key_is_not_found(as_owner: Client, name: str) -> None:
    assert as_owner.get(reverse(f"search:{name}", args=[10**40])).status_code == 404


@pytest.mark.parametrize("name", ["shortlist", "shortlist-csv", "shortlist-pdf"])
def test_two_hundred_entries_take_as_many_queries_as_two(
    as_owner: Client, shortlist: Shortlist, name: str, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    address = reverse(f"search:{name}", args=[shortlist.pk])

    def counted() -> Any:
        return django_assert_max_num_queries(40)

    with counted() as of_two:
        as_owner.get(address)
    many = 200 if name == "shortlist" else 20
    publication_make("EP2000002A1", sheets=many)
    for position, figure in enumerate(Figure.objects.filter(sheet__publication__reference="EP2000002A1")):
        one = shortlist.entries.create(figure=figure, position=position + 10, added_by=shortlist.owner)
        one.pins.create(left=0, top=0, width=10, height=10, note="here", author=shortlist.owner)
    with counted() as of_many:
        as_owner.get(address)
    assert len(of_many.captured_queries) == len(of_two.captured_queries)


def test_the_lists_take_as_many_queries_as_one(
    as_owner: Client, shortlist: Shortlist, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    with django_assert_max_num_queries(20) as of_one:
        as_owner.get(reverse("search:shortlists"))
    for number in range(20):
        Shortlist.objects.create(owner=shortlist.owner, name=f"list {number}")
    with django_assert_max_num_queries(20) as of_many:
        as_owner.get(reverse("search:shortlists"))
    assert len(of_many.captured_queries) == len(of_one.captured_queries)
