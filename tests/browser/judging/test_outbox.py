"""What an assessor said is not lost, and is one event, whatever becomes of connection, server, tab and login."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session as Login
from playwright.sync_api import Page, expect

from annotations.models import Assignment, Judgment, Session
from tests.annotation_rows import judgment_make
from tests.browser.conftest import NewPage
from tests.browser.judging.pages import accept_leaving, at_pair, fetched, grades, opened, saved

pytestmark = pytest.mark.browser


def test_judgments_given_offline_are_recorded_once_each_when_the_connection_is_back(
    session: Session, part: Assignment, examiner: User, new_page: NewPage
) -> None:
    page = opened(new_page(examiner), session)
    fetched(page, 10)
    page.context.set_offline(True)
    for number in range(1, 9):
        at_pair(page, number)
        page.keyboard.press("2")
    at_pair(page, 9)
    expect(page.locator("[data-saved]")).to_have_text("Not saved: 8")
    page.wait_for_timeout(5000)
    assert not grades(part)
    page.context.set_offline(False)
    saved(page)
    assert grades(part) == dict.fromkeys(range(1, 9), 2)
    assert Judgment.objects.count() == 8
    assert list(Judgment.objects.values_list("showing__position", flat=True)) == list(range(1, 9))


def test_what_was_not_sent_survives_a_reload_and_is_shown_before_it_is_sent(
    session: Session, part: Assignment, examiner: User, new_page: NewPage
) -> None:
    page = opened(new_page(examiner), session)
    asked = accept_leaving(page)
    page.route("**/judgments/", lambda route: route.abort())
    for number, key in enumerate("321", start=1):
        at_pair(page, number)
        page.keyboard.press(key)
    at_pair(page, 4)
    expect(page.locator("[data-saved]")).to_have_text("Not saved: 3")
    opened(page, session, at=2)
    assert asked == ["beforeunload"]
    expect(page.locator('.grades [aria-pressed="true"]')).to_contain_text("relevant")
    expect(page.locator("[data-said-of]")).to_have_text("3 of 24 judged")
    page.keyboard.press("0")  # changed before the first one was sent
    page.unroute("**/judgments/")
    saved(page)
    assert grades(part) == {1: 3, 2: 0, 3: 1}
    assert Judgment.objects.count() == 4


def test_two_tabs_share_one_outbox_and_neither_loses_what_the_other_said(
    session: Session, part: Assignment, examiner: User, new_page: NewPage
) -> None:
    first = opened(new_page(examiner), session)
    second = first.context.new_page()
    opened(second, session, at=10)
    sent: list[str] = []
    for tab in (first, second):
        tab.on("request", lambda asked: sent.append(str(asked.post_data)) if "/judgments/" in asked.url else None)
    for number in range(4):
        at_pair(first, 1 + number)
        first.keyboard.press("3")
        at_pair(second, 10 + number)
        second.keyboard.press("1")
    saved(first)
    saved(second)
    assert grades(part) == dict.fromkeys(range(1, 5), 3) | dict.fromkeys(range(10, 14), 1)
    assert Judgment.objects.count() == 8
    # A tab may still see for a moment what the other one has sent, and send it again: the same words, one event.
    assert len(set(sent)) == 8
    expect(first.locator("[data-said-of]")).to_have_text("8 of 24 judged")
    opened(second, session, at=1)
    second.keyboard.press("2")  # the tab that shows pair 1 learns of it
    saved(second)
    first.keyboard.press("k")
    first.keyboard.press("k")
    first.keyboard.press("k")
    first.keyboard.press("k")
    at_pair(first, 1)
    expect(first.locator("[data-given]")).to_contain_text("2 relevant")


def test_a_judgment_given_elsewhere_meanwhile_is_shown_and_the_assessor_chooses(
    session: Session, part: Assignment, examiner: User, new_page: NewPage, shoot: Callable[[Page, str], None]
) -> None:
    page = opened(new_page(examiner), session)
    for number, choice, wanted in ((1, "Keep this: 2", 2), (2, "Keep the other: 0", 0)):
        at_pair(page, number)
        judgment_make(part.showings.get(position=number), 0)  # on another computer
        page.keyboard.press("2")
        at_pair(page, number + 1)
        trouble = page.get_by_role("alert")
        expect(trouble).to_contain_text(f"Pair {number} ")
        expect(trouble).to_contain_text("There: 0 not relevant. Here: 2 relevant.")
        expect(page.locator("[data-saved]")).to_have_text("Not saved: 1")
        shoot(page, f"judging-conflict-{number}")
        trouble.get_by_role("button", name=choice).click()
        saved(page)
        expect(page.get_by_role("alert")).to_have_count(0)
        assert grades(part)[number] == wanted


def test_a_session_that_ended_keeps_what_was_judged_and_goes_on_after_the_login(
    session: Session, part: Assignment, examiner: User, new_page: NewPage
) -> None:
    page = opened(new_page(examiner), session)
    page.keyboard.press("3")
    at_pair(page, 2)
    saved(page)
    fetched(page, 4)
    Login.objects.all().delete()
    page.keyboard.press("2")
    at_pair(page, 3)
    trouble = page.get_by_role("alert")
    expect(trouble).to_be_visible()
    page.keyboard.press("1")  # goes on meanwhile
    at_pair(page, 4)
    expect(page.locator("[data-saved]")).to_have_text("Not saved: 2")
    trouble.get_by_role("link", name="Log in again").click()
    page.fill("#id_username", "examiner")
    page.fill("#id_password", "a-long-enough-passphrase")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-judging][data-ready]")
    at_pair(page, 4)
    saved(page)
    assert grades(part) == {1: 3, 2: 2, 3: 1}
    assert Judgment.objects.count() == 3
