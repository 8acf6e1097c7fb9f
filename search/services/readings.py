"""Read the numerals on a publication's sheets. Each sheet is committed, so a lost worker loses only one."""

from __future__ import annotations

import time
from collections.abc import Set

from django.db import transaction

from engine.imaging import decode_png
from engine.numerals.settling import settle
from engine.sheets.reading import SheetReading, TextKind
from search import runtime
from search.files import file_read
from search.models import Publication, Reading, Sheet, Work
from search.selectors.readings import numerals_in_text, numerals_on_sheets, reading_of_sheet
from search.services.work import work_extend


def publication_read(*, publication: Publication, work: Work, budget_seconds: float) -> bool:
    """Read the sheets not read yet, then look again for numerals of the text that were found on no sheet.

    Each sheet is committed by itself and renews the lease of `work`. Returns False when the time budget ran out; the
    next call continues.
    """
    reader = runtime.numeral_reader()
    known = numerals_in_text(publication)
    deadline = time.monotonic() + budget_seconds
    for sheet in publication.sheets.filter(missing=False, reader_key=""):
        if time.monotonic() > deadline:
            return False
        reading = reader.read(decode_png(file_read(sheet.png)))
        sheet_reading_store(sheet=sheet, reading=settle(reading, known))
        work_extend(row=work)
    for sheet in publication.sheets.filter(missing=False, looked_again=False):
        if time.monotonic() > deadline:
            return False
        _look_again(sheet, known, known - numerals_on_sheets(publication))
        work_extend(row=work)
    return True


def _look_again(sheet: Sheet, known: Set[str], missing: Set[str]) -> None:
    if missing:
        before = reading_of_sheet(sheet)
        after = runtime.numeral_reader().look_again(decode_png(file_read(sheet.png)), before, missing)
        if after != before:
            sheet_reading_store(sheet=sheet, reading=settle(after, known))
    Sheet.objects.filter(pk=sheet.pk).update(looked_again=True)


@transaction.atomic
def sheet_reading_store(*, sheet: Sheet, reading: SheetReading) -> None:
    """Replace the stored readings of a sheet."""
    Sheet.objects.select_for_update().get(pk=sheet.pk)
    sheet.readings.all().delete()
    Reading.objects.bulk_create(
        [
            Reading(
                sheet=sheet,
                seen=box.seen[:120],
                text=box.text[:120],
                kind=TextKind(box.kind).value,
                left=box.box_on_sheet.left,
                top=box.box_on_sheet.top,
                width=box.box_on_sheet.width,
                height=box.box_on_sheet.height,
                confidence=round(box.confidence, 4),
                settled_by=box.settled_by,
            )
            for box in reading.boxes
        ]
    )
    Sheet.objects.filter(pk=sheet.pk).update(rotation=reading.rotation, reader_key=reading.reader_key)
