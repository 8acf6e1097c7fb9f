"""The difference of two answers to one question: hits that entered the list, left it or moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from search.models import Figure, FigureEmbedding, Modality, Query
from search.question import Question
from search.selectors.figures import figures_to_show
from search.selectors.hits import RankedHit, hits_ranked
from search.selectors.vectors import active_versions


class Mark(StrEnum):
    """How a hit of one list stands in the other."""

    SAME = "same"
    UP = "up"
    DOWN = "down"
    ENTERED = "entered"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Tile:
    """A place of one list. other: its place in the other answer, which may be beyond what is listed; None: not found.

    figure: None where it was withdrawn from the collection since. newcomer: it came, or its drawing or text changed,
    after the earlier answer.
    """

    place: int
    other: int | None
    mark: Mark
    hit: RankedHit
    figure: Figure | None
    newcomer: bool = False

    @property
    def steps(self) -> int:
        """By how many places it moved."""
        return abs(self.place - self.other) if self.other is not None else 0


@dataclass(frozen=True, slots=True)
class Difference:
    """Both lists, each of at most `top` hits. found: how many publications, families or figures were found."""

    then: tuple[Tile, ...]
    today: tuple[Tile, ...]
    then_found: int
    today_found: int

    @property
    def counts(self) -> list[tuple[Mark, int]]:
        """Places of today by mark; hits that left are counted in the earlier list."""
        tiles = [tile.mark for tile in self.today] + [tile.mark for tile in self.then if tile.mark is Mark.LEFT]
        return [(mark, tiles.count(mark)) for mark in (Mark.ENTERED, Mark.LEFT, Mark.UP, Mark.DOWN, Mark.SAME)]

    @property
    def is_none(self) -> bool:
        return all(tile.mark is Mark.SAME for tile in (*self.then, *self.today))


@dataclass(frozen=True, slots=True)
class ChangedModel:
    """An encoder that was replaced since. kept_count: vectors of the earlier one that still exist."""

    side: str
    then: str
    today: str
    kept_count: int


Places = dict[object, tuple[int, RankedHit]]


def difference_of(then: Query, today: Query, question: Question) -> Difference:
    """Compare two answers place by place, ranked and grouped as the question says."""
    ranked_then, ranked_today = hits_ranked(then, question), hits_ranked(today, question)
    keys = _group_keys({hit.figure_id for hit in (*ranked_then, *ranked_today)}, question.group)
    places_then, places_today = _places(ranked_then, keys), _places(ranked_today, keys)
    listed_then = list(places_then.items())[: question.top]
    listed_today = list(places_today.items())[: question.top]
    shown = [hit.figure_id for _, (_, hit) in (*listed_then, *listed_today)]
    figures = figures_to_show().in_bulk(shown)
    known = _known_then(then, [hit.figure_id for _, (_, hit) in listed_today])
    return Difference(
        then=tuple(
            _tile(place, hit, places_today.get(key), figures, len(listed_today), gained=False)
            for key, (place, hit) in listed_then
        ),
        today=tuple(
            _tile(
                place,
                hit,
                places_then.get(key),
                figures,
                len(listed_then),
                gained=True,
                newcomer=known is not None and hit.figure_id not in known,
            )
            for key, (place, hit) in listed_today
        ),
        then_found=len(places_then),
        today_found=len(places_today),
    )


def models_changed_since(query: Query) -> list[ChangedModel]:
    """Return the encoders of a query that are not in use any more."""
    in_use = {side: version.encoder_key for side, version in active_versions().items()}
    return [
        ChangedModel(side, key, in_use[side], FigureEmbedding.objects.filter(encoder_key=key).count())
        for side, key in sorted(query.encoder_keys.items(), reverse=True)
        if in_use.get(side, key) != key
    ]


def _tile(
    place: int,
    hit: RankedHit,
    other: tuple[int, RankedHit] | None,
    figures: Mapping[int, Figure],
    listed: int,
    *,
    gained: bool,
    newcomer: bool = False,
) -> Tile:
    """Make a tile. gained: it is of today's list, where a smaller place than the other is a step up."""
    elsewhere = other[0] if other is not None else None
    if elsewhere is None or elsewhere > listed:
        mark = Mark.ENTERED if gained else Mark.LEFT
    elif elsewhere == place:
        mark = Mark.SAME
    else:
        mark = Mark.UP if (place < elsewhere) is gained else Mark.DOWN
    return Tile(place, elsewhere, mark, hit, figures.get(hit.figure_id), newcomer)


def _places(ranked: Sequence[RankedHit], keys: Mapping[int, object]) -> Places:
    """Return by group its place and its best figure. Withdrawn figures keep their place, as the list was."""
    places: Places = {}
    for hit in ranked:
        if (key := keys.get(hit.figure_id)) is not None and key not in places:
            places[key] = (len(places) + 1, hit)
    return places


def _group_keys(figure_ids: Iterable[int], group: str) -> dict[int, object]:
    """Group as the mosaic does, including withdrawn figures."""
    rows = Figure.objects.filter(pk__in=list(figure_ids)).order_by()
    if group == "figure":
        return {pk: pk for pk in rows.values_list("pk", flat=True)}
    found = rows.values_list("pk", "sheet__publication_id", "sheet__publication__family_key")
    return {pk: (family if group == "family" and family else publication) for pk, publication, family in found}


def _known_then(then: Query, figure_ids: Sequence[int]) -> set[int] | None:
    """Return the figures that the earlier search could find; None if its vectors were deleted."""
    known: set[int] = set()
    keys = 0
    for side in Modality:
        key, newest = then.encoder_keys.get(side.value), then.last_embedding_ids.get(side.value)
        if key is None or newest is None or not FigureEmbedding.objects.filter(encoder_key=key).exists():
            continue
        keys += 1
        rows = FigureEmbedding.objects.filter(encoder_key=key, pk__lte=newest, figure__in=figure_ids)
        known |= set(rows.values_list("figure_id", flat=True))
    return known if keys else None
