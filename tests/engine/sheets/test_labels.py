"""Figure labels: parsed, composed from pieces, and corrected by the publication."""

from __future__ import annotations

import pytest

from engine.sheets.geometry import Box
from engine.sheets.labels import labels_by_order, labels_on, normalised_label, settled_labels
from engine.sheets.reading import SheetReading, TextBox, TextKind


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("FIG. 3a", "3a"),
        ("Fig.3(A)", "3a"),
        ("F I G. 3", "3"),
        ("Figure 12", "12"),
        ("FIGURE 4B", "4b"),
        ("Abb. 3", "3"),
        ("Abbildung 7", "7"),
        ("FIGUR 3", "3"),
        ("Fig. 07", "7"),
        ("FIG. 5-A", "5a"),
        ("FIG. 3'", "3'"),
        ("planche 2", "2"),
        (" FIG. 3. ", "3"),
    ],
)
def test_a_label_is_normalised_to_number_and_letter(text: str, label: str) -> None:
    assert normalised_label(text) == label


@pytest.mark.parametrize(
    "text", ["12", "FIG", "FIG. A", "FIG. 0", "see FIG. 3", "FIG. 3 shows", "FIGHT 3", "S101", "3/14", "FIG. 1234", ""]
)
def test_other_text_is_no_label(text: str) -> None:
    assert normalised_label(text) is None


def _piece(seen: str, left: int, width: int, *, height: int = 40, top: int = 500, confidence: float = 0.9) -> TextBox:
    kind = TextKind.NUMERAL if seen.isdigit() else TextKind.WORD
    return TextBox(seen, seen, Box(left, top, width, height), confidence, kind)


def _labels(*boxes: TextBox, rotation: int = 0) -> list[tuple[str, Box]]:
    found = labels_on(SheetReading("test", rotation, boxes), width_px=1000, height_px=1400)
    return sorted(((label.label, label.box_on_sheet) for label in found), key=lambda pair: pair[1].left)


def test_a_label_read_in_pieces_is_put_together() -> None:
    pieces = [_piece("Fi", 100, 30), _piece("gu", 133, 40), _piece("re", 178, 30, height=24), _piece("14", 230, 40)]
    assert _labels(*pieces) == [("14", Box(100, 500, 170, 40))]


def test_letters_that_look_alike_spell_a_label_when_a_number_follows() -> None:
    assert _labels(_piece("Flc", 100, 80), _piece("7", 210, 20)) == [("7", Box(100, 500, 130, 40))]
    assert _labels(_piece("Flc", 100, 80), _piece("7", 400, 20)) == []


def test_a_label_whose_number_was_misread_keeps_its_place() -> None:
    assert _labels(_piece("Fig.L", 100, 120)) == [("", Box(100, 500, 120, 40))]
    assert _labels(_piece("FIG", 100, 80)) == [("", Box(100, 500, 80, 40))]


def test_numerals_beside_words_are_no_labels() -> None:
    assert _labels(_piece("FILTER", 100, 120), _piece("7", 230, 20)) == []
    assert _labels(_piece("A", 100, 20), _piece("7", 130, 20)) == []
    assert _labels(_piece("FIG", 100, 80, confidence=0.2), _piece("7", 200, 20)) == []


def test_pieces_are_put_together_on_a_sheet_lying_sideways() -> None:
    # Turned clockwise by 90 degrees, a text that climbs the stored sheet runs from left to right.
    word = TextBox("Fig", "Fig", Box(500, 900, 40, 80), 0.9, TextKind.WORD)
    number = TextBox("5", "5", Box(500, 860, 40, 20), 0.9, TextKind.NUMERAL)
    assert _labels(word, number, rotation=90) == [("5", Box(500, 860, 40, 120))]


def test_the_second_label_with_one_number_loses_it() -> None:
    first = TextBox("FIG 3", "FIG. 3", Box(100, 100, 90, 40), 0.9, TextKind.FIGURE_LABEL)
    second = TextBox("FIG 3", "FIG. 3", Box(100, 900, 90, 40), 0.5, TextKind.FIGURE_LABEL)
    found = labels_on(SheetReading("test", 0, (second, first)), 1000, 1400)
    assert [(label.label, label.box_on_sheet.top) for label in found] == [("3", 100), ("", 900)]


def test_one_label_told_stands_in_where_none_was_read() -> None:
    assert settled_labels([], "3A", {"1", "2", "3a"}) == ["3a"]
    assert settled_labels([], "", {"1"}) == ["1"]
    assert settled_labels([], "", {"1", "2"}) == [""]
    assert settled_labels([], "3A,3B", set()) == ["3a,3b"]


def test_a_label_the_text_does_not_know_is_put_right_when_one_only_can_be_meant() -> None:
    assert settled_labels(["28", "2a"], "", {"1", "2a", "2b"}) == ["2b", "2a"]
    assert settled_labels(["3d", "3a"], "", {"3a", "3b", "4a"}) == ["3b", "3a"]
    assert settled_labels(["7"], "", {"1", "2", "3"}) == ["7"]


def test_a_label_that_is_known_is_never_changed() -> None:
    assert settled_labels(["1", "12"], "", {"1", "11", "12"}) == ["1", "12"]
    assert settled_labels(["6"], "5", {"5", "6"}) == ["6"]


def test_a_missing_label_is_filled_in_from_the_sheets_around() -> None:
    known = [str(number) for number in range(1, 8)]
    assert labels_by_order([["1"], ["2", "3"], ["", "5"], ["6"], [""]], known) == [
        ["1"], ["2", "3"], ["4", "5"], ["6"], ["7"],
    ]  # fmt: skip
    assert labels_by_order([["1"], [""], ["4"]], known) == [["1"], [""], ["4"]]  # 2 or 3
    assert labels_by_order([["1"], ["", ""], ["4"]], known) == [["1"], ["", ""], ["4"]]  # which is which


def test_a_label_that_stands_on_another_sheet_gives_way_to_the_one_that_is_missing_here() -> None:
    known = [str(number) for number in range(1, 14)]
    sheets = [["1"], ["2", "3"], ["4", "5"], ["6", "7"], ["8", "9", "10"], ["1", "12"], ["13"]]
    assert labels_by_order(sheets, known)[5] == ["11", "12"]
    sheets[2] = ["4", ""]
    assert labels_by_order(sheets, known)[2] == ["4", "5"]
    assert labels_by_order([["1"], ["2"], ["1"]], ["1", "2"]) == [["1"], ["2"], ["1"]]  # drawn twice
