"""Pairs that another assessor has now: the end comes without them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from annotations.models import Assignment, Session
from tests.annotation_rows import judgment_make
from tests.browser.conftest import NewPage
from tests.browser.judging.pages import PAIRS, at_pair, opened

pytestmark = pytest.mark.browser


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
