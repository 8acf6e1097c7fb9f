"""Judging in a browser, by keys: the next pair at once, nothing told that would bias."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import cycle, islice

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from annotations.models import Assignment, Judgment, Session
from tests.annotation_rows import judgment_make
from tests.browser.conftest import NewPage
from tests.browser.judging.pages import PAIRS, at_pair, grades, opened, saved
from tests.browser.waiting import until

pytestmark = pytest.mark.browser


def test_twenty_pairs_are_judged_by_keys_alone_each_followed_by_the_next(
    session: Session, part: Assignment, examiner: User, new_page: NewPage, complaints: list[str]
) -> None:
    page = opened(new_page(examiner), session)
    page.evaluate("window.stayed = true")
    keys = list(islice(cycle("3210x"), 20))
    shown = set()
    for number, key in enumerate(keys, start=1):
        at_pair(page, number)
        shown.add(tuple(page.locator(".pane").evaluate_all("all => all.map((one) => one.dataset.pane)")))
        page.keyboard.press(key)
    at_pair(page, 21)
    saved(page)
    assert len(shown) == 20
    assert grades(part) == {at: key if key == "x" else int(key) for at, key in enumerate(keys, start=1)}
    assert Judgment.objects.count() == 20
    assert all(one.seconds is not None and one.seconds > 0 for one in Judgment.objects.all())
    expect(page.locator("[data-said-of]")).to_have_text("20 of 24 judged")
    expect(page.locator("[data-topic-of]")).to_have_text("this topic 8 of 12, 0 more topics")
    expect(page.locator("[data-pace]")).to_contain_text("s each")
    assert page.evaluate("window.stayed")
    assert not complaints


def test_undo_takes_judgments_back_one_by_one_also_after_a_reload(
    session: Session, part: Assignment, examiner: User, new_page: NewPage
) -> None:
    page = opened(new_page(examiner), session)
    for number in range(1, 5):
        at_pair(page, number)
        page.keyboard.press("3")
    at_pair(page, 5)
    for number in (4, 3):
        page.keyboard.press("z")
        at_pair(page, number)
        expect(page.locator('.grades [aria-pressed="true"]')).to_have_count(0)
    saved(page)
    assert grades(part) == {1: 3, 2: 3}
    opened(page, session, at=20)
    page.evaluate("sessionStorage.clear()")
    page.reload()
    page.wait_for_selector("[data-ready]")
    page.keyboard.press("z")
    at_pair(page, 2)
    saved(page)
    assert grades(part) == {1: 3}
    page.keyboard.press("1")
    at_pair(page, 3)
    page.keyboard.press("k")
    at_pair(page, 2)
    page.keyboard.press("2")
    at_pair(page, 3)
    page.keyboard.press("z")  # what held before holds again
    at_pair(page, 2)
    expect(page.locator("[data-given]")).to_contain_text("1 marginally relevant")
    page.keyboard.press("0")
    saved(page)
    assert grades(part) == {1: 3, 2: 0}


def test_with_facets_the_third_of_three_leads_on_and_enter_goes_on_without_the_rest(
    session: Session, part: Assignment, examiner: User, new_page: NewPage, shoot: Callable[[Page, str], None]
) -> None:
    session.asks_facets = True
    session.save()
    page = opened(new_page(examiner), session)
    page.keyboard.press("e")
    page.keyboard.press("a")
    at_pair(page, 1)
    shoot(page, "judging-facets")
    page.keyboard.press("1")
    at_pair(page, 2)
    page.keyboard.press("3")
    page.keyboard.press("r")
    at_pair(page, 2)
    page.keyboard.press("Enter")
    at_pair(page, 3)
    page.keyboard.press("x")
    at_pair(page, 4)
    page.keyboard.press("k")
    page.keyboard.press("k")
    page.keyboard.press("k")
    at_pair(page, 1)
    page.keyboard.press("q")  # of a judged pair a change is recorded, and one stays
    page.keyboard.press("3")
    at_pair(page, 1)
    page.keyboard.press("Enter")
    at_pair(page, 2)
    saved(page)
    held = {one.position: one.current for one in part.showings.filter(current__isnull=False)}
    said = {at: (one.grade, one.looks, one.works, one.cannot_judge) for at, one in held.items() if one is not None}
    assert said == {1: (3, 0, 0, False), 2: (3, 3, None, False), 3: (None, None, None, True)}


def test_the_place_is_kept_for_the_next_time(
    session: Session, part: Assignment, examiner: User, new_page: NewPage
) -> None:
    page = opened(new_page(examiner), session)
    for _ in range(6):
        page.keyboard.press("j")
    at_pair(page, 7)
    page.goto("/history/")
    # It is told on leaving, without waiting for an answer.
    until(page, lambda: Assignment.objects.get(pk=part.pk).place == 7)
    at_pair(opened(page, session), 7)


def test_judging_works_without_scripts(
    session: Session, part: Assignment, examiner: User, new_page: NewPage, shoot: Callable[[Page, str], None]
) -> None:
    page = new_page(examiner, scripts=False)
    page.goto(f"/sessions/{session.pk}/judge/")
    expect(page.get_by_text("Judge the whole.")).to_be_visible()
    shoot(page, "judging-without-scripts")
    page.fill("[name=reason]", "as it is")
    page.get_by_role("button", name="highly relevant").click()
    expect(page).to_have_url(re.compile("at=2"))
    page.locator("summary", has_text="Part of the candidate").click()
    for field, value in zip(page.locator("[name=region]").all(), ("0", "0", "5000", "2500"), strict=True):
        field.fill(value)
    page.get_by_role("button", name="cannot judge").click()
    expect(page).to_have_url(re.compile("at=3"))
    page.get_by_role("link", name="Previous pair").click()
    expect(page.get_by_role("button", name="cannot judge")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="not relevant", exact=False).first.click()
    assert grades(part) == {1: 3, 2: 0}
    page.get_by_role("button", name="Undo").click()
    expect(page).to_have_url(re.compile("at=2"))
    assert grades(part) == {1: 3, 2: "x"}
    held = part.showings.get(position=2).current
    assert held is not None
    assert held.region == [0, 0, 5000, 2500]
    page.get_by_role("link", name="Review").click()
    expect(page.locator("#pair-1")).to_contain_text("highly relevant")


def test_a_review_is_walked_narrowed_and_leads_to_a_change(
    session: Session, part: Assignment, examiner: User, new_page: NewPage, shoot: Callable[[Page, str], None]
) -> None:
    for showing in part.showings.filter(position__lte=6):
        judgment_make(showing, None if showing.position == 6 else showing.position % 4)
    page = new_page(examiner)
    page.goto(f"/sessions/{session.pk}/review/")
    page.wait_for_selector("html[data-attached]")
    shoot(page, "judging-review")
    expect(page.locator(".reviewed li")).to_have_count(PAIRS)
    page.get_by_role("link", name="1 marginally 2").click()
    expect(page.locator(".reviewed li")).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-ready]")
    at_pair(page, 5)
    page.keyboard.press("3")
    saved(page)
    at_pair(page, 5)  # who came from the review goes back to it
    page.keyboard.press("u")
    expect(page.locator("#pair-5")).to_contain_text("highly relevant")
    assert grades(part)[5] == 3
