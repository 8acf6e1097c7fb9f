"""Compute and store the vectors of figures: one of the drawing, one of the sentences linked to it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from django.db import connection, transaction

from engine.encoders.protocols import SentenceEncoder, Vectors
from engine.imaging import decode_png
from search import runtime
from search.files import file_read
from search.models import Figure, FigureEmbedding, Modality, Publication, SentenceLink
from search.ranking import mean_vector

EMBEDDING_LOCK = 7_203_011
"""Advisory lock: shared by writers of embeddings, exclusive for the builder of an index. So every embedding is either
in the built version or has a key above its last_embedding_id."""

IMAGES_AT_ONCE = 16


def publication_encode(*, publication: Publication) -> None:
    """Compute the vectors of a publication's figures that are new or have changed."""
    figures = list(
        Figure.objects.filter(sheet__publication=publication, retired_at=None).order_by("pk").select_related("sheet")
    )
    _encode_drawings(figures)
    _encode_texts(figures)


def _encode_drawings(figures: Sequence[Figure]) -> None:
    encoder = runtime.visual_encoder()
    sources = {figure.pk: hashlib.sha256(figure.crop.encode()).hexdigest() for figure in figures}
    waiting = _changed(figures, encoder.key, sources)
    for start in range(0, len(waiting), IMAGES_AT_ONCE):
        some = waiting[start : start + IMAGES_AT_ONCE]
        vectors = encoder.encode([decode_png(file_read(figure.crop)) for figure in some])
        embeddings_store(
            modality=Modality.VISUAL, encoder_key=encoder.key, figures=some, vectors=vectors, sources=sources
        )


def _encode_texts(figures: Sequence[Figure]) -> None:
    encoder = runtime.sentence_encoder()
    texts = _linked_texts(figures)
    without = [figure.pk for figure in figures if not texts[figure.pk]]
    FigureEmbedding.objects.filter(figure_id__in=without, encoder_key=encoder.key).delete()
    sources = {pk: hashlib.sha256("\n".join(sentences).encode()).hexdigest() for pk, sentences in texts.items()}
    waiting = _changed([figure for figure in figures if texts[figure.pk]], encoder.key, sources)
    if not waiting:
        return
    vectors = _mean_of_each([texts[figure.pk] for figure in waiting], encoder)
    embeddings_store(modality=Modality.TEXT, encoder_key=encoder.key, figures=waiting, vectors=vectors, sources=sources)


def _mean_of_each(texts: Sequence[Sequence[str]], encoder: SentenceEncoder) -> Vectors:
    """Return the mean vector of each text's sentences, (len(texts), dim) float32; each sentence is encoded once."""
    distinct = sorted({sentence for sentences in texts for sentence in sentences})
    row_of = {sentence: row for row, sentence in enumerate(distinct)}
    encoded = encoder.encode(distinct)
    return np.concatenate([mean_vector(encoded[[row_of[sentence] for sentence in some]]) for some in texts])


def _linked_texts(figures: Sequence[Figure]) -> dict[int, list[str]]:
    texts: dict[int, list[str]] = {figure.pk: [] for figure in figures}
    links = (
        SentenceLink.objects.filter(figure__in=figures)
        .select_related("sentence__paragraph")
        .order_by("figure_id", "sentence__position", "reason")
    )
    for link in links:
        text = link.sentence.text
        if text not in texts[link.figure_id]:
            texts[link.figure_id].append(text)
    return texts


def _changed(figures: Sequence[Figure], encoder_key: str, sources: dict[int, str]) -> list[Figure]:
    stored = dict(
        FigureEmbedding.objects.filter(figure__in=figures, encoder_key=encoder_key).values_list("figure_id", "source")
    )
    return [figure for figure in figures if stored.get(figure.pk) != sources[figure.pk]]


@transaction.atomic
def embeddings_store(
    *, modality: Modality, encoder_key: str, figures: Sequence[Figure], vectors: Vectors, sources: dict[int, str]
) -> None:
    """Store one vector per figure; vectors of the same encoder key are replaced.

    vectors: (len(figures), dim) float32. sources: SHA-256 of what was embedded, by figure. Replacing adds a new row, so
    that open indexes see it among the embeddings newer than their version.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [EMBEDDING_LOCK])
    FigureEmbedding.objects.filter(figure__in=figures, encoder_key=encoder_key).delete()
    FigureEmbedding.objects.bulk_create(
        [
            FigureEmbedding(
                figure=figure,
                modality=modality,
                encoder_key=encoder_key,
                source=sources[figure.pk],
                vector=np.ascontiguousarray(vector, dtype="<f4").tobytes(),
            )
            for figure, vector in zip(figures, vectors, strict=True)
        ]
    )
