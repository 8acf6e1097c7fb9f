"""Decode and store the sheets of a publication. Missing sheets are filled in when they are delivered later."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from engine.delivery import DocumentFiles
from engine.errors import ImageError
from engine.imaging import Page, encode_png, open_pages
from engine.patents.publication import DrawingReference, Note
from search.files import file_keep
from search.models import Publication, Sheet


@dataclass(frozen=True, slots=True)
class DecodedSheet:
    """A page of a drawing with its stored PNG; `missing` when the delivery does not contain it."""

    drawing: DrawingReference
    position: int
    page: int = 1
    missing: bool = False
    original_sha256: str = ""
    png: str = ""
    width_px: int = 0
    height_px: int = 0
    dpi: float | None = None
    blank: bool = False
    notes: tuple[Note, ...] = field(default=())


def sheets_decode(
    *, drawings: Sequence[DrawingReference], files: DocumentFiles
) -> tuple[list[DecodedSheet], list[Note]]:
    """Decode all pages of the drawings that the XML names. Returns the sheets and the notes for the report.

    A file that two drawings name is one sheet. An absent or unreadable file becomes a missing sheet, so that the
    publication can still be found by its text.
    """
    decoded: list[DecodedSheet] = []
    notes: list[Note] = []
    seen: dict[str, DrawingReference] = {}
    for position, drawing in enumerate(drawings):
        found = files.find(drawing.file_name)
        if found is None:
            name = _shown(drawing.file_name)
            detail = f"The delivery does not contain {name}. Deliver it with the document to fill in the sheet."
            notes.append(Note("sheet-missing", detail))
            decoded.append(DecodedSheet(drawing, position, missing=True, notes=(notes[-1],)))
            continue
        name, found_notes = found
        notes.extend(found_notes)
        if name in seen:
            notes.append(Note("sheet-shared", f"{_shown(name)} is named by more than one figure. It is stored once."))
            continue
        seen[name] = drawing
        pages, page_notes = _pages(drawing, position, name, files.files[name])
        decoded.extend(pages)
        notes.extend(page_notes)
    return decoded, notes


def sheets_store(*, publication: Publication, decoded: Sequence[DecodedSheet], only_missing: bool) -> None:
    """Store sheets. One with a new or changed image is marked to be read again; its figures keep their keys.

    only_missing: leave the sheets that already have an image as they are.
    """
    known = {(sheet.file_name, sheet.page): sheet for sheet in publication.sheets.select_for_update()}
    for item in decoded:
        file_name = item.drawing.file_name[:255]
        sheet = known.get((file_name, item.page))
        if sheet is None:
            sheet = Sheet(publication=publication, file_name=file_name, page=item.page)
            known[file_name, item.page] = sheet
        elif item.missing or (only_missing and not sheet.missing):
            continue
        _fill(sheet, item)
        sheet.save()


def _fill(sheet: Sheet, item: DecodedSheet) -> None:
    sheet.position = item.position
    sheet.xml_label = item.drawing.label[:120]
    sheet.width_mm, sheet.height_mm = item.drawing.width_mm, item.drawing.height_mm
    sheet.notes = [asdict(note) for note in item.notes]
    if sheet.pk is not None and sheet.original_sha256 == item.original_sha256 and not sheet.missing:
        return
    sheet.missing = item.missing
    sheet.original_sha256 = item.original_sha256
    sheet.png = item.png
    sheet.preview = ""
    sheet.width_px, sheet.height_px, sheet.dpi, sheet.blank = item.width_px, item.height_px, item.dpi, item.blank
    sheet.reader_key = ""
    sheet.looked_again = False


def _pages(drawing: DrawingReference, position: int, name: str, data: bytes) -> tuple[list[DecodedSheet], list[Note]]:
    try:
        pages = open_pages(data, name)
    except ImageError as error:
        note = Note(f"sheet-{error.code}", f"{_shown(name)}: {error.detail}")
        return [DecodedSheet(drawing, position, missing=True, notes=(note,))], [note]
    digest = hashlib.sha256(data).hexdigest()
    sheets = [_sheet(drawing, position, number, digest, page) for number, page in enumerate(pages, start=1)]
    return sheets, [note for sheet in sheets for note in sheet.notes]


def _sheet(drawing: DrawingReference, position: int, number: int, digest: str, page: Page) -> DecodedSheet:
    height, width = page.pixels.shape
    return DecodedSheet(
        drawing,
        position,
        page=number,
        original_sha256=digest,
        png=file_keep(encode_png(page.pixels), folder="sheets", suffix=".png"),
        width_px=width,
        height_px=height,
        dpi=page.dpi,
        blank=any(note.code == "blank" for note in page.notes),
        notes=page.notes,
    )


def _shown(name: str) -> str:
    printable = "".join(character for character in name if character.isprintable())
    return printable if len(printable) <= 80 else f"{printable[:77]}…"
