"""Reduce a sheet to cells and find its blocks of ink: the units that are assigned to figures without cutting ink."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage  # type: ignore[import-untyped]

from engine.sheets.geometry import Box
from engine.sheets.reading import GrayImage, SheetReading, TextKind

Cells = NDArray[np.int32]
"""A reduced, upright sheet (rows, columns): 0 is paper, block i is i + 1, other ink (labels, headers) is -1."""

LONG_SIDE_CELLS = 620  # of the reduced sheet: 5 px or 0.4 mm a cell on a full sheet of 300 dpi
INK_BELOW = 128  # gray levels
DUST_SCALE = 4  # from this many pixels per cell, a cell with one pixel of ink is scanner dust
SPECK_CELLS = 8  # an isolated block with no more ink than this is dirt
ALONE_CELLS = 10  # white space around dirt: about the height of a numeral
TEXT_SHARE = 0.7  # a block with this share of its ink in readings is text
LABEL_SLACK = 1.6  # ink inside a label's box, and at most this many times as long, belongs to the label
MISSED_CHARACTERS = 3  # at most, of a label's number
PAPER, APART = 0, -1


@dataclass(frozen=True, slots=True)
class SheetBlocks:
    """The blocks of a sheet. cells: see Cells. boxes: in cells of the upright sheet. text: whether a block is text.

    scale: pixels per cell. rotation: degrees clockwise that turn the sheet upright. width_px, height_px: as stored.
    """

    cells: Cells
    boxes: tuple[Box, ...]
    text: tuple[bool, ...]
    scale: int
    rotation: int
    width_px: int
    height_px: int

    def to_cells(self, box_on_sheet: Box) -> Box:
        """Convert a box of the stored sheet to cells of the upright one, including every cell that it touches."""
        return _to_cells(box_on_sheet, self.scale, self.rotation, self.cells.shape)

    def to_sheet(self, box: Box) -> Box:
        """Convert a box in cells of the upright sheet to pixels of the stored one."""
        rows, columns = self.cells.shape if self.rotation in (0, 180) else self.cells.shape[::-1]
        stored = box.turned_back(self.rotation, columns, rows)
        left, top = stored.left * self.scale, stored.top * self.scale
        right, bottom = min(self.width_px, stored.right * self.scale), min(self.height_px, stored.bottom * self.scale)
        return Box(left, top, right - left, bottom - top)

    def foreign(self, members: Collection[int], box: Box) -> tuple[Box, ...]:
        """Boxes (in cells, inside `box`) of all ink that does not belong to the blocks `members`."""
        window = self.cells[box.top : box.bottom, box.left : box.right]
        mine = np.isin(window, np.array([block + 1 for block in members]))
        others = ((window != PAPER) & ~mine).astype(np.uint8)
        fringe = cv2.dilate(others, np.ones((3, 3), np.uint8)) > 0  # too little ink for a cell
        tiles = _tiles(fringe & ~mine)
        return tuple(Box(tile.left + box.left, tile.top + box.top, tile.width, tile.height) for tile in tiles)

    def gaps(self) -> dict[tuple[int, int], float]:
        """The white space, in cells, between each two blocks that face each other, by their indexes, smaller first."""
        paper = np.where(self.cells > 0, 0, 1).astype(np.uint8)
        away, nearest = cv2.distanceTransformWithLabels(
            paper, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
        )
        block_at = np.zeros(int(nearest.max()) + 1, np.int32)
        block_at[nearest[self.cells > 0]] = self.cells[self.cells > 0]
        zones = block_at[nearest]
        facing: dict[tuple[int, int], float] = {}
        for one, other in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1, :], np.s_[1:, :])):
            border = zones[one] != zones[other]
            pairs = np.sort(np.stack([zones[one][border], zones[other][border]], axis=1), axis=1) - 1
            widths = away[one][border] + away[other][border]
            order = np.argsort(-widths, kind="stable")
            for (a, b), width in zip(pairs[order].tolist(), widths[order].tolist(), strict=True):
                facing[a, b] = min(width, facing.get((a, b), width))
        return facing


def blocks_of(sheet: GrayImage, reading: SheetReading, labels: Sequence[Box], near_cells: int) -> SheetBlocks:
    """Find the sheet's blocks. Figure labels, sheet numbers and page headers belong to none.

    sheet: (height, width) uint8 as stored. labels: boxes of its figure labels, in its pixels. near_cells: ink closer
    than twice this is one block.
    """
    height_px, width_px = sheet.shape
    scale = max(1, round(max(sheet.shape) / LONG_SIDE_CELLS))
    ink = np.ascontiguousarray(np.rot90(_reduced(sheet, scale), -(reading.rotation // 90)))

    def boxed(boxes: Sequence[Box]) -> list[Box]:
        return [_to_cells(box, scale, reading.rotation, ink.shape) for box in boxes]

    headers = [box.box_on_sheet for box in reading.boxes if box.kind is TextKind.SHEET_NUMBER]
    apart = _ink_inside(ink, [*(_with_number(ink, box) for box in boxed(labels)), *boxed(headers)])
    cells = _numbered(ink & ~apart, near_cells)
    boxes = _boxes(cells)
    cells[apart] = APART
    tallest = 2 * float(np.median([box.height for box in boxed(labels)])) if labels else 0.0
    text = _only_text(cells, boxes, boxed([box.box_on_sheet for box in reading.boxes]), tallest)
    return SheetBlocks(cells, boxes, text, scale, reading.rotation, width_px, height_px)


def _reduced(sheet: GrayImage, scale: int) -> NDArray[np.bool_]:
    """Whether each cell of scale × scale pixels holds ink; the last row and column may be cut by the sheet's edge."""
    _, ink = cv2.threshold(sheet, INK_BELOW - 1, 255, cv2.THRESH_BINARY_INV)
    down, right = -ink.shape[0] % scale, -ink.shape[1] % scale
    if down or right:
        ink = cv2.copyMakeBorder(ink, 0, down, 0, right, cv2.BORDER_CONSTANT, value=0)
    share = cv2.resize(ink, (ink.shape[1] // scale, ink.shape[0] // scale), interpolation=cv2.INTER_AREA)
    dust = 1.5 if scale >= DUST_SCALE else 0.5
    return np.asarray(share >= 255 * dust / scale**2, np.bool_)


def _to_cells(box: Box, scale: int, rotation: int, shape: tuple[int, ...]) -> Box:
    left, top = box.left // scale, box.top // scale
    stored = Box(left, top, -(-box.right // scale) - left, -(-box.bottom // scale) - top)
    return stored.turned_back(-rotation % 360, shape[1], shape[0]).grown(0, shape[1], shape[0])


def _with_number(ink: NDArray[np.bool_], label: Box) -> Box:
    """The label's box extended by unread characters directly after it, of equal height on its line."""
    box = label
    for _ in range(MISSED_CHARACTERS):
        right = Box(box.right, box.top - label.height // 2, round(1.5 * label.height), 2 * label.height)
        right = right.grown(0, ink.shape[1], ink.shape[0])
        if not right.area:
            break
        window = ink[right.top : right.bottom, right.left : right.right].astype(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(window, connectivity=8)
        pieces = [Box(*piece[:4].tolist()) for piece in stats[1:]]
        after = [
            Box(piece.left + right.left, piece.top + right.top, piece.width, piece.height)
            for piece in pieces
            if 0.6 <= piece.height / label.height <= 1.25
            and piece.width <= label.height
            and piece.left + piece.width < right.width
            and abs(piece.centre[1] + right.top - box.centre[1]) <= 0.25 * label.height
        ]
        if not after:
            break
        box = box.union(min(after, key=lambda piece: piece.left))
    return box


def _ink_inside(ink: NDArray[np.bool_], boxes: Sequence[Box]) -> NDArray[np.bool_]:
    """The ink inside the boxes, without lines that only pass through."""
    found = np.zeros_like(ink)
    height, width = ink.shape
    for box in boxes:
        if not box.area:
            continue
        around = box.grown(max(2, round(LABEL_SLACK * max(box.width, box.height) / 2)), width, height)
        window = ink[around.top : around.bottom, around.left : around.right]
        count, pieces, stats, middles = cv2.connectedComponentsWithStats(window.astype(np.uint8), connectivity=8)
        near = box.grown(2, width, height)
        for piece in range(1, count):
            x, y = middles[piece]
            long_side = max(stats[piece, cv2.CC_STAT_WIDTH], stats[piece, cv2.CC_STAT_HEIGHT])
            short = long_side <= LABEL_SLACK * max(box.width, box.height)
            if short and near.contains_point(x + around.left, y + around.top):
                found[around.top : around.bottom, around.left : around.right] |= pieces == piece
    return found


def _numbered(ink: NDArray[np.bool_], near_cells: int) -> Cells:
    """Cells with each piece of ink numbered by its block, from 1; isolated specks are 0, like paper."""
    kernel = np.ones((2 * near_cells + 1, 2 * near_cells + 1), np.uint8)
    count, near = cv2.connectedComponents(cv2.dilate(ink.astype(np.uint8), kernel), connectivity=8)
    cells = np.where(ink, near, 0).astype(np.int32)
    large = np.bincount(cells.ravel(), minlength=count) > SPECK_CELLS
    large[0] = False
    away = cv2.distanceTransform((~large[cells]).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3)
    close = np.zeros(count, np.bool_)
    close[cells[ink & (away <= ALONE_CELLS)]] = True
    kept = large | close
    numbers = np.where(kept, np.cumsum(kept), 0).astype(np.int32)
    return np.asarray(numbers[cells], np.int32)


def _boxes(cells: Cells) -> tuple[Box, ...]:
    found = ndimage.find_objects(cells)
    return tuple(
        Box(columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start) for rows, columns in found
    )


def _only_text(cells: Cells, blocks: Sequence[Box], readings: Sequence[Box], tallest: float) -> tuple[bool, ...]:
    """Whether a block is no taller than text and nearly all its ink is in readings.

    Hatching is sometimes read as digits; the height limit keeps a hatched drawing from counting as text.
    """
    read = np.zeros(cells.shape, np.bool_)
    for box in readings:
        read[max(0, box.top) : box.bottom, max(0, box.left) : box.right] = True
    inked = np.where(cells > 0, cells, 0)
    amounts = np.bincount(inked.ravel(), minlength=len(blocks) + 1)[1:]
    within = np.bincount(inked[read].ravel(), minlength=len(blocks) + 1)[1:]
    low = np.array([block.height <= tallest for block in blocks], np.bool_)
    return tuple((low & (within >= TEXT_SHARE * amounts)).tolist())


def _tiles(mask: NDArray[np.bool_]) -> list[Box]:
    """The mask as boxes: the runs of each row, merged with equal runs of the next row."""
    if not mask.any():
        return []
    steps = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(steps == 1)
    _, ends = np.nonzero(steps == -1)
    tiles: list[Box] = []
    running: dict[tuple[int, int], tuple[int, int]] = {}  # run → the rows that it spans: [first, last]
    for row, start, end in zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True):
        first, last = running.get((start, end), (row, row - 1))
        if last != row - 1:
            tiles.append(Box(start, first, end - start, last + 1 - first))
            first = row
        running[start, end] = (first, row)
    tiles.extend(Box(start, first, end - start, last + 1 - first) for (start, end), (first, last) in running.items())
    return tiles
