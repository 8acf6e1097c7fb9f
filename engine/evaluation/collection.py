"""Evaluate with every figure as a query and relevance from the publications, by blocks of matrix products.

The measures are those of runs; the tests compare them with ir-measures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.evaluation.binary import DEFAULT_K, per_query_measures
from engine.evaluation.estimates import Estimate, bootstrap_columns
from engine.evaluation.relatives import NONE, left_out
from engine.ranking.fusion import Fusion, fused_scores

_BLOCK_ROWS = 256
_MEASURES = ("ap", "ap_list", "precision", "recall", "ndcg", "reciprocal_rank")


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of one modality. without_relevant: queries without a relevant figure, which are in no mean.

    map: mean AP@k, trec_eval's: precisions at the relevant ranks over all relevant figures. ap_list: the paper's
    AP@k, over the relevant figures in the list. ndcg, precision, recall at k; reciprocal_rank within k. All figures are
    judged, since relevance follows from the publications.
    """

    k: int
    queries: int
    without_relevant: int
    map: Estimate
    ap_list: Estimate
    precision: Estimate
    recall: Estimate
    ndcg: Estimate
    reciprocal_rank: Estimate

    def as_dict(self) -> dict[str, object]:
        """As a dict for JSON: map with its interval as a pair, the other means as numbers."""
        plain = {name: round(getattr(self, name).mean, 6) for name in ("ap_list", "precision", "recall", "ndcg")}
        return {
            "map": round(self.map.mean, 6),
            "ci": [round(self.map.low, 6), round(self.map.high, 6)],
            "queries": self.queries,
            "without_relevant": self.without_relevant,
            "k": self.k,
            "reciprocal_rank": round(self.reciprocal_rank.mean, 6),
            "judged": 1.0,
            **plain,
        }


