"""Names of parts, learned from the words before their numerals."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from engine.linking.occurrences import Occurrence
from engine.linking.surroundings import Context
from engine.linking.vocabulary import FRENCH_CONNECTORS

EXTENSION_SHARE = 0.5
"""A word belongs to a name when it precedes at least this share of the mentions with that many words."""

_ELIDED = re.compile(r"\b([dlDL]) (?=\w)")
_GERMAN_ENDINGS = ("es", "en", "er", "em", "e", "n", "s")


def stem(word: str, language: str) -> str:
    """Return the word without the endings of plural and case, in lower case: "arms" and "arm" are one."""
    plain = word.lower()
    if language == "de":
        for ending in _GERMAN_ENDINGS:
            if plain.endswith(ending) and len(plain) - len(ending) >= 4:
                return plain[: -len(ending)]
        return plain
    if plain.endswith("ies") and len(plain) > 4:
        return plain[:-3] + "y"
    if plain.endswith(("ches", "shes", "xes", "sses")):
        return plain[:-2]
    if plain.endswith(("s", "x")) and not plain.endswith(("ss", "us", "is")) and len(plain) > 3:
        return plain[:-1]
    return plain


def part_name(occurrences: Sequence[Occurrence]) -> str:
    """Return the most frequent name of a numeral in its most frequent spelling; "" for none.

    Mentions in a list ("arms 35, 50") count only when no other mention names the numeral.
    """
    named = [one for one in occurrences if one.words and one.context is not Context.LISTED and not one.leads]
    named = named or [one for one in occurrences if one.words and one.context is not Context.LISTED]
    named = named or [one for one in occurrences if one.words]
    if not named:
        return ""
    language = Counter(one.language for one in named).most_common(1)[0][0]
    phrases = [tuple(one.words) for one in named if one.language == language]
    return _most_common_phrase(phrases, language)


def _most_common_phrase(phrases: Iterable[tuple[str, ...]], language: str) -> str:
    """Extend the name leftwards from its last word while most phrases agree."""
    stems = [(tuple(stem(word, language) for word in phrase), phrase) for phrase in phrases]
    name: tuple[str, ...] = ()
    while True:
        reaching = [entry for entry in stems if entry[0][len(entry[0]) - len(name) :] == name]
        longer = Counter(entry[0][-len(name) - 1] for entry in reaching if len(entry[0]) > len(name))
        if not longer:
            break
        word, count = longer.most_common(1)[0]
        if name and count < EXTENSION_SHARE * len(reaching):
            break
        name = (word, *name)
    if language == "fr":
        while len(name) > 1 and name[0] in FRENCH_CONNECTORS:
            name = name[1:]
    printed = Counter(
        _printed(phrase[len(phrase) - len(name) :]) for key, phrase in stems if key[len(key) - len(name) :] == name
    )
    # Of equally frequent forms, lower case: capitals come from the start of a sentence.
    return max(printed.items(), key=lambda entry: (entry[1], sum(map(str.islower, entry[0]))))[0]


def _printed(words: Sequence[str]) -> str:
    """The words as printed: the French "d'" and "l'" are joined to the next word."""
    return _ELIDED.sub(r"\1'", " ".join(words))
