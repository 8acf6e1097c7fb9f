"""The reader: a figure with the sheets around it, and its place among the hits of a query."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F
from django.http import QueryDict

from engine.linking import MentionKind
from search.models import Figure, Query, SentenceLink, Sheet, ShortlistEntry
from search.numbers import key_written
from search.question import Question, question_from_query
from search.selectors.examiners import turn_of
from search.selectors.figures import FigurePage, figure_page, figures_to_show
from search.selectors.hits import RankedHit, hits_ranked, ranked_figures
from search.selectors.publications import numeral_sort_key
from search.selectors.queries import queries_of
from search.selectors.shortlists import current_entries

RANKING_SECONDS = 60.0
MOST_RANKINGS = 32  # about half a megabyte each
_RANKINGS: dict[tuple[Any, ...], tuple[float, Sequence[int], Mapping[int, RankedHit]]] = {}
NAMED_WITHIN = 12  # characters from the start of a sentence


@dataclass(frozen=True, slots=True)
class SheetOfStrip:
    """A sheet of the publication with its figures, each with the sentence that says what it shows."""

    sheet: Sheet
    figures: tuple[tuple[Figure, SentenceLink | None], ...]

    @property
    def first(self) -> Figure:
        return self.figures[0][0]


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A numeral that is only in the text, or only on sheets. here: this figure or one of its sentences has it."""

    numeral: str
    name: str
    here: bool


@dataclass(frozen=True, slots=True)
class ReaderPage:
    """What the reader shows. turn: degrees clockwise from upright, as the examiner last turned the sheet."""

    page: FigurePage
    turn: int
    naming: SentenceLink | None  # the sentence that says what the figure shows
    entry: ShortlistEntry | None  # of the examiner's current shortlist
    strip: tuple[SheetOfStrip, ...]
    sheet_place: int  # from 1, among the sheets that have figures
    previous_sheet: Figure | None  # the first figure of the sheet before
    next_sheet: Figure | None
    only_in_text: tuple[Unlinked, ...]
    only_on_sheet: tuple[Unlinked, ...]

    @property
    def figure(self) -> Figure:
        return self.page.figure


@dataclass(frozen=True, slots=True)
class HitPlace:
    """A figure's place among the hits of a query.

    question: the query's question with the ranking of the address. anchor: the hit that the user came from, perhaps
    another figure of the publication. place: of the anchor, from 1. hit: similarities and ranks of this figure, None if
    it was not compared with the query.
    """

    query: Query
    question: Question
    hit: RankedHit | None
    anchor: Figure | None
    place: int
    count: int
    previous: int | None
    following: int | None

    @property
    def is_hit(self) -> bool:
        """Whether this figure itself is the hit, and not another one of its publication."""
        return self.hit is not None and self.anchor is not None and self.hit.figure_id == self.anchor.pk


def reader_page(figure_id: int, reader: User) -> ReaderPage | None:
    """Return the reader page of a figure, or None if the figure is not shown."""
    page = figure_page(figure_id)
    if page is None:
        return None
    naming = naming_links([figure.pk for figure in page.figures])
    strip = strip_of(page.figures, naming)
    at = [entry.sheet.pk for entry in strip].index(page.figure.sheet_id)
    publication = page.figure.sheet.publication
    mentioned = {
        text
        for sentence in page.sentences
        for text, _, _, kind in sentence.link.sentence.mentions
        if kind == MentionKind.NUMERAL.value
    }
    drawn = {reading.text for reading, _ in page.numerals}
    return ReaderPage(
        page=page,
        turn=turn_of(reader, page.figure.sheet),
        naming=naming.get(figure_id),
        entry=current_entries(reader, [figure_id]).get(figure_id),
        strip=strip,
        sheet_place=at + 1,
        previous_sheet=strip[at - 1].first if at else None,
        next_sheet=strip[at + 1].first if at + 1 < len(strip) else None,
        only_in_text=_unlinked(publication.unlinked_in_text, page.part_names, mentioned),
        only_on_sheet=_unlinked(publication.unlinked_on_sheet, page.part_names, drawn),
    )


