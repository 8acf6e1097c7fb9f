"""Convert decoded images of any colour model to grey: ink dark, paper light, nothing clipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.errors import ImageError
from engine.patents.publication import Note
from engine.sheets.reading import GrayImage

# Images are converted in bands, so that the largest is never in memory in three colour models at once.
_BAND_PIXELS = 1 << 22
_ALPHA_MODES = frozenset({"LA", "La", "PA", "RGBA", "RGBa"})
_EDGE = 96
_CLEARLY_MORE = 2
# Maximum values in 16-bit files: scanners store 8, 10, 12 or 14 bits in them.
_FULL_SCALES = (255, 1023, 4095, 16383, 65535)


def to_gray(image: Image.Image, *, white_is_zero: bool) -> tuple[GrayImage, tuple[Note, ...]]:
    """The loaded image as (height, width) uint8, 0 ink and 255 paper, and notes for the report.

    white_is_zero: samples of over 8 bits use 0 for white, which Pillow does not invert.
    """
    if image.mode in _ALPHA_MODES or (image.mode in ("1", "L", "P", "RGB") and "transparency" in image.info):
        return _composited(image), ()
    if image.mode == "F" or image.mode.startswith("I"):
        return _scaled(image, white_is_zero)
    try:
        return _by_bands(image, _plain_band), ()
    except ValueError as error:
        raise ImageError(
            "colour-model", f"The image is stored in an unusual colour model ({image.mode}). Save it as PNG in grey."
        ) from error


def turned(pixels: GrayImage, orientation: int) -> GrayImage:
    """The image turned by its EXIF or TIFF orientation (1 to 8; anything else means 1)."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.T
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def _bands(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    width, height = image.size
    rows = max(1, _BAND_PIXELS // max(1, width))
    for top in range(0, height, rows):
        yield top, image.crop((0, top, width, min(height, top + rows)))


def _by_bands(image: Image.Image, convert: Callable[[Image.Image], NDArray[np.uint8]]) -> GrayImage:
    pixels = np.empty((image.height, image.width), np.uint8)
    for top, band in _bands(image):
        pixels[top : top + band.height] = convert(band)
    return pixels


def _plain_band(band: Image.Image) -> NDArray[np.uint8]:
    if band.mode == "LAB":
        band = band.getchannel(0)
    elif band.mode not in ("1", "L", "P", "RGB"):
        band = band.convert("RGB")
    return np.asarray(band.convert("L"))


def _composited(image: Image.Image) -> GrayImage:
    """A transparent image on white, or on black where white would hide the drawing (white or cut-out lines)."""
    on_white = _by_bands(image, lambda band: _on_paper(band, 255))
    on_black = _by_bands(image, lambda band: _on_paper(band, 0))
    return on_black if _edge_count(on_black) > _CLEARLY_MORE * _edge_count(on_white) else on_white


def _edge_count(pixels: GrayImage) -> int:
    """The number of pixels that differ strongly from their right neighbour."""
    return int(np.count_nonzero(cv2.absdiff(pixels[:, 1:], pixels[:, :-1]) > _EDGE))


def _on_paper(band: Image.Image, paper: int) -> NDArray[np.uint8]:
    """The band composited over a background of this grey level."""
    both = np.asarray(band.convert("RGBA").convert("LA")).astype(np.uint16)
    level, alpha = both[..., 0], both[..., 1]
    return ((level * alpha + paper * (255 - alpha) + 127) // 255).astype(np.uint8)


def _scaled(image: Image.Image, white_is_zero: bool) -> tuple[GrayImage, tuple[Note, ...]]:
    low, high = _range_of(image)
    notes: tuple[Note, ...] = ()
    if low >= 0 and image.mode != "F" and high <= _FULL_SCALES[-1]:
        low, high = 0.0, float(next(scale for scale in _FULL_SCALES if high <= scale))
    else:
        if not (image.mode == "F" and low >= 0 and high <= 1):
            notes = (Note("scaled", f"Grey values from {low:g} to {high:g} were scaled to black and white."),)
        low, high = (0.0, 1.0) if not notes else (low, high)
    span = high - low or 1.0

    def convert(band: Image.Image) -> NDArray[np.uint8]:
        levels = (np.nan_to_num(np.asarray(band).astype(np.float64), nan=high, posinf=high, neginf=low) - low) / span
        levels = np.rint(np.clip(levels, 0, 1) * 255).astype(np.uint8)
        return np.asarray(255 - levels if white_is_zero else levels, dtype=np.uint8)

    return _by_bands(image, convert), notes


def _range_of(image: Image.Image) -> tuple[float, float]:
    """The lowest and highest finite value. Raises: ImageError when there is none."""
    lows, highs = [], []
    for _, band in _bands(image):
        values = np.asarray(band)
        finite = values[np.isfinite(values)]
        if finite.size:
            lows.append(float(finite.min()))
            highs.append(float(finite.max()))
    if not lows:
        raise ImageError("damaged", "The image holds no finite grey value. Save it as 8-bit PNG.")
    return min(lows), max(highs)
