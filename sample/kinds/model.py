"""The definition of an object kind: names in three languages, parts, their relations, and views."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from sample.drawing import Drawing

Measures = Mapping[str, float]
"""The proportions of one object; every view of it is drawn from the same measures."""


@dataclass(frozen=True, slots=True)
class Term:
    """A noun in three languages. The gender is der, die or das in German (m, f, n), and m or f in French."""

    en: str
    de: str
    de_gender: str
    fr: str
    fr_gender: str

    def word(self, language: str) -> str:
        return {"en": self.en, "de": self.de, "fr": self.fr}[language]


def term(line: str) -> Term:
    """A term from "wheel loader | Radlader m | chargeuse f"."""
    english, german, french = (piece.strip() for piece in line.split("|"))
    (de, de_gender), (fr, fr_gender) = german.rsplit(" ", 1), french.rsplit(" ", 1)
    return Term(english, de, de_gender, fr, fr_gender)


@dataclass(frozen=True, slots=True)
class ObjectKind:
    """A class of objects that the sample draws.

    parts: key → term, the whole object first. relations: "part verb part" with a verb of sample.language.
    draw(measures, view, variant) draws a view; a variant differs in one visible part.
    """

    key: str
    ipc: tuple[str, ...]
    parts: Mapping[str, Term]
    relations: tuple[str, ...]
    views: tuple[str, ...]
    ranges: Mapping[str, tuple[float, float]]
    draw: Callable[[Measures, str, bool], Drawing]
    variant_part: str  # the part that differs in the variant
    variant: Term  # its name in the variant
    tangible: bool = True  # whether it has dimensions
    steps: bool = False  # whether its parts are steps of a method, numbered S101, S102 …

    @property
    def whole(self) -> str:
        return next(iter(self.parts))

    def measures(self, rng: Random) -> dict[str, float]:
        """Random proportions of one object; ranges of whole numbers give whole numbers."""
        return {
            name: float(rng.randint(low, high))
            if isinstance(low, int) and isinstance(high, int)
            else rng.uniform(low, high)
            for name, (low, high) in self.ranges.items()
        }


def parts(text: str) -> dict[str, Term]:
    """Parts from lines "key: English | German gender | French gender"."""
    pairs = (line.split(":", 1) for line in text.strip().splitlines())
    return {key.strip(): term(line) for key, line in pairs}