@dataclass(frozen=True, slots=True)
class Grouping:
    """Codes of N figures, each (N,) int64: the publication, the group, and `apart`, whose equals are not ranked.

    own_publication_counts: the same-publication protocol, in which the publication's other figures are the relevant
    ones. Otherwise figures of the same group in other publications are relevant, and the own publication and the same
    `apart` are left out of the ranking.
    """

    publication: NDArray[np.int64]
    group: NDArray[np.int64]
    apart: NDArray[np.int64]
    own_publication_counts: bool

    def left_out(self, queries: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which figures are not ranked for each query, itself among them: (len(queries), N) bool."""
        barred: NDArray[np.bool_] = queries[:, np.newaxis] == np.arange(len(self.publication))
        return barred if self.own_publication_counts else barred | left_out(queries, self.publication, self.apart)

    def relevant(self, queries: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which figures are relevant for each query, without those left out: (len(queries), N) bool."""
        codes = self.publication if self.own_publication_counts else self.group
        same: NDArray[np.bool_] = (codes[queries, np.newaxis] == codes) & (codes != NONE)
        return same & ~self.left_out(queries)


def same_publication(publications: Sequence[str]) -> Grouping:
    """Group by publication: its other figures are relevant. publications: the reference of each figure."""
    codes = _codes(publications)
    none = np.full(len(codes), NONE, dtype=np.int64)
    return Grouping(codes, none, none, own_publication_counts=True)


def groups(
    publications: Sequence[str], groups_of: Mapping[str, str], apart: Mapping[str, str] | None = None
) -> Grouping:
    """Group by class or family: figures of the group in other publications are relevant; see Grouping.

    groups_of, apart: publication reference → class or family; publications may be missing.
    """
    return Grouping(
        _codes(publications),
        _codes([groups_of.get(publication, "") for publication in publications]),
        _codes([(apart or {}).get(publication, "") for publication in publications]),
        own_publication_counts=False,
    )


def _codes(labels: Sequence[str]) -> NDArray[np.int64]:
    """One code per distinct label, NONE for an empty one."""
    known: dict[str, int] = {"": NONE}
    return np.array([known.setdefault(label, len(known)) for label in labels], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class CollectionVectors:
    """The vectors of N figures. visual, text: (N, dim) float32, NaN for figures without one; None: not measured."""

    visual: NDArray[np.float32] | None = None
    text: NDArray[np.float32] | None = None


def evaluate_collection(
    vectors: CollectionVectors,
    grouping: Grouping,
    modalities: Sequence[Fusion],
    *,
    k: int = DEFAULT_K,
    weight: float = 0.5,
    seed: int = 0,
) -> dict[Fusion, Scores]:
    """Search the collection with every figure, and score each modality over the same queries.

    A figure without a vector in a modality finds nothing there and counts as 0, so that modalities stay
    comparable. Equal similarities are ordered by position. Memory: 256 × N similarities at a time.
    """
    count = len(grouping.publication)
    parts: dict[Fusion, list[dict[str, NDArray[np.float64]]]] = {modality: [] for modality in modalities}
    relevant_counts = []
    for queries, visual, text, priors in _similarity_blocks(vectors, count):
        relevant, barred = grouping.relevant(queries), grouping.left_out(queries)
        relevant_counts.append(relevant.sum(axis=1))
        for modality in modalities:
            fused = np.empty_like(visual)
            for row in range(len(queries)):
                usable = slice(row, row + 1)
                masked_visual = np.where(barred[usable], np.nan, visual[usable])
                masked_text = np.where(barred[usable], np.nan, text[usable])
                fused[usable] = fused_scores(
                    masked_visual,
                    masked_text,
                    modality,
                    weight=weight,
                    absent_visual=float(priors[0][row]),
                    absent_text=float(priors[1][row]),
                )
            hits = _top_hits(fused, relevant, k)
            parts[modality].append(per_query_measures(hits, relevant_counts[-1]))
    totals = np.concatenate(relevant_counts) if relevant_counts else np.empty(0, dtype=np.int64)
    return {modality: _summary(parts[modality], totals, k, seed) for modality in modalities}


def _similarity_blocks(
    vectors: CollectionVectors, count: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32], list[NDArray[np.float64]]]]:
    """Blocks of (query positions, visual and text similarities to all figures, values for absent similarities)."""
    for start in range(0, count, _BLOCK_ROWS):
        queries = np.arange(start, min(count, start + _BLOCK_ROWS))
        similarities, priors = [], []
        for rows in (vectors.visual, vectors.text):
            if rows is None:
                similarities.append(np.full((len(queries), count), np.nan, dtype=np.float32))
                priors.append(np.zeros(len(queries)))
                continue
            if len(rows) != count:
                raise ValueError(f"expected one vector for each of {count} figures, not {len(rows)}")
            similarities.append(rows[queries] @ rows.T)
            present = rows[~np.isnan(rows[:, 0])]
            mean = present.mean(axis=0, dtype=np.float64) if len(present) else np.zeros(rows.shape[1])
            priors.append(np.nan_to_num(rows[queries] @ mean))
        yield queries, similarities[0], similarities[1], priors


def _top_hits(scores: NDArray[np.float32], relevant: NDArray[np.bool_], k: int) -> NDArray[np.bool_]:
    """The relevance of the k best by scores (queries, N), where NaN is not ranked: (queries, k) bool."""
    hits = np.zeros((len(scores), k), dtype=bool)
    for row, values in enumerate(scores):
        ranked = np.flatnonzero(~np.isnan(values))
        if len(ranked) > k:
            threshold = np.partition(values[ranked], len(ranked) - k)[len(ranked) - k]
            ranked = ranked[values[ranked] >= threshold]
        top = ranked[np.argsort(-values[ranked], kind="stable")][:k]
        hits[row, : len(top)] = relevant[row, top]
    return hits


def _summary(parts: list[dict[str, NDArray[np.float64]]], totals: NDArray[np.int64], k: int, seed: int) -> Scores:
    """The means over the queries with a relevant figure."""
    has_relevant = totals > 0
    columns = {
        name: np.concatenate([part[name] for part in parts])[has_relevant] if parts else np.empty(0)
        for name in _MEASURES
    }
    stacked = np.column_stack([columns[name] for name in _MEASURES]).astype(np.float64)
    estimates = dict(zip(_MEASURES, bootstrap_columns(stacked, seed=seed), strict=True))
    estimates["map"] = estimates.pop("ap")
    return Scores(k=k, queries=int(has_relevant.sum()), without_relevant=int((~has_relevant).sum()), **estimates)
