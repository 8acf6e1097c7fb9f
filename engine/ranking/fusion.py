"""Fusion of visual and textual similarities into one score.

A figure without linked text has no textual similarity. This must not count against it, so average, weighted sum and
maximum use the mean similarity of all figures to this query instead (query · mean of all text
vectors). 0 would rank identical drawings without numerals last; ignoring the missing side would rank them
first, because visual similarities are higher than textual ones. The same applies to a missing visual similarity.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

RRF_CONSTANT = 60  # Cormack, Clarke and Büttcher, SIGIR 2009


class Fusion(StrEnum):
    """A method that combines two similarities into one score. avg and max are the paper's."""

    VISUAL = "visual"
    TEXT = "text"
    AVG = "avg"
    MAX = "max"
    WEIGHTED = "weighted"
    RRF = "rrf"


@dataclass(frozen=True, slots=True)
class Ranking:
    """Ranked figures, best first. All arrays are (n,); visual and text are NaN where figure or query has none."""

    ids: NDArray[np.int64]
    scores: NDArray[np.float32]
    visual: NDArray[np.float32]
    text: NDArray[np.float32]


def fused_scores(
    visual: NDArray[np.float32],
    text: NDArray[np.float32],
    how: Fusion,
    *,
    weight: float = 0.5,
    absent_visual: float = 0.0,
    absent_text: float = 0.0,
) -> NDArray[np.float32]:
    """Compute one score per figure; higher is better, NaN for figures that the method cannot rank.

    visual, text: (n,) or (queries, n) float32 similarities, NaN where absent. weight is the visual share of
    "weighted", 0 to 1. absent_*: the value for an absent similarity, see the module docstring. Reciprocal rank fusion
    skips absent similarities; equal similarities share their best rank.
    """
    if visual.shape != text.shape:
        raise ValueError(f"visual and text must be of one shape, not {visual.shape} and {text.shape}")
    if not 0 <= weight <= 1:
        raise ValueError(f"weight must be from 0 to 1, not {weight}")
    neither = np.isnan(visual) & np.isnan(text)
    fused = _METHODS[how](_Similarities(visual, text, weight, absent_visual, absent_text))
    return np.where(neither, np.nan, fused).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Similarities:
    """The arguments of a method; see fused_scores."""

    visual: NDArray[np.float32]
    text: NDArray[np.float32]
    weight: float
    absent_visual: float
    absent_text: float

    def filled(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Both similarities, with the given values for absent ones."""
        return (
            np.where(np.isnan(self.visual), self.absent_visual, self.visual.astype(np.float64)),
            np.where(np.isnan(self.text), self.absent_text, self.text.astype(np.float64)),
        )

    def summed(self, weight: float) -> NDArray[np.float64]:
        """The weighted sum; weight is the visual share."""
        visual, text = self.filled()
        return weight * visual + (1 - weight) * text


def _reciprocal_ranks(similarities: NDArray[np.float32]) -> NDArray[np.float64]:
    """The reciprocal ranks 1 / (60 + rank) along the last axis, rank from 1; 0 where the similarity is absent."""
    rows = np.atleast_2d(similarities)
    terms = np.zeros(rows.shape, dtype=np.float64)
    for row, values in enumerate(rows):
        present = np.flatnonzero(~np.isnan(values))
        falling = np.sort(-values[present])
        ranks = np.searchsorted(falling, -values[present]) + 1
        terms[row, present] = 1.0 / (RRF_CONSTANT + ranks)
    return terms.reshape(similarities.shape)


_METHODS: Mapping[Fusion, Callable[[_Similarities], NDArray[Any]]] = {
    Fusion.VISUAL: lambda given: given.visual,
    Fusion.TEXT: lambda given: given.text,
    Fusion.AVG: lambda given: given.summed(0.5),
    Fusion.MAX: lambda given: np.maximum(*given.filled()),
    Fusion.WEIGHTED: lambda given: given.summed(given.weight),
    Fusion.RRF: lambda given: _reciprocal_ranks(given.visual) + _reciprocal_ranks(given.text),
}
"""The scores of each method. Figures without any similarity get NaN afterwards."""


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
    """Rank candidates (n,) by fused score, equal scores by id; figures without a score are left out.

    Arguments as for fused_scores. ids: (n,) int64, each once.
    """
    if ids.shape != visual.shape or ids.ndim != 1:
        raise ValueError(f"ids and similarities must be (n,), not {ids.shape} and {visual.shape}")
    scores = fused_scores(visual, text, how, weight=weight, absent_visual=absent_visual, absent_text=absent_text)
    scored = np.flatnonzero(~np.isnan(scores))
    order = scored[np.lexsort((ids[scored], -scores[scored]))]
    return Ranking(ids[order], scores[order], visual[order], text[order])
