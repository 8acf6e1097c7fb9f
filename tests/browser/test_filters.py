"""Filters in a browser: narrowed through the tree by keys, counted as they change, dropped by their chips."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from search.models import Classification, Publication
from tests.browser.conftest import NewPage, SoundInBothSchemes
from tests.factories import publication_make

pytestmark = pytest.mark.browser


@pytest.fixture
def collection(transactional_db: None) -> None:
    """Two publications of pumps and one of wheels, two figures each."""
    publication_make("EP1000001A1")
    publication_make("EP1000002B1")
    wheel = publication_make("US1000003A1", applicant="Wheel Works", title="Wheel")
    Classification.objects.filter(publication=wheel).update(symbol="B60B 7/00")
    Publication.objects.filter(pk=wheel.pk).update(language="de")


def opened(page: Page, address: str = "/") -> None:
    page.goto(address)
    page.wait_for_selector("html[data-attached]")
    page.keyboard.press("Shift+F")
    expect(page.locator("#filter-total strong").first).to_be_visible()


def total(page: Page, figures: int, publications: int) -> None:
    """Expect these counts of matches, once they are counted again."""
    counted = f'#filter-total[data-figures="{figures}"][data-publications="{publications}"]'
    expect(page.locator(counted)).to_be_visible()


def test_the_tree_is_walked_by_keys_and_the_count_follows(
    collection: None, examiner: User, new_page: NewPage, complaints: list[str]
) -> None:
    page = new_page(examiner)
    opened(page)
    total(page, 6, 3)
    expect(page.locator("#id_ipc")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#ipc-b")).to_be_focused()
    page.keyboard.press("ArrowDown")
    for value, below in (("F", "ipc-f04"), ("F04", "ipc-f04c"), ("F04C", "ipc-f04c-2")):
        page.keyboard.press("Enter")
        expect(page.locator("#id_ipc")).to_have_value(value)
        expect(page.locator(f"#{below}")).to_be_focused()
    total(page, 4, 2)
    expect(page.locator("#values-ipc strong")).to_contain_text(
        "(Mechanical engineering › Positive-displacement machines"
    )
    page.keyboard.press("ArrowUp")
    expect(page.locator("#id_ipc")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("details.filters summary")).to_be_focused()
    expect(page.locator("#id_ipc")).not_to_be_visible()
    assert not complaints


def test_typing_counts_at_once_and_loses_no_letter(collection: None, examiner: User, new_page: NewPage) -> None:
    page = new_page(examiner)
    opened(page)
    page.fill("#id_text", "a pump that is not sent yet")
    page.focus("#id_applicant")
    page.keyboard.type("wheel works", delay=40)
    total(page, 2, 1)
    expect(page.locator("#id_applicant")).to_have_value("wheel works")
    expect(page.locator("#id_applicant")).to_be_focused()
    expect(page.locator("#values-kind")).to_contain_text("A1")
    expect(page.locator("#values-kind")).not_to_contain_text("B1")
    page.focus("#id_cpc")
    page.keyboard.type("F4C")
    expect(page.locator("#values-cpc [role=alert]")).to_contain_text("starts no CPC symbol")
    page.keyboard.press("Control+A")
    page.keyboard.type("F04")
    total(page, 0, 0)
    expect(page.locator("#id_text")).to_have_value("a pump that is not sent yet")


def test_a_tick_keeps_the_focus_and_goes_into_the_address(collection: None, examiner: User, new_page: NewPage) -> None:
    page = new_page(examiner)
    opened(page)
    page.focus("#kind-A1")
    page.keyboard.press("Space")
    total(page, 4, 2)
    expect(page.locator("#kind-A1")).to_be_focused()
    page.focus("#language-de")
    page.keyboard.press("Space")
    total(page, 2, 1)
    page.click("#filters-clear")
    total(page, 6, 3)
    page.check("#kind-B1")
    page.fill("#id_text", "a pump")
    page.click("main button.primary:visible")
    page.wait_for_url("**text=a+pump&kind=B1**")


def test_chips_drop_a_filter_and_the_open_filters_are_sound(
    collection: None, examiner: User, new_page: NewPage, sound_in_both_schemes: SoundInBothSchemes
) -> None:
    page = new_page(examiner, width=1024)
    opened(page, "/?ipc=F04C%202/08,B60&kind=A")
    sound_in_both_schemes(page, "filters")
    page.click('.filter-chips a[aria-label^="Remove the filter IPC B60"]')
    page.wait_for_url(lambda address: "B60" not in address)
    expect(page.locator(".filter-chips .chip")).to_have_count(2)
    page.goto("/filters/?ipc=F04&date_from=2024")
    page.wait_for_selector("html[data-attached]")
    sound_in_both_schemes(page, "filters-page")


def test_without_scripts_the_filters_have_a_page_of_links_and_a_form(
    collection: None, examiner: User, new_page: NewPage
) -> None:
    page = new_page(examiner, scripts=False)
    page.goto("/?publication=EP1000001A1&weight=70&ipc=F0x")  # refused, so that nothing is searched
    page.click("#filter-total a")
    page.click("#ipc-b")
    page.check("#kind-A1")
    page.click("text=Update counts")
    total(page, 2, 1)
    page.click("#filters-clear")
    total(page, 6, 3)
    page.fill("#id_ipc", "B60")
    assert page.get_attribute('input[name="publication"]', "value") == "EP1000001A1"
    assert page.get_attribute('input[name="weight"]', "value") == "70"
