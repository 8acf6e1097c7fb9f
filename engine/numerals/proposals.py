"""Propose where text may be on a sheet: text-sized components, joined to lines and split into words."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix  # type: ignore[import-untyped]
from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]
from scipy.spatial import cKDTree  # type: ignore[import-untyped]

from engine.numerals.ink import Components, Mask
from engine.sheets.geometry import Box
from engine.sheets.reading import GrayImage

MIN_HEIGHT_PX, MAX_HEIGHT_PX = 13, 130  # of a character: 1 to 11 mm at 300 dpi
MIN_SPECK_PX = 6  # pixels of a dash, a prime or a dot
MAX_WIDTH_PER_HEIGHT = 4.5  # of touching characters
NEIGHBOUR_PX = 120  # between the centres of neighbouring characters
MAX_COMPONENTS = 6000  # text-sized components of a sheet; of more (a halftone) the largest are kept


@dataclass(frozen=True, slots=True)
class Word:
    """A word: characters without a large gap. members: labels of its components. line: number of its line."""

    box: Box
    members: tuple[int, ...]
    line: int

    @property
    def height_px(self) -> int:
        return self.box.height


Ints = NDArray[np.int32]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Characters:
    """Text-sized components. label: their labels in the Components."""

    label: NDArray[np.int64]
    left: Floats
    top: Floats
    right: Floats
    bottom: Floats

    @property
    def height(self) -> Floats:
        return self.bottom - self.top

    @property
    def width(self) -> Floats:
        return self.right - self.left


def words_of(components: Components) -> list[Word]:
    """The words of an upright sheet, line by line, left to right."""
    characters, specks = _characters(components)
    if not len(characters.label):
        return []
    words: list[Word] = []
    line_of = _lines(characters)
    order = np.lexsort((characters.left, line_of))
    cuts = np.flatnonzero(np.diff(line_of[order])) + 1
    for number, members in enumerate(np.split(order, cuts)):
        words.extend(_cut_line(characters, members, specks, number))
    return words


def _characters(components: Components) -> tuple[_Characters, _Characters]:
    """Components with the size and fill of characters, and specks (dashes, primes, dots)."""
    width, height, pixels = components.width, components.height, components.pixels
    fullness = pixels / np.maximum(1, width.astype(np.int64) * height)
    tall = (height >= MIN_HEIGHT_PX) & (height <= MAX_HEIGHT_PX) & (width >= 2)
    wide = width <= MAX_WIDTH_PER_HEIGHT * height
    # The box of a lead line or an arc is almost empty; those of "1" and "I" are almost full, but so are bars.
    like_text = (fullness >= 0.1) & ((fullness <= 0.92) | (width <= 0.45 * height))
    # A piece of a lead line crosses each row and column once; of wide characters only L and r do.
    stroke = (width >= 0.7 * height) & (components.row_crossings < 1.2) & (components.column_crossings < 1.2)
    like_text &= ~stroke
    sized = np.flatnonzero(tall & wide & like_text)
    sized = sized[sized > 0]
    if len(sized) > MAX_COMPONENTS:
        sized = np.sort(sized[np.argsort(-pixels[sized], kind="stable")[:MAX_COMPONENTS]])
    small = np.flatnonzero((height < 40) & (width < 40) & (pixels >= MIN_SPECK_PX) & ~(tall & wide & like_text))
    return _take(components, sized), _take(components, small[small > 0])


def _take(components: Components, index: NDArray[np.int64]) -> _Characters:
    left, top = components.left[index].astype(np.float32), components.top[index].astype(np.float32)
    return _Characters(index, left, top, left + components.width[index], top + components.height[index])


def _lines(chars: _Characters) -> Ints:
    """The line number of each character: neighbours of similar height on one base line or centre line."""
    centres = np.stack([(chars.left + chars.right) / 2, (chars.top + chars.bottom) / 2 * 1.5], axis=1)
    pairs = cKDTree(centres).query_pairs(NEIGHBOUR_PX, output_type="ndarray")
    a, b = pairs[:, 0], pairs[:, 1]
    height = chars.height
    tall, short = np.maximum(height[a], height[b]), np.minimum(height[a], height[b])
    gap = np.maximum(chars.left[a], chars.left[b]) - np.minimum(chars.right[a], chars.right[b])
    shared = np.minimum(chars.bottom[a], chars.bottom[b]) - np.maximum(chars.top[a], chars.top[b])
    base = np.abs(chars.bottom[a] - chars.bottom[b])
    keep = (gap <= 0.95 * tall) & (gap >= -0.35 * short) & (shared >= 0.7 * short) & (tall <= 1.9 * short)
    # g and u share only their upper line.
    upper = np.abs(chars.top[a] - chars.top[b])
    keep &= (base <= 0.22 * tall) | ((tall <= 1.15 * short) & (base <= 0.35 * tall)) | (upper <= 0.12 * tall)
    a, b = a[keep], b[keep]
    count = len(height)
    graph = coo_matrix((np.ones(len(a), np.int8), (a, b)), shape=(count, count))
    labels: Ints = connected_components(graph, directed=False)[1].astype(np.int32)
    return labels


def _cut_line(chars: _Characters, members: NDArray[np.int64], specks: _Characters, number: int) -> list[Word]:
    """Split one line into words. members: its characters from left to right."""
    left, right = chars.left[members], np.maximum.accumulate(chars.right[members])
    height = float(np.median(chars.height[members]))
    gaps = left[1:] - right[:-1]
    # "1" is narrower than a digit's cell: the empty part of the cell is not a gap.
    slack = np.maximum(0, 0.5 * height - chars.width[members]) / 2
    gaps = gaps - slack[1:] - slack[:-1]
    cut = _word_gap(gaps, height)
    words = [_Run.of(chars, part) for part in np.split(members, np.flatnonzero(gaps > cut) + 1)]
    runs = _joined_by_specks(words, specks)
    return [Word(run.box(), run.labels, number) for run in runs]


def _word_gap(gaps: Floats, height: float) -> float:
    """The gap above which two characters belong to different words.

    A line of many characters shows the usual gap; a single numeral may be widely spaced.
    """
    if len(gaps) < 4:
        return 0.42 * height
    usual = float(np.median(gaps))
    return float(np.clip(usual + 0.25 * height, 0.18 * height, 0.5 * height))


@dataclass(slots=True)
class _Run:
    """A word under construction."""

    labels: tuple[int, ...]
    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def of(cls, chars: _Characters, index: NDArray[np.int64]) -> _Run:
        return cls(
            tuple(int(i) for i in chars.label[index]),
            float(chars.left[index].min()),
            float(chars.top[index].min()),
            float(chars.right[index].max()),
            float(chars.bottom[index].max()),
        )

    def box(self) -> Box:
        left, top = int(self.left), int(self.top)
        return Box(left, top, int(self.right) - left, int(self.bottom) - top)

    def add(self, other: _Run) -> None:
        self.labels += other.labels
        self.left, self.top = min(self.left, other.left), min(self.top, other.top)
        self.right, self.bottom = max(self.right, other.right), max(self.bottom, other.bottom)


def _joined_by_specks(words: list[_Run], specks: _Characters) -> list[_Run]:
    """Add primes and dots to words, and join words with a dash or a dot between them (10-1, 0.25)."""
    if not len(specks.label):
        return words
    joined: list[_Run] = []
    for i, word in enumerate(words):
        height = word.bottom - word.top
        reach = words[i + 1].left if i + 1 < len(words) else word.right + 0.5 * height
        inside = (specks.top >= word.top - 0.15 * height) & (specks.bottom <= word.bottom + 0.2 * height)
        beside = (specks.left >= word.right - 2) & (specks.left <= word.right + 0.4 * height) & (specks.right <= reach)
        sized = (specks.width >= 0.07 * height) & (specks.width <= 0.7 * height) & (specks.height >= 0.05 * height)
        mine = np.flatnonzero(inside & beside & sized)
        follows = bool(joined) and getattr(joined[-1], "right", 0.0) >= word.left
        for m in mine:
            word.add(_Run.of(specks, np.array([m])))
        if follows:
            joined[-1].add(word)
        else:
            joined.append(word)
        near = i + 1 < len(words) and words[i + 1].left - word.right <= 0.3 * height
        if len(mine) and near and len(joined[-1].labels) <= 8:
            joined[-1].right = max(joined[-1].right, words[i + 1].left)
    return joined


@dataclass(frozen=True, slots=True)
class Rendering:
    """How a word is rendered for the recogniser: margin in heights, blur (sigma) in pixels of the sheet, and stretch
    along the line, which separates close letters."""

    margin: float = 0.18
    blur_px: float = 0.8
    stretch: float = 1.0


PLAIN = Rendering()


def crop_of(components: Components, word: Word, ink: Mask, rendering: Rendering = PLAIN) -> GrayImage:
    """The word alone, dark on light, with a margin. Components that extend beyond its box (lead lines) are left out.

    ink: the pixels to show, in the components' frame; the components may come from repaired ink.
    """
    margin = max(3, round(rendering.margin * word.box.height))
    height, width = components.labels.shape
    box = word.box.grown(margin, width, height)
    window = components.labels[box.top : box.bottom, box.left : box.right]
    slack = max(2, round(0.09 * word.box.height))
    within = (components.left[window] >= word.box.left - slack) & (components.top[window] >= word.box.top - slack)
    within &= components.left[window] + components.width[window] <= word.box.right + slack
    within &= components.top[window] + components.height[window] <= word.box.bottom + slack
    shown = within & (window > 0) & (ink[box.top : box.bottom, box.left : box.right] > 0)
    page = np.full((word.box.height + 2 * margin, word.box.width + 2 * margin), 255, np.uint8)
    dy, dx = box.top - (word.box.top - margin), box.left - (word.box.left - margin)
    page[dy : dy + window.shape[0], dx : dx + window.shape[1]][shown] = 0
    if rendering.stretch != 1.0:
        page = cv2.resize(page, None, fx=rendering.stretch, fy=1.0, interpolation=cv2.INTER_LINEAR).astype(np.uint8)
    result: GrayImage = cv2.GaussianBlur(page, (0, 0), rendering.blur_px)
    return result
