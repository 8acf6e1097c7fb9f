"""Words are proposed on drawn sheets, without model weights."""

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from engine.numerals.ink import (
    components_of,
    filled,
    gaps_closed,
    grain,
    ink_of,
    raggedness,
    solid_and_shown,
    without_rules,
)
from engine.numerals.proposals import crop_of, words_of
from engine.numerals.selection import worth_reading
from engine.sheets.reading import GrayImage
from tests.lazily import lazily

if TYPE_CHECKING:
    from engine.numerals import orientation
else:
    orientation = lazily("engine.numerals.orientation")


def drawn(*texts: tuple[str, int, int], scale: float = 1.6) -> GrayImage:
    """A sheet of 1200 × 1600 px with texts at (x, y) of their base lines, about 34 px high."""
    sheet = np.full((1600, 1200), 255, np.uint8)
    for text, x, y in texts:
        cv2.putText(sheet, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, 0, 4)
    return (sheet > 127).astype(np.uint8) * 255


def boxes(sheet: GrayImage) -> list[tuple[int, int]]:
    """(left, members) of the words, from left to right."""
    components = components_of(without_rules(ink_of(sheet)))
    return sorted((word.box.left, len(word.members)) for word in words_of(components))


def test_a_numeral_is_one_word_and_distant_numerals_are_two() -> None:
    found = boxes(drawn(("236", 100, 300), ("45", 600, 300)))
    assert [members for _, members in found] == [3, 2]


def test_a_line_of_text_is_cut_before_its_numeral() -> None:
    components = components_of(ink_of(drawn(("Battery", 100, 300), ("236", 340, 300))))
    last = max(words_of(components), key=lambda word: word.box.left)
    assert last.box.left > 330
    assert len(last.members) == 3


def test_a_long_underline_is_taken_off_and_the_digits_stay() -> None:
    sheet = drawn(("118", 300, 400))
    plain = boxes(sheet)
    cv2.line(sheet, (290, 401), (400, 401), 0, 4)
    assert [members for _, members in boxes(sheet)] == [members for _, members in plain]


def test_a_dash_joins_what_stands_beside_it() -> None:
    components = components_of(ink_of(drawn(("10-1", 300, 400))))
    (word,) = words_of(components)
    assert len(word.members) == 4


def test_broken_strokes_are_repaired_before_words_are_sought() -> None:
    ink = ink_of(drawn(("118", 300, 400)))
    ink[::7] = 0
    assert len(words_of(components_of(gaps_closed(ink)))) == 1
    assert len(words_of(components_of(ink))) != 1 or len(words_of(components_of(ink))[0].members) != 3


def test_a_dithered_sheet_is_ragged_and_a_clean_one_is_not() -> None:
    clean = ink_of(drawn(("118", 300, 400)))
    noise = np.random.default_rng(1).random(clean.shape) < 0.5
    assert raggedness(clean) < 0.01
    assert raggedness((clean & noise).astype(np.uint8)) > 0.06
    assert raggedness(np.zeros((10, 10), np.uint8)) == 0.0


def test_grains_lost_by_strokes_are_filled_and_nothing_moves() -> None:
    whole = ink_of(drawn(*((text, 100, 300 + 150 * i) for i, text in enumerate(("118", "236", "45", "507")))))
    lost = np.random.default_rng(1).random((534, 400)) < 0.2
    ink = (whole & (np.kron(lost, np.ones((3, 3)))[:1600, :1200] == 0)).astype(np.uint8)
    assert grain(whole) < 1.5 < grain(ink)
    solid, shown = solid_and_shown(ink)
    assert shown is solid
    assert (solid >= ink).all()
    assert int((solid != whole).sum()) < 0.6 * int((ink != whole).sum())
    assert solid_and_shown(whole)[0] is whole
    block = np.zeros((40, 40), np.uint8)
    block[10:20, 12:30] = 1
    assert (filled(block) == block).all()


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_turned_components_are_those_of_the_turned_sheet(rotation: int) -> None:
    ink = ink_of(drawn(("236", 100, 300), ("45", 600, 900)))
    there = orientation.turned(components_of(ink), rotation)
    again = components_of(np.ascontiguousarray(np.rot90(ink, -(rotation // 90))))

    def table(components: object) -> list[tuple[float, ...]]:
        names = ("left", "top", "width", "height", "pixels", "row_crossings")
        columns = [getattr(components, name)[1:].tolist() for name in names]
        return sorted(tuple(row) for row in zip(*columns, strict=True))

    assert table(there)[0][:5] == table(again)[0][:5]
    assert [row[:5] for row in table(there)] == [row[:5] for row in table(again)]


def test_a_crop_shows_the_word_without_the_line_that_runs_past_it() -> None:
    sheet = drawn(("45", 300, 400))
    components = components_of(ink_of(sheet))
    (word,) = words_of(components)
    before = crop_of(components, word, ink_of(sheet))
    cv2.line(sheet, (290, 300), (372, 420), 0, 2)  # beside the word's box, then beyond it
    cv2.line(sheet, (280, 380), (280, 700), 0, 3)
    ink = ink_of(sheet)
    components = components_of(ink)
    found = [w for w in words_of(components) if w.box.left > 285]
    assert before.shape[0] > word.box.height and before.max() == 255
    assert all(crop_of(components, w, ink).min() < 128 for w in found)


def test_hatching_is_not_worth_reading() -> None:
    sheet = np.full((1600, 1200), 255, np.uint8)
    for x in range(100, 700, 16):
        cv2.line(sheet, (x, 300), (x + 30, 340), 0, 4)
    for text, y in (("12", 900), ("34", 1000), ("56", 1100)):
        cv2.putText(sheet, text, (300, y), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 0, 4)
    ink = ink_of((sheet > 127).astype(np.uint8) * 255)
    components = components_of(ink)
    kept = worth_reading(words_of(components), components, ink)
    assert sorted(word.box.top > 800 for word in kept) == [True, True, True]


def test_an_empty_sheet_has_no_words() -> None:
    assert words_of(components_of(np.zeros((100, 100), np.uint8))) == []
