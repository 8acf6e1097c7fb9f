"""How good a ranking is: per-query measures, their mean with a confidence interval, and what may be ranked at all.

Two ways in. `evaluate_run` scores ranked lists against judgments with ir-measures (trec_eval's definitions).
`evaluate_collection` lets every figure of a collection be the query, by blocks of matrix products, with relevance from
the publications themselves; its measures are the same ones (the tests hold them against ir-measures).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
from numpy.typing import NDArray

from engine.fusion import Fusion, fused_scores

NONE = -1
"""The code of a figure without a group."""
DEFAULT_K = 50
_RESAMPLES = 2000
_BLOCK_ROWS = 256
_MEASURES = ("ap", "ap_list", "precision", "recall", "ndcg", "reciprocal_rank")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over queries with the bounds of its 95 % percentile bootstrap interval; all 0 without queries."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Scores:
    """What one modality scored. `without_relevant` queries had nothing to find and are in no mean.

    map: mean AP@k, trec_eval's: precisions at the relevant ranks over all relevant figures. ap_list: the paper's
    AP@k, over the relevant figures in the list. ndcg, precision, recall at k; reciprocal_rank within the k.
    judged: the share of the top k that was judged (1 where relevance follows from the publications).
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
    judged: float = 1.0

    def as_dict(self) -> dict[str, object]:
        """For JSON: map and its ci as a pair, the other means plain."""
        plain = {name: round(getattr(self, name).mean, 6) for name in ("ap_list", "precision", "recall", "ndcg")}
        return {
            "map": round(self.map.mean, 6),
            "ci": [round(self.map.low, 6), round(self.map.high, 6)],
            "queries": self.queries,
            "without_relevant": self.without_relevant,
            "k": self.k,
            "reciprocal_rank": round(self.reciprocal_rank.mean, 6),
            "judged": round(self.judged, 6),
            **plain,
        }


def bootstrap(values: NDArray[np.float64], *, seed: int = 0, resamples: int = _RESAMPLES) -> Estimate:
    """The mean of one value per query, with the 95 % interval of means over queries drawn with replacement."""
    return _bootstrap_columns(values[:, np.newaxis], seed=seed, resamples=resamples)[0]


def _bootstrap_columns(columns: NDArray[np.float64], *, seed: int, resamples: int = _RESAMPLES) -> list[Estimate]:
    """One Estimate per column of (queries, measures): every measure is taken of the same drawn queries."""
    count, measures = columns.shape
    if not count:
        return [Estimate(0.0, 0.0, 0.0)] * measures
    generator = np.random.default_rng(seed)
    means = np.empty((resamples, measures))
    for draw in range(resamples):
        # How often each query is drawn, times its values: no copy of the columns per draw.
        times = np.bincount(generator.integers(0, count, count), minlength=count)
        means[draw] = times @ columns / count
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    return [Estimate(*map(float, bounds)) for bounds in zip(columns.mean(axis=0), low, high, strict=True)]


