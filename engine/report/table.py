"""A report as a CSV table and as a list of publication numbers."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable

from engine.report.contents import Report, ReportEntry

COLUMNS = (
    "place", "publication", "country", "number", "kind", "figure", "relevance", "title", "applicants", "date",
    "IPC", "CPC", "note", "pins", "passages", "added by", "added on", "Espacenet", "European Patent Register",
)  # fmt: skip
_STARTS_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def report_csv(report: Report) -> bytes:
    """The report as CSV (RFC 4180), one row per entry, in UTF-8 with the byte order mark that spreadsheets need.

    A cell that a spreadsheet would read as a formula gets an apostrophe in front.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for place, entry in enumerate(report.entries, start=1):
        writer.writerow([_harmless(cell) for cell in (str(place), *_cells(entry))])
    return codecs.BOM_UTF8 + text.getvalue().encode()


def report_numbers(references: Iterable[str]) -> bytes:
    """The publication numbers in order, each once, one per line, in ASCII."""
    return "".join(f"{number}\n" for number in dict.fromkeys(references)).encode("ascii", "replace")


def _cells(entry: ReportEntry) -> tuple[str, ...]:
    number = entry.publication
    return (
        number.reference, number.country, number.doc_number, number.kind_code, entry.figure, entry.relevance,
        entry.title, "; ".join(entry.applicants), entry.date.isoformat() if entry.date else "",
        "; ".join(entry.ipc), "; ".join(entry.cpc), entry.note,
        "\n".join(f"{pin.number}: {pin.note}" for pin in entry.pins),
        "\n".join(f"{passage.place}: {passage.sentence}" for passage in entry.passages),
        entry.added_by, entry.added_on.isoformat(), entry.espacenet, entry.register,
    )  # fmt: skip


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_STARTS_OF_FORMULAS) else cell
