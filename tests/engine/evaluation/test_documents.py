"""Document numbers are written and parsed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.evaluation.documents import (
    DocumentNumberError,
    FigurePlace,
    document_number,
    place_of,
    publication_of,
)


def test_a_document_number_counts_sheets_and_figures_from_1() -> None:
    assert document_number("EP1234567A1", 2, 1, 1) == "EP1234567A1/3.1/2"


@given(st.from_regex(r"[A-Z]{2}[A-Z0-9]{1,15}[A-Z][0-9]?", fullmatch=True), *[st.integers(0, 9999)] * 2)
def test_a_document_number_leads_back_to_its_place(publication: str, sheet: int, figure: int) -> None:
    number = document_number(publication, sheet, 2, figure)
    assert place_of(number) == FigurePlace(publication, sheet, 2, figure)
    assert publication_of(number) == publication


@pytest.mark.parametrize(
    "text", ["", "EP1A1", "EP1A1/0.1/1", "EP1A1/1.1/0", "EP1A1/01.1/1", "EP1A1/1.1/1 ", "EP1A1/1.1/1\n", "EP1A1/1.1/١",
             "ep1a1/1.1/1", "EP1A1/1.1/" + "9" * 30, "\0"],
)  # fmt: skip
def test_what_is_no_document_number_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(DocumentNumberError, match=r"EP1234567A1/3\.1/2"):
        place_of(text)
