"""Stored readings and text analyses as the engine's dataclasses."""

from __future__ import annotations

from engine.linking import Mention, MentionKind, Sentence, TextAnalysis
from engine.patents.publication import Section
from engine.sheets.reading import SheetReading, TextBox, TextKind
from search.models import Publication, Reading, Sheet


def reading_of_sheet(sheet: Sheet) -> SheetReading:
    """Return the stored reading of a sheet, its boxes in the order of `readings_of_sheet`."""
    row = Sheet.objects.only("reader_key", "rotation").get(pk=sheet.pk)
    return SheetReading(row.reader_key, row.rotation, tuple(text_box(reading) for reading in readings_of_sheet(sheet)))


def readings_of_sheet(sheet: Sheet) -> list[Reading]:
    """Return the rows of a sheet's readings, from top to bottom."""
    return list(Reading.objects.filter(sheet_id=sheet.pk).order_by("top", "left", "pk"))


def text_box(reading: Reading) -> TextBox:
    """Return a reading as the engine's TextBox."""
    return TextBox(
        seen=reading.seen,
        text=reading.text,
        box_on_sheet=reading.box_on_sheet,
        confidence=reading.confidence,
        kind=TextKind(reading.kind),
        settled_by=reading.settled_by,
    )


def numerals_on_sheets(publication: Publication) -> frozenset[str]:
    """Return the numerals read on any sheet of a publication."""
    numerals = Reading.objects.filter(sheet__publication=publication, kind=TextKind.NUMERAL.value)
    return frozenset(numerals.values_list("text", flat=True).distinct())


def numerals_in_text(publication: Publication) -> frozenset[str]:
    """Return the numerals mentioned in the text of a publication."""
    return analysis_of_publication(publication).numerals


def analysis_of_publication(publication: Publication) -> TextAnalysis:
    """Return the stored analysis of a publication's text, sentences in the order of their positions."""
    rows = list(publication.sentences.select_related("paragraph").order_by("position"))
    mentions = tuple(
        tuple(Mention(text, start, end, MentionKind(kind)) for text, start, end, kind in row.mentions) for row in rows
    )
    return TextAnalysis(
        sentences=tuple(
            Sentence(
                paragraph=row.paragraph.position,
                start=row.start,
                end=row.end,
                text=row.text,
                section=Section(row.paragraph.section),
                language=row.paragraph.language,
            )
            for row in rows
        ),
        mentions=mentions,
        part_names=dict(publication.part_names.values_list("numeral", "name")),
        numerals=_mentioned(mentions, MentionKind.NUMERAL),
        figure_labels=_mentioned(mentions, MentionKind.FIGURE),
    )


def _mentioned(mentions: tuple[tuple[Mention, ...], ...], kind: MentionKind) -> frozenset[str]:
    return frozenset(mention.text for sentence in mentions for mention in sentence if mention.kind is kind)
