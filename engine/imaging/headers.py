"""Read the headers of image files before any decoder runs: pages, sizes, and where the pixels are.

Decoders allocate memory and follow page lists as the header says, so the header is checked first.
Layouts: TIFF 6.0 section 2, BigTIFF (libtiff), WebP container (RFC 9649 section 2.7).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from engine.errors import ImageError

_WIDTH, _HEIGHT, _SUBFILE, _STRIPS, _STRIP_BYTES, _TILES, _TILE_BYTES = 256, 257, 254, 273, 279, 324, 325
_WANTED = {_WIDTH, _HEIGHT, _SUBFILE, _STRIPS, _STRIP_BYTES, _TILES, _TILE_BYTES}
_INTEGER_TYPES = {1: "u1", 3: "u2", 4: "u4", 16: "u8"}
_TYPE_BYTES = {3: 2, 4: 4, 5: 8, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_MOST_TAGS = 4096
# A progressive JPEG has about ten scans; each costs a pass over all pixels, however few bytes it holds.
_MOST_SCANS = 100


@dataclass(frozen=True, slots=True)
class TiffPage:
    """One image of a TIFF. reduced: a thumbnail of another page (NewSubfileType bit 0)."""

    width_px: int
    height_px: int
    reduced: bool


def tiff_pages(data: bytes, max_frames: int) -> list[TiffPage]:
    """The pages of a TIFF in order. Raises: ImageError for a cyclic list, too many pages, or pixels beyond the end."""
    order = "<" if data[:2] == b"II" else ">"
    big = data[2:4] in (b"+\0", b"\0+")
    try:
        offset = struct.unpack_from(f"{order}Q", data, 8)[0] if big else struct.unpack_from(f"{order}L", data, 4)[0]
        seen: set[int] = set()
        pages: list[TiffPage] = []
        while offset:
            if offset in seen:
                raise ImageError("damaged", "The TIFF's list of pages is cyclic. Save the image again.")
            if len(pages) >= max_frames:
                raise too_many_frames(max_frames)
            seen.add(offset)
            tags, offset = _tiff_tags(data, offset, order, big)
            pages.append(_tiff_page(data, tags))
    except (struct.error, ValueError, OverflowError) as error:
        raise truncated() from error
    if not pages:
        raise ImageError("damaged", "The TIFF has no page. Save the image again.")
    return pages


def webp_size(data: bytes) -> tuple[int, int]:
    """The (width, height) in pixels that a WebP declares. Raises: ImageError."""
    chunk = data[12:16]
    if chunk == b"VP8X" and len(data) >= 30:
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if chunk == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 " and len(data) >= 30:
        return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    raise truncated()


def require_few_scans(data: bytes) -> None:
    """Raise ImageError for a JPEG with too many scans, each of which is a pass over all pixels."""
    # 0xFF is always escaped inside coded data, so start-of-scan markers can be counted as bytes.
    if data.count(b"\xff\xda") > _MOST_SCANS:
        raise ImageError("too-many-scans", "The JPEG has too many scans and would be slow to open. Save it as PNG.")


def truncated() -> ImageError:
    """The error for a file that ends before its image does."""
    return ImageError("damaged", "The image is damaged or was cut off. Copy, download or save it again.")


def too_many_frames(max_frames: int) -> ImageError:
    """The error for a file with too many pages."""
    return ImageError("too-many-pages", f"The file holds over {max_frames} pages or pictures. Split it.")


def _tiff_tags(data: bytes, offset: int, order: str, big: bool) -> tuple[dict[int, np.ndarray], int]:
    """The needed tags of the page at this offset, and the offset of the next page."""
    head, entry, inline = ("Q", "HHQ", 8) if big else ("H", "HHL", 4)
    count = struct.unpack_from(order + head, data, offset)[0]
    if count > _MOST_TAGS:
        raise truncated()
    position = offset + struct.calcsize(order + head)
    tags = {}
    for _ in range(count):
        tag, kind, length = struct.unpack_from(order + entry, data, position)
        value_at = position + struct.calcsize(order + entry)
        if length * _TYPE_BYTES.get(kind, 1) > len(data):
            raise truncated()  # a tag longer than the whole file
        if tag in _WANTED and kind in _INTEGER_TYPES and length:
            dtype = np.dtype(_INTEGER_TYPES[kind]).newbyteorder("<" if order == "<" else ">")
            if length * dtype.itemsize > inline:
                value_at = struct.unpack_from(order + ("Q" if big else "L"), data, value_at)[0]
            tags[tag] = np.frombuffer(data, dtype, length, value_at)
        position = position + struct.calcsize(order + entry) + inline
    return tags, struct.unpack_from(order + ("Q" if big else "L"), data, position)[0]


def _tiff_page(data: bytes, tags: dict[int, np.ndarray]) -> TiffPage:
    if _WIDTH not in tags or _HEIGHT not in tags:
        raise truncated()
    for starts, sizes in ((_STRIPS, _STRIP_BYTES), (_TILES, _TILE_BYTES)):
        if starts not in tags:
            continue
        ends = tags[starts].astype(np.float64)
        if sizes in tags and len(tags[sizes]) == len(ends):
            ends = ends + tags[sizes]
        # libtiff fills missing data with the old contents of its buffer.
        if ends.max() > len(data):
            raise truncated()
    reduced = bool(_SUBFILE in tags and int(tags[_SUBFILE][0]) & 1)
    return TiffPage(int(tags[_WIDTH][0]), int(tags[_HEIGHT][0]), reduced)
