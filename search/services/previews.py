"""Previews of sheets: reduced grey pictures that a page shows before the full sheet is loaded.

Browsers lose thin lines when they reduce one-bit sheets. Here areas are averaged, so a thin line becomes grey instead.
"""

from __future__ import annotations

from engine.imaging import decode_png, encode_png, thumbnail
from engine.sheets.reading import GrayImage
from search.files import file_keep, file_read
from search.models import Sheet

PREVIEW_PX = 1600  # longest side; a sheet at 300 dpi is 2500 to 3500 px high and is shown 700 to 1500 px high


def preview_size(sheet: Sheet) -> tuple[int, int]:
    """Return width and height of the sheet's preview in pixels."""
    scale = min(1.0, PREVIEW_PX / max(sheet.width_px, sheet.height_px, 1))
    return max(1, round(sheet.width_px * scale)), max(1, round(sheet.height_px * scale))


def sheet_preview(*, sheet: Sheet, pixels: GrayImage | None = None) -> str:
    """Return the storage name of a sheet's preview, made at the first call. A small sheet is its own preview.

    pixels: the decoded sheet, (height, width) uint8, if the caller has it.
    Raises: FileNotFoundError when the sheet is not in the storage.
    """
    if sheet.preview:
        return sheet.preview
    if max(sheet.width_px, sheet.height_px) <= PREVIEW_PX:
        name = sheet.png
    else:
        small = thumbnail(decode_png(file_read(sheet.png)) if pixels is None else pixels, PREVIEW_PX)
        name = file_keep(encode_png(small), folder="previews", suffix=".png")
    # Only if the sheet still has this image: a delivery may have replaced it meanwhile.
    Sheet.objects.filter(pk=sheet.pk, png=sheet.png).update(preview=name)
    return name
