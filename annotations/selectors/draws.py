"""Draw random topics. The same seed draws the same figures, independent of the order in the database.

Figures are sorted by a SHA-256 hash of seed and document number, and the first are drawn. So a draw of 10 is the
beginning of a draw of 20, and a figure delivered later does not change the order of the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, QuerySet

from engine.errors import Problem
from engine.evaluation.documents import document_number
from search.filters import filters_checked
from search.models import Figure, FigureEmbedding, Modality, Publication
from search.selectors.filters import figures_passing
from search.selectors.vectors import active_versions

MOST_TOPICS = 500
LARGEST_SEED = 2**63 - 1
_PLACE = ("pk", "sheet__publication__reference", "sheet__position", "sheet__page", "position")


@dataclass(frozen=True, slots=True)
class Draw:
    """Settings of a draw. reserved_count: number of publications to hold out, whose figures alone are drawn; 0: none.

    filters: values of search.filters that the figures must pass.
    """

    seed: int
    topic_count: int = 20
    reserved_count: int = 0
    one_per_publication: bool = True
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Figures in the order of the draw, with sheet and publication; reserved publications by reference."""

    figures: tuple[Figure, ...]
    reserved: tuple[Publication, ...]


def topics_drawn(draw: Draw) -> Drawn:
    """Draw figures. Raises: Problem if too few can be drawn, or a filter is invalid."""
    if not 1 <= draw.topic_count <= MOST_TOPICS:
        raise Problem(
            "topic-count", f"The number of figures to draw must be from 1 to {MOST_TOPICS}; it is {draw.topic_count}."
        )
    figures = _figures_to_draw(filters_checked(draw.filters))
    reserved: list[str] = []
    if draw.reserved_count:
        references = set(figures.values_list("sheet__publication__reference", flat=True).order_by())
        reserved = _first(references, draw.seed, "publication")[: draw.reserved_count]
        if len(reserved) < draw.reserved_count:
            raise Problem(
                "reserved-count",
                f"Only {_counted(len(reserved), 'publication')} can be reserved. Reserve fewer, or widen the filters.",
            )
        figures = figures.filter(sheet__publication__reference__in=reserved)
    chosen = _chosen(figures, draw)
    if len(chosen) < draw.topic_count:
        more = ", allow several figures of a publication, or reserve more" if draw.one_per_publication else ""
        raise Problem(
            "too-few",
            f"Only {_counted(len(chosen), 'figure')} can be drawn. Draw fewer, widen the filters{more}.",
        )
    rows = Figure.objects.select_related("sheet__publication").in_bulk(chosen)
    return Drawn(
        tuple(rows[pk] for pk in chosen),
        tuple(Publication.objects.filter(reference__in=reserved).order_by("reference")),
    )


def _figures_to_draw(filters: Mapping[str, str]) -> QuerySet[Figure]:
    """Query the figures that are shown, pass the filters, and are embedded by the visual model in use."""
    version = active_versions().get(Modality.VISUAL)
    if version is None:
        raise Problem("no-index", "The collection has no search index yet. Deliver a batch, and draw when it is done.")
    embedded = FigureEmbedding.objects.filter(encoder_key=version.encoder_key, figure=OuterRef("pk"))
    return figures_passing(filters).filter(Exists(embedded))


def _chosen(figures: QuerySet[Figure], draw: Draw) -> list[int]:
    numbered: dict[str, tuple[int, str]] = {}
    for pk, reference, sheet, page, position in figures.order_by().values_list(*_PLACE).iterator(chunk_size=10_000):
        numbered[document_number(reference, sheet, page, position)] = (pk, reference)
    chosen: list[int] = []
    taken: set[str] = set()
    for number in _first(numbered, draw.seed, "figure"):
        pk, reference = numbered[number]
        if draw.one_per_publication and reference in taken:
            continue
        taken.add(reference)
        chosen.append(pk)
        if len(chosen) == draw.topic_count:
            break
    return chosen


def _first(names: Iterable[str], seed: int, what: str) -> list[str]:
    """Sort names in the order that the seed determines."""
    return sorted(names, key=lambda name: hashlib.sha256(f"{seed} {what} {name}".encode()).digest())


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
