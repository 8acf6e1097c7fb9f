"""Classify readings by their neighbours: labels, headers, dimensions, scales."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.numerals.ink import Mask
from engine.numerals.kinds import (
    DIMENSION,
    HEADER,
    NUMBER,
    SHEET_FRACTION,
    SHEET_OF,
    UNIT,
    figure_label,
    looks_like_numeral,
    tidied,
)
from engine.sheets.geometry import Box
from engine.sheets.reading import GrayImage, SheetReading, TextBox, TextKind

# A reading below these is not taken for a numeral; settling may still change that.
SURE_OF_NUMERAL, SURE_OF_SINGLE = 0.4, 0.8
SCALE_TOLERANCE = 0.07  # largest deviation of a number from its place on a scale, in steps
HEADER_SHARE = 0.14  # top part of the sheet where page headers are, as a share of its height


@dataclass(frozen=True, slots=True)
class Read:
    """A word as read, in the frame of the upright sheet."""

    seen: str
    text: str
    box: Box
    confidence: float
    line: int
    kind: TextKind = TextKind.WORD


def sheet_reading(key: str, rotation: int, sheet: GrayImage, reads: Sequence[Read]) -> SheetReading:
    """Convert readings of the upright sheet to a SheetReading of the stored one, ordered from top to bottom."""
    height, width = sheet.shape
    boxes = tuple(
        TextBox(r.seen, r.text, r.box.turned_back(rotation, width, height), r.confidence, r.kind)
        for r in sorted(reads, key=lambda r: (r.box.top, r.box.left))
        if r.text
    )
    return SheetReading(key, rotation, boxes)


def classified(words: Sequence[Read], ink: Mask) -> list[Read]:
    """Determine the kinds of the words, and join the words of each figure label.

    ink: of the upright sheet, with rules, as (height, width) uint8 of 0 and 1.
    """
    words = _figure_labels(list(words))
    words = [word if word.kind is not TextKind.WORD else _by_itself(word) for word in words]
    words = _headers(words, ink.shape[0])
    words = _dimensions(words)
    return _scales(words, ink)


def _by_itself(word: Read) -> Read:
    text = tidied(word.seen)
    if SHEET_FRACTION.fullmatch(text):
        return replace(word, text=text, kind=TextKind.SHEET_NUMBER)
    if DIMENSION.fullmatch(word.seen.strip(" .,")):
        return replace(word, text=text, kind=TextKind.DIMENSION)
    sure = SURE_OF_SINGLE if len(text) == 1 else SURE_OF_NUMERAL
    if looks_like_numeral(text) and word.confidence >= sure:
        return replace(word, text=text, kind=TextKind.NUMERAL)
    return replace(word, text=text)


def _right_of(word: Read, others: Sequence[Read], reach: float) -> list[Read]:
    """The words to the right on the same line, nearest first, each close to the one before."""
    height = word.box.height
    found: list[Read] = []
    edge = word.box.right
    for other in sorted(others, key=lambda o: o.box.left):
        shared = min(word.box.bottom, other.box.bottom) - max(word.box.top, other.box.top)
        if other.box.left < edge - 0.3 * height or shared < 0.5 * min(other.box.height, height):
            continue
        if other.box.left - edge > reach * height:
            break
        found.append(other)
        edge = other.box.right
    return found


def _figure_labels(words: list[Read]) -> list[Read]:
    """Figure labels of one word ("Fig.3") or several ("F I G. 3"), as one reading each."""
    used: set[int] = set()
    labels: list[Read] = []
    for word in sorted(words, key=lambda w: w.box.left):
        if id(word) in used or word.seen[:1] not in ("F", "A") or _follows_text(word, words):
            continue
        # The full stop of "FIG." may be a separate word.
        others = [w for w in words if w is not word and id(w) not in used and w.box.height > 0.4 * word.box.height]
        chain = [word, *_right_of(word, others, 1.6)[:6]]
        best = 0
        label: tuple[str, str] | None = None
        for count in range(1, len(chain) + 1):
            joined = " ".join(part.seen.strip() for part in chain[:count])
            found = figure_label(joined)
            if found and found[1] and (label is None or found[1] != label[1]) and (label is None or count <= best + 1):
                label, best = found, count
        if label is None:
            continue
        parts = chain[:best]
        used.update(id(part) for part in parts)
        box = parts[0].box
        for part in parts[1:]:
            box = box.union(part.box)
        seen = " ".join(part.seen.strip() for part in parts)
        confidence = min(part.confidence for part in parts)
        text = f"{label[0]} {label[1]}"
        labels.append(Read(seen, text, box, confidence, word.line, TextKind.FIGURE_LABEL))
    return [word for word in words if id(word) not in used] + labels


def _follows_text(word: Read, words: Sequence[Read]) -> bool:
    """Whether a word follows other text: "as in FIG. 3" is not a label."""
    return any(
        other is not word
        and other.line == word.line
        and other.box.right <= word.box.left
        and len(tidied(other.seen)) >= 2
        and other.confidence > 0.5
        and tidied(other.seen).isalpha()
        for other in words
    )


def _headers(words: list[Read], height_px: int) -> list[Read]:
    """Page headers: words on a line at the top with "Patent", "Sheet 1 of 10" or a publication number."""
    top = [w for w in words if w.box.bottom <= HEADER_SHARE * height_px and w.kind is not TextKind.FIGURE_LABEL]
    rows: set[int] = set()
    for word in top:
        row = [o for o in top if abs(o.box.centre[1] - word.box.centre[1]) <= 0.8 * max(o.box.height, word.box.height)]
        line = " ".join(o.seen for o in sorted(row, key=lambda o: o.box.left))
        if SHEET_OF.search(line) or (len(HEADER.findall(line)) >= 1 and len(row) >= 3):
            rows.update(id(o) for o in row)
    return [replace(w, kind=TextKind.SHEET_NUMBER) if id(w) in rows else w for w in words]


def _dimensions(words: list[Read]) -> list[Read]:
    """Numbers whose unit is the next word: 10 mm."""
    numbers = [w for w in words if w.kind in (TextKind.NUMERAL, TextKind.WORD) and w.text[:1].isdigit()]
    measured: set[int] = set()
    for word in numbers:
        following = _right_of(word, [w for w in words if w is not word], 0.9)[:2]
        if following and DIMENSION.fullmatch(word.seen.strip() + following[0].seen.strip()):
            measured.add(id(word))
        if (
            not following
            or not NUMBER.fullmatch(word.text)
            or not UNIT.fullmatch(following[0].seen.strip())
            or following[0].confidence < 0.5
        ):
            continue
        if len(following) == 1 or len(following[0].seen.strip()) > 1:
            measured.add(id(word))
    return [replace(w, kind=TextKind.DIMENSION) if id(w) in measured else w for w in words]


def _scales(words: list[Read], ink: Mask) -> list[Read]:
    """Numbers along an axis: on one line, at distances proportional to their values, beside a ruled line."""
    numbers = [w for w in words if w.kind in (TextKind.NUMERAL, TextKind.WORD) and NUMBER.fullmatch(w.text)]
    on_scale: set[int] = set()
    for word in numbers:
        for vertical in (False, True):
            chain = _chain(word, numbers, vertical)
            if (
                len(chain) >= 3
                and _proportional(chain, vertical)
                and (any(w.text in ("0", "00") or "." in w.text for w in chain) or _has_axis(chain, vertical, ink))
            ):
                on_scale.update(id(w) for w in chain)
    return [replace(w, kind=TextKind.SCALE) if id(w) in on_scale else w for w in words]


def _counts_from_zero(chain: Sequence[Read]) -> bool:
    """Whether a chain contains a zero or a decimal, which numerals never do."""
    return any(w.text == "0" or "." in w.text for w in chain)


def _chain(word: Read, numbers: Sequence[Read], vertical: bool) -> list[Read]:
    """Numbers of similar size in the word's row (or, if vertical, aligned left, centred or right in its column)."""
    height = word.box.height
    chain = []
    for other in numbers:
        if not 0.75 * height <= other.box.height <= 1.33 * height:
            continue
        offsets: tuple[float, ...]
        if vertical:
            offsets = (
                other.box.left - word.box.left,
                other.box.right - word.box.right,
                other.box.centre[0] - word.box.centre[0],
            )
        else:
            offsets = (other.box.top - word.box.top, other.box.bottom - word.box.bottom)
        if min(abs(offset) for offset in offsets) <= 0.35 * height:
            chain.append(other)
    return sorted(chain, key=lambda w: w.box.centre[1 if vertical else 0])


