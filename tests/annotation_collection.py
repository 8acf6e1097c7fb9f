"""A small searchable collection with stand-in encoders: vectors of eight numbers, where only shapes matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings as configured
from pytest_django import Settings

from engine.encoders.protocols import Vectors
from engine.sheets.reading import GrayImage
from search import runtime
from search.models import Figure, Modality, Publication
from search.services.embeddings import embeddings_store
from search.services.indexes import indexes_refresh
from tests.factories import publication_make

DIM = 8
KEYS = {Modality.VISUAL: "tests/visual@0", Modality.TEXT: "tests/text@0"}


class StandInDrawings:
    """Encodes an image as the means of eight stripes."""

    key, dim = KEYS[Modality.VISUAL], DIM

    def encode(self, images: Sequence[GrayImage]) -> Vectors:
        return unit(np.array([[stripe.mean() for stripe in np.array_split(255 - image, DIM)] for image in images]) + 1)


class StandInSentences:
    """Encodes a sentence by its letters."""

    key, dim = KEYS[Modality.TEXT], DIM

    def encode(self, sentences: Sequence[str]) -> Vectors:
        return unit(np.array([[1.0 + text.count(letter) for letter in "aeiourst"] for text in sentences]))


def unit(rows: np.ndarray) -> Vectors:
    """Normalize vectors: (n, dim) float32 of length one."""
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def use_stand_ins(settings: Settings, folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Use stand-in encoders, and indexes of this test alone."""
    settings.INDEX_ROOT = folder
    _stand_in(patch)


@contextmanager
def standing_in(folder: Path) -> Iterator[None]:
    """Use stand-in encoders, and indexes shared by a module's tests; each test also calls `index_reopen`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(configured, "INDEX_ROOT", folder)
        _stand_in(patch)
        yield


def index_reopen(patch: pytest.MonkeyPatch) -> None:
    """Open the index as it was built, without what another test of the module has embedded since."""
    patch.setattr(runtime, "open_indexes", {})


def _stand_in(patch: pytest.MonkeyPatch) -> None:
    index_reopen(patch)
    patch.setattr(runtime, "visual_encoder", StandInDrawings)
    patch.setattr(runtime, "sentence_encoder", StandInSentences)


def collection_make(
    publications: int = 12, sheets: int = 2, *, first: int = 0, without_text: int = 0, index: bool = True
) -> list[Figure]:
    """Make unrelated publications with random vectors; the last `without_text` figures have no text vector."""
    made: list[Figure] = []
    for number in range(first, first + publications):
        publication = publication_make(f"EP{1000000 + number}A1", sheets=sheets, title=f"Pump {number}")
        Publication.objects.filter(pk=publication.pk).update(family_key=f"F{number}", application_number=f"A{number}")
        made += list(Figure.objects.filter(sheet__publication=publication).order_by("pk"))
    for place, (side, key) in enumerate(KEYS.items()):
        chosen = made[: len(made) - without_text] if side is Modality.TEXT else made
        vectors = unit(np.random.default_rng(2 * first + place + 1).normal(size=(len(chosen), DIM)))
        sources = {figure.pk: "0" * 64 for figure in chosen}
        embeddings_store(modality=side, encoder_key=key, figures=chosen, vectors=vectors, sources=sources)
    if index:
        indexes_refresh()
    return made
