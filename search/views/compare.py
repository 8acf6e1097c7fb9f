"""Drawings side by side: the query with its hits, or any two to four figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from engine.errors import Problem
from search.comparison import MOST_PANES, Comparison, comparison_from_query
from search.http import current_user, is_fragment, no_store, vary_on_fragment
from search.models import Figure, ShortlistEntry
from search.question import Picture
from search.selectors.comparing import ComparePage, DrawnPart, Pane, compare_page, current_figures
from search.selectors.figures import figure_by_reference, figures_to_show
from search.selectors.publications import publication_by_reference
from search.selectors.shortlists import current_entries
from search.views.overlay import AROUND_NUMERAL, turned

LETTERS = "ABCD"
COLOURS = 8  # of shared names; the number tells those apart that share a colour
MOST_TO_CHOOSE = 24
_IGNORED = str.maketrans("", "", "\0,;")
_FIGURE_WORD = re.compile(r"FIG(URE)?\.?")


@dataclass(frozen=True, slots=True)
class PartShown:
    """A numeral's box with some room around the ink, in pixels of the picture before it is turned."""

    part: DrawnPart
    colour: int
    left: float
    top: float
    width: float
    height: float
    radius: float


@dataclass(frozen=True, slots=True)
class PaneShown:
    """A pane with its addresses; view_box and transform turn the picture where no script does.

    turned, mirrored, removed, exchanged: query strings of the comparison changed so; removed and exchanged are empty
    where there is nothing to remove or exchange.
    """

    pane: Pane
    letter: str
    image: str
    view_box: str
    transform: str
    parts: tuple[PartShown, ...]
    is_current: bool
    entry: ShortlistEntry | None
    turned: str
    mirrored: str
    removed: str
    exchanged: str


@dataclass(frozen=True, slots=True)
class PictureChoice:
    """A figure that could be added, or a drawing of the query to be shown instead, and the address that does it."""

    address: str
    figure: Figure | None = None
    picture: Picture | None = None
    is_shown: bool = False


@require_GET
@no_store
@vary_on_fragment
def compare(request: HttpRequest) -> HttpResponse:
    """Show the pictures side by side; `adding` opens what can be added, `add` adds a figure by number and label."""
    user = current_user(request)
    try:
        comparison = comparison_from_query(request.GET)
        page = compare_page(user, comparison)
    except Problem as error:
        raise BadRequest(error.detail) from error
    if page is None:
        raise Http404
    if not comparison.figures and page.following is not None and "adding" not in request.GET:
        return redirect(f"{reverse('search:compare')}?{comparison.walked(page.following).address}")
    written, fault = request.GET.get("add", "").strip(), ""
    if written:
        found = _figure_named(written)
        if found is not None and len(page.panes) < MOST_PANES:
            return redirect(f"{reverse('search:compare')}?{comparison.beside(found.pk).address}")
        fault = _why_not(written, found)
    is_adding = bool(fault) or "adding" in request.GET
    entries = current_entries(user, [pane.figure.pk for pane in page.panes if pane.figure is not None])
    context = {
        "page": page,
        "fields": list(QueryDict(comparison.address).lists()),
        "comparison": comparison,
        "panes": _shown(page, entries),
        "shared": [(number, colour_of(number), name) for number, name in enumerate(page.shared, start=1)],
        "previous": _address(comparison.walked(page.previous)) if page.previous else "",
        "following": _address(comparison.walked(page.following)) if page.following else "",
        "examples": _examples(page),
        "can_add": len(page.panes) < MOST_PANES,
        "is_adding": is_adding,
        "from_shortlist": _choices(page, current_figures(user, MOST_TO_CHOOSE)) if is_adding else [],
        "from_hits": _choices(page, page.order[:MOST_TO_CHOOSE]) if is_adding else [],
        "written": written,
        "fault": fault,
        "example_shown": _address(replace(comparison, has_example=True)) if _can_show_example(page) else "",
    }
    in_place = is_fragment(request)
    template = "search/_compare.html" if in_place else "search/compare.html"
    return render(request, template, context, status=404 if fault else 200)


def colour_of(number: int) -> int:
    """The colour of a shared name, from 1."""
    return (number - 1) % COLOURS + 1


