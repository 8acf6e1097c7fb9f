"""Limits beyond which an image is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """Limits of one image file; each is a setting. A frame is a page or a picture of an animation."""

    max_bytes: int = 20 << 20
    max_pixels: int = 64_000_000  # summed over all frames
    max_frames: int = 200
    min_side_px: int = 16
