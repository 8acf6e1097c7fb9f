"""The child program of engine.imaging.pdf: PDF on standard input, page count or grey pixels on standard output.

Exit status: 3 encrypted, 4 damaged, 5 no or too many pages, 6 no such page, 7 empty or oversized page. It imports
no other module of this project, so that it starts in a tenth of a second.
"""

from __future__ import annotations

import ctypes
import math
import resource
import struct
import sys

import pypdfium2
import pypdfium2.raw

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 15
POINTS_PER_INCH = 72
ENCRYPTED, DAMAGED, PAGE_COUNT, NO_PAGE, PAGE_SIZE = 3, 4, 5, 6, 7


def main() -> None:
    what, page, dpi, most_pages, most_pixels = sys.argv[1], *map(int, sys.argv[2:6])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it must write no files
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    document = _opened(sys.stdin.buffer.read())
    if not 1 <= len(document) <= most_pages:
        sys.exit(PAGE_COUNT)
    if what == "count":
        sys.stdout.buffer.write(struct.pack("<II", len(document), 0))
        return
    if not 1 <= page <= len(document):
        sys.exit(NO_PAGE)
    sys.stdout.buffer.write(_rendered(document[page - 1], dpi, most_pixels))


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        is_locked = error.err_code in (pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY)
        sys.exit(ENCRYPTED if is_locked else DAMAGED)


def _rendered(page: pypdfium2.PdfPage, dpi: int, most_pixels: int) -> bytes:
    width, height = page.get_size()
    scale = dpi / POINTS_PER_INCH
    if not (width > 0 and height > 0 and math.isfinite(width * height)):
        sys.exit(PAGE_SIZE)
    scale = min(scale, math.sqrt(most_pixels / (width * height)))
    if min(width, height) * scale < 1:
        sys.exit(PAGE_SIZE)
    bitmap = page.render(scale=scale, grayscale=True, fill_color=(255, 255, 255, 255), may_draw_forms=False)
    if bitmap.n_channels != 1:
        sys.exit(DAMAGED)
    pixels = ctypes.string_at(bitmap.buffer, bitmap.stride * bitmap.height)
    rows = (pixels[row * bitmap.stride : row * bitmap.stride + bitmap.width] for row in range(bitmap.height))
    return struct.pack("<II", bitmap.height, bitmap.width) + b"".join(rows)


if __name__ == "__main__":
    main()
