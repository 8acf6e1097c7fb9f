"""Drawings side by side in a browser, by keys: they move as one, names light in both, hits are walked by the query."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from search.models import Figure, Query, SeenFigure, ShortlistEntry
from tests.browser.conftest import NewPage, SoundInBothSchemes
from tests.browser.waiting import until
from tests.factories import publication_make, query_make

pytestmark = pytest.mark.browser


@pytest.fixture
def figures(transactional_db: None) -> list[Figure]:
    publication_make("EP1000001A1", title="Bicycle pump")
    publication_make("EP1000002A1", title="Oil pump")
    publication_make("EP1000003A1", title="Gear pump")
    return list(Figure.objects.order_by("pk"))


@pytest.fixture
def query(examiner: User, figures: list[Figure]) -> Query:
    return query_make(examiner, hits=figures)


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("html[data-attached] [data-comparing]", state="attached")


def _two(page: Page, figures: list[Figure]) -> None:
    _open(page, f"/compare/?figure={figures[0].pk}&figure={figures[2].pk}")


def _where(page: Page) -> list[list[float]]:
    """For each pane the matrix that takes a pixel of its picture to the window."""
    found = page.locator(".pane [data-on-sheet]").evaluate_all("all => all.map((one) => one.getAttribute('transform'))")
    return [[float(number) for number in re.findall(r"-?[\d.]+", matrix)] for matrix in found]


def _until_moved(page: Page, before: list[list[float]], pane: int) -> list[list[float]]:
    """Where the drawings are once this one has come to rest somewhere else."""
    seen = [before]

    def rests() -> bool:
        seen.append(_where(page))
        return seen[-1][pane] != before[pane] and seen[-1] == seen[-2]

    until(page, rests)
    return seen[-1]


def test_zooming_by_key_brings_both_nearer_by_as_much(
    examiner: User, figures: list[Figure], new_page: NewPage, complaints: list[str]
) -> None:
    page = new_page(examiner)
    _two(page, figures)
    before = _where(page)
    page.keyboard.press("+")
    after = _until_moved(page, before, 0)
    ratios = [now[0] / was[0] for now, was in zip(after, before, strict=True)]
    assert ratios[0] == pytest.approx(1.4, rel=0.02)
    assert ratios[0] == pytest.approx(ratios[1], rel=0.001)
    page.keyboard.press("0")
    whole = _until_moved(page, after, 0)
    assert whole[1][0] == pytest.approx(before[1][0], rel=0.001)
    assert not [said for said in complaints if "deprecated" not in said]


def test_dragging_and_the_wheel_move_both(examiner: User, figures: list[Figure], new_page: NewPage) -> None:
    page = new_page(examiner)
    _two(page, figures)
    box = page.locator(".pane .stage").first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = _where(page)
    page.mouse.move(x, y)
    page.mouse.wheel(0, -300)
    zoomed = _until_moved(page, before, 1)
    assert zoomed[0][0] == pytest.approx(zoomed[1][0], rel=0.001)  # both pictures have one size
    page.mouse.down()
    page.mouse.move(x + 60, y + 30, steps=4)
    page.mouse.up()
    moved = _until_moved(page, zoomed, 1)
    assert moved[1][4] - zoomed[1][4] == pytest.approx(moved[0][4] - zoomed[0][4], abs=2)
    assert moved[1][4] - zoomed[1][4] > 30


def test_each_moves_alone_after_z_and_keeps_its_difference_when_they_move_together_again(
    examiner: User, figures: list[Figure], new_page: NewPage
) -> None:
    page = new_page(examiner)
    _two(page, figures)
    before = _where(page)
    page.keyboard.press("l")
    expect(page.locator('[data-act="together"]')).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("2")
    page.keyboard.press("+")
    alone = _until_moved(page, before, 1)
    assert alone[0] == before[0]
    page.keyboard.press("l")
    page.keyboard.press("1")
    page.keyboard.press("+")
    both = _until_moved(page, alone, 0)
    assert both[1][0] / both[0][0] == pytest.approx(alone[1][0] / alone[0][0], rel=0.01)


def test_a_shared_name_lights_in_both_drawings_by_key(examiner: User, figures: list[Figure], new_page: NewPage) -> None:
    page = new_page(examiner)
    _two(page, figures)
    lit = page.locator(".pane .numeral-box.is-lit")
    for key, numeral, name in (("h", "10", "pump"), ("h", "12", "rotor"), ("Shift+H", "10", "pump")):
        page.keyboard.press(key)
        expect(lit).to_have_count(2)
        assert lit.evaluate_all("all => all.map((one) => one.dataset.numerals)") == [numeral] * 2
        expect(page.locator("[data-lit-said]")).to_contain_text(name)
        expect(page.locator("tr.is-lit")).to_have_count(1)
    expect(page.locator("[data-names] text.is-shown")).to_have_text(["pump", "pump"])
    page.keyboard.press("Escape")
    expect(lit).to_have_count(0)
    page.hover('tr[data-shared="3"] .shared-name')
    expect(lit).to_have_count(2)


def test_hits_are_walked_beside_the_query_and_kept_by_key(
    examiner: User, query: Query, figures: list[Figure], new_page: NewPage
) -> None:
    page = new_page(examiner)
    _open(page, f"/compare/?query={query.pk}&figure={figures[0].pk}")
    last = page.locator(".pane").last
    left = page.locator(".pane").first.locator(".stage-view")
    left.evaluate("one => one.dataset.same = 'yes'")
    expect(page.locator(".compare-head .number")).to_have_text("Hit 1 of 3")
    for key, at, place in (("j", 2, "Hit 2 of 3"), ("j", 4, "Hit 3 of 3"), ("k", 2, "Hit 2 of 3")):
        page.keyboard.press(key)
        expect(last).to_have_attribute("data-figure-id", str(figures[at].pk))
        expect(page.locator(".compare-head .number")).to_have_text(place)
        expect(page).to_have_url(re.compile(f"figure={figures[at].pk}$"))
    expect(left).to_have_attribute("data-same", "yes")  # the query's drawing stayed on the screen
    page.keyboard.press("x")
    expect(page.locator("#keep-said")).to_contain_text("Kept on")
    assert ShortlistEntry.objects.get().figure_id == figures[2].pk
    expect(page.locator(".pane [data-keep-key=x]")).to_have_attribute("aria-pressed", "true")
    page.go_back()
    expect(last).to_have_attribute("data-figure-id", str(figures[4].pk))
    expect(page.locator(".pane [data-keep-key=x]")).to_have_attribute("aria-pressed", "false")
    until(page, lambda: SeenFigure.objects.filter(owner=examiner, figure=figures[2]).exists())


def test_a_hit_is_kept_in_place_before_its_drawing_has_come(
    examiner: User, query: Query, figures: list[Figure], new_page: NewPage
) -> None:
    page = new_page(examiner)
    held: list[Route] = []
    page.route(f"**{reverse('search:figure-file', args=[figures[2].pk])}", lambda route: held.append(route))
    _open(page, f"/compare/?query={query.pk}&figure={figures[0].pk}")
    page.evaluate("window.stayed = true")
    page.keyboard.press("j")
    expect(page.locator(".pane").last).to_have_attribute("data-figure-id", str(figures[2].pk))
    page.keyboard.press("x")
    expect(page.locator("#keep-said")).to_contain_text("Kept on")
    assert held and page.evaluate("window.stayed")
    for route in held:
        route.continue_()
    assert ShortlistEntry.objects.get().figure_id == figures[2].pk


def test_a_drawing_is_turned_mirrored_exchanged_and_removed_by_key(
    examiner: User, query: Query, figures: list[Figure], new_page: NewPage
) -> None:
    page = new_page(examiner)
    key = figures[0].pk
    _open(page, f"/compare/?query={query.pk}&figure={key}")
    page.keyboard.press("r")
    expect(page).to_have_url(re.compile(f"figure={key}~r90$"))
    expect(page.locator(".pane").last.locator("[data-quarter]")).to_have_attribute("href", re.compile(f"{key}~r180$"))
    matrix = _where(page)[1]
    assert abs(matrix[0]) < 1e-3
    assert matrix[1] > 0  # what lay along the top runs down now
    page.keyboard.press("Shift+M")
    expect(page).to_have_url(re.compile(f"figure={key}~r90~m$"))
    page.keyboard.press("e")
    expect(page).to_have_url(re.compile(r"&at=1&figure="))
    expect(page.locator(".pane").first).to_have_attribute("data-figure-id", str(key))
    page.keyboard.press("2")
    page.keyboard.press("Delete")
    expect(page).to_have_url(re.compile(r"picture=none&figure="))
    expect(page.locator(".pane")).to_have_count(1)


def test_one_drawing_lies_over_the_other(examiner: User, figures: list[Figure], new_page: NewPage) -> None:
    page = new_page(examiner)
    _two(page, figures)
    stages = page.locator(".pane .stage")
    page.keyboard.press("o")
    expect(page.locator("[data-mix]")).to_be_visible()
    assert stages.nth(0).bounding_box() == stages.nth(1).bounding_box()
    page.keyboard.press("i")
    expect(page.locator("[data-mix]")).to_be_focused()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    assert stages.evaluate_all("all => all.map((one) => one.style.opacity)") == ["1", "0"]
    page.locator("[data-mix]").blur()
    page.keyboard.press("v")
    expect(stages.nth(1)).to_have_css("opacity", "1")  # B alone, after A alone
    page.keyboard.press("o")
    expect(page.locator("[data-mix]")).to_be_hidden()
    expect(page.locator('[data-act="blink"]')).to_have_attribute("aria-pressed", "false")
    assert stages.evaluate_all("all => all.map((one) => one.style.opacity)") == ["", ""]


def test_a_drawing_is_added_by_its_number_without_the_mouse(
    examiner: User, figures: list[Figure], new_page: NewPage
) -> None:
    page = new_page(examiner)
    _two(page, figures)
    page.keyboard.press("n")
    expect(page.locator("#id_add")).to_be_focused()
    page.keyboard.type("EP1000003A1/2")
    page.keyboard.press("Enter")
    expect(page.locator(".pane")).to_have_count(3)
    assert page.locator(".pane").last.get_attribute("data-figure-id") == str(figures[5].pk)


def test_without_scripts_the_drawings_their_boxes_and_names_are_there(
    examiner: User, query: Query, figures: list[Figure], new_page: NewPage
) -> None:
    page = new_page(examiner, scripts=False)
    page.goto(f"/compare/?figure={figures[0].pk}&figure={figures[2].pk}")
    for sheet in page.locator(".pane svg.sheet image").all():
        box = sheet.bounding_box()
        assert box is not None
        assert box["height"] > 300
    expect(page.locator(".pane .shared-number")).to_have_text(["1", "2", "3"] * 2)
    expect(page.locator(".shared-names tbody tr")).to_have_count(3)
    expect(page.locator(".compare .scripted").first).to_be_hidden()


def test_marked_hits_of_the_mosaic_are_compared(
    examiner: User, query: Query, figures: list[Figure], new_page: NewPage
) -> None:
    page = new_page(examiner)
    page.goto(f"/queries/{query.pk}/")
    page.wait_for_selector("html[data-attached]", state="attached")
    page.keyboard.press("j")
    page.keyboard.press("b")
    page.keyboard.press("Shift+C")
    expect(page.locator("[data-marks-said]")).to_contain_text("second hit")
    page.keyboard.press("j")
    page.keyboard.press("b")
    expect(page.locator(".marked-as")).to_have_text(["A", "B"])
    page.keyboard.press("Shift+C")
    page.wait_for_selector("html[data-attached] [data-comparing]", state="attached")
    panes = page.locator(".pane").evaluate_all("all => all.map((one) => one.dataset.figureId)")
    assert panes == [str(figures[0].pk), str(figures[2].pk)]
    page.go_back()
    expect(page.locator(".marked-as")).to_have_text(["A", "B"])
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.wait_for_selector("html[data-attached] [data-comparing]", state="attached")
    expect(page.locator(".pane .role").first).to_contain_text("query")


def test_adding_a_drawing_and_laying_one_over_the_other_are_sound(
    examiner: User,
    figures: list[Figure],
    new_page: NewPage,
    sound_in_both_schemes: SoundInBothSchemes,
) -> None:
    page = new_page(examiner, width=1024)
    _open(page, f"/compare/?figure={figures[0].pk}&figure={figures[2].pk}&adding=1")
    sound_in_both_schemes(page, "compare-adding")
    _two(page, figures)
    page.keyboard.press("t")
    page.keyboard.press("h")
    expect(page.locator(".pane .numeral-box.is-lit")).to_have_count(2)
    page.keyboard.press("o")
    expect(page.locator("[data-mix]")).to_be_visible()
    sound_in_both_schemes(page, "compare-overlay")
