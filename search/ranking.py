"""From query vectors to ranked figures: allowed figures, both indexes, exact fusion over the union of the shortlists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.encoding import Vectors
from engine.fusion import Fusion, fuse
from engine.publication import Note
from engine.reading import GrayImage
from search import runtime
from search.models import Figure, FigureEmbedding, Modality, QueryModality
from search.selectors.figures import figures_allowed, figures_of_own_family

SHORTLIST_FACTOR = 4
SMALLEST_SHORTLIST = 200


@dataclass(frozen=True, slots=True)
class QueryVectors:
    """Unit vectors (1, dim) float32; None where the query has no such side."""

    visual: Vectors | None
    textual: Vectors | None


@dataclass(frozen=True, slots=True)
class RankedHit:
    """A figure with its fused score and both cosine similarities; NaN never leaves this module."""

    figure_id: int
    score: float
    visual: float | None
    text: float | None


@dataclass(frozen=True, slots=True)
class Ranked:
    hits: tuple[RankedHit, ...]
    notes: tuple[Note, ...]
    encoder_keys: dict[str, str]
    index_versions: dict[str, int]


def warm_up() -> None:
    """Load both encoders and open their indexes; free when that is done."""
    for side in Modality:
        _open(side)


def visual_vector(image: GrayImage) -> Vectors:
    """(1, dim) float32 of a query drawing."""
    return runtime.visual_encoder().encode([image])


def text_vector(sentences: Sequence[str]) -> Vectors:
    """(1, dim) float32: the mean of the sentences' vectors, renormalised."""
    return mean_vector(runtime.sentence_encoder().encode(sentences))


def mean_vector(vectors: Vectors) -> Vectors:
    """The mean of unit vectors, renormalised: (1, dim) float32, as the paper averages a figure's sentences."""
    mean = vectors.mean(axis=0, dtype=np.float64)
    norm = float(np.linalg.norm(mean))
    return (mean / norm if norm else mean).astype(np.float32).reshape(1, -1)


def stored_vectors(figure: Figure) -> tuple[Vectors | None, Vectors | None]:
    """The visual and text vector of a figure of the collection under the encoders in use."""
    keys = (runtime.visual_encoder().key, runtime.sentence_encoder().key)
    stored = {
        embedding.encoder_key: embedding.as_array()
        for embedding in FigureEmbedding.objects.filter(figure=figure, encoder_key__in=keys)
    }
    return stored.get(keys[0]), stored.get(keys[1])


def rank(
    *,
    vectors: QueryVectors,
    modality: QueryModality,
    top: int,
    filters: Mapping[str, Any],
    figure: Figure | None,
    include_family: bool,
) -> Ranked:
    """The best `top` figures.

    A side that the query lacks cannot be ranked by; the note says so. Figures of the query's own publication and of
    its family are left out unless asked for.
    """
    sides = {Modality.VISUAL: vectors.visual, Modality.TEXT: vectors.textual}
    modality, notes = _modality_in_reach(modality, sides)
    allowed = figures_allowed(filters)
    left_out = figures_of_own_family(figure) if figure is not None and not include_family else frozenset()
    shortlist = max(SMALLEST_SHORTLIST, SHORTLIST_FACTOR * top) + len(left_out)
    opened = {side: _open(side) for side in Modality}
    candidates = _candidates(opened, sides, modality, allowed, shortlist, left_out)
    scores = {side: _similarities(opened[side], sides[side], candidates) for side in Modality}
    fused = fuse(Fusion(modality.value), scores[Modality.VISUAL], scores[Modality.TEXT])
    order = [place for place in np.lexsort((candidates, -fused)) if np.isfinite(fused[place])][:top]
    return Ranked(
        hits=tuple(
            RankedHit(
                figure_id=int(candidates[place]),
                score=float(fused[place]),
                visual=_number(scores[Modality.VISUAL][place]),
                text=_number(scores[Modality.TEXT][place]),
            )
            for place in order
        ),
        notes=tuple(notes),
        encoder_keys={side.value: _encoder(side).key for side in Modality},
        index_versions={side.value: found.version.pk for side, found in opened.items() if found is not None},
    )


def _modality_in_reach(
    modality: QueryModality, sides: Mapping[Modality, Vectors | None]
) -> tuple[QueryModality, list[Note]]:
    wanted = {
        QueryModality.VISUAL: [Modality.VISUAL],
        QueryModality.TEXT: [Modality.TEXT],
    }.get(modality, list(Modality))
    if all(sides[side] is not None for side in wanted):
        return modality, []
    if sides[Modality.VISUAL] is not None:
        return QueryModality.VISUAL, [Note("no-text", "The query has no text, so hits are ranked by the drawing alone.")]
    return QueryModality.TEXT, [Note("no-drawing", "The query has no drawing, so hits are ranked by text alone.")]


def _encoder(side: Modality) -> Any:
    return runtime.visual_encoder() if side is Modality.VISUAL else runtime.sentence_encoder()


def _open(side: Modality) -> runtime.OpenIndex | None:
    encoder = _encoder(side)
    return runtime.open_figures(encoder_key=encoder.key, dim=encoder.dim)


def _candidates(
    opened: Mapping[Modality, runtime.OpenIndex | None],
    sides: Mapping[Modality, Vectors | None],
    modality: QueryModality,
    allowed: NDArray[np.int64] | None,
    shortlist: int,
    left_out: frozenset[int],
) -> NDArray[np.int64]:
    found: set[int] = set()
    for side, vector in sides.items():
        index = opened[side]
        used = modality.value == side.value or modality not in (QueryModality.VISUAL, QueryModality.TEXT)
        if index is not None and vector is not None and used:
            _, ids = index.layered().search(vector, shortlist, allowed)
            found.update(int(figure_id) for figure_id in ids[0] if figure_id >= 0)
    return np.asarray(sorted(found - left_out), dtype=np.int64)


def _similarities(
    opened: runtime.OpenIndex | None, vector: Vectors | None, candidates: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Exact cosine of every candidate, (n,) float32; NaN where the figure or the query has no vector."""
    if opened is None or vector is None:
        return np.full(len(candidates), np.nan, dtype=np.float32)
    similarities: NDArray[np.float32] = opened.layered().similarities(vector, candidates)
    return similarities


def _number(value: np.float32) -> float | None:
    return None if np.isnan(value) else float(value)
