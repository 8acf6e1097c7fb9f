"""The page of a figure in a browser, by keys: flipping, numerals and sentences, turning, zoom, keeping."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from search.models import Figure, Publication, SeenFigure, SheetTurn
from search.services import previews
from tests.browser.conftest import NewPage, SoundInBothSchemes
from tests.browser.waiting import at_rest, until
from tests.factories import publication_make, query_make

pytestmark = pytest.mark.browser

KEPT_SIZE = (".reader-head", ".sheet-tools", ".stage", ".sheet-foot", ".strip", ".text-side")


@pytest.fixture
def hits(administrator: User) -> list[str]:
    """Addresses of three hits, the figures of two publications with two sheets each; the second lies sideways."""
    publication_make()
    publication_make("EP2000002A1", rotation=90, title="Bicycle")
    first, second, third, _ = Figure.objects.order_by("pk")
    query = query_make(administrator, hits=[first, third, second])
    return [f"/figures/{figure.pk}/?query={query.pk}&group=figure&weight=100" for figure in (first, third, second)]


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    page.wait_for_selector("html[data-attached] .reader[data-reading]")
    return page


def heading(page: Page) -> str:
    return " ".join(page.inner_text(".reader-head h1").split())


def sheet_shown(page: Page) -> str:
    """The sheet of the overlay; the viewer's canvas must have ink of a drawing."""
    page.wait_for_function(
        """() => {
            const canvas = document.querySelector(".openseadragon-canvas canvas");
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            return data.some((value, at) => at % 4 === 0 && value < 60 && data[at + 3] > 200);
        }"""
    )
    key = page.get_attribute("svg.sheet", "data-sheet")
    assert key
    return key


def box_of(page: Page, numeral: str) -> dict[str, float]:
    """Where a numeral's box is, once the last key is painted."""
    page.evaluate("() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))")
    box = page.locator(f'.numeral-box[data-numerals="{numeral}"] rect').bounding_box()
    assert box is not None
    return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}


def lit_boxes(page: Page) -> list[str]:
    found: list[str] = page.locator(".numeral-box.is-lit").evaluate_all("all => all.map((one) => one.dataset.numerals)")
    return found


def test_keys_flip_through_hits_sheets_and_figures_without_loading_a_page_and_back_leads_back(
    hits: list[str], administrator: User, new_page: NewPage, complaints: list[str]
) -> None:
    page = opened(new_page(administrator), hits[0])
    page.evaluate("window.stayed = true")
    sheets = [sheet_shown(page)]
    sizes = {part: page.locator(part).bounding_box() for part in KEPT_SIZE}
    assert heading(page) == "EP1234567A1 FIG. 1"
    for key, named, where in (
        ("j", "EP2000002A1 FIG. 1", "Hit 2 of 3"),
        ("n", "EP2000002A1 FIG. 2", "Grouped with hit 2 of 3"),
        ("[", "EP2000002A1 FIG. 1", "Hit 2 of 3"),
        ("]", "EP2000002A1 FIG. 2", "Grouped with hit 2 of 3"),
        ("p", "EP2000002A1 FIG. 1", "Hit 2 of 3"),
        ("j", "EP1234567A1 FIG. 2", "Hit 3 of 3"),
        ("k", "EP2000002A1 FIG. 1", "Hit 2 of 3"),
    ):
        page.keyboard.press(key)
        expect(page.locator(".stepper.hits .where")).to_have_text(where)
        assert heading(page) == named
        assert named.split()[0] in page.title()
        sheets.append(sheet_shown(page))
        assert {part: page.locator(part).bounding_box() for part in KEPT_SIZE} == sizes
    assert len(set(sheets)) == 4
    page.go_back()
    expect(page.locator(".reader-head h1")).to_contain_text("EP1234567A1")
    assert page.evaluate("window.stayed")
    address = page.url
    page.reload()
    page.wait_for_selector("[data-reading]")
    assert (page.url, heading(page)) == (address, "EP1234567A1 FIG. 2")
    page.keyboard.press("u")
    page.wait_for_url("**/?*#hit-*")
    assert not complaints


def test_a_key_counts_that_is_pressed_in_the_moment_a_figure_is_shown(
    hits: list[str], administrator: User, new_page: NewPage
) -> None:
    page = opened(new_page(administrator), hits[0])
    page.evaluate("window.stayed = true")
    at_once = """(key) => document.addEventListener(
        "reader:shown", () => document.dispatchEvent(new KeyboardEvent("keydown", { key })), { once: true })"""
    page.evaluate(at_once, "x")
    page.keyboard.press("j")
    expect(page.locator('.keep [value="X"]')).to_have_attribute("aria-pressed", "true")
    assert heading(page) == "EP2000002A1 FIG. 1"
    page.keyboard.press("k")
    expect(page.locator(".stepper.hits .where")).to_have_text("Hit 1 of 3")
    page.evaluate(at_once, "k")
    page.evaluate("window.shown = 0; document.addEventListener('reader:shown', () => (window.shown += 1))")
    page.keyboard.press("j")
    until(page, lambda: page.evaluate("window.shown") == 2)
    assert heading(page) == "EP1234567A1 FIG. 1"
    assert page.evaluate("window.stayed")


