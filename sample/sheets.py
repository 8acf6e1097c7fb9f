"""Make sheets: figures laid out on a page, lettered, turned and aged, with the ground truth of all boxes."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random

import cv2
import numpy as np
from PIL import Image

from engine.sheets.geometry import Box
from engine.sheets.reading import GrayImage, TextKind
from sample.drawing import Drawing
from sample.lettering import Typeface, letters, stamp
from sample.marking import Mark, place_numerals, place_whole
from sample.painting import Names, Pen, Placement, Written, paint

DPI = 300
MARGIN_PX = 150
LABEL_ROOM_PX = (200, 150)  # margins of the drawing, for numerals
LARGEST_SCALE = 2.4
SECOND_MARK_SHARE = 0.12


@dataclass(frozen=True, slots=True)
class FigurePlan:
    """A figure to be drawn. numerals: part → numeral, for the parts numbered in it."""

    label: str
    drawing: Drawing
    numerals: Mapping[str, str]
    kind_key: str
    object_key: str
    view: str
    variant: int


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """A sheet to be drawn. rotation: degrees clockwise that turn the stored sheet upright."""

    figures: tuple[FigurePlan, ...]
    width_px: int
    height_px: int
    rotation: int
    wear: str  # "clean", "skewed", "broken", "specked" or "bold"
    sheet_number: str
    trimmed: bool
    label_format: str  # "FIG. {}"


@dataclass(frozen=True, slots=True)
class FigureTruth:
    """The ground truth of one figure; boxes in the stored sheet's frame."""

    plan: FigurePlan
    label: Written
    box: Box
    numerals: tuple[Written, ...]
    other_text: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class SheetTruth:
    """The ground truth of a stored sheet."""

    width_px: int
    height_px: int
    rotation: int
    wear: str
    figures: tuple[FigureTruth, ...]
    sheet_number: Written | None = None


@dataclass
class _Page:
    """A page under construction, and the texts written on it so far."""

    pixels: GrayImage
    figures: list[FigureTruth] = field(default_factory=list)
    sheet_number: Written | None = None

    def move(self, pixels: GrayImage, moved: Callable[[Box], Box]) -> None:
        """Replace the pixels, and every box by moved(box)."""
        self.pixels = pixels
        self.figures = [
            FigureTruth(
                figure.plan,
                _moved(figure.label, moved),
                moved(figure.box),
                tuple(_moved(written, moved) for written in figure.numerals),
                tuple(_moved(written, moved) for written in figure.other_text),
            )
            for figure in self.figures
        ]
        if self.sheet_number is not None:
            self.sheet_number = _moved(self.sheet_number, moved)


def _moved(written: Written, moved: Callable[[Box], Box]) -> Written:
    return replace(written, box=moved(written.box))


