"""Analyse the text of a publication: sentences, mentions of reference signs and figures, names of parts."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType

from engine.linking.evidence import Signs, signs_of
from engine.linking.figure_labels import FigureMention, figure_mentions
from engine.linking.names import part_name
from engine.linking.occurrences import Occurrence, occurrences_of
from engine.linking.sentences import Sentence, sentences_of
from engine.linking.surroundings import Context
from engine.patents.publication import Paragraph

LONGEST_NUMERAL_RANGE = 40
"""The most signs that a range like "12 to 16" may add; only signs mentioned elsewhere are added."""

_SIGN_PARTS = re.compile(r"([A-Z]*)(\d+)([a-z]?)\Z")


class MentionKind(StrEnum):
    NUMERAL = "numeral"
    FIGURE = "figure"


@dataclass(frozen=True, slots=True)
class Mention:
    """Characters [start, end) of the sentence's text; text: normalised numeral ("12a") or figure label ("3a").

    The signs within a range ("12 to 16") and the labels of a list ("FIGS. 3A-3C") share the span of the whole.
    """

    text: str
    start: int
    end: int
    kind: MentionKind


@dataclass(frozen=True, slots=True)
class TextAnalysis:
    """The analysed text. mentions: one tuple per sentence. part_names: numeral → name, where one was found.

    truncated: the text had more sentences than the limit; the rest is left out.
    """

    sentences: tuple[Sentence, ...]
    mentions: tuple[tuple[Mention, ...], ...]
    part_names: Mapping[str, str]
    numerals: frozenset[str]
    figure_labels: frozenset[str]
    truncated: bool = False


def analyse_text(paragraphs: Sequence[Paragraph], sentence_limit: int = 20000) -> TextAnalysis:
    """Analyse the text. Headings are left out, and so are sentences beyond the limit."""
    sentences = sentences_of(paragraphs, sentence_limit + 1)
    truncated = len(sentences) > sentence_limit
    sentences = sentences[:sentence_limit]
    ends = {sentence.paragraph: sentence.end for sentence in sentences}  # the last sentence of each paragraph
    figures = {at: figure_mentions(paragraphs[at].text[:end]) for at, end in ends.items()}
    occurrences = {at: _occurrences(at, paragraphs[at], end, figures[at]) for at, end in ends.items()}
    everything = [one for found in occurrences.values() for one in found]
    signs = signs_of(everything)
    known_labels = frozenset(label for found in figures.values() for one in found for label in one.labels)
    mentioned: defaultdict[str, list[Occurrence]] = defaultdict(list)
    spans: defaultdict[int, list[tuple[str, int, int, MentionKind]]] = defaultdict(list)
    for at, found in occurrences.items():
        for one in found:
            if signs.is_mention(one):
                mentioned[one.text].append(one)
                spans[at].append((one.text, one.start, one.end, MentionKind.NUMERAL))
        spans[at].extend(_ranges(found, signs))
        for figure in figures[at]:
            spans[at].extend(
                (label, figure.start, figure.end, MentionKind.FIGURE) for label in figure.labels_among(known_labels)
            )
    return TextAnalysis(
        sentences=sentences,
        mentions=_by_sentence(sentences, spans),
        part_names=MappingProxyType({text: name for text in sorted(mentioned) if (name := part_name(mentioned[text]))}),
        numerals=frozenset(mentioned),
        figure_labels=known_labels,
        truncated=truncated,
    )


def _occurrences(at: int, paragraph: Paragraph, end: int, figures: list[FigureMention]) -> list[Occurrence]:
    bold = tuple(span for span in paragraph.emphasised if span.end <= end)
    return occurrences_of(at, paragraph.text[:end], paragraph.language, figures, bold)


def _ranges(found: list[Occurrence], signs: Signs) -> Iterator[tuple[str, int, int, MentionKind]]:
    """The signs between the two ends of a range that the publication mentions elsewhere."""
    for first, last in pairwise(found):
        if (
            not last.is_range
            or last.context is not Context.LISTED
            or not (signs.is_mention(first) and signs.is_mention(last))
        ):
            continue
        for text in _between(first.text, last.text):
            if text in signs.numerals:
                yield text, first.start, last.end, MentionKind.NUMERAL


def _between(first: str, last: str) -> list[str]:
    start, stop = _SIGN_PARTS.match(first), _SIGN_PARTS.match(last)
    if not start or not stop or start[1] != stop[1]:
        return []
    low, high = int(start[2]), int(stop[2])
    if low == high and start[3] and stop[3]:
        return [f"{start[1]}{low}{chr(letter)}" for letter in range(ord(start[3]) + 1, ord(stop[3]))]
    if start[3] != stop[3] or not 0 < high - low <= LONGEST_NUMERAL_RANGE:
        return []
    return [f"{start[1]}{value}{start[3]}" for value in range(low + 1, high)]


def _by_sentence(
    sentences: tuple[Sentence, ...], spans: Mapping[int, list[tuple[str, int, int, MentionKind]]]
) -> tuple[tuple[Mention, ...], ...]:
    """Assign each mention to the sentence in which it begins; its span is cut at the sentence's end."""
    mentions: list[list[Mention]] = [[] for _ in sentences]
    starts = [(sentence.paragraph, sentence.start) for sentence in sentences]
    for at, found in spans.items():
        for text, start, end, kind in sorted(found, key=lambda entry: (entry[1], entry[2])):
            position = bisect_right(starts, (at, start)) - 1
            sentence = sentences[position]
            shift = sentence.start
            mentions[position].append(Mention(text, start - shift, min(end, sentence.end) - shift, kind))
    return tuple(tuple(entry) for entry in mentions)