def test_numerals_light_their_sentences_and_sentences_their_numerals(
    hits: list[str], administrator: User, new_page: NewPage
) -> None:
    page = opened(new_page(administrator), hits[0])
    lit = page.locator(".linked li.is-lit")
    for key, numeral in (("h", "10"), ("h", "12"), ("h", "14"), ("Shift+H", "12")):
        page.keyboard.press(key)
        expect(page.locator(".legend a.is-lit")).to_have_attribute("data-numerals", numeral)
        assert lit_boxes(page) == [numeral]
        assert lit.all_inner_texts() and all(numeral in text for text in lit.all_inner_texts())
    expect(page.locator("[data-lit-said]")).to_have_text("12 rotor – 4 sentences")
    page.keyboard.press("Escape")
    expect(page.locator(".is-lit")).to_have_count(0)
    for key, numerals in ((".", ["10", "12", "14"]), (".", ["10"]), (",", ["10", "12", "14"])):
        page.keyboard.press(key)
        expect(lit).to_have_count(1)
        assert sorted(lit_boxes(page)) == numerals
    page.keyboard.press("Escape")
    page.hover('.numeral-box[data-numerals="14"]')
    assert lit.all_inner_texts() and all("14" in text for text in lit.all_inner_texts())
    expect(page.locator('.legend a[data-numerals="14"]')).to_have_class("is-lit")
    page.hover(".linked li:has-text('from the side')")
    assert lit_boxes(page) == ["10"]
    page.click('.numeral-box[data-numerals="12"]')
    page.mouse.move(5, 5)
    assert lit_boxes(page) == ["12"]


def test_a_lit_numeral_out_of_view_is_brought_into_view(
    hits: list[str], administrator: User, new_page: NewPage
) -> None:
    page = opened(new_page(administrator), hits[0])
    for _ in range(8):
        page.keyboard.press("+")
    stage = page.locator(".stage").bounding_box()
    assert stage is not None
    nowhere: dict[str, float] = {}
    before = at_rest(page, lambda: box_of(page, "10"), nowhere)
    page.keyboard.press("h")
    box = at_rest(page, lambda: box_of(page, "10"), before)
    assert stage["x"] < box["x"] < stage["x"] + stage["width"]
    assert stage["y"] < box["y"] < stage["y"] + stage["height"]


def test_names_of_parts_are_labels_on_demand_and_boxes_can_be_hidden_for_figures_to_come(
    hits: list[str], administrator: User, new_page: NewPage
) -> None:
    page = opened(new_page(administrator), hits[0])
    names = page.locator("[data-names] text.is-shown")
    expect(names).to_have_count(0)
    page.keyboard.press("t")
    expect(names).to_have_text(["pump", "rotor", "housing"])
    expect(page.locator('[data-act="names"]')).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("b")
    expect(page.locator("svg.sheet")).to_have_class("sheet without-boxes")
    page.keyboard.press("j")
    expect(page.locator(".reader-head h1")).to_contain_text("EP2000002A1")
    expect(names).to_have_text(["pump", "rotor", "housing"])
    expect(page.locator("svg.sheet")).to_have_class("sheet without-boxes")
    page.reload()
    expect(page.locator("svg.sheet")).to_have_class("sheet without-boxes")
    expect(names).to_have_count(3)


def test_boxes_lie_on_their_numerals_when_the_sheet_is_sideways(
    hits: list[str], administrator: User, new_page: NewPage
) -> None:
    """What was read at the top left of the stored sheet is at the top right of the upright one."""
    for scripts in (True, False):
        page = new_page(administrator, scripts=scripts)
        page.goto(hits[1])
        if scripts:
            page.wait_for_selector("[data-reading]")
        around = page.locator(".figure-box").bounding_box()
        inside = page.locator('.numeral-box[data-numerals="10"] rect').bounding_box()
        assert inside is not None
        assert around is not None
        assert around["width"] > around["height"]
        assert inside["x"] + inside["width"] / 2 > around["x"] + 0.85 * around["width"]
        assert inside["y"] + inside["height"] / 2 < around["y"] + 0.2 * around["height"]


