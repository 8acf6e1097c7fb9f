"""From query vectors to ranked figures: allowed figures, both indexes, exact fusion over both shortlists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.encoding import SentenceEncoder, Vectors, VisualEncoder
from engine.fusion import Fusion, FusionQuery, Ranking, search_fused
from engine.index import LayeredIndex
from engine.publication import Note
from engine.reading import GrayImage
from search import runtime
from search.models import Figure, FigureEmbedding, Modality, QueryModality
from search.selectors.figures import figures_allowed, figures_of_own_family


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


def load_encoders() -> None:
    """Load both encoders; free when they are loaded."""
    for side in Modality:
        _encoder(side)


def warm_up() -> None:
    """Load both encoders and open their indexes, so that the first query finds all of it."""
    for side in Modality:
        _open(side)


def visual_vector(image: GrayImage) -> Vectors:
    """(1, dim) float32 of a query drawing."""
    vector: Vectors = runtime.visual_encoder().encode([image])
    return vector


def text_vector(sentences: Sequence[str]) -> Vectors:
    """(1, dim) float32: the mean of the sentences' vectors, renormalised."""
    return mean_vector(runtime.sentence_encoder().encode(sentences))


def mean_vector(vectors: Vectors) -> Vectors:
    """The mean of unit vectors, renormalised: (1, dim) float32, as the paper averages a figure's sentences."""
    mean = vectors.mean(axis=0, dtype=np.float64)
    norm = float(np.linalg.norm(mean))
    unit: Vectors = (mean / norm if norm else mean).astype(np.float32)
    return unit.reshape(1, -1)


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
    if figure is not None and vectors.visual is None:
        detail = "The model in use has not embedded this figure yet: hits are ranked by its text alone."
        notes = [Note("not-embedded", detail)]
    opened = {side: _open(side) for side in Modality}
    ranking = None
    if any(opened[side] is not None and sides[side] is not None for side in _needed(modality)):
        ranking = search_fused(
            _layered(opened[Modality.VISUAL]),
            _layered(opened[Modality.TEXT]),
            FusionQuery(Fusion(modality.value), _flat(vectors.visual), _flat(vectors.textual)),
            top,
            allowed_ids=figures_allowed(filters),
            excluded_ids=None if figure is None or include_family else figures_of_own_family(figure),
        )
    if ranking is None or not len(ranking.ids):
        notes.append(
            Note("nothing-found", "No figure of the collection passes the filters and can be ranked by this query.")
        )
    return Ranked(
        hits=() if ranking is None else _hits(ranking),
        notes=tuple(notes),
        encoder_keys={side.value: _encoder(side).key for side in Modality},
        index_versions={side.value: found.version.pk for side, found in opened.items() if found is not None},
    )


def _hits(ranking: Ranking) -> tuple[RankedHit, ...]:
    rows = zip(ranking.ids, ranking.scores, ranking.visual, ranking.text, strict=True)
    return tuple(
        RankedHit(int(figure_id), float(score), _number(visual), _number(text))
        for figure_id, score, visual, text in rows
    )


def _modality_in_reach(
    modality: QueryModality, sides: Mapping[Modality, Vectors | None]
) -> tuple[QueryModality, list[Note]]:
    if all(sides[side] is not None for side in _needed(modality)):
        return modality, []
    if sides[Modality.VISUAL] is not None:
        return QueryModality.VISUAL, [Note("no-text", "The query has no text: hits are ranked by the drawing alone.")]
    return QueryModality.TEXT, [Note("no-drawing", "The query has no drawing: hits are ranked by text alone.")]


def _needed(modality: QueryModality) -> list[Modality]:
    alone = {QueryModality.VISUAL: [Modality.VISUAL], QueryModality.TEXT: [Modality.TEXT]}
    return alone.get(modality, list(Modality))


def _encoder(side: Modality) -> VisualEncoder | SentenceEncoder:
    return runtime.visual_encoder() if side is Modality.VISUAL else runtime.sentence_encoder()


def _open(side: Modality) -> runtime.OpenIndex | None:
    encoder = _encoder(side)
    return runtime.open_figures(encoder_key=encoder.key, dim=encoder.dim)


def _layered(opened: runtime.OpenIndex | None) -> LayeredIndex | None:
    return None if opened is None else opened.layered


def _flat(vector: Vectors | None) -> NDArray[np.float32] | None:
    return None if vector is None else vector[0]


def _number(value: np.float32) -> float | None:
    """NaN, the engine's word for "has none", is no JSON and no database value."""
    return None if np.isnan(value) else float(value)
