"""Hits of a query: its candidates in any ranking, and what the mosaic shows of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.ranking.candidates import candidates_from_bytes
from engine.ranking.fusion import Ranking
from search.models import Figure, Query, SentenceLink
from search.question import Question
from search.selectors.figures import best_links, figures_to_show, links_of_figures

SENTENCES_PER_HIT = 5
FIRST = 20  # hits among which the effect of likes is counted


@dataclass(frozen=True, slots=True)
class RankedHit:
    """A figure in a ranking. Similarities and ranks of a side are None where figure or query has no such side.

    moved: places gained by likes and dislikes, None without any. nearest: token of the query's picture that its
    drawing is most similar to.
    """

    figure_id: int
    rank: int
    score: float
    visual: float | None
    text: float | None
    visual_rank: int | None
    text_rank: int | None
    moved: int | None
    nearest: str


@dataclass(frozen=True, slots=True)
class FigureHit:
    """A hit with its figure and the sentences that tell most of it."""

    ranked: RankedHit
    figure: Figure
    links: tuple[SentenceLink, ...]


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """An answered query with its hits, as the command line and the API show it."""

    query: Query
    hits: tuple[FigureHit, ...]

    @property
    def address(self) -> str:
        """The address of the workbench with the question."""
        return f"/?{self.query.query_string}"

    @property
    def modality(self) -> str:
        """How the hits are ranked."""
        return self.query.question.fusion[0].value


@dataclass(frozen=True, slots=True)
class Group:
    """The best figure of a publication or family; other_count: how many others of it were found (others_found)."""

    best: RankedHit
    figure: Figure
    sentence: SentenceLink | None
    other_count: int


@dataclass(frozen=True, slots=True)
class Mosaic:
    """What is shown of a query.

    found_count: figures that were compared. group_count: publications, families or figures that they are grouped to, of
    which `groups` are the best. new_count: how many of the first FIRST groups are there by likes and dislikes alone,
    None without any.
    """

    groups: tuple[Group, ...]
    group_count: int
    found_count: int
    new_count: int | None
    best_visual: float | None
    best_text: float | None


def hits_ranked(query: Query, question: Question) -> list[RankedHit]:
    """Return all candidates of an answered query, ranked as the question says; those retired since are among them."""
    if not query.candidates:
        return []
    candidates, plain = candidates_from_bytes(bytes(query.candidates))
    ranking = candidates.ranked(*question.fusion)
    seen, read = _ranks(ranking.visual), _ranks(ranking.text)
    before = _places(plain.ranked(*question.fusion)) if plain is not None else {}
    nearest = dict(zip(candidates.ids.tolist(), candidates.nearest.tolist(), strict=True))
    columns = zip(
        ranking.ids.tolist(),
        ranking.scores.tolist(),
        ranking.visual.tolist(),
        ranking.text.tolist(),
        seen.tolist(),
        read.tolist(),
        strict=True,
    )
    return [
        RankedHit(
            figure_id=figure_id,
            rank=rank,
            score=score,
            visual=None if visual != visual else visual,
            text=None if text != text else text,
            visual_rank=visual_rank or None,
            text_rank=text_rank or None,
            moved=before[figure_id] - rank if figure_id in before else None,
            nearest=query.examples[nearest[figure_id]] if len(query.examples) > nearest[figure_id] >= 0 else "",
        )
        for rank, (figure_id, score, visual, text, visual_rank, text_rank) in enumerate(columns, start=1)
    ]


def mosaic_of(query: Query, question: Question, first: int | None = None) -> Mosaic:
    """Return the best `top` publications, families or figures, each by its best figure, best first.

    first: how many of them have their sentence looked up, which is most of the work; None for all.
    """
    ranked = hits_ranked(query, question)
    keys = _group_keys([hit.figure_id for hit in ranked], question.group)
    members = _members(ranked, keys)
    shown = list(members.values())[: question.top]
    figures = figures_to_show().in_bulk([hits[0].figure_id for hits in shown])
    sentences = best_links([hits[0].figure_id for hits in shown[:first] if hits[0].figure_id in figures])
    return Mosaic(
        groups=tuple(
            Group(
                best=hits[0],
                figure=figures[hits[0].figure_id],
                sentence=sentences.get(hits[0].figure_id),
                other_count=len(hits) - 1,
            )
            for hits in shown
            if hits[0].figure_id in figures
        ),
        group_count=len(members),
        found_count=sum(map(len, members.values())),
        new_count=_new_count(ranked, keys),
        best_visual=max((hit.visual for hit in ranked if hit.visual is not None), default=None),
        best_text=max((hit.text for hit in ranked if hit.text is not None), default=None),
    )


def others_found(query: Query, question: Question, figure_id: int) -> list[tuple[RankedHit, Figure]]:
    """Return the other candidates of a hit's publication or family, best first; none if the hit is no candidate."""
    ranked = hits_ranked(query, question)
    keys = _group_keys([hit.figure_id for hit in ranked], question.group)
    hits = _members(ranked, keys).get(keys.get(figure_id), [])
    others = [hit for hit in hits if hit.figure_id != figure_id]
    figures = figures_to_show().in_bulk([hit.figure_id for hit in others])
    return [(hit, figures[hit.figure_id]) for hit in others if hit.figure_id in figures]


