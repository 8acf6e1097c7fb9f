"""Render pages of PDF documents in a child process with limited memory and time.

PDFium is a large C++ library that parses untrusted uploads. In a child process, a crash costs that
process alone and is reported as an error.
"""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import numpy as np

from engine.errors import ImageError
from engine.sheets.reading import GrayImage

MAGIC = b"%PDF-"
MOST_PAGES = 2000
MOST_PIXELS = 64_000_000
TIMEOUT_SECONDS = 20
_CHILD = Path(__file__).with_name("pdf_child.py")
_HEADER = struct.Struct("<II")
_PROBLEMS = {
    3: ("pdf-encrypted", "The PDF is protected by a password. Save it without one."),
    4: ("pdf-damaged", "The PDF is damaged and cannot be opened. Save it again, or as PNG or TIFF."),
    5: ("pdf-pages", f"The PDF has no pages, or more than {MOST_PAGES:,}. Save only the pages that you need."),
    6: ("pdf-page", "The PDF does not have this page. Choose another page."),
    7: ("pdf-size", "The page is empty or too large to be drawn. Save it as PNG or TIFF."),
}


def is_pdf(data: bytes) -> bool:
    """Whether this is a PDF; other bytes may precede its header (ISO 32000-1, annex H.3.4.1)."""
    return MAGIC in data[:1024]


def pdf_page_count(data: bytes) -> int:
    """The number of pages of a PDF. Raises: ImageError(code, detail)."""
    count: int = _HEADER.unpack(_ask(data, "count", "0", "0")[: _HEADER.size])[0]
    return count


def pdf_page(data: bytes, page: int, *, dpi: int = 300) -> GrayImage:
    """One page, from 1, as (height, width) uint8, 0 ink and 255 paper.

    A page that would have more than MOST_PIXELS at this resolution is drawn smaller. Raises: ImageError(code, detail).
    """
    answer = _ask(data, "page", str(page), str(dpi))
    height, width = _HEADER.unpack(answer[: _HEADER.size])
    return np.frombuffer(answer, dtype=np.uint8, offset=_HEADER.size).reshape(height, width).copy()


def _ask(data: bytes, what: str, page: str, dpi: str) -> bytes:
    command = [sys.executable, "-I", str(_CHILD), what, page, dpi, str(MOST_PAGES), str(MOST_PIXELS)]
    try:
        child = subprocess.run(command, input=data, capture_output=True, timeout=TIMEOUT_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise ImageError(
            "pdf-slow", f"The page took longer than {TIMEOUT_SECONDS} s to draw. Save it as PNG or TIFF."
        ) from error
    if child.returncode == 0 and len(child.stdout) >= _HEADER.size:
        return child.stdout
    code, detail = _PROBLEMS.get(
        child.returncode, ("pdf-damaged", "The PDF could not be drawn. Save the page as PNG or TIFF.")
    )
    raise ImageError(code, detail)
