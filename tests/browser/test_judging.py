"""Judging in a browser, by keys: the next pair at once, nothing lost, nothing told that would bias."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from itertools import cycle, islice

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session as Login
from django.test import Client
from playwright.sync_api import Dialog, Page, Response, Route, expect

from annotations.models import Assignment, Judgment, Session
from search.models import Figure
from tests.annotation_rows import judgment_make, pool_make, run_make, session_make, topic_set_make
from tests.browser.conftest import NewPage
from tests.factories import publication_make, user_make

pytestmark = pytest.mark.browser

CANDIDATE_BOX = """() => {
    const stage = document.querySelector('[data-role="candidate"] .stage').getBoundingClientRect();
    const svg = document.querySelector('[data-role="candidate"] svg.sheet');
    const matrix = svg.querySelector("[data-on-sheet]").getAttribute("transform");
    const [scale, , , , x, y] = matrix.match(/-?[\\d.]+/g).map(Number);
    const [width, height] = svg.dataset.size.split(" ").map((pixels) => scale * pixels);
    return { x: stage.x + x, y: stage.y + y, width, height };
}"""
"""Where the candidate's drawing is in the window."""
PAIRS = 24  # 2 topics, each with the 12 other figures


@pytest.fixture
def session(administrator: User, examiner: User) -> Session:
    """Two topics of twelve candidates each, all before the examiner."""
    for number in range(7):
        publication_make(f"EP{2000000 + number}A1", title=f"Pump number {number}")
    figures = list(Figure.objects.order_by("pk")[:13])
    topic_set = topic_set_make(administrator, figures[:2])
    run = run_make(topic_set, figures, name="secret-run")
    return session_make(pool_make(topic_set, [run], depth=12), [examiner])


@pytest.fixture
def part(session: Session, examiner: User) -> Assignment:
    return session.assignments.get(assessor=examiner)


def opened(page: Page, session: Session, at: int | None = None) -> Page:
    """The judging page, ready, its instructions read."""
    page.goto(f"/sessions/{session.pk}/judge/" + (f"?at={at}" if at else ""))
    page.wait_for_selector("html[data-attached] [data-judging][data-ready]")
    if page.locator("dialog[open]").count():
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
    return page


def at_pair(page: Page, position: int, count: int = PAIRS) -> None:
    expect(page.locator("[data-place]")).to_have_text(f"Pair {position} of {count}")
    expect(page.locator("[data-pair]")).to_have_attribute("data-position", str(position))


def fetched(page: Page, count: int) -> None:
    """Until so many pairs ahead are there."""
    page.wait_for_function(
        "count => Number(document.querySelector('[data-judging]').dataset.ahead) >= count", arg=count
    )


def saved(page: Page) -> None:
    """Until nothing waits any more, and the page says so."""
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.startsWith('judging '))")
    expect(page.locator("[data-saved]")).to_have_text("All saved")


def grades(part: Assignment) -> dict[int, int | str]:
    """By position what holds."""
    held = part.showings.filter(current__isnull=False).select_related("current")
    return {one.position: "x" if one.current.cannot_judge else one.current.grade for one in held}  # type: ignore[union-attr,misc]


