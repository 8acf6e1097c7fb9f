"""Line drawings as vectors: strokes, fills, hatching, lettering, and the points where parts can be marked.

Coordinates are the drawing's own units, x to the right and y down; a later step fits them to a sheet.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.sheets.reading import TextKind

Points = NDArray[np.float64]
"""(n, 2) float64, x and y in drawing units."""

PAPER, INK = 255, 0
THIN, NORMAL, THICK = 0.6, 1.0, 1.8
DASHED, CHAIN, DOTTED = (26.0, 16.0), (44.0, 14.0, 8.0, 14.0), (5.0, 12.0)
"""Dash patterns: pixels on, pixels off, and so on."""


@dataclass(frozen=True, slots=True)
class Hatch:
    """Parallel lines inside a closed stroke; angle in degrees, spacing in pixels."""

    angle: float
    spacing_px: float


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points. fill: grey value inside, or None for transparent."""

    points: Points
    closed: bool = False
    weight: float = NORMAL  # multiple of the sheet's line width; 0 draws no outline
    dash: tuple[float, ...] = ()
    fill: int | None = None
    hatch: Hatch | None = None


@dataclass(frozen=True, slots=True)
class Lettering:
    """Text inside the drawing, centred at (x, y); size is the height of capitals in drawing units.

    part: a part (or "@yes", "@no") whose name in the document's language replaces the text, broken into lines of
    at most `width` units; some documents add the part's numeral, underlined, below its name.
    """

    text: str
    x: float
    y: float
    size: float
    kind: TextKind = TextKind.WORD
    part: str = ""
    width: float = 0.0


Item = Stroke | Lettering


@dataclass
class Drawing:
    """Items in painting order, and for each part the points where a lead line may end."""

    items: list[Item] = field(default_factory=list)
    marks: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    whole: str = ""  # the part that is the whole object, marked by an arrow instead of a lead line

    def mark(self, part: str, x: float, y: float) -> None:
        """Mark that `part` is visible at (x, y)."""
        self.marks.setdefault(part, []).append((x, y))

    def line(self, *points: tuple[float, float], **style: Any) -> None:
        self.items.append(Stroke(np.array(points, dtype=np.float64), **style))

    def curve(self, points: Points, **style: Any) -> None:
        self.items.append(Stroke(np.asarray(points, dtype=np.float64), **style))

    def polygon(self, *points: tuple[float, float], fill: int | None = PAPER, **style: Any) -> None:
        self.items.append(Stroke(np.array(points, dtype=np.float64), closed=True, fill=fill, **style))

    def rect(self, left: float, top: float, width: float, height: float, *, radius: float = 0.0, **style: Any) -> None:
        style.setdefault("fill", PAPER)
        self.items.append(Stroke(rounded(left, top, width, height, radius), closed=True, **style))

    def circle(self, x: float, y: float, radius: float, **style: Any) -> None:
        self.ellipse(x, y, radius, radius, **style)

    def ellipse(self, x: float, y: float, rx: float, ry: float, *, turn: float = 0.0, **style: Any) -> None:
        style.setdefault("fill", PAPER)
        self.items.append(Stroke(arc(x, y, rx, ry, 0, 360, turn=turn)[:-1], closed=True, **style))

    def arc(self, x: float, y: float, rx: float, ry: float, start: float, end: float, **style: Any) -> None:
        self.items.append(Stroke(arc(x, y, rx, ry, start, end), **style))

    def text(self, text: str, x: float, y: float, size: float, kind: TextKind = TextKind.WORD) -> None:
        self.items.append(Lettering(text, x, y, size, kind))

    def name(self, part: str, x: float, y: float, width: float, size: float) -> None:
        """Write the name of `part` inside the drawing."""
        self.items.append(Lettering("", x, y, size, TextKind.WORD, part, width))

    def box(self, part: str, x: float, y: float, width: float, height: float, size: float, **style: Any) -> None:
        """Draw a block of a diagram, centred at (x, y), with the name of `part`."""
        self.rect(x - width / 2, y - height / 2, width, height, **style)
        self.name(part, x, y, width * 0.9, size)
        self.mark(part, x - width / 2, y - height * 0.2)
        self.mark(part, x + width / 2, y - height * 0.2)

    def centre_line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        self.line((x0, y0), (x1, y1), weight=THIN, dash=CHAIN)

    def arrow(self, *points: tuple[float, float], head: float, **style: Any) -> None:
        """Draw a line with an arrowhead at its last point. head: the head's length."""
        (x0, y0), (x1, y1) = points[-2], points[-1]
        length = math.hypot(x1 - x0, y1 - y0) or 1.0
        ux, uy = (x1 - x0) / length, (y1 - y0) / length
        bx, by = x1 - ux * head, y1 - uy * head
        self.line(*points[:-1], (bx, by), **style)
        half = head * 0.36
        self.polygon(
            (x1, y1), (bx - uy * half, by + ux * half), (bx + uy * half, by - ux * half), fill=INK, weight=THIN
        )

    def bolt(self, x: float, y: float, radius: float) -> None:
        """Draw a hexagonal bolt head from above."""
        self.circle(x, y, radius, weight=THIN)
        corners = [(x + radius * 0.8 * math.cos(a), y + radius * 0.8 * math.sin(a)) for a in np.arange(6) * math.pi / 3]
        self.polygon(*corners, weight=THIN)

    def add(self, other: Drawing, matrix: NDArray[np.float64], *, marks: bool = True) -> None:
        """Add another drawing, transformed by a (2, 3) affine matrix."""
        for item in other.items:
            if isinstance(item, Stroke):
                self.items.append(replace(item, points=apply(matrix, item.points)))
            else:
                x, y = apply(matrix, np.array([[item.x, item.y]]))[0]
                self.items.append(replace(item, x=float(x), y=float(y)))
        if marks:
            for part, points in other.marks.items():
                for point in points:
                    x, y = apply(matrix, np.array([point]))[0]
                    self.mark(part, float(x), float(y))

    def bounds(self) -> tuple[float, float, float, float]:
        """The extent (left, top, right, bottom) of all items, with an upper estimate for lettering."""
        corners: list[Points] = []
        for item in self.items:
            if isinstance(item, Stroke):
                corners.append(item.points)
            else:
                half_width = max(item.width / 2, len(item.text) * item.size * 0.42)
                corners.append(
                    np.array(
                        [
                            [item.x - half_width, item.y - item.size * 0.6],
                            [item.x + half_width, item.y + item.size * 0.6],
                        ]
                    )
                )
        everything = np.concatenate(corners)
        left, top = everything.min(axis=0)
        right, bottom = everything.max(axis=0)
        return float(left), float(top), float(right), float(bottom)


