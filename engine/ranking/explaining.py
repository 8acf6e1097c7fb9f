"""Explain a hit by text: the most similar sentence pairs, and the words that two sentences share."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from engine.linking.names import stem
from engine.linking.vocabulary import STOP_WORDS

_WORD = re.compile(r"[^\W\d_]{2,}")


def best_pairs(similarities: NDArray[np.float32], most: int) -> list[tuple[int, int, float]]:
    """The best pairs as (row, column, similarity), best first, each row and column once; equal ones by position.

    similarities: (rows, columns) float32.
    """
    order = np.argsort(-similarities, axis=None, kind="stable")
    rows, columns = np.unravel_index(order, similarities.shape)
    pairs: list[tuple[int, int, float]] = []
    used_rows: set[int] = set()
    used_columns: set[int] = set()
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        if len(pairs) == most:
            break
        if row not in used_rows and column not in used_columns:
            pairs.append((row, column, float(similarities[row, column])))
            used_rows.add(row)
            used_columns.add(column)
    return pairs


def shared_words(
    text: str, other: str, language: str, other_language: str
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Spans [start, end) of the words that both texts share, in singular or plural and any case, without articles.

    Words of different languages match when they are spelt the same.
    """
    here, there = _stems(text, language), _stems(other, other_language)
    both = set(here.values()) & set(there.values())
    return [span for span, word in here.items() if word in both], [span for span, word in there.items() if word in both]


def _stems(text: str, language: str) -> dict[tuple[int, int], str]:
    stop = STOP_WORDS.get(language, STOP_WORDS["en"])
    found = {(word.start(), word.end()): word[0].lower() for word in _WORD.finditer(text)}
    return {span: stem(word, language) for span, word in found.items() if word not in stop}
