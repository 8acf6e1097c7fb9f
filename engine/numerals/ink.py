"""The ink of a sheet as connected components, without rules, frames and underlines."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.sheets.reading import GrayImage

Mask = NDArray[np.uint8]
"""(height, width) uint8, 1 is ink and 0 is paper."""

INK_BELOW = 128

# At 300 dpi. Straight strokes longer and thinner than these belong to frames, axes and underlines: letters of the
# size required in patents (at least 3.2 mm = 38 px, Rule 46(2)(h) EPC) have shorter or thicker ones.
RULE_ALONG_TEXT_PX = 56
RULE_ACROSS_TEXT_PX = 96
RULE_THICKNESS_PX = 8

# Share of black pixels with fewer than two black neighbours: above the first, strokes are ragged and letters may break
# up; above the second, the strokes are dithered.
RAGGED_SHARE, BROKEN_SHARE = 0.01, 0.06

# Faint toner leaves small holes in strokes: a few pixels of paper enclosed by ink. Clean, bold and specked
# generated sheets have fewer than 0.5 holes per thousand pixels of ink, faint ones 1.8 and more. Where
# filling them adds more ink than the second value, they are the gaps between the dots of a halftone.
GRAIN_PX, MAX_HOLE_PIXELS = 3, 40
GRAINY_HOLES, HALFTONE_SHARE = 1.5, 0.24
# Holes cause less raggedness than dithering; dithered letters would lose their shape when filled.
GRAINY_RAGGED = (0.005, 0.024)


@dataclass(frozen=True, slots=True)
class Components:
    """Connected components: labels (height, width) int32, and per label (0 is paper) its box, its pixel count,
    and how many strokes a row and a column of the box cross on average: 1 and 1 for a lead line, 2 and 2 for a "0"."""

    labels: NDArray[np.int32]
    left: NDArray[np.int32]
    top: NDArray[np.int32]
    width: NDArray[np.int32]
    height: NDArray[np.int32]
    pixels: NDArray[np.int32]
    row_crossings: NDArray[np.float32]
    column_crossings: NDArray[np.float32]


def ink_of(sheet: GrayImage) -> Mask:
    """The sheet's ink. A sheet that is mostly white on black is not inverted."""
    return (sheet < INK_BELOW).astype(np.uint8)


def raggedness(ink: Mask) -> float:
    """The share of ink with fewer than two of four neighbours black: 0.001 when clean, 0.1 when dithered."""
    count = int(ink.sum())
    if not count:
        return 0.0
    cross = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.uint8)
    neighbours = cv2.filter2D(ink, cv2.CV_8U, cross, borderType=cv2.BORDER_CONSTANT)
    return int(((neighbours < 2) & (ink > 0)).sum()) / count


def gaps_closed(ink: Mask) -> Mask:
    """Close gaps of one or two pixels: (height, width) uint8 of 0 and 1."""
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (3, 3))
    result: Mask = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, kernel)
    return result


def grain(ink: Mask) -> float:
    """The number of small holes per thousand pixels of ink: 0.1 when clean, 2 to 6 with faint toner."""
    count = int(ink.sum())
    if not count:
        return 0.0
    _, _, stats, _ = cv2.connectedComponentsWithStats(1 - ink, connectivity=4, ltype=cv2.CV_32S)
    pixels, longer = stats[1:, cv2.CC_STAT_AREA], stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    holes = (pixels >= 2) & (pixels <= MAX_HOLE_PIXELS) & (longer <= 3 * GRAIN_PX)
    return 1000 * int(holes.sum()) / count


def filled(ink: Mask) -> Mask:
    """Fill small gaps and holes without removing ink: (height, width) uint8 of 0 and 1."""
    kernel = np.ones((GRAIN_PX + 1, GRAIN_PX + 1), np.uint8)
    # An even kernel has two centres: eroding about the other one keeps the ink in place.
    grown = cv2.dilate(ink, kernel, anchor=(2, 2))
    result: Mask = cv2.erode(grown, kernel, anchor=(1, 1)).astype(np.uint8)
    return result


def solid_and_shown(ink: Mask) -> tuple[Mask, Mask]:
    """The ink in which words are searched, repaired as needed, and the ink for recognition: the given
    one, or the repaired one where strokes are badly broken."""
    ragged = raggedness(ink)
    if ragged > BROKEN_SHARE:
        solid = gaps_closed(ink)
        return solid, solid
    least, most = GRAINY_RAGGED
    if least < ragged < most and grain(ink) > GRAINY_HOLES:
        solid = filled(ink)
        if int(solid.sum()) <= (1 + HALFTONE_SHARE) * int(ink.sum()):
            return solid, solid
    return (gaps_closed(ink) if ragged > RAGGED_SHARE else ink), ink


def without_rules(ink: Mask) -> Mask:
    """Remove thin straight lines along the text (underlines, frames) and across it (frames, axes)."""
    along = _thin_lines(ink, (RULE_ALONG_TEXT_PX, 1), (1, RULE_THICKNESS_PX + 1))
    across = _thin_lines(ink, (1, RULE_ACROSS_TEXT_PX), (RULE_THICKNESS_PX + 1, 1))
    result: Mask = ink & (1 - (along | across))
    return result


def _thin_lines(ink: Mask, long_kernel: tuple[int, int], thick_kernel: tuple[int, int]) -> Mask:
    lines = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(long_kernel[::-1], np.uint8))
    thick = cv2.morphologyEx(lines, cv2.MORPH_OPEN, np.ones(thick_kernel[::-1], np.uint8))
    # A ragged line is a pixel thicker in places, which would leave specks.
    along_x = thick_kernel[1] > 1
    thin = cv2.dilate(lines & (1 - thick), np.ones((3, 1) if along_x else (1, 3), np.uint8))
    result: Mask = cv2.bitwise_and(ink, thin)
    return result


def components_of(ink: Mask) -> Components:
    """The connected components (8 neighbours) of the ink."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8, ltype=cv2.CV_32S)
    left, top, width, height, pixels = (stats[:, column] for column in range(5))
    return Components(
        labels=labels,
        left=left,
        top=top,
        width=width,
        height=height,
        pixels=pixels,
        row_crossings=(_strokes_begun(ink, labels, len(stats), axis=1) / np.maximum(1, height)).astype(np.float32),
        column_crossings=(_strokes_begun(ink, labels, len(stats), axis=0) / np.maximum(1, width)).astype(np.float32),
    )


def _strokes_begun(ink: Mask, labels: NDArray[np.int32], count: int, axis: int) -> NDArray[np.int64]:
    """The number of runs of ink along an axis, per label."""
    begun = ink.copy()
    if axis == 1:
        begun[:, 1:] &= 1 - ink[:, :-1]
    else:
        begun[1:] &= 1 - ink[:-1]
    return np.bincount(labels[begun.view(bool)], minlength=count)
