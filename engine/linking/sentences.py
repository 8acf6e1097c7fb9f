"""Sentences of patent text with their character spans.

nupunkt finds the boundaries (docs/decisions tells what it was measured against). Full stops that never end a
sentence in patents ("FIG. 3", "U.S. Pat. No. 5", "z. B.", "c.-à-d.") are masked first, each by one character of the
same length, so that the spans found on the masked text are those of the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import nupunkt

from engine.linking.vocabulary import FIGURE_WORDS
from engine.patents.publication import Paragraph, Section

LONGEST_SENTENCE = 8000
"""Characters; a longer one (a sequence listing, a flattened table) is cut at a blank, or in the middle of a word."""

_MASK = "_"
_ENDING = ")"

# Abbreviations that something always follows: their stop is never the end. Scanned texts have blanks before stops.
_ALWAYS = re.compile(
    r"""(?ix)\b(?:
      approx | ca | cf | vgl | gem | bzw | ser | pat | appl | publ | viz | incl | resp | sog | insbes | einschl
    | entspr | evtl | ggf | dgl | bspw | env | lt | zw | vs | dr | prof | mr | ms | mrs | wt
    | i\s?\.\s?e | e\s?\.\s?g | c\.?-à-d | p\.\s?ex | z\.\s?b | d\.\s?h | u\.\s?a | o\.\s?ä | s\.\s?o | i\.\s?d\.\s?r
    | i\.\s?s\.\s?d | z\.\s?t | u\.\s?u
    )\s?\.(?=\s?\S)""",
)
# Abbreviations of things that are counted: a number, a letter or a lower case word follows, else it is the end.
_COUNTED = re.compile(
    rf"""(?ix)\b(?:
      {FIGURE_WORDS} | refs? | nos? | nrs? | eqs? | st | mind | vol | pp? | pgs? | cols? | lns? | paras? | abs | art
    | tab | chap | kap | sect? | rev | pub | jan | feb | apr | jun | jul | aug | sept? | oct | nov | dec | temp | dia
    | max | min
    )\s?\.(?=\s?(?:\d|\(\d|(?-i:[IVX]+\b|[A-Z]\b|[A-Z]\d|[a-zäöü])))""",
)
# These may end a sentence: masked only where what follows cannot begin one.
_SOMETIMES = re.compile(
    r"(?i)\b(?:etc|usw|al|int|ext|dim|mech|ltd|inc|co|corp|gmbh|z|u\.s|u\.k|n|b|h|a|e|g|d)\."
    r"(?=\s*(?-i:[a-zäöüßàâçéèêîôû(\d,;:)]))"
)
_COUNTRY = re.compile(
    r"(?i)\bU\.\s?(?:S\.|K\.)(?=\s*(?:Pat|Appl|Provisional|Ser|Publ?|Application|Design|Utility|Pregrant))"
)
# A number's stop: list items at the start of a paragraph ("1. A device") and German ordinals ("die 2. Stufe").
_LIST_ITEM = re.compile(r"\A\s*(?:\(?[0-9]{1,3}[a-z]?|\(?[A-Za-z]|[IVX]{1,5})\s?[.)](?=\s)")
_CLAIM_NUMBER = re.compile(r"\d{1,3}\s?[.)]\s+(?=\S)")
_GERMAN_ORDINAL = re.compile(
    r"(?i)\b(?:der|die|das|dem|den|des|am|im|vom|zum|beim|eine[rnms]?|ein|jede[rnms]?)\s\d{1,3}\.(?=\s[^\W\d])"
)
_INITIALS = re.compile(r"\b[A-Z]\.(?=\s?[A-Z](?:\.|[a-z]))")
_STOP_BEFORE_LOWER = re.compile(r"(?<=[^\W\d_])\.(?=\s[a-zäöü]{2,}\b)")
# One letter before a stop is an initial to every splitter; after a number it is a unit, and before an article an end.
_UNIT_END = re.compile(
    r"(?<=[\d°] )(?:[A-Za-zµΩ]|min|max|in|ft|sec)(?=\.\s+[(A-ZÄÖÜÀÉ])"
    r"|(?<=[\d°])[A-Za-z](?=\.\s+[(A-ZÄÖÜÀÉ][a-z]+\s)|\ban(?=\.\s+[A-ZÄÖÜ])"
)
_LETTER_END = re.compile(
    r"(?<= )[A-Za-z](?=\.\s+(?:The|This|These|An|It|In|As|At|On|When|If|Each|For|Then|Der|Die|Das|Ein|Eine|Im|In|Bei|Es"
    r"|Le|La|Les|L['’]|Un|Une|Il|Elle)\b)"
)
# A line break ends a sentence after a stop, and before what begins a line of a list ("Figur 2 zeigt", "12 housing").
_LINE_END = re.compile(
    r"(?<=[;:.,])\s*\n\s*"
    r"|\n[ \t]{0,20}(?=(?:Fig|FIG|Abb|\d{1,4}[a-z]?['′]?[ \t]*[:=–-]?[ \t]*[^\W\d_]{2}|[-–•]\s|\(?[a-z]\)\s))"
)
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Characters [start, end) of paragraph number `paragraph` (counted from 0) in the text that was analysed."""

    paragraph: int
    start: int
    end: int
    text: str
    section: Section
    language: str


def split_sentences(text: str, language: str) -> list[tuple[int, int]]:
    """Return the spans [start, end) of the sentences of one paragraph, blanks at their edges left out, in order.

    language is ISO 639-1; German ordinals are known in "de" only. Every letter of the text lies in one span.
    """
    spans = nupunkt.sent_spans(_masked(text, language))
    return list(_whole(text, spans))


def sentences_of(paragraphs: Sequence[Paragraph], limit: int) -> tuple[Sentence, ...]:
    """Return the sentences of all paragraphs but headings, at most `limit` of them, in the order of the text.

    The number that a claim begins with belongs to no sentence.
    """
    found: list[Sentence] = []
    for position, paragraph in enumerate(paragraphs):
        if paragraph.heading:
            continue
        for start, end in split_sentences(paragraph.text, paragraph.language):
            if len(found) == limit:
                return tuple(found)
            if paragraph.section is Section.CLAIM and (number := _CLAIM_NUMBER.match(paragraph.text, start, end)):
                start = number.end()  # the claim's number is no part of its sentence
            text = paragraph.text[start:end]
            found.append(Sentence(position, start, end, text, paragraph.section, paragraph.language))
    return tuple(found)


def _masked(text: str, language: str) -> str:
    """The text with the stops that end nothing replaced, character for character."""
    patterns = [_COUNTRY, _ALWAYS, _COUNTED, _SOMETIMES, _LIST_ITEM, _INITIALS, _STOP_BEFORE_LOWER]
    if language == "de":
        patterns.append(_GERMAN_ORDINAL)
    text = _LETTER_END.sub(_as_ending, _UNIT_END.sub(_as_ending, text))
    for pattern in patterns:
        text = pattern.sub(_without_stops, text)
    return text


def _as_ending(match: re.Match[str]) -> str:
    return _ENDING * len(match[0])


def _without_stops(match: re.Match[str]) -> str:
    return match[0].replace(".", _MASK).replace("\n", " ")


def _whole(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Trim blanks, end sentences at the lines of a list, join pieces without a letter ("1.") to what follows."""
    begin: int | None = None
    last = 0
    for start, end in _lines(text, spans):
        start = start if begin is None else begin
        if not _LETTER.search(text, start, end):
            begin, last = start, end
            continue
        begin = None
        yield from _cut(text, *_trimmed(text, start, end))
    if begin is not None and text[begin:last].strip():
        yield from _cut(text, *_trimmed(text, begin, last))


def _lines(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in spans:
        for line in _LINE_END.finditer(text, start, end):
            yield start, line.end()
            start = line.end()
        yield start, end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST_SENTENCE:
        blank = text.rfind(" ", start + LONGEST_SENTENCE // 2, start + LONGEST_SENTENCE)
        stop = blank if blank > 0 else start + LONGEST_SENTENCE
        yield start, stop
        start = stop + (blank > 0)
    if end > start:
        yield start, end