def ranked_figures(query: Query, question: Question) -> list[int]:
    """Return the figures that the mosaic shows, in its order."""
    ranked = [hit.figure_id for hit in hits_ranked(query, question)]
    keys = _group_keys(ranked, question.group)
    first: dict[object, int] = {}
    for figure_id in ranked:
        if figure_id in keys:
            first.setdefault(keys[figure_id], figure_id)
    return list(first.values())[: question.top]


def answer_of(query: Query, sentences_per_hit: int = SENTENCES_PER_HIT) -> QueryAnswer:
    """Return the best `top` candidates as the query's question ranks them, without figures retired since."""
    question = query.question
    best = hits_ranked(query, question)[: question.top]
    figures = figures_to_show().in_bulk([hit.figure_id for hit in best])
    links = links_of_figures(list(figures), sentences_per_hit)
    hits = (
        FigureHit(hit, figures[hit.figure_id], tuple(links[hit.figure_id])) for hit in best if hit.figure_id in figures
    )
    return QueryAnswer(query, tuple(hits))


def _group_keys(figure_ids: list[int], group: str) -> dict[int, object]:
    """What each figure that is shown is grouped by."""
    rows = figures_to_show().filter(pk__in=figure_ids).order_by()
    if group == "figure":
        return {figure_id: figure_id for figure_id in rows.values_list("pk", flat=True)}
    found = rows.values_list("pk", "sheet__publication_id", "sheet__publication__family_key")
    return {
        figure_id: (family if group == "family" and family else publication) for figure_id, publication, family in found
    }


def _members(ranked: list[RankedHit], keys: dict[int, object]) -> dict[object, list[RankedHit]]:
    """The hits of each group, both best first; a figure retired since is in none."""
    members: dict[object, list[RankedHit]] = {}
    for hit in ranked:
        if hit.figure_id in keys:
            members.setdefault(keys[hit.figure_id], []).append(hit)
    return members


def _new_count(ranked: list[RankedHit], keys: dict[int, object]) -> int | None:
    """How many of the first groups would not be among the first without likes and dislikes."""
    if not any(hit.moved is not None for hit in ranked):
        return None
    now = [keys[hit.figure_id] for hit in ranked if hit.figure_id in keys]
    placed = sorted(ranked, key=lambda hit: hit.rank + (hit.moved or 0))
    before = [keys[hit.figure_id] for hit in placed if hit.figure_id in keys]
    return len(set(list(dict.fromkeys(now))[:FIRST]) - set(list(dict.fromkeys(before))[:FIRST]))


def _ranks(similarities: NDArray[np.float32]) -> NDArray[np.int64]:
    """Ranks from 1, equal ones sharing the better, 0 where there is no similarity."""
    present = np.flatnonzero(~np.isnan(similarities))
    ranks = np.zeros(len(similarities), dtype=np.int64)
    falling = np.sort(-similarities[present])
    ranks[present] = np.searchsorted(falling, -similarities[present]) + 1
    return ranks


def _places(ranking: Ranking) -> dict[int, int]:
    return {figure_id: place for place, figure_id in enumerate(ranking.ids.tolist(), start=1)}