def make_sheet(
    plan: SheetPlan, pen: Pen, words: Mapping[str, Mapping[str, str]], rng: Random
) -> tuple[GrayImage, SheetTruth]:
    """Make a stored sheet, (height, width) uint8 of 0 and 255, and its ground truth.

    words: kind → part → its name in the document's language.
    """
    sideways = plan.rotation in (90, 270)
    shape = (plan.width_px, plan.height_px) if sideways else (plan.height_px, plan.width_px)
    page = _Page(np.full(shape, 255, np.uint8))
    for area, figure in zip(_areas(shape, len(plan.figures)), plan.figures, strict=True):
        page.figures.append(
            _draw_figure(
                page.pixels,
                area,
                figure,
                label_format=plan.label_format,
                pen=pen,
                words=words[figure.kind_key],
                rng=rng,
            )
        )
    if plan.trimmed:
        _trim(page)
    if plan.rotation:
        _turn(page, plan.rotation)
    if plan.sheet_number and not plan.trimmed:
        ink = letters(plan.sheet_number, 34, Typeface.SANS)
        box = stamp(page.pixels, ink, (page.pixels.shape[1] - ink.width) // 2, 70)
        page.sheet_number = Written(plan.sheet_number, TextKind.SHEET_NUMBER, box)
    _wear(page, plan.wear, rng)
    height, width = page.pixels.shape
    truth = SheetTruth(width, height, plan.rotation, plan.wear, tuple(page.figures), page.sheet_number)
    return page.pixels, truth


def _areas(shape: tuple[int, int], count: int) -> list[Box]:
    """The areas of the figures on an upright page: stacked in portrait, side by side in landscape."""
    height, width = shape
    inner_width, inner_height = width - 2 * MARGIN_PX, height - 2 * MARGIN_PX
    if height >= width:
        each = inner_height // count
        return [Box(MARGIN_PX, MARGIN_PX + i * each, inner_width, each) for i in range(count)]
    each = inner_width // count
    return [Box(MARGIN_PX + i * each, MARGIN_PX, each, inner_height) for i in range(count)]


def _draw_figure(
    sheet: GrayImage, area: Box, plan: FigurePlan, *, label_format: str, pen: Pen, words: Mapping[str, str], rng: Random
) -> FigureTruth:
    label_ink = letters(label_format.format(plan.label), round(pen.capital_px * 1.25), pen.typeface)
    room_x, room_y = LABEL_ROOM_PX
    label_height = label_ink.height + 60
    left, top, right, bottom = plan.drawing.bounds()
    free_width, free_height = area.width - 2 * room_x, area.height - 2 * room_y - label_height
    scale = min(free_width / (right - left), free_height / (bottom - top), LARGEST_SCALE)
    drawn_width, drawn_height = (right - left) * scale, (bottom - top) * scale
    x0 = area.left + (area.width - drawn_width) / 2
    y0 = area.top + room_y + (free_height - drawn_height) * 0.45
    placement = Placement(scale, x0 - left * scale, y0 - top * scale)
    drawn = Box(round(x0), round(y0), max(1, round(drawn_width)), max(1, round(drawn_height)))
    written = paint(sheet, plan.drawing, placement, pen=pen, names=Names(plan.numerals, words))
    in_boxes = [item for item in written if item.kind is TextKind.NUMERAL]
    upper = Box(area.left, area.top, area.width, area.height - label_height)
    numerals = in_boxes + _number_parts(
        sheet, upper, plan, drawn=drawn, placement=placement, pen=pen, done={w.text for w in in_boxes}, rng=rng
    )
    box = drawn
    for item in numerals:
        box = box.union(item.box)
    label_top = min(box.bottom + rng.randint(60, 130), area.bottom - label_ink.height)
    label_left = round(area.left + (area.width - label_ink.width) / 2 + rng.uniform(-60, 60))
    label_box = stamp(sheet, label_ink, label_left, label_top)
    label = Written(label_format.format(plan.label), TextKind.FIGURE_LABEL, label_box)
    others = tuple(item for item in written if item.kind is not TextKind.NUMERAL)
    return FigureTruth(plan, label, box, tuple(numerals), others)


def _number_parts(
    sheet: GrayImage,
    area: Box,
    plan: FigurePlan,
    *,
    drawn: Box,
    placement: Placement,
    pen: Pen,
    done: set[str],
    rng: Random,
) -> list[Written]:
    """Write numerals with lead lines for the remaining parts, and with an arrow for the whole object."""
    marks: list[tuple[float, Mark]] = []
    for part, points in plan.drawing.marks.items():
        text = plan.numerals.get(part)
        if text is None or text in done:
            continue
        on_sheet = [(float(x), float(y)) for x, y in placement.points(np.array(points))]
        inward = min(min(x - drawn.left, drawn.right - x, y - drawn.top, drawn.bottom - y) for x, y in on_sheet)
        marks.append((inward, Mark(text, tuple(on_sheet))))
        if len(on_sheet) > 1 and rng.random() < SECOND_MARK_SHARE:
            marks.append((inward + 1, Mark(text, (on_sheet[-1],))))
    marks.sort(key=lambda entry: entry[0])
    numerals = place_numerals(sheet, area, [mark for _, mark in marks], pen=pen, rng=rng)
    whole = plan.numerals.get(plan.drawing.whole)
    if whole is not None:
        arrow = place_whole(sheet, area, drawn, whole, pen=pen, rng=rng)
        numerals.extend([arrow] if arrow is not None else [])
    return numerals


def _trim(page: _Page) -> None:
    """Crop the page to its ink with a small margin, like the EPO's image files."""
    rows, columns = np.flatnonzero((page.pixels == 0).any(axis=1)), np.flatnonzero((page.pixels == 0).any(axis=0))
    height, width = page.pixels.shape
    ink = Box(int(columns[0]), int(rows[0]), int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1)
    kept = ink.grown(24, width, height)
    pixels = np.ascontiguousarray(page.pixels[kept.top : kept.bottom, kept.left : kept.right])
    page.move(pixels, lambda box: Box(box.left - kept.left, box.top - kept.top, box.width, box.height))


def _turn(page: _Page, rotation: int) -> None:
    """Turn the page to its stored position: opposite to the rotation that makes it upright."""
    pixels = np.ascontiguousarray(np.rot90(page.pixels, rotation // 90))
    height, width = pixels.shape
    page.move(pixels, lambda box: box.turned_back(rotation, width, height))


def _wear(page: _Page, wear: str, rng: Random) -> None:
    """Add scan defects to the stored page; the pixels stay bilevel."""
    noise = np.random.default_rng(rng.getrandbits(64))
    height, width = page.pixels.shape
    if wear == "skewed":
        _skew(page, math.copysign(rng.uniform(0.25, 0.9), rng.uniform(-1, 1)))
    elif wear == "broken":
        # Faint toner: small holes in the lines, more in some bands of the sheet than in others.
        grain = noise.random((height // 3 + 1, width // 3 + 1), dtype=np.float32)
        band = np.abs(np.sin(np.linspace(0, rng.uniform(4, 9), grain.shape[0], dtype=np.float32)))[:, None]
        holes = (grain < 0.10 + 0.16 * band).astype(np.uint8)
        page.pixels[cv2.resize(holes, (width, height), interpolation=cv2.INTER_NEAREST) > 0] = 255
    elif wear == "specked":
        count = rng.randint(150, 500)
        at = np.stack([noise.integers(0, width, count), noise.integers(0, height, count)], axis=1)
        for (x, y), radius in zip(at.tolist(), noise.integers(0, 4, count).tolist(), strict=True):
            cv2.circle(page.pixels, (x, y), radius, 0, -1)
    elif wear == "bold":
        page.pixels = np.asarray(cv2.erode(page.pixels, np.ones((2, 2), np.uint8)), dtype=np.uint8)


def _skew(page: _Page, degrees: float) -> None:
    height, width = page.pixels.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    turned = cv2.warpAffine(page.pixels, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=255)
    _, pixels = cv2.threshold(turned, 140, 255, cv2.THRESH_BINARY)

    def moved(box: Box) -> Box:
        # The box keeps its size: below one degree its corners move by less than a line's width.
        x, y = matrix @ np.array([*box.centre, 1.0])
        left, top = max(0, round(x - box.width / 2)), max(0, round(y - box.height / 2))
        return Box(left, top, min(box.width, width - left), min(box.height, height - top))

    page.move(np.asarray(pixels, dtype=np.uint8), moved)


def encode_tiff(pixels: GrayImage) -> bytes:
    """Encode as bilevel TIFF, CCITT group 4, 300 dpi, like the EPO's drawings."""
    file = io.BytesIO()
    image = Image.fromarray(pixels).convert("1", dither=Image.Dither.NONE)
    image.save(file, "TIFF", compression="group4", dpi=(DPI, DPI))
    return file.getvalue()


def millimetres(px: int) -> int:
    """The size for the XML, in whole millimetres like the EPO's."""
    return max(1, round(px / DPI * 25.4))
