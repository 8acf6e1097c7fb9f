"""Reports: text, positions of pins, characters without a font, hand-worked citations."""

from __future__ import annotations

import csv
import datetime
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdfium2
import pytest

from engine.imaging import encode_png
from engine.patents.publication import PublicationNumber
from engine.report import Passage, PinNote, Report, ReportEntry, ReportFonts, report_csv, report_numbers, report_pdf
from engine.report.contents import citations_of
from engine.sheets.geometry import Box

VENDOR = Path(__file__).resolve().parents[3] / "static" / "vendor" / "dejavu-2.37.3"
FONTS = ReportFonts(VENDOR / "DejaVuSansCondensed.ttf", VENDOR / "DejaVuSansCondensed-Bold.ttf")
WHITE = encode_png(np.full((400, 300), 255, dtype=np.uint8))
ENTRY = ReportEntry(
    publication=PublicationNumber("EP", "1234567", "A1"),
    figure="FIG. 1",
    label="1",
    title="Pump",
    applicants=("Pumpwerke GmbH",),
    date=datetime.date(1975, 5, 28),
    ipc=("F04C 2/08",),
    cpc=("F04C 2/084",),
    relevance="Y",
    note="",
    pins=(),
    passages=(Passage("claim", "10", "A pump."), Passage("description", "0002", "It turns.")),
    added_by="anna",
    added_on=datetime.date(2026, 1, 2),
    espacenet="https://example.org/e",
    register="https://example.org/r",
    drawing=WHITE,
)


def report(*entries: ReportEntry) -> Report:
    return Report("Rotors", "", "owner", "examiner", datetime.date(2026, 1, 3), entries)


def read(data: bytes) -> str:
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data)]
    return " ".join("\n".join(pages).split())


def test_the_same_report_gives_the_same_bytes() -> None:
    assert report_pdf(report(ENTRY), FONTS) == report_pdf(report(ENTRY), FONTS)


def test_a_citation_gathers_a_publications_figures_and_passages() -> None:
    claims = (Passage("claim", "2", "A pump."), Passage("abstract", "", "A pump."))
    other = replace(ENTRY, figure="FIG. 3a", label="3a", relevance="X", passages=claims)
    unlabelled = replace(ENTRY, figure="figure 2 of sheet 4", label="", relevance="", passages=())
    (citation,) = citations_of(report(ENTRY, other, unlabelled))
    assert citation.category == "X"
    assert citation.document == "EP 1234567 A1 (PUMPWERKE GMBH) 28 May 1975 (28.05.1975)"
    assert citation.passages == "figures 1, 3a; figure 2 of sheet 4; abstract; paragraph [0002]; claims 2, 10"


def test_letters_of_greek_cyrillic_and_latin_are_printed_and_others_named() -> None:
    said = read(report_pdf(report(replace(ENTRY, note="Ωμέγα Жук Łódź שלום")), FONTS))
    assert "Ωμέγα Жук Łódź" in said
    assert "[Hebrew: 4 characters not printed]" in said and "cannot print" in said


def test_east_asian_letters_borrow_a_font_and_the_report_says_so() -> None:
    said = read(report_pdf(report(replace(ENTRY, title="車輪 ポンプ 펌프")), FONTS))
    assert "車輪 ポンプ" in said and "East Asian characters are set in fonts of the program" in said
    assert "East Asian" not in read(report_pdf(report(ENTRY), FONTS))


def test_markup_in_texts_is_text() -> None:
    said = read(
        report_pdf(report(replace(ENTRY, note='<b>a</b> & <img src="file:///etc/passwd"/>', title="<a>")), FONTS)
    )
    assert '<b>a</b> & <img src="file:///etc/passwd"/>' in said


def test_a_pin_is_drawn_where_it_lies() -> None:
    pinned = replace(ENTRY, pins=(PinNote(1, Box(5000, 5000, 5000, 5000), "the housing"),))
    pages = [pypdfium2.PdfDocument(report_pdf(report(one), FONTS))[0] for one in (ENTRY, pinned)]
    bare, drawn = (np.asarray(page.render(scale=1, grayscale=False).to_pil()).astype(int) for page in pages)
    box = next(one for one in pages[0].get_objects() if one.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE).get_bounds()
    left, bottom, right, top = box
    height = pages[0].get_height()
    changed = np.argwhere(np.abs(bare - drawn).sum(axis=2)[int(height - top) : int(height - bottom) - 1] > 60)
    middle_down, middle_across = (top - bottom) / 2, left + (right - left) / 2
    assert changed[:, 0].min() == pytest.approx(middle_down - 6.5, abs=2)  # the disc of its number stands out
    assert changed[:, 1].min() == pytest.approx(middle_across - 6.5, abs=2)
    assert changed[:, 1].max() == pytest.approx(right, abs=2)
    assert "the housing" in read(report_pdf(report(pinned), FONTS))


def test_texts_longer_than_a_page_break_across_pages() -> None:
    endless = replace(
        ENTRY,
        note="word " * 4000,
        title="word " * 2000,
        applicants=tuple(f"Applicant {number}" for number in range(500)),
        pins=(PinNote(1, Box(0, 0, 10, 10), "x" * 9000),),
        passages=tuple(Passage("description", f"{number:04d}", "word " * 2000) for number in range(3)),
    )
    pdf = pypdfium2.PdfDocument(report_pdf(report(endless), FONTS))
    assert len(pdf) > 5
    last = pdf[len(pdf) - 1].get_textpage().get_text_range()
    assert f"page {len(pdf)} of {len(pdf)}" in " ".join(last.split())


@pytest.mark.parametrize(("drawing", "said"), [(b"", "no longer in the collection"), (b"no PNG", "is damaged")])
def test_a_drawing_that_is_not_to_be_had_is_said(drawing: bytes, said: str) -> None:
    assert said in read(report_pdf(report(replace(ENTRY, drawing=drawing)), FONTS))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_table_is_a_formula(start: str) -> None:
    data = report_csv(report(replace(ENTRY, note=f"{start}1+1", title=f"{start}x")))
    (row,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert row["note"] == f"'{start}1+1" and row["title"] == f"'{start}x"


def test_line_breaks_and_quotes_survive_the_table() -> None:
    data = report_csv(report(replace(ENTRY, note='one\n"two", three')))
    (row,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert row["note"] == 'one\n"two", three'


def test_numbers_stand_once() -> None:
    assert report_numbers(["EP1234567A1", "US5000000A", "EP1234567A1"]) == b"EP1234567A1\nUS5000000A\n"
