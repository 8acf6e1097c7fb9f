"""Classify a number in text by the words before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from engine.linking.vocabulary import CITED_OR_PART, HARD_HEADS, SIGN_WORDS, STOP_WORDS, UNITS


class Context(Enum):
    """The kind of context before a number."""

    NAMED = auto()  # a word that may name a part: "wheel loader 101", "housing (12)"
    LISTED = auto()  # continues a list: "12, 14 and 16"
    SIGNED = auto()  # announced as a sign: "reference numeral 12", printed bold, or in the list of reference signs
    BARE = auto()  # a function word, punctuation, or nothing
    CITED = auto()  # "claim 1", "Table 2", and further items of their list
    AGAINST = auto()  # "[0012]", "10 mm", "1)", dates, numbers of patents and standards


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The context of a number. words: up to six before it that may name a part, nearest last. preposition: the last."""

    context: Context
    words: tuple[str, ...] = ()
    bracketed: bool = False
    preposition: str = ""


WINDOW = 100
"""How many characters before a number are examined."""

_BOUNDARY = re.compile(r"""[,;:.!?()\[\]{}"“”„«»<>=*|•\n\t/]""")
_ELISION = re.compile(r"\b([ldnsLDNS]|qu|Qu)['’]")
_OPTIONAL_PLURAL = re.compile(r"\(\s?(?:e?s|e?n)\s?\)(?=\s*\Z)")  # "processor(s) 102"
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[-‐’'](?=[^\W\d_]))*(?:\([es]{1,2}\))?\Z")
_UNIT = re.compile(UNITS)
_THREE_DIGITS = re.compile(r"\d{3,4}[a-z]?\b")
_YEAR = re.compile(r"(?:19|20)\d\d\b")
_STEP = re.compile(
    r"(?:(?:^|[.;:]\s*)(?:At|In)|\b(?:respect|regard|performed|described|identified|obtained)\s+(?:to|at|in))\Z"
)
_ABBREVIATED = frozenset({"no", "p", "l", "art"})
_CITING = frozenset(
    {"in", "of", "see", "and", "or", "from", "to", "at", "by", "with", "under", "per", "siehe", "gemäß", "nach", "voir"}
)


def surroundings_of(text: str, start: int, language: str, bold: bool) -> Surroundings:
    """Return the context of the number at `start`. The caller handles lists and masked spans."""
    before = text[max(0, start - WINDOW) : start].rstrip(" \u00a0")
    bracketed = before.endswith("(")
    before = _OPTIONAL_PLURAL.sub("s", before[:-1].rstrip() if bracketed else before)
    last = before[before.rfind(" ") + 1 :].lstrip("([")
    if _is_citation(before, last, language):
        return Surroundings(Context.CITED, bracketed=bracketed)
    words = words_before(before, language)
    if last.lower() in SIGN_WORDS or (not words and _is_step(before, text, start)):
        return Surroundings(Context.SIGNED, bracketed=bracketed)
    if bold:
        return Surroundings(Context.SIGNED, words, bracketed)
    return Surroundings(Context.NAMED if words else Context.BARE, words, bracketed, last.lower())


def words_before(before: str, language: str) -> tuple[str, ...]:
    """Return up to six words directly before a number that may name a part, nearest last; () for none."""
    edge = 0
    for boundary in _BOUNDARY.finditer(before):
        edge = boundary.end()
    pieces = _ELISION.sub(r"\1 ", before[edge:]).split()
    stop = STOP_WORDS.get(language, STOP_WORDS["en"])
    words: list[str] = []
    for piece in reversed(pieces):
        if len(words) == 6 or not _WORD.match(piece) or piece.lower() in stop:
            break
        if not words and (len(piece) == 1 or _UNIT.fullmatch(piece)):
            break
        words.append(piece)
    return tuple(reversed(words))


def _is_citation(before: str, last: str, language: str) -> bool:
    """Whether the word before a number is a reference ("claim", "No.", "Table") and not the name of a part."""
    plain = last.lower().rstrip(".")
    if plain in HARD_HEADS or (plain in _ABBREVIATED and (last.endswith(".") or last[0].isupper())):
        return True
    if plain not in CITED_OR_PART:
        return False
    others = before[: -len(last)].split()
    capital = language != "de" and last[0].isupper()
    return capital or not others or not _WORD.match(others[-1]) or others[-1].lower() in _CITING


def _is_step(before: str, text: str, start: int) -> bool:
    """Whether a number of three or four digits is a step of a flow chart: "At 205, a view is made"."""
    digits = _THREE_DIGITS.match(text, start)
    return bool(digits and not _YEAR.match(text, start) and _STEP.search(before))