def accept_leaving(page: Page) -> list[str]:
    """Leave the page whenever it asks whether to; returns what kind of question was asked."""
    asked: list[str] = []

    def accepted(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", accepted)
    return asked


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


def test_a_server_that_fails_for_a_while_gets_every_judgment_once(
    session: Session, part: Assignment, examiner: User, new_page: NewPage
) -> None:
    page = opened(new_page(examiner), session)
    failures = iter([503, 0, 500, 503])

    def sometimes(route: Route) -> None:
        status = next(failures, None)
        if status is None:
            route.continue_()
        elif status == 0:
            route.fetch()  # the server commits, its answer is lost
            route.abort()
        else:
            route.fulfill(status=status, body="")

    page.route("**/judgments/", sometimes)
    for number in range(1, 5):
        at_pair(page, number)
        page.keyboard.press("1")
    saved(page)
    assert grades(part) == dict.fromkeys(range(1, 5), 1)
    assert Judgment.objects.count() == 4


def test_two_tabs_share_one_outbox_and_neither_loses_what_the_other_said(
    session: Session, part: Assignment, examiner: User, new_page: NewPage
) -> None:
    first = opened(new_page(examiner), session)
    second = first.context.new_page()
    opened(second, session, at=10)
    sent: list[str] = []
    first.context.on("request", lambda asked: sent.append(str(asked.post_data)) if "/judgments/" in asked.url else None)
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
    for number, choice, wanted in ((1, "Keep what is here: 2", 2), (2, "Keep what is there: 0", 0)):
        at_pair(page, number)
        judgment_make(part.showings.get(position=number), 0)  # on another computer
        page.keyboard.press("2")
        at_pair(page, number + 1)
        trouble = page.get_by_role("alert")
        expect(trouble).to_contain_text(f"Pair {number} was judged elsewhere meanwhile")
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
    expect(trouble).to_contain_text("Your login has ended")
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


def log_in(page: Page, user: User, address: str) -> None:
    """Another account in the same browser."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    root = "/".join(address.split("/")[:3])
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": root}])


def test_a_login_in_another_tab_is_enough_and_another_persons_login_takes_nothing(
    session: Session, part: Assignment, examiner: User, new_page: NewPage
) -> None:
    page = opened(new_page(examiner), session)
    colleague = user_make("colleague")
    session_assignment = Assignment.objects.create(session=session, assessor=colleague)
    session_assignment.showings.create(position=1, candidate=part.showings.get(position=1).candidate)
    log_in(page, colleague, page.url)
    page.keyboard.press("3")
    expect(page.get_by_role("alert")).to_contain_text("Somebody else has logged in")
    assert not Judgment.objects.exists()
    log_in(page, examiner, page.url)
    page.get_by_role("button", name="Try again").click()
    saved(page)
    assert Judgment.objects.get().assessor == examiner


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
    page.route("**/judge/?at=20", lambda route: None)  # never answered
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


def test_the_place_is_kept_for_the_next_time(
    session: Session, part: Assignment, examiner: User, new_page: NewPage
) -> None:
    page = opened(new_page(examiner), session)
    for _ in range(6):
        page.keyboard.press("j")
    at_pair(page, 7)
    page.goto("/history/")
    for _ in range(100):  # it is told on leaving, without waiting for an answer
        part.refresh_from_db()
        if part.place == 7:
            break
        page.wait_for_timeout(50)
    at_pair(opened(page, session), 7)


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1024, 1440, 3840])
def test_two_equal_drawings_in_the_window_and_axe_finds_nothing_serious(
    session: Session,
    examiner: User,
    new_page: NewPage,
    serious_faults: Callable[[Page], list[str]],
    shoot: Callable[[Page, str], None],
    complaints: list[str],
    width: int,
    scheme: str,
) -> None:
    session.asks_facets = width == 1024
    session.save()
    page = new_page(examiner, width=width, scheme=scheme)
    height = {1024: 768, 1440: 900, 3840: 2160}[width]
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"/sessions/{session.pk}/judge/")
    page.wait_for_selector("[data-ready]")
    shoot(page, f"judging-instructions-{width}-{scheme}")
    assert not serious_faults(page)
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)  # keys below a dialog do nothing
    page.keyboard.press("j" if session.asks_facets else "2")  # with facets one grade alone leads nowhere
    at_pair(page, 2)
    page.keyboard.press("k")
    at_pair(page, 1)
    shoot(page, f"judging-{width}-{scheme}")
    assert not serious_faults(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = [page.locator(f'[data-role="{role}"] .stage').bounding_box() for role in ("topic", "candidate")]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert (boxes[0]["width"], boxes[0]["height"]) == pytest.approx((boxes[1]["width"], boxes[1]["height"]), abs=1)
    assert boxes[0]["height"] > 0.36 * height
    dock = page.locator(".dock").bounding_box()
    assert dock is not None
    assert dock["y"] + dock["height"] <= height
    assert not complaints


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
    page.wait_for_timeout(1500)
    assert len(heard) > 5
    words = ("secret", "somebody", "visual", "score", "rank", "repeat")
    assert not [(word, text[text.find(word) - 80 :][:200]) for text in heard for word in words if word in text]
