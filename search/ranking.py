"""From query vectors to candidates: allowed figures, open indexes, similarities of both sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.encoders.protocols import SentenceEncoder, Vectors, VisualEncoder
from engine.index.exact import VectorIndex
from engine.ranking.candidates import Candidates, gather_candidates, score_candidates
from engine.sheets.reading import GrayImage
from search import runtime
from search.models import Modality
from search.selectors import vectors
from search.selectors.filters import figures_allowed


@dataclass(frozen=True, slots=True)
class QueryVectors:
    """Unit vectors (examples, dim) float32 of each side; None where the query has no such side."""

    visual: Vectors | None
    text: Vectors | None

    @property
    def is_empty(self) -> bool:
        return self.visual is None and self.text is None


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a search; `plain` has the same figures' similarities before likes and dislikes."""

    candidates: Candidates | None
    plain: Candidates | None
    encoder_keys: dict[str, str]
    index_versions: dict[str, int]
    last_embedding_ids: dict[str, int]


@dataclass(frozen=True, slots=True)
class Collection:
    """The indexes of both sides at one moment; None for a side without embeddings.

    index_versions: by modality, the versions that are searched. last_embedding_ids: by modality, the newest embedding.
    """

    drawn: VectorIndex | None
    written: VectorIndex | None
    index_versions: dict[str, int]
    last_embedding_ids: dict[str, int]

    def candidates(
        self, query: QueryVectors, allowed_ids: NDArray[np.int64] | None, excluded_ids: NDArray[np.int64] | None
    ) -> Candidates | None:
        """Return both sides' shortlists united (gather_candidates); None if no figure passes and can be compared."""
        sides = ((self.drawn, query.visual), (self.written, query.text))
        if not any(index is not None and side is not None for index, side in sides):
            return None
        found = gather_candidates(
            self.drawn, self.written, query.visual, query.text, allowed_ids=allowed_ids, excluded_ids=excluded_ids
        )
        return found if len(found.ids) else None


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


def stored_vectors(figure_ids: Sequence[int], side: Modality) -> dict[int, Vectors]:
    """The vectors (1, dim) of figures under the encoder in use, by figure; those without one are left out."""
    return vectors.vectors_of_figures(figure_ids, encoder_key=_encoder(side).key)


def find(
    *,
    query: QueryVectors,
    before_feedback: QueryVectors | None,
    filters: Mapping[str, str],
    excluded_ids: NDArray[np.int64] | None,
    as_of: Mapping[str, int] | None = None,
) -> Found:
    """Find all candidates of a query under the filters; None if no figure passes them and can be compared.

    before_feedback: the query without its likes and dislikes, to tell what they changed. as_of: by modality, the newest
    embedding to search, which repeats an earlier search; None searches all.
    """
    collection = collection_now() if as_of is None else collection_as_of(as_of)
    candidates = collection.candidates(query, figures_allowed(filters), excluded_ids)
    plain = None
    if candidates is not None and before_feedback is not None and not before_feedback.is_empty:
        plain = score_candidates(
            collection.drawn, collection.written, before_feedback.visual, before_feedback.text, candidates.ids
        )
    return Found(
        candidates=candidates,
        plain=plain,
        encoder_keys=encoder_keys(),
        index_versions=collection.index_versions,
        last_embedding_ids=collection.last_embedding_ids,
    )


def collection_now() -> Collection:
    """Return the whole collection, by the open indexes."""
    known = newest_embeddings()  # read first: a search may find more than it says, never less
    opened = {side: _open(side) for side in Modality}
    layered = {side: None if found is None else found.layered for side, found in opened.items()}
    versions = {side.value: found.version.pk for side, found in opened.items() if found is not None}
    return Collection(layered[Modality.VISUAL], layered[Modality.TEXT], versions, known)


def collection_as_of(known: Mapping[str, int]) -> Collection:
    """Return the collection as it was when these were the newest embeddings. Their rows are read, no index version."""
    then = {side: _index_of_then(side, known.get(side.value, 0)) for side in Modality}
    return Collection(then[Modality.VISUAL], then[Modality.TEXT], {}, dict(known))


def collection_at(known: Mapping[str, int]) -> Collection:
    """Return the collection as of these embeddings; by the open indexes if nothing was embedded since."""
    if newest_embeddings() == dict(known):
        now = collection_now()
        if now.last_embedding_ids == dict(known) == newest_embeddings():
            return now
    return collection_as_of(known)


def encoder_keys() -> dict[str, str]:
    """Return by modality the key of the encoder in use."""
    return {side.value: _encoder(side).key for side in Modality}


def newest_embeddings() -> dict[str, int]:
    """Return by modality the newest embedding that a search of now can find."""
    return {side.value: vectors.newest_embedding(_encoder(side).key) for side in Modality}


def _encoder(side: Modality) -> VisualEncoder | SentenceEncoder:
    return runtime.visual_encoder() if side is Modality.VISUAL else runtime.sentence_encoder()


def _open(side: Modality) -> runtime.OpenIndex | None:
    encoder = _encoder(side)
    return runtime.open_figures(encoder_key=encoder.key, dim=encoder.dim)


def _index_of_then(side: Modality, newest: int) -> VectorIndex | None:
    encoder = _encoder(side)
    return runtime.figures_as_of(encoder_key=encoder.key, dim=encoder.dim, newest=newest)
