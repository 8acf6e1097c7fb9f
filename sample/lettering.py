"""Lettering on sheets: upright or slanted sans-serif, bold, and a stroke font.

The fonts are part of Pillow (Aileron, CC0) and OpenCV (Hershey), so a sample looks the same on every machine.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from engine.sheets.geometry import Box
from engine.sheets.reading import GrayImage

CAPITAL_SHARE = 0.71  # height of capitals in Aileron, as a share of the font size
HERSHEY_CAPITAL_PX = 21.0  # height of capitals of OpenCV's Hershey fonts at scale 1


class Typeface(StrEnum):
    SANS = "sans"
    SLANTED = "slanted"
    BOLD = "bold"
    STROKE = "stroke"
    SERIF = "serif"


@dataclass(frozen=True, slots=True)
class Letters:
    """Lettering as a tight (height, width) bool mask, true for ink."""

    mask: NDArray[np.bool_]

    @property
    def width(self) -> int:
        return int(self.mask.shape[1])

    @property
    def height(self) -> int:
        return int(self.mask.shape[0])


@functools.lru_cache(maxsize=64)
def _font(size_px: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size_px)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow was built without FreeType, which sample sheets need: install Pillow's wheel")
    return font


@functools.lru_cache(maxsize=1024)
def letters(text: str, capital_px: int, typeface: Typeface) -> Letters:
    """The ink of `text`, with capitals `capital_px` high."""
    if typeface in (Typeface.STROKE, Typeface.SERIF) and text.isascii():
        ink = _hershey(text, capital_px, typeface)
    elif text.isascii():
        ink = _truetype(text, capital_px, typeface)
    else:  # Pillow's font has only ASCII
        ink = _accented(text, capital_px, typeface)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        raise ValueError(f"{text!r} has no visible character")
    return Letters(np.ascontiguousarray(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]))


def _hershey(text: str, capital_px: int, typeface: Typeface) -> NDArray[np.bool_]:
    face = cv2.FONT_HERSHEY_SIMPLEX if typeface is Typeface.STROKE else cv2.FONT_HERSHEY_COMPLEX
    scale = capital_px / HERSHEY_CAPITAL_PX
    thickness = max(2, round(capital_px / (9 if typeface is Typeface.STROKE else 15)))
    (width, height), below = cv2.getTextSize(text, face, scale, thickness)
    canvas = np.zeros((height + below + 2 * thickness + 8, width + 2 * thickness + 8), np.uint8)
    cv2.putText(canvas, text, (thickness + 4, height + thickness + 4), face, scale, 255, thickness, cv2.LINE_8)
    return np.asarray(canvas > 0)


def _truetype(text: str, capital_px: int, typeface: Typeface) -> NDArray[np.bool_]:
    font = _font(max(8, round(capital_px / CAPITAL_SHARE)))
    stroke = max(1, capital_px // 26) if typeface in (Typeface.BOLD, Typeface.SERIF) else 0
    left, top, right, bottom = font.getbbox(text, stroke_width=stroke)
    pad = 4
    lean = round(capital_px * 0.3) if typeface is Typeface.SLANTED else 0
    size = (int(right - left) + 2 * pad + lean, int(bottom - top) + 2 * pad)
    image = Image.new("L", size, 0)
    ImageDraw.Draw(image).text((pad - left, pad - top), text, font=font, fill=255, stroke_width=stroke)
    if lean:
        image = image.transform(
            size, Image.Transform.AFFINE, (1, lean / size[1], -lean, 0, 1, 0), Image.Resampling.BILINEAR
        )
    return np.asarray(image) > 127


def _accented(text: str, capital_px: int, typeface: Typeface) -> NDArray[np.bool_]:
    face = cv2.FontFace("italic" if typeface is Typeface.SLANTED else "sans")
    weight = 650 if typeface is Typeface.BOLD else 400
    size = round(capital_px / CAPITAL_SHARE)
    _, _, width, height = cv2.getTextSize((0, 0), text, (0, 0), face, size, weight)
    canvas = np.zeros((height + 2 * size, width + 2 * size), np.uint8)
    cv2.putText(canvas, text, (size, height + size // 2), (255,), face, size, weight)
    return np.asarray(canvas > 127)


def stamp(sheet: GrayImage, text: Letters, left: int, top: int) -> Box:
    """Paint the letters in black with their top left corner at (left, top), and return their box. They must fit."""
    height, width = sheet.shape
    if left < 0 or top < 0 or left + text.width > width or top + text.height > height:
        raise ValueError(
            f"lettering at ({left}, {top}) of {text.width}×{text.height} px exceeds the {width}×{height} sheet"
        )
    sheet[top : top + text.height, left : left + text.width][text.mask] = 0
    return Box(left, top, text.width, text.height)
