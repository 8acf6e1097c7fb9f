"""The history, saved searches, then and today; and that a session which ends loses nothing typed."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from search.models import Figure, Query, SavedSearch
from tests.browser.conftest import NewPage, SoundInBothSchemes
from tests.factories import PASSWORD, publication_make, query_make, search_make

pytestmark = pytest.mark.browser


@pytest.fixture
def figures(examiner: User) -> list[Figure]:
    publication_make(sheets=4)
    return list(Figure.objects.order_by("pk"))


@pytest.fixture
def queries(examiner: User, figures: list[Figure]) -> list[Query]:
    """Three queries, the newest first; the newest was asked before, and found less."""
    earlier = query_make(examiner, figure=figures[0], hits=figures[:2])
    Query.objects.filter(pk=earlier.pk).update(last_embedding_ids={"visual": 3})
    words = query_make(examiner, text="a pump", hits=figures)
    return [query_make(examiner, figure=figures[0], hits=figures[::-1]), words, earlier]


def ready(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("html[data-attached]")).to_be_attached()


def end_sessions() -> None:
    Session.objects.all().delete()


def log_in(page: Page, name: str = "examiner") -> None:
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("html[data-attached]")).to_be_attached()


def typed(page: Page) -> object:
    """What the tab keeps of what was typed."""
    return page.evaluate("sessionStorage.getItem('typed')")


# History and saved searches.


def test_the_history_is_walked_opened_found_in_and_forgotten_by_keys(
    examiner: User, queries: list[Query], new_page: NewPage
) -> None:
    page = new_page(examiner)
    ready(page, "/")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/history/")
    expect(page.locator("html[data-attached]")).to_be_attached()
    for key in ("j", "j", "k", "ArrowDown"):
        page.keyboard.press(key)
    expect(page.locator(".is-current")).to_have_id(f"entry-{queries[1].pk}")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?text=a+pump")
    page.go_back()
    expect(page.locator("html[data-attached]")).to_be_attached()
    page.keyboard.press("j")
    page.keyboard.press("Delete")
    expect(page.locator(".entry-forget button").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".entry-forget button").first).to_be_hidden()
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    expect(page.locator(".notice[role=status]")).to_be_visible()
    expect(page.locator(".is-current")).to_have_id(f"entry-{queries[1].pk}")  # where the forgotten one stood
    assert set(Query.objects.all()) == set(queries[1:])
    page.keyboard.press("/")
    page.keyboard.type("ep1234567a1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/history/?q=ep1234567a1")
    expect(page.locator(".entry")).to_have_count(1)


def test_an_answer_of_then_is_held_against_todays_by_keys(
    examiner: User, queries: list[Query], new_page: NewPage
) -> None:
    page = new_page(examiner)
    ready(page, "/history/")
    for key in ("j", "j", "j", "c"):
        page.keyboard.press(key)
    page.wait_for_url(f"**/history/{queries[2].pk}/compare/")
    expect(page.locator("html[data-attached]")).to_be_attached()
    page.keyboard.press("d")
    page.wait_for_url("**/compare/?show=changes")
    expect(page.locator("html[data-attached]")).to_be_attached()
    page.keyboard.press("b")
    page.wait_for_url(f"**/?figure={queries[0].question.examples[0].key}")
    expect(page.locator("html[data-attached]")).to_be_attached()
    page.keyboard.press("h")  # from the hits to the earlier answers
    page.wait_for_url(f"**/history/{queries[0].pk}/compare/")
    expect(page.locator("[data-newest]")).to_be_visible()
    page.goto(f"/history/{queries[2].pk}/compare/?group=figure")
    expect(page.locator(".compared-side").first.locator(".tile")).to_have_count(2)
    expect(page.locator(".compared-side").last.locator(".tile.mark-entered")).to_have_count(2)
    expect(page.locator(".compared-counts .mark-entered")).to_contain_text("2")


def test_a_search_is_saved_renamed_deleted_brought_back_and_opened_by_keys(
    examiner: User, queries: list[Query], new_page: NewPage
) -> None:
    page = new_page(examiner)
    ready(page, "/?text=a+pump")
    page.keyboard.press("Shift+S")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("Pumps?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Saved as “Pumps?”")).to_be_visible()
    expect(page.locator("html[data-attached]")).to_be_attached()
    page.goto("/searches/")
    expect(page.locator("html[data-attached]")).to_be_attached()
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.keyboard.type("Pumps with rotors")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Renamed")).to_be_visible()
    expect(page.locator(".is-current")).to_contain_text("Pumps with rotors")
    page.keyboard.press("Delete")
    expect(page.locator(".notice.undo")).to_be_visible()
    assert not SavedSearch.objects.exists()
    expect(page.locator("html[data-attached]")).to_be_attached()
    page.keyboard.press("z")
    expect(page.get_by_role("status").filter(has_text="Pumps with rotors")).to_be_visible()
    expect(page.locator("html[data-attached]")).to_be_attached()
    assert SavedSearch.objects.get().name == "Pumps with rotors"
    page.keyboard.press("Enter")
    page.wait_for_url("**/?text=a+pump")


def test_a_search_is_saved_as_the_slider_stands(examiner: User, queries: list[Query], new_page: NewPage) -> None:
    page = new_page(examiner)
    ready(page, "/?text=a+pump")
    page.keyboard.press("v")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/?text=a+pump&weight=55")
    page.keyboard.press("Escape")
    page.locator("[data-save-search] summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("pumps")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Saved as")).to_be_visible()
    assert SavedSearch.objects.get().query_string == "text=a+pump&weight=55"


def test_what_is_gone_and_the_forms_that_keys_open_are_sound(
    examiner: User,
    queries: list[Query],
    new_page: NewPage,
    sound_in_both_schemes: SoundInBothSchemes,
    complaints: list[str],
) -> None:
    search_make(examiner)
    Figure.objects.filter(pk=queries[0].best_figures[0]).update(retired_at="2024-05-02T00:00:00Z")
    page = new_page(examiner, width=1024)
    ready(page, f"/history/{queries[2].pk}/compare/")
    sound_in_both_schemes(page, "then-and-gone")
    ready(page, "/searches/")
    page.keyboard.press("j")
    page.keyboard.press("r")
    sound_in_both_schemes(page, "renaming")
    ready(page, "/?text=a+pump")
    page.keyboard.press("Shift+S")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    sound_in_both_schemes(page, "saving")
    SavedSearch.objects.update(query_string="text=other")
    page.keyboard.type("pumps")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Replace it")).to_be_visible()
    sound_in_both_schemes(page, "naming")
    assert not [said for said in complaints if "409" not in said]


# A session that ends.


def test_what_was_typed_is_there_after_the_login_and_gone_once_it_is_answered(
    examiner: User, queries: list[Query], new_page: NewPage
) -> None:
    page = new_page(examiner)
    figure = queries[0].question.examples[0].key
    ready(page, f"/?figure={figure}")
    page.keyboard.press("/")
    page.keyboard.type("with a long rotor")
    end_sessions()
    page.locator("#ask").get_by_role("button", name="Search", exact=True).press("Enter")
    log_in(page)
    page.wait_for_url(f"**/?figure={figure}")
    expect(page.get_by_label("Text", exact=True)).to_have_value("with a long rotor")
    expect(page.locator("[data-typed-said]")).to_be_visible()
    query_make(examiner, text="with a long rotor")
    page.get_by_label("Text", exact=True).fill("a pump")
    page.locator("#ask").get_by_role("button", name="Search", exact=True).press("Enter")
    page.wait_for_url(f"**/?figure={figure}&text=a+pump")
    expect(page.locator("html[data-attached], .centred")).not_to_have_count(0)
    page.wait_for_function("document.documentElement.dataset.attached !== undefined")
    assert typed(page) is None


def test_the_slider_after_the_session_ended_leads_to_the_login_and_back_with_what_was_typed(
    examiner: User, queries: list[Query], new_page: NewPage
) -> None:
    page = new_page(examiner)
    ready(page, "/?text=a+pump")
    page.get_by_label("Text", exact=True).fill("a pump with a rotor")
    page.locator("#id_weight").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/?text=a+pump&weight=55")
    end_sessions()
    page.keyboard.press("ArrowRight")
    log_in(page)
    page.wait_for_url("**/?text=a+pump&weight=55")
    expect(page.get_by_label("Text", exact=True)).to_have_value("a pump with a rotor")
    expect(page.locator("[data-mosaic]")).to_be_visible()
    expect(page.get_by_label("Password")).to_have_count(0)  # no login within the page


def test_a_form_of_an_earlier_login_is_sent_again_or_gone_back_to_with_its_text(
    examiner: User, queries: list[Query], new_page: NewPage
) -> None:
    page = new_page()
    page.goto("/login/")
    log_in(page)
    ready(page, "/?text=a+pump")
    page.get_by_label("Text", exact=True).fill("typed before")
    end_sessions()
    other = page.context.new_page()  # logs in once more, so that the first page's token is old
    other.goto("/history/")
    log_in(other)
    page.locator("#ask").get_by_role("button", name="Search", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="The form has expired")).to_be_visible()
    page.get_by_role("link", name="Go back without sending").click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("typed before")
    query_make(examiner, text="typed before", hits=list(Figure.objects.all()))
    page.locator("#ask").get_by_role("button", name="Search", exact=True).press("Enter")
    page.wait_for_url("**/?text=typed+before")
