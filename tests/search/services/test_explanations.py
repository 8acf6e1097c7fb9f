"""Explanations: requested once, computed by the worker, retried after a failure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User

from engine.encoders.protocols import Vectors
from search import queue, runtime
from search.models import Explanation, Figure, Query, SentenceLink, WorkState
from search.services import explanations
from search.services.explanations import explanation_compute, explanation_request, explanation_retry
from tests.factories import publication_make, query_make, user_make
from workers.sweep import sweep_open_work
from workers.tasks import explain_hit

pytestmark = pytest.mark.django_db


class StandInSentences:
    """An encoder that counts letters, so that equal sentences are most similar."""

    key, dim = "tests/text", 26

    def encode(self, sentences: Sequence[str]) -> Vectors:
        letters = "abcdefghijklmnopqrstuvwxyz"
        counted = np.array([[text.lower().count(letter) for letter in letters] for text in sentences], dtype=np.float32)
        return np.asarray(counted / np.linalg.norm(counted, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture(autouse=True)
def _encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    explanations.sentence_vectors.cache_clear()
    monkeypatch.setattr(runtime, "sentence_encoder", StandInSentences)


@pytest.fixture
def owner() -> User:
    return user_make("examiner")


@pytest.fixture
def query_and_hit(owner: User) -> tuple[Query, Figure]:
    """A query with a figure, and its only hit: the same drawing in another publication."""
    publication_make()
    publication_make("EP2000002A1")
    example, found = Figure.objects.filter(label="1").order_by("pk")
    return query_make(owner, figure=example, hits=[found]), found


def test_the_best_pairs_are_computed_once(query_and_hit: tuple[Query, Figure]) -> None:
    query, found = query_and_hit
    explanation, is_new = explanation_request(query=query, figure_id=found.pk)
    assert is_new
    assert explanation_request(query=query, figure_id=found.pk) == (explanation, False)
    explain_hit(explanation.pk)
    explanation.refresh_from_db()
    assert explanation.state == WorkState.DONE
    pairs = explanation.sentence_pairs
    assert len(pairs) == explanations.MOST_PAIRS
    assert all(pair["asked"] == pair["found"] and pair["similarity"] == pytest.approx(1.0) for pair in pairs)
    assert len({pair["found"] for pair in pairs}) == len(pairs)
    assert explanation_compute(explanation_id=explanation.pk) is None  # already done
    assert explanation_retry(query=query, figure_id=found.pk).sentence_pairs == pairs


def test_typed_text_is_compared_sentence_by_sentence(owner: User) -> None:
    publication_make()
    found = Figure.objects.earliest("pk")
    typed = "The rotor 12 turns in the housing 14. Something else entirely, with zigzag."
    query = query_make(owner, text=typed, hits=[found])
    explanation, _ = explanation_request(query=query, figure_id=found.pk)
    explanation_compute(explanation_id=explanation.pk)
    explanation.refresh_from_db()
    assert explanation.sentence_pairs[0]["asked"] == "The rotor 12 turns in the housing 14."
    assert explanation.sentence_pairs[0]["found"] == "The rotor 12 turns in the housing 14."


def test_a_figure_without_text_has_no_pairs(query_and_hit: tuple[Query, Figure]) -> None:
    query, found = query_and_hit
    SentenceLink.objects.filter(figure=found).delete()
    explanation, _ = explanation_request(query=query, figure_id=found.pk)
    explanation_compute(explanation_id=explanation.pk)
    explanation.refresh_from_db()
    assert (explanation.state, explanation.sentence_pairs) == (WorkState.DONE, [])


def test_a_failed_explanation_can_be_retried(
    query_and_hit: tuple[Query, Figure], monkeypatch: pytest.MonkeyPatch
) -> None:
    query, found = query_and_hit
    explanation, _ = explanation_request(query=query, figure_id=found.pk)
    with monkeypatch.context() as patch:
        patch.setattr(StandInSentences, "encode", lambda *_: 1 / 0)
        explanation_compute(explanation_id=explanation.pk)
    explanation.refresh_from_db()
    assert explanation.state == WorkState.QUARANTINED
    assert explanation.error_code == "failed" and explanation.error_detail
    for _ in range(2):
        assert explanation_retry(query=query, figure_id=found.pk).state == WorkState.WAITING
    explanation_compute(explanation_id=explanation.pk)
    assert Explanation.objects.get().state == WorkState.DONE


def test_open_explanations_are_enqueued_again(
    query_and_hit: tuple[Query, Figure], monkeypatch: pytest.MonkeyPatch
) -> None:
    query, found = query_and_hit
    explanation, _ = explanation_request(query=query, figure_id=found.pk)
    enqueued: list[tuple[Any, ...]] = []
    monkeypatch.setattr(queue, "queue_length", lambda name: 0)
    monkeypatch.setattr(queue, "enqueue", lambda task, pk, **how: enqueued.append((task, pk, how["queue"])))
    sweep_open_work()
    assert ("explain_hit", explanation.pk, "query") in enqueued
    enqueued.clear()
    explanation_compute(explanation_id=explanation.pk)
    sweep_open_work()
    assert not enqueued