def _proportional(chain: Sequence[Read], vertical: bool) -> bool:
    """Whether most values grow linearly with position and are whole multiples of their step."""
    place = np.array([w.box.centre[1 if vertical else 0] for w in chain])
    value = np.array([float(w.text.replace(",", ".")) for w in chain])
    if len(chain) < (3 if _counts_from_zero(chain) else 4) or np.ptp(place) == 0 or np.ptp(value) == 0:
        return False
    # The median slope, so that one misread value does not hide the scale.
    slopes = np.diff(value) / np.maximum(1e-6, np.diff(place))
    slope = float(np.median(slopes))
    if slope == 0:
        return False
    rest = value - slope * place
    close = np.abs(rest - np.median(rest)) <= SCALE_TOLERANCE * float(np.median(np.abs(np.diff(value))))
    steps = np.diff(np.unique(value[close]))
    if close.sum() < max(3, 0.75 * len(chain)) or not len(steps):
        return False
    multiples = value[close] / steps.min()
    return bool(np.all(np.abs(multiples - multiples.round()) < 0.05))


def _has_axis(chain: Sequence[Read], vertical: bool, ink: Mask) -> bool:
    """Whether a straight line runs beside the whole chain, within four letter heights."""
    height = chain[0].box.height
    left, right = min(w.box.left for w in chain), max(w.box.right for w in chain)
    top, bottom = min(w.box.top for w in chain), max(w.box.bottom for w in chain)
    reach = 4 * height
    if vertical:
        windows = [ink[top:bottom, right : right + reach], ink[top:bottom, max(0, left - reach) : left]]
        return any(w.size and _longest_share(w) >= 0.8 for w in windows)
    windows = [ink[max(0, top - reach) : top, left:right], ink[bottom : bottom + reach, left:right]]
    return any(w.size and _longest_share(w.T) >= 0.8 for w in windows)


def _longest_share(window: Mask) -> float:
    """The highest share of ink in three adjacent columns together, since a line may slant by a pixel or two."""
    wide = window.copy()
    wide[:, 1:] |= window[:, :-1]
    wide[:, :-1] |= window[:, 1:]
    return float(wide.mean(axis=0).max())
