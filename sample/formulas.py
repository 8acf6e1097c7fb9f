"""Generate formulas as images, as patents print them in their text."""

from __future__ import annotations

from random import Random

import cv2
import numpy as np

from engine.sheets.reading import GrayImage
from sample.lettering import Typeface, letters, stamp

FORMULAS = (
    ("p =", "F", "A", ""),
    ("σ =", "M · y", "I + k", ""),
    ("Q =", "V · n", "60", "· η"),
    ("M =", "P", "2 π n", ""),
    ("k =", "E · A · 10³", "l₀ + 12", "+ c"),
)


def formula_image(rng: Random) -> GrayImage:
    """A formula with a fraction: (height, width) uint8 of 0 and 255, cropped to its ink with a small margin."""
    before, above, below, after = rng.choice(FORMULAS)
    size = 40
    canvas = np.full((260, 1200), 255, np.uint8)
    x, axis = 20, 130
    head = letters(before, size, Typeface.SLANTED)
    stamp(canvas, head, x, axis - head.height // 2)
    x += head.width + 30
    numerator, denominator = letters(above, size, Typeface.SLANTED), letters(below, size, Typeface.SLANTED)
    width = max(numerator.width, denominator.width) + 20
    stamp(canvas, numerator, x + (width - numerator.width) // 2, axis - 20 - numerator.height)
    stamp(canvas, denominator, x + (width - denominator.width) // 2, axis + 20)
    cv2.line(canvas, (x, axis), (x + width, axis), 0, 4)
    x += width + 30
    if after:
        tail = letters(after, size, Typeface.SLANTED)
        stamp(canvas, tail, x, axis - tail.height // 2)
        x += tail.width
    return np.ascontiguousarray(canvas[40:220, : x + 20])
