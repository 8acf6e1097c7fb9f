"""Asking as an examiner does it: files dropped, pasted and chosen, pages, parts, the slider, likes, and the address."""

from __future__ import annotations

import io
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from PIL import Image
from playwright.sync_api import Page, expect

from engine.imaging import decode_png
from search.files import file_read, private_storage
from search.models import Figure, Material, Query
from search.views import queries
from tests.browser.conftest import NewPage
from tests.browser.waiting import until
from tests.factories import drawing_make, publication_make, query_answered

pytestmark = pytest.mark.browser
FORMATS = {"png": "PNG", "tif": "TIFF", "jpg": "JPEG", "gif": "GIF", "bmp": "BMP", "webp": "WEBP"}
PATENT_XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<ep-patent-document id="EP20000001A1" file="EP20000001NWA1.xml" lang="en" country="EP" doc-number="2000001" kind="A1"
 date-publ="20200102" status="n" dtd-version="ep-patent-document-v1-5">
<description id="desc" lang="en"><p id="p0001" num="0001">FIG. 1 shows a pump 10.</p></description>
<claims id="claims01" lang="en"><claim id="c-en-0001" num="0001"><claim-text>A pump (10).</claim-text></claim></claims>
</ep-patent-document>"""


@pytest.fixture
def publication_count() -> int:
    """Of the collection; a test that needs more says so."""
    return 6


@pytest.fixture
def collection(transactional_db: None, publication_count: int) -> list[Figure]:
    for number in range(publication_count):
        publication_make(f"EP20000{number:02}A1", title=f"Pump {number}", sheets=2)
    return list(Figure.objects.order_by("pk"))


@pytest.fixture
def answering(collection: list[Figure], monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """Every query is answered at once with the collection; with likes, in the order of before turned about."""

    def answer(query: Query) -> None:
        likes = query.question.liked or query.question.disliked
        query_answered(query, hits=collection[::-1] if likes else collection, before=collection if likes else ())

    monkeypatch.setattr(queries, "enqueue_query", answer)
    return collection


@pytest.fixture
def desk(answering: list[Figure], examiner: User, new_page: NewPage) -> Page:
    """The start page, with its scripts attached."""
    page = new_page(examiner)
    at(page, "/")
    return page


def at(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("html[data-attached]")


def picture(shade: int = 5, image_format: str = "PNG") -> bytes:
    data = io.BytesIO()
    Image.fromarray(drawing_make(shade)).save(data, format=image_format)
    return data.getvalue()


def document(image_format: str, pages: int = 3) -> bytes:
    data = io.BytesIO()
    first, *others = [Image.fromarray(drawing_make(shade)) for shade in range(pages)]
    first.save(data, format=image_format, save_all=True, append_images=others)
    return data.getvalue()


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    payloads = [{"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in files]
    page.set_input_files("#id_files", payloads)  # type: ignore[arg-type]  # FilePayloads


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def images_of(page: Page) -> list[Material]:
    """The drawings of the page's question, once its hits are there."""
    expect(page.locator(".mosaic")).to_be_visible()
    return [Material.objects.get(pk=token.split("~")[0]) for token in asked(page)["image"]]


def drop(page: Page, *paths: Path) -> None:
    """As the system drops files on the window: events the page cannot tell from a person's."""
    session = page.context.new_cdp_session(page)
    carried = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 700, "y": 300, "data": carried})


def test_chosen_drawings_of_any_format_are_searched_with(desk: Page, complaints: list[str]) -> None:
    names = [f"drawing.{ending}" for ending in FORMATS]
    choose(desk, *((name, picture(5, FORMATS[name.split(".")[1]])) for name in names))
    images = images_of(desk)
    assert [image.name for image in images] == names
    for image in images:
        kept = decode_png(file_read(image.file, private_storage()))
        assert kept.shape == drawing_make().shape, image.name
    shown = desk.locator(".asked-picture img").evaluate_all("all => all.map((image) => image.alt)")
    assert shown == names
    assert not complaints


