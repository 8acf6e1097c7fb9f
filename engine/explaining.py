"""What two figures have in common in words: sentences that mean the same, words they share, parts of the same name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.linking.names import stem
from engine.linking.vocabulary import FRENCH_CONNECTORS, STOP_WORDS

_WORD = re.compile(r"[^\W\d_]{2,}")
_ENGLISH_CONNECTORS = frozenset({"of", "for", "to", "in", "on", "with", "from", "at", "by"})
_GERMAN_CONNECTORS = frozenset({"der", "des", "die", "das", "den", "dem", "für", "zum", "zur", "von", "mit", "an", "am"})
_CONNECTORS = {"en": _ENGLISH_CONNECTORS, "de": _GERMAN_CONNECTORS, "fr": FRENCH_CONNECTORS}


def best_pairs(similarities: NDArray[np.float32], most: int) -> list[tuple[int, int, float]]:
    """(row, column, similarity) of the best pairs, best first, no row and no column twice; equal ones by position.

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
    """Spans [start, end) of the words in either text that the other has too, in any number or case, articles left out.

    Words of two languages are the same where they are written the same.
    """
    here, there = _stems(text, language), _stems(other, other_language)
    both = set(here.values()) & set(there.values())
    return [span for span, word in here.items() if word in both], [span for span, word in there.items() if word in both]


@dataclass(frozen=True, slots=True)
class SharedPart:
    """A part of either figure, by its numeral, that bears the same name, or at least is the same kind of thing.

    same_name: the names hold the same words, "bucket cylinder" and "cylinder of the bucket"; else only their head
    noun, "boom cylinder" and "bucket cylinder".
    """

    asked: str
    found: str
    same_name: bool


def shared_parts(
    asked: Mapping[str, str], found: Mapping[str, str], asked_language: str, found_language: str
) -> list[SharedPart]:
    """Parts (numeral → name) that both figures have, each numeral at most once, those of the same name first."""
    here = {numeral: _words_of_name(name, asked_language) for numeral, name in asked.items()}
    there = {numeral: _words_of_name(name, found_language) for numeral, name in found.items()}
    heads_here = {numeral: _head(name, asked_language) for numeral, name in asked.items()}
    heads_there = {numeral: _head(name, found_language) for numeral, name in found.items()}
    candidates = [
        (words != there[other], -len(words & there[other]), at, at_other, numeral, other)
        for at, (numeral, words) in enumerate(here.items())
        for at_other, other in enumerate(there)
        if words and (words == there[other] or heads_here[numeral] == heads_there[other])
    ]
    parts: list[SharedPart] = []
    used_here: set[str] = set()
    used_there: set[str] = set()
    for differs, _, _, _, numeral, other in sorted(candidates):
        if numeral not in used_here and other not in used_there:
            parts.append(SharedPart(numeral, other, same_name=not differs))
            used_here.add(numeral)
            used_there.add(other)
    return parts


def _stems(text: str, language: str) -> dict[tuple[int, int], str]:
    stop = STOP_WORDS.get(language, STOP_WORDS["en"])
    found = {(word.start(), word.end()): word[0].lower() for word in _WORD.finditer(text)}
    return {span: stem(word, language) for span, word in found.items() if word not in stop}


def _words_of_name(name: str, language: str) -> frozenset[str]:
    connectors = _CONNECTORS.get(language, _ENGLISH_CONNECTORS)
    return frozenset(word for word in _stems(name, language).values() if word not in connectors)


def _head(name: str, language: str) -> str:
    """The stem of the noun that says what a part is: the last word before "of", in French the first of the name."""
    connectors = _CONNECTORS.get(language, _ENGLISH_CONNECTORS)
    words = [word[0].lower() for word in _WORD.finditer(name)]
    if language == "fr":
        return stem(next((word for word in words if word not in connectors), ""), language)
    before: list[str] = []
    for word in words:
        if word in connectors and before:
            break
        if word not in connectors:
            before.append(word)
    return stem(before[-1], language) if before else ""
