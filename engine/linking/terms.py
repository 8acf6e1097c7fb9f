"""Words and phrases looked for in a text, as an examiner writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

MOST_TERMS = 6  # each has a colour of its own
LONGEST_TERM = 120
_WRITTEN = re.compile(r'"([^"]*)"?|“([^”]*)”?|„([^“]*)“?|«([^»]*)»?|(\S+)')


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Characters [start, end) of a text that one of the terms matches; `term` is its place among them."""

    start: int
    end: int
    term: int


def terms_of(written: str) -> tuple[str, ...]:
    """Return the words and the phrases in quotes, each once whatever its case, at most MOST_TERMS, in their order."""
    found: dict[str, str] = {}
    for groups in _WRITTEN.findall(written.replace("\0", " ")):
        term = " ".join("".join(groups).split())[:LONGEST_TERM]
        if term:
            found.setdefault(term.casefold(), term)
    return tuple(found.values())[:MOST_TERMS]


def occurrences_of(text: str, terms: Sequence[str]) -> list[Occurrence]:
    """Return where the terms stand, whatever their case, parts of words too; where several begin, the longest counts.

    Occurrences do not overlap. A space of a phrase matches any white space.
    """
    if not terms:
        return []
    longest_first = sorted(range(len(terms)), key=lambda at: -len(terms[at]))
    pattern = "|".join(f"(?P<t{at}>{_pattern(terms[at])})" for at in longest_first)
    return [
        Occurrence(match.start(), match.end(), int((match.lastgroup or "t0")[1:]))
        for match in re.finditer(pattern, text, re.IGNORECASE)
    ]


def _pattern(term: str) -> str:
    return r"\s+".join(map(re.escape, term.split()))