def strip_of(figures: Iterable[Figure], naming: Mapping[int, SentenceLink]) -> tuple[SheetOfStrip, ...]:
    """Return figures grouped by sheet, in their order."""
    by_sheet: dict[int, list[tuple[Figure, SentenceLink | None]]] = {}
    for figure in figures:
        by_sheet.setdefault(figure.sheet_id, []).append((figure, naming.get(figure.pk)))
    return tuple(SheetOfStrip(some[0][0].sheet, tuple(some)) for some in by_sheet.values())


def naming_links(figure_ids: Sequence[int]) -> dict[int, SentenceLink]:
    """Return by figure the first linked sentence that begins with its label, like "FIG. 3 is a side view"."""
    links = SentenceLink.objects.filter(
        figure_id__in=figure_ids,
        sentence__mentions__0__3=MentionKind.FIGURE.value,
        sentence__mentions__0__1__lte=NAMED_WITHIN,
        spans__0__0=F("sentence__mentions__0__1"),  # the mention is one of this figure
    ).select_related("sentence__paragraph")
    ordered = links.order_by("figure_id", "sentence__position").distinct("figure_id")
    return {link.figure_id: link for link in ordered}


def hit_place(owner: User, address: QueryDict, figure_id: int) -> HitPlace | None:
    """Return a figure's place among the hits of the query that an address names.

    address: `query` is the query's id; by, weight, group and top rank its hits; `hit` is the hit that the user came
    from, if they look at another figure of its publication. None without a query of this owner. Raises: Problem.
    """
    query = _query_of(owner, address.get("query", ""))
    if query is None:
        return None
    question = query.question.ranked_as(question_from_query(address))
    order, hits = _ranking(query, question)
    hit = hits.get(figure_id)
    anchor = _anchor(order, figure_id, address.get("hit", ""))
    at = order.index(anchor) if anchor is not None else -1
    return HitPlace(
        query=query,
        question=question,
        hit=hit,
        anchor=figures_to_show().get(pk=anchor) if anchor is not None else None,
        place=at + 1,
        count=len(order),
        previous=order[at - 1] if at > 0 else None,
        following=order[at + 1] if at + 1 < len(order) else None,
    )


def _ranking(query: Query, question: Question) -> tuple[Sequence[int], Mapping[int, RankedHit]]:
    """Return the figures of the mosaic in order, and all hits by figure. Cached, since users step through hits."""
    key = (query.pk, len(query.candidates or b""), question.address)
    known = _RANKINGS.get(key)
    if known is None or known[0] < time.monotonic():
        hits = {hit.figure_id: hit for hit in hits_ranked(query, question)}
        known = (time.monotonic() + RANKING_SECONDS, ranked_figures(query, question), hits)
        while len(_RANKINGS) >= MOST_RANKINGS:
            _RANKINGS.pop(next(iter(_RANKINGS)), None)
        _RANKINGS[key] = known
    return known[1], known[2]


def _query_of(owner: User, key: str) -> Query | None:
    try:
        return queries_of(owner).filter(pk=uuid.UUID(key)).first()
    except ValueError:
        return None


def _anchor(order: Sequence[int], figure_id: int, came_from: str) -> int | None:
    """Return the figure itself if it is a hit, else the hit the user came from, else its publication's first hit."""
    if figure_id in order:
        return figure_id
    key = key_written(came_from)
    if key is not None and key in order:
        return key
    publication = figures_to_show().filter(pk=figure_id).values("sheet__publication")
    relatives = set(
        figures_to_show().filter(sheet__publication__in=publication, pk__in=order).values_list("pk", flat=True)
    )
    return next((hit for hit in order if hit in relatives), None)


def _unlinked(numerals: Iterable[str], names: dict[str, str], here: set[str]) -> tuple[Unlinked, ...]:
    """Return the numerals of this figure first, then the others, each in the order of the numerals."""
    found = [Unlinked(numeral, names.get(numeral, ""), numeral in here) for numeral in numerals]
    return tuple(sorted(found, key=lambda unlinked: (not unlinked.here, numeral_sort_key(unlinked.numeral))))
