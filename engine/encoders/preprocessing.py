"""Turn a drawing into the square input of a network. Figures are wide or tall, and their lines are thin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.errors import EncoderError
from engine.sheets.reading import GrayImage

_INK_BELOW = 128
_PAPER = 255


def trimmed(image: GrayImage) -> GrayImage:
    """The image without the white margin around its ink; the whole image when it has no ink."""
    ink = image < _INK_BELOW
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        return image
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def squared(image: GrayImage, size_px: int, *, margin_share: float = 0.0) -> GrayImage:
    """The drawing in the middle of a white square of size_px, its proportions kept: (size_px, size_px) uint8.

    Reduced by area averages: a thin line becomes a grey one instead of vanishing between two sampled pixels.
    margin_share: white margin on each side, as a share of the side.
    """
    inner = size_px - 2 * round(size_px * margin_share)
    height, width = image.shape
    factor = inner / max(height, width)
    new_width, new_height = max(1, round(width * factor)), max(1, round(height * factor))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    reduced = cv2.resize(image, (new_width, new_height), interpolation=method)
    square = np.full((size_px, size_px), _PAPER, dtype=np.uint8)
    top, left = (size_px - new_height) // 2, (size_px - new_width) // 2
    square[top : top + new_height, left : left + new_width] = reduced
    return square


def stretched(image: GrayImage, size_px: int) -> GrayImage:
    """The drawing stretched to fill a square, without keeping its proportions: (size_px, size_px) uint8."""
    height, width = image.shape
    method = cv2.INTER_AREA if min(height, width) > size_px else cv2.INTER_LINEAR
    square: GrayImage = cv2.resize(image, (size_px, size_px), interpolation=method).astype(np.uint8)
    return square


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """The preprocessing of an encoder; `name` is part of the encoder key."""

    size_px: int
    fit: Literal["pad", "stretch"]
    trim: bool = True
    margin_share: float = 0.0

    @property
    def name(self) -> str:
        return f"{'trim-' if self.trim else ''}{self.fit}{self.size_px}"

    def square(self, image: GrayImage) -> GrayImage:
        """The network input of one image: (size_px, size_px) uint8."""
        drawing = trimmed(image) if self.trim else image
        if self.fit == "stretch":
            return stretched(drawing, self.size_px)
        return squared(drawing, self.size_px, margin_share=self.margin_share)

    def squares(self, images: Sequence[GrayImage]) -> NDArray[np.uint8]:
        """The inputs of several images: (len(images), size_px, size_px) uint8.

        Raises: EncoderError with the position of the first unusable image.
        """
        batch = np.empty((len(images), self.size_px, self.size_px), dtype=np.uint8)
        for position, image in enumerate(images):
            if image.ndim != 2 or image.dtype != np.uint8 or not image.size:
                raise EncoderError(position, f"an image must be (height, width) uint8, not {image.shape} {image.dtype}")
            batch[position] = self.square(image)
        return batch
