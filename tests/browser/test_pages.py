"""The pages in a browser, over small rows: nothing serious for axe, no breach of the policy, and each behaviour."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from engine.imaging import encode_png
from search.models import Figure
from tests.browser.conftest import NewPage
from tests.factories import batch_make, drawing_make, publication_make, query_make

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


def test_pointing_at_a_numeral_lights_its_sentences_and_the_reverse(
    addresses: dict[str, str], administrator: User, new_page: NewPage
) -> None:
    page = new_page(administrator)
    page.goto(addresses["figure"])
    page.wait_for_selector("html[data-attached]")
    page.hover('.numeral-box[data-numerals="14"]')
    lit = page.locator(".linked li.is-lit")
    assert lit.all_inner_texts() and all("14" in text for text in lit.all_inner_texts())
    expect(page.locator('.legend a[data-numerals="14"]')).to_have_class("is-lit")
    page.hover(".linked li:has-text('from the side')")
    assert page.locator(".numeral-box.is-lit").evaluate_all("boxes => boxes.map((box) => box.dataset.numerals)") == [
        "10"
    ]


def test_a_clicked_numeral_stays_lit_until_escape(
    addresses: dict[str, str], administrator: User, new_page: NewPage
) -> None:
    page = new_page(administrator)
    page.goto(addresses["figure"])
    page.wait_for_selector("html[data-attached]")
    page.click('.legend a[data-numerals="12"]')
    page.mouse.move(5, 5)
    expect(page.locator('.numeral-box[data-numerals="12"]')).to_have_class("numeral-box is-lit")
    page.keyboard.press("Escape")
    expect(page.locator(".is-lit")).to_have_count(0)


def test_boxes_can_be_hidden_and_stay_hidden_on_the_next_figure(
    addresses: dict[str, str], administrator: User, new_page: NewPage
) -> None:
    page = new_page(administrator)
    page.goto(addresses["figure"])
    page.wait_for_selector("html[data-attached]")
    page.uncheck("[data-show-boxes]")
    expect(page.locator("svg.sheet")).to_have_class("sheet paper without-boxes")
    page.goto(addresses["sideways"])
    expect(page.locator("svg.sheet")).to_have_class("sheet paper without-boxes")


def test_boxes_lie_on_their_numerals_when_the_sheet_is_turned(
    addresses: dict[str, str], administrator: User, new_page: NewPage
) -> None:
    """The sheet lies sideways: what was read at its top left is at the top right of the upright one."""
    page = new_page(administrator)
    page.goto(addresses["sideways"])
    sheet, box = page.locator("svg.sheet image"), page.locator('.numeral-box[data-numerals="10"] rect')
    around, inside = sheet.bounding_box(), box.bounding_box()
    assert around is not None
    assert inside is not None
    assert around["width"] > around["height"]
    assert inside["x"] + inside["width"] / 2 > around["x"] + 0.85 * around["width"]
    assert inside["y"] + inside["height"] / 2 < around["y"] + 0.2 * around["height"]


def test_a_chosen_drawing_is_shown_before_it_is_sent(examiner: User, new_page: NewPage, complaints: list[str]) -> None:
    page = new_page(examiner)
    page.goto("/")
    page.wait_for_selector("html[data-attached]")
    drawing = {"name": "drawing.png", "mimeType": "image/png", "buffer": encode_png(drawing_make())}
    page.set_input_files("#id_image", drawing)  # type: ignore[arg-type]  # a FilePayload
    expect(page.locator("[data-drop-preview]")).to_be_visible()
    expect(page.locator("[data-drop-name]")).to_have_text("drawing.png")
    page.click("[data-drop-clear]")
    expect(page.locator("[data-drop-preview]")).to_be_hidden()
    assert page.evaluate("document.querySelector('#id_image').files.length") == 0
    assert not complaints


def test_a_drawing_may_be_pasted_or_dropped(examiner: User, new_page: NewPage) -> None:
    page = new_page(examiner)
    page.goto("/")
    page.wait_for_selector("html[data-attached]")
    for kind, carrier, target in (
        ("paste", "clipboardData", "document"),
        ("drop", "dataTransfer", "document.querySelector('[data-drop-image]')"),
    ):
        page.evaluate(
            f"""() => {{
                const carried = new DataTransfer();
                carried.items.add(new File(["x"], "{kind}.png", {{ type: "image/png" }}));
                const event = new Event("{kind}", {{ bubbles: true, cancelable: true }});
                Object.defineProperty(event, "{carrier}", {{ value: carried }});
                {target}.dispatchEvent(event);
            }}"""
        )
        assert page.evaluate("document.querySelector('#id_image').files[0].name") == f"{kind}.png"


def test_every_page_works_without_scripts(addresses: dict[str, str], administrator: User, new_page: NewPage) -> None:
    page = new_page(administrator, scripts=False)
    page.goto(addresses["figure"])
    page.locator('.numeral-box[data-numerals="12"]').click()
    assert "#name-" in page.url
    page.click("text=Figure alone")
    assert page.url.endswith("?view=figure")
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
    for _ in range(7):
        page.keyboard.press("Tab")
        passed.append(page.evaluate("document.activeElement.name || document.activeElement.tagName"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        hidden = page.evaluate("getComputedStyle(document.activeElement).opacity") == "0"  # its label shows the focus
        assert outline != "none" or hidden, passed[-1]
    assert passed == ["image", "text", "patent_xml", "modality", "top", "BUTTON", "SUMMARY"]


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
