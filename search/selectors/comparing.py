"""Comparing drawings side by side: their numerals, the part names they share, and the hits around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.contrib.auth.models import User

from engine.imaging.turning import region_box
from engine.linking.shared_names import SharedName, names_shared_across
from engine.sheets.geometry import Box, box_on_crop, crop_size
from engine.sheets.reading import TextKind
from search.comparison import Comparison, picture_of_example
from search.models import Desk, Figure, Material, MaterialKind, PartName, Reading, ShortlistEntry
from search.question import TENTHOUSANDTHS, Picture
from search.selectors.figures import figures_to_show
from search.selectors.hits import RankedHit, hits_ranked, ranked_figures
from search.selectors.publications import numeral_sort_key
from search.selectors.reader import HitPlace, hit_place
from search.selectors.shortlists import shortlists_of


@dataclass(frozen=True, slots=True)
class DrawnPart:
    """A numeral and its box in the unturned picture. shared: the number of the name it shares, 0 for none."""

    numeral: str
    name: str
    box: Box
    shared: int


@dataclass(frozen=True, slots=True)
class Pane:
    """One of the compared pictures. width_px, height_px: before it is turned by `angle` degrees clockwise.

    figure: None for an uploaded drawing, whose file name is `name`. hit: similarities and ranks if the figure was
    compared with the query. is_gone: the picture no longer exists.
    """

    picture: Picture
    is_example: bool
    figure: Figure | None
    name: str
    width_px: int
    height_px: int
    parts: tuple[DrawnPart, ...]
    hit: RankedHit | None
    is_gone: bool = False

    @property
    def angle(self) -> int:
        """Degrees clockwise. The page mirrors before it turns, a Picture after, which reverses the turn."""
        return (360 - self.picture.turn) % 360 if self.picture.mirrored else self.picture.turn

    @property
    def unturned(self) -> Picture:
        return replace(self.picture, turn=0)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows needed for all panes. uploads: by id; names: part names by publication and numeral."""

    figures: dict[int, Figure]
    uploads: dict[str, Material]
    readings: dict[int, list[Reading]]
    names: dict[int, dict[str, str]]


@dataclass(frozen=True, slots=True)
class ComparePage:
    """What the comparison page shows.

    shared: the shared names in the order of their numbers, each with its numerals in every pane. place: the last figure
    among the query's hits. examples: the query's drawings. previous, following: the hits that can replace the last
    figure. order: the figures of all hits.
    """

    comparison: Comparison
    panes: tuple[Pane, ...]
    shared: tuple[SharedName, ...]
    place: HitPlace | None
    examples: tuple[Picture, ...]
    previous: int | None
    following: int | None
    order: tuple[int, ...]


def compare_page(owner: User, comparison: Comparison) -> ComparePage | None:
    """Return the comparison page. None when a figure is not shown, or the query or an upload is not the owner's."""
    place = _place(owner, comparison)
    if comparison.query and place is None:
        return None
    hits = {hit.figure_id: hit for hit in hits_ranked(place.query, place.question)} if place else {}
    examples = tuple(map(picture_of_example, place.query.examples)) if place else ()
    example = _example(comparison, examples, hits)
    if comparison.example is not None and example is None:
        return None
    pictures = comparison.panes(example)
    rows = _rows(owner, pictures)
    if any(int(picture.key) not in rows.figures for picture in comparison.figures):
        return None
    example_at = comparison.at if example is not None else -1
    panes = [_pane(picture, at == example_at, rows, hits) for at, picture in enumerate(pictures)]
    shared = _shared(panes)
    order = ranked_figures(place.query, place.question) if place else []
    return ComparePage(
        comparison=comparison,
        panes=tuple(_numbered(panes, shared)),
        shared=shared,
        place=place,
        examples=examples,
        previous=_neighbour(order, comparison, place, -1),
        following=_neighbour(order, comparison, place, 1),
        order=tuple(order),
    )


def current_figures(user: User, most: int) -> list[int]:
    """Return the figures of the current shortlist in its order. Empty when it is no longer shared with the user."""
    current = shortlists_of(user).filter(pk__in=Desk.objects.filter(owner=user).values("shortlist"))
    entries = ShortlistEntry.objects.filter(shortlist__in=current).order_by("position", "pk")
    return list(entries.values_list("figure_id", flat=True)[:most])


def _place(owner: User, comparison: Comparison) -> HitPlace | None:
    """Return the place of the last figure among the hits. Without figures it is before the first hit."""
    if not comparison.query:
        return None
    return hit_place(owner, comparison.hits, int(comparison.figures[-1].key) if comparison.figures else 0)


