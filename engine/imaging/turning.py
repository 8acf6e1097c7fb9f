"""Crop, turn and mirror images."""

from __future__ import annotations

import numpy as np

from engine.sheets.geometry import Box
from engine.sheets.reading import GrayImage


def region_box(region: tuple[float, float, float, float], width_px: int, height_px: int) -> Box:
    """A region in pixels, at least one. region: left, top, width, height as shares of the image."""
    left, top = min(round(region[0] * width_px), width_px - 1), min(round(region[1] * height_px), height_px - 1)
    right = max(left + 1, round((region[0] + region[2]) * width_px))
    bottom = max(top + 1, round((region[1] + region[3]) * height_px))
    return Box(left, top, right - left, bottom - top)


def part_of(
    pixels: GrayImage, region: tuple[float, float, float, float] | None, turn: int = 0, mirrored: bool = False
) -> GrayImage:
    """A region of an image, turned clockwise by 0, 90, 180 or 270 degrees, then mirrored left to right.

    pixels: (height, width) uint8. region: left, top, width, height as shares of the image, None for all of it; at
    least one pixel is kept. Raises: ValueError on another turn.
    """
    if turn not in (0, 90, 180, 270):
        raise ValueError(f"turn must be 0, 90, 180 or 270, not {turn}")
    if region is not None:
        cut = region_box(region, pixels.shape[1], pixels.shape[0])
        pixels = pixels[cut.top : cut.bottom, cut.left : cut.right]
    turned = np.rot90(pixels, -(turn // 90))
    return np.ascontiguousarray(np.fliplr(turned) if mirrored else turned)
