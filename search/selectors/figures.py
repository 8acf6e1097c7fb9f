"""Figures with their sentences and numerals, and the page of a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Case, Func, IntegerField, Prefetch, Q, QuerySet, Value, When
from numpy.typing import NDArray

from engine.sheets.geometry import box_on_crop, crop_size
from engine.sheets.reading import TextKind
from search.models import Figure, Publication, Reading, SentenceLink
from search.numbers import key_written, whole_number
from search.question import TENTHOUSANDTHS

MOST_PLACES = 99_999  # of figures in one publication
MOST_OF_REGION = 4  # sentences; each is encoded while the user waits


def figures_of_families(figure_ids: Sequence[int], references: Sequence[str] = ()) -> NDArray[np.int64]:
    """Return the figures of the given figures' publications, the given publications, and their families, as int64."""
    publications = Publication.objects.filter(
        Q(sheets__figures__in=figure_ids) | Q(reference__in=references)
    ).distinct()
    own = Q()
    for pk, family, application in publications.values_list("pk", "family_key", "application_number"):
        own |= Q(sheet__publication=pk)
        if family:
            own |= Q(sheet__publication__family_key=family)
        if application:
            own |= Q(sheet__publication__application_number=application)
    if not own:
        return np.empty(0, dtype=np.int64)
    return np.fromiter(Figure.objects.filter(own).values_list("pk", flat=True), dtype=np.int64)


def figures_of_publications(references: Sequence[str]) -> list[int]:
    """Return the keys of the figures of these publications, in the order of their sheets."""
    figures = figures_to_show().filter(sheet__publication__reference__in=references)
    ordered = figures.order_by("sheet__publication__reference", "sheet__position", "sheet__page", "position")
    return list(ordered.values_list("pk", flat=True))


def sentences_of_region(figure_id: int, region: tuple[int, int, int, int]) -> list[str]:
    """Return the linked sentences that mention most of the numerals in a region, at most MOST_OF_REGION.

    region: left, top, width, height in ten-thousandths of the figure's upright crop.
    """
    figure = Figure.objects.get(pk=figure_id)
    within = numerals_of_region(figure, region)
    mentioned = {link: len(within.intersection(link.numerals)) for link in links_of_figure(figure)}
    ranked = sorted((link for link, count in mentioned.items() if count), key=lambda link: -mentioned[link])
    return list(dict.fromkeys(link.sentence.text for link in ranked))[:MOST_OF_REGION]


def numerals_of_region(figure: Figure, region: tuple[int, int, int, int]) -> set[str]:
    """Return the numerals whose centre is within a region of a figure; region as for sentences_of_region."""
    width_px, height_px = crop_size(figure.box_on_sheet, figure.rotation)
    left, top, width, height = region
    within = set()
    for reading in figure.readings.filter(kind=TextKind.NUMERAL.value):
        x, y = box_on_crop(reading.box_on_sheet, figure.box_on_sheet, figure.rotation).centre
        across, down = x / width_px * TENTHOUSANDTHS, y / height_px * TENTHOUSANDTHS
        if left <= across < left + width and top <= down < top + height:
            within.add(reading.text)
    return within


def links_of_figure(figure: Figure) -> QuerySet[SentenceLink]:
    """Return a figure's links with sentence and paragraph, in the order of the text."""
    return figure.links.select_related("sentence__paragraph").order_by("sentence__position", "reason")


def figures_to_show() -> QuerySet[Figure]:
    """Return the figures that are not retired, nor their publication, with sheet and publication."""
    return Figure.objects.filter(retired_at__isnull=True, sheet__publication__retired_at__isnull=True).select_related(
        "sheet__publication"
    )


def figure_by_reference(reference: str) -> Figure | None:
    """Return a figure by key ("1234"), publication and label ("EP1234567A1/3a") or position ("EP1234567A1#2")."""
    if reference.isdecimal():
        key = key_written(reference)
        return None if key is None else figures_to_show().filter(pk=key).first()
    figures = figures_to_show()
    if "/" in reference:
        publication, label = reference.split("/", 1)
        return figures.filter(sheet__publication__reference=publication, label=label.lower()).first()
    publication, _, number = reference.partition("#")
    found = figures.filter(sheet__publication__reference=publication).order_by(
        "sheet__position", "sheet__page", "position"
    )
    written = whole_number(number, most=MOST_PLACES)
    place = 0 if written is None else written - 1
    return found[place : place + 1].first() if place >= 0 else None


