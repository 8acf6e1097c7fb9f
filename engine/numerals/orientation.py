"""Detect the orientation of a sheet from a few crops before the whole sheet is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.numerals.ink import Components, Mask
from engine.numerals.proposals import Word, crop_of, words_of
from engine.numerals.recogniser import Recogniser, Recognition

SAMPLE = 8  # crops per direction in the first pass
MIN_TALL_PX, MAX_TALL_PX = 16, 90
# The reverse of the best direction must be clearly better: 6, 8, 9, 0 and 1 can be read upside down.
REVERSE_LEAD = 1.15


def turned(components: Components, rotation: int) -> Components:
    """The components of the sheet turned clockwise by rotation (0, 90, 180 or 270), without analysing pixels again."""
    rows, columns = components.labels.shape
    left, top, width, height = components.left, components.top, components.width, components.height
    if rotation == 0:
        return components
    labels = np.rot90(components.labels, -(rotation // 90))
    rows_crossed, columns_crossed = components.row_crossings, components.column_crossings
    if rotation == 180:
        left, top = columns - left - width, rows - top - height
        return replace(components, labels=labels, left=left, top=top)
    left, top = (rows - top - height, left) if rotation == 90 else (top, columns - left - width)
    return Components(labels, left, top, height, width, components.pixels, columns_crossed, rows_crossed)


def upright_rotation(components: Components, recogniser: Recogniser) -> int:
    """The clockwise turn (0, 90, 180 or 270) under which the text of the sheet reads best.

    Text along the sheet and across it is sampled first (0 and 90); only the better axis is tried upside down.
    """
    upright = _score(components, 0, recogniser)
    sideways = _score(components, 90, recogniser)
    # Text at 270 still resembles text at 90, so with weak evidence all four are tried.
    if min(upright, sideways) > 0.5 * max(upright, sideways):
        return _best({0: upright, 90: sideways}, components, recogniser, (180, 270))
    if upright >= sideways:
        return _best({0: upright, 90: sideways}, components, recogniser, (180,) if upright > 0.3 else (180, 270))
    return _best({0: upright, 90: sideways}, components, recogniser, (270,) if sideways > 0.3 else (180, 270))


def _best(scores: dict[int, float], components: Components, recogniser: Recogniser, more: Sequence[int]) -> int:
    best = max(scores, key=lambda rotation: scores[rotation])
    top = scores[best]
    for rotation in more:
        score = _score(components, rotation, recogniser)
        if score > REVERSE_LEAD * top:
            best, top = rotation, score
    return best


def _score(components: Components, rotation: int, recogniser: Recogniser) -> float:
    """The mean confidence of a sample of the words under a rotation, 0 to 1."""
    frame = turned(components, rotation)
    ink: Mask = (frame.labels > 0).astype(np.uint8)
    sample = _sample(frame, words_of(frame))
    if not sample:
        return 0.0
    values = [_plausible(reading) for reading in recogniser.read([crop_of(frame, word, ink) for word in sample])]
    # Few words are weak evidence.
    return float(sum(values)) / max(len(values), SAMPLE // 2)


def _sample(frame: Components, words: Sequence[Word]) -> list[Word]:
    """A sample of words of two to six characters of equal height, spread over the sheet."""
    fit = [word for word in words if 2 <= len(word.members) <= 6 and _even(frame, word)]
    if len(fit) <= SAMPLE:
        return fit
    steps = np.linspace(0, len(fit) - 1, SAMPLE).round().astype(int)
    return [fit[i] for i in steps]


def _even(frame: Components, word: Word) -> bool:
    heights = frame.height[list(word.members)]
    tallest = int(heights.max())
    if not MIN_TALL_PX <= tallest <= MAX_TALL_PX or word.box.width > 5 * tallest:
        return False
    return float(np.median(heights)) >= 0.8 * tallest and word.box.height <= 1.3 * tallest


def _plausible(reading: Recognition) -> float:
    """The confidence of a reading of letters and digits, 0 for one of bars and strokes."""
    text = reading.text.strip(".,:'\"-() ")
    if len(text) < 2 or not text.replace("-", "").replace(".", "").isalnum() or set(text) <= set("1Il|iLJ0OoHT"):
        return 0.0
    return reading.confidence