def apply(matrix: NDArray[np.float64], points: Points) -> Points:
    """Transform (n, 2) points by a (2, 3) affine matrix."""
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], dtype=np.float64)


def affine(
    x: float = 0.0, y: float = 0.0, *, turn: float = 0.0, sx: float = 1.0, sy: float = 1.0
) -> NDArray[np.float64]:
    """The (2, 3) matrix that scales by (sx, sy), turns clockwise by `turn` degrees, then moves by (x, y)."""
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    return np.array([[c * sx, -s * sy, x], [s * sx, c * sy, y]], dtype=np.float64)


def arc(
    x: float, y: float, rx: float, ry: float, start: float, end: float, *, turn: float = 0.0, step: float = 5.0
) -> Points:
    """Points of an elliptical arc; degrees run clockwise on the sheet from the positive x axis."""
    count = max(2, int(abs(end - start) / step) + 1)
    angles = np.radians(np.linspace(start, end, count))
    px, py = rx * np.cos(angles), ry * np.sin(angles)
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    return np.stack([x + c * px - s * py, y + s * px + c * py], axis=1)


def rounded(left: float, top: float, width: float, height: float, radius: float) -> Points:
    """The outline of a rectangle with round corners."""
    right, bottom = left + width, top + height
    if radius <= 0:
        return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float64)
    r = min(radius, abs(width) / 2, abs(height) / 2)
    return np.concatenate(
        [
            arc(left + r, top + r, r, r, 180, 270, step=15),
            arc(right - r, top + r, r, r, 270, 360, step=15),
            arc(right - r, bottom - r, r, r, 0, 90, step=15),
            arc(left + r, bottom - r, r, r, 90, 180, step=15),
        ]
    )


def smooth(points: Sequence[tuple[float, float]], samples: int = 12) -> Points:
    """A Catmull-Rom curve through the points, (samples × (n − 1) + 1, 2)."""
    p = np.array([points[0], *points, points[-1]], dtype=np.float64)
    t = np.linspace(0, 1, samples, endpoint=False)[:, None]
    pieces = []
    for i in range(1, len(p) - 2):
        a, b, c, d = p[i - 1], p[i], p[i + 1], p[i + 2]
        pieces.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - 3 * c + d - a) * t**3))
    return np.concatenate([*pieces, p[-2:-1]])


def gear_outline(x: float, y: float, radius: float, teeth: int, depth: float, phase: float = 0.0) -> Points:
    """A toothed wheel: `radius` to the tooth tips, `depth` of the teeth, phase in tooth pitches."""
    pitch = 2 * math.pi / teeth
    starts = (np.arange(teeth) + phase) * pitch
    offsets = np.array([-0.34, -0.17, 0.17, 0.34]) * pitch
    radii = np.array([radius - depth, radius, radius, radius - depth])
    angles = starts[:, None] + offsets[None, :]
    return np.stack([x + radii * np.cos(angles), y + radii * np.sin(angles)], axis=2).reshape(-1, 2)


def zigzag(x0: float, y0: float, x1: float, y1: float, turns: int, half_width: float) -> Points:
    """A spring or resistor between two points."""
    along = np.linspace(0, 1, turns * 2 + 1)
    side = np.array([0.0, *[half_width if i % 2 else -half_width for i in range(turns * 2 - 1)], 0.0])
    length = math.hypot(x1 - x0, y1 - y0) or 1.0
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    return np.stack([x0 + (x1 - x0) * along - uy * side, y0 + (y1 - y0) * along + ux * side], axis=1)


def disc(rx: float, ry: float, depth: float, *, bore: float = 0.0, weight: float = 1.0) -> Drawing:
    """A cylinder lying on its side in oblique view, its near face centred on the origin, its body to the right."""
    d = Drawing()
    back = arc(depth, 0, rx, ry, -90, 90)
    front = arc(0, 0, rx, ry, 90, 270)
    d.polygon(*map(tuple, np.concatenate([back, front]).tolist()), weight=weight)
    d.ellipse(0, 0, rx, ry, weight=weight)
    if bore:
        d.ellipse(0, 0, rx * bore, ry * bore)
        d.arc(rx * 0.12, 0, rx * bore * 0.9, ry * bore * 0.93, 100, 260, weight=THIN)
    return d