def test_a_turned_sheet_is_turned_after_flipping_and_after_a_reload(
    hits: list[str], administrator: User, new_page: NewPage
) -> None:
    page = opened(new_page(administrator), hits[0])
    before = page.locator(".figure-box").bounding_box()
    assert before is not None
    assert before["width"] < before["height"]
    with page.expect_response("**/turn/"):
        page.keyboard.press("r")
    for again in (None, "flip", "reload"):
        if again == "flip":
            page.keyboard.press("j")
            expect(page.locator(".reader-head h1")).to_contain_text("EP2000002A1")
            page.keyboard.press("k")
            expect(page.locator(".reader-head h1")).to_contain_text("EP1234567A1")
        elif again == "reload":
            page.reload()
            page.wait_for_selector("[data-reading]")
        after = page.locator(".figure-box").bounding_box()
        assert after is not None
        assert after["width"] > after["height"], again
    assert SheetTurn.objects.get().turn == 90


def test_the_sheet_is_zoomed_and_moved_by_keys_and_mouse_and_shown_whole(
    hits: list[str], administrator: User, new_page: NewPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "PREVIEW_PX", 160)  # so that there is a larger picture to load
    Figure.objects.update(left=80, top=20, width=120, height=120)
    page = new_page(administrator)
    with page.expect_response("**/files/sheets/*.png"):
        opened(page, hits[0])
    framed = box_of(page, "12")
    page.keyboard.press("+")
    nearer = at_rest(page, lambda: box_of(page, "12"), framed)
    assert nearer["width"] > 1.3 * framed["width"]
    page.keyboard.press("ArrowRight")
    moved = at_rest(page, lambda: box_of(page, "12"), nearer)
    page.keyboard.press("ArrowLeft")
    assert at_rest(page, lambda: box_of(page, "12"), moved)["x"] > moved["x"] + 50
    page.keyboard.press("0")
    expect(page.locator('[data-act="whole"]')).to_have_attribute("aria-pressed", "true")
    whole = box_of(page, "12")
    assert whole["width"] < 0.8 * framed["width"]
    page.keyboard.press("n")
    expect(page.locator(".reader-head h1")).to_contain_text("FIG. 2")
    assert box_of(page, "12")["width"] == pytest.approx(whole["width"], rel=0.02)
    page.keyboard.press("0")
    assert box_of(page, "12")["width"] == pytest.approx(framed["width"], rel=0.02)
    page.hover(".stage")
    again = box_of(page, "12")
    page.mouse.wheel(0, -300)
    wheeled = at_rest(page, lambda: box_of(page, "12"), again)
    assert wheeled["width"] > framed["width"]
    page.mouse.down()
    page.mouse.move(500, 600, steps=5)
    page.mouse.up()
    assert at_rest(page, lambda: box_of(page, "12"), wheeled)["x"] != wheeled["x"]


def test_keeping_by_key_follows_the_figure_and_its_undo_finds_a_figure_left(
    hits: list[str], administrator: User, new_page: NewPage, complaints: list[str]
) -> None:
    page = opened(new_page(administrator), hits[0])
    pressed = page.locator('.keep button[aria-pressed="true"]')
    page.keyboard.press("x")
    expect(pressed).to_have_text("X, relevant taken alone")
    page.keyboard.press("j")
    expect(page.locator(".reader-head h1")).to_contain_text("EP2000002A1")
    expect(pressed).to_have_count(0)
    page.keyboard.press("a")
    expect(pressed).to_have_text("A, background")
    page.keyboard.press("k")
    expect(page.locator(".reader-head h1")).to_contain_text("EP1234567A1")
    expect(pressed).to_have_text("X, relevant taken alone")
    page.keyboard.press("z")
    expect(page.locator("#keep-said")).to_contain_text("Undone")
    page.keyboard.press("j")
    expect(page.locator(".reader-head h1")).to_contain_text("EP2000002A1")
    expect(pressed).to_have_count(0)
    page.keyboard.press("y")
    expect(pressed).to_have_text("Y, relevant in combination")
    page.reload()
    expect(pressed).to_have_text("Y, relevant in combination")
    assert not complaints


def test_figures_that_were_flipped_to_are_remembered_as_seen(
    hits: list[str], administrator: User, new_page: NewPage
) -> None:
    page = opened(new_page(administrator), hits[0])
    page.keyboard.press("j")
    with page.expect_response("**/figures/seen/"):
        expect(page.locator(".stepper.hits .where")).to_have_text("Hit 2 of 3")
    page.goto("/publications/")  # what is not told yet is told on leaving
    first, _, third, _ = Figure.objects.order_by("pk")
    until(page, lambda: set(SeenFigure.objects.values_list("figure_id", flat=True)) == {first.pk, third.pk})


