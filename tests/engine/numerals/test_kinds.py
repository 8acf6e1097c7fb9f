"""Kinds of text on a sheet by their spelling."""

import pytest

from engine.numerals.kinds import figure_label, looks_like_numeral, tidied


@pytest.mark.parametrize("text", ["12", "12a", "12'", "A1", "S101", "10-1", "100A", "2-1", "1308-2", "7"])
def test_numerals_are_told_by_their_form(text: str) -> None:
    assert looks_like_numeral(text)


@pytest.mark.parametrize("text", ["0", "05", "0.25", "787968", "Battery", "3/14", "", "a", "12abc"])
def test_other_texts_are_no_numerals(text: str) -> None:
    assert not looks_like_numeral(text)


@pytest.mark.parametrize(
    ("seen", "label"),
    [
        ("FIG. 3a", ("FIG.", "3a")),
        ("Fig.3(a)", ("Fig.", "3(a)")),
        ("FIGURE 3", ("FIGURE", "3")),
        ("F I G. 3", ("FIG.", "3")),
        ("F1G 12", ("FIG.", "12")),
        ("Abb. 3", ("Abb.", "3")),
        ("Figur 4", ("Figur", "4")),
        ("FIG.", ("FIG.", "")),
    ],
)
def test_figure_labels_are_read_in_all_their_spellings(seen: str, label: tuple[str, str]) -> None:
    assert figure_label(seen) == label


@pytest.mark.parametrize("seen", ["Fighter 3", "12", "Filter", "FIG. 0"])
def test_what_is_no_label_is_none(seen: str) -> None:
    found = figure_label(seen)
    assert found is None or found[1] == ""


def test_dirt_beside_a_numeral_is_taken_off_and_its_prime_is_kept() -> None:
    assert tidied("12′.") == "12'"
    assert tidied("(236)") == "236"
    assert tidied("-104,") == "104"
    assert tidied("10–1") == "10-1"
