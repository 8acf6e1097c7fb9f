"""Pages of PDFs, and files that are not PDFs."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw

from engine.errors import ImageError
from engine.imaging.pdf import is_pdf, pdf_page, pdf_page_count


def pdf_of(pages: int) -> bytes:
    """A PDF whose page n, 4 by 3 inches, bears a black square n tenths from the left."""
    pictures = []
    for number in range(1, pages + 1):
        picture = Image.new("L", (400, 300), 255)
        ImageDraw.Draw(picture).rectangle((number * 40, 100, number * 40 + 30, 130), fill=0)
        pictures.append(picture)
    file = io.BytesIO()
    pictures[0].save(file, "PDF", resolution=100, save_all=True, append_images=pictures[1:])
    return file.getvalue()


def pdf_with_pages(count: int, width: float = 100, height: float = 100) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(count):
        document.new_page(width, height)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def test_a_page_is_drawn_in_grey_at_the_resolution_asked_for() -> None:
    data = pdf_of(3)
    assert is_pdf(data)
    assert pdf_page_count(data) == 3
    for number in (1, 3):
        pixels = pdf_page(data, number, dpi=150)
        assert pixels.shape == pytest.approx((450, 600), abs=1)
        assert pixels.dtype == np.uint8
        dark = np.argwhere(pixels < 100)
        assert dark[:, 1].min() == pytest.approx(number * 60, abs=3)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"%PDF-1.7\nnothing of the kind", "pdf-damaged"),
        (b"", "pdf-damaged"),
        (pdf_of(2)[:300], "pdf-damaged"),
        (pdf_with_pages(2001), "pdf-pages"),
    ],
)
def test_what_is_no_pdf_is_refused_with_the_remedy(data: bytes, code: str) -> None:
    with pytest.raises(ImageError) as problem:
        pdf_page_count(data)
    assert problem.value.code == code
    assert problem.value.detail.endswith(".")


def test_a_page_that_is_not_there_is_refused() -> None:
    with pytest.raises(ImageError, match="pdf-page"):
        pdf_page(pdf_of(1), 2)


def test_a_huge_page_is_drawn_within_the_limit() -> None:
    pixels = pdf_page(pdf_with_pages(1, 14_400, 14_400), 1, dpi=300)
    assert 60_000_000 < pixels.size <= 64_000_000


@pytest.mark.slow
def test_any_damage_ends_in_a_refusal_or_a_page() -> None:
    data = bytearray(pdf_of(1))
    random = np.random.default_rng(5)
    for _ in range(12):
        broken = data.copy()
        for at in random.integers(0, len(broken), 40):
            broken[at] = random.integers(0, 256)
        try:
            assert pdf_page(bytes(broken), 1, dpi=50).ndim == 2
        except ImageError as problem:
            assert problem.detail.endswith(".")
