"""Which numbers of a publication are reference signs, judged by all their occurrences together.

A single occurrence is often open ("bed 15", "speed 15"); over the publication it is not: a sign follows the same
noun again and again, a quantity its unit. A numeral is taken when it is announced as a sign or follows one noun
twice; the rest is taken by likeness, when the publication is known to use signs.
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
"""So many numerals with strong evidence show that a publication uses reference signs."""

LEAST_SHARE = 0.35
"""Share of its uses in which one noun names a sign; the line numbers of a scan follow every noun once."""

CERTAIN_SHARE = 0.5
REACH = 20
"""A numeral named once lies so near to one that is certain, or within a fifth of its own value."""

FEWEST_SIBLINGS = 3
"""So many signs with one letter before the number are a series."""

_STEP = re.compile(r"[A-Z]\d{3,4}")
_FORMULA = re.compile(r"(?=.*[a-z])(?:[A-Z][a-z]?){2,4}")  # "LiPF 6": an index that lost its place
_MARGIN = range(5, 75, 5)
_DIGITS = re.compile(r"\d+")
_PREFIX = re.compile(r"[A-Z]+")


@dataclass(slots=True)
class Tally:
    """What the occurrences of one numeral say."""

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
        """How often the noun that names it most does so, each language for itself: a part has a name in each."""
        most: Counter[str] = Counter()
        for (language, _), count in self.heads.items():
            most[language] = max(most[language], count)
        return most.total()

    @property
    def share(self) -> float:
        """The part of its uses in which that noun names it; a quantity of the same number says little against it."""
        uses = self.named + self.counted + self.bare + self.quantities / 2
        return self.best / uses if uses else 0.0

    @property
    def strong(self) -> bool:
        """The text says that it is a sign, or one noun names it twice and in most of its uses."""
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

    def is_mention(self, one: Occurrence) -> bool:
        """Whether this occurrence of an accepted numeral is the sign, and not a count or a quantity."""
        if one.text not in self.numerals or one.context in (Context.AGAINST, Context.CITED):
            return False
        if one.context is Context.BARE:
            return _stands_alone(one)
        if one.context is not Context.NAMED:
            return one.context is Context.SIGNED or not (_is_measure(one) or _is_count(one, self.series))
        return not (_is_measure(one) or _is_count(one, self.series) or self._counts_what_follows(one))

    def _counts_what_follows(self, one: Occurrence) -> bool:
        """Whether a verb stands before the number and a plural after it: "carries 10 passengers"."""
        plural = one.after.islower() and one.after.endswith("s") and len(one.after) > 3
        if one.language != "en" or one.bracketed or not plural or _value(one.text) >= 100 or not one.text.isdigit():
            return False
        return (one.text, one.language, stem(one.words[-1], one.language)) not in self.heads


def signs_of(occurrences: Sequence[Occurrence]) -> Signs:
    """Return the numerals that are reference signs of the publication."""
    series = _series(occurrences)
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    for one in occurrences:
        _count(tallies[one.text], one, series)
    steps = _lettered_steps(tallies)
    strong = {text for text, tally in tallies.items() if tally.strong and _plausible(text, tally)} | steps
    weak = {text for text, tally in tallies.items() if text not in strong and tally.weak and _value(text)}
    weak -= _line_numbers(strong, weak)
    if not _uses_signs(tallies, strong, weak):
        return Signs(frozenset(), series)
    numerals = frozenset(strong | {text for text in weak if _like(text, strong or weak, weak)})
    return Signs(numerals, series, frozenset(head for text in numerals for head in _heads(text, tallies[text])))


def _heads(text: str, tally: Tally) -> list[tuple[str, str, str]]:
    """The nouns that name a sign: those that do so twice, or all when none does."""
    often = [head for head, count in tally.heads.items() if count >= 2]
    return [(text, language, noun) for language, noun in often or tally.heads]


def _count(tally: Tally, one: Occurrence, series: frozenset[str]) -> None:
    if one.context is Context.AGAINST:
        tally.quantities += 1
    elif one.context is Context.SIGNED:
        # Chemistry prints its compounds bold too: "compound 5" is a count as it is in plain type.
        tally.signed += not _is_count(one, series)
    elif one.context is Context.LISTED:
        tally.listed += 1
    elif one.context is Context.BARE:
        tally.bare += not one.bracketed
    elif one.context is Context.NAMED and (_is_measure(one) or _is_count(one, series)):
        tally.counted += 1
    elif one.context is Context.NAMED:
        tally.named += 1
        tally.bracketed += one.bracketed
        tally.heads[one.language, stem(one.words[-1], one.language)] += 1


def _series(occurrences: Sequence[Occurrence]) -> frozenset[str]:
    """Soft heads whose numbers look like signs: flow charts count their steps 201, 203 or S101, prose 1, 2, 3."""
    numbers: defaultdict[str, list[str]] = defaultdict(list)
    for one in occurrences:
        if one.words and one.context is not Context.LISTED and one.words[-1].lower() in SOFT_HEADS:
            numbers[one.words[-1].lower()].append(one.text)
    return frozenset(
        head for head, texts in numbers.items() if all(text[0].isalpha() or _value(text) >= 10 for text in texts)
    )


def _is_measure(one: Occurrence) -> bool:
    if not one.words or one.bracketed:
        return False
    last = one.words[-1].lower()
    if _FORMULA.fullmatch(one.words[-1]) and _value(one.text) < 10:
        return True
    return last in AMOUNT_WORDS or (last in MEASURE_WORDS and one.text[0].isdigit() and _value(one.text) < 100)


def _is_count(one: Occurrence, series: frozenset[str]) -> bool:
    """Whether a soft head counts ("step 1", "second step 2"); "compressor stage 12" is a name."""
    if not one.words or one.words[-1].lower() not in SOFT_HEADS - series:
        return False
    return len(one.words) == 1 or one.words[-2].lower() in ORDINALS


def _stands_alone(one: Occurrence) -> bool:
    """A number without a noun before it: in brackets, at punctuation, or followed by no noun that it could count."""
    if one.bracketed or one.text[0].isalpha():
        return True
    if one.preposition in BEFORE_COUNT:
        return False
    if not one.after or one.after.lower() in AFTER_SIGN:
        return True
    # "the image model at 209 match with": boxes of flow charts, whose numbers are too great to count what follows.
    return one.preposition == "at" and _value(one.text) >= 100 and not one.after.endswith("s")


def _plausible(text: str, tally: Tally) -> bool:
    """Letters before one digit are chemistry or mathematics ("H2", "R1") until the text names them often."""
    if text[0].isalpha() and _value(text) < 10:
        return tally.best >= 3 or tally.signed > 0
    return _value(text) > 0 and not text.startswith("00")


def _line_numbers(strong: set[str], weak: set[str]) -> set[str]:
    """The numbers 5, 10, 15 … that a scan of a US patent read from the margin into the text, if it did."""
    fives = {text for text in weak if text.isdigit() and _value(text) in _MARGIN}
    others = sum(1 for text in strong | weak if text.isdigit() and _value(text) < max(_MARGIN) and text not in fives)
    return fives if len(fives) >= FEWEST_SIGNS and len(fives) > 2 * others else set()


def _uses_signs(tallies: dict[str, Tally], strong: set[str], weak: set[str]) -> bool:
    """Whether the publication uses reference signs at all: enough certain ones, or hardly any other numbers."""
    if sum(1 for text in strong if tallies[text].certain) >= FEWEST_SIGNS:
        return True
    if sum(1 for text in strong if tallies[text].bracketed >= 2) >= 2:
        return True  # "core (1)": the claims of the EPO bracket their signs (Rule 43(7) EPC), and nothing else
    others = sum(1 for text in tallies if text not in strong and text not in weak)
    return len(strong) + len(weak) > others and (len(strong) + len(weak) > 1 or len(tallies) <= FEWEST_SIGNS)


def _like(text: str, strong: set[str], weak: set[str]) -> bool:
    """Whether a numeral seen once is of the size and the form of those that are certain."""
    prefix = _PREFIX.match(text)
    if prefix:
        siblings = [other for other in strong | weak if _PREFIX.sub("", other) != other and other[0] == text[0]]
        return sum(1 for other in siblings if other in strong) >= 2 or len(siblings) >= FEWEST_SIBLINGS
    value = _value(text)
    others = [_value(other) for other in strong if not other[0].isalpha()]
    if len(others) >= FEWEST_SIGNS and sum(1 for other in others if len(str(other)) <= len(str(value))) < 2:
        return False  # a publication that counts from 100 has no sign 2
    hundreds = [other for other in others if other >= 100]
    if value >= 100 and len(hundreds) >= FEWEST_SIGNS and min(hundreds) <= value <= 1.5 * max(hundreds):
        return True
    reach = max(REACH, value // 5)
    return any(abs(other - value) <= reach for other in others)


def _lettered_steps(tallies: dict[str, Tally]) -> set[str]:
    """S101, S102 … of flow charts, which prose seldom names ("proceeds to S304"): a series of one letter."""
    steps = {text for text in tallies if _STEP.fullmatch(text) and not tallies[text].quantities}
    letters = Counter(text[0] for text in steps)
    return {text for text in steps if letters[text[0]] >= FEWEST_SIBLINGS}


def _value(text: str) -> int:
    digits = _DIGITS.search(text)
    return int(digits[0]) if digits else 0
