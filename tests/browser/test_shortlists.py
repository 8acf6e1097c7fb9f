"""Shortlists in a browser: kept, rated, noted, pinned, put in order, shared and taken away, by keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, Route, expect

from search.models import Figure, Pin, Shortlist, ShortlistEntry, ShortlistShare, text_key
from search.services.shortlists import entry_keep, entry_note
from tests.browser.conftest import NewPage, SoundInBothSchemes
from tests.browser.waiting import until
from tests.factories import publication_make, user_make

pytestmark = pytest.mark.browser


@pytest.fixture
def shortlist(examiner: User) -> Shortlist:
    publication_make()
    publication_make("US20240000001A1", title="Bicycle with a rotor", sheets=1)
    row = Shortlist.objects.create(owner=examiner, name="rotors", note="For claim 1.")
    for figure in Figure.objects.order_by("pk"):
        entry_keep(user=examiner, shortlist=row, figure=figure, relevance="")
    return row


def opened(page: Page, row: Shortlist) -> Page:
    page.goto(f"/shortlists/{row.pk}/")
    page.wait_for_selector("html[data-attached]")
    return page


def order(page: Page) -> list[str]:
    return [name.split(maxsplit=1)[1] for name in page.locator(".entry h2").all_inner_texts()]


def test_a_list_is_made_and_opened_by_keys(examiner: User, new_page: NewPage) -> None:
    page = new_page(examiner)
    page.goto("/publications/")
    page.wait_for_selector("html[data-attached]")
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.wait_for_url("**/shortlists/")
    page.wait_for_selector("html[data-attached]")
    page.wait_for_timeout(1100)  # a sequence of keys has ended, which nothing shows
    page.keyboard.press("n")
    page.keyboard.type("pumps")
    page.keyboard.press("Enter")
    page.wait_for_url("**/shortlists/*/")
    expect(page.locator("h1")).to_contain_text("pumps")
    page.goto("/")
    page.wait_for_selector("html[data-attached]")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url(f"**/shortlists/{Shortlist.objects.get().pk}/")


def test_figures_are_rated_noted_and_pinned_by_keys(
    examiner: User,
    shortlist: Shortlist,
    new_page: NewPage,
    complaints: list[str],
    shoot: Callable[[Page, str], None],
) -> None:
    page = opened(new_page(examiner), shortlist)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    second = page.locator(".entry").nth(1)
    expect(second.locator("button[value=X]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("n")
    page.keyboard.type("The rotor of claim 1")
    expect(second.locator(".note-said")).to_have_text("Not saved yet")
    expect(second.locator(".note-said")).to_have_text("Saved")
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    expect(second.locator("[data-frame]")).to_be_focused()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Shift+ArrowRight"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.keyboard.type("here it turns")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(second.locator(".pin-notes li")).to_have_count(1)
    shoot(page, "shortlist-light")
    entry = ShortlistEntry.objects.get(position=1)
    pin = Pin.objects.get()
    assert (entry.relevance, entry.note) == ("X", "The rotor of claim 1")
    assert (pin.left, pin.top, pin.width, pin.height, pin.note) == (3200, 3100, 4100, 4000, "here it turns")
    page.keyboard.press("z")
    expect(second.locator(".pin-notes li")).to_have_count(0)
    assert not complaints


def test_a_pin_is_drawn_with_the_mouse_and_lights_with_its_note(
    examiner: User, shortlist: Shortlist, new_page: NewPage
) -> None:
    page = opened(new_page(examiner), shortlist)
    first = page.locator(".entry").first
    first.locator("[data-pin-new]").click()
    expect(first.locator("[data-frame]")).to_be_focused()
    first.locator(".drawing").scroll_into_view_if_needed()
    box = first.locator(".drawing svg").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.25 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.5 * box["height"], steps=4)
    page.mouse.up()
    page.keyboard.type("the housing")
    first.get_by_role("button", name="Add pin").click()
    expect(first.locator(".pin-notes li")).to_have_count(1)
    pin = Pin.objects.get()
    assert abs(pin.left - 2500) < 100 and abs(pin.width - 5000) < 100 and abs(pin.height - 2500) < 100
    first.locator(".pin-number").hover()
    expect(first.locator("a.pin")).to_have_class("pin is-lit")
    page.mouse.move(0, 0)
    expect(first.locator("a.pin")).to_have_class("pin")
    first.locator("a.pin").focus()
    expect(first.locator(".pin-notes li")).to_have_class("is-lit")


def test_figures_are_put_in_order_removed_and_brought_back_by_keys(
    examiner: User, shortlist: Shortlist, new_page: NewPage, complaints: list[str]
) -> None:
    page = opened(new_page(examiner), shortlist)
    one, two, three = order(page)
    page.keyboard.press("j")
    with page.expect_response("**/move/"):
        page.keyboard.press("Alt+ArrowDown")
    assert order(page) == [two, one, three]
    with page.expect_response("**/move/"):
        page.keyboard.press("Alt+End")
    assert order(page) == [two, three, one]
    expect(page.locator(".entry").nth(2)).to_have_class("entry is-current")
    page.reload()
    page.wait_for_selector("html[data-attached]")
    assert order(page) == [two, three, one]
    page.keyboard.press("j")
    page.keyboard.press("Delete")
    expect(page.locator(".entry")).to_have_count(2)
    expect(page.locator("[data-entry-count]")).to_have_text("2")
    expect(page.locator(".entry").first).to_have_class("entry is-current")
    page.keyboard.press("z")
    expect(page.locator(".entry")).to_have_count(3)
    assert order(page) == [two, three, one]
    assert not complaints


def test_the_answer_of_an_earlier_move_does_not_take_back_a_later_one(
    examiner: User, shortlist: Shortlist, new_page: NewPage
) -> None:
    page = opened(new_page(examiner), shortlist)
    one, two, three = order(page)
    first = shortlist.entries.earliest("position")
    waiting: list[Route] = []
    page.route("**/move/", lambda route: waiting.append(route))
    page.keyboard.press("j")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+End")
    until(page, lambda: len(waiting) == 1)
    waiting[0].continue_()
    until(page, lambda: len(waiting) == 2)  # the second move is sent once the page has read the answer of the first
    assert order(page) == [two, three, one]
    waiting[1].continue_()
    until(page, lambda: shortlist.entries.latest("position") == first)
    assert order(page) == [two, three, one]


def test_two_notes_that_meet_are_shown_and_both_are_kept(
    examiner: User, shortlist: Shortlist, new_page: NewPage
) -> None:
    page = opened(new_page(examiner), shortlist)
    entry = shortlist.entries.earliest("position")
    entry_note(user=examiner, shortlist=shortlist, entry_id=entry.pk, note="theirs", started_from=text_key(""))
    first = page.locator(".entry").first
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.keyboard.type("mine")
    expect(first.locator(".note-said")).to_have_text("Not saved: see below")
    expect(first.locator("blockquote")).to_have_text("theirs")
    page.keyboard.type(" and more")
    expect(first.locator(".note textarea")).to_have_value("mine and more")
    first.get_by_role("button", name="Keep both").click()
    expect(first.locator(".note textarea")).to_have_value("theirs\n\nmine and more")
    expect(first.locator(".note-said")).to_have_text("Saved")
    assert ShortlistEntry.objects.get(pk=entry.pk).note == "theirs\n\nmine and more"


def test_a_note_outlives_its_session(examiner: User, shortlist: Shortlist, new_page: NewPage) -> None:
    page = opened(new_page(examiner), shortlist)
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.context.clear_cookies()
    page.keyboard.type("not lost")
    page.wait_for_url("**/login/**")
    page.fill("#id_username", "examiner")
    page.fill("#id_password", "a-long-enough-passphrase")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/shortlists/{shortlist.pk}/")
    expect(page.locator(".entry").first.locator(".note-said")).to_have_text("Saved")
    assert shortlist.entries.earliest("position").note == "not lost"


def test_what_was_written_before_a_login_does_not_replace_what_came_meanwhile(
    examiner: User, shortlist: Shortlist, new_page: NewPage
) -> None:
    page = opened(new_page(examiner), shortlist)
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.context.clear_cookies()
    page.keyboard.type("mine")
    page.wait_for_url("**/login/**")
    entry = shortlist.entries.earliest("position")
    entry_note(user=examiner, shortlist=shortlist, entry_id=entry.pk, note="theirs", started_from=text_key(""))
    page.fill("#id_username", "examiner")
    page.fill("#id_password", "a-long-enough-passphrase")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/shortlists/{shortlist.pk}/")
    first = page.locator(".entry").first
    expect(first.locator(".note-said")).to_have_text("Not saved: see below")
    expect(first.locator("blockquote")).to_have_text("theirs")
    assert ShortlistEntry.objects.get(pk=entry.pk).note == "theirs"


def test_a_colleague_sees_edits_and_is_locked_out_again(
    examiner: User, shortlist: Shortlist, new_page: NewPage
) -> None:
    colleague = user_make("colleague")
    page = opened(new_page(examiner), shortlist)
    page.keyboard.press("h")
    page.get_by_label("User name of a colleague").fill("colleague")
    page.get_by_label("may edit").check()
    page.keyboard.press("Enter")
    expect(page.get_by_text("colleague may edit rotors")).to_be_visible()
    theirs = new_page(colleague)
    theirs.goto("/shortlists/")
    theirs.get_by_role("link", name="rotors").click()
    theirs.wait_for_selector("html[data-attached]")
    theirs.keyboard.press("j")
    theirs.keyboard.press("y")
    expect(theirs.locator(".entry").first.locator("button[value=Y]")).to_have_attribute("aria-pressed", "true")
    assert shortlist.entries.earliest("position").relevance == "Y"
    page.locator("#sharing summary").click()
    page.get_by_role("button", name="Stop sharing with colleague").click()
    expect(page.get_by_text("no longer shared")).to_be_visible()
    assert theirs.goto(f"/shortlists/{shortlist.pk}/").status == 404  # type: ignore[union-attr]


def test_the_files_are_downloaded(examiner: User, shortlist: Shortlist, new_page: NewPage, tmp_path: Path) -> None:
    page = opened(new_page(examiner), shortlist)
    with page.expect_download() as of_report:
        page.keyboard.press("g")
        page.keyboard.press("r")
    of_report.value.save_as(tmp_path / "report.pdf")
    assert "For claim 1." in pypdfium2.PdfDocument(tmp_path / "report.pdf")[0].get_textpage().get_text_range()
    for name, suffix in (("CSV", "csv"), ("Numbers", "txt")):
        with page.expect_download() as of_file:
            page.get_by_role("link", name=name, exact=True).click()
        assert of_file.value.suggested_filename == f"shortlist-{shortlist.pk}.{suffix}"


def test_without_scripts_everything_is_a_form(examiner: User, shortlist: Shortlist, new_page: NewPage) -> None:
    page = new_page(examiner, scripts=False)
    page.goto(f"/shortlists/{shortlist.pk}/")
    first = page.locator(".entry").first
    first.locator(".note textarea").fill("by hand")
    first.get_by_role("button", name="Save note").click()
    first.locator("[data-pin-new]").click()
    first.locator("[data-pin-form] textarea").last.fill("a pin by numbers")
    first.get_by_role("button", name="Add pin").click()
    expect(first.locator(".pin-notes li")).to_have_count(1)
    first.locator("button[value=down]").click()
    assert order(page)[0] == "EP1234567A1 FIG. 2"
    entry = ShortlistEntry.objects.get(note="by hand")
    assert entry.position == 1 and entry.pins.get().note == "a pin by numbers"


def test_a_list_with_all_of_it_open_and_a_colleagues_view_of_it_are_sound(
    examiner: User,
    shortlist: Shortlist,
    new_page: NewPage,
    sound_in_both_schemes: SoundInBothSchemes,
    complaints: list[str],
) -> None:
    colleague = user_make("colleague")
    ShortlistShare.objects.create(shortlist=shortlist, user=colleague)
    entry = shortlist.entries.earliest("position")
    entry.pins.create(left=1000, top=1000, width=3000, height=2000, note="the hinge", author=examiner)
    page = opened(new_page(examiner, width=1024), shortlist)
    for summary in page.locator("summary").all():
        summary.click()
    sound_in_both_schemes(page, "shortlist-open")
    theirs = opened(new_page(colleague, width=1024), shortlist)
    sound_in_both_schemes(theirs, "shortlist-of-a-colleague")
    assert complaints == []
