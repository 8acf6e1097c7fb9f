"""Find the figures on a publication's sheets, cut them out, and link sentences to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models.functions import Now

from engine.imaging import decode_png, encode_png, thumbnail
from engine.linking import SentenceLink as EngineLink
from engine.linking import TextAnalysis, link_sentences, unlinked_in_text, unlinked_on_sheet
from engine.sheets.figures import FigureRegion, crop_figure, split_figures
from engine.sheets.labels import labels_by_order
from engine.sheets.reading import GrayImage, SheetReading, TextKind
from search.files import file_keep, file_read
from search.models import Figure, Publication, Reading, SentenceLink, Sheet
from search.selectors.readings import analysis_of_publication, numerals_on_sheets, readings_of_sheet, text_box
from search.services.previews import sheet_preview

THUMBNAIL_PX = 480


def publication_link(*, publication: Publication) -> None:
    """Find and store the figures on every sheet, with their crops and the sentences linked to them."""
    analysis = analysis_of_publication(publication)
    sheets = list(publication.sheets.filter(missing=False))
    trusted = _labels_are_figures(sheets)
    found = [_figures_on(sheet, analysis, sheet.xml_label if trusted else "") for sheet in sheets]
    labels = labels_by_order([[cut.region.label for cut in cuts] for cuts in found], analysis.figure_labels)
    for sheet, cuts, names in zip(sheets, found, labels, strict=True):
        _figures_store(sheet, [replace(cut, label=name) for cut, name in zip(cuts, names, strict=True)])
    with transaction.atomic():
        Publication.objects.select_for_update().get(pk=publication.pk)
        sentence_ids = dict(publication.sentences.values_list("position", "pk"))
        for figure in Figure.objects.filter(sheet__publication=publication, retired_at=None):
            _links_store(figure, analysis, sentence_ids)
        numerals = numerals_on_sheets(publication)
        Publication.objects.filter(pk=publication.pk).update(
            unlinked_in_text=list(unlinked_in_text(analysis, numerals)),
            unlinked_on_sheet=list(unlinked_on_sheet(analysis, numerals)),
        )


@dataclass(frozen=True, slots=True)
class _Cut:
    """A figure found on a sheet, with its images already stored. inside: keys of the readings within it."""

    region: FigureRegion
    label: str
    crop: str
    thumbnail: str
    inside: tuple[int, ...]


def _labels_are_figures(sheets: Sequence[Sheet]) -> bool:
    """Return whether `num` in the XML gives figure labels. In many deliveries it only counts the sheets."""
    return any(sheet.xml_label not in ("", str(sheet.position + 1)) for sheet in sheets)


def _figures_on(sheet: Sheet, analysis: TextAnalysis, xml_label: str) -> list[_Cut]:
    if sheet.blank:
        return []
    pixels = decode_png(file_read(sheet.png))
    sheet_preview(sheet=sheet, pixels=pixels)  # made in advance, so that the first view of the sheet is fast
    rows = readings_of_sheet(sheet)
    boxes = tuple(text_box(row) for row in rows)
    reading = SheetReading(sheet.reader_key, sheet.rotation, boxes)
    return [
        _cut(pixels, region, tuple(row.pk for row, box in zip(rows, boxes, strict=True) if box in region.boxes))
        for region in split_figures(pixels, reading, xml_label, analysis.figure_labels)
    ]


def _cut(pixels: GrayImage, region: FigureRegion, inside: tuple[int, ...]) -> _Cut:
    crop = crop_figure(pixels, region)
    return _Cut(
        region=region,
        label=region.label,
        crop=file_keep(encode_png(crop), folder="figures", suffix=".png"),
        thumbnail=file_keep(encode_png(thumbnail(crop, THUMBNAIL_PX)), folder="thumbnails", suffix=".png"),
        inside=inside,
    )


@transaction.atomic
def _figures_store(sheet: Sheet, cuts: Sequence[_Cut]) -> None:
    """Store the figures of a sheet by their position. A position that is no longer used is retired, not deleted."""
    Sheet.objects.select_for_update().get(pk=sheet.pk)
    sheet.readings.update(figure=None)
    for position, cut in enumerate(cuts):
        box = cut.region.box_on_sheet
        figure, _ = Figure.objects.update_or_create(
            sheet=sheet,
            position=position,
            defaults={
                "label": cut.label[:40],
                "left": box.left,
                "top": box.top,
                "width": box.width,
                "height": box.height,
                "rotation": cut.region.rotation,
                "crop": cut.crop,
                "thumbnail": cut.thumbnail,
                "retired_at": None,
            },
        )
        Reading.objects.filter(pk__in=cut.inside).update(figure=figure)
    sheet.figures.filter(position__gte=len(cuts), retired_at=None).update(retired_at=Now())


def _links_store(figure: Figure, analysis: TextAnalysis, sentence_ids: Mapping[int, int]) -> None:
    numerals = frozenset(figure.readings.filter(kind=TextKind.NUMERAL.value).values_list("text", flat=True))
    links: dict[int, EngineLink] = {}
    for label in figure.label.split(","):  # drawings that touch are one figure with several labels
        for link in link_sentences(analysis, numerals, label):
            links.setdefault(link.sentence, link)
    figure.links.all().delete()
    SentenceLink.objects.bulk_create(
        [
            SentenceLink(
                figure=figure,
                sentence_id=sentence_ids[link.sentence],
                reason=link.reason.value,
                numerals=list(link.numerals),
                spans=[list(span) for span in link.spans],
            )
            for _, link in sorted(links.items())
        ]
    )