def test_a_pasted_drawing_joins_the_query(desk: Page) -> None:
    """Ctrl-V of what lies on the clipboard, first on the start page, then beside what was asked."""
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for count in (1, 2):
        desk.evaluate(
            """async (bytes) => {
                const image = new Blob([new Uint8Array(bytes)], { type: "image/png" });
                await navigator.clipboard.write([new ClipboardItem({ "image/png": image })]);
            }""",
            list(picture(count)),
        )
        desk.keyboard.press("Control+V")
        expect(desk.locator(".asked-picture")).to_have_count(count)
        assert len(images_of(desk)) == count
        desk.wait_for_selector("html[data-attached]")


def test_dropped_drawings_become_one_query_with_the_words_beside_them(desk: Page, tmp_path: Path) -> None:
    paths = [tmp_path / "one.png", tmp_path / "two.tif", tmp_path / "text.xml"]
    for path, data in zip(paths, (picture(1), picture(2, "TIFF"), PATENT_XML), strict=True):
        path.write_bytes(data)
    desk.fill("#id_text", "a pump")
    desk.evaluate("document.querySelector('#id_weight').value = 70")
    drop(desk, *paths)
    assert sorted(image.name for image in images_of(desk)) == ["one.png", "two.tif"]
    assert asked(desk)["text"] == ["a pump"]
    assert asked(desk)["weight"] == ["70"]
    expect(desk.locator(".chip", has_text="text.xml")).to_be_visible()


def small_pictures(page: Page, count: int) -> None:
    """Until the pages to choose from are all seen."""
    small = page.locator(".page-choice img")
    expect(small).to_have_count(count)
    for place in range(count):
        small.nth(place).scroll_into_view_if_needed()
        page.wait_for_function(
            "(place) => document.querySelectorAll('.page-choice img')[place].naturalWidth > 0", arg=place
        )


def test_pages_of_a_document_are_chosen_from_small_pictures(desk: Page) -> None:
    choose(desk, ("plans.pdf", document("PDF")))
    expect(desk.locator("h1")).to_contain_text("Choose pages of plans.pdf")
    small_pictures(desk, 3)
    desk.wait_for_selector("html[data-attached]")
    desk.keyboard.press("2")
    (image,) = images_of(desk)
    assert (image.page, image.name) == (2, "plans.pdf p. 2")
    desk.go_back()
    desk.locator("input[name=page]").nth(0).check()
    desk.locator("input[name=page]").nth(2).check()
    desk.click("text=Search with the selected pages")
    assert [image.page for image in images_of(desk)] == [1, 3]


def test_a_refusal_says_the_mend_and_leaves_the_query_as_it_was(desk: Page) -> None:
    desk.fill("#id_text", "a pump")
    for name, data, said in (
        ("drawing.png", b"no drawing at all", "“drawing.png” was not accepted. This is text, not an image."),
        ("drawing.tif", picture(1, "TIFF")[:900], "damaged"),
        ("plan.pdf", b"%PDF-1.7 and nothing more", "Save it again, or as PNG or TIFF"),
        ("photo.heic", b"\0\0\0\x18ftypheic", "a HEIC or AVIF photo, as phones take them. Save it as JPEG or PNG"),
    ):
        choose(desk, (name, data))
        expect(desk.locator("[data-bring-fault] [role=alert]")).to_contain_text(said)
        expect(desk.locator("#id_text")).to_have_value("a pump")
        expect(desk.locator("[data-bring-progress]")).to_be_hidden()
    choose(desk, ("drawing.png", picture()))
    assert len(images_of(desk)) == 1
    assert asked(desk)["text"] == ["a pump"]


def test_a_drawing_is_sent_without_scripts(answering: list[Figure], examiner: User, new_page: NewPage) -> None:
    page = new_page(examiner, scripts=False)
    page.goto("/")
    page.fill("#id_text", "a pump")
    choose(page, ("drawing.png", b"no drawing"))
    page.click("text=Search with these files")
    expect(page.locator("p.fault")).to_contain_text("“drawing.png” was not accepted")
    expect(page.locator("#id_text")).to_have_value("a pump")
    choose(page, ("drawing.png", picture()))
    page.click("button.primary >> text=/^Search$/")
    assert len(images_of(page)) == 1
    page.click("text=Part")
    for name, value in (("left", "10"), ("top", "20"), ("width", "30"), ("height", "40")):
        page.fill(f"[name={name}]", value)
    page.select_option("[name=turn]", "90")
    page.check("[name=mirrored]")
    page.click("text=Search with this part")
    expect(page.locator(".mosaic")).to_be_visible()
    assert asked(page)["image"][0].endswith("~c1000-2000-3000-4000~r90~m")


