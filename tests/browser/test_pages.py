"""What pages share in a browser: axe is heard, they work without scripts and by the keyboard, a batch is followed."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.factories import batch_make

pytestmark = pytest.mark.browser


def test_axe_is_heard_when_it_finds_something(
    examiner: User, new_page: NewPage, serious_faults: Callable[[Page], list[str]]
) -> None:
    page = new_page(examiner)
    page.goto("/")
    page.evaluate("document.querySelector('label[for=id_text]').remove()")
    page.evaluate("document.querySelector('#id_text').removeAttribute('placeholder')")
    assert [found.split(":")[0] for found in serious_faults(page)] == ["label"]


@pytest.mark.parametrize("again", [False, True])
def test_a_test_finds_nothing_in_the_browser_of_what_another_left(
    examiner: User, new_page: NewPage, again: bool
) -> None:
    """Run twice: contexts are used again."""
    page = new_page()
    page.goto("/")
    expect(page).to_have_url(re.compile("/login/"))  # nobody is logged in
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie, innerWidth]") == [
        0,
        0,
        "",
        1440,
    ]
    assert not page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert (
        page.evaluate("navigator.permissions.query({ name: 'clipboard-read' }).then((one) => one.state)") != "granted"
    )
    mine = new_page(examiner, width=1024, scheme="dark")
    mine.goto("/")
    mine.evaluate("localStorage.left = 'here'; sessionStorage.left = 'here'; document.cookie = 'left=here'")
    mine.context.grant_permissions(["clipboard-read"])
    mine.context.set_offline(True)


def test_a_query_is_asked_without_scripts(administrator: User, new_page: NewPage) -> None:
    page = new_page(administrator, scripts=False)
    page.goto("/")
    page.fill("#id_text", "")
    page.click(".ask-foot button.primary")
    expect(page.locator(".fault")).to_be_visible()


def test_the_keyboard_alone_leads_through_the_search(examiner: User, new_page: NewPage) -> None:
    page = new_page(examiner)
    page.goto("/")
    page.wait_for_selector("html[data-attached]")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    passed = []
    for _ in range(8):
        page.keyboard.press("Tab")
        passed.append(page.evaluate("document.activeElement.name || document.activeElement.tagName"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        hidden = page.evaluate("getComputedStyle(document.activeElement).opacity") == "0"  # its label shows the focus
        assert outline != "none" or hidden, passed[-1]
    assert passed == ["files", "text", "written", "weight", "by", "group", "top", "SUMMARY"]


def test_a_running_batch_is_shown_anew_by_itself(administrator: User, new_page: NewPage) -> None:
    batch = batch_make(rejected=1)
    document = batch.documents.get()
    type(batch).objects.filter(pk=batch.pk).update(finished_at=None, verdict="")
    document.state, document.verdict, document.error_code = "running", "", ""
    document.save()
    page = new_page(administrator)
    page.goto(f"/batches/{batch.pk}/")
    expect(page.locator("#progress")).to_contain_text("in work")
    document.state, document.verdict = "done", "accept"
    document.save()
    type(batch).objects.filter(pk=batch.pk).update(finished_at=batch.finished_at, verdict="accept")
    expect(page.locator("[data-refresh-ended]")).to_be_attached(timeout=10_000)
    expect(page.locator("table .state")).to_have_text("accepted")
