"""Link a figure to the sentences that mention one of its numerals or its label."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine.linking.analysis import Mention, MentionKind, TextAnalysis
from engine.linking.figure_labels import plain_label
from engine.linking.occurrences import normalised_numeral

_NUMBER = re.compile(r"\d+")


class LinkReason(StrEnum):
    NUMERAL = "numeral"
    FIGURE_LABEL = "figure-label"


@dataclass(frozen=True, slots=True)
class SentenceLink:
    """A link to sentence number `sentence` (from 0) of the analysis, with the figure's numerals it mentions.

    reason is NUMERAL where it mentions any, else FIGURE_LABEL. spans: characters [start, end) of the sentence's
    text to mark, in order, those of the figure's label included whatever the reason.
    """

    sentence: int
    reason: LinkReason
    numerals: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


def link_sentences(analysis: TextAnalysis, numerals: Collection[str], figure_label: str) -> tuple[SentenceLink, ...]:
    """Return one link per sentence that mentions a numeral of the figure or its label ("3a", "FIG. 3(A)" or "").

    A sentence with both has the reason NUMERAL and spans of both. Numerals are matched exactly, and only where the
    text lacks the numeral, regardless of case ("41A" drawn, "41a" written).
    """
    wanted = {text for numeral in numerals for text in numerals_in_text(analysis, numeral)}
    labels = labels_in_text(analysis, figure_label)
    return tuple(_links(analysis, wanted, labels))


def numerals_in_text(analysis: TextAnalysis, numeral: str) -> frozenset[str]:
    """Return the numerals of the text that match a numeral read on a sheet; empty for none."""
    plain = normalised_numeral(numeral)
    if plain in analysis.numerals:
        return frozenset({plain})
    return frozenset(text for text in analysis.numerals if text.casefold() == plain.casefold())


def labels_in_text(analysis: TextAnalysis, figure_label: str) -> frozenset[str]:
    """Return the labels of the text that name this figure.

    The label itself where the text has it; else "3" for "3a" (partial figures described as one), or "3a", "3b" for "3".
    """
    label = plain_label(figure_label)
    if not label or label in analysis.figure_labels:
        return frozenset({label} & analysis.figure_labels)
    number = _NUMBER.match(label)
    if number and number[0] in analysis.figure_labels:
        return frozenset({number[0]})
    return frozenset(text for text in analysis.figure_labels if re.fullmatch(re.escape(label) + "[a-z]", text))


def unlinked_in_text(analysis: TextAnalysis, numerals_on_sheets: Collection[str]) -> tuple[str, ...]:
    """Return the numerals of the text that no sheet shows, in the order of their numbers."""
    drawn = {normalised_numeral(numeral).casefold() for numeral in numerals_on_sheets}
    return tuple(sorted((text for text in analysis.numerals if text.casefold() not in drawn), key=numeral_order))


def unlinked_on_sheet(analysis: TextAnalysis, numerals_on_sheets: Collection[str]) -> tuple[str, ...]:
    """Return the numerals read on sheets that the text does not mention, normalised, in the order of their numbers."""
    written = {text.casefold() for text in analysis.numerals}
    plain = {normalised_numeral(numeral) for numeral in numerals_on_sheets}
    return tuple(sorted((text for text in plain if text.casefold() not in written), key=numeral_order))


def numeral_order(numeral: str) -> tuple[str, int, str]:
    """Sort key: letters before the number, the number, then what follows it."""
    number = _NUMBER.search(numeral)
    if not number:
        return numeral, 0, ""
    return numeral[: number.start()], int(number[0]), numeral[number.end() :]


def _links(analysis: TextAnalysis, wanted: Collection[str], labels: Collection[str]) -> Iterator[SentenceLink]:
    for position, mentions in enumerate(analysis.mentions):
        hits = [one for one in mentions if one.text in (wanted if one.kind is MentionKind.NUMERAL else labels)]
        if hits:
            yield _link(position, hits)


def _link(position: int, hits: list[Mention]) -> SentenceLink:
    numerals = tuple(dict.fromkeys(one.text for one in hits if one.kind is MentionKind.NUMERAL))
    reason = LinkReason.NUMERAL if numerals else LinkReason.FIGURE_LABEL
    return SentenceLink(position, reason, numerals, tuple(dict.fromkeys((one.start, one.end) for one in hits)))
