"""The contents of one patent XML: dataclasses that the parser returns and the services store."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from enum import StrEnum

YEAR_FIRST = frozenset({("US", 11), ("WO", 10)})
"""Country → length of publication numbers that begin with the year."""


@dataclass(frozen=True, slots=True, order=True)
class PublicationNumber:
    """Country (WIPO ST.3), number and kind code (WIPO ST.16): the identity of a publication."""

    country: str
    doc_number: str
    kind_code: str

    @property
    def reference(self) -> str:
        """The number as examiners write it: EP1234567A1."""
        return f"{self.country}{self.doc_number}{self.kind_code}"

    @property
    def spaced(self) -> str:
        """The number in groups: EP 1 234 567 A1; with a leading year as US 2006/0085912 A1."""
        number = self.doc_number
        if number.isdecimal() and (self.country, len(number)) in YEAR_FIRST:
            number = f"{number[:4]}/{number[4:]}"
        elif number.isdecimal():
            number = f"{int(number):,}".replace(",", " ")
        return f"{self.country} {number} {self.kind_code}".strip()


@dataclass(frozen=True, slots=True)
class Note:
    """A finding for the report: a stable code and a sentence for people."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Title:
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Party:
    """An applicant, inventor, proprietor or representative; country is ST.3 or empty."""

    role: str
    name: str
    country: str = ""


@dataclass(frozen=True, slots=True)
class Classification:
    """One symbol of the IPC or CPC, written with one space and no padding: "F04C 2/08"."""

    scheme: str  # "IPC" or "CPC"
    symbol: str


@dataclass(frozen=True, slots=True)
class Priority:
    country: str
    number: str
    date: datetime.date | None


@dataclass(frozen=True, slots=True)
class Citation:
    """A cited patent (kind "patent", text: its number as given) or other literature (kind "npl")."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """Characters [start, end) of the text it belongs to; value: an attribute of its markup."""

    start: int
    end: int
    value: str = ""


class Section(StrEnum):
    ABSTRACT = "abstract"
    DESCRIPTION = "description"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, heading or claim as plain text, formulas and tables left out.

    figure_references: spans marked up as <figref>. emphasised: spans in <b>, which US texts use for numerals.
    """

    section: Section
    number: str  # as printed: "0001"; claims: "1"
    language: str  # ISO 639-1, lower case: "en", "de", "fr"
    text: str
    heading: bool = False
    figure_references: tuple[Span, ...] = ()
    emphasised: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class DrawingReference:
    """A drawing that the XML names. file_name: a label to find among the delivery's members, never a path.

    label: the figure number in the XML ("3", "3A,3B"), empty for none.
    """

    identifier: str
    label: str
    file_name: str
    width_mm: float | None = None
    height_mm: float | None = None


@dataclass(frozen=True, slots=True)
class PatentDocument:
    """All data of one patent XML that is stored."""

    number: PublicationNumber
    language: str
    date: datetime.date | None
    dtd_version: str
    titles: tuple[Title, ...] = ()
    parties: tuple[Party, ...] = ()
    classifications: tuple[Classification, ...] = ()
    application_number: str = ""  # with country: "EP07012363"
    application_date: datetime.date | None = None
    priorities: tuple[Priority, ...] = ()
    citations: tuple[Citation, ...] = ()
    family: tuple[str, ...] = ()  # references of related publications and applications
    paragraphs: tuple[Paragraph, ...] = ()
    drawings: tuple[DrawingReference, ...] = ()
    left_out: tuple[DrawingReference, ...] = ()  # formulas, tables, chemistry: named, not stored
    repaired: bool = False
    notes: tuple[Note, ...] = field(default=())
