"""Whoever wants to looks at what they said of a pair, and goes on by Enter."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from annotations.models import Assignment, Session
from tests.browser.conftest import NewPage
from tests.browser.judging.pages import at_pair, grades, opened, saved

pytestmark = pytest.mark.browser


def test_a_grade_stays_on_its_pair_until_enter_as_long_as_one_likes(
    session: Session, part: Assignment, examiner: User, new_page: NewPage, complaints: list[str]
) -> None:
    page = opened(new_page(examiner), session)
    go_on = page.get_by_role("button", name="Continue Enter")
    expect(go_on).to_be_hidden()
    page.keyboard.press("y")
    page.keyboard.press("2")
    expect(page.locator("[data-given]")).to_have_text(re.compile("2 relevant.*Enter"))
    at_pair(page, 1)
    page.keyboard.press("c")
    page.keyboard.type("the same valve")
    page.keyboard.press("Enter")  # leaves the reason
    at_pair(page, 1)
    page.keyboard.press("Enter")
    at_pair(page, 2)
    page.get_by_role("button", name="3 highly relevant").click()
    expect(go_on).to_be_focused()
    page.keyboard.press("1")  # thought better of it
    page.keyboard.press("Enter")
    at_pair(page, 3)
    saved(page)
    assert grades(part) == {1: 2, 2: 1}
    first = part.showings.get(position=1).current
    assert first is not None and first.reason == "the same valve"
    opened(page, session, at=3)  # it is remembered
    page.keyboard.press("x")
    at_pair(page, 3)
    go_on.click()
    at_pair(page, 4)
    page.keyboard.press("y")
    page.keyboard.press("0")
    at_pair(page, 5)
    saved(page)
    assert grades(part) == {1: 2, 2: 1, 3: "x", 4: 0}
    assert not complaints
