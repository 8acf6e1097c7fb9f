"""The contents of a report and its citations, as dataclasses independent of models and views."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.patents.publication import PublicationNumber, Section
from engine.sheets.geometry import Box

PARTS_OF_SIDE = 10_000
"""Unit of a pin's box: ten-thousandths of the drawing's width and height."""


@dataclass(frozen=True, slots=True)
class PinNote:
    """A note on a part of the drawing; number from 1, box in ten-thousandths of the drawing's sides."""

    number: int
    box: Box
    note: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of the publication, with its section and the number of its paragraph or claim."""

    section: str
    number: str
    sentence: str

    @property
    def place(self) -> str:
        """The place as a search report cites it: "claim 1", "paragraph [0001]", "abstract"."""
        if self.section == Section.CLAIM:
            return f"claim {self.number}".strip()
        return f"paragraph [{self.number}]" if self.number else self.section


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """One figure of the shortlist. drawing: its upright PNG, empty when it is no longer available."""

    publication: PublicationNumber
    figure: str  # the drawing's name: "FIG. 3a", "figure 2 of sheet 4"
    label: str  # "3a", empty when unlabelled
    title: str
    applicants: tuple[str, ...]
    date: datetime.date | None
    ipc: tuple[str, ...]
    cpc: tuple[str, ...]
    relevance: str  # X, Y, A or empty (WIPO ST.14, paragraph 14)
    note: str
    pins: tuple[PinNote, ...]
    passages: tuple[Passage, ...]
    added_by: str
    added_on: datetime.date
    espacenet: str
    register: str
    drawing: bytes = b""

    @property
    def number_as_cited(self) -> str:
        """The publication number with spaces: "EP 1234567 A1"."""
        return f"{self.publication.country} {self.publication.doc_number} {self.publication.kind_code}"


@dataclass(frozen=True, slots=True)
class Report:
    """A shortlist on a given day. owner: whose list it is. examiner: who exported it."""

    name: str
    note: str
    owner: str
    examiner: str
    date: datetime.date
    entries: tuple[ReportEntry, ...]


@dataclass(frozen=True, slots=True)
class CitedPublication:
    """A publication as a search report cites it, with the most relevant of its categories."""

    category: str
    document: str  # number, kind, applicant and date
    passages: str  # figures, paragraphs, claims


def citations_of(report: Report) -> tuple[CitedPublication, ...]:
    """One citation per publication, in the report's order, with the elements of WIPO ST.14, paragraph 12."""
    by_publication: dict[PublicationNumber, list[ReportEntry]] = {}
    for entry in report.entries:
        by_publication.setdefault(entry.publication, []).append(entry)
    return tuple(_citation(entries) for entries in by_publication.values())


def _citation(entries: Sequence[ReportEntry]) -> CitedPublication:
    first = entries[0]
    applicants = f" ({'; '.join(first.applicants).upper()})" if first.applicants else ""
    rated = [entry.relevance for entry in entries if entry.relevance]
    gravest = min(rated, key="XYA".index) if rated else ""
    passages = [passage for entry in entries for passage in entry.passages]
    parts = [
        _counted("figure", "figures", _unique(entry.label for entry in entries)),
        *_unique(entry.figure for entry in entries if not entry.label),
        *_unique(passage.place for passage in passages if passage.section != Section.CLAIM and not passage.number),
        _counted("paragraph", "paragraphs", [f"[{number}]" for number in _numbers(passages, of_claims=False)]),
        _counted("claim", "claims", _numbers(passages, of_claims=True)),
    ]
    document = f"{first.number_as_cited}{applicants}{f' {date_as_cited(first.date)}' if first.date else ''}"
    return CitedPublication(gravest, document, "; ".join(filter(None, parts)))


def date_as_cited(date: datetime.date) -> str:
    """The date in words and figures: "28 May 1975 (28.05.1975)"."""
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year} ({date:%d.%m.}{date.year:04d})"


# Not strftime("%B"), which depends on the locale.
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _numbers(passages: Iterable[Passage], *, of_claims: bool) -> list[str]:
    numbers = _unique(one.number for one in passages if (one.section == Section.CLAIM) == of_claims)
    return sorted(numbers, key=lambda number: (int(number) if number.isascii() and number.isdecimal() else 0, number))


def _counted(one: str, several: str, items: Sequence[str]) -> str:
    return f"{one if len(items) == 1 else several} {', '.join(items)}" if items else ""


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, texts)))
