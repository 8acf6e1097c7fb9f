"""Pairs that another assessor has now: steps go past them, and what is said of one all the same is recorded."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from annotations.models import Assignment, Session
from tests.annotation_rows import judgment_make
from tests.browser.conftest import NewPage
from tests.browser.judging.pages import PAIRS, at_pair, grades, opened, saved

pytestmark = pytest.mark.browser


def test_judging_goes_past_what_was_passed_on(
    session: Session, part: Assignment, examiner: User, new_page: NewPage, complaints: list[str]
) -> None:
    part.showings.filter(position__in=(2, 3, PAIRS)).update(is_passed_on=True)
    page = opened(new_page(examiner), session, at=1)
    at_pair(page, 1, PAIRS - 1)
    expect(page.locator("[data-said-of]")).to_have_text("0 of 21 judged")
    page.keyboard.press("3")
    at_pair(page, 4, PAIRS - 1)
    expect(page.locator("[data-topic-of]")).to_have_text("this topic 1 of 10, 1 more topic")
    page.keyboard.press("k")
    at_pair(page, 1, PAIRS - 1)
    page.keyboard.press("j")
    at_pair(page, 4, PAIRS - 1)
    saved(page)
    assert grades(part) == {1: 3}
    assert not complaints


def test_the_end_comes_without_what_was_passed_on(
    session: Session, part: Assignment, examiner: User, new_page: NewPage
) -> None:
    part.showings.filter(position__in=(2, PAIRS)).update(is_passed_on=True)
    for showing in part.showings.filter(is_passed_on=False).exclude(position=5):
        judgment_make(showing, 1)
    page = opened(new_page(examiner), session)
    at_pair(page, 5, PAIRS - 1)
    page.keyboard.press("2")
    expect(page.get_by_role("heading", name="All 22 pairs are judged")).to_be_visible()
    page.wait_for_selector("html[data-attached]:not(:has([data-judging]))")
    page.keyboard.press("k")
    page.wait_for_selector("[data-judging][data-ready]")
    at_pair(page, PAIRS - 1, PAIRS - 1)


def test_a_tab_that_was_open_before_judges_what_was_passed_on_meanwhile(
    session: Session, part: Assignment, examiner: User, new_page: NewPage, complaints: list[str]
) -> None:
    page = opened(new_page(examiner), session)
    at_pair(page, 1)
    part.showings.filter(position__in=(1, 2)).update(is_passed_on=True)
    page.keyboard.press("3")
    at_pair(page, 2)
    saved(page)
    assert grades(part) == {1: 3}
    assert list(part.showings.filter(is_passed_on=True).values_list("position", flat=True)) == [2]
    opened(page, session, at=2)
    expect(page.locator("[data-passed-on]")).to_be_visible()
    page.keyboard.press("1")
    at_pair(page, 3)
    expect(page.locator("[data-passed-on]")).to_be_hidden()
    saved(page)
    assert grades(part) == {1: 3, 2: 1}
    assert not complaints
