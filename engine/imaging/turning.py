"""Parts of pictures, turned and mirrored."""

from __future__ import annotations

import numpy as np

from engine.reading import GrayImage


def part_of(
    pixels: GrayImage, region: tuple[float, float, float, float] | None, turn: int = 0, mirrored: bool = False
) -> GrayImage:
    """A region of a picture, turned clockwise by 0, 90, 180 or 270 degrees, then mirrored left to right.

    pixels: (height, width) uint8. region: left, top, width, height as shares of the picture, None for all of it; at
    least one pixel is left of any region within the picture. Raises: ValueError on another turn.
    """
    if turn not in (0, 90, 180, 270):
        raise ValueError(f"turn must be 0, 90, 180 or 270, not {turn}")
    if region is not None:
        height, width = pixels.shape
        left, top = min(round(region[0] * width), width - 1), min(round(region[1] * height), height - 1)
        right = max(left + 1, round((region[0] + region[2]) * width))
        bottom = max(top + 1, round((region[1] + region[3]) * height))
        pixels = pixels[top:bottom, left:right]
    turned = np.rot90(pixels, -(turn // 90))
    return np.ascontiguousarray(np.fliplr(turned) if mirrored else turned)
