"""How a sheet is drawn upright with its numerals' boxes over it: one SVG, whose coordinates are the sheet's pixels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.sheets.geometry import Box
from search.models import Figure, Reading
from search.selectors.publications import numeral_sort_key

AROUND_FIGURE = 0.04  # of the longer side: the paper shown around a figure that is shown alone
AROUND_NUMERAL = 0.3  # of a box's shorter side: room between the numeral's ink and the line around it


@dataclass(frozen=True, slots=True)
class Frame:
    """view_box and transform of the SVG; `alone` when it shows the figure without the rest of its sheet.

    rotation: degrees clockwise by which the stored sheet is turned.
    """

    view_box: str
    transform: str
    alone: bool
    rotation: int


@dataclass(frozen=True, slots=True)
class NumeralBox:
    """The box of one reading, in pixels of the stored sheet; `legend` is the key of its numeral's legend entry."""

    reading: Reading
    name: str
    legend: int
    left: float
    top: float
    width: float
    height: float
    radius: float


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A numeral of the figure with its part's name; `key` is the first reading of it."""

    key: int
    text: str
    name: str


def frame_of(figure: Figure, *, alone: bool, turn: int = 0) -> Frame:
    """The whole sheet turned upright and further by `turn` degrees, or the figure on it."""
    sheet, rotation = figure.sheet, (figure.rotation + turn) % 360
    width_px, height_px = sheet.width_px, sheet.height_px
    shown = Box(0, 0, width_px, height_px)
    if alone:
        margin_px = round(AROUND_FIGURE * max(figure.width, figure.height))
        shown = figure.box_on_sheet.grown(margin_px, width_px, height_px)
    # Turning further by the rest of the circle brings a box of the stored sheet into the upright frame.
    upright = shown.turned_back((360 - rotation) % 360, *_upright_size(width_px, height_px, rotation))
    view_box = f"{upright.left} {upright.top} {upright.width} {upright.height}"
    return Frame(view_box, turned(width_px, height_px, rotation), alone, rotation)


def turned(width_px: int, height_px: int, angle: int) -> str:
    """The transform of an SVG that turns a picture clockwise by 0, 90, 180 or 270 degrees, its corner at the origin."""
    return {
        0: "",
        90: f"translate({height_px} 0) rotate(90)",
        180: f"translate({width_px} {height_px}) rotate(180)",
        270: f"translate(0 {width_px}) rotate(270)",
    }[angle]


def legend_of(numerals: Iterable[tuple[Reading, str]]) -> list[LegendEntry]:
    """The figure's numerals, each once, in rising order."""
    entries: dict[str, LegendEntry] = {}
    for reading, name in numerals:
        entries.setdefault(reading.text, LegendEntry(reading.pk, reading.text, name))
    return sorted(entries.values(), key=lambda entry: numeral_sort_key(entry.text))


def boxes_of(numerals: Iterable[tuple[Reading, str]], legend: Iterable[LegendEntry]) -> list[NumeralBox]:
    """A box around each reading, with some room between its line and the ink."""
    keys = {entry.text: entry.key for entry in legend}
    return [_box(reading, name, keys[reading.text]) for reading, name in numerals]


def _box(reading: Reading, name: str, legend: int) -> NumeralBox:
    room = AROUND_NUMERAL * min(reading.width, reading.height)
    return NumeralBox(
        reading=reading,
        name=name,
        legend=legend,
        left=reading.left - room,
        top=reading.top - room,
        width=reading.width + 2 * room,
        height=reading.height + 2 * room,
        radius=room,
    )


def _upright_size(width_px: int, height_px: int, rotation: int) -> tuple[int, int]:
    return (width_px, height_px) if rotation in (0, 180) else (height_px, width_px)
