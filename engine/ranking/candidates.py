"""Candidates of a search: the union of both modalities' best figures, scored exactly in both, ready for ranking.

A query may have several examples. A figure's similarity is that to its nearest example, so that a set of
views finds what resembles any one of them; an average of different views resembles nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from engine.encoders.protocols import Vectors
from engine.index.exact import VectorIndex
from engine.ranking.fusion import Fusion, Ranking, fuse

DEFAULT_SHORTLIST = 1000
LIKED_SHARE, DISLIKED_SHARE = 0.75, 0.25  # Manning, Raghavan, Schütze: Introduction to Information Retrieval, 9.1.1


@dataclass(frozen=True, slots=True)
class Candidates:
    """Figures with their similarities to a query. All arrays are (n,).

    ids: int64, ascending. visual, text: float32, NaN where the figure or the query has none. nearest: int16, the
    example whose drawing is most similar, -1 where no drawing was compared. absent_*: the value for an absent one
    (see engine.ranking.fusion).
    """

    ids: NDArray[np.int64]
    visual: NDArray[np.float32]
    text: NDArray[np.float32]
    nearest: NDArray[np.int16]
    absent_visual: float
    absent_text: float

    def ranked(self, how: Fusion, weight: float = 0.5) -> Ranking:
        """All candidates, best first. weight: the visual share of "weighted". An empty side is left out."""
        sides = {Fusion.VISUAL: self.visual, Fusion.TEXT: self.text}
        present = [side for side, similarities in sides.items() if not np.isnan(similarities).all()]
        if len(present) == 1:
            how = present[0]
        return fuse(
            self.ids,
            self.visual,
            self.text,
            how,
            weight=weight,
            absent_visual=self.absent_visual,
            absent_text=self.absent_text,
        )


def gather_candidates(
    visual_index: VectorIndex | None,
    text_index: VectorIndex | None,
    visual: Vectors | None,
    text: Vectors | None,
    *,
    allowed_ids: NDArray[np.int64] | None = None,
    excluded_ids: NDArray[np.int64] | None = None,
    shortlist: int = DEFAULT_SHORTLIST,
) -> Candidates:
    """Find the best `shortlist` figures of each modality and score their union exactly in both.

    visual, text: unit vectors (examples, dim) float32, None where the query has none; the two may differ in number.
    The filter is applied before the search, so the best `shortlist` of either modality are exact under it.
    Raises: ValueError when the query has no vector with an index.
    """
    sides = [
        (index, vectors)
        for index, vectors in ((visual_index, visual), (text_index, text))
        if index is not None and vectors is not None
    ]
    if not sides:
        raise ValueError("the query has neither a visual nor a text vector with an index")
    proposed = [_shortlist(index, vectors, shortlist, allowed_ids, excluded_ids) for index, vectors in sides]
    return score_candidates(visual_index, text_index, visual, text, np.unique(np.concatenate(proposed)))


def score_candidates(
    visual_index: VectorIndex | None,
    text_index: VectorIndex | None,
    visual: Vectors | None,
    text: Vectors | None,
    ids: NDArray[np.int64],
) -> Candidates:
    """Score given figures exactly in both modalities. ids: (n,) int64, ascending. Otherwise as gather_candidates."""
    seen, nearest, absent_visual = _similarities(visual_index, visual, ids)
    read, _, absent_text = _similarities(text_index, text, ids)
    return Candidates(ids, seen, read, nearest, absent_visual, absent_text)


def shifted(vectors: Vectors, liked: Vectors | None, disliked: Vectors | None) -> Vectors:
    """Query vectors moved towards liked and away from disliked figures (Rocchio), renormalised.

    All are (n, dim) float32 unit vectors. Without query vectors, (0, dim), the mean of the liked ones is the query.
    """
    moved = vectors.astype(np.float64) if len(vectors) else np.zeros((1, vectors.shape[1]))
    if liked is not None and len(liked):
        moved = moved + LIKED_SHARE * liked.mean(axis=0, dtype=np.float64)
    if disliked is not None and len(disliked):
        moved = moved - DISLIKED_SHARE * disliked.mean(axis=0, dtype=np.float64)
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    unit: Vectors = (moved / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return unit


def candidates_as_bytes(candidates: Candidates, plain: Candidates | None) -> bytes:
    """Serialise candidates for a database column, with their similarities before likes and dislikes."""
    arrays = _arrays(candidates, "")
    if plain is not None:
        arrays |= _arrays(plain, "plain_")
    packed = BytesIO()
    np.savez(packed, allow_pickle=False, **arrays)
    return packed.getvalue()


def candidates_from_bytes(packed: bytes) -> tuple[Candidates, Candidates | None]:
    """Read the bytes of candidates_as_bytes. Raises ValueError on other bytes."""
    with np.load(BytesIO(packed), allow_pickle=False) as arrays:
        plain = _candidates(arrays, "plain_") if "plain_ids" in arrays else None
        return _candidates(arrays, ""), plain


def _shortlist(
    index: VectorIndex,
    vectors: Vectors,
    shortlist: int,
    allowed_ids: NDArray[np.int64] | None,
    excluded_ids: NDArray[np.int64] | None,
) -> NDArray[np.int64]:
    """The best ids, by the similarity to the nearest of the vectors."""
    scores, found = index.search(vectors, shortlist, allowed_ids, excluded_ids)
    order = np.argsort(-scores, axis=None, kind="stable")
    ids = found.ravel()[order]
    ids = ids[ids >= 0]
    _, first = np.unique(ids, return_index=True)
    best: NDArray[np.int64] = ids[np.sort(first)][:shortlist]
    return best


def _similarities(
    index: VectorIndex | None, vectors: Vectors | None, ids: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.int16], float]:
    if index is None or vectors is None or not len(vectors):
        return np.full(len(ids), np.nan, np.float32), np.full(len(ids), -1, np.int16), 0.0
    best = index.scores(vectors[0], ids)
    nearest = np.where(np.isnan(best), -1, 0).astype(np.int16)
    for place, vector in enumerate(vectors[1:], start=1):
        similarities = index.scores(vector, ids)
        nearest[similarities > best] = place
        best = np.fmax(best, similarities)
    return best, nearest, float(np.max(vectors.astype(np.float64) @ index.mean))


def _arrays(candidates: Candidates, prefix: str) -> dict[str, NDArray[np.generic]]:
    return {
        f"{prefix}ids": candidates.ids,
        f"{prefix}visual": candidates.visual,
        f"{prefix}text": candidates.text,
        f"{prefix}nearest": candidates.nearest,
        f"{prefix}absent": np.array([candidates.absent_visual, candidates.absent_text]),
    }


def _candidates(arrays: dict[str, NDArray[np.generic]], prefix: str) -> Candidates:
    absent = arrays[f"{prefix}absent"].astype(np.float64)
    return Candidates(
        arrays[f"{prefix}ids"].astype(np.int64),
        arrays[f"{prefix}visual"].astype(np.float32),
        arrays[f"{prefix}text"].astype(np.float32),
        arrays[f"{prefix}nearest"].astype(np.int16),
        float(absent[0]),
        float(absent[1]),
    )
