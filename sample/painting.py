"""Paint a drawing on a sheet of pixels."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.sheets.geometry import Box
from engine.sheets.reading import GrayImage, TextKind
from sample.drawing import INK, Drawing, Hatch, Lettering, Points, Stroke
from sample.lettering import Typeface, letters, stamp

SUBPIXEL_BITS = 3
SMALLEST_CAPITAL_PX = 26  # 2.2 mm at 300 dpi: smaller lettering is illegible in print
LEAST_CAPITAL_PX = 17


@dataclass(frozen=True, slots=True)
class Pen:
    """The drawing style of a document."""

    line_px: float
    typeface: Typeface
    capital_px: int  # height of numerals
    straight_leads: bool
    dotted_leads: bool  # whether a lead line ends with a dot inside the part
    numerals_in_boxes: bool = False  # "Battery 236" inside a block, instead of a lead line


@dataclass(frozen=True, slots=True)
class Names:
    """The texts of a figure's parts: part → reference numeral, and part → name in the document's language."""

    numerals: Mapping[str, str]
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Placement:
    """The transformation from drawing units to sheet pixels: multiply by scale, then move."""

    scale: float
    dx: float
    dy: float

    def points(self, points: Points) -> Points:
        return np.asarray(points * self.scale + (self.dx, self.dy), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Written:
    """A painted text and its box."""

    text: str
    kind: TextKind
    box: Box


def fixed(points: Points) -> NDArray[np.int32]:
    """Convert points to OpenCV's fixed-point format."""
    return np.asarray(np.round(points * (1 << SUBPIXEL_BITS)), dtype=np.int32).reshape(-1, 1, 2)


def paint(sheet: GrayImage, drawing: Drawing, placement: Placement, *, pen: Pen, names: Names) -> list[Written]:
    """Paint every item in order, and return the lettering with boxes in the sheet's frame."""
    written: list[Written] = []
    for item in drawing.items:
        if isinstance(item, Stroke):
            _stroke(sheet, item, placement, pen)
        else:
            written.extend(_lettering(sheet, item, placement, pen=pen, names=names))
    return written


def _stroke(sheet: GrayImage, stroke: Stroke, placement: Placement, pen: Pen) -> None:
    points = placement.points(stroke.points)
    if stroke.fill is not None:
        cv2.fillPoly(sheet, [fixed(points)], stroke.fill, cv2.LINE_8, SUBPIXEL_BITS)
    if stroke.hatch is not None:
        _hatch(sheet, points, stroke.hatch, pen)
    if stroke.weight > 0:
        thickness = max(1, round(pen.line_px * stroke.weight))
        if stroke.dash:
            ends = np.concatenate([points, points[:1]]) if stroke.closed else points
            pieces = [fixed(piece) for piece in dashes(ends, stroke.dash)]
            cv2.polylines(sheet, pieces, False, 0, thickness, cv2.LINE_8, SUBPIXEL_BITS)
        else:
            cv2.polylines(sheet, [fixed(points)], stroke.closed, 0, thickness, cv2.LINE_8, SUBPIXEL_BITS)


def dashes(points: Points, pattern: tuple[float, ...]) -> list[Points]:
    """The visible pieces of a dashed line through the points. pattern: in the points' unit."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    pieces: list[Points] = []
    position, index = 0.0, 0
    while position < along[-1]:
        end = min(position + pattern[index % len(pattern)], float(along[-1]))
        if index % 2 == 0:
            inner = along[(along > position) & (along < end)]
            at = np.concatenate([[position], inner, [end]])
            pieces.append(np.stack([np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])], axis=1))
        position, index = end, index + 1
    return pieces


def _hatch(sheet: GrayImage, points: Points, hatch: Hatch, pen: Pen) -> None:
    left, top = (int(v) for v in np.floor(points.min(axis=0)))
    right, bottom = (int(v) + 1 for v in np.ceil(points.max(axis=0)))
    left, top, right, bottom = max(0, left), max(0, top), min(sheet.shape[1], right), min(sheet.shape[0], bottom)
    if right <= left or bottom <= top:
        return
    inside = np.zeros((bottom - top, right - left), np.uint8)
    cv2.fillPoly(inside, [fixed(points - (left, top))], 255, cv2.LINE_8, SUBPIXEL_BITS)
    lines = np.zeros_like(inside)
    direction = np.array([math.cos(math.radians(hatch.angle)), math.sin(math.radians(hatch.angle))])
    normal = np.array([-direction[1], direction[0]])
    # Lines are relative to the sheet's origin, so that two sections of one part match.
    corners = np.array([[left, top], [right, top], [left, bottom], [right, bottom]], dtype=np.float64)
    offsets = corners @ normal
    reach = float(np.hypot(right - left, bottom - top))
    middle = corners.mean(axis=0) @ direction
    first = math.ceil(offsets.min() / hatch.spacing_px)
    segments = []
    for number in range(first, math.floor(offsets.max() / hatch.spacing_px) + 1):
        base = normal * (number * hatch.spacing_px) + direction * middle - (left, top)
        segments.append(fixed(np.array([base - direction * reach, base + direction * reach])))
    cv2.polylines(lines, segments, False, 255, max(1, round(pen.line_px * 0.5)), cv2.LINE_8, SUBPIXEL_BITS)
    sheet[top:bottom, left:right][(inside & lines) > 0] = 0


def _lettering(sheet: GrayImage, item: Lettering, placement: Placement, *, pen: Pen, names: Names) -> list[Written]:
    """Lines of lettering, centred; a part's name may be followed by its numeral, underlined."""
    capital_px = max(SMALLEST_CAPITAL_PX, round(item.size * placement.scale))
    typeface = Typeface.SANS if pen.typeface is Typeface.SLANTED else pen.typeface
    texts = [item.text]
    if item.part:
        width_px = item.width * placement.scale
        texts = wrapped(names.words[item.part], width_px, capital_px, typeface)
        widest = max(letters(text, capital_px, typeface).width for text in texts)
        if widest > width_px:  # long German nouns are written smaller to fit into their block
            capital_px = max(LEAST_CAPITAL_PX, int(capital_px * width_px / widest))
    lines = [(text, letters(text, capital_px, typeface), item.kind) for text in texts]
    numeral = names.numerals.get(item.part, "") if pen.numerals_in_boxes else ""
    if numeral:
        lines.append((numeral, letters(numeral, max(capital_px, 30), typeface), TextKind.NUMERAL))
    pitch = round(capital_px * 1.55)
    (x, y), written = placement.points(np.array([[item.x, item.y]]))[0], []
    first = y - pitch * (len(lines) - 1) / 2
    for row, (text, ink, kind) in enumerate(lines):
        box = stamp(sheet, ink, round(x - ink.width / 2), round(first + row * pitch - ink.height / 2))
        if kind is TextKind.NUMERAL:
            line_y = box.bottom + 6
            cv2.line(sheet, (box.left - 2, line_y), (box.right + 2, line_y), INK, max(2, round(pen.line_px * 0.7)))
        written.append(Written(text, kind, box))
    return written


def wrapped(text: str, width_px: float, capital_px: int, typeface: Typeface) -> list[str]:
    """Break `text` into lines no wider than width_px, unless a single word is wider."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and letters(longer, capital_px, typeface).width <= width_px:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