def test_a_part_is_marked_by_the_keyboard_alone(desk: Page, answering: list[Figure]) -> None:
    choose(desk, ("drawing.png", picture()))
    images_of(desk)
    desk.click("text=Part >> nth=0")
    frame = desk.locator("cropper-canvas")
    expect(frame).to_be_focused()
    for key, times in (("ArrowRight", 5), ("ArrowDown", 3), ("Shift+ArrowLeft", 10), ("Shift+ArrowUp", 20)):
        for _ in range(times):
            desk.keyboard.press(key)
    desk.keyboard.press("Enter")
    expect(desk.locator(".mosaic")).to_be_visible()
    assert asked(desk)["image"][0].endswith("~c2500-2300-5000-4000")
    expect(desk.locator(".asked-name")).to_have_text("part of drawing.png")


def test_a_part_of_a_hit_is_drawn_with_the_mouse_and_searched_with(desk: Page, answering: list[Figure]) -> None:
    at(desk, "/?text=pump&weight=70")
    desk.keyboard.press("j")
    desk.keyboard.press("q")
    desk.wait_for_selector("cropper-canvas")
    box = desk.locator("cropper-canvas").bounding_box()
    assert box is not None
    desk.keyboard.press("Shift+ArrowLeft")
    handle = desk.locator("cropper-handle[action='nw-resize']").bounding_box()
    assert handle is not None
    desk.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    desk.mouse.down()
    desk.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + box["height"] * 0.1, steps=5)
    desk.mouse.up()
    desk.click("text=Search with this part")
    expect(desk.locator(".mosaic")).to_be_visible()
    token = asked(desk)["figure"][0]
    found = re.fullmatch(rf"{answering[0].pk}~c(\d+)-(\d+)-(\d+)-(\d+)", token)
    assert found, token
    left, top, width, height = (int(part) for part in found.groups())
    assert abs(left - 1000) < 150 and abs(top - 1000) < 150
    assert abs(left + width - 7900) < 200 and abs(top + height - 8000) < 200
    assert "text" not in asked(desk)  # the part alone, ranked as before
    assert asked(desk)["weight"] == ["70"]


def test_a_picture_is_turned_mirrored_and_left_out(desk: Page) -> None:
    choose(desk, ("one.png", picture(1)), ("two.png", picture(2)))
    images_of(desk)
    for label, ending in (("Rotate one.png by 90°", "~r90"), ("Mirror one.png", "~r90~m")):
        desk.click(f"[aria-label='{label}']")
        expect(desk.locator(".mosaic")).to_be_visible()
        assert asked(desk)["image"][0].endswith(ending)
    desk.click("[aria-label='Remove two.png']")
    expect(desk.locator(".asked-picture")).to_have_count(1)


def test_the_slider_ranks_at_once_without_a_search(desk: Page, complaints: list[str]) -> None:
    at(desk, "/?text=pump")
    first = desk.locator(".hit").first
    top, count = first.bounding_box(), desk.locator(".hit").count()
    desk.evaluate("document.querySelector('.hit img').kept = true")
    desk.keyboard.press("v")
    for _ in range(4):
        desk.keyboard.press("ArrowRight")
    expect(desk).to_have_url(re.compile(r"weight=70"))
    expect(desk.locator("#id_weight")).to_be_focused()
    expect(desk.locator(".hit [data-hit-action=m]").first).to_have_attribute("href", re.compile("weight=70"))
    # While the slider moves the hits in view are ranked, then all of them.
    expect(desk.locator("#results[style*=min-height]")).to_have_count(0)
    expect(desk.locator(".hit")).to_have_count(count)
    until(desk, lambda: first.bounding_box() == top)  # no jump
    assert desk.evaluate("document.querySelector('.hit img').kept")  # the picture on the screen stays, nothing flashes
    for name, said in (("max", "by=max"), ("rrf", "by=rrf")):
        desk.check(f"[name=by][value={name}]", force=True)
        expect(desk).to_have_url(re.compile(said))
    desk.keyboard.press("v")
    desk.keyboard.press("ArrowLeft")
    expect(desk).to_have_url(re.compile(r"/\?text=pump&weight=65$"))  # the slider ranks by weight
    assert Query.objects.count() == 1
    assert not complaints


