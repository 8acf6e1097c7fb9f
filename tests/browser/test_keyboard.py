"""A page of hits looked at and rated into a shortlist without a mouse."""

from __future__ import annotations

import itertools

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from search.models import Figure, SeenFigure, ShortlistEntry
from tests.browser.conftest import NewPage
from tests.browser.waiting import until
from tests.factories import publication_make, query_make

pytestmark = pytest.mark.browser
HITS = 12  # each rating three times, and more than are fetched ahead
COUNT_POINTERS = """
    const kinds = ["mousedown", "mouseup", "mousemove", "click", "pointerdown", "pointermove", "touchstart", "wheel"];
    window.pointers = Number(sessionStorage.getItem("pointers"));
    for (const kind of kinds) {
      document.addEventListener(kind, (event) => {
        const isByHand = event.isTrusted && (event.detail || kind !== "click");
        if (isByHand) sessionStorage.setItem("pointers", ++window.pointers);
      }, true);
    }
"""  # a click that a key makes is not trusted, or has no detail


def shown_on(page: Page) -> list[str]:
    """Keys of the figures of the hits, in the mosaic's order."""
    figures: list[str] = page.locator(".hit").evaluate_all("hits => hits.map((hit) => hit.dataset.figureId)")
    return figures


@pytest.fixture
def hits(examiner: User) -> list[Figure]:
    for number in range(HITS):
        publication_make(f"EP30000{number:02}A1", sheets=1)
    figures = list(Figure.objects.order_by("pk"))
    query_make(examiner, text="pump", hits=figures)
    return figures


def test_every_hit_is_rated_in_the_mosaic_by_keys_alone(
    hits: list[Figure], examiner: User, new_page: NewPage, complaints: list[str]
) -> None:
    page = new_page(examiner)
    page.add_init_script(COUNT_POINTERS)
    page.goto("/")
    page.wait_for_selector("html[data-attached]")
    page.keyboard.press("/")
    page.keyboard.type("pump")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".hit")).to_have_count(HITS)
    page.wait_for_selector("html[data-attached]")
    page.keyboard.press("t")
    expect(page.locator("[data-step-on]")).to_be_checked()
    page.keyboard.press("j")
    rated = list(zip(shown_on(page), itertools.cycle("xyas"), strict=False))
    for figure, key in rated:
        expect(page.locator(".hit.is-current")).to_have_id(f"hit-{figure}")  # the last rating has stepped here
        page.keyboard.press(key)
        expect(page.locator(f"#keep-{figure} [data-keep-key={key}]")).to_have_attribute("aria-pressed", "true")
    relevances = dict(ShortlistEntry.objects.values_list("figure_id", "relevance"))
    assert relevances == {int(figure): "" if key == "s" else key.upper() for figure, key in rated}
    assert len(relevances) == HITS
    assert page.evaluate("window.pointers") == 0
    assert not complaints


def test_every_hit_is_looked_at_large_and_rated_by_keys_alone(
    hits: list[Figure], examiner: User, new_page: NewPage, complaints: list[str]
) -> None:
    page = new_page(examiner)
    page.add_init_script(COUNT_POINTERS)
    page.goto("/?text=pump")
    page.wait_for_selector("html[data-attached]")
    shown = shown_on(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    for place, figure in enumerate(shown):
        form = page.locator(f"#keep-{figure}")
        expect(form).to_be_visible()
        page.wait_for_selector("html[data-attached]")
        page.keyboard.press("y")
        expect(form.locator("[data-keep-key=y]")).to_have_attribute("aria-pressed", "true")
        if place < HITS - 1:
            page.keyboard.press("j")
    assert ShortlistEntry.objects.filter(relevance="Y").count() == HITS
    until(page, lambda: SeenFigure.objects.filter(owner=examiner).count() == HITS)
    assert page.evaluate("window.pointers") == 0
    assert not complaints
