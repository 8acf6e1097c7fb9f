"""Means over queries with confidence intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over queries with the bounds of its 95 % percentile bootstrap interval; all 0 without queries."""

    mean: float
    low: float
    high: float


def bootstrap_columns(columns: NDArray[np.float64], *, seed: int, resamples: int = _RESAMPLES) -> list[Estimate]:
    """One Estimate per column of (queries, measures); all measures use the same resampled queries."""
    count, measures = columns.shape
    if not count:
        return [Estimate(0.0, 0.0, 0.0)] * measures
    generator = np.random.default_rng(seed)
    means = np.empty((resamples, measures))
    for draw in range(resamples):
        # Multiplies values by how often each query is drawn, which avoids a copy per resample.
        times = np.bincount(generator.integers(0, count, count), minlength=count)
        means[draw] = times @ columns / count
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    return [Estimate(*map(float, bounds)) for bounds in zip(columns.mean(axis=0), low, high, strict=True)]
