"""Random bytes are opened as an image or refused with ImageError, never another error."""

import io

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from engine.imaging import ImageError, open_pages


def _picture() -> Image.Image:
    image = Image.new("L", (48, 40), 255)
    ImageDraw.Draw(image).rectangle([8, 8, 30, 30], outline=0)
    return image


def _saved(image: Image.Image, image_format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


_GREY = _picture()
SEEDS = [
    _saved(_GREY.convert("1"), "TIFF", compression="group4", dpi=(300, 300)),
    _saved(_GREY.convert("1"), "TIFF", compression="group3"),
    _saved(_GREY, "TIFF", compression="tiff_lzw", save_all=True, append_images=[_GREY]),
    _saved(_GREY.convert("RGB"), "TIFF", compression="jpeg"),
    _saved(_GREY.convert("F"), "TIFF", compression="tiff_adobe_deflate"),
    _saved(_GREY.convert("P"), "PNG", transparency=0),
    _saved(_GREY.convert("RGBA"), "PNG"),
    _saved(Image.fromarray(np.asarray(_GREY).astype(np.uint16) * 257), "PNG"),
    _saved(
        _GREY.convert("CMYK"), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    ),
    _saved(_GREY, "JPEG", progressive=True),
    _saved(_GREY, "GIF", save_all=True, append_images=[_GREY.rotate(90)]),
    _saved(_GREY.convert("RGBA"), "WEBP", lossless=True),
    _saved(_GREY, "WEBP", save_all=True, append_images=[_GREY.rotate(90)]),
    _saved(_GREY, "BMP"),
]
EDITS = st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=8)


@pytest.mark.slow
@given(seed=st.sampled_from(SEEDS), edits=EDITS, cut=st.integers(0, 4000), tail=st.binary(max_size=16))
@settings(max_examples=700, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_images_are_opened_or_refused(seed: bytes, edits: list[tuple[int, int]], cut: int, tail: bytes) -> None:
    data = bytearray(seed)
    for at, value in edits:
        data[at % len(data)] = value
    if cut < len(data):
        data = data[:cut] + tail
    try:
        pages = open_pages(bytes(data), "figure.tif")
    except ImageError as error:
        assert error.code and error.detail
        return
    for page in pages:
        assert page.pixels.dtype == np.uint8 and min(page.pixels.shape) >= 16


@given(data=st.binary(max_size=400))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_any_bytes_behind_a_signature_are_opened_or_refused(data: bytes) -> None:
    for signature in (b"II*\0\x08\0\0\0", b"MM\0+\0\x08\0\0", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"BM"):
        try:
            open_pages(signature + data, "figure.tif")
        except ImageError:
            continue
