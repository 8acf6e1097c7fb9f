"""Document numbers: the identifiers of figures in TREC files.

`EP1234567A1/3.1/2` is the second figure on page 1 of the third image file of the publication EP1234567A1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.errors import EngineError

_NUMBER = re.compile(r"([A-Z0-9]{1,25})/([1-9][0-9]{0,8})\.([1-9][0-9]{0,4})/([1-9][0-9]{0,4})", re.ASCII)


class DocumentNumberError(EngineError):
    """A text is not a document number."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text[:60]!r} is not a document number; write it like EP1234567A1/3.1/2")
        self.text = text


@dataclass(frozen=True, slots=True)
class FigurePlace:
    """The place of a figure. sheet_position and figure_position count from 0, page from 1."""

    publication: str
    sheet_position: int
    page: int
    figure_position: int


def document_number(publication: str, sheet_position: int, page: int, figure_position: int) -> str:
    """The document number of a figure by its place; see FigurePlace."""
    return f"{publication}/{sheet_position + 1}.{page}/{figure_position + 1}"


def place_of(number: str) -> FigurePlace:
    """The place that a document number names. Raises: DocumentNumberError."""
    found = _NUMBER.fullmatch(number)
    if found is None:
        raise DocumentNumberError(number)
    publication, sheet, page, figure = found.groups()
    return FigurePlace(publication, int(sheet) - 1, int(page), int(figure) - 1)


def publication_of(number: str) -> str:
    """The reference of the publication, with which a document number begins."""
    return number.partition("/")[0]