def per_query_measures(hits: NDArray[np.bool_], relevant_count: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """One value per query and measure, binary relevance.

    hits: (queries, k) bool, whether the figure at each rank is relevant, False past the end of a shorter list.
    relevant_count: (queries,) int64, how many relevant figures there were to find; where it is 0 every value is 0.
    """
    k = hits.shape[1]
    found = hits.sum(axis=1)
    ranks = np.arange(1, k + 1)
    precisions = (np.cumsum(hits, axis=1) / ranks * hits).sum(axis=1)
    gains = hits / np.log2(ranks + 1)
    ideal = np.concatenate([[0.0], np.cumsum(1 / np.log2(ranks + 1))])[np.minimum(relevant_count, k)]
    first = np.where(found > 0, hits.argmax(axis=1) + 1, 0)

    def ratio(numerator: NDArray[np.float64], denominator: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.divide(numerator, denominator, out=np.zeros(len(hits)), where=denominator > 0)

    return {
        "ap": ratio(precisions, relevant_count.astype(np.float64)),
        "ap_list": ratio(precisions, found.astype(np.float64)),
        "precision": found / k,
        "recall": ratio(found.astype(np.float64), relevant_count.astype(np.float64)),
        "ndcg": ratio(gains.sum(axis=1), ideal),
        "reciprocal_rank": ratio(np.ones(len(hits)), first.astype(np.float64)),
    }


def average_precision_at_k(relevant: Sequence[bool], relevant_count: int, k: int = DEFAULT_K) -> float:
    """AP@k of one ranked list of relevances, trec_eval's: divided by all relevant figures, also those not retrieved."""
    return float(_one_list(relevant, relevant_count, k)["ap"][0])


def list_average_precision_at_k(relevant: Sequence[bool], k: int = DEFAULT_K) -> float:
    """The paper's AP@k of one ranked list: divided by the relevant figures among the first k, 0 when there are none."""
    return float(_one_list(relevant, sum(relevant), k)["ap_list"][0])


def _one_list(relevant: Sequence[bool], relevant_count: int, k: int) -> dict[str, NDArray[np.float64]]:
    hits = np.zeros((1, k), dtype=bool)
    hits[0, : min(k, len(relevant))] = list(relevant)[:k]
    return per_query_measures(hits, np.array([relevant_count]))


@dataclass(frozen=True, slots=True)
class Grouping:
    """Codes of N figures, each (N,) int64: which publication, which group they count as, which ones to keep apart.

    own_publication_counts: the same-publication protocol, where the publication's other figures are the relevant
    ones; otherwise relevant is the same group in another publication, and own publication and same `apart` are left
    out of the ranking.
    """

    publication: NDArray[np.int64]
    group: NDArray[np.int64]
    apart: NDArray[np.int64]
    own_publication_counts: bool

    def left_out(self, queries: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(len(queries), N): figures that may not be ranked for each query. A query never ranks itself."""
        barred: NDArray[np.bool_] = queries[:, np.newaxis] == np.arange(len(self.publication))
        if not self.own_publication_counts:
            barred |= self.publication[queries, np.newaxis] == self.publication
            barred |= (self.apart[queries, np.newaxis] == self.apart) & (self.apart != NONE)
        return barred

    def relevant(self, queries: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(len(queries), N): figures that ought to be found, none of them left out."""
        codes = self.publication if self.own_publication_counts else self.group
        same: NDArray[np.bool_] = (codes[queries, np.newaxis] == codes) & (codes != NONE)
        return same & ~self.left_out(queries)


def same_publication(publications: Sequence[str]) -> Grouping:
    """The publication's other figures are relevant; publications: one reference per figure."""
    codes = _codes(publications)
    none = np.full(len(codes), NONE, dtype=np.int64)
    return Grouping(codes, none, none, own_publication_counts=True)


def groups(
    publications: Sequence[str], groups_of: Mapping[str, str], apart: Mapping[str, str] | None = None
) -> Grouping:
    """Figures of other publications in the same group are relevant; see Grouping.

    groups_of, apart: publication reference → class or family; publications that are not in it have none.
    """
    return Grouping(
        _codes(publications),
        _codes([groups_of.get(publication, "") for publication in publications]),
        _codes([(apart or {}).get(publication, "") for publication in publications]),
        own_publication_counts=False,
    )


def _codes(labels: Sequence[str]) -> NDArray[np.int64]:
    """One number per distinct label, NONE for an empty one."""
    known: dict[str, int] = {"": NONE}
    return np.array([known.setdefault(label, len(known)) for label in labels], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class CollectionVectors:
    """visual: (N, dim) float32; text: (N, dim) float32; rows of figures without one are NaN. None: not measured."""

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
    """Every figure queries the rest of the collection; scores of each modality over the same queries.

    A figure without the vector of a single modality finds nothing there and counts as 0, so that modalities stay
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
    """Blocks of (query positions, visual and text similarities to all, what an absent similarity counts)."""
    for start in range(0, count, _BLOCK_ROWS):
        queries = np.arange(start, min(count, start + _BLOCK_ROWS))
        similarities, priors = [], []
        for rows in (vectors.visual, vectors.text):
            if rows is None:
                similarities.append(np.full((len(queries), count), np.nan, dtype=np.float32))
                priors.append(np.zeros(len(queries)))
                continue
            if len(rows) != count:
                raise ValueError(f"{len(rows)} vectors for {count} figures")
            similarities.append(rows[queries] @ rows.T)
            present = rows[~np.isnan(rows[:, 0])]
            mean = present.mean(axis=0, dtype=np.float64) if len(present) else np.zeros(rows.shape[1])
            priors.append(np.nan_to_num(rows[queries] @ mean))
        yield queries, similarities[0], similarities[1], priors


def _top_hits(scores: NDArray[np.float32], relevant: NDArray[np.bool_], k: int) -> NDArray[np.bool_]:
    """(queries, k): relevance of the k best of scores (queries, N); NaN is not ranked."""
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
    """Means over the queries that had something to find."""
    asked = totals > 0
    columns = {
        name: np.concatenate([part[name] for part in parts])[asked] if parts else np.empty(0) for name in _MEASURES
    }
    return _scores(columns, int(asked.sum()), int((~asked).sum()), k, seed)


def _scores(
    columns: Mapping[str, NDArray[np.float64]], queries: int, without: int, k: int, seed: int, judged: float = 1.0
) -> Scores:
    stacked = np.column_stack([columns[name] for name in _MEASURES]).astype(np.float64)
    estimates = dict(zip(_MEASURES, _bootstrap_columns(stacked, seed=seed), strict=True))
    estimates["map"] = estimates.pop("ap")
    return Scores(k=k, queries=queries, without_relevant=without, judged=judged, **estimates)


def evaluate_run(
    run: Mapping[str, Sequence[str]],
    qrels: Mapping[str, Mapping[str, int]],
    *,
    k: int = DEFAULT_K,
    relevant_from: int = 1,
    seed: int = 0,
) -> Scores:
    """Ranked lists (topic → figures, best first) against judgments (topic → figure → grade), by ir-measures.

    Grades from `relevant_from` on are relevant, unjudged figures are not; nDCG uses the grades themselves. A judged
    topic without a list scores 0; topics without a relevant judgment are in no mean. Raises ValueError when a list
    holds a figure twice.
    """
    for topic, figures in run.items():
        if len(set(figures)) != len(figures):
            raise ValueError(f"the ranking of topic {topic!r} holds a figure twice")
    asked = {topic: dict(grades) for topic, grades in qrels.items() if any(g >= relevant_from for g in grades.values())}
    # Scores that fall by rank: trec_eval would put equal scores into an order of its own.
    lists = {topic: {figure: -float(rank) for rank, figure in enumerate(run.get(topic, ())[:k])} for topic in asked}
    rel = relevant_from
    measures = {
        "ap": ir_measures.AP(rel=rel) @ k,
        "precision": ir_measures.P(rel=rel) @ k,
        "recall": ir_measures.R(rel=rel) @ k,
        "ndcg": ir_measures.nDCG @ k,
        "reciprocal_rank": ir_measures.RR(rel=rel),
    }
    names = {measure: name for name, measure in measures.items()}
    values: dict[str, dict[str, float]] = {name: dict.fromkeys(asked, 0.0) for name in _MEASURES}
    for metric in ir_measures.iter_calc(list(measures.values()), asked, {t: r for t, r in lists.items() if r}):
        values[names[metric.measure]][metric.query_id] = float(metric.value)
    judged = []
    for topic, grades in asked.items():
        figures = list(lists[topic])
        values["ap_list"][topic] = list_average_precision_at_k([grades.get(f, 0) >= rel for f in figures], k)
        judged.append(sum(figure in grades for figure in figures) / len(figures) if figures else 0.0)
    columns = {name: np.array([values[name][topic] for topic in asked]) for name in _MEASURES}
    mean_judged = float(np.mean(judged)) if judged else 0.0
    return _scores(columns, len(asked), len(qrels) - len(asked), k, seed, mean_judged)
