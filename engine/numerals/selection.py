"""Select the proposed words to recognise: possible numerals, labels and their neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from engine.numerals.ink import Components, Mask
from engine.numerals.proposals import Word

MAX_MEMBERS = 10  # "FIGURE" and its point, "100A-12'", "342C/344C"
MAX_CROWDING = 0.3  # share of ink around a word: hatching and halftones have more than numerals
SAME_SIZE = 1.25  # letters of one size differ by less
MIN_ALIKE = 3  # words of several characters needed to determine the text sizes of a sheet


def worth_reading(words: Sequence[Word], components: Components, ink: Mask) -> list[Word]:
    """The words that may be numerals or labels. ink: the ink from which the components were made."""
    labels = _before_a_number(words)
    short = [
        word
        for word in words
        if len(word.members) <= MAX_MEMBERS and (id(word) in labels or _may_be_text(word, components))
    ]
    free = _free_standing(short, ink)
    sizes = _text_sizes(free, components)
    singles_apart = _bars_in_a_row(free, components)
    kept = []
    for word in free:
        height = int(components.height[list(word.members)].max())
        alone = len(word.members) == 1
        if alone and id(word) in singles_apart:
            continue
        if alone and sizes.size and not _near(height, sizes) and not _beside_word(word, free):
            continue
        kept.append(word)
    return kept


def _before_a_number(words: Sequence[Word]) -> set[int]:
    """Ids of words that are alone on a line before a short word, like "Figure" before its number."""
    lines: dict[int, list[Word]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    return {id(line[0]) for line in lines.values() if len(line) == 2 and len(line[1].members) <= 3}


def _may_be_text(word: Word, components: Components) -> bool:
    """Whether a word is neither mostly small letters (running text) nor much too wide for its components."""
    members = list(word.members)
    heights = components.height[members]
    tallest = int(heights.max())
    letters = heights >= 0.35 * tallest
    if letters.sum() >= 4 and (heights[letters] < 0.82 * tallest).mean() > 0.6:
        return False
    return word.box.width <= 7 * tallest


def _free_standing(words: Sequence[Word], ink: Mask) -> list[Word]:
    """The words with little ink around them."""
    if not words:
        return []
    rows, columns = ink.shape
    total = cv2.integral(ink)
    box = np.array([[w.box.left, w.box.top, w.box.right, w.box.bottom] for w in words])
    margin = np.maximum(4, (0.35 * (box[:, 3] - box[:, 1])).astype(int))
    outer = box + np.stack([-margin, -margin, margin, margin], axis=1)
    outer[:, 0::2] = outer[:, 0::2].clip(0, columns)
    outer[:, 1::2] = outer[:, 1::2].clip(0, rows)

    def inked(b: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        result: np.ndarray[tuple[int], np.dtype[np.int64]] = (
            total[b[:, 3], b[:, 2]] - total[b[:, 1], b[:, 2]] - total[b[:, 3], b[:, 0]] + total[b[:, 1], b[:, 0]]
        ).astype(np.int64)
        return result

    def area(b: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        result: np.ndarray[tuple[int], np.dtype[np.int64]] = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
        return result

    crowding = (inked(outer) - inked(box)) / np.maximum(1, area(outer) - area(box))
    return [word for word, share in zip(words, crowding, strict=True) if share <= MAX_CROWDING]


def _text_sizes(words: Sequence[Word], components: Components) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """The heights of words of two to six equal characters; empty when there are too few."""
    heights = []
    for word in words:
        if 2 <= len(word.members) <= 6:
            member_heights = components.height[list(word.members)]
            tallest = int(member_heights.max())
            narrow = components.width[list(word.members)].max() <= 1.3 * tallest
            if narrow and np.sort(member_heights)[-2] >= 0.85 * tallest:
                heights.append(tallest)
    sizes = np.array(heights, np.int32)
    return sizes if len(sizes) >= MIN_ALIKE else sizes[:0]


def _near(height: int, sizes: np.ndarray[tuple[int], np.dtype[np.int32]]) -> bool:
    ratio = sizes / height
    return int(((ratio <= SAME_SIZE) & (ratio >= 1 / SAME_SIZE)).sum()) >= min(2, len(sizes))


def _beside_word(word: Word, words: Sequence[Word]) -> bool:
    """Whether a character directly follows a word of its height: the 3 of "FIG. 3", larger than the numerals."""
    height = word.box.height
    return any(
        len(other.members) > 1
        and 0 <= word.box.left - other.box.right <= 1.6 * height
        and abs(word.box.top - other.box.top) <= 0.25 * height
        and abs(word.box.bottom - other.box.bottom) <= 0.35 * height
        for other in words
    )


def _bars_in_a_row(words: Sequence[Word], components: Components) -> set[int]:
    """Ids of single bars exactly above one another: remains of dashed frames and axes."""
    bars = []
    for word in words:
        if len(word.members) == 1:
            width, height = word.box.width, word.box.height
            full = components.pixels[word.members[0]] / max(1, width * height)
            if width <= 0.35 * height and full >= 0.7:
                bars.append(word)
    left = np.array([bar.box.left for bar in bars])
    return {id(bar) for bar in bars if int((np.abs(left - bar.box.left) <= 3).sum()) >= 3}
