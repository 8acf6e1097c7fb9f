"""Figures of a publication's sheets, their crops, and the sentences linked to them."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from engine.figures import FigureRegion, crop_figure, split_figures
from engine.imaging import decode_png, encode_png, thumbnail
from engine.linking import TextAnalysis, link_sentences, unlinked_in_text, unlinked_on_sheet
from engine.reading import GrayImage, SheetReading, TextKind
from search.files import file_keep, file_read
from search.models import Figure, Publication, Reading, SentenceLink, Sheet
from search.selectors.readings import analysis_of_publication, numerals_on_sheets, readings_of_sheet, text_box

THUMBNAIL_PX = 480


def publication_link(*, publication: Publication) -> None:
    """Find the figures on every sheet, cut them out, and link the sentences that explain each."""
    analysis = analysis_of_publication(publication)
    for sheet in publication.sheets.filter(missing=False):
        sheet_figures_store(sheet=sheet, analysis=analysis)
    with transaction.atomic():
        Publication.objects.select_for_update().get(pk=publication.pk)
        for figure in Figure.objects.filter(sheet__publication=publication, retired_at=None):
            _links_store(figure, analysis)
        numerals = numerals_on_sheets(publication)
        Publication.objects.filter(pk=publication.pk).update(
            unlinked_in_text=list(unlinked_in_text(analysis, numerals)),
            unlinked_on_sheet=list(unlinked_on_sheet(analysis, numerals)),
        )


def sheet_figures_store(*, sheet: Sheet, analysis: TextAnalysis) -> None:
    """Store the figures of one sheet by position. A figure that is no longer there is retired, not deleted."""
    pixels = decode_png(file_read(sheet.png))
    rows = readings_of_sheet(sheet)
    boxes = tuple(text_box(row) for row in rows)
    reading = SheetReading(sheet.reader_key, sheet.rotation, boxes)
    regions = () if sheet.blank else split_figures(pixels, reading, sheet.xml_label, analysis.figure_labels)
    crops = [_crop(pixels, region) for region in regions]
    with transaction.atomic():
        Sheet.objects.select_for_update().get(pk=sheet.pk)
        for position, (region, (crop, small)) in enumerate(zip(regions, crops, strict=True)):
            figure = _figure_store(sheet, position, region, crop, small)
            within = set(region.boxes)
            inside = [row.pk for row, box in zip(rows, boxes, strict=True) if box in within]
            Reading.objects.filter(pk__in=inside).update(figure=figure)
        sheet.figures.filter(position__gte=len(regions), retired_at=None).update(retired_at=Now())


def _crop(pixels: GrayImage, region: FigureRegion) -> tuple[str, str]:
    crop = crop_figure(pixels, region)
    return (
        file_keep(encode_png(crop), folder="figures", suffix=".png"),
        file_keep(encode_png(thumbnail(crop, THUMBNAIL_PX)), folder="thumbnails", suffix=".png"),
    )


def _figure_store(sheet: Sheet, position: int, region: FigureRegion, crop: str, small: str) -> Figure:
    box = region.box_on_sheet
    figure, _ = Figure.objects.update_or_create(
        sheet=sheet,
        position=position,
        defaults={
            "label": region.label[:40],
            "left": box.left,
            "top": box.top,
            "width": box.width,
            "height": box.height,
            "rotation": region.rotation,
            "crop": crop,
            "thumbnail": small,
            "retired_at": None,
        },
    )
    return figure


def _links_store(figure: Figure, analysis: TextAnalysis) -> None:
    numerals = figure.readings.filter(kind=TextKind.NUMERAL.value).values_list("text", flat=True)
    links = link_sentences(analysis, frozenset(numerals), figure.label)
    positions = dict(figure.sheet.publication.sentences.values_list("position", "pk"))
    figure.links.all().delete()
    SentenceLink.objects.bulk_create(
        [
            SentenceLink(
                figure=figure,
                sentence_id=positions[link.sentence],
                reason=link.reason.value,
                numerals=list(link.numerals),
                spans=[list(span) for span in link.spans],
            )
            for link in links
        ]
    )
