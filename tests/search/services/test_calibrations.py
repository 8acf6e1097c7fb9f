"""Calibrations of small collections: once, again after growth, and without relatives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytest_django import Settings

from engine.encoders.protocols import Vectors
from engine.ranking.calibration import FEWEST
from search import runtime
from search.models import Calibration, CalibrationQuery, Figure, Modality, Publication
from search.selectors.calibrations import relatives_of_figures, sampled_sentences
from search.services import calibrations
from search.services.calibrations import calibrations_refresh
from search.services.embeddings import embeddings_store
from search.services.indexes import indexes_refresh
from tests.factories import publication_make

pytestmark = pytest.mark.django_db

VISUAL_KEY, TEXT_KEY, DIM = "tests/visual@0", "tests/text@0", 8


class StandInSentences:
    """An encoder that counts the letters of each sentence."""

    key, dim = TEXT_KEY, DIM

    def encode(self, sentences: list[str]) -> Vectors:
        counted = np.array([[1 + text.count(letter) for letter in "aeiourst"] for text in sentences], dtype=np.float32)
        return np.asarray(counted / np.linalg.norm(counted, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture(autouse=True)
def _own_runtime(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.INDEX_ROOT = tmp_path
    monkeypatch.setattr(runtime, "open_indexes", {})
    monkeypatch.setattr(runtime, "sentence_encoder", StandInSentences)


def collection_make(publications: int, sheets: int, *, first: int = 0) -> list[Figure]:
    """Publications without relatives, with random vectors of drawings and texts."""
    made = []
    for number in range(first, first + publications):
        publication = publication_make(f"EP{1000000 + number}A1", sheets=sheets)
        Publication.objects.filter(pk=publication.pk).update(family_key=f"F{number}", application_number=f"A{number}")
        made += list(Figure.objects.filter(sheet__publication=publication).order_by("pk"))
    for modality, key, seed in ((Modality.VISUAL, VISUAL_KEY, 1 + first), (Modality.TEXT, TEXT_KEY, 2 + first)):
        drawn = np.random.default_rng(seed).normal(size=(len(made), DIM)).astype(np.float32)
        vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
        sources = {figure.pk: "0" * 64 for figure in made}
        embeddings_store(modality=modality, encoder_key=key, figures=made, vectors=vectors, sources=sources)
    return made


def test_each_side_is_calibrated_once_and_again_only_after_growth() -> None:
    collection_make(publications=13, sheets=4)
    indexes_refresh()
    made = calibrations_refresh()
    assert {(row.modality, row.asked_with) for row in made} == {
        (Modality.VISUAL, CalibrationQuery.FIGURE),
        (Modality.TEXT, CalibrationQuery.FIGURE),
        (Modality.TEXT, CalibrationQuery.SENTENCE),
    }
    assert all((row.sampled_count, row.figure_count, len(row.quantiles)) == (52, 52, 101) for row in made)
    assert all(row.quantiles == sorted(row.quantiles) for row in made)
    assert calibrations_refresh() == []
    collection_make(publications=1, sheets=4, first=13)  # less than a fifth more
    assert calibrations_refresh() == []
    collection_make(publications=2, sheets=4, first=14)
    assert {row.figure_count for row in calibrations_refresh()} == {64}
    assert Calibration.objects.count() == 6


def test_the_quantiles_are_those_of_the_nearest_unrelated_figures() -> None:
    figures = collection_make(publications=13, sheets=4)
    indexes_refresh()
    visual = next(row for row in calibrations_refresh() if row.modality == Modality.VISUAL)
    drawn = np.random.default_rng(1).normal(size=(len(figures), DIM)).astype(np.float32)
    vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    similarities = vectors @ vectors.T
    publication = np.arange(len(figures)) // 4
    similarities[publication[:, np.newaxis] == publication] = -1
    expected = np.percentile(similarities.max(axis=1), [0, 50, 100])
    assert [visual.quantiles[at] for at in (0, 50, 100)] == pytest.approx(expected.tolist(), abs=1e-5)


def test_few_figures_and_figures_without_unrelated_ones_are_not_calibrated() -> None:
    collection_make(publications=12, sheets=4)
    indexes_refresh()
    assert Figure.objects.count() < FEWEST
    assert calibrations_refresh() == []
    collection_make(publications=1, sheets=4, first=12)
    Publication.objects.update(family_key="one family")
    assert calibrations_refresh() == []


def test_calibration_continues_in_the_next_run_when_the_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    collection_make(publications=13, sheets=4)
    indexes_refresh()
    monkeypatch.setattr(calibrations, "BUDGET_SECONDS", -1.0)
    assert calibrations_refresh() == []
    monkeypatch.setattr(calibrations, "BUDGET_SECONDS", 60.0)
    assert len(calibrations_refresh()) == 3


def test_without_an_index_nothing_is_calibrated() -> None:
    assert calibrations_refresh() == []


def test_relatives_are_the_figures_of_publication_and_family() -> None:
    figures = collection_make(publications=3, sheets=2)
    Publication.objects.filter(reference__in=["EP1000000A1", "EP1000002A1"]).update(family_key="F")
    pks = [figure.pk for figure in figures]
    relatives = relatives_of_figures([pks[0], pks[1], pks[2]])
    assert [sorted(some.tolist()) for some in relatives] == [[*pks[:2], *pks[4:]], [*pks[:2], *pks[4:]], pks[2:4]]


def test_sampled_sentences_are_linked_to_their_figure() -> None:
    first, second = collection_make(publications=1, sheets=2)
    second.links.all().delete()
    found = sampled_sentences([first.pk, second.pk], seed=1)
    assert list(found) == [first.pk]
    assert found[first.pk] in {link.sentence.text for link in first.links.select_related("sentence__paragraph")}
    assert found == sampled_sentences([first.pk, second.pk], seed=1)
