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
from engine.linking.occurrences import Context, Occurrence
from engine.linking.vocabulary import AFTER_SIGN, MEASURE_WORDS, SOFT_HEADS

FEWEST_SIGNS = 5
"""So many numerals with strong evidence show that a publication uses reference signs."""

_DIGITS = re.compile(r"\d+")
_PREFIX = re.compile(r"[A-Z]+")


@dataclass(slots=True)
class Tally:
    """What the occurrences of one numeral say."""

    heads: Counter[str] = field(default_factory=Counter)
    named: int = 0
    bracketed: int = 0
    listed: int = 0
    signed: int = 0
    bare: int = 0
    against: int = 0

    @property
    def strong(self) -> bool:
        """One noun names it twice, or the text says that it is a sign, and quantities do not outweigh that."""
        best = max(self.heads.values(), default=0)
        return self.signed > 0 or (best >= 2 and self.against <= 3 * self.named)

    @property
    def weak(self) -> bool:
        return (self.named > 0 or self.listed > 0) and self.against <= self.named + self.listed


def signs_of(occurrences: Sequence[Occurrence]) -> frozenset[str]:
    """Return the numerals that are reference signs of the publication, normalised."""
    series = _series(occurrences)
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    for one in occurrences:
        _count(tallies[one.text], one, series)
    strong = {text for text, tally in tallies.items() if tally.strong and _plausible(text, tally)}
    weak = {text for text, tally in tallies.items() if text not in strong and tally.weak}
    if not _uses_signs(tallies, strong, weak):
        return frozenset(text for text in strong if tallies[text].signed)
    return frozenset(strong | {text for text in weak if _like(text, strong or weak)})


def is_mention(one: Occurrence, signs: frozenset[str]) -> bool:
    """Whether this occurrence of an accepted numeral is the sign, and not a count or a quantity."""
    if one.text not in signs or one.context in (Context.AGAINST, Context.CITED):
        return False
    if one.context is Context.BARE:
        return _stands_alone(one)
    return not _is_measure(one)


def _count(tally: Tally, one: Occurrence, series: frozenset[str]) -> None:
    if one.context in (Context.AGAINST, Context.CITED):
        tally.against += 1
    elif one.context is Context.SIGNED:
        tally.signed += 1
    elif one.context is Context.LISTED:
        tally.listed += 1
    elif one.context is Context.BARE:
        tally.bare += 1
    else:
        head = stem(one.words[-1], one.language)
        if _is_measure(one) or (one.words[-1].lower() in SOFT_HEADS and one.words[-1].lower() not in series):
            tally.against += 1
            return
        tally.named += 1
        tally.bracketed += one.bracketed
        tally.heads[head] += 1


def _series(occurrences: Sequence[Occurrence]) -> frozenset[str]:
    """Soft heads whose numbers look like signs: flow charts count their steps 201, 203 or S101, prose 1, 2, 3."""
    numbers: defaultdict[str, list[str]] = defaultdict(list)
    for one in occurrences:
        if one.context is Context.NAMED and one.words[-1].lower() in SOFT_HEADS:
            numbers[one.words[-1].lower()].append(one.text)
    return frozenset(
        head for head, texts in numbers.items() if all(text[0].isalpha() or _value(text) >= 10 for text in texts)
    )


def _is_measure(one: Occurrence) -> bool:
    return bool(one.words) and one.words[-1].lower() in MEASURE_WORDS and not one.bracketed


def _stands_alone(one: Occurrence) -> bool:
    """A number without a noun before it, in brackets or followed by no noun that it could count."""
    return one.bracketed or not one.after or one.after.lower() in AFTER_SIGN


def _plausible(text: str, tally: Tally) -> bool:
    """Letters before one digit are chemistry or mathematics ("H2", "R1") until the text names them often."""
    if text[0].isalpha() and _value(text) < 10:
        return max(tally.heads.values(), default=0) >= 3 or tally.signed > 0
    return _value(text) > 0


def _uses_signs(tallies: dict[str, Tally], strong: set[str], weak: set[str]) -> bool:
    """Whether the publication uses reference signs at all: enough of them, and not lost among other numbers."""
    others = sum(1 for text, tally in tallies.items() if text not in strong and text not in weak)
    if len(strong) >= FEWEST_SIGNS:
        return len(strong) >= 0.2 * others
    return len(strong) + len(weak) > others


def _like(text: str, strong: set[str]) -> bool:
    """Whether a numeral seen once is of the size and the form of those that are certain."""
    prefix = _PREFIX.match(text)
    if prefix:
        return sum(1 for other in strong if other.startswith(prefix[0])) >= 2
    values = [_value(other) for other in strong if not other[0].isalpha()]
    return bool(values) and min(values) <= _value(text) <= 1.25 * max(values) + 5


def _value(text: str) -> int:
    digits = _DIGITS.search(text)
    return int(digits[0]) if digits else 0
