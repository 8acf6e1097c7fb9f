"""Index versions: built, activated, replaced; the previous one is used if the newest is damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytest_django import Settings

from engine.encoders.protocols import Vectors
from search import runtime
from search.models import Figure, FigureEmbedding, IndexState, IndexVersion, Modality
from search.services.embeddings import embeddings_store
from search.services.indexes import index_build, indexes_refresh
from tests.factories import publication_make

pytestmark = pytest.mark.django_db

KEY, DIM = "tests/visual@0", 8


@pytest.fixture(autouse=True)
def _own_indexes(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.INDEX_ROOT = tmp_path
    monkeypatch.setattr(runtime, "open_indexes", {})


def unit_vectors(count: int, seed: int = 0) -> Vectors:
    """Return random unit vectors, (count, DIM) float32."""
    drawn = np.random.default_rng(seed).normal(size=(count, DIM)).astype(np.float32)
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), dtype=np.float32)


def embed(figures: list[Figure], vectors: Vectors) -> None:
    sources = {figure.pk: "0" * 64 for figure in figures}
    embeddings_store(modality=Modality.VISUAL, encoder_key=KEY, figures=figures, vectors=vectors, sources=sources)


def nearest(vector: Vectors) -> tuple[int, float]:
    """Return figure and similarity of the best hit in the open index."""
    opened = runtime.open_figures(encoder_key=KEY, dim=DIM)
    assert opened is not None
    scores, ids = opened.layered.search(vector, 1)
    return int(ids[0][0]), float(scores[0][0])


@pytest.fixture
def figures() -> list[Figure]:
    publication_make(sheets=4)
    return list(Figure.objects.order_by("pk"))


def test_a_changed_embedding_is_replaced(figures: list[Figure]) -> None:
    embed(figures, unit_vectors(4))
    before = FigureEmbedding.objects.get(figure=figures[0])
    embed(figures[:1], unit_vectors(1, seed=1))
    after = FigureEmbedding.objects.get(figure=figures[0])
    assert FigureEmbedding.objects.count() == 4
    assert after.pk > before.pk  # a new row, so that open indexes see it
    np.testing.assert_array_equal(after.as_array(), unit_vectors(1, seed=1))


def test_the_first_version_is_built_and_active_and_the_second_supersedes_it(figures: list[Figure]) -> None:
    embed(figures, unit_vectors(4))
    (first,) = indexes_refresh()
    assert (first.state, first.figure_count, first.dim) == (IndexState.ACTIVE, 4, DIM)
    assert indexes_refresh() == []  # nothing new
    (second,) = indexes_refresh(force=True)
    first.refresh_from_db()
    assert (first.state, second.state) == (IndexState.SUPERSEDED, IndexState.ACTIVE)
    assert runtime.index_directory(first).is_dir()


def test_only_one_older_generation_is_kept(figures: list[Figure]) -> None:
    embed(figures, unit_vectors(4))
    versions = [index_build(modality=Modality.VISUAL, encoder_key=KEY) for _ in range(3)]
    assert [runtime.index_directory(version).is_dir() for version in versions if version] == [False, True, True]
    states = list(IndexVersion.objects.order_by("pk").values_list("state", flat=True))
    assert states == [IndexState.FAILED, IndexState.SUPERSEDED, IndexState.ACTIVE]


def test_a_figure_embedded_after_the_build_is_found_at_once(figures: list[Figure]) -> None:
    vectors = unit_vectors(4)
    embed(figures[:3], vectors[:3])
    indexes_refresh()
    assert nearest(vectors[1:2])[0] == figures[1].pk
    embed(figures[3:], vectors[3:])
    assert nearest(vectors[3:])[0] == figures[3].pk
    replaced = unit_vectors(1, seed=7)
    embed(figures[:1], replaced)
    figure, similarity = nearest(replaced)
    assert figure == figures[0].pk
    assert similarity == pytest.approx(1.0, abs=1e-5)


def test_a_retired_figure_is_not_found(figures: list[Figure]) -> None:
    vectors = unit_vectors(4)
    embed(figures, vectors)
    indexes_refresh()
    Figure.objects.filter(pk=figures[2].pk).update(retired_at=figures[0].sheet.publication.stored_at)
    assert nearest(vectors[2:3])[0] != figures[2].pk


def test_the_previous_version_is_used_when_the_newest_is_damaged(
    figures: list[Figure], caplog: pytest.LogCaptureFixture
) -> None:
    vectors = unit_vectors(4)
    embed(figures, vectors)
    (first,) = indexes_refresh()
    (second,) = indexes_refresh(force=True)
    largest = max(runtime.index_directory(second).iterdir(), key=lambda file: file.stat().st_size)
    largest.write_bytes(largest.read_bytes()[:-7])
    opened = runtime.open_figures(encoder_key=KEY, dim=DIM)
    assert opened is not None
    assert opened.version.pk == first.pk
    assert nearest(vectors[2:3])[0] == figures[2].pk
    assert f"version={second.pk}" in caplog.text


def test_without_a_version_there_is_no_open_index() -> None:
    assert runtime.open_figures(encoder_key=KEY, dim=DIM) is None
