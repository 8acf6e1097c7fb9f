"""Judging in a browser, by keys: the next pair at once, nothing told that would bias."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from itertools import cycle, islice

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, Response, Route, expect

from annotations.models import Assignment, Judgment, Session
from tests.annotation_rows import judgment_make
from tests.browser.conftest import NewPage
from tests.browser.judging.pages import PAIRS, at_pair, fetched, grades, opened, saved
from tests.browser.waiting import until
from tests.factories import user_make

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


def test_the_end_says_so_once_all_is_recorded(
    session: Session, part: Assignment, examiner: User, new_page: NewPage
) -> None:
    for showing in part.showings.exclude(position__in=(5, PAIRS)):
        judgment_make(showing, 1)
    page = opened(new_page(examiner), session)
    at_pair(page, 5)
    page.keyboard.press("n")
    at_pair(page, PAIRS)
    page.keyboard.press("2")
    at_pair(page, 5)  # left for later
    page.keyboard.press("3")
    expect(page.get_by_role("heading", name="All 24 pairs are judged")).to_be_visible()
    assert (grades(part)[5], grades(part)[PAIRS]) == (3, 2)


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


def test_undo_without_anything_to_take_back_says_so(session: Session, examiner: User, new_page: NewPage) -> None:
    page = opened(new_page(examiner), session)
    page.keyboard.press("z")
    expect(page.locator("[data-announce]")).to_have_text("There is nothing to take back.")
    saved(page)


def test_an_earlier_grade_is_shown_and_changed(
    session: Session, part: Assignment, examiner: User, new_page: NewPage
) -> None:
    page = opened(new_page(examiner), session)
    for number in range(1, 4):
        at_pair(page, number)
        page.keyboard.press(str(number))
    at_pair(page, 4)
    for number in (3, 2):
        page.keyboard.press("k")
        at_pair(page, number)
    expect(page.locator('.grades [aria-pressed="true"]')).to_have_attribute("value", "2")
    expect(page.locator("[data-given]")).to_have_text("You gave: 2 relevant. Another grade replaces it.")
    page.keyboard.press("0")
    at_pair(page, 3)
    page.keyboard.press("n")
    at_pair(page, 4)
    saved(page)
    assert grades(part) == {1: 1, 2: 0, 3: 3}
    assert part.showings.get(position=2).judgments.count() == 2


def test_a_reason_never_stops_and_stays_with_its_pair(
    session: Session, part: Assignment, examiner: User, new_page: NewPage
) -> None:
    page = opened(new_page(examiner), session)
    page.keyboard.press("c")
    page.keyboard.type("3 vanes, 2 ports")
    page.keyboard.press("Enter")
    page.keyboard.press("j")
    at_pair(page, 2)
    expect(page.locator("[name=reason]")).to_have_value("")
    page.keyboard.press("k")
    at_pair(page, 1)
    expect(page.locator("[name=reason]")).to_have_value("3 vanes, 2 ports")
    page.keyboard.press("3")
    at_pair(page, 2)
    expect(page.locator("[name=reason]")).to_have_value("")
    page.keyboard.press("1")
    at_pair(page, 3)
    page.keyboard.press("k")
    at_pair(page, 2)
    page.keyboard.press("c")
    page.keyboard.type("belated")
    page.keyboard.press("Enter")  # of a judged pair it is recorded at once
    saved(page)
    page.reload()
    page.wait_for_selector("[data-ready]")
    expect(page.locator("[data-typed-said]")).to_have_count(0)
    reasons = {one.position: one.current.reason for one in part.showings.filter(current__isnull=False)}  # type: ignore[union-attr]
    assert reasons == {1: "3 vanes, 2 ports", 2: "belated"}


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


def test_a_key_held_down_or_pressed_before_the_pair_is_seen_grades_nothing_more(
    session: Session, part: Assignment, examiner: User, new_page: NewPage
) -> None:
    page = opened(new_page(examiner), session)
    page.keyboard.down("2")
    for _ in range(5):
        page.keyboard.down("2")  # repeats
    page.keyboard.up("2")
    at_pair(page, 2)
    unanswered: list[Route] = []

    def hold(route: Route) -> None:
        unanswered.append(route)

    page.route("**/judge/?at=20", hold)
    page.evaluate("history.replaceState(null, '', '?at=2')")
    page.reload()
    page.wait_for_selector("[data-ready]")
    for _ in range(17):
        page.keyboard.press("j")
    at_pair(page, 19)
    page.keyboard.press("j")
    expect(page.locator("[data-pair]")).to_have_attribute("data-position", "19")
    page.keyboard.press("3")
    page.wait_for_timeout(300)
    saved(page)
    assert grades(part) == {1: 2}
    for route in unanswered:
        route.abort()


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
    page.get_by_role("link", name="The pair before").click()
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


def test_a_closed_session_is_looked_at_and_not_changed(
    session: Session, part: Assignment, examiner: User, new_page: NewPage
) -> None:
    page = opened(new_page(examiner), session)
    session.closed_at = session.created_at
    session.save()
    page.keyboard.press("2")
    at_pair(page, 2)
    trouble = page.get_by_role("alert")
    expect(trouble).to_contain_text("This session is closed")
    trouble.get_by_role("button", name="Give it up").click()
    saved(page)
    page.reload()
    page.wait_for_selector("[data-ready]")
    expect(page.get_by_text("nothing can be judged or changed any more")).to_be_visible()
    page.keyboard.press("2")
    page.keyboard.press("j")
    at_pair(page, 3)
    assert not Judgment.objects.exists()


def test_the_next_pair_is_told_to_those_who_hear_it(session: Session, examiner: User, new_page: NewPage) -> None:
    page = opened(new_page(examiner), session, at=12)
    page.get_by_role("button", name="relevant answers a part").click()
    at_pair(page, 13)
    said = page.locator("[data-announce]")
    expect(said).to_contain_text("Pair 13 of 24. Another topic. Topic 2:")
    expect(page.locator("#candidate-heading")).to_be_focused()  # Enter would grade this pair as well
    expect(page.locator(".judging")).to_have_class(re.compile("is-new-topic"))
    page.keyboard.press("k")
    at_pair(page, 12)
    expect(said).to_contain_text("You gave 2 relevant.")


def test_nothing_on_the_page_tells_of_runs_ranks_or_others(
    session: Session, part: Assignment, examiner: User, new_page: NewPage
) -> None:
    other = user_make("somebody-else")
    Judgment.objects.create(
        client_id=uuid.uuid4(), showing=part.showings.get(position=1), assessor=other, grade=3, reason="their secret"
    )
    page = new_page(examiner)
    heard: list[str] = []

    def hear(answer: Response) -> None:
        if "/sessions/" in answer.url and answer.ok:
            heard.append(answer.text().lower())

    page.on("response", hear)
    opened(page, session)
    page.keyboard.press("1")
    at_pair(page, 2)
    saved(page)
    fetched(page, 10)
    until(page, lambda: len(heard) > 10)
    words = ("secret", "somebody", "visual", "score", "rank", "repeat")
    assert not [(word, text[text.find(word) - 80 :][:200]) for text in heard for word in words if word in text]
