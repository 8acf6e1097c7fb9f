"""Place reference numerals around a drawing, with lead lines to their parts."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.sheets.geometry import Box
from engine.sheets.reading import GrayImage, TextKind
from sample.drawing import INK, NORMAL, THIN, Points
from sample.lettering import Letters, letters, stamp
from sample.painting import SUBPIXEL_BITS, Pen, Written, fixed

CELL_PX = 8  # cell size of the grid on which free space is searched
CLEARANCE_PX = 16  # white space around every numeral
LEAD_GAP_PX = 10  # white space between a numeral and its lead line
ANGLES = np.radians(np.arange(0, 360, 15.0))
DISTANCES = np.concatenate([np.arange(70, 300, 30.0), np.arange(300, 1000, 70.0)])


@dataclass
class FreeSpace:
    """The inked cells of an area, the cells inside the drawing, and the lead lines so far."""

    area: Box
    inked: NDArray[np.uint8]  # (rows, columns): 1 where ink or lettering is near
    inside: NDArray[np.uint8]  # 1 where the drawing encloses the cell
    leads: list[tuple[float, float, float, float]] = field(default_factory=list)

    @classmethod
    def of(cls, sheet: GrayImage, area: Box) -> FreeSpace:
        """The free space of the area with all items painted so far."""
        # Whole cells only, since resizing by a whole number is ten times faster.
        rows, columns = area.height // CELL_PX, area.width // CELL_PX
        part = sheet[area.top : area.top + rows * CELL_PX, area.left : area.left + columns * CELL_PX]
        small = cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA)
        inked = (small < 250).astype(np.uint8)
        outside = cv2.copyMakeBorder(
            cv2.dilate(inked, np.ones((3, 3), np.uint8)), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0
        )
        cv2.floodFill(outside, None, (0, 0), 2)
        inside = (outside[1:-1, 1:-1] != 2).astype(np.uint8)
        return cls(area, inked, inside)

    def occupy(self, box: Box) -> None:
        """Mark the box as occupied."""
        top, left = (box.top - self.area.top) // CELL_PX, (box.left - self.area.left) // CELL_PX
        bottom, right = -(-(box.bottom - self.area.top) // CELL_PX), -(-(box.right - self.area.left) // CELL_PX)
        self.inked[max(0, top) : bottom, max(0, left) : right] = 1

    def occupy_lead(self, points: Points) -> None:
        cells = np.round((points - (self.area.left, self.area.top)) / CELL_PX).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(self.inked, [cells], False, 1, 2)
        (x0, y0), (x1, y1) = points[[0, -1]].tolist()
        self.leads.append((x0, y0, x1, y1))


@dataclass(frozen=True, slots=True)
class Mark:
    """A numeral to be placed, and the points of the sheet where its part is visible."""

    text: str
    points: tuple[tuple[float, float], ...]


def place_numerals(sheet: GrayImage, area: Box, marks: list[Mark], *, pen: Pen, rng: Random) -> list[Written]:
    """Write each numeral outside the drawing with a lead line to its part.

    Returns the written texts in order; a numeral without room is left out.
    """
    space = FreeSpace.of(sheet, area)
    written: list[Written] = []
    for mark in marks:
        ink = letters(mark.text, pen.capital_px, pen.typeface)
        found = _best_place(space, mark, ink, pen=pen, rng=rng)
        if found is None:
            continue
        (cx, cy), target = found
        box = stamp(sheet, ink, round(cx - ink.width / 2), round(cy - ink.height / 2))
        lead = lead_line(box, target, pen, rng)
        cv2.polylines(sheet, [fixed(lead)], False, INK, max(2, round(pen.line_px * THIN)), cv2.LINE_8, SUBPIXEL_BITS)
        if pen.dotted_leads:
            cv2.circle(sheet, (round(target[0]), round(target[1])), round(pen.line_px * 1.8), INK, -1)
        space.occupy_lead(lead)
        space.occupy(box)
        written.append(Written(mark.text, TextKind.NUMERAL, box))
    return written


def _best_place(
    space: FreeSpace, mark: Mark, ink: Letters, *, pen: Pen, rng: Random
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """The cheapest centre of the numeral and end of its lead line; None when no place is free."""
    best: tuple[float, tuple[float, float], tuple[float, float]] | None = None
    turn = rng.uniform(-0.12, 0.12)
    shape = space.inked.shape
    taken = cv2.integral(cv2.dilate(space.inked, np.ones((3, 3), np.uint8)))
    inner = cv2.integral(space.inside)
    for ax, ay in mark.points:
        angles, distances = (grid.ravel() for grid in np.meshgrid(ANGLES + turn, DISTANCES, indexing="ij"))
        x, y = ax + distances * np.cos(angles), ay + distances * np.sin(angles)
        half_w, half_h = ink.width / 2 + CLEARANCE_PX, ink.height / 2 + CLEARANCE_PX
        left, right = _cells(x - half_w - space.area.left), _cells(x + half_w - space.area.left) + 1
        top, bottom = _cells(y - half_h - space.area.top), _cells(y + half_h - space.area.top) + 1
        fits = (left >= 0) & (top >= 0) & (right <= shape[1]) & (bottom <= shape[0])
        if not fits.any():
            continue
        x, y, distances, angles = x[fits], y[fits], distances[fits], angles[fits]
        window = (left[fits], top[fits], right[fits], bottom[fits])
        free = _sums(taken, *window) == 0
        if not free.any():
            continue
        x, y, distances = x[free], y[free], distances[free]
        enclosed = _sums(inner, *(side[free] for side in window)) > 0
        cost = distances / 100 + 7.0 * enclosed + 5.0 * _ink_share(space, ax, ay, x, y)
        cost += 30.0 * _crossings(space.leads, ax, ay, x, y)
        if pen.straight_leads:  # horizontal and vertical lead lines look like lines of the drawing
            cost += 1.5 * (np.minimum(np.abs(x - ax), np.abs(y - ay)) < 12)
        at = int(np.argmin(cost))
        if best is None or cost[at] < best[0]:
            best = float(cost[at]), (float(x[at]), float(y[at])), (ax, ay)
    return None if best is None else best[1:]


def _cells(px: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.floor(px / CELL_PX).astype(np.int64)


def _sums(
    integral: NDArray[np.int32],
    left: NDArray[np.int64],
    top: NDArray[np.int64],
    right: NDArray[np.int64],
    bottom: NDArray[np.int64],
) -> NDArray[np.int32]:
    """The sums over cells [top, bottom) × [left, right), from an integral image."""
    return np.asarray(integral[bottom, right] - integral[top, right] - integral[bottom, left] + integral[top, left])


def _ink_share(
    space: FreeSpace, ax: float, ay: float, x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The share of ink under each straight line from (ax, ay), 0 to 1."""
    along = np.linspace(0.1, 0.95, 14)[:, None]
    columns = _cells(ax + (x - ax) * along - space.area.left).clip(0, space.inked.shape[1] - 1)
    rows = _cells(ay + (y - ay) * along - space.area.top).clip(0, space.inked.shape[0] - 1)
    return np.asarray(space.inked[rows, columns].mean(axis=0))


