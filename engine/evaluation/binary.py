"""Binary relevance measures for many ranked lists at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

DEFAULT_K = 50


def per_query_measures(hits: NDArray[np.bool_], relevant_count: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Compute each measure for each query, with binary relevance.

    hits: (queries, k) bool, whether the figure at each rank is relevant, False past the end of a shorter list.
    relevant_count: (queries,) int64, the number of relevant figures in the collection; where it is 0, every value is 0.
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


def list_average_precision_at_k(relevant: Sequence[bool], k: int = DEFAULT_K) -> float:
    """The paper's AP@k of one ranked list: divided by the relevant figures among the first k, 0 when there are none."""
    hits = np.zeros((1, k), dtype=bool)
    hits[0, : min(k, len(relevant))] = list(relevant)[:k]
    return float(per_query_measures(hits, np.array([sum(relevant)]))["ap_list"][0])
