"""Find an examiner's search terms, words and quoted phrases, in a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

MOST_TERMS = 6  # each has its own colour
LONGEST_TERM = 120
_WRITTEN = re.compile(r'"([^"]*)"?|“([^”]*)”?|„([^“]*)“?|«([^»]*)»?|(\S+)')


@dataclass(frozen=True, slots=True)
class TermMatch:
    """A match of a term: characters [start, end) of the text. term: its index."""

    start: int
    end: int
    term: int


def terms_of(written: str) -> tuple[str, ...]:
    """Return the words and quoted phrases in order, each once regardless of case, at most MOST_TERMS."""
    found: dict[str, str] = {}
    for groups in _WRITTEN.findall(written.replace("\0", " ")):
        term = " ".join("".join(groups).split())[:LONGEST_TERM]
        if term:
            found.setdefault(term.casefold(), term)
    return tuple(found.values())[:MOST_TERMS]


def occurrences_of(text: str, terms: Sequence[str]) -> list[TermMatch]:
    """Return the matches of the terms, regardless of case and also inside words; the longest of several at one place.

    Matches do not overlap. A space in a phrase matches any white space.
    """
    if not terms:
        return []
    longest_first = sorted(range(len(terms)), key=lambda at: -len(terms[at]))
    pattern = "|".join(f"(?P<t{at}>{_pattern(terms[at])})" for at in longest_first)
    return [
        TermMatch(match.start(), match.end(), int((match.lastgroup or "t0")[1:]))
        for match in re.finditer(pattern, text, re.IGNORECASE)
    ]


def _pattern(term: str) -> str:
    return r"\s+".join(map(re.escape, term.split()))
