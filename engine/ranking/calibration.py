"""How similar strangers are: what a figure reaches with the nearest figure that has nothing to do with it.

A cosine of 0.8 is much for one encoder and little for another, and the nearest of many is nearer than that of few. So
a similarity is read against what the collection itself gives: sampled figures ask it, and the best answer that is no
kin of theirs is what chance brings up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.encoders.protocols import Vectors
from engine.index.exact import Ids, VectorIndex

QUANTILES = 101
MOST_SAMPLED = 500
FEWEST = 50
"""Fewer figures say nothing of what is usual."""
_AT_ONCE = 64
_NEAREST = 64  # so many at first: kin are seldom more, and where they are the figure is asked again without them


def sample(count: int, most: int = MOST_SAMPLED, *, seed: int = 0) -> NDArray[np.int64]:
    """Positions of the sample among `count`, ascending int64, each once; all where there are no more than `most`."""
    if count <= most:
        return np.arange(count, dtype=np.int64)
    return np.sort(np.random.default_rng(seed).choice(count, most, replace=False)).astype(np.int64)


def nearest_strangers(index: VectorIndex, vectors: Vectors, relatives: Sequence[Ids]) -> NDArray[np.float32]:
    """(n,) float32: the similarity of each vector with the nearest figure that is not among its kin.

    vectors: (n, dim) float32 of unit length; kin: n arrays of ids, the figure's own among them. NaN where the index
    holds nobody but kin.
    """
    if len(vectors) != len(relatives):
        raise ValueError(f"{len(vectors)} vectors with kin for {len(relatives)}")
    found = np.full(len(vectors), np.nan, dtype=np.float32)
    for start in range(0, len(vectors), _AT_ONCE):
        scores, ids = index.search(vectors[start : start + _AT_ONCE], _NEAREST)
        for row in range(len(ids)):
            found[start + row] = _first_stranger(
                index, vectors[start + row], scores[row], ids[row], relatives[start + row]
            )
    return found


def quantiles_of(similarities: NDArray[np.float32]) -> list[float]:
    """QUANTILES similarities, from the 0th to the 100th percentile. Raises ValueError on none; NaN do not count."""
    known = similarities[~np.isnan(similarities)]
    if not known.size:
        raise ValueError("there is no similarity to take quantiles of")
    return [round(float(value), 6) for value in np.percentile(known.astype(np.float64), np.linspace(0, 100, QUANTILES))]


def percentile_of(similarity: float, quantiles: Sequence[float]) -> float:
    """From 0 to 100: how many in a hundred sampled figures reach less than this with a stranger.

    Between two quantiles in proportion; a value that several quantiles share has the middle of their places.
    """
    places = np.linspace(0, 100, len(quantiles))
    equal = np.flatnonzero(np.asarray(quantiles) == similarity)
    if equal.size:
        return float(places[equal].mean())
    return float(np.interp(similarity, quantiles, places))


def _first_stranger(index: VectorIndex, vector: Vectors, scores: Vectors, ids: Ids, relatives: Ids) -> float:
    stranger = np.flatnonzero(~np.isin(ids, relatives))
    if stranger.size and ids[stranger[0]] < 0:  # the padding: all that there is was among the first
        return float("nan")
    if not stranger.size:
        again, left = index.search(vector[np.newaxis], 1, None, relatives)
        return float(again[0, 0]) if left[0, 0] >= 0 else float("nan")
    return float(scores[stranger[0]])
