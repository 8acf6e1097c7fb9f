"""Find parts that several drawings have in common, by their names in the texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.linking.names import stem


class Likeness(StrEnum):
    """How similar two names are: the same words, or the same noun with other modifiers."""

    SAME = "same name"
    SIMILAR = "similar name"


@dataclass(frozen=True, slots=True)
class NamedPart:
    """A reference numeral and the name of its part."""

    numeral: str
    name: str


@dataclass(frozen=True, slots=True)
class SharedName:
    """A name that two or more sides have. sides: the parts with this name on each side, empty for none."""

    likeness: Likeness
    sides: tuple[tuple[NamedPart, ...], ...]

    @property
    def name(self) -> str:
        """The name as printed by the first side that has it."""
        return next(parts[0].name for parts in self.sides if parts)

    @property
    def left(self) -> tuple[NamedPart, ...]:
        return self.sides[0]

    @property
    def right(self) -> tuple[NamedPart, ...]:
        return self.sides[-1]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORD = re.compile(r"[^\W_]+")
_ARTICLES = _words(
    """
    a an the said at least one each respective
    der die das dem den des ein eine einer einem einen eines
    le la les l un une du de d aux
    """
)
_ORDINALS = _words(
    """
    first second third fourth fifth sixth seventh eighth ninth tenth 1st 2nd 3rd 4th 5th 6th
    premier première deuxième troisième quatrième cinquième
    """
)
_GERMAN_ORDINAL = re.compile(r"(?:erst|zweit|dritt|viert|fünft|sechst|siebt|acht)e[rsnm]?")
# Vague nouns: "groove portion" and "support portion" are not similar, so the word before belongs to the head.
_VAGUE = _words(
    """
    apparatus area arrangement assembly body component device element end face group line means mechanism member
    module part piece portion region section side structure surface system unit
    anordnung bereich einheit einrichtung element teil vorrichtung abschnitt
    dispositif ensemble moyen organe partie pièce élément unité
    """
)
# Prepositions that end the head of an English name: "end of the rod" is an end.
_PREPOSITIONS = _words("of for in on with to from")
_IRREGULAR = {
    "axes": "axis",
    "feet": "foot",
    "gases": "gas",
    "halves": "half",
    "indices": "index",
    "knives": "knife",
    "leaves": "leaf",
    "lens": "lens",
    "lenses": "lens",
    "matrices": "matrix",
    "shelves": "shelf",
    "teeth": "tooth",
    "vertices": "vertex",
}


def names_shared_across(sides: Sequence[Mapping[str, str]], languages: Sequence[str]) -> list[SharedName]:
    """Return the names that two or more sides have: identical before similar, most sides first.

    sides: numeral → name of each side. languages: of each side's names. A part belongs to one name at most:
    when its name is shared exactly, it is not listed as similar to others.
    """
    if len(sides) != len(languages):
        raise ValueError(f"{len(sides)} sides but {len(languages)} languages")
    by_head: dict[str, dict[tuple[str, ...], list[list[NamedPart]]]] = {}
    for at, (side, language) in enumerate(zip(sides, languages, strict=True)):
        for numeral, name in side.items():
            words = name_key(name, language)
            if words:
                same = by_head.setdefault(_head(words, language), {})
                same.setdefault(words, [[] for _ in sides])[at].append(NamedPart(numeral, name))
    found = list(_shared(by_head.values()))
    return sorted(found, key=lambda one: (one.likeness is Likeness.SIMILAR, -sum(map(bool, one.sides))))


def name_key(name: str, language: str = "en") -> tuple[str, ...]:
    """Return the words of a name in lower case and singular, without articles and ordinals.

    Prepositions stay, since they end the head of the name. Empty when no word is left.
    """
    words = _WORD.findall(name.casefold())
    telling = [word for word in words if not (word in _ARTICLES or _is_ordinal(word))]
    return tuple(_singular(word, language) for word in telling)


def _head(words: tuple[str, ...], language: str) -> str:
    """The head noun: the last word of an English or German name, the first of a French one."""
    if language == "fr":
        reach = 2 if words[0] in _VAGUE else 1
        return " ".join(words[:reach])
    thing = words
    for at, word in enumerate(words):
        if at and word in _PREPOSITIONS:
            # A vague head needs its modifier to be specific.
            thing = (*words[at + 1 :], *words[:at]) if words[at - 1] in _VAGUE else words[:at]
            break
    reach = 2 if thing[-1] in _VAGUE else 1
    return " ".join(thing[-reach:])


def _shared(groups: Iterable[Mapping[tuple[str, ...], list[list[NamedPart]]]]) -> Iterator[SharedName]:
    """Of names with one head: the identical ones, and the rest as similar, where several sides have them."""
    for group in groups:
        left_over: list[list[NamedPart]] = []
        for sides in group.values():
            if sum(map(bool, sides)) > 1:
                yield SharedName(Likeness.SAME, tuple(map(tuple, sides)))
            else:
                left_over = [mine + more for mine, more in zip(left_over, sides, strict=True)] if left_over else sides
        if sum(map(bool, left_over)) > 1:
            yield SharedName(Likeness.SIMILAR, tuple(map(tuple, left_over)))


def _is_ordinal(word: str) -> bool:
    return word in _ORDINALS or bool(_GERMAN_ORDINAL.fullmatch(word))


def _singular(word: str, language: str) -> str:
    """The stem of a word; the rule is repeated until nothing changes, since its result may look like a plural."""
    if language != "de" and word in _IRREGULAR:
        return _IRREGULAR[word]
    shorter = stem(word, language)
    while shorter != word:
        word, shorter = shorter, stem(shorter, language)
    return word
