"""Decide which numbers of a publication are reference signs, by all their occurrences together.

A single occurrence is often ambiguous ("bed 15", "speed 15"), but the whole text is not: a sign follows the same
noun repeatedly, a quantity its unit. A numeral is accepted when it is announced as a sign or follows one noun
twice; others are accepted when they resemble these and the publication uses signs.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.linking.names import stem
from engine.linking.occurrences import Occurrence
from engine.linking.surroundings import Context
from engine.linking.vocabulary import AFTER_SIGN, AMOUNT_WORDS, BEFORE_COUNT, MEASURE_WORDS, ORDINALS, SOFT_HEADS

FEWEST_SIGNS = 5
"""This many numerals with strong evidence show that a publication uses reference signs."""

LEAST_SHARE = 0.35
"""The share of its uses in which one noun must name a sign; line numbers of a scan follow any noun."""

CERTAIN_SHARE = 0.5
REACH = 20
"""The largest distance of a numeral named once from a certain one, unless within a fifth of its value."""

FEWEST_SIBLINGS = 3
"""This many signs with the same letter before the number are a series."""

_STEP = re.compile(r"[A-Z]\d{3,4}")
_FORMULA = re.compile(r"(?=.*[a-z])(?:[A-Z][a-z]?){2,4}")  # "LiPF 6": a subscript printed on the line
_MARGIN = range(5, 75, 5)
_DIGITS = re.compile(r"\d+")
_PREFIX = re.compile(r"[A-Z]+")


@dataclass(slots=True)
class Tally:
    """The evidence from all occurrences of one numeral."""

    heads: Counter[tuple[str, str]] = field(default_factory=Counter)  # (language, stem of the noun)
    named: int = 0
    listed: int = 0
    signed: int = 0
    bare: int = 0
    counted: int = 0
    quantities: int = 0
    bracketed: int = 0

    @property
    def best(self) -> int:
        """The count of its most frequent noun, per language, since a part has a name in each."""
        most: Counter[str] = Counter()
        for (language, _), count in self.heads.items():
            most[language] = max(most[language], count)
        return most.total()

    @property
    def share(self) -> float:
        """The share of its uses with that noun; quantities of the same number count little."""
        uses = self.named + self.counted + self.bare + self.quantities / 2
        return self.best / uses if uses else 0.0

    @property
    def strong(self) -> bool:
        """Whether the text announces it as a sign, or one noun names it twice and in most of its uses."""
        return self.signed > 0 or (self.best >= 2 and self.share >= LEAST_SHARE)

    @property
    def certain(self) -> bool:
        return self.signed >= 2 or (self.best >= 3 and self.share >= CERTAIN_SHARE)

    @property
    def weak(self) -> bool:
        return self.named + self.listed > self.counted + self.bare / 2


@dataclass(frozen=True, slots=True)
class Signs:
    """The reference signs of a publication, normalised; series: soft heads ("step") whose numbers are signs.

    heads: (numeral, language, stem of a noun that names it).
    """

    numerals: frozenset[str]
    series: frozenset[str]
    heads: frozenset[tuple[str, str, str]] = frozenset()

    def is_mention(self, occurrence: Occurrence) -> bool:
        """Whether this occurrence of an accepted numeral is the sign rather than a count or quantity."""
        if occurrence.text not in self.numerals or occurrence.context in (Context.AGAINST, Context.CITED):
            return False
        if occurrence.context is Context.BARE:
            return _stands_alone(occurrence)
        if occurrence.context is not Context.NAMED:
            return occurrence.context is Context.SIGNED or not (
                _is_measure(occurrence) or _is_count(occurrence, self.series)
            )
        return not (
            _is_measure(occurrence) or _is_count(occurrence, self.series) or self._counts_what_follows(occurrence)
        )

    def _counts_what_follows(self, occurrence: Occurrence) -> bool:
        """Whether a verb precedes the number and a plural follows: "carries 10 passengers"."""
        plural = occurrence.after.islower() and occurrence.after.endswith("s") and len(occurrence.after) > 3
        if (
            occurrence.language != "en"
            or occurrence.bracketed
            or not plural
            or _value(occurrence.text) >= 100
            or not occurrence.text.isdigit()
        ):
            return False
        return (occurrence.text, occurrence.language, stem(occurrence.words[-1], occurrence.language)) not in self.heads


def signs_of(occurrences: Sequence[Occurrence]) -> Signs:
    """Return the numerals that are reference signs of the publication."""
    series = _series(occurrences)
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    for occurrence in occurrences:
        _count(tallies[occurrence.text], occurrence, series)
    steps = _lettered_steps(tallies)
    strong = {text for text, tally in tallies.items() if tally.strong and _plausible(text, tally)} | steps
    weak = {text for text, tally in tallies.items() if text not in strong and tally.weak and _value(text)}
    weak -= _line_numbers(strong, weak)
    if not _uses_signs(tallies, strong, weak):
        return Signs(frozenset(), series)
    numerals = frozenset(strong | {text for text in weak if _like(text, strong or weak, weak)})
    return Signs(numerals, series, frozenset(head for text in numerals for head in _heads(text, tallies[text])))


def _heads(text: str, tally: Tally) -> list[tuple[str, str, str]]:
    """The nouns that name a sign at least twice, or all of them when none does."""
    often = [head for head, count in tally.heads.items() if count >= 2]
    return [(text, language, noun) for language, noun in often or tally.heads]


def _count(tally: Tally, occurrence: Occurrence, series: frozenset[str]) -> None:
    if occurrence.context is Context.AGAINST:
        tally.quantities += 1
    elif occurrence.context is Context.SIGNED:
        # Bold type is no evidence: chemistry prints compound numbers bold too ("compound 5").
        tally.signed += not _is_count(occurrence, series)
    elif occurrence.context is Context.LISTED:
        tally.listed += 1
    elif occurrence.context is Context.BARE:
        tally.bare += not occurrence.bracketed
    elif occurrence.context is Context.NAMED and (_is_measure(occurrence) or _is_count(occurrence, series)):
        tally.counted += 1
    elif occurrence.context is Context.NAMED:
        tally.named += 1
        tally.bracketed += occurrence.bracketed
        tally.heads[occurrence.language, stem(occurrence.words[-1], occurrence.language)] += 1


def _series(occurrences: Sequence[Occurrence]) -> frozenset[str]:
    """Soft heads ("step") whose numbers look like signs: flow charts number steps 201 or S101, prose 1, 2, 3."""
    numbers: defaultdict[str, list[str]] = defaultdict(list)
    for occurrence in occurrences:
        if occurrence.words and occurrence.context is not Context.LISTED and occurrence.words[-1].lower() in SOFT_HEADS:
            numbers[occurrence.words[-1].lower()].append(occurrence.text)
    return frozenset(
        head for head, texts in numbers.items() if all(text[0].isalpha() or _value(text) >= 10 for text in texts)
    )


def _is_measure(occurrence: Occurrence) -> bool:
    if not occurrence.words or occurrence.bracketed:
        return False
    last = occurrence.words[-1].lower()
    if _FORMULA.fullmatch(occurrence.words[-1]) and _value(occurrence.text) < 10:
        return True
    return last in AMOUNT_WORDS or (
        last in MEASURE_WORDS and occurrence.text[0].isdigit() and _value(occurrence.text) < 100
    )


def _is_count(occurrence: Occurrence, series: frozenset[str]) -> bool:
    """Whether a soft head counts ("step 1", "second step 2"); "compressor stage 12" is a name."""
    if not occurrence.words or occurrence.words[-1].lower() not in SOFT_HEADS - series:
        return False
    return len(occurrence.words) == 1 or occurrence.words[-2].lower() in ORDINALS


def _stands_alone(occurrence: Occurrence) -> bool:
    """Whether a number has no noun before it: in brackets, at punctuation, or followed by nothing it could count."""
    if occurrence.bracketed or occurrence.text[0].isalpha():
        return True
    if occurrence.preposition in BEFORE_COUNT:
        return False
    if not occurrence.after or occurrence.after.lower() in AFTER_SIGN:
        return True
    # "the image model at 209 match with": boxes of flow charts, too large to be counts.
    return occurrence.preposition == "at" and _value(occurrence.text) >= 100 and not occurrence.after.endswith("s")


def _plausible(text: str, tally: Tally) -> bool:
    """Whether a sign is plausible: letters before one digit ("H2", "R1") are chemistry unless named often."""
    if text[0].isalpha() and _value(text) < 10:
        return tally.best >= 3 or tally.signed > 0
    return _value(text) > 0 and not text.startswith("00")


def _line_numbers(strong: set[str], weak: set[str]) -> set[str]:
    """The line numbers 5, 10, 15 … of a US patent that a scan has mixed into the text, if any."""
    fives = {text for text in weak if text.isdigit() and _value(text) in _MARGIN}
    others = sum(1 for text in strong | weak if text.isdigit() and _value(text) < max(_MARGIN) and text not in fives)
    return fives if len(fives) >= FEWEST_SIGNS and len(fives) > 2 * others else set()


def _uses_signs(tallies: dict[str, Tally], strong: set[str], weak: set[str]) -> bool:
    """Whether the publication uses reference signs: enough certain ones, or few other numbers."""
    if sum(1 for text in strong if tallies[text].certain) >= FEWEST_SIGNS:
        return True
    if sum(1 for text in strong if tallies[text].bracketed >= 2) >= 2:
        return True  # "core (1)": EPO claims put signs, and nothing else, in brackets (Rule 43(7) EPC)
    others = sum(1 for text in tallies if text not in strong and text not in weak)
    return len(strong) + len(weak) > others and (len(strong) + len(weak) > 1 or len(tallies) <= FEWEST_SIGNS)


def _like(text: str, strong: set[str], weak: set[str]) -> bool:
    """Whether a numeral seen once resembles the certain ones in size and form."""
    prefix = _PREFIX.match(text)
    if prefix:
        siblings = [other for other in strong | weak if _PREFIX.sub("", other) != other and other[0] == text[0]]
        return sum(1 for other in siblings if other in strong) >= 2 or len(siblings) >= FEWEST_SIBLINGS
    value = _value(text)
    others = [_value(other) for other in strong if not other[0].isalpha()]
    if len(others) >= FEWEST_SIGNS and sum(1 for other in others if len(str(other)) <= len(str(value))) < 2:
        return False  # where signs start at 100, 2 is not a sign
    hundreds = [other for other in others if other >= 100]
    if value >= 100 and len(hundreds) >= FEWEST_SIGNS and min(hundreds) <= value <= 1.5 * max(hundreds):
        return True
    reach = max(REACH, value // 5)
    return any(abs(other - value) <= reach for other in others)


def _lettered_steps(tallies: dict[str, Tally]) -> set[str]:
    """Steps of flow charts, S101, S102 …, which seldom follow a noun ("proceeds to S304")."""
    steps = {text for text in tallies if _STEP.fullmatch(text) and not tallies[text].quantities}
    letters = Counter(text[0] for text in steps)
    return {text for text in steps if letters[text[0]] >= FEWEST_SIBLINGS}


def _value(text: str) -> int:
    digits = _DIGITS.search(text)
    return int(digits[0]) if digits else 0