def _neighbour(order: Sequence[int], comparison: Comparison, place: HitPlace | None, by: int) -> int | None:
    """Return the nearest hit after (by=1) or before (by=-1) the last figure that is in no pane."""
    if place is None:
        return None
    shown = {int(picture.key) for picture in comparison.figures}
    at = place.place - 1 + by  # places count from 1; 0 is before the first
    while 0 <= at < len(order) and order[at] in shown:
        at += by
    return order[at] if 0 <= at < len(order) else None


def _example(comparison: Comparison, examples: Sequence[Picture], hits: dict[int, RankedHit]) -> Picture | None:
    """Return the query's drawing to show: the chosen one, else the one nearest to the last figure, else the first."""
    if not comparison.has_example or not examples:
        return None
    if comparison.example is not None:
        known = {(picture.source, picture.key) for picture in examples}
        return comparison.example if (comparison.example.source, comparison.example.key) in known else None
    last = hits.get(int(comparison.figures[-1].key)) if comparison.figures else None
    return picture_of_example(last.nearest) if last is not None and last.nearest else examples[0]


def _rows(owner: User, pictures: Iterable[Picture]) -> _Rows:
    ids = [int(picture.key) for picture in pictures if picture.source == "figure"]
    keys = [picture.key for picture in pictures if picture.source == "image"]
    uploads = Material.objects.filter(owner=owner, kind=MaterialKind.IMAGE, pk__in=keys) if keys else ()
    figures = figures_to_show().in_bulk(ids) if ids else {}
    readings: dict[int, list[Reading]] = {}
    for reading in Reading.objects.filter(figure__in=figures, kind=TextKind.NUMERAL.value).order_by(
        "top", "left", "pk"
    ):
        readings.setdefault(reading.figure_id or 0, []).append(reading)
    names: dict[int, dict[str, str]] = {}
    for name in PartName.objects.filter(publication__in={figure.sheet.publication_id for figure in figures.values()}):
        names.setdefault(name.publication_id, {})[name.numeral] = name.name
    return _Rows(figures, {str(upload.pk): upload for upload in uploads}, readings, names)


def _pane(picture: Picture, is_example: bool, rows: _Rows, hits: dict[int, RankedHit]) -> Pane:
    if picture.source == "image":
        row = rows.uploads.get(picture.key)
        size = (row.width_px, row.height_px) if row is not None else (1, 1)
        cut = _cut(picture, *size)
        name = row.name or "your drawing" if row is not None else "a deleted drawing"
        return Pane(picture, is_example, None, name, cut.width, cut.height, (), None, is_gone=row is None)
    figure = rows.figures.get(int(picture.key))
    if figure is None:
        return Pane(picture, is_example, None, "a deleted drawing", 1, 1, (), None, is_gone=True)
    cut = _cut(picture, *crop_size(figure.box_on_sheet, figure.rotation))
    names = rows.names.get(figure.sheet.publication_id, {})
    parts = []
    for reading in rows.readings.get(figure.pk, []):
        box = box_on_crop(reading.box_on_sheet, figure.box_on_sheet, figure.rotation)
        if cut.contains_point(*box.centre):
            left = cut.right - box.right if picture.mirrored else box.left - cut.left
            within = Box(left, box.top - cut.top, box.width, box.height)
            parts.append(DrawnPart(reading.text, names.get(reading.text, ""), within, 0))
    hit = None if is_example else hits.get(figure.pk)
    return Pane(picture, is_example, figure, str(figure), cut.width, cut.height, tuple(parts), hit)


def _cut(picture: Picture, width_px: int, height_px: int) -> Box:
    """What is shown of the stored picture, in its pixels."""
    if picture.region is None:
        return Box(0, 0, width_px, height_px)
    left, top, width, height = (part / TENTHOUSANDTHS for part in picture.region)
    return region_box((left, top, width, height), width_px, height_px)


def _shared(panes: Sequence[Pane]) -> tuple[SharedName, ...]:
    sides = [{part.numeral: part.name for part in sorted(pane.parts, key=_by_numeral) if part.name} for pane in panes]
    languages = [pane.figure.sheet.publication.language or "en" if pane.figure else "en" for pane in panes]
    return tuple(names_shared_across(sides, languages))


def _by_numeral(part: DrawnPart) -> tuple[str, int, str]:
    return numeral_sort_key(part.numeral)


def _numbered(panes: Iterable[Pane], shared: Sequence[SharedName]) -> Iterable[Pane]:
    """Return the panes with the number of its shared name set on each part."""
    for at, pane in enumerate(panes):
        numbers = {part.numeral: number for number, name in enumerate(shared, start=1) for part in name.sides[at]}
        yield replace(pane, parts=tuple(replace(part, shared=numbers.get(part.numeral, 0)) for part in pane.parts))