def _crossings(
    leads: list[tuple[float, float, float, float]], ax: float, ay: float, x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.int64]:
    """The number of earlier lead lines that each line from (ax, ay) would cross."""
    count = np.zeros(len(x), np.int64)
    for px, py, qx, qy in leads:
        side_p = (x - ax) * (py - ay) - (y - ay) * (px - ax)
        side_q = (x - ax) * (qy - ay) - (y - ay) * (qx - ax)
        side_a = (qx - px) * (ay - py) - (qy - py) * (ax - px)
        side_b = (qx - px) * (y - py) - (qy - py) * (x - px)
        count += (side_p * side_q < 0) & (side_a * side_b < 0)
    return count


def lead_line(box: Box, target: tuple[float, float], pen: Pen, rng: Random) -> Points:
    """A lead line from just outside the numeral's box to the target, straight or slightly curved."""
    cx, cy = box.centre
    dx, dy = target[0] - cx, target[1] - cy
    reach = min(
        (box.width / 2 + LEAD_GAP_PX) / abs(dx) if dx else math.inf,
        (box.height / 2 + LEAD_GAP_PX) / abs(dy) if dy else math.inf,
        0.9,
    )
    sx, sy = cx + dx * reach, cy + dy * reach
    if pen.straight_leads:
        return np.array([[sx, sy], target])
    bend = rng.choice((-1, 1)) * rng.uniform(0.08, 0.2)
    mx, my = (sx + target[0]) / 2 - dy * bend, (sy + target[1]) / 2 + dx * bend
    t = np.linspace(0, 1, 12)[:, None]
    start, middle, end = np.array([sx, sy]), np.array([mx, my]), np.array(target)
    return np.asarray((1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * end)


def place_whole(sheet: GrayImage, area: Box, drawn: Box, text: str, *, pen: Pen, rng: Random) -> Written | None:
    """Write the numeral of the whole object beside the drawing, with an arrow towards it; None without room."""
    space = FreeSpace.of(sheet, area)
    ink = letters(text, pen.capital_px, pen.typeface)
    taken = cv2.integral(cv2.dilate(space.inked, np.ones((3, 3), np.uint8)))
    angles = [math.radians(a) for a in (-135, -45, 135, 45, -120, -60, 180, 0, -150, -30)]
    start = rng.randrange(2)
    cx, cy = drawn.centre
    for angle in angles[start:]:
        ux, uy = math.cos(angle), math.sin(angle)
        outline = _outermost_ink(space, cx, cy, ux, uy, math.hypot(drawn.width, drawn.height))
        tip = outline + 22
        x, y = cx + ux * (tip + 150), cy + uy * (tip + 150)
        half_w, half_h = ink.width / 2 + CLEARANCE_PX, ink.height / 2 + CLEARANCE_PX
        window = [
            _cells(np.array([v]))
            for v in (
                x - half_w - area.left,
                y - half_h - area.top,
                x + half_w - area.left + CELL_PX,
                y + half_h - area.top + CELL_PX,
            )
        ]
        fits = window[0] >= 0 and window[1] >= 0
        if (
            not fits
            or window[2] > space.inked.shape[1]
            or window[3] > space.inked.shape[0]
            or _sums(taken, *window) != 0
        ):
            continue
        box = stamp(sheet, ink, round(x - ink.width / 2), round(y - ink.height / 2))
        _arrow(sheet, lead_line(box, (cx + ux * tip, cy + uy * tip), pen, rng), pen)
        return Written(text, TextKind.NUMERAL, box)
    return None


def _outermost_ink(space: FreeSpace, cx: float, cy: float, ux: float, uy: float, reach: float) -> float:
    """The distance from (cx, cy) to the last inked cell in a direction."""
    steps = np.arange(0, reach, CELL_PX / 2)
    columns, rows = _cells(cx + ux * steps - space.area.left), _cells(cy + uy * steps - space.area.top)
    valid = (columns >= 0) & (rows >= 0) & (columns < space.inked.shape[1]) & (rows < space.inked.shape[0])
    inked = np.flatnonzero(space.inked[rows[valid], columns[valid]])
    return float(steps[valid][inked[-1]]) if len(inked) else 0.0


def _arrow(sheet: GrayImage, points: Points, pen: Pen) -> None:
    thickness = max(2, round(pen.line_px * NORMAL))
    (bx, by), (ex, ey) = points[-2], points[-1]
    length = math.hypot(ex - bx, ey - by) or 1.0
    ux, uy = (ex - bx) / length, (ey - by) / length
    head = 11 * thickness**0.8
    neck = np.array([ex - ux * head, ey - uy * head])
    half = head * 0.34
    cv2.polylines(
        sheet, [fixed(np.concatenate([points[:-1], neck[None]]))], False, INK, thickness, cv2.LINE_8, SUBPIXEL_BITS
    )
    triangle = np.array(
        [[ex, ey], [neck[0] - uy * half, neck[1] + ux * half], [neck[0] + uy * half, neck[1] - ux * half]]
    )
    cv2.fillPoly(sheet, [fixed(triangle)], INK, cv2.LINE_8, SUBPIXEL_BITS)
