"""Search the main index, newer figures and withdrawn figures as one index."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.errors import IndexMismatch
from engine.index.exact import Floats, Ids, MemoryIndex, VectorIndex, best, padded

_NOTHING: Ids = np.empty(0, dtype=np.int64)


class LayeredIndex:
    """A main index (immutable, on disk) with a delta (small, exact, in memory); retired ids are never found.

    For an id in both, the delta's vector is used, which is the newer one.
    """

    def __init__(self, main: VectorIndex, delta: VectorIndex, retired_ids: Ids = _NOTHING) -> None:
        """Combine the layers. Raises: IndexMismatch when they are of different encoders or dimensions."""
        if main.encoder_key != delta.encoder_key:
            raise IndexMismatch("encoder key", main.encoder_key, delta.encoder_key)
        if main.dim != delta.dim:
            raise IndexMismatch("dimension", main.dim, delta.dim)
        self._main, self._delta = main, delta
        self._retired = np.unique(np.asarray(retired_ids, dtype=np.int64))
        self._hidden_in_main = np.union1d(self._retired, delta.ids)
        lower = main.ids[~np.isin(main.ids, self._hidden_in_main)]
        upper = delta.ids[~np.isin(delta.ids, self._retired)]
        self._ids: Ids = np.sort(np.concatenate([lower, upper]))
        # Withdrawn and replaced vectors stay in the mean, which they change little.
        weights = np.array([main.count, delta.count], dtype=np.float64)
        self._mean: NDArray[np.float64] = (main.mean * weights[0] + delta.mean * weights[1]) / max(
            1.0, float(weights.sum())
        )

    @property
    def encoder_key(self) -> str:
        return self._main.encoder_key

    @property
    def dim(self) -> int:
        return self._main.dim

    @property
    def count(self) -> int:
        return len(self._ids)

    @property
    def ids(self) -> Ids:
        return self._ids

    @property
    def mean(self) -> NDArray[np.float64]:
        return self._mean

    def search(
        self, queries: Floats, k: int, allowed_ids: Ids | None = None, excluded_ids: Ids | None = None
    ) -> tuple[Floats, Ids]:
        """As VectorIndex.search. Both layers are filtered before the search, so k figures are found where k pass."""
        more = _NOTHING if excluded_ids is None else np.asarray(excluded_ids, dtype=np.int64)
        lower = self._main.search(queries, k, allowed_ids, np.union1d(self._hidden_in_main, more))
        upper = self._delta.search(queries, k, allowed_ids, np.union1d(self._retired, more))
        scores = np.concatenate([lower[0], upper[0]], axis=1)
        ids = np.concatenate([lower[1], upper[1]], axis=1)
        rankings = []
        for row_scores, row_ids in zip(scores, ids, strict=True):
            found = row_ids >= 0
            rankings.append(best(row_scores[found], row_ids[found], k))
        return padded(rankings, k)

    def contains(self, ids: Ids) -> NDArray[np.bool_]:
        """As VectorIndex.contains; a retired figure is not contained."""
        found: NDArray[np.bool_] = np.isin(np.asarray(ids, dtype=np.int64), self._ids)
        return found

    def vectors(self, ids: Ids) -> Floats:
        """As VectorIndex.vectors; a retired figure raises KeyError like an unknown one."""
        wanted = np.asarray(ids, dtype=np.int64)
        unknown = np.flatnonzero(~self.contains(wanted))
        if unknown.size:
            raise KeyError(f"the index holds no figure {int(wanted[unknown[0]])}")
        rows = np.empty((len(wanted), self.dim), dtype=np.float32)
        newer = self._delta.contains(wanted)
        rows[newer] = self._delta.vectors(wanted[newer])
        rows[~newer] = self._main.vectors(wanted[~newer])
        return rows

    def scores(self, query: Floats, ids: Ids) -> Floats:
        """As VectorIndex.scores; NaN for retired figures."""
        wanted = np.asarray(ids, dtype=np.int64)
        lower, upper = self._main.scores(query, wanted), self._delta.scores(query, wanted)
        merged = np.where(np.isnan(upper), lower, upper)
        merged[np.isin(wanted, self._retired)] = np.nan
        return np.asarray(merged, dtype=np.float32)


def combine(main: VectorIndex | None, delta: VectorIndex, retired_ids: Ids = _NOTHING) -> LayeredIndex:
    """One index of main, delta and retired ids. main is None before the first index version is built."""
    if main is None:
        nothing = np.empty((0, delta.dim), dtype=np.float32)
        return LayeredIndex(MemoryIndex(_NOTHING, nothing, encoder_key=delta.encoder_key), delta, retired_ids)
    return LayeredIndex(main, delta, retired_ids)