def figure_with_links(figure_id: int) -> Figure | None:
    """Return a figure with its readings and links, links in the order of the text. None if it is not shown."""
    links = SentenceLink.objects.select_related("sentence__paragraph").order_by("sentence__position", "reason")
    return (
        figures_to_show()
        .prefetch_related(Prefetch("links", links), Prefetch("readings", Reading.objects.order_by("top", "left")))
        .filter(pk=figure_id)
        .first()
    )


def links_of_figures(figure_ids: Sequence[int], most: int) -> dict[int, list[SentenceLink]]:
    """Return the best linked sentences of each figure: first those by its label, then those with most numerals."""
    links = SentenceLink.objects.filter(figure_id__in=figure_ids).select_related("sentence__paragraph")
    by_figure: dict[int, list[SentenceLink]] = {figure_id: [] for figure_id in figure_ids}
    for link in links:
        by_figure[link.figure_id].append(link)
    return {figure_id: sorted(linked, key=_best_first)[:most] for figure_id, linked in by_figure.items()}


def best_links(figure_ids: Sequence[int]) -> dict[int, SentenceLink]:
    """Return the best linked sentence of each figure that has any: the first of links_of_figures."""
    links = SentenceLink.objects.filter(figure_id__in=figure_ids).select_related("sentence__paragraph")
    named = Case(When(reason="figure-label", then=Value(0)), default=Value(1))
    mentioned = Func("numerals", function="jsonb_array_length", output_field=IntegerField())
    ordered = links.order_by("figure_id", named, mentioned.desc(), "sentence__position").distinct("figure_id")
    return {link.figure_id: link for link in ordered}


def _best_first(link: SentenceLink) -> tuple[bool, int, int]:
    return link.reason != "figure-label", -len(link.numerals), link.sentence.position


@dataclass(frozen=True, slots=True)
class LinkedSentence:
    """A linked sentence with its text in pieces (text, mark); mark is the numeral or label, or empty."""

    link: SentenceLink
    pieces: tuple[tuple[str, str], ...]

    @property
    def numerals(self) -> str:
        """The sentence's numerals, separated by spaces, for the page's script."""
        return " ".join(self.link.numerals)


@dataclass(frozen=True, slots=True)
class FigurePage:
    """A figure with its numerals and sentences, and the other figures of its publication."""

    figure: Figure
    numerals: tuple[tuple[Reading, str], ...]  # each with its part's name
    sentences: tuple[LinkedSentence, ...]
    previous: Figure | None
    following: Figure | None
    place: int  # from 1, among the publication's figures
    count: int
    figures: tuple[Figure, ...]  # all of the publication, in the order of its sheets
    part_names: dict[str, str]  # of the publication, by numeral


def figure_page(figure_id: int) -> FigurePage | None:
    """Return the page of a figure, or None if the figure is not shown."""
    figure = figure_with_links(figure_id)
    if figure is None:
        return None
    publication = figure.sheet.publication
    names = dict(publication.part_names.values_list("numeral", "name"))
    order = list(
        figures_to_show().filter(sheet__publication=publication).order_by("sheet__position", "sheet__page", "position")
    )
    place = next((at for at, other in enumerate(order) if other.pk == figure.pk), None)
    if place is None:  # retired between the two queries
        return None
    numerals = [reading for reading in figure.readings.all() if reading.kind == TextKind.NUMERAL.value]
    return FigurePage(
        figure=figure,
        numerals=tuple((reading, names.get(reading.text, "")) for reading in numerals),
        sentences=tuple(LinkedSentence(link, marked_pieces(link)) for link in figure.links.all()),
        previous=order[place - 1] if place else None,
        following=order[place + 1] if place + 1 < len(order) else None,
        place=place + 1,
        count=len(order),
        figures=tuple(order),
        part_names=names,
    )


def marked_pieces(link: SentenceLink) -> tuple[tuple[str, str], ...]:
    """Return a linked sentence in pieces (text, mark); mark is the numeral or label, empty between them."""
    return pieces_of(link.sentence.text, [(start, end) for start, end in link.spans])


def pieces_of(text: str, spans: Sequence[tuple[int, int]]) -> tuple[tuple[str, str], ...]:
    """Return text cut at spans as (piece, mark). mark is the piece itself within a span, else empty.

    Spans that overlap an earlier one or exceed the text are left out.
    """
    pieces: list[tuple[str, str]] = []
    at = 0
    for start, end in sorted(spans):
        if start < at or end > len(text):
            continue
        pieces.extend([(text[at:start], ""), (text[start:end], text[start:end])])
        at = end
    pieces.append((text[at:], ""))
    return tuple(piece for piece in pieces if piece[0])
