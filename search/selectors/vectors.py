"""Embeddings and index versions, for building and opening indexes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from numpy.typing import NDArray

from engine.encoders.protocols import Vectors
from search.models import Figure, FigureEmbedding, IndexState, IndexVersion, Modality, SentenceLink


def servable_versions(encoder_key: str) -> list[IndexVersion]:
    """Return the active version first, then the superseded ones, newest first."""
    versions = IndexVersion.objects.filter(
        encoder_key=encoder_key, state__in=[IndexState.ACTIVE, IndexState.SUPERSEDED]
    )
    return sorted(versions, key=lambda version: (version.state != IndexState.ACTIVE, -version.pk))


def active_versions() -> dict[str, IndexVersion]:
    """Return the newest active version by modality: the models in use."""
    active = IndexVersion.objects.filter(state=IndexState.ACTIVE).order_by("activated_at")
    return {version.modality: version for version in active}


def embedding_state(encoder_key: str, last_of_version: int) -> tuple[int, int, int]:
    """Return a state that changes whenever embeddings do: counts up to and after a version's last one, largest key.

    Counts are needed, since a row with a smaller key may be committed after one with a larger key.
    """
    found = FigureEmbedding.objects.filter(encoder_key=encoder_key).aggregate(
        within=Count("pk", filter=Q(pk__lte=last_of_version)),
        beyond=Count("pk", filter=Q(pk__gt=last_of_version)),
        newest=Max("pk"),
    )
    return found["within"], found["beyond"], found["newest"] or 0


def embedded_figures(encoder_key: str) -> NDArray[np.int64]:
    """Return the ids of figures with an embedding of this encoder, ascending, int64."""
    ids = FigureEmbedding.objects.filter(encoder_key=encoder_key).order_by("figure_id")
    return np.fromiter(ids.values_list("figure_id", flat=True).iterator(chunk_size=10_000), dtype=np.int64)


def embeddings_after(*, encoder_key: str, after: int, dim: int) -> tuple[NDArray[np.int64], Vectors]:
    """Return figure ids (n,) int64 and vectors (n, dim) float32 of the embeddings with pk > after, by figure."""
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
    """Return ids and vectors as embeddings_after does, of embeddings with pk <= newest whose figure is not retired."""
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
    """Return vectors, (1, dim) float32, by figure, for the figures that have one of this encoder."""
    stored = FigureEmbedding.objects.filter(figure_id__in=figure_ids, encoder_key=encoder_key)
    return {embedding.figure_id: embedding.as_array() for embedding in stored}


def newest_embedding(encoder_key: str) -> int:
    """Return the largest key of an embedding of this encoder, 0 if there is none."""
    found = FigureEmbedding.objects.filter(encoder_key=encoder_key).aggregate(newest=Max("pk"))
    return found["newest"] or 0


def retired_figures() -> frozenset[int]:
    """Return the keys of figures that are retired, or whose publication is."""
    retired = Figure.objects.filter(Q(retired_at__isnull=False) | Q(sheet__publication__retired_at__isnull=False))
    return frozenset(retired.values_list("pk", flat=True))


def figures_without_vectors(*, visual_key: str, sentence_key: str) -> QuerySet[Figure]:
    """Return the figures without a vector of their drawing, or of their linked sentences, under these encoders."""
    drawn = FigureEmbedding.objects.filter(encoder_key=visual_key, figure=OuterRef("pk"))
    written = FigureEmbedding.objects.filter(encoder_key=sentence_key, figure=OuterRef("pk"))
    linked = SentenceLink.objects.filter(figure=OuterRef("pk"))
    return Figure.objects.filter(retired_at=None).filter(~Exists(drawn) | (Exists(linked) & ~Exists(written)))


def delta_count(version: IndexVersion) -> int:
    """Return how many embeddings are newer than an index version."""
    return FigureEmbedding.objects.filter(encoder_key=version.encoder_key, pk__gt=version.last_embedding_id).count()


def embedded_keys(modality: Modality) -> list[str]:
    """Return the encoder keys with embeddings of this modality, sorted."""
    keys = FigureEmbedding.objects.filter(modality=modality).values_list("encoder_key", flat=True)
    return sorted(keys.distinct())
