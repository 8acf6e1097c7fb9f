"""The page of a figure as it is read: its sheet among the publication's, and its place among the hits of a query."""

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
from search.question import Question, question_from_query
from search.selectors.examiners import turn_of
from search.selectors.figures import FigurePage, figure_page, figures_to_show
from search.selectors.hits import RankedHit, hits_ranked, ranked_figures
from search.selectors.publications import numeral_sort_key
from search.selectors.queries import queries_of
from search.selectors.shortlists import entries_on_desk

RANKING_SECONDS = 60.0
MOST_RANKINGS = 32  # of about half a megabyte
_RANKINGS: dict[tuple[Any, ...], tuple[float, Sequence[int], Mapping[int, RankedHit]]] = {}
NAMED_WITHIN = 12  # characters from a sentence's start


@dataclass(frozen=True, slots=True)
class SheetOfStrip:
    """A sheet of the publication with the figures drawn on it, each with the sentence that names it."""

    sheet: Sheet
    figures: tuple[tuple[Figure, SentenceLink | None], ...]

    @property
    def first(self) -> Figure:
        return self.figures[0][0]


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A numeral that only the text has, or only the sheets; here: this figure or one of its sentences has it."""

    numeral: str
    name: str
    here: bool


@dataclass(frozen=True, slots=True)
class ReaderPage:
    """A figure with what stands around it. turn: degrees clockwise beyond upright, as the examiner left the sheet."""

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
    """Where a figure stands among the hits of a query.

    question: the search, ranked as the address asks. anchor: the hit that is being looked at, which a figure reached
    from it keeps; place: of that hit, from 1. hit: similarities and ranks of this very figure, None if not compared.
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
        """Whether the figure itself is the hit, not another one of its publication."""
        return self.hit is not None and self.anchor is not None and self.hit.figure_id == self.anchor.pk


def reader_page(figure_id: int, reader: User) -> ReaderPage | None:
    """Everything on the page of a figure, or None for one that is not shown."""
    page = figure_page(figure_id)
    if page is None:
        return None
    naming = naming_links([figure.pk for figure in page.figures])
    strip = strip_of(page.figures, naming)
    at = [one.sheet.pk for one in strip].index(page.figure.sheet_id)
    publication = page.figure.sheet.publication
    spoken = {
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
        entry=entries_on_desk(reader, [figure_id]).get(figure_id),
        strip=strip,
        sheet_place=at + 1,
        previous_sheet=strip[at - 1].first if at else None,
        next_sheet=strip[at + 1].first if at + 1 < len(strip) else None,
        only_in_text=_unlinked(publication.unlinked_in_text, page.part_names, spoken),
        only_on_sheet=_unlinked(publication.unlinked_on_sheet, page.part_names, drawn),
    )


def strip_of(figures: Iterable[Figure], naming: Mapping[int, SentenceLink]) -> tuple[SheetOfStrip, ...]:
    """Figures in their order, gathered by sheet."""
    by_sheet: dict[int, list[tuple[Figure, SentenceLink | None]]] = {}
    for figure in figures:
        by_sheet.setdefault(figure.sheet_id, []).append((figure, naming.get(figure.pk)))
    return tuple(SheetOfStrip(some[0][0].sheet, tuple(some)) for some in by_sheet.values())


def naming_links(figure_ids: Sequence[int]) -> dict[int, SentenceLink]:
    """For each figure the first linked sentence that begins with its label, as "FIG. 3 is a side view" does."""
    links = SentenceLink.objects.filter(
        figure_id__in=figure_ids,
        sentence__mentions__0__3=MentionKind.FIGURE.value,
        sentence__mentions__0__1__lte=NAMED_WITHIN,
        spans__0__0=F("sentence__mentions__0__1"),  # the mention is one of this figure
    ).select_related("sentence__paragraph")
    ordered = links.order_by("figure_id", "sentence__position").distinct("figure_id")
    return {link.figure_id: link for link in ordered}


def hit_place(owner: User, asked: QueryDict, figure_id: int) -> HitPlace | None:
    """The figure's place among the hits of the query that an address names with `query`.

    The address ranks them with by, weight, group and top, and names the hit that was left for another figure of its
    publication with `hit`. None without a query of this owner's. Raises: Problem.
    """
    query = _query_of(owner, asked.get("query", ""))
    if query is None:
        return None
    question = query.question.ranked_as(question_from_query(asked))
    order, hits = _ranking(query, question)
    hit = hits.get(figure_id)
    anchor = _anchor(order, figure_id, asked.get("hit", ""))
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
    """The figures that the mosaic shows in its order, and all hits by figure; kept for a while, as hits are read on."""
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


def _anchor(order: Sequence[int], figure_id: int, left: str) -> int | None:
    """The figure itself, the hit it was reached from, or the hit that stands for its publication."""
    if figure_id in order:
        return figure_id
    if left.isdecimal() and len(left) < 19 and int(left) in order:
        return int(left)
    publication = figures_to_show().filter(pk=figure_id).values("sheet__publication")
    relatives = set(
        figures_to_show().filter(sheet__publication__in=publication, pk__in=order).values_list("pk", flat=True)
    )
    return next((one for one in order if one in relatives), None)


def _unlinked(numerals: Iterable[str], names: dict[str, str], here: set[str]) -> tuple[Unlinked, ...]:
    """Those that concern this figure first, each part rising."""
    found = [Unlinked(numeral, names.get(numeral, ""), numeral in here) for numeral in numerals]
    return tuple(sorted(found, key=lambda one: (not one.here, numeral_sort_key(one.numeral))))
