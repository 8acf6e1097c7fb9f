"""From the table to the figures behind a number, by mouse and by keys."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.evaluation_rows import Measured, measured_make

pytestmark = pytest.mark.browser


@pytest.fixture
def measured(administrator: User) -> Measured:
    cache.clear()
    return measured_make(administrator)


@pytest.fixture
def table(measured: Measured, new_page: NewPage) -> Page:
    page = new_page(measured.staff)
    page.goto(reverse("annotations:table", args=[measured.topic_set.pk]))
    page.wait_for_selector("html[data-attached] .scores-table")  # once the runs are scored
    return page


def test_from_the_table_to_a_figure_in_the_reader(table: Page, measured: Measured, complaints: list[str]) -> None:
    table.get_by_role("link", name="one − two").click()
    expect(table.locator(".outcome")).to_contain_text("2 / 0 / 0")
    table.wait_for_selector("html[data-attached]")
    table.locator("#topic-1 a").click()
    expect(table.locator("#topic h2")).to_have_text("1. Need 1")
    expect(table.locator("#topic .is-relevant")).to_have_count(4)
    expect(table.locator("#topic .is-unjudged")).to_have_count(2)
    assert "topic=1" in table.url
    table.locator("#topic .listed a.picture").first.click()
    table.wait_for_url(f"**{reverse('search:figure', args=[measured.figures[0].pk])}")
    table.go_back()
    expect(table.locator("#topic h2")).to_have_text("1. Need 1")
    assert not complaints


def test_keys_lead_to_evaluation_and_through_topics(table: Page) -> None:
    table.keyboard.press("2")
    table.wait_for_url("**/compare/**")
    table.wait_for_selector("html[data-attached]")
    table.keyboard.press("j")
    expect(table.locator("#topic h2")).to_have_text("1. Need 1")
    table.keyboard.press("j")
    expect(table.locator("#topic h2")).to_have_text("2. Need 2")
    expect(table.locator("#topic-2")).to_have_class("is-current")
    table.keyboard.press("k")
    expect(table.locator("#topic h2")).to_have_text("1. Need 1")
    table.keyboard.press("g")
    table.keyboard.press("e")
    table.wait_for_url("**/evaluation/")
    table.wait_for_selector("html[data-attached]")
    table.keyboard.press("j")
    table.keyboard.press("Enter")
    table.wait_for_url("**/evaluation/*/")


def test_options_take_effect_at_once_and_go_into_the_address(table: Page, complaints: list[str]) -> None:
    first = table.locator(".scores-table tbody tr").first.locator("td .mean").first
    expect(first).to_have_text("0.667")
    table.get_by_text("publication", exact=True).click()
    expect(first).to_have_text("1.000")
    assert "unit=publication" in table.url
    table.locator("#option-measure").select_option("RR")
    expect(table.locator("#intervals-title")).to_have_text("RR: means and intervals")
    table.go_back()
    expect(table.locator("#intervals-title")).to_contain_text("AP@50")
    assert not complaints


def test_who_is_better_than_whom_is_seen_whole_at_1024(measured: Measured, new_page: NewPage) -> None:
    page = new_page(measured.staff, width=1024)
    page.goto(reverse("annotations:table", args=[measured.topic_set.pk]))
    differences = page.get_by_role("region", name="Differences of systems")
    assert differences.evaluate("(one) => one.scrollWidth - one.clientWidth") == 0


def test_everything_works_without_scripts(measured: Measured, new_page: NewPage) -> None:
    page = new_page(measured.staff, scripts=False)
    page.goto(reverse("annotations:table", args=[measured.topic_set.pk]))
    page.get_by_role("button", name="Score the next runs").click()
    page.locator("#option-k").fill("1")
    page.get_by_role("button", name="Update").click()
    page.get_by_role("button", name="Score the next runs").click()
    expect(page.locator(".scores-table tbody tr").first.locator("td .mean").first).to_have_text("0.250")
    page.get_by_role("link", name="one − two").click()
    page.locator("#topic-2 a").click()
    expect(page.locator("#topic h2")).to_have_text("2. Need 2")


def test_plots_are_seen_in_forced_colours(measured: Measured, new_page: NewPage) -> None:
    page = new_page(measured.staff)
    page.emulate_media(forced_colors="active")
    page.goto(reverse("annotations:curves", args=[measured.topic_set.pk]))
    page.wait_for_selector("svg .plot-median", state="attached")  # a line has no width, so it counts as hidden
    marks = page.evaluate(
        """() => ["plot-line", "plot-median"].map((name) =>
            getComputedStyle(document.querySelector(`svg .${name}`)).stroke)"""
    )
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert all(stroke not in ("none", ground) for stroke in marks)
