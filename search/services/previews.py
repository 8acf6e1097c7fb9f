"""The picture of a sheet that is painted first: smaller than the sheet and grey, as a browser would not draw it.

Browsers drop strokes of one-bit sheets when they draw them small; averaged over areas, a thin line fades and stays.
"""

from __future__ import annotations

from engine.imaging import decode_png, encode_png, thumbnail
from engine.sheets.reading import GrayImage
from search.files import file_keep, file_read
from search.models import Sheet

PREVIEW_PX = 1600  # the longest side; a sheet at 300 dpi is 2500 to 3500 px high, a window shows it 700 to 1500 px high


def preview_size(sheet: Sheet) -> tuple[int, int]:
    """Width and height of the sheet's preview in pixels."""
    scale = min(1.0, PREVIEW_PX / max(sheet.width_px, sheet.height_px, 1))
    return max(1, round(sheet.width_px * scale)), max(1, round(sheet.height_px * scale))


def sheet_preview(*, sheet: Sheet, pixels: GrayImage | None = None) -> str:
    """The name of the sheet's preview in the storage, made when it is asked for first; the sheet's own if it is small.

    pixels: of the sheet, (height, width) uint8, where somebody has decoded them already.
    Raises: FileNotFoundError when the storage has lost the sheet.
    """
    if sheet.preview:
        return sheet.preview
    if max(sheet.width_px, sheet.height_px) <= PREVIEW_PX:
        name = sheet.png
    else:
        small = thumbnail(decode_png(file_read(sheet.png)) if pixels is None else pixels, PREVIEW_PX)
        name = file_keep(encode_png(small), folder="previews", suffix=".png")
    # Only this field, and only of this content: a delivery may have brought another image meanwhile.
    Sheet.objects.filter(pk=sheet.pk, png=sheet.png).update(preview=name)
    return name
