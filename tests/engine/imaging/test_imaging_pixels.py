"""PNGs are lossless, thumbnails keep thin lines, blank pages are detected."""

import numpy as np
import pytest

from engine.imaging import ImageError, decode_png, encode_png, is_bilevel, is_blank, thumbnail
from engine.sheets.reading import GrayImage


def sheet(height: int = 1200, width: int = 900) -> GrayImage:
    pixels = np.full((height, width), 255, np.uint8)
    pixels[100:1000:90, 50:800] = 0
    return pixels


@pytest.mark.parametrize("shape", [(1, 1), (17, 33), (1200, 900), (3, 65_000)])
@pytest.mark.parametrize("levels", [2, 256])
def test_stored_pixels_come_back_exactly(shape: tuple[int, int], levels: int) -> None:
    pixels = (np.random.default_rng(1).integers(0, levels, shape) * (255 // (levels - 1))).astype(np.uint8)
    assert np.array_equal(decode_png(encode_png(pixels)), pixels)


def test_a_bilevel_sheet_is_stored_in_one_bit_and_nothing_but_pixels() -> None:
    data = encode_png(sheet())
    assert data == encode_png(sheet().copy())
    assert data[24] == 1  # bit depth in IHDR
    grey = sheet()
    grey[0, 0] = 128
    assert encode_png(grey)[24] == 8
    kinds, at = [], 8
    while at < len(data):
        kinds.append(data[at + 4 : at + 8])
        at += 12 + int.from_bytes(data[at : at + 4])
    assert set(kinds) == {b"IHDR", b"IDAT", b"IEND"}


def test_a_view_of_a_larger_sheet_can_be_stored() -> None:
    crop = sheet()[90:500, 40:700]
    assert np.array_equal(decode_png(encode_png(crop)), crop)
    assert not is_blank(crop) and is_bilevel(crop)


@pytest.mark.parametrize("data", [b"", b"no image", b"\x89PNG\r\n\x1a\n", encode_png(sheet())[:60]])
def test_a_damaged_stored_image_is_an_error(data: bytes) -> None:
    with pytest.raises(ImageError):
        decode_png(data)


def test_a_line_of_one_pixel_is_seen_in_every_thumbnail() -> None:
    for row in range(500, 520):
        pixels = np.full((1200, 900), 255, np.uint8)
        pixels[row] = 0
        small = thumbnail(pixels, 200)
        assert small.shape == (200, 150)
        assert (small.min(axis=0) < 225).all()


def test_thumbnails_are_never_larger_than_the_picture_nor_empty() -> None:
    assert thumbnail(sheet(), 5000).shape == (1200, 900)
    assert thumbnail(np.zeros((20, 12_000), np.uint8), 100).shape == (1, 100)


def test_blank_means_that_nothing_is_drawn() -> None:
    empty = np.full((1200, 900), 255, np.uint8)
    assert is_blank(empty) and is_blank(np.zeros((20, 20), np.uint8))
    assert is_blank(np.random.default_rng(1).integers(235, 256, (1200, 900)).astype(np.uint8))
    dusty = empty.copy()
    dusty[100, 100] = dusty[700:702, 300:302] = 0
    assert is_blank(dusty)
    labelled = empty.copy()
    labelled[1100:1120, 400:404] = 0
    assert not is_blank(labelled)
    assert not is_blank(sheet())
    assert not is_blank(255 - sheet())


def test_a_stored_image_never_comes_back_changed() -> None:
    pixels = (np.random.default_rng(1).integers(0, 2, (300, 200)) * 255).astype(np.uint8)
    data = encode_png(pixels)
    for at in range(8, len(data), len(data) // 60):
        flipped = bytearray(data)
        flipped[at] ^= 0x10
        for damaged in (bytes(flipped), data[:at]):
            try:
                found = decode_png(damaged)
            except ImageError:
                continue
            assert np.array_equal(found, pixels), at
