"""Embeddings and index versions, as the runtime and the builders need them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from numpy.typing import NDArray

from engine.encoders.protocols import Vectors
from search.models import Figure, FigureEmbedding, IndexState, IndexVersion, Modality, SentenceLink


def servable_versions(encoder_key: str) -> list[IndexVersion]:
    """The active version first, then the superseded ones that are still on disk, newest first."""
    versions = IndexVersion.objects.filter(
        encoder_key=encoder_key, state__in=[IndexState.ACTIVE, IndexState.SUPERSEDED]
    )
    return sorted(versions, key=lambda version: (version.state != IndexState.ACTIVE, -version.pk))


def active_versions() -> dict[str, IndexVersion]:
    """The newest active version by modality: what the page footer and the API name as the models in use."""
    active = IndexVersion.objects.filter(state=IndexState.ACTIVE).order_by("activated_at")
    return {version.modality: version for version in active}


def embedding_state(encoder_key: str, last_of_version: int) -> tuple[int, int, int]:
    """Counts of the embeddings up to and beyond a version's last one, and the largest key; changes with each change.

    Counts too, since keys are given out before they are committed: a smaller one may appear after a larger one.
    """
    found = FigureEmbedding.objects.filter(encoder_key=encoder_key).aggregate(
        within=Count("pk", filter=Q(pk__lte=last_of_version)),
        beyond=Count("pk", filter=Q(pk__gt=last_of_version)),
        newest=Max("pk"),
    )
    return found["within"], found["beyond"], found["newest"] or 0


def embedded_figures(encoder_key: str) -> NDArray[np.int64]:
    """Figure ids with an embedding of this encoder, ascending int64."""
    ids = FigureEmbedding.objects.filter(encoder_key=encoder_key).order_by("figure_id")
    return np.fromiter(ids.values_list("figure_id", flat=True).iterator(chunk_size=10_000), dtype=np.int64)


def embeddings_after(*, encoder_key: str, after: int, dim: int) -> tuple[NDArray[np.int64], Vectors]:
    """Figure ids (n,) int64 and vectors (n, dim) float32 of the embeddings with pk > after, by figure."""
    rows = (
        FigureEmbedding.objects.filter(encoder_key=encoder_key, pk__gt=after)
        .order_by("figure_id")
        .values_list("figure_id", "vector")
    )
    ids: list[int] = []
    packed = bytearray()
    for figure_id, vector in rows.iterator(chunk_size=5000):
        ids.append(figure_id)
        packed += vector
    return np.asarray(ids, dtype=np.int64), np.frombuffer(packed, dtype="<f4").reshape(len(ids), dim)


def embeddings_until(*, encoder_key: str, newest: int, dim: int) -> tuple[NDArray[np.int64], Vectors]:
    """As embeddings_after, those with pk <= newest of figures that are still shown."""
    retired = retired_figures()
    rows = (
        FigureEmbedding.objects.filter(encoder_key=encoder_key, pk__lte=newest)
        .order_by("figure_id")
        .values_list("figure_id", "vector")
    )
    ids: list[int] = []
    packed = bytearray()
    for figure_id, vector in rows.iterator(chunk_size=5000):
        if figure_id not in retired:
            ids.append(figure_id)
            packed += vector
    return np.asarray(ids, dtype=np.int64), np.frombuffer(packed, dtype="<f4").reshape(len(ids), dim)


def vectors_of_figures(figure_ids: Sequence[int], *, encoder_key: str) -> dict[int, Vectors]:
    """(1, dim) float32 by figure, for those of the figures that this encoder has embedded."""
    stored = FigureEmbedding.objects.filter(figure_id__in=figure_ids, encoder_key=encoder_key)
    return {embedding.figure_id: embedding.as_array() for embedding in stored}


def newest_embedding(encoder_key: str) -> int:
    """The largest key of an embedding of this encoder, 0 where there is none."""
    found = FigureEmbedding.objects.filter(encoder_key=encoder_key).aggregate(newest=Max("pk"))
    return found["newest"] or 0


def retired_figures() -> frozenset[int]:
    """Figures that must not be shown: their own or their publication's retirement."""
    retired = Figure.objects.filter(Q(retired_at__isnull=False) | Q(sheet__publication__retired_at__isnull=False))
    return frozenset(retired.values_list("pk", flat=True))


def figures_without_vectors(*, visual_key: str, sentence_key: str) -> QuerySet[Figure]:
    """Figures that are shown and lack the vector of their drawing, or of their linked text, under these encoders."""
    drawn = FigureEmbedding.objects.filter(encoder_key=visual_key, figure=OuterRef("pk"))
    written = FigureEmbedding.objects.filter(encoder_key=sentence_key, figure=OuterRef("pk"))
    linked = SentenceLink.objects.filter(figure=OuterRef("pk"))
    return Figure.objects.filter(retired_at=None).filter(~Exists(drawn) | (Exists(linked) & ~Exists(written)))


def delta_count(version: IndexVersion) -> int:
    """How many embeddings came after a version was built."""
    return FigureEmbedding.objects.filter(encoder_key=version.encoder_key, pk__gt=version.last_embedding_id).count()


def embedded_keys(modality: Modality) -> list[str]:
    """Encoder keys with embeddings of this modality, sorted."""
    keys = FigureEmbedding.objects.filter(modality=modality).values_list("encoder_key", flat=True)
    return sorted(keys.distinct())
