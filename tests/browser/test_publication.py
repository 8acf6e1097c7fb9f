"""The page of a publication in a browser, by keys: words found as they are typed, numerals, sections, offices."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from search.models import Paragraph, Publication
from tests.browser.conftest import NewPage, SoundInBothSchemes
from tests.factories import publication_make, query_make

pytestmark = pytest.mark.browser

ADDRESS = "/publications/EP1234567A1/"


@pytest.fixture
def publication(transactional_db: None) -> Publication:
    """With enough text that a found place must be scrolled to."""
    publication = publication_make()
    Paragraph.objects.bulk_create(
        Paragraph(
            publication=publication,
            position=10 + number,
            section="description",
            number=f"{number:04}",
            language="en",
            text=f"Paragraph {number} tells of the drive shaft and of much else. " * 4,
        )
        for number in range(3, 60)
    )
    Paragraph.objects.create(
        publication=publication,
        position=99,
        section="description",
        number="0099",
        language="en",
        text="In the end a submarine dives.",
    )
    return publication


def _open(page: Page, address: str = ADDRESS) -> None:
    page.goto(address)
    page.wait_for_selector("html[data-attached]", state="attached")


def _painted(page: Page) -> dict[str, list[str]]:
    """What each highlight lies over."""
    found: dict[str, list[str]] = page.evaluate(
        """() => Object.fromEntries([...CSS.highlights].map(([name, highlight]) => [name, [...highlight].map((one) => {
            const range = document.createRange();
            range.setStart(one.startContainer, one.startOffset);
            range.setEnd(one.endContainer, one.endOffset);
            return range.toString();
        })]))"""
    )
    return found


def test_words_are_found_as_they_are_typed_and_stepped_through_by_enter(
    examiner: User, publication: Publication, new_page: NewPage, complaints: list[str]
) -> None:
    page = new_page(examiner)
    _open(page)
    said = page.locator("[data-found-said]")
    page.keyboard.press("/")
    expect(page.locator("#id_find")).to_be_focused()
    page.keyboard.type('rotor "pump 10"')
    expect(said).to_have_text("1 of 6")
    assert _painted(page) == {
        "term-1": ["rotor"] * 4,
        "term-2": ["pump 10"] * 2,
        "term-current": ["rotor"],
    }
    for key, place in (("Enter", "2 of 6"), ("Enter", "3 of 6"), ("Shift+Enter", "2 of 6"), ("Shift+Enter", "1 of 6")):
        page.keyboard.press(key)
        expect(said).to_have_text(place)
    expect(page.locator(".terms li")).to_have_text(
        [re.compile(r"rotor 4 Claims \(en\) 1 Abstract \(en\) 1 Description \(en\) 2"), re.compile(r"pump 10 2")]
    )
    expect(page).to_have_url(re.compile(r"\?find=rotor"))
    page.keyboard.press("Escape")
    expect(page.locator("#id_find")).not_to_be_focused()
    expect(page.locator("#id_find")).to_have_value('rotor "pump 10"')
    page.keyboard.press("n")
    expect(said).to_have_text("2 of 6")
    page.keyboard.press("Shift+N")
    expect(said).to_have_text("1 of 6")
    expect(page.locator('mark.numeral[data-numeral="10"]').first).to_have_text("10")  # its mark is as it was
    assert not complaints


def test_a_place_far_below_is_brought_into_view(examiner: User, publication: Publication, new_page: NewPage) -> None:
    page = new_page(examiner)
    _open(page)
    page.keyboard.press("/")
    page.keyboard.type("submarine")
    expect(page.locator("[data-found-said]")).to_have_text("1 of 1")
    expect(page.get_by_text("In the end a submarine dives.")).to_be_in_viewport()
    expect(page.locator("#id_find")).to_be_in_viewport()  # the bar stays
    page.reload()
    expect(page.locator("#id_find")).to_have_value("submarine")
    expect(page.locator("[data-found-said]")).to_have_text("1 of 1")


def test_what_the_server_marked_is_painted_instead(examiner: User, publication: Publication, new_page: NewPage) -> None:
    page = new_page(examiner)
    _open(page, f"{ADDRESS}?find=rotor+12&at=3")
    expect(page.locator("mark.term")).to_have_count(0)
    expect(page.locator("[data-found-said]")).to_have_text(re.compile("^3 of"))
    assert _painted(page)["term-2"] == ["12"] * 8  # numerals, and "Paragraph 12"


def test_words_of_the_query_are_one_click_away(examiner: User, publication: Publication, new_page: NewPage) -> None:
    query = query_make(examiner, text="a rotor in its housing")
    page = new_page(examiner)
    _open(page, f"{ADDRESS}?query={query.pk}")
    page.click('[data-offered="rotor"]')
    page.click('[data-offered="housing"]')
    expect(page.locator("#id_find")).to_have_value("rotor housing")
    expect(page.locator('[data-offered="rotor"]')).to_be_hidden()
    expect(page).to_have_url(re.compile("find=rotor"))


def test_mentions_of_a_numeral_light_and_are_stepped_through(
    examiner: User, publication: Publication, new_page: NewPage
) -> None:
    page = new_page(examiner)
    _open(page)
    page.click('[data-numeral-pick="12"]')
    expect(page.locator("mark.is-lit")).to_have_text(["12"] * 4)
    expect(page.locator("[data-numeral-said]")).to_have_text("12 rotor: 1 of 4")
    page.keyboard.press("h")
    expect(page.locator("[data-numeral-said]")).to_have_text("12 rotor: 2 of 4")
    page.keyboard.press("Shift+H")
    page.keyboard.press("Shift+H")
    expect(page.locator("[data-numeral-said]")).to_have_text("12 rotor: 4 of 4")
    expect(page.locator("mark.is-here")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator("mark.is-lit")).to_have_count(0)


def test_sections_and_a_search_with_all_figures_have_keys(
    examiner: User, publication: Publication, new_page: NewPage
) -> None:
    page = new_page(examiner)
    _open(page)
    page.keyboard.press("3")
    expect(page.locator("#section-3-title")).to_be_in_viewport()
    expect(page.locator("#section-3-title")).to_have_text("Description (en)")
    page.keyboard.press("1")
    expect(page.locator("#section-1-title")).to_have_text("Claims (en)")
    expect(page.locator("#section-1-title")).to_be_in_viewport()
    for name in ("Espacenet", "European Patent Register"):
        link = page.get_by_role("link", name=re.compile(f"^{name}.*opens in a new tab"))
        expect(link).to_have_attribute("rel", "noopener noreferrer external")
    search = page.get_by_role("link", name="Search with all its figures")
    expect(search).to_have_attribute("data-key", "f")


def test_the_number_is_copied(examiner: User, publication: Publication, new_page: NewPage) -> None:
    page = new_page(examiner)
    _open(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.keyboard.press("c")
    expect(page.locator("[data-copy]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "EP1234567A1"


def test_without_scripts_the_form_finds_and_links_lead_on(
    examiner: User, publication: Publication, new_page: NewPage
) -> None:
    page = new_page(examiner, scripts=False)
    page.goto(ADDRESS)
    page.fill("#id_find", "rotor")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("mark.term")).to_have_text(["rotor"] * 4)
    page.get_by_role("link", name="Next match").click()
    expect(page).to_have_url(re.compile(r"at=2#found-2$"))
    expect(page.locator("mark.is-current")).to_have_attribute("id", "found-2")
    expect(page.locator("mark.is-current")).to_be_in_viewport()


def test_what_is_found_of_a_query_is_sound(
    examiner: User, publication: Publication, new_page: NewPage, sound_in_both_schemes: SoundInBothSchemes
) -> None:
    publication.paragraphs.filter(position__gt=18).delete()  # axe would look at each of sixty
    query = query_make(examiner, text="a rotor in its housing")
    terms = "rotor+pump+housing+drain+shaft+%22much+else%22"
    page = new_page(examiner, width=1024)
    _open(page, f"{ADDRESS}?query={query.pk}&find={terms}")
    sound_in_both_schemes(page, "publication-painted")
    # As the server marks them: axe cannot see what scripts only paint.
    page.route(
        "**/find-in-text.js",
        lambda route: route.fulfill(content_type="text/javascript", body="export function attach() {}"),
    )
    _open(page, f"{ADDRESS}?find={terms}&at=2")
    assert page.locator("mark.term").count() > 10
    sound_in_both_schemes(page, "publication-marked")
