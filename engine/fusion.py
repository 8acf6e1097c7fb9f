"""Fusion of the visual and the textual ranking: both shortlists' union, scored exactly in both modalities.

A figure without linked text has no textual similarity. That says nothing about it, so average, weighted sum and
maximum count it with the similarity a figure picked at random would have to this query (query · mean of all text
vectors). Counting 0 would bury identical drawings that bear no numerals; averaging over what is there would lift them
above everything, because visual similarities run higher than textual ones. The same holds the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from engine.index.exact import VectorIndex

RRF_CONSTANT = 60  # Cormack, Clarke and Büttcher, SIGIR 2009
DEFAULT_SHORTLIST = 1000


class Fusion(StrEnum):
    """How two similarities become one score. avg and max are the paper's."""

    VISUAL = "visual"
    TEXT = "text"
    AVG = "avg"
    MAX = "max"
    WEIGHTED = "weighted"
    RRF = "rrf"


@dataclass(frozen=True, slots=True)
class Ranking:
    """Figures, best first. All arrays are (n,); visual and text are NaN where the figure or the query has none."""

    ids: NDArray[np.int64]
    scores: NDArray[np.float32]
    visual: NDArray[np.float32]
    text: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FusionQuery:
    """What is asked of the two indexes. visual and text: unit vectors (dim,) float32, None where not given."""

    how: Fusion
    visual: NDArray[np.float32] | None = None
    text: NDArray[np.float32] | None = None
    weight: float = 0.5


def fused_scores(
    visual: NDArray[np.float32],
    text: NDArray[np.float32],
    how: Fusion,
    *,
    weight: float = 0.5,
    absent_visual: float = 0.0,
    absent_text: float = 0.0,
) -> NDArray[np.float32]:
    """One score for each figure, higher is better, NaN for those the modality cannot rank.

    visual, text: (n,) or (queries, n) float32 similarities, NaN where absent. weight is the visual share of
    "weighted", 0 to 1. absent_*: what an absent similarity counts, see the module's head. Reciprocal rank fusion
    gives an absent similarity no term; equal similarities share the best of their ranks.
    """
    if visual.shape != text.shape:
        raise ValueError(f"visual and text must be of one shape, not {visual.shape} and {text.shape}")
    if not 0 <= weight <= 1:
        raise ValueError(f"weight must be from 0 to 1, not {weight}")
    if how is Fusion.VISUAL:
        return visual.astype(np.float32)
    if how is Fusion.TEXT:
        return text.astype(np.float32)
    neither = np.isnan(visual) & np.isnan(text)
    if how is Fusion.RRF:
        fused = _reciprocal_ranks(visual) + _reciprocal_ranks(text)
    else:
        seen = np.where(np.isnan(visual), absent_visual, visual.astype(np.float64))
        read = np.where(np.isnan(text), absent_text, text.astype(np.float64))
        share = weight if how is Fusion.WEIGHTED else 0.5
        fused = np.maximum(seen, read) if how is Fusion.MAX else share * seen + (1 - share) * read
    return np.where(neither, np.nan, fused).astype(np.float32)


def _reciprocal_ranks(similarities: NDArray[np.float32]) -> NDArray[np.float64]:
    """1 / (60 + rank) along the last axis, rank from 1, 0 where the similarity is absent."""
    rows = np.atleast_2d(similarities)
    terms = np.zeros(rows.shape, dtype=np.float64)
    for row, values in enumerate(rows):
        present = np.flatnonzero(~np.isnan(values))
        falling = np.sort(-values[present])
        ranks = np.searchsorted(falling, -values[present]) + 1
        terms[row, present] = 1.0 / (RRF_CONSTANT + ranks)
    return terms.reshape(similarities.shape)


def fuse(
    ids: NDArray[np.int64],
    visual: NDArray[np.float32],
    text: NDArray[np.float32],
    how: Fusion,
    *,
    weight: float = 0.5,
    absent_visual: float = 0.0,
    absent_text: float = 0.0,
) -> Ranking:
    """The candidates (n,) in the order of their fused scores, equal scores by id; figures without a score are left out.

    Arguments as for fused_scores; ids (n,) int64, each once.
    """
    if ids.shape != visual.shape or ids.ndim != 1:
        raise ValueError(f"ids and similarities must be (n,), not {ids.shape} and {visual.shape}")
    scores = fused_scores(visual, text, how, weight=weight, absent_visual=absent_visual, absent_text=absent_text)
    scored = np.flatnonzero(~np.isnan(scores))
    order = scored[np.lexsort((ids[scored], -scores[scored]))]
    return Ranking(ids[order], scores[order], visual[order], text[order])


def search_fused(
    visual_index: VectorIndex | None,
    text_index: VectorIndex | None,
    query: FusionQuery,
    k: int,
    *,
    allowed_ids: NDArray[np.int64] | None = None,
    excluded_ids: NDArray[np.int64] | None = None,
    shortlist: int = DEFAULT_SHORTLIST,
) -> Ranking:
    """The k best figures for the query: the best max(k, shortlist) of each modality, united, scored exactly in both.

    The filter is applied before the search. For Fusion.VISUAL and Fusion.TEXT only that modality proposes figures,
    but the other similarity is reported where the query has it. A fused query that gives one modality alone is
    ranked by it.

    Raises: ValueError when the query lacks what its modality needs.
    """
    sides = {"visual": (visual_index, query.visual), "text": (text_index, query.text)}
    given = {
        name: (index, vector) for name, (index, vector) in sides.items() if index is not None and vector is not None
    }
    wanted = {Fusion.VISUAL: ["visual"], Fusion.TEXT: ["text"]}.get(query.how, list(given))
    if not wanted or any(name not in given for name in wanted):
        raise ValueError(f'a query by "{query.how}" lacks the vector or the index of {" and ".join(wanted or sides)}')
    proposed = []
    for name in wanted:
        index, vector = given[name]
        _, found = index.search(vector[np.newaxis], max(k, shortlist), allowed_ids, excluded_ids)
        proposed.append(found[0][found[0] >= 0])
    ids = np.unique(np.concatenate(proposed))
    absent = np.full(len(ids), np.nan, dtype=np.float32)
    similarities = {name: index.scores(vector, ids) for name, (index, vector) in given.items()}
    priors = {name: float(vector @ index.mean) for name, (index, vector) in given.items()}
    ranking = fuse(
        ids,
        similarities.get("visual", absent),
        similarities.get("text", absent),
        query.how if len(given) == 2 or query.how in (Fusion.VISUAL, Fusion.TEXT) else Fusion(wanted[0]),
        weight=query.weight,
        absent_visual=priors.get("visual", 0.0),
        absent_text=priors.get("text", 0.0),
    )
    return Ranking(ranking.ids[:k], ranking.scores[:k], ranking.visual[:k], ranking.text[:k])
