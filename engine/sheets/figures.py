"""Split a sheet into figures: one per figure label, with its ink and readings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from engine.sheets.blocks import SheetBlocks, blocks_of
from engine.sheets.geometry import CROP_MARGIN_PX, Box
from engine.sheets.labels import SheetLabel, label_order, labels_on, settled_labels
from engine.sheets.partition import Group, gap_between, parted
from engine.sheets.reading import GrayImage, SheetReading, TextBox, TextKind


@dataclass(frozen=True, slots=True)
class FigureRegion:
    """One drawing of a sheet.

    label: normalised ("3a"), "" for none; "7a,7b" when two labelled drawings are connected by ink and
    stay one region. box_on_sheet: around the drawing's ink, without its label. rotation: degrees clockwise that turn
    it upright. boxes: the readings in it. foreign: parts of box_on_sheet with other ink
    (labels, page headers, other figures).
    """

    label: str
    box_on_sheet: Box
    rotation: int
    boxes: tuple[TextBox, ...]
    foreign: tuple[Box, ...] = ()


def split_figures(
    sheet: GrayImage, reading: SheetReading, xml_label: str = "", known_labels: Collection[str] = ()
) -> tuple[FigureRegion, ...]:
    """Find the sheet's figures, in the order of their numbers; none for a blank sheet.

    sheet: (height, width) uint8 as stored; reading: its readings. xml_label: the figures on the sheet by the XML
    ("3", "3A,3B"). known_labels: normalised labels of the publication's text, used when the sheet shows none.
    Labels whose drawings cannot be separated share one region. Connected ink is never cut.

    Raises: ValueError when the sheet is not a grey image.
    """
    if sheet.ndim != 2 or sheet.dtype != np.uint8 or not sheet.size:
        raise ValueError(f"a sheet is (height, width) uint8, not {sheet.shape} {sheet.dtype}")
    named = labels_on(reading, sheet.shape[1], sheet.shape[0])
    blocks, groups = _grouped(sheet, reading, named, near_cells=1)
    if not blocks.boxes:
        return ()
    if any(len(group.labels) > 1 for group in groups):  # drawings that nearly touch
        finer, finer_groups = _grouped(sheet, reading, named, near_cells=0)
        if len(finer_groups) > len(groups):
            blocks, groups = finer, finer_groups
    names = settled_labels([label.label for label in named], xml_label, known_labels)
    owners = _owners(reading, blocks, groups)
    regions = [
        _region(
            group,
            ",".join(sorted((names[i] for i in group.labels or (0,) if names[i]), key=label_order)),
            blocks,
            owners.get(number, ()),
        )
        for number, group in enumerate(groups)
    ]
    return tuple(sorted(regions, key=lambda region: label_order(region.label)))


def crop_figure(sheet: GrayImage, region: FigureRegion, margin_px: int = CROP_MARGIN_PX) -> GrayImage:
    """Cut out the figure and turn it upright: (height, width) uint8, with a white margin and only its own ink.

    Reference numerals and lead lines stay; the label, page headers and other figures are removed, because
    they are not part of the drawing and would make different drawings look similar.
    """
    box = region.box_on_sheet
    crop = sheet[box.top : box.bottom, box.left : box.right].copy()
    for part in region.foreign:
        crop[part.top - box.top : part.bottom - box.top, part.left - box.left : part.right - box.left] = 255
    framed = np.pad(crop, margin_px, constant_values=255)
    return np.ascontiguousarray(np.rot90(framed, -(region.rotation // 90)))


def _grouped(
    sheet: GrayImage, reading: SheetReading, named: tuple[SheetLabel, ...], near_cells: int
) -> tuple[SheetBlocks, tuple[Group, ...]]:
    blocks = blocks_of(sheet, reading, [label.box_on_sheet for label in named], near_cells)
    labels = [blocks.to_cells(label.box_on_sheet) for label in named]
    return blocks, parted(labels, blocks.boxes, blocks.text, blocks.gaps)


def _region(group: Group, label: str, blocks: SheetBlocks, readings: tuple[TextBox, ...]) -> FigureRegion:
    around = blocks.boxes[group.blocks[0]]
    for block in group.blocks[1:]:
        around = around.union(blocks.boxes[block])
    foreign = tuple(blocks.to_sheet(box) for box in blocks.foreign(group.blocks, around))
    return FigureRegion(label, blocks.to_sheet(around), blocks.rotation, readings, foreign)


def _owners(reading: SheetReading, blocks: SheetBlocks, groups: tuple[Group, ...]) -> dict[int, tuple[TextBox, ...]]:
    """Assign each reading to the group with most ink under it, or else to the nearest."""
    group_of = {block: number for number, group in enumerate(groups) for block in group.blocks}
    owned: dict[int, list[TextBox]] = {number: [] for number in range(len(groups))}
    for text in reading.boxes:
        if text.kind in (TextKind.FIGURE_LABEL, TextKind.SHEET_NUMBER):
            continue
        box = blocks.to_cells(text.box_on_sheet)
        window = blocks.cells[box.top : box.bottom, box.left : box.right]
        counts = np.bincount(window[window > 0], minlength=1)
        if counts.any():
            block = int(counts.argmax()) - 1
        else:
            block = min(group_of, key=lambda i: gap_between(box, blocks.boxes[i]))
        owned[group_of[block]].append(text)
    return {number: tuple(texts) for number, texts in owned.items()}
