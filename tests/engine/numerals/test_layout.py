"""Kinds of readings by their neighbours: labels, headers, dimensions, scales."""

import numpy as np

from engine.numerals.layout import Read, classified
from engine.sheets.geometry import Box
from engine.sheets.reading import TextKind


def read(text: str, left: int, top: int, line: int = 0, confidence: float = 0.95, height: int = 40) -> Read:
    return Read(text, text, Box(left, top, 22 * len(text), height), confidence, line)


def paper() -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.zeros((2000, 1500), np.uint8)


def kinds(words: list[Read]) -> dict[str, TextKind]:
    return {word.text: word.kind for word in words}


def test_a_label_in_several_words_is_one_reading() -> None:
    found = classified([read("FIG.", 500, 1800), read("3a", 640, 1800), read("12", 100, 700, line=1)], paper())
    assert kinds(found) == {"FIG. 3a": TextKind.FIGURE_LABEL, "12": TextKind.NUMERAL}


def test_a_figure_named_in_running_text_is_no_label() -> None:
    found = classified([read("see", 380, 900), read("FIG.", 500, 900), read("3", 620, 900)], paper())
    assert TextKind.FIGURE_LABEL not in kinds(found).values()


def test_page_headers_hold_no_numerals() -> None:
    header = ["Patent", "Application", "Apr.", "27,", "2006", "Sheet", "1", "of", "10", "US", "2006/0085912", "A1"]
    words = [read(text, 20 + 120 * i, 60, line=i) for i, text in enumerate(header)]
    found = classified([*words, read("10", 700, 800, line=99)], paper())
    assert [word.text for word in found if word.kind is TextKind.NUMERAL] == ["10"]
    assert found[-1].box.top == 800


def test_a_sheet_number_is_no_numeral() -> None:
    assert kinds(classified([read("3/14", 700, 40)], paper())) == {"3/14": TextKind.SHEET_NUMBER}


def test_numbers_with_a_unit_are_dimensions() -> None:
    found = kinds(classified([read("10", 100, 500), read("mm", 160, 500), read("5um", 600, 500, line=1)], paper()))
    assert found["10"] is TextKind.DIMENSION
    assert found["5um"] is TextKind.DIMENSION


def test_numbers_along_an_axis_are_a_scale() -> None:
    axis = paper()
    axis[1500:1504, 100:1200] = 1
    words = [read(str(value), 100 + 10 * value, 1530, line=value) for value in (20, 40, 60, 80, 100)]
    # Centred under their ticks, as scales are.
    words = [
        Read(w.seen, w.text, Box(w.box.left - w.box.width // 2, 1530, w.box.width, 40), 0.95, w.line) for w in words
    ]
    assert set(kinds(classified(words, axis)).values()) == {TextKind.SCALE}


def test_the_numerals_of_a_flow_chart_are_no_scale() -> None:
    words = [read(str(101 + 2 * i), 100, 200 + 300 * i, line=i) for i in range(5)]
    frame = paper()
    frame[150:1800, 180:184] = 1
    assert set(kinds(classified(words, frame)).values()) == {TextKind.NUMERAL}


def test_a_doubtful_reading_is_kept_as_a_word() -> None:
    assert kinds(classified([read("236", 100, 100, confidence=0.2)], paper())) == {"236": TextKind.WORD}
