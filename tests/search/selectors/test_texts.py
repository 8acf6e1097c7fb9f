"""Paragraphs cut into pieces by numerals and terms."""

from __future__ import annotations

import pytest

from search.selectors.texts import Piece, pieces_of_paragraph

TEXT = "The rotor 12 turns in the housing 14."
NUMERALS = [(10, 12, "12"), (34, 36, "14")]


def test_numerals_and_terms_are_pieces_and_joined_pieces_are_the_text() -> None:
    pieces = pieces_of_paragraph(TEXT, NUMERALS, ("housing",), found_before=4)
    assert "".join(piece.text for piece in pieces) == TEXT
    assert [piece.text for piece in pieces if piece.numeral] == ["12", "14"]
    assert [piece for piece in pieces if piece.term is not None] == [
        Piece("housing", term=0, found=5, begins=True),
    ]


def test_a_phrase_across_a_numeral_keeps_the_numeral_and_counts_once() -> None:
    pieces = pieces_of_paragraph(TEXT, NUMERALS, ("rotor 12 turns",))
    assert [(piece.text, piece.numeral, piece.begins) for piece in pieces if piece.found == 1] == [
        ("rotor ", "", True),
        ("12", "12", False),
        (" turns", "", False),
    ]


@pytest.mark.parametrize("numerals", [[(10, 12, "12"), (11, 14, "2 t")], [(10, 12, "12"), (30, 99, "14")]])
def test_numerals_that_overlap_or_reach_beyond_the_text_are_left_out(numerals: list[tuple[int, int, str]]) -> None:
    pieces = pieces_of_paragraph(TEXT, numerals, ())
    assert "".join(piece.text for piece in pieces) == TEXT
    assert [piece.numeral for piece in pieces if piece.numeral] == ["12"]


def test_an_empty_paragraph_has_no_pieces() -> None:
    assert pieces_of_paragraph("", [], ("rotor",)) == ()
