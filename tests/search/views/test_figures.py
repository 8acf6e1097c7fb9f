"""The page of a figure: its sheet upright, boxes over it, sentences beside it."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from engine.imaging import decode_png, encode_png
from engine.sheets.geometry import Box
from search.files import file_keep, file_read
from search.models import Figure, Reading, SeenFigure, Sheet
from search.selectors.publications import numeral_sort_key
from search.services.previews import sheet_preview
from search.views.overlay import Frame, boxes_of, frame_of, legend_of
from tests.factories import SHEET_HEIGHT_PX, SHEET_WIDTH_PX, drawing_make, publication_make, query_make
from tests.html import html_of

PAGE_QUERIES, HIT_QUERIES = 11, 3


def figure_unsaved(rotation: int) -> Figure:
    sheet = Sheet(width_px=100, height_px=200, rotation=rotation)
    return Figure(sheet=sheet, left=10, top=20, width=50, height=100, rotation=rotation)


def moved(frame: Frame, x: float, y: float) -> tuple[float, float]:
    """A point of the stored sheet through the SVG transform, as SVG defines translate and rotate (clockwise)."""
    if not frame.transform:
        return x, y
    found = re.fullmatch(r"translate\((\d+) (\d+)\) rotate\((\d+)\)", frame.transform)
    assert found is not None
    along, down, degrees = (int(group) for group in found.groups())
    turned = {90: (-y, x), 180: (-x, -y), 270: (y, -x)}[degrees]
    return turned[0] + along, turned[1] + down


@pytest.mark.parametrize(
    ("rotation", "whole"), [(0, "0 0 100 200"), (90, "0 0 200 100"), (180, "0 0 100 200"), (270, "0 0 200 100")]
)
def test_a_sheet_is_turned_upright_into_a_frame_that_just_holds_it(rotation: int, whole: str) -> None:
    frame = frame_of(figure_unsaved(rotation), alone=False)
    assert frame.view_box == whole
    corners = [moved(frame, x, y) for x in (0, 100) for y in (0, 200)]
    _, _, width, height = (int(number) for number in whole.split())
    assert {min(corners), max(corners)} == {(0, 0), (width, height)}


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_frame_of_a_figure_alone_holds_the_figure_and_a_margin(rotation: int) -> None:
    frame = frame_of(figure_unsaved(rotation), alone=True)
    left, top, width, height = (int(number) for number in frame.view_box.split())
    corners = [moved(frame, x, y) for x in (10, 60) for y in (20, 120)]
    around = Box(left, top, width, height)
    margin_px = 4  # 4 % of 100
    assert (around.left, around.top) == (min(x for x, _ in corners) - margin_px, min(y for _, y in corners) - margin_px)
    assert (around.right, around.bottom) == (max(x for x, _ in corners) + 4, max(y for _, y in corners) + 4)


def test_a_numeral_drawn_twice_has_two_boxes_and_one_entry() -> None:
    readings = [
        Reading(pk=key, text=text, left=10, top=10, width=20, height=10)
        for key, text in ((1, "12"), (2, "9"), (3, "12"))
    ]
    numerals = [(reading, f"part {reading.text}") for reading in readings]
    legend = legend_of(numerals)
    assert [(entry.key, entry.text) for entry in legend] == [(2, "9"), (1, "12")]
    boxes = boxes_of(numerals, legend)
    assert [box.legend for box in boxes] == [1, 2, 1]
    assert (boxes[0].left, boxes[0].top, boxes[0].width, boxes[0].height) == (7, 7, 26, 16)  # 3 px of room


def test_numerals_rise_as_a_reader_counts() -> None:
    assert sorted(["102", "S10", "10a", "9", "S9", "10", "10-1"], key=numeral_sort_key) == [
        "9", "10", "10-1", "10a", "102", "S9", "S10",
    ]  # fmt: skip


def test_each_numeral_has_a_box_where_it_was_read(as_examiner: Client) -> None:
    publication_make()
    figure = Figure.objects.earliest("pk")
    page = html_of(as_examiner.get(f"/figures/{figure.pk}/"))
    assert 'data-framed="figure"' in page
    assert page.count('class="numeral-box"') == 3
    assert "<title>12 rotor</title>" in page
    assert 'x="116.4" y="56.4" width="25.2" height="19.2"' in page  # 120, 60, 18 × 12 px with 0.3 × 12 px around


def test_a_sideways_sheet_is_shown_upright(as_examiner: Client) -> None:
    publication_make(rotation=90)
    page = html_of(as_examiner.get(f"/figures/{Figure.objects.earliest('pk').pk}/?view=sheet"))
    assert f'viewBox="0 0 {SHEET_HEIGHT_PX} {SHEET_WIDTH_PX}"' in page
    assert f'transform="translate({SHEET_HEIGHT_PX} 0) rotate(90)"' in page


def test_sentences_name_their_place_and_mark_what_they_mention(as_examiner: Client) -> None:
    publication_make()
    page = html_of(as_examiner.get(f"/figures/{Figure.objects.earliest('pk').pk}/"))
    assert page.count("data-numerals-all=") == 5
    assert "[0001]" in page
    assert "claim 1" in page
    assert '<mark data-numerals="FIG. 1">FIG. 1</mark> shows the pump <mark data-numerals="10">10</mark>' in page


def test_figures_and_sheets_of_a_publication_lead_to_each_other(as_examiner: Client) -> None:
    publication_make(sheets=3)
    first, second, third = Figure.objects.order_by("pk")
    page = html_of(as_examiner.get(f"/figures/{second.pk}/"))
    assert f'rel="prev" href="/figures/{first.pk}/"' in page
    assert f'rel="next" href="/figures/{third.pk}/"' in page
    assert "Figure 2 of 3" in page
    assert "Sheet 2 of 3" in page
    assert f'href="/figures/{third.pk}/" data-flip data-key="n"' in page
    assert 'rel="prev"' not in html_of(as_examiner.get(f"/figures/{first.pk}/"))


def test_a_figure_stands_where_the_hits_of_its_query_are_ranked(as_examiner: Client, examiner: User) -> None:
    publication_make("EP2000001A1")
    publication_make("EP2000002A1")
    first, other, second, _ = Figure.objects.order_by("pk")
    query = query_make(examiner, hits=[first, second])
    page = html_of(as_examiner.get(f"/figures/{first.pk}/?query={query.pk}"))
    assert "Hit 1 of 2" in page
    assert f'href="/figures/{second.pk}/?query={query.pk}" data-flip data-key="j"' in page
    assert 'data-key="k"' not in page
    assert f"like={first.pk}" in page
    page = html_of(as_examiner.get(f"/figures/{other.pk}/?query={query.pk}&hit={first.pk}"))
    assert ">hit 1</a> of 2" in page
    assert f'href="/figures/{second.pk}/?query={query.pk}" data-flip data-key="j"' in page


def test_a_figure_that_no_hit_stands_for_leads_to_the_first_hit(as_examiner: Client, examiner: User) -> None:
    publication_make("EP2000001A1")
    publication_make("EP2000002A1")
    first, _, third, _ = Figure.objects.order_by("pk")
    query = query_make(examiner, hits=[first])
    page = html_of(as_examiner.get(f"/figures/{third.pk}/?query={query.pk}"))
    assert "data-no-hit" in page
    assert f'href="/figures/{first.pk}/?query={query.pk}" data-flip data-key="j"' in page


@pytest.mark.parametrize("key", ["", "nonsense", "\0", "00000000-0000-0000-0000-000000000000", "9" * 40])
def test_a_query_that_is_nobody_s_is_left_out(as_examiner: Client, key: str) -> None:
    publication_make()
    answer = as_examiner.get(f"/figures/{Figure.objects.earliest('pk').pk}/", {"query": key, "hit": key})
    assert answer.status_code == 200
    assert 'data-key="j"' not in html_of(answer)


def test_hits_of_somebody_else_s_query_are_not_told(as_examiner: Client, administrator: User) -> None:
    publication_make()
    figure = Figure.objects.earliest("pk")
    query = query_make(administrator, hits=[figure])
    assert "Hit 1" not in html_of(as_examiner.get(f"/figures/{figure.pk}/", {"query": str(query.pk)}))


def test_a_ranking_that_is_none_is_refused(as_examiner: Client, examiner: User) -> None:
    publication_make()
    figure = Figure.objects.earliest("pk")
    query = query_make(examiner, hits=[figure])
    assert as_examiner.get(f"/figures/{figure.pk}/", {"query": str(query.pk), "weight": "many"}).status_code == 400


def test_the_page_holds_no_style_or_script_of_its_own(as_examiner: Client) -> None:
    publication_make()
    page = html_of(as_examiner.get(f"/figures/{Figure.objects.earliest('pk').pk}/"))
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)


def test_a_fragment_is_the_reader_alone(as_examiner: Client) -> None:
    publication_make()
    answer = as_examiner.get(f"/figures/{Figure.objects.earliest('pk').pk}/", headers={"HX-Request": "true"})
    assert html_of(answer).strip().startswith('<div class="reader"')
    assert "HX-Request" in answer["Vary"]


def test_the_turn_of_a_sheet_is_remembered_for_each_examiner_alone(
    as_examiner: Client, as_administrator: Client
) -> None:
    publication_make()
    figure = Figure.objects.earliest("pk")
    address = f"/figures/{figure.pk}/"
    for turn in ("90", "180"):
        answer = as_examiner.post(f"/sheets/{figure.sheet_id}/turn/", {"turn": turn, "back": f"{address}?view=sheet"})
        assert answer["Location"] == f"{address}?view=sheet"
    assert 'data-turn="180"' in html_of(as_examiner.get(address))
    assert 'data-turn="0"' in html_of(as_administrator.get(address))
    assert as_examiner.post(f"/sheets/{figure.sheet_id}/turn/", {"turn": "45"}).status_code == 400
    away = as_examiner.post(f"/sheets/{figure.sheet_id}/turn/", {"turn": "90", "back": "https://example.com/"})
    assert away["Location"] == "/publications/"


def test_figures_are_seen_once_and_unknown_ones_never(as_examiner: Client, examiner: User) -> None:
    publication_make()
    figure = Figure.objects.earliest("pk")
    for _ in range(2):
        assert as_examiner.post("/figures/seen/", {"figure": [figure.pk, 999_999]}).status_code == 204
    assert list(SeenFigure.objects.values_list("owner", "figure")) == [(examiner.pk, figure.pk)]
    for bad in ("", "x", "9" * 40):
        assert as_examiner.post("/figures/seen/", {"figure": bad}).status_code == 400


def test_a_kept_figure_shows_how_it_was_rated(as_examiner: Client) -> None:
    publication_make()
    figure = Figure.objects.earliest("pk")
    as_examiner.post(f"/figures/{figure.pk}/keep/", {"relevance": "Y"})
    page = html_of(as_examiner.get(f"/figures/{figure.pk}/"))
    assert re.findall(r'value="(.?)" data-keep-key="." aria-pressed="true"', page) == ["Y"]


def test_a_large_sheet_has_a_preview_and_a_small_one_is_its_own(as_examiner: Client) -> None:
    publication_make(sheets=1)
    sheet = Sheet.objects.get()
    small = as_examiner.get(f"/files/previews/{sheet.pk}.png")
    assert b"".join(small) == file_read(sheet.png)
    pixels = drawing_make(width_px=2000, height_px=3000)
    Sheet.objects.update(png=file_keep(encode_png(pixels), folder="sheets", suffix=".png"), preview="")
    Sheet.objects.update(width_px=2000, height_px=3000)
    for _ in range(2):
        data = b"".join(as_examiner.get(f"/files/previews/{sheet.pk}.png"))
        assert decode_png(data).shape == (1600, 1067)
    sheet.refresh_from_db()
    assert sheet_preview(sheet=sheet, pixels=pixels) == sheet.preview


def test_a_figure_without_text_says_that_it_is_found_by_its_drawing(as_examiner: Client) -> None:
    publication_make()
    figure = Figure.objects.earliest("pk")
    figure.links.all().delete()
    figure.readings.all().delete()
    page = html_of(as_examiner.get(f"/figures/{figure.pk}/"))
    assert "data-without-text" in page
    assert "No reference numeral was read" in page


def test_retired_and_unknown_figures_are_not_there(as_examiner: Client) -> None:
    publication_make()
    figure = Figure.objects.earliest("pk")
    Figure.objects.filter(pk=figure.pk).update(retired_at=timezone.now())
    for key in (figure.pk, 999_999, 2**63, 10**30):
        assert as_examiner.get(f"/figures/{key}/").status_code == 404
        assert as_examiner.get(f"/files/figures/{key}.png").status_code == 404


def test_the_page_asks_no_more_for_many_figures_or_hits(
    as_examiner: Client, examiner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    publication_make("EP2000001A1", sheets=1)
    publication_make("EP2000002A1", sheets=9)
    few, many = Figure.objects.earliest("pk"), Figure.objects.latest("pk")
    queries = [query_make(examiner, hits=[few]), query_make(examiner, hits=list(Figure.objects.order_by("-pk")))]
    for figure, query in zip((few, many), queries, strict=True):
        with django_assert_num_queries(PAGE_QUERIES):
            as_examiner.get(f"/figures/{figure.pk}/")
        with django_assert_num_queries(PAGE_QUERIES + HIT_QUERIES):
            as_examiner.get(f"/figures/{figure.pk}/?query={query.pk}")


def test_images_are_private_typed_and_asked_for_again_only_when_they_changed(as_examiner: Client) -> None:
    publication_make()
    figure = Figure.objects.earliest("pk")
    for address in (
        f"/files/sheets/{figure.sheet_id}.png",
        f"/files/previews/{figure.sheet_id}.png",
        f"/files/figures/{figure.pk}.png",
        f"/files/thumbnails/{figure.pk}.png",
    ):
        answer = as_examiner.get(address)
        assert answer.status_code == 200
        assert b"".join(answer).startswith(b"\x89PNG")
        assert answer["Content-Type"] == "image/png"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"].startswith("private")
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        again = as_examiner.get(address, headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 304


def test_a_sheet_that_was_not_delivered_has_no_file(as_examiner: Client) -> None:
    publication_make(missing_sheets=1)
    missing = Sheet.objects.get(missing=True)
    assert as_examiner.get(f"/files/sheets/{missing.pk}.png").status_code == 404
    assert as_examiner.get(f"/files/previews/{missing.pk}.png").status_code == 404
