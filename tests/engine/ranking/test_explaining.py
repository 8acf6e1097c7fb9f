"""Sentence pairs and shared words, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from engine.ranking.explaining import best_pairs, shared_words


def words(text: str, spans: list[tuple[int, int]]) -> list[str]:
    return [text[start:end] for start, end in spans]


def test_pairs_take_each_sentence_once_the_best_first() -> None:
    similarities = np.array([[0.9, 0.8], [0.85, 0.1], [0.2, 0.3]], dtype=np.float32)
    pairs = best_pairs(similarities, 3)
    assert [pair[:2] for pair in pairs] == [(0, 0), (2, 1)]
    assert [pair[2] for pair in pairs] == pytest.approx([0.9, 0.3])
    assert len(best_pairs(similarities, 1)) == 1
    assert best_pairs(np.empty((0, 4), dtype=np.float32), 3) == []


def test_equal_pairs_come_in_the_order_of_the_text() -> None:
    assert [pair[:2] for pair in best_pairs(np.ones((2, 2), dtype=np.float32), 2)] == [(0, 0), (1, 1)]


def test_words_that_both_sentences_have_are_found_in_any_number() -> None:
    here, there = "The rotor 12 drives two pumps.", "A pump is driven by the Rotor 14."
    mine, theirs = shared_words(here, there, "en", "en")
    assert words(here, mine) == ["rotor", "pumps"]
    assert words(there, theirs) == ["pump", "Rotor"]


def test_german_words_are_the_same_in_any_case() -> None:
    here, there = "Die Welle 3 trägt den Rotor.", "In den Wellen des Rotors"
    mine, theirs = shared_words(here, there, "de", "de")
    assert words(here, mine) == ["Welle", "Rotor"]
    assert words(there, theirs) == ["Wellen", "Rotors"]


def test_nothing_is_shared_with_a_text_of_numbers() -> None:
    assert shared_words("10 12 14", "10 12 14", "en", "en") == ([], [])
