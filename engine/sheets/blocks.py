"""A sheet reduced to cells, and the blocks of ink on it: what can be shared out among figures without cutting ink."""

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
"""(rows, columns) of a reduced, upright sheet: 0 is paper, block i is i + 1, ink that is no drawing is -1."""

LONG_SIDE_CELLS = 620  # of the reduced sheet: 5 px or 0.4 mm a cell on a full sheet of 300 dpi
INK_BELOW = 128  # gray levels
DUST_SCALE = 4  # from so many pixels a cell on, a cell with one pixel of ink is dust of the scanner
SPECK_CELLS = 8  # a block with no more ink is dirt, when it stands alone
ALONE_CELLS = 10  # white around dirt: about the height of a numeral
TEXT_SHARE = 0.7  # a block with so much of its ink in readings is writing
LABEL_SLACK = 1.6  # a piece of ink up to so many times as long as a label's box, and inside it, is the label's
MISSED_CHARACTERS = 3  # of a label's number, at most
PAPER, APART = 0, -1


@dataclass(frozen=True, slots=True)
class SheetBlocks:
    """cells: as Cells says. boxes: of the blocks, in cells of the upright sheet. text: whether a block is only writing.

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
        """A box of the stored sheet, in cells of the upright one, every cell it touches."""
        return _to_cells(box_on_sheet, self.scale, self.rotation, self.cells.shape)

    def to_sheet(self, box: Box) -> Box:
        """A box in cells of the upright sheet, in pixels of the stored one."""
        rows, columns = self.cells.shape if self.rotation in (0, 180) else self.cells.shape[::-1]
        stored = box.turned_back(self.rotation, columns, rows)
        left, top = stored.left * self.scale, stored.top * self.scale
        right, bottom = min(self.width_px, stored.right * self.scale), min(self.height_px, stored.bottom * self.scale)
        return Box(left, top, right - left, bottom - top)

    def foreign(self, members: Collection[int], box: Box) -> tuple[Box, ...]:
        """Boxes in cells, inside `box`, of all ink that is not of the blocks `members`."""
        window = self.cells[box.top : box.bottom, box.left : box.right]
        mine = np.isin(window, np.array([block + 1 for block in members]))
        others = ((window != PAPER) & ~mine).astype(np.uint8)
        fringe = cv2.dilate(others, np.ones((3, 3), np.uint8)) > 0  # too little ink to make a cell of its own
        tiles = _tiles(fringe & ~mine)
        return tuple(Box(tile.left + box.left, tile.top + box.top, tile.width, tile.height) for tile in tiles)

    def gaps(self) -> dict[tuple[int, int], float]:
        """White space in cells between each two blocks that face each other, by their indexes, the smaller first."""
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
    """Return the sheet's blocks. Figure labels, sheet numbers and page headers belong to none.

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
    """The label's box with the characters right after it that were not read: as tall as it, on its line."""
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
    """The pieces of ink that lie in one of the boxes; a line that only passes through is left."""
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
    """Cells with each piece of ink numbered by its block from 1 on; specks that stand alone are 0, as paper."""
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
    """Whether a block is no taller than text may be and nearly all its ink lies in readings.

    Hatching is read as digits now and then; without the limit, a hatched drawing would be writing.
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
    """The mask as boxes: runs of each row, those that repeat in the next row as one."""
    if not mask.any():
        return []
    steps = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(steps == 1)
    _, ends = np.nonzero(steps == -1)
    tiles: list[Box] = []
    running: dict[tuple[int, int], tuple[int, int]] = {}  # of each run the rows it has been seen in: [first, last]
    for row, start, end in zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True):
        first, last = running.get((start, end), (row, row - 1))
        if last != row - 1:
            tiles.append(Box(start, first, end - start, last + 1 - first))
            first = row
        running[start, end] = (first, row)
    tiles.extend(Box(start, first, end - start, last + 1 - first) for (start, end), (first, last) in running.items())
    return tiles
