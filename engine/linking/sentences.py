"""Split patent text into sentences with character spans.

nupunkt finds the boundaries (compared with others in docs/decisions). Full stops that never end a
sentence in patents ("FIG. 3", "U.S. Pat. No. 5", "z. B.", "c.-à-d.") are masked first, each by one character, so
that spans in the masked text are valid in the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import nupunkt

from engine.linking.vocabulary import FIGURE_WORDS
from engine.patents.publication import Paragraph, Section

LONGEST_SENTENCE = 8000
"""The most characters of a sentence; a longer one (a sequence listing, a table) is cut at a blank if possible."""

_MASK = "_"
_ENDING = ")"

# Abbreviations whose full stop never ends a sentence. Scanned texts have blanks before stops.
_ALWAYS = re.compile(
    r"""(?ix)\b(?:
      approx | ca | cf | vgl | gem | bzw | ser | pat | appl | publ | viz | incl | resp | sog | insbes | einschl
    | entspr | evtl | ggf | dgl | bspw | env | lt | zw | vs | dr | prof | mr | ms | mrs | wt
    | i\s?\.\s?e | e\s?\.\s?g | c\.?-à-d | p\.\s?ex | z\.\s?b | d\.\s?h | u\.\s?a | o\.\s?ä | s\.\s?o | i\.\s?d\.\s?r
    | i\.\s?s\.\s?d | z\.\s?t | u\.\s?u
    )\s?\.(?=\s?\S)""",
)
# Abbreviations that do not end a sentence when a number, a letter or a lower-case word follows.
_COUNTED = re.compile(
    rf"""(?ix)\b(?:
      {FIGURE_WORDS} | refs? | nos? | nrs? | eqs? | st | mind | vol | pp? | pgs? | cols? | lns? | paras? | abs | art
    | tab | chap | kap | sect? | rev | pub | jan | feb | apr | jun | jul | aug | sept? | oct | nov | dec | temp | dia
    | max | min
    )\s?\.(?=\s?(?:\d|\(\d|(?-i:[IVX]+\b|[A-Z]\b|[A-Z]\d|[a-zäöü])))""",
)
# These may end a sentence: masked only where the next word cannot begin one.
_SOMETIMES = re.compile(
    r"(?i)\b(?:etc|usw|al|int|ext|dim|mech|ltd|inc|co|corp|gmbh|z|u\.s|u\.k|n|b|h|a|e|g|d)\."
    r"(?=\s*(?-i:[a-zäöüßàâçéèêîôû(\d,;:)]))"
)
_COUNTRY = re.compile(
    r"(?i)\bU\.\s?(?:S\.|K\.)(?=\s*(?:Pat|Appl|Provisional|Ser|Publ?|Application|Design|Utility|Pregrant))"
)
# The stop after a number: list items at the start of a paragraph ("1. A device"), German ordinals ("die 2. Stufe").
_LIST_ITEM = re.compile(r"\A\s*(?:\(?[0-9]{1,3}[a-z]?|\(?[A-Za-z]|[IVX]{1,5})\s?[.)](?=\s)")
_CLAIM_NUMBER = re.compile(r"\d{1,3}\s?[.)]\s+(?=\S)")
_GERMAN_ORDINAL = re.compile(
    r"(?i)\b(?:der|die|das|dem|den|des|am|im|vom|zum|beim|eine[rnms]?|ein|jede[rnms]?)\s\d{1,3}\.(?=\s[^\W\d])"
)
_INITIALS = re.compile(r"\b[A-Z]\.(?=\s?[A-Z](?:\.|[a-z]))")
_STOP_BEFORE_LOWER = re.compile(r"(?<=[^\W\d_])\.(?=\s[a-zäöü]{2,}\b)")
# Splitters take one letter before a stop for an initial; after a number it is a unit, before an article an end.
_UNIT_END = re.compile(
    r"(?<=[\d°] )(?:[A-Za-zµΩ]|min|max|in|ft|sec)(?=\.\s+[(A-ZÄÖÜÀÉ])"
    r"|(?<=[\d°])[A-Za-z](?=\.\s+[(A-ZÄÖÜÀÉ][a-z]+\s)|\ban(?=\.\s+[A-ZÄÖÜ])"
)
_LETTER_END = re.compile(
    r"(?<= )[A-Za-z](?=\.\s+(?:The|This|These|An|It|In|As|At|On|When|If|Each|For|Then|Der|Die|Das|Ein|Eine|Im|In|Bei|Es"
    r"|Le|La|Les|L['’]|Un|Une|Il|Elle)\b)"
)
# A line break ends a sentence after a stop, and before a line of a list ("Figur 2 zeigt", "12 housing").
_LINE_END = re.compile(
    r"(?<=[;:.,])\s*\n\s*"
    r"|\n[ \t]{0,20}(?=(?:Fig|FIG|Abb|\d{1,4}[a-z]?['′]?[ \t]*[:=–-]?[ \t]*[^\W\d_]{2}|[-–•]\s|\(?[a-z]\)\s))"
)
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: characters [start, end) of paragraph number `paragraph` (from 0) of the analysed text."""

    paragraph: int
    start: int
    end: int
    text: str
    section: Section
    language: str


def split_sentences(text: str, language: str) -> list[tuple[int, int]]:
    """Return the spans [start, end) of the sentences of one paragraph in order, without blanks at their edges.

    language: ISO 639-1; German ordinals are recognised in "de" only. Every letter of the text is in exactly one span.
    """
    spans = nupunkt.sent_spans(_masked(text, language))
    return list(_whole(text, spans))


def sentences_of(paragraphs: Sequence[Paragraph], limit: int) -> tuple[Sentence, ...]:
    """Return the sentences of all paragraphs except headings, at most `limit`, in the order of the text.

    The number at the start of a claim belongs to no sentence.
    """
    found: list[Sentence] = []
    for position, paragraph in enumerate(paragraphs):
        if paragraph.heading:
            continue
        for start, end in split_sentences(paragraph.text, paragraph.language):
            if len(found) == limit:
                return tuple(found)
            if paragraph.section is Section.CLAIM and (number := _CLAIM_NUMBER.match(paragraph.text, start, end)):
                start = number.end()  # the claim's number
            text = paragraph.text[start:end]
            found.append(Sentence(position, start, end, text, paragraph.section, paragraph.language))
    return tuple(found)


def _masked(text: str, language: str) -> str:
    """The text with all full stops that end no sentence replaced, at equal length."""
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
    """Trim blanks, end sentences at the lines of a list, and join pieces without a letter ("1.") to the next."""
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
