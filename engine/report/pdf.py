"""A report as PDF: entries with drawings, pins, notes and cited passages, then the list of citations."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from engine.errors import ImageError
from engine.report.contents import Report, ReportEntry, citations_of, date_as_cited
from engine.report.drawing import PinnedDrawing
from engine.report.lettering import BOLD, REGULAR, Lettering

MARGIN = 18 * mm
FOOT = 12 * mm
WIDTH = A4[0] - 2 * MARGIN
TALLEST_DRAWING = 118 * mm
FAINT, LINE, LINK = HexColor(0x5D6168), HexColor(0xC9C9C9), "#1c4f8f"
CATEGORIES = {
    "X": "relevant taken alone",
    "Y": "relevant in combination",
    "A": "background",
    "": "not rated",
}

_BODY = ParagraphStyle("body", fontName=REGULAR, fontSize=9.5, leading=13, splitLongWords=True)
_SMALL = ParagraphStyle("small", _BODY, fontSize=8.5, leading=11.5)
_FAINT = ParagraphStyle("faint", _SMALL, textColor=FAINT)
_TITLE = ParagraphStyle("title", _BODY, fontName=BOLD, fontSize=18, leading=23, spaceAfter=4)
_HEAD = ParagraphStyle("head", _BODY, fontName=BOLD, fontSize=12, leading=16, spaceBefore=2, spaceAfter=2)
_SUBHEAD = ParagraphStyle("subhead", _BODY, fontName=BOLD, spaceBefore=7, spaceAfter=1)


@dataclass(frozen=True, slots=True)
class ReportFonts:
    """Font files that the report embeds."""

    regular: Path
    bold: Path


def report_pdf(report: Report, fonts: ReportFonts) -> bytes:
    """The report as PDF, A4, with bookmarks. The same report gives the same bytes."""
    lettering = Lettering(fonts.regular, fonts.bold)
    out = io.BytesIO()
    document = _Document(out, report, lettering)
    document.build([*_story(report, lettering), _PageCount()])
    return out.getvalue()


def _story(report: Report, lettering: Lettering) -> Iterator[Flowable]:
    count = len(report.entries)
    yield _Heading(lettering.markup(report.name), _TITLE, report.name, level=0)
    yield Paragraph(
        lettering.markup(
            f"Shortlist of {report.owner}: {count} figure{'' if count == 1 else 's'}. "
            f"Report for {report.examiner}, {date_as_cited(report.date)}."
        ),
        _FAINT,
    )
    if report.note:
        yield Spacer(0, 6)
        yield Paragraph(lettering.markup(report.note), _BODY)
    yield Spacer(0, 10)
    if not report.entries:
        yield Paragraph("The shortlist is empty.", _BODY)
    for place, entry in enumerate(report.entries, start=1):
        yield from _entry(place, entry, lettering)
    if report.entries:
        yield from _citations(report, lettering)
    yield from _about_letters(lettering)


def _entry(place: int, entry: ReportEntry, lettering: Lettering) -> Iterator[Flowable]:
    name = f"{entry.number_as_cited}, {entry.figure}"
    heading = _Heading(f"{place}. {lettering.markup(name)}", _HEAD, f"{place}. {name}", level=1)
    yield CondPageBreak(60 * mm)
    yield KeepTogether([_rule(), heading, _facts(entry, lettering), Spacer(0, 6), _drawing(entry)])
    if entry.note:
        yield Paragraph("Note", _SUBHEAD)
        yield Paragraph(lettering.markup(entry.note), _BODY)
    if entry.pins:
        yield Paragraph("Pinned to the drawing", _SUBHEAD)
        for pin in entry.pins:
            author = f' <font color="{FAINT.hexval().replace("0x", "#")}">{lettering.markup(pin.author)}</font>'
            text = f"{lettering.markup(pin.note)}{author if pin.author else ''}"
            yield _hung(str(pin.number), text, _BODY, 8 * mm)
    if entry.passages:
        yield Paragraph("Passages", _SUBHEAD)
        for passage in entry.passages:
            yield _hung(passage.place, lettering.markup(passage.sentence), _SMALL, 30 * mm)
    yield Spacer(0, 12)


def _facts(entry: ReportEntry, lettering: Lettering) -> Flowable:
    links = [f'<a href="{entry.espacenet}" color="{LINK}">Espacenet</a>']
    if entry.register:
        links.append(f'<a href="{entry.register}" color="{LINK}">European Patent Register</a>')
    category = f"{entry.relevance}, {CATEGORIES[entry.relevance]}" if entry.relevance else CATEGORIES[""]
    facts = [
        ("Category", f"<b>{category}</b>"),
        ("Title", lettering.markup(entry.title)),
        ("Applicant", lettering.markup("; ".join(entry.applicants))),
        ("Published", date_as_cited(entry.date) if entry.date else ""),
        ("IPC", lettering.markup("; ".join(entry.ipc))),
        ("CPC", lettering.markup("; ".join(entry.cpc))),
        ("Kept by", lettering.markup(f"{entry.added_by}, {date_as_cited(entry.added_on)}") if entry.added_by else ""),
        ("Links", ", ".join(links)),
    ]
    rows = [[Paragraph(name, _FAINT), Paragraph(value, _SMALL)] for name, value in facts if value]
    return Table(rows, colWidths=[22 * mm, WIDTH - 22 * mm], style=_PLAIN, hAlign="LEFT", splitInRow=1)


def _drawing(entry: ReportEntry) -> Flowable:
    if not entry.drawing:
        return Paragraph("The drawing is no longer in the collection.", _FAINT)
    try:
        return PinnedDrawing(entry.drawing, entry.pins, WIDTH, TALLEST_DRAWING)
    except ImageError as error:
        return Paragraph(error.detail, _FAINT)


def _hung(mark: str, text: str, style: ParagraphStyle, indent: float) -> Flowable:
    """A paragraph with a mark in the margin that can break across pages."""
    hung = ParagraphStyle(
        "hung", style, leftIndent=indent, bulletFontName=REGULAR, bulletFontSize=8.5, bulletColor=FAINT
    )
    return Paragraph(text, hung, bulletText=mark)


def _citations(report: Report, lettering: Lettering) -> Iterator[Flowable]:
    yield CondPageBreak(70 * mm)
    yield _rule()
    yield _Heading("Citations", _HEAD, "Citations", level=1)
    yield Paragraph(
        "Documents and categories as in a search report (WIPO Standard ST.14): X relevant taken alone, "
        "Y relevant in combination, A background. Passages are sentences linked to the drawings, most telling first.",
        _FAINT,
    )
    yield Spacer(0, 4)
    head = ["Category", "Document", "Relevant figures and passages"]
    rows = [[Paragraph(f"<b>{name}</b>", _SMALL) for name in head]]
    for citation in citations_of(report):
        cells = (citation.category or "–", citation.document, citation.passages)
        rows.append([Paragraph(lettering.markup(cell), _SMALL) for cell in cells])
    yield Table(
        rows, colWidths=[18 * mm, 84 * mm, WIDTH - 102 * mm], style=_RULED, repeatRows=1, hAlign="LEFT", splitInRow=1
    )


def _about_letters(lettering: Lettering) -> Iterator[Flowable]:
    """Notes on characters in foreign fonts or without a font; call it after all text is written."""
    if lettering.borrowed:
        yield Spacer(0, 8)
        yield Paragraph(
            "East Asian characters are set in fonts of the program that shows this file; a program without them "
            "leaves gaps. The table (CSV) of the shortlist holds them in any case.",
            _FAINT,
        )
    if lettering.unprinted:
        counts = ", ".join(f"{script} ({count})" for script, count in sorted(lettering.unprinted.items()))
        yield Spacer(0, 8)
        yield Paragraph(
            f"Characters that this report cannot print are named in square brackets where they stand: {counts}. "
            "The table (CSV) of the shortlist holds them.",
            _FAINT,
        )


_PLAIN = TableStyle([
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 6),
    ("TOPPADDING", (0, 0), (-1, -1), 1),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
])  # fmt: skip
_RULED = TableStyle([
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 3),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
])  # fmt: skip


def _rule() -> Flowable:
    return Table([[""]], colWidths=[WIDTH], rowHeights=[4], style=[("LINEABOVE", (0, 0), (-1, 0), 0.6, LINE)])


class _Heading(Paragraph):  # type: ignore[misc]
    """A heading with a bookmark."""

    def __init__(self, markup: str, style: ParagraphStyle, bookmark: str, *, level: int) -> None:
        super().__init__(markup, style)
        self._bookmark, self._level = bookmark, level

    def draw(self) -> None:
        key = f"{self._level}:{self._bookmark}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(self._bookmark, key, self._level, closed=False)
        super().draw()


class _PageCount(Flowable):  # type: ignore[misc]
    """The last element, which fills the number of pages into all footers."""

    def wrap(self, *_: Any) -> tuple[float, float]:
        return 0, 0

    def draw(self) -> None:
        self.canv.beginForm("page-count", 0, -4, 40, 12)
        self.canv.setFont(REGULAR, 8)
        self.canv.setFillColor(FAINT)
        self.canv.drawString(0, 0, str(self.canv.getPageNumber()))
        self.canv.endForm()


class _Document(BaseDocTemplate):  # type: ignore[misc]
    """A4 pages with a footer: the report's name, page and number of pages."""

    def __init__(self, out: io.BytesIO, report: Report, lettering: Lettering) -> None:
        super().__init__(
            out,
            pagesize=A4,
            leftMargin=MARGIN,
            rightMargin=MARGIN,
            topMargin=MARGIN,
            bottomMargin=MARGIN,
            title=report.name,
            author=report.examiner,
            subject="Shortlist of figures of patent publications",
            creator="Patent image search",
            lang="en",
            invariant=1,
        )
        frame = Frame(MARGIN, MARGIN, WIDTH, A4[1] - 2 * MARGIN, 0, 0, 0, 0, id="page")
        self.addPageTemplates(PageTemplate("page", [frame], onPage=self._draw_foot))
        self._date = report.date
        self._name = lettering.markup(report.name)

    def beforeDocument(self) -> None:
        """Date the file like the report, so that the same report gives the same bytes."""
        self.canv._doc._timeStamp.YMDhms = (self._date.year, self._date.month, self._date.day, 0, 0, 0)

    def _draw_foot(self, canvas: Any, _: Any) -> None:
        name = Paragraph(self._name, _FAINT)
        name.wrap(WIDTH - 40 * mm, 12)
        name.drawOn(canvas, MARGIN, FOOT - 3)
        canvas.setFont(REGULAR, 8)
        canvas.setFillColor(FAINT)
        text = f"page {canvas.getPageNumber()} of "
        canvas.drawRightString(A4[0] - MARGIN - 14, FOOT, text)
        canvas.saveState()
        canvas.translate(A4[0] - MARGIN - 14, FOOT)
        canvas.doForm("page-count")
        canvas.restoreState()
