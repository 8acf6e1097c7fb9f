"""Calibrate similarities: how similar a figure is to the nearest unrelated figure (stranger).

A cosine of 0.8 is high for one encoder and low for another, and grows with the size of the collection. So
a similarity is compared with the collection itself: sampled figures are searched for, and the best hit that is not a
relative shows which similarity arises by chance.
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
"""With fewer figures there is no calibration."""
_AT_ONCE = 64
_NEAREST = 64  # a figure seldom has more relatives; if it has, it is searched again without them


def sample(count: int, most: int = MOST_SAMPLED, *, seed: int = 0) -> NDArray[np.int64]:
    """A random sample of at most `most` positions among `count`: ascending int64, each once."""
    if count <= most:
        return np.arange(count, dtype=np.int64)
    return np.sort(np.random.default_rng(seed).choice(count, most, replace=False)).astype(np.int64)


def nearest_strangers(index: VectorIndex, vectors: Vectors, relatives: Sequence[Ids]) -> NDArray[np.float32]:
    """The similarity of each vector to the nearest figure that is not a relative: (n,) float32.

    vectors: (n, dim) float32 of unit length; relatives: n arrays of ids, with the figure's own. NaN where the index
    holds only relatives.
    """
    if len(vectors) != len(relatives):
        raise ValueError(f"{len(vectors)} vectors, but relatives of {len(relatives)}")
    found = np.full(len(vectors), np.nan, dtype=np.float32)
    for start in range(0, len(vectors), _AT_ONCE):
        scores, ids = index.search(vectors[start : start + _AT_ONCE], _NEAREST)
        for row in range(len(ids)):
            found[start + row] = _first_stranger(
                index, vectors[start + row], scores[row], ids[row], relatives[start + row]
            )
    return found


def quantiles_of(similarities: NDArray[np.float32]) -> list[float]:
    """QUANTILES quantiles, from the 0th to the 100th percentile, ignoring NaN. Raises ValueError without values."""
    known = similarities[~np.isnan(similarities)]
    if not known.size:
        raise ValueError("there are no similarities to compute quantiles of")
    return [round(float(value), 6) for value in np.percentile(known.astype(np.float64), np.linspace(0, 100, QUANTILES))]


def percentile_of(similarity: float, quantiles: Sequence[float]) -> float:
    """The percentage of sampled figures whose nearest stranger is less similar than this, 0 to 100.

    Interpolated between quantiles; a value that equals several quantiles gets the middle of their positions.
    """
    places = np.linspace(0, 100, len(quantiles))
    equal = np.flatnonzero(np.asarray(quantiles) == similarity)
    if equal.size:
        return float(places[equal].mean())
    return float(np.interp(similarity, quantiles, places))


def _first_stranger(index: VectorIndex, vector: Vectors, scores: Vectors, ids: Ids, relatives: Ids) -> float:
    stranger = np.flatnonzero(~np.isin(ids, relatives))
    if stranger.size and ids[stranger[0]] < 0:  # padding: the search returned everything there is
        return float("nan")
    if not stranger.size:
        again, left = index.search(vector[np.newaxis], 1, None, relatives)
        return float(again[0, 0]) if left[0, 0] >= 0 else float("nan")
    return float(scores[stranger[0]])
