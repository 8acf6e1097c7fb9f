"""The page of a figure: its sheet upright, boxes over it, sentences beside it."""

import re

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from engine.geometry import Box
from search.models import Figure, Reading, Sheet
from search.selectors.publications import rising
from search.views.overlay import Frame, boxes_of, frame_of, legend_of
from tests.factories import SHEET_HEIGHT_PX, SHEET_WIDTH_PX, publication_make


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
    assert sorted(["102", "S10", "10a", "9", "S9", "10", "10-1"], key=rising) == [
        "9", "10", "10-1", "10a", "102", "S9", "S10",
    ]  # fmt: skip


def test_each_numeral_has_a_box_where_it_was_read(as_examiner: Client) -> None:
    publication_make()
    figure = Figure.objects.earliest("pk")
    page = as_examiner.get(f"/figures/{figure.pk}/").content.decode()
    assert f'viewBox="0 0 {SHEET_WIDTH_PX} {SHEET_HEIGHT_PX}"' in page
    assert page.count('class="numeral-box"') == 3
    assert "<title>12 rotor</title>" in page
    assert 'x="116.4" y="56.4" width="25.2" height="19.2"' in page  # 120, 60, 18 × 12 px with 0.3 × 12 px around


def test_a_sideways_sheet_is_shown_upright(as_examiner: Client) -> None:
    publication_make(rotation=90)
    page = as_examiner.get(f"/figures/{Figure.objects.earliest('pk').pk}/").content.decode()
    assert f'viewBox="0 0 {SHEET_HEIGHT_PX} {SHEET_WIDTH_PX}"' in page
    assert f'transform="translate({SHEET_HEIGHT_PX} 0) rotate(90)"' in page


def test_sentences_name_their_place_and_mark_what_they_mention(as_examiner: Client) -> None:
    publication_make()
    page = as_examiner.get(f"/figures/{Figure.objects.earliest('pk').pk}/").content.decode()
    assert page.count("data-numerals-all=") == 5
    assert "[0001]" in page
    assert "claim 1" in page
    assert '<mark data-numerals="FIG. 1">FIG. 1</mark> shows the pump <mark data-numerals="10">10</mark>' in page


def test_figures_of_a_publication_lead_to_each_other(as_examiner: Client) -> None:
    publication_make(sheets=3)
    first, second, third = Figure.objects.order_by("pk")
    page = as_examiner.get(f"/figures/{second.pk}/").content.decode()
    assert f'rel="prev" href="/figures/{first.pk}/"' in page
    assert f'rel="next" href="/figures/{third.pk}/"' in page
    assert "2 of 3" in page
    assert (
        "rel=" not in as_examiner.get(f"/figures/{first.pk}/").content.decode().split('rel="next"')[0].split("<nav")[-1]
    )


def test_a_figure_without_text_says_that_it_is_found_by_its_drawing(as_examiner: Client) -> None:
    publication_make()
    figure = Figure.objects.earliest("pk")
    figure.links.all().delete()
    figure.readings.all().delete()
    page = as_examiner.get(f"/figures/{figure.pk}/").content.decode()
    assert "found by its drawing alone" in page
    assert "No reference numeral was read" in page


def test_retired_and_unknown_figures_are_not_there(as_examiner: Client) -> None:
    publication_make()
    figure = Figure.objects.earliest("pk")
    Figure.objects.filter(pk=figure.pk).update(retired_at=timezone.now())
    for key in (figure.pk, 999_999, 2**63, 10**30):
        assert as_examiner.get(f"/figures/{key}/").status_code == 404
        assert as_examiner.get(f"/files/figures/{key}.png").status_code == 404


def test_the_page_asks_no_more_for_many_figures(
    as_examiner: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    publication_make("EP2000001A1", sheets=1)
    publication_make("EP2000002A1", sheets=9)
    for figure in (Figure.objects.earliest("pk"), Figure.objects.latest("pk")):
        with django_assert_num_queries(8):
            as_examiner.get(f"/figures/{figure.pk}/")


def test_images_are_private_typed_and_asked_for_again_only_when_they_changed(as_examiner: Client) -> None:
    publication_make()
    figure = Figure.objects.earliest("pk")
    for address in (
        f"/files/sheets/{figure.sheet_id}.png",
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
