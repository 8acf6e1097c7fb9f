"""A session in a browser: made with a preview, judged, agreement that follows, differences settled by keys."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from annotations.models import Ruling, Run, Session, Showing, TopicSet
from annotations.services.assessments import Assessed
from annotations.services.judgments import judgment_record
from tests.annotation_rows import pool_make, run_make, session_make, topic_set_make
from tests.annotation_strangers import strangers_make
from tests.browser.conftest import NewPage
from tests.factories import user_make

pytestmark = pytest.mark.browser


@pytest.fixture
def assessors(administrator: User) -> list[User]:
    """Two assessors, and a topic set with two runs: ten candidates to depth 5."""
    figures = strangers_make(6)
    topic_set = topic_set_make(administrator, figures[:1])
    run_make(topic_set, figures[2:])
    run_make(topic_set, figures[:1:-1], name="text", system="text")
    return [user_make("anna"), user_make("bert")]


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    page.wait_for_selector("html[data-attached]")
    return page


def made(page: Page) -> Session:
    """A session made by hand: to depth 5, both assessors, nothing twice."""
    opened(page, "/sessions/")
    page.keyboard.press("n")
    page.get_by_role("link", name="Pumps").click()
    page.wait_for_selector("html[data-attached]")
    preview = page.locator(".preview")
    expect(preview).to_contain_text("10 candidates over 1 topic")
    page.get_by_label("Depth").fill("4")
    page.get_by_label("anna").check()
    page.get_by_label("bert").check()
    page.get_by_label("Shown twice (%)").fill("0")
    page.get_by_label("Seed").fill("7")
    expect(preview).to_contain_text("8 candidates over 1 topic")
    expect(preview).to_contain_text("Each of 2 assessors sees 8 pairs")
    page.get_by_label("Name").fill("By hand")
    page.get_by_role("button", name="Create session").click()
    page.wait_for_url(re.compile(r"/sessions/\d+/$"))
    return Session.objects.get(name="By hand")


def judge(session: Session, assessor: User, grades: list[int]) -> None:
    for candidate, grade in zip(session.pool.candidates.all(), grades, strict=False):
        showing = Showing.objects.get(candidate=candidate, assignment__assessor=assessor)
        judgment_record(
            assessor=assessor,
            session_id=session.pk,
            position=showing.position,
            client_id=uuid.uuid4(),
            base=None,
            assessed=Assessed(grade=grade, region=(1000, 1000, 3000, 3000), seconds=5.0),
        )


def held(session: Session) -> list[int | None]:
    """The grade that holds of each candidate by rulings, in the pool's order."""
    newest = {one.candidate_id: one.grade for one in Ruling.objects.filter(session=session)}
    return [newest.get(one.pk) for one in session.pool.candidates.all()]


def rule(page: Page, key: str) -> None:
    """Press a key that rules, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.keyboard.press(key)
    page.wait_for_selector("html[data-attached]")


def test_from_runs_to_settled_differences(
    administrator: User,
    assessors: list[User],
    new_page: NewPage,
    shoot: Callable[[Page, str], None],
    complaints: list[str],
) -> None:
    page = new_page(administrator)
    session = made(page)
    progress = page.locator("#progress")
    expect(progress).to_contain_text("0 of 8")
    judge(session, assessors[0], [0, 1, 2, 3, 0, 0, 1, 1])
    expect(progress).to_contain_text("8 of 8")  # without a reload
    page.keyboard.press("a")
    page.wait_for_url("**/agreement/")
    expect(page.locator("main [data-empty]")).to_be_visible()
    judge(session, assessors[1], [3, 1, 2, 1, 0, 1, 1, 1])
    expect(page.locator("main")).to_contain_text("8 candidates of 1 topic graded by two assessors")
    expect(page.locator(".heat").first).to_be_visible()
    shoot(page, "agreement-live")
    page.keyboard.press("d")
    page.wait_for_selector("[data-adjudicating][data-ready]")
    expect(page.locator(".judging-bar")).to_contain_text("1 of 3")
    expect(page.locator(".said")).to_contain_text("A")
    assert page.locator(".said-region").count() == 2
    shoot(page, "disagreement")
    rule(page, "2")
    expect(page.locator(".judging-bar")).to_contain_text("1 of 3 ruled on")
    rule(page, "x")
    rule(page, "z")
    assert held(session) == [2, None, None, None, None, None, None, None]
    expect(page.locator(".notice[role=status]")).to_be_visible()
    rule(page, "3")
    rule(page, "1")
    expect(page.locator("[data-ruled='3']")).to_be_visible()
    assert held(session) == [2, None, None, 3, None, 1, None, None]
    page.locator(".differences a").first.click()
    page.wait_for_selector("[data-adjudicating][data-ready]")
    rule(page, "0")
    assert held(session)[0] == 0
    assert not complaints


def test_a_reason_is_written_by_keys_and_a_drawing_shown_alone(
    administrator: User, assessors: list[User], new_page: NewPage
) -> None:
    page = new_page(administrator)
    pool = pool_make(TopicSet.objects.get(), list(Run.objects.all()), depth=4)
    session = session_make(pool, assessors)
    judge(session, assessors[0], [0, 0])
    judge(session, assessors[1], [3, 2])
    opened(page, f"/sessions/{session.pk}/disagreements/")
    page.wait_for_selector("[data-adjudicating][data-ready]")
    page.keyboard.press("v")
    expect(page.locator("[data-pane][data-role='topic']")).to_be_hidden()
    page.keyboard.press("v")
    expect(page.locator("[data-pane][data-role='topic']")).to_be_visible()
    page.keyboard.press("c")
    page.keyboard.type("Rotor 12 is there 3 times.")
    page.keyboard.press("Enter")
    rule(page, "3")
    assert [(one.grade, one.reason) for one in Ruling.objects.all()] == [(3, "Rotor 12 is there 3 times.")]
    page.keyboard.press("n")
    expect(page.locator(".ruling-dock .said")).to_contain_text("anna")
    page.locator("select[name=show]").select_option("ruled")
    page.wait_for_url("**show=ruled**")
    expect(page.locator(".differences tbody tr")).to_have_count(1)


def test_all_of_it_works_without_scripts(administrator: User, assessors: list[User], new_page: NewPage) -> None:
    page = new_page(administrator, scripts=False)
    page.goto("/sessions/new/")
    page.get_by_role("link", name="Pumps").click()
    page.get_by_label("Depth").fill("4")
    page.get_by_label("anna").check()
    page.get_by_label("bert").check()
    page.get_by_label("Shown twice (%)").fill("0")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview")).to_contain_text("Each of 2 assessors sees 8 pairs")
    expect(page.get_by_label("Depth")).to_have_value("4")
    expect(page.get_by_label("anna")).to_be_checked()
    page.get_by_label("Name").fill("Plain")
    page.get_by_role("button", name="Create session").click()
    expect(page.locator("h1")).to_have_text("Plain")
    session = Session.objects.get(name="Plain")
    judge(session, assessors[0], [0, 0])
    judge(session, assessors[1], [3, 2])
    page.get_by_role("link", name="Disagreements").click()
    page.get_by_role("button", name="highly relevant").click()
    expect(page.locator(".judging-bar")).to_contain_text("1 of 2 ruled on")
    page.locator("select[name=show]").select_option("ruled")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".differences tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".notice[role=status]")).to_be_visible()
    assert held(session)[0] is None