def test_numerals_of_one_side_alone_are_listed(hits: list[str], administrator: User, new_page: NewPage) -> None:
    Publication.objects.update(unlinked_on_sheet=["14"])
    page = opened(new_page(administrator), hits[0])
    text, sheet = page.locator(".unlinked").all()
    expect(text).to_contain_text("Only in the text 1 in the publication")
    expect(text).to_contain_text("99 drain")
    expect(sheet).to_contain_text("Only on a sheet 1 in the publication")
    expect(sheet.locator(".is-here")).to_contain_text("14 housing")


def test_a_figure_is_named_for_those_who_hear_it(hits: list[str], administrator: User, new_page: NewPage) -> None:
    page = opened(new_page(administrator), hits[0])
    said = "FIG. 1 of EP 1 234 567 A1, Pump with a rotor, the pump 10 from the side"
    expect(page.get_by_role("group", name=f"{said}; 3 numerals")).to_have_count(1)
    strip = page.get_by_role("navigation", name="All figures of this publication")
    expect(strip.get_by_role("link").first).to_have_accessible_name(said)
    expect(page.get_by_role("link", name="12 rotor")).to_have_count(2)  # on the sheet and in the legend


def test_a_lit_and_kept_figure_and_the_list_of_keys_are_sound(
    hits: list[str],
    administrator: User,
    new_page: NewPage,
    sound_in_both_schemes: SoundInBothSchemes,
    complaints: list[str],
) -> None:
    page = opened(new_page(administrator), hits[0])
    page.keyboard.press("j")
    expect(page.locator(".reader-head h1")).to_contain_text("EP2000002A1")
    page.keyboard.press("t")
    page.keyboard.press("h")
    page.keyboard.press("x")
    expect(page.locator('.keep button[aria-pressed="true"]')).to_have_count(1)
    sound_in_both_schemes(page, "reader-lit")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("[data-keys-list]")).to_contain_text("Next numeral")
    sound_in_both_schemes(page, "reader-keys")
    assert not complaints


def test_the_sheet_has_most_of_the_window_and_nothing_runs_over(
    hits: list[str], administrator: User, new_page: NewPage
) -> None:
    page = opened(new_page(administrator), hits[0])
    for width, height, least in ((1024, 768, 480), (1440, 900, 600), (3840, 2160, 1800)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        stage = page.locator(".stage").bounding_box()
        assert stage is not None
        assert stage["width"] > 0.5 * width
        assert stage["height"] > least
        for line in page.locator(".reader-line, .sheet-tools").all():
            assert line.evaluate("one => one.scrollWidth <= one.clientWidth"), (width, line)


def test_boxes_are_seen_in_forced_colours(hits: list[str], administrator: User, new_page: NewPage) -> None:
    page = new_page(administrator)
    page.emulate_media(forced_colors="active")
    opened(page, hits[0])
    line = page.locator('.numeral-box[data-numerals="12"] rect')
    assert line.evaluate("one => getComputedStyle(one).strokeOpacity") == "1"
    assert line.evaluate("one => getComputedStyle(one).stroke") not in ("none", "rgb(255, 255, 255)")


def test_the_page_works_without_scripts(hits: list[str], administrator: User, new_page: NewPage) -> None:
    page = new_page(administrator, scripts=False)
    page.goto(hits[0])
    expect(page.locator("svg.sheet image")).to_be_visible()
    expect(page.locator(".scripted:visible")).to_have_count(0)
    page.locator('.numeral-box[data-numerals="12"]').click()
    assert "#name-" in page.url
    page.click(".unscripted")
    assert page.url.endswith("view=sheet")
    expect(page.locator("svg.sheet")).to_have_attribute("viewBox", "0 0 240 320")
    page.click(".sheet-tools button")
    expect(page.locator("svg.sheet")).to_have_attribute("viewBox", "0 0 320 240")
    assert page.url.endswith("view=sheet")
    page.click('[data-key="j"]')
    assert heading(page) == "EP2000002A1 FIG. 1"
    page.click(".keep button >> text=X")
    expect(page.locator('.keep button[aria-pressed="true"]')).to_have_count(1)


def test_a_figure_that_is_gone_is_said_by_the_server(hits: list[str], administrator: User, new_page: NewPage) -> None:
    page = new_page(administrator)
    page.route(
        "**/figures/*/*",
        lambda route: route.fulfill(status=404) if "HX-Request" in str(route.request.headers) else route.continue_(),
    )
    opened(page, hits[0])
    with page.expect_navigation():
        page.keyboard.press("j")
    assert heading(page) == "EP2000002A1 FIG. 1"
