"""The collection as arrays for evaluation: figures with their publications and vectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.encoders.protocols import Vectors
from engine.evaluation.collection import CollectionVectors
from search.models import FigureEmbedding, IndexVersion, Modality
from search.selectors.figures import figures_to_show
from search.selectors.vectors import active_versions


@dataclass(frozen=True, slots=True)
class EvaluatedCollection:
    """All searchable figures. publications: one reference per figure. versions: index version by modality."""

    figures: tuple[int, ...]
    publications: tuple[str, ...]
    vectors: CollectionVectors
    versions: dict[str, IndexVersion]


def collection_to_evaluate() -> EvaluatedCollection:
    """Return every figure that a search may show, in the order of their keys."""
    rows = list(figures_to_show().order_by("pk").values_list("pk", "sheet__publication__reference"))
    figures = tuple(pk for pk, _ in rows)
    versions = active_versions()
    return EvaluatedCollection(
        figures=figures,
        publications=tuple(reference for _, reference in rows),
        vectors=CollectionVectors(
            visual=_vectors(versions.get(Modality.VISUAL), figures),
            text=_vectors(versions.get(Modality.TEXT), figures),
        ),
        versions=versions,
    )


def _vectors(version: IndexVersion | None, figures: tuple[int, ...]) -> Vectors | None:
    """Return (len(figures), dim) float32, with NaN rows for figures without a vector of this encoder."""
    if version is None:
        return None
    row_of = {figure: row for row, figure in enumerate(figures)}
    vectors = np.full((len(figures), version.dim), np.nan, dtype=np.float32)
    stored = FigureEmbedding.objects.filter(encoder_key=version.encoder_key, figure__in=figures)
    for figure_id, vector in stored.values_list("figure_id", "vector").iterator(chunk_size=5000):
        vectors[row_of[figure_id]] = np.frombuffer(vector, dtype="<f4")
    return vectors
