"""The pages in a browser, over small rows: nothing serious for axe, no breach of the policy, and each behaviour."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from search.models import Figure
from tests.browser.conftest import NewPage
from tests.factories import batch_make, publication_make, query_make

pytestmark = pytest.mark.browser


@pytest.fixture
def addresses(administrator: User) -> dict[str, str]:
    """Every main page, by name, with rows for each."""
    publication = publication_make(missing_sheets=1)
    publication_make("EP2000002A1", rotation=90, title="Bicycle")
    query = query_make(administrator, hits=list(Figure.objects.order_by("pk")))
    batch = batch_make(accepted=[publication], rejected=1, quarantined=1)
    return {
        "search": "/",
        "hits": f"/queries/{query.pk}/",
        "figure": f"/figures/{Figure.objects.earliest('pk').pk}/",
        "sideways": f"/figures/{Figure.objects.latest('pk').pk}/",
        "publications": "/publications/",
        "publication": "/publications/EP1234567A1/",
        "batches": "/batches/",
        "batch": f"/batches/{batch.pk}/",
        "error": "/nothing/",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_fault_for_axe_or_breaks_the_policy(
    addresses: dict[str, str],
    administrator: User,
    new_page: NewPage,
    serious_faults: Callable[[Page], list[str]],
    complaints: list[str],
    scheme: str,
) -> None:
    page = new_page(administrator, scheme=scheme)
    faults = {}
    for name, address in addresses.items():
        page.goto(address)
        faults[name] = serious_faults(page)
    stranger = new_page(scheme=scheme)
    stranger.goto("/login/")
    faults["login"] = serious_faults(stranger)
    assert not {name: found for name, found in faults.items() if found}
    assert not [said for said in complaints if "404" not in said]  # the page "error" is one


@pytest.mark.parametrize("width", [1440, 1024])
def test_no_page_is_wider_than_its_window(
    addresses: dict[str, str], administrator: User, new_page: NewPage, width: int
) -> None:
    page = new_page(administrator, width=width)
    for name, address in addresses.items():
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_axe_is_heard_when_it_finds_something(
    examiner: User, new_page: NewPage, serious_faults: Callable[[Page], list[str]]
) -> None:
    page = new_page(examiner)
    page.goto("/")
    page.evaluate("document.querySelector('label[for=id_text]').remove()")
    assert [found.split(":")[0] for found in serious_faults(page)] == ["label"]


def test_every_page_works_without_scripts(addresses: dict[str, str], administrator: User, new_page: NewPage) -> None:
    page = new_page(administrator, scripts=False)
    page.goto("/")
    page.fill("#id_text", "")
    page.click("button.primary")
    expect(page.locator(".fault")).to_contain_text("Give a drawing")


def test_the_keyboard_alone_leads_through_the_search(examiner: User, new_page: NewPage) -> None:
    page = new_page(examiner)
    page.goto("/")
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