def _shown(page: ComparePage, entries: dict[int, ShortlistEntry]) -> list[PaneShown]:
    comparison, pictures = page.comparison, tuple(pane.picture for pane in page.panes)
    example = next((at for at, pane in enumerate(page.panes) if pane.is_example), None)
    last_figure = max((at for at in range(len(pictures)) if at != example), default=0)

    def changed(at: int, picture: Picture) -> str:
        if at == example:
            return _address(replace(comparison, example=picture))
        return _address(comparison.of_panes((*pictures[:at], picture, *pictures[at + 1 :]), example))

    shown = []
    for at, pane in enumerate(page.panes):
        angle = pane.angle
        across, down = (pane.width_px, pane.height_px) if angle in (0, 180) else (pane.height_px, pane.width_px)
        shown.append(
            PaneShown(
                pane=pane,
                letter=LETTERS[at],
                image=_image(pane.unturned),
                view_box=f"0 0 {across} {down}",
                transform=turned(pane.width_px, pane.height_px, angle),
                parts=tuple(map(_part, pane.parts)),
                is_current=at == last_figure,
                entry=entries.get(pane.figure.pk) if pane.figure is not None else None,
                turned=changed(at, pane.picture.turned()),
                mirrored=changed(at, pane.picture.flipped()),
                removed=_removed(page, at, example) if len(pictures) > 1 else "",
                exchanged=_exchanged(page, at, example) if at + 1 < len(pictures) else "",
            )
        )
    return shown


def _removed(page: ComparePage, at: int, example: int | None) -> str:
    pictures = tuple(pane.picture for pane in page.panes)
    rest = pictures[:at] + pictures[at + 1 :]
    if at == example:
        return _address(page.comparison.of_panes(rest, None))
    return _address(page.comparison.of_panes(rest, None if example is None else example - (at < example)))


def _exchanged(page: ComparePage, at: int, example: int | None) -> str:
    """This pane and the next one in each other's place."""
    pictures = [pane.picture for pane in page.panes]
    pictures[at], pictures[at + 1] = pictures[at + 1], pictures[at]
    moved = {at: at + 1, at + 1: at}
    return _address(page.comparison.of_panes(tuple(pictures), None if example is None else moved.get(example, example)))


def _part(part: DrawnPart) -> PartShown:
    box, room = part.box, AROUND_NUMERAL * min(part.box.width, part.box.height)
    return PartShown(
        part=part,
        colour=colour_of(part.shared) if part.shared else 0,
        left=box.left - room,
        top=box.top - room,
        width=box.width + 2 * room,
        height=box.height + 2 * room,
        radius=room,
    )


def _image(picture: Picture) -> str:
    if picture.source == "figure" and picture.is_whole:
        return reverse("search:figure-file", args=[int(picture.key)])
    return reverse("search:picture", kwargs={"source": picture.source, "token": picture.token})


def _examples(page: ComparePage) -> list[PictureChoice]:
    """The query's drawings to choose from, where it has several."""
    if len(page.examples) < 2:
        return []
    shown = next((pane.picture for pane in page.panes if pane.is_example), None)
    return [
        PictureChoice(
            _address(replace(page.comparison, example=one, has_example=True)),
            picture=one,
            is_shown=shown is not None and (one.source, one.key) == (shown.source, shown.key),
        )
        for one in page.examples[:MOST_TO_CHOOSE]
        if page.comparison.has_example or len(page.panes) < MOST_PANES
    ]


def _can_show_example(page: ComparePage) -> bool:
    return bool(page.examples) and not page.comparison.has_example and len(page.panes) < MOST_PANES


def _choices(page: ComparePage, figure_ids: Sequence[int]) -> list[PictureChoice]:
    """Figures that could be laid beside the others, in the order given."""
    shown = {pane.figure.pk for pane in page.panes if pane.figure is not None}
    figures = figures_to_show().in_bulk([one for one in figure_ids if one not in shown])
    return [PictureChoice(_address(page.comparison.beside(one)), figures[one]) for one in figure_ids if one in figures]


def _figure_named(written: str) -> Figure | None:
    """A figure as people write it: "EP 1 234 567 A1 FIG. 3", "EP1234567A1/3", "EP1234567A1#2", or its key."""
    plain = "".join(_FIGURE_WORD.sub("/", written.upper().translate(_IGNORED)).split()).replace("//", "/")
    return figure_by_reference(plain[:60].rstrip("/"))


def _why_not(written: str, found: Figure | None) -> str:
    if found is not None:
        return f"At most {MOST_PANES} drawings can be compared; remove one first."
    reference = _FIGURE_WORD.split(written.upper())[0].split("/")[0].split("#")[0]
    publication = publication_by_reference(reference)
    if publication is None:
        return f"“{written[:60]}” was not found in the collection. Write it as EP1234567A1/3: number, slash, figure."
    figures = figures_to_show().filter(sheet__publication=publication).exclude(label="")
    labels = ", ".join(figures.order_by("sheet__position", "position").values_list("label", flat=True)[:40])
    has = f"it has the figures {labels}" if labels else "none of its figures is numbered; write #1 for the first"
    return f"{publication.reference} does not have this figure; {has}."


def _address(comparison: Comparison) -> str:
    return f"?{comparison.address}"
