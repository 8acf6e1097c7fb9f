"""Exact search over unit vectors: the default index, the re-scoring of approximate kinds, and the delta.

Scores are always computed by `exact_scores`, row by row in float64, so that a figure gets the same score whichever
index, shortlist or filter found it, and equal vectors are ordered by id. The float32 product only selects candidates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import faiss
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]

PADDING_ID = -1
# Largest error of the float32 product of two unit vectors of up to 4096 dimensions (measured below 1e-6).
_PRODUCT_SLACK = np.float32(1e-5)
# Below this share of the rows, copying the selected ones is faster than scoring all (measured: they meet near 0.4).
_GATHER_SHARE = 0.3
_SCORES_PER_BLOCK = 1 << 24
_UNIT_TOLERANCE = 1e-3
_SINGLE_QUERIES = 4
_SPARE_ROWS = 64
_FEW_BARRED = 500


class VectorIndex(Protocol):
    """Unit vectors under int64 ids, searched by inner product. Higher scores are better, 1 is identical."""

    @property
    def encoder_key(self) -> str: ...

    @property
    def dim(self) -> int: ...

    @property
    def count(self) -> int: ...

    @property
    def ids(self) -> Ids:
        """All ids, ascending: (count,) int64."""
        ...

    @property
    def mean(self) -> NDArray[np.float64]:
        """The mean of all vectors, (dim,) float64, zeros when empty: query · mean is the mean score of all figures."""
        ...

    def search(
        self, queries: Floats, k: int, allowed_ids: Ids | None = None, excluded_ids: Ids | None = None
    ) -> tuple[Floats, Ids]:
        """The k best of each query among allowed_ids (None: all) without excluded_ids.

        queries: (n, dim) float32. Returns scores (n, k) float32, descending, and ids (n, k) int64; equal scores are
        ordered by id; where fewer than k figures are left, ids are -1 and scores -inf. Ids that the index does not
        hold are ignored. Raises ValueError on queries of another shape or with values that are not finite.
        """
        ...

    def contains(self, ids: Ids) -> NDArray[np.bool_]:
        """Which of the ids the index holds: (len(ids),) bool."""
        ...

    def vectors(self, ids: Ids) -> Floats:
        """The vectors of the ids as stored: (len(ids), dim) float32. Raises KeyError on an unknown id."""
        ...

    def scores(self, query: Floats, ids: Ids) -> Floats:
        """Exact similarities of the ids to one query (dim,): (len(ids),) float32, NaN for unknown ids."""
        ...


def exact_scores(rows: Floats, query: Floats) -> Floats:
    """Inner products of rows (n, dim) with one query (dim,), (n,) float32, each independent of the other rows."""
    products = rows.astype(np.float64) * query.astype(np.float64)
    # The sum along a contiguous row does not depend on the number of rows; a matrix product's does.
    scores: Floats = products.sum(axis=1).astype(np.float32)
    return scores


def checked_queries(queries: Floats, dim: int) -> Floats:
    """The queries as contiguous (n, dim) float32. Raises ValueError on another shape or on values not finite."""
    checked = np.ascontiguousarray(queries, dtype=np.float32)
    if checked.ndim != 2 or checked.shape[1] != dim:
        raise ValueError(f"queries must be (n, {dim}), not {checked.shape}")
    if not np.isfinite(checked).all():
        raise ValueError("queries hold values that are not finite")
    return checked


def checked_vectors(ids: Ids, vectors: Floats) -> tuple[Ids, Floats]:
    """Ids and vectors sorted by id, as contiguous (n,) int64 and (n, dim) float32.

    Raises ValueError on other shapes, ids that are negative or come twice, and vectors not of unit length.
    """
    checked_ids = np.ascontiguousarray(ids, dtype=np.int64)
    checked = np.ascontiguousarray(vectors, dtype=np.float32)
    if checked_ids.ndim != 1 or checked.ndim != 2 or checked.shape[0] != checked_ids.shape[0] or checked.shape[1] < 1:
        raise ValueError(f"ids must be (n,) and vectors (n, dim), not {checked_ids.shape} and {checked.shape}")
    order = np.argsort(checked_ids, kind="stable")
    if not np.array_equal(order, np.arange(len(order))):
        checked_ids, checked = checked_ids[order], checked[order]
    if checked_ids.size and checked_ids[0] < 0:
        raise ValueError(f"ids must not be negative: {int(checked_ids[0])}")
    twice = checked_ids[1:][np.diff(checked_ids) == 0]
    if twice.size:
        raise ValueError(f"id {int(twice[0])} comes twice")
    lengths = np.sqrt(np.einsum("ij,ij->i", checked, checked, dtype=np.float64))
    wrong = np.flatnonzero(~(np.abs(lengths - 1) <= _UNIT_TOLERANCE))  # negated, so that NaN counts as wrong
    if wrong.size:
        raise ValueError(f"the vector of id {int(checked_ids[wrong[0]])} has length {lengths[wrong[0]]:.4g}, not 1")
    return checked_ids, checked


def positions_of(sorted_ids: Ids, wanted: Ids) -> NDArray[np.int64]:
    """The position of each wanted id in sorted_ids, -1 where it is missing: (len(wanted),) int64."""
    requested = np.asarray(wanted, dtype=np.int64)
    if not sorted_ids.size:
        return np.full(requested.shape, -1, dtype=np.int64)
    found = np.minimum(np.searchsorted(sorted_ids, requested), sorted_ids.size - 1)
    return np.where(sorted_ids[found] == requested, found, -1).astype(np.int64)


def admitted_positions(sorted_ids: Ids, allowed_ids: Ids | None, excluded_ids: Ids | None) -> NDArray[np.int64] | None:
    """Positions that pass the filter, ascending; None when every row passes."""
    barred = np.empty(0, np.int64) if excluded_ids is None else positions_of(sorted_ids, excluded_ids)
    barred = barred[barred >= 0]
    if allowed_ids is None and not barred.size:
        return None
    admitted = np.zeros(sorted_ids.size, dtype=bool)
    if allowed_ids is None:
        admitted[:] = True
    else:
        positions = positions_of(sorted_ids, allowed_ids)
        admitted[positions[positions >= 0]] = True
    admitted[barred] = False
    return np.flatnonzero(admitted)


def padded(rankings: list[tuple[Floats, Ids]], k: int) -> tuple[Floats, Ids]:
    """Rankings of up to k each as (n, k) arrays, padded with score -inf and id -1."""
    scores = np.full((len(rankings), k), -np.inf, dtype=np.float32)
    ids = np.full((len(rankings), k), PADDING_ID, dtype=np.int64)
    for row, (row_scores, row_ids) in enumerate(rankings):
        scores[row, : len(row_scores)] = row_scores[:k]
        ids[row, : len(row_ids)] = row_ids[:k]
    return scores, ids


def best(scores: Floats, ids: Ids, k: int) -> tuple[Floats, Ids]:
    """The k highest scores with their ids, descending, equal scores by ascending id."""
    order = np.lexsort((ids, -scores))[:k]
    return scores[order], ids[order]


def search_rows(
    queries: Floats, vectors: Floats, ids: Ids, k: int, positions: NDArray[np.int64] | None = None
) -> tuple[Floats, Ids]:
    """Exact search of queries (n, dim) among vectors (m, dim) under ids (m,), or among the rows at `positions`.

    Returns scores (n, k) and ids (n, k) as VectorIndex.search does.
    """
    if positions is not None and len(positions) < _GATHER_SHARE * len(ids):
        vectors, ids, positions = vectors[positions], ids[positions], None
    barred = None if positions is None else np.setdiff1d(np.arange(len(ids)), positions, assume_unique=True)
    few_queries = len(queries) <= _SINGLE_QUERIES and (barred is None or len(barred) <= _FEW_BARRED)
    block = 1 if few_queries else max(1, _SCORES_PER_BLOCK // max(1, len(ids)))
    rankings: list[tuple[Floats, Ids]] = []
    for start in range(0, len(queries), block):
        some = queries[start : start + block]
        if few_queries:
            rows = _nearest_rows(some[0], vectors, k, barred)
            if rows is not None:
                rankings.append(best(exact_scores(vectors[rows], some[0]), ids[rows], k))
                continue
        for query, approximate in zip(some, some @ vectors.T, strict=True):
            rows = _promising_rows(approximate, k, positions)
            rankings.append(best(exact_scores(vectors[rows], query), ids[rows], k))
    return padded(rankings, k)


def _nearest_rows(query: Floats, vectors: Floats, k: int, barred: NDArray[np.int64] | None) -> NDArray[np.int64] | None:
    """Every row that may be among the k best, by FAISS's scan; None when too many rows are close together.

    For a single query this scan is twice as fast as a matrix product.
    """
    wanted = k + _SPARE_ROWS + (0 if barred is None else len(barred))
    if wanted >= len(vectors):
        return np.arange(len(vectors)) if barred is None else np.setdiff1d(np.arange(len(vectors)), barred)
    scores, rows = faiss.knn(query[np.newaxis], vectors, wanted, metric=faiss.METRIC_INNER_PRODUCT)
    kept = scores[0] if barred is None else scores[0][~np.isin(rows[0], barred)]
    # A row that was not proposed scores at most as much as the last proposed one.
    if scores[0][-1] >= kept[k - 1] - 2 * _PRODUCT_SLACK:
        return None
    found: NDArray[np.int64] = rows[0] if barred is None else rows[0][~np.isin(rows[0], barred)]
    return found


def _promising_rows(approximate: Floats, k: int, positions: NDArray[np.int64] | None) -> NDArray[np.int64]:
    """Every row that may be among the k best, given the error of approximate scores."""
    pool = approximate if positions is None else approximate[positions]
    if len(pool) > k:
        threshold = np.partition(pool, len(pool) - k)[len(pool) - k] - 2 * _PRODUCT_SLACK
        chosen = np.flatnonzero(pool >= threshold)
    else:
        chosen = np.arange(len(pool))
    rows: NDArray[np.int64] = chosen if positions is None else positions[chosen]
    return rows


@dataclass(frozen=True, slots=True)
class _Rows:
    ids: Ids
    vectors: Floats
    mean: NDArray[np.float64]


class MemoryIndex:
    """A small exact index in memory, for the figures embedded since the main index was built."""

    def __init__(self, ids: Ids, vectors: Floats, *, encoder_key: str) -> None:
        """ids: (n,) int64, each once; vectors: (n, dim) float32 unit vectors, n may be 0. Raises ValueError."""
        checked_ids, checked = checked_vectors(ids, vectors)
        mean = checked.mean(axis=0, dtype=np.float64) if len(checked_ids) else np.zeros(checked.shape[1])
        self._rows = _Rows(checked_ids, checked, mean)
        self._encoder_key = encoder_key

    @property
    def encoder_key(self) -> str:
        return self._encoder_key

    @property
    def dim(self) -> int:
        return int(self._rows.vectors.shape[1])

    @property
    def count(self) -> int:
        return len(self._rows.ids)

    @property
    def ids(self) -> Ids:
        return self._rows.ids

    @property
    def mean(self) -> NDArray[np.float64]:
        return self._rows.mean

    def search(
        self, queries: Floats, k: int, allowed_ids: Ids | None = None, excluded_ids: Ids | None = None
    ) -> tuple[Floats, Ids]:
        """As VectorIndex.search."""
        positions = admitted_positions(self._rows.ids, allowed_ids, excluded_ids)
        checked = checked_queries(queries, self.dim)
        return search_rows(checked, self._rows.vectors, self._rows.ids, k, positions)

    def contains(self, ids: Ids) -> NDArray[np.bool_]:
        """As VectorIndex.contains."""
        found: NDArray[np.bool_] = positions_of(self._rows.ids, ids) >= 0
        return found

    def vectors(self, ids: Ids) -> Floats:
        """As VectorIndex.vectors."""
        return stored_rows(self._rows.ids, self._rows.vectors, ids)

    def scores(self, query: Floats, ids: Ids) -> Floats:
        """As VectorIndex.scores."""
        return scores_of(self._rows.ids, self._rows.vectors, query, ids)


def stored_rows(sorted_ids: Ids, vectors: Floats, ids: Ids) -> Floats:
    """The vectors of the ids, (len(ids), dim) float32. Raises KeyError naming the first unknown one."""
    positions = positions_of(sorted_ids, ids)
    unknown = np.flatnonzero(positions < 0)
    if unknown.size:
        raise KeyError(f"the index holds no figure {int(np.asarray(ids)[unknown[0]])}")
    return np.array(vectors[positions], dtype=np.float32)


def scores_of(sorted_ids: Ids, vectors: Floats, query: Floats, ids: Ids) -> Floats:
    """Exact similarity of one query (dim,) to each id, NaN for unknown ids: (len(ids),) float32."""
    (checked,) = checked_queries(np.asarray(query)[np.newaxis], vectors.shape[1])
    positions = positions_of(sorted_ids, ids)
    similarities = np.full(len(positions), np.nan, dtype=np.float32)
    known = positions >= 0
    similarities[known] = exact_scores(vectors[positions[known]], checked)
    return similarities
