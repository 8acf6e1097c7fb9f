"""The two drawings of a pair: of equal size, seen large, a part of the candidate marked."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from annotations.models import Assignment, Session
from tests.browser.conftest import NewPage, SoundInBothSchemes
from tests.browser.judging.pages import at_pair, opened, saved

pytestmark = pytest.mark.browser

AS_IN_A_LONG_SESSION = """() => {
    document.querySelector("[data-place]").textContent = "Pair 1104 of 1861";
    document.querySelector("[data-said-of]").textContent = "1103 of 1861 judged";
    document.querySelector("[data-pace]").textContent = "12.5 s each, 2.6 h left";
}"""

CANDIDATE_BOX = """() => {
    const stage = document.querySelector('[data-role="candidate"] .stage').getBoundingClientRect();
    const svg = document.querySelector('[data-role="candidate"] svg.sheet');
    const matrix = svg.querySelector("[data-on-sheet]").getAttribute("transform");
    const [scale, , , , x, y] = matrix.match(/-?[\\d.]+/g).map(Number);
    const [width, height] = svg.dataset.size.split(" ").map((pixels) => scale * pixels);
    return { x: stage.x + x, y: stage.y + y, width, height };
}"""
"""Where the candidate's drawing is in the window."""


def test_a_part_is_marked_by_pointer_and_by_keys_and_follows_the_drawing(
    session: Session, part: Assignment, examiner: User, new_page: NewPage, shoot: Callable[[Page, str], None]
) -> None:
    page = opened(new_page(examiner), session)
    drawing = page.evaluate(CANDIDATE_BOX)
    page.keyboard.press("m")
    expect(page.get_by_role("application", name=re.compile("Part of the candidate"))).to_be_focused()
    page.mouse.move(drawing["x"] + 0.25 * drawing["width"], drawing["y"] + 0.25 * drawing["height"])
    page.mouse.down()
    page.mouse.move(drawing["x"] + 0.75 * drawing["width"], drawing["y"] + 0.5 * drawing["height"], steps=4)
    shoot(page, "judging-region")
    page.mouse.up()
    frame = page.locator("[data-region-frame]")
    before = frame.bounding_box()
    assert before is not None
    assert before["width"] == pytest.approx(drawing["width"] / 2, rel=0.05)
    page.keyboard.press("+")
    page.wait_for_timeout(500)
    zoomed = frame.bounding_box()
    assert zoomed is not None
    assert zoomed["width"] == pytest.approx(1.4 * before["width"], rel=0.05)
    page.keyboard.press("2")
    at_pair(page, 2)
    expect(frame).to_have_count(0)
    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("3")
    at_pair(page, 3)
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+M")
    page.keyboard.press("1")
    at_pair(page, 4)
    saved(page)
    regions = {one.position: one.current.region for one in part.showings.filter(current__isnull=False)}  # type: ignore[union-attr]
    assert regions[1] == pytest.approx([2500, 2500, 5000, 2500], abs=120)
    assert (regions[2], regions[3]) == ([3100, 3000, 4000, 4100], None)
    page.keyboard.press("k")
    page.keyboard.press("k")
    at_pair(page, 2)
    expect(frame).to_have_count(1)


def test_a_drawing_is_seen_large_and_both_again(session: Session, examiner: User, new_page: NewPage) -> None:
    page = opened(new_page(examiner), session)
    topic, candidate = page.locator('[data-role="topic"]'), page.locator('[data-role="candidate"]')
    half = candidate.bounding_box()
    assert half is not None
    page.keyboard.press("v")
    expect(topic).to_be_hidden()
    whole = candidate.bounding_box()
    assert whole is not None
    assert whole["width"] > 1.9 * half["width"]
    page.keyboard.press("Shift+V")
    expect(candidate).to_be_hidden()
    expect(topic).to_be_visible()
    page.keyboard.press("Shift+V")
    assert candidate.bounding_box() == half


@pytest.mark.parametrize(("facets", "sizes"), [(True, [(1024, 768)]), (False, [(1440, 900), (3840, 2160)])])
def test_two_equal_drawings_in_the_window_and_axe_finds_nothing_serious(
    session: Session,
    examiner: User,
    new_page: NewPage,
    sound_in_both_schemes: SoundInBothSchemes,
    complaints: list[str],
    facets: bool,
    sizes: list[tuple[int, int]],
) -> None:
    session.asks_facets = facets
    session.save()
    page = new_page(examiner, width=sizes[0][0])
    page.goto(f"/sessions/{session.pk}/judge/")
    page.wait_for_selector("html[data-attached] [data-judging][data-ready]")
    expect(page.locator("dialog[open]")).to_be_visible()
    sound_in_both_schemes(page, f"judging-instructions-{sizes[0][0]}")
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)  # keys below a dialog do nothing
    page.keyboard.press("j" if facets else "2")  # with facets one grade alone leads nowhere
    at_pair(page, 2)
    page.keyboard.press("k")
    at_pair(page, 1)
    page.evaluate(AS_IN_A_LONG_SESSION)
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        sound_in_both_schemes(page, f"judging-{width}")
        bar = page.locator(".judging-bar").bounding_box()
        assert bar is not None
        assert bar["height"] < 40  # one line, so that nothing below it moves from one pair to the next
        boxes = [page.locator(f'[data-role="{role}"] .stage').bounding_box() for role in ("topic", "candidate")]
        assert boxes[0] is not None
        assert boxes[1] is not None
        assert (boxes[0]["width"], boxes[0]["height"]) == pytest.approx((boxes[1]["width"], boxes[1]["height"]), abs=1)
        assert boxes[0]["height"] > 0.36 * height
        dock = page.locator(".dock").bounding_box()
        assert dock is not None
        assert dock["y"] + dock["height"] <= height
    assert not complaints
