"""Why a hit was found, over the hits and beside the sheet, by keys; and the page of the calibration."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import numpy as np
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from search.management.services import worker_for
from search.models import Calibration, Explanation, Figure, Modality, Query, WorkState
from search.selectors.hits import ranked_figures
from tests.browser.conftest import NewPage, SoundInBothSchemes
from tests.factories import calibrations_make, publication_make, query_make

pytestmark = pytest.mark.browser

PAIR = {"asked": "The rotor 12 turns in the housing 14.", "found": "A rotor 12 turns.", "similarity": 0.83}


@pytest.fixture
def query(examiner: User) -> Query:
    """Three hits of as many publications, the first two explained."""
    for number in range(4):
        publication_make(f"EP200000{number}A1", sheets=1)
    asked, *hits = Figure.objects.order_by("pk")
    query = query_make(examiner, figure=asked, hits=hits)
    for figure_id in order(query)[:2]:
        Explanation.objects.create(query=query, figure_id=figure_id, state=WorkState.DONE, sentence_pairs=[PAIR])
    calibrations_make()
    return query


def order(query: Query) -> list[int]:
    """Figures as the mosaic shows them."""
    return ranked_figures(query, query.question)


def opened(page: Page, query: Query) -> Page:
    page.goto(f"/?{query.query_string}")
    page.wait_for_selector("html[data-attached]")
    return page


def test_w_says_why_and_escape_leads_back_to_the_hit(
    query: Query,
    examiner: User,
    new_page: NewPage,
    sound_in_both_schemes: SoundInBothSchemes,
    complaints: list[str],
) -> None:
    page = opened(new_page(examiner), query)
    first, second = order(query)[:2]
    page.keyboard.press("j")
    page.keyboard.press("w")
    dialog = page.locator("dialog[data-why-dialog]")
    expect(dialog.locator(".why-pairs mark").first).to_be_visible()
    expect(dialog.locator("[data-why-title]")).to_be_focused()
    expect(dialog).to_contain_text("Why hit 1")
    sound_in_both_schemes(page, "why")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator(f"#hit-{first} [data-hit-open]")).to_be_focused()
    page.keyboard.press("w")
    expect(dialog).to_contain_text("Why hit 1")
    expect(dialog.locator("[data-why-title]")).to_be_focused()
    page.keyboard.press("j")
    expect(dialog).to_contain_text("Why hit 2")
    page.keyboard.press("Escape")
    expect(page.locator(f"#hit-{second} [data-hit-open]")).to_be_focused()
    assert not complaints


def test_sentences_come_when_the_worker_has_them(query: Query, examiner: User, new_page: NewPage) -> None:
    page = opened(new_page(examiner), query)
    third = order(query)[2]
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("w")
    dialog = page.locator("dialog[data-why-dialog]")
    expect(dialog.locator("[data-progress=comparing]")).to_be_visible()
    expect(dialog.locator(".why-parts").first).to_be_visible()  # what needs no worker is there
    Explanation.objects.filter(figure_id=third).update(state=WorkState.DONE, sentence_pairs=[PAIR])
    expect(dialog.locator(".why-pairs")).to_contain_text("0.83", timeout=15_000)
    expect(dialog.locator("[data-why-title]")).to_be_focused()


def test_an_answer_that_comes_after_a_failure_of_the_server_is_not_waited_for_in_silence(
    query: Query, examiner: User, new_page: NewPage
) -> None:
    page = opened(new_page(examiner), query)
    page.keyboard.press("j")
    Query.objects.all().delete()
    page.keyboard.press("w")
    dialog = page.locator("dialog[data-why-dialog]")
    expect(dialog.get_by_role("alert")).to_be_visible()
    expect(dialog.get_by_role("alert").get_by_role("link")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_beside_the_sheet_it_comes_and_goes(query: Query, examiner: User, new_page: NewPage) -> None:
    figure = order(query)[0]
    page = new_page(examiner)
    page.goto(f"/figures/{figure}/?query={query.pk}")
    page.wait_for_selector("[data-reader][data-reading]")
    page.keyboard.press("w")
    place = page.locator(f"#why-{figure}")
    expect(place.locator(".why-pairs")).to_be_visible()
    place.locator("[data-why-close]").click()
    expect(place).to_be_empty()


def test_without_scripts_it_is_a_page(query: Query, examiner: User, new_page: NewPage) -> None:
    page = new_page(examiner, scripts=False)
    page.goto(f"/?{query.query_string}")
    page.locator("[data-hit-action=w]").first.click()
    expect(page.locator("h1")).to_contain_text("Why hit 1")
    expect(page.locator(".why-pairs")).to_be_visible()
    page.get_by_role("link", name="next").click()
    expect(page.locator("h1")).to_contain_text("Why hit 2")
    page.get_by_role("link", name="All hits").click()
    expect(page.locator(".mosaic")).to_be_visible()


def test_weak_hits_are_headed_and_the_calibration_is_plotted(
    query: Query,
    examiner: User,
    new_page: NewPage,
    sound_in_both_schemes: SoundInBothSchemes,
    complaints: list[str],
) -> None:
    page = opened(new_page(examiner), query)
    expect(page.locator(".hint")).to_have_attribute("data-hint", "nothing")  # .90 is at the 36th percentile
    sound_in_both_schemes(page, "hint")
    page.locator(".hint a").click()
    expect(page.locator(".calibration-plot canvas")).to_have_count(2)
    expect(page.locator("table").first).to_contain_text("0.920")
    assert not complaints


def test_the_line_across_the_hits_is_no_hit(query: Query, examiner: User, new_page: NewPage) -> None:
    for modality in Modality.values:
        low, high = (0.795, 0.9950) if modality == Modality.VISUAL else (0.9, 1.0)  # 50th: .895 and .95
        Calibration.objects.filter(modality=modality).update(quantiles=np.linspace(low, high, 101).tolist())
    page = opened(new_page(examiner), query)
    expect(page.locator(".mosaic > li").nth(1)).to_have_class("weak-from")
    second = order(query)[1]
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(f"#hit-{second} [data-hit-open]")).to_be_focused()


@pytest.fixture
def query_worker(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A worker for queries, with real models, on the test's own database."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{settings.DATABASES['default']['NAME']}")
    monkeypatch.setenv("DATABASE_URL", database.geturl())
    with worker_for("query"):
        yield


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_query_worker_finds_the_sentence_that_means_the_same(
    query_worker: None, examiner: User, new_page: NewPage
) -> None:
    publication_make()
    figure = Figure.objects.earliest("pk")
    query = query_make(examiner, text="Inside the casing a rotating part revolves. Bread is baked.", hits=[figure])
    page = opened(new_page(examiner), query)
    page.keyboard.press("j")
    page.keyboard.press("w")
    best = page.locator("dialog[data-why-dialog] .why-pairs li").first
    expect(best).to_contain_text("Inside the casing a rotating part revolves.", timeout=60_000)
    expect(best).to_contain_text("The rotor 12 turns in the housing 14.")
    expect(best).to_contain_text("your text")