def test_a_new_ranking_is_kept_by_every_link_and_by_reload_and_back(desk: Page, answering: list[Figure]) -> None:
    at(desk, f"/?figure={answering[0].pk}&text=pump")
    desk.check("[name=group][value=figure]", force=True)
    expect(desk).to_have_url(re.compile("group=figure"))
    expect(desk.locator("#hits-title")).to_contain_text("of 12 single figures")
    for link in ("[aria-label^='Rotate']", "[aria-label^='Mark a part']", "[aria-label='More like hit 2']"):
        expect(desk.locator(link)).to_have_attribute("href", re.compile("group(=|%3D)figure"))
    desk.reload()
    expect(desk.locator("#hits-title")).to_contain_text("of 12 single figures")
    asked_first = desk.url
    desk.click("[aria-label^='Rotate']")
    expect(desk.locator(".mosaic")).to_be_visible()
    assert "~r90" in desk.url and "group=figure" in desk.url
    desk.go_back()
    expect(desk).to_have_url(asked_first)
    expect(desk.locator("[name=group][value=figure]")).to_be_checked()
    expect(desk.locator("#id_text")).to_have_value("pump")
    assert Query.objects.count() == 2


@pytest.mark.parametrize("publication_count", [24])
def test_likes_and_dislikes_show_what_they_change(desk: Page, answering: list[Figure]) -> None:
    at(desk, "/?text=pump")
    for _ in range(3):
        desk.keyboard.press("j")
    desk.keyboard.press("m")
    expect(desk.locator(".feedback")).to_contain_text("4 new hits")
    assert asked(desk)["like"] == [str(answering[4].pk)]
    expect(desk.locator(".moved").first).to_contain_text("by")
    expect(desk.locator(".asked-picture.is-liked")).to_have_count(1)
    desk.wait_for_selector("html[data-attached]")
    desk.keyboard.press("j")
    desk.keyboard.press("l")
    expect(desk.locator(".asked-picture.is-disliked")).to_have_count(1)
    desk.wait_for_selector("html[data-attached]")
    desk.locator(".is-liked [aria-label^='Remove']").click()
    expect(desk.locator(".asked-picture")).to_have_count(1)
    desk.wait_for_selector("html[data-attached]")
    desk.keyboard.press("0")
    expect(desk.locator(".feedback")).to_have_count(0)
    assert asked(desk) == {"text": ["pump"]}


def test_a_publication_is_asked_with_by_its_number(desk: Page) -> None:
    desk.keyboard.press("p")
    desk.keyboard.type("EP 20000 03 A1, EP2000004A1/2")
    desk.keyboard.press("Enter")
    expect(desk.locator(".chip", has_text="EP2000003A1")).to_be_visible()
    expect(desk.locator(".asked-name")).to_have_text("FIG. 2 of EP2000004A1")
    desk.click("[aria-label='Remove EP2000003A1']")
    expect(desk.locator(".chips li")).to_have_count(0)


def test_the_size_of_the_drawings_is_kept_for_the_next_page(desk: Page) -> None:
    at(desk, "/?text=pump")
    wide = desk.locator(".hit").first.bounding_box()
    desk.keyboard.press("+")
    desk.keyboard.press("+")
    larger = desk.locator(".hit").first.bounding_box()
    assert wide is not None and larger is not None and larger["width"] > wide["width"] * 1.3
    desk.reload()
    assert desk.locator(".hit").first.bounding_box() == larger
