"""Drawings of pairs, and the map and review pages of an assessor's assignment. Nothing of it reveals runs or ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from annotations.models import GRADES, Assignment
from annotations.selectors.showings import Values, values_of
from engine.sheets.geometry import Box, box_on_crop, crop_size
from engine.sheets.reading import TextKind
from search.models import Figure, PartName, Reading
from search.selectors.figures import figures_to_show

OPEN, CANNOT_JUDGE, PASSED_ON = ".", "x", "-"
PAIRS_A_PAGE = 120
SHOWN = {"all": "all", "3": "3", "2": "2", "1": "1", "0": "0", "cannot": CANNOT_JUDGE, "open": OPEN}
"""Selection of a review → state of the pairs that it shows."""
_GRADE_NAMES = dict(GRADES)


@dataclass(frozen=True, slots=True)
class LocatedPart:
    """A numeral, the name of its part, and its box on the figure's upright drawing."""

    numeral: str
    name: str
    box: Box


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure's upright drawing. is_gone: the figure was retired from the collection and cannot be shown."""

    figure: Figure
    width_px: int
    height_px: int
    parts: tuple[LocatedPart, ...]
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A showing in the map of an assignment. topic: number. state: "0" to "3", CANNOT_JUDGE, OPEN or PASSED_ON."""

    position: int
    topic: int
    state: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A showing in a review."""

    position: int
    figure: Figure
    current: Values | None
    is_gone: bool

    @property
    def verdict(self) -> str:
        """The current judgment in words."""
        if self.current is None:
            return "not judged"
        return "cannot judge" if self.current.cannot_judge else _GRADE_NAMES[self.current.grade or 0]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive showings of one topic. A topic may have several stretches."""

    topic: int
    title: str
    showings: tuple[Reviewed, ...]


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """A page of an assessor's showings in their order. number: of the page, from 1. counts: selection → pairs."""

    stretches: tuple[Stretch, ...]
    number: int
    pages: int
    counts: Mapping[str, int]


def drawings_of(figures: Sequence[Figure]) -> dict[int, Drawing]:
    """Figure → drawing with its numerals. Three queries."""
    ids = [figure.pk for figure in figures]
    shown = set(figures_to_show().filter(pk__in=ids).values_list("pk", flat=True))
    readings: dict[int, list[Reading]] = {one: [] for one in ids}
    for reading in Reading.objects.filter(figure__in=ids, kind=TextKind.NUMERAL.value).order_by("top", "left", "pk"):
        readings[reading.figure_id or 0].append(reading)
    names: dict[tuple[int, str], str] = {}
    for name in PartName.objects.filter(publication__in={one.sheet.publication_id for one in figures}):
        names[name.publication_id, name.numeral] = name.name
    return {figure.pk: _drawing(figure, readings[figure.pk], names, figure.pk not in shown) for figure in figures}


def places_of(assignment: Assignment) -> list[Place]:
    """Return the map of an assignment by position; showings that were passed on keep their places."""
    rows = assignment.showings.order_by("position").values_list(
        "position", "candidate__topic__number", "is_passed_on", "current__grade", "current__cannot_judge"
    )
    return [
        Place(position, topic, PASSED_ON if is_passed_on else _state(grade, cannot_judge))
        for position, topic, is_passed_on, grade, cannot_judge in rows
    ]


def review_page(assignment: Assignment, *, shown: str, number: int, around: int = 0) -> ReviewPage | None:
    """Return a page of an assessor's showings in their order, those of a selection of SHOWN; None if it does not exist.

    around: a position that determines the page instead of its number. Repeats are listed at their own positions;
    showings that were passed on are left out.
    """
    places = [one for one in places_of(assignment) if one.state != PASSED_ON]
    counts = {name: sum(state in ("all", one.state) for one in places) for name, state in SHOWN.items()}
    selected = [one for one in places if SHOWN[shown] in ("all", one.state)]
    pages = max(1, -(-len(selected) // PAIRS_A_PAGE))
    if around:
        number = sum(one.position < around for one in selected) // PAIRS_A_PAGE + 1
        number = min(number, pages)
    if not 1 <= number <= pages:
        return None
    cut = selected[(number - 1) * PAIRS_A_PAGE : number * PAIRS_A_PAGE]
    return ReviewPage(_stretches(assignment, [one.position for one in cut]), number, pages, counts)


def _stretches(assignment: Assignment, positions: Sequence[int]) -> tuple[Stretch, ...]:
    showings = list(
        assignment.showings.filter(position__in=positions)
        .select_related("current", "candidate__topic", "candidate__figure__sheet__publication")
        .order_by("position")
    )
    figures = {one.candidate.figure_id for one in showings}
    there = set(figures_to_show().filter(pk__in=figures).values_list("pk", flat=True))
    stretches = []
    for topic, some in groupby(showings, key=lambda one: one.candidate.topic):
        reviewed = tuple(
            Reviewed(
                position=one.position,
                figure=one.candidate.figure,
                current=values_of(one.current),
                is_gone=one.candidate.figure_id not in there,
            )
            for one in some
        )
        stretches.append(Stretch(topic.number, topic.title, reviewed))
    return tuple(stretches)


def _drawing(
    figure: Figure, readings: Sequence[Reading], names: Mapping[tuple[int, str], str], is_gone: bool
) -> Drawing:
    width_px, height_px = crop_size(figure.box_on_sheet, figure.rotation)
    publication_id = figure.sheet.publication_id
    parts = tuple(
        LocatedPart(
            numeral=reading.text,
            name=names.get((publication_id, reading.text), ""),
            box=box_on_crop(reading.box_on_sheet, figure.box_on_sheet, figure.rotation),
        )
        for reading in readings
    )
    return Drawing(figure, width_px, height_px, parts, is_gone)


def _state(grade: int | None, cannot_judge: bool | None) -> str:
    if grade is not None:
        return str(grade)
    return CANNOT_JUDGE if cannot_judge else OPEN
