"""Find mentions of figures in text: "FIG. 3", "FIGS. 3A-3C", "Abb. 2", "planche 4"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from engine.linking.vocabulary import FIGURE_WORDS, PLURAL_FIGURE_WORDS

LONGEST_RANGE = 60
"""The most labels of one range; a longer range is taken for a misreading and gives its two ends only."""

# A separate letter belongs to the number only where it cannot be an article ("FIG. 3 a perspective view").
_LABEL = r"\d{1,3}(?:\s?\(\s?[A-Za-z]\s?\)|-?[A-Za-z](?![A-Za-z])|\s(?-i:[b-zA-Z])(?![\w']))?['′’]*(?![\d])"
_SEPARATOR = (
    r"\s*(?P<s>,\s*(?:and|und|et|or|to|bis)\b|,|;|/|&|[-–—]|\b(?:and|or|to|through|und|oder|bis|sowie|et|ou|à|a)\b)\s*"
)
_FIRST = re.compile(
    rf"(?<![\w])(?P<word>{FIGURE_WORDS})(?![a-zäöü])\s*\.?\s*(?:(?:no|nr|n°)\.?\s*)?(?P<label>{_LABEL})", re.I
)
_NEXT = re.compile(rf"{_SEPARATOR}(?:(?:figs?|figures?)\s*\.?\s*)?(?P<label>{_LABEL}|[A-Za-z](?![\w]))", re.I)
_PARTS = re.compile(r"(\d+)\s*\(?-?\s*([A-Za-z]?)\s*\)?\s*(['′’]*)")
_RANGE_WORDS = ("-", "–", "—", "to", "through", "bis", "à", "a")


@dataclass(frozen=True, slots=True)
class FigureMention:
    """A mention of one or more figures: characters [start, end) of the paragraph, labels normalised ("3a").

    ranges: first and last label of ranges that cannot be enumerated ("1a" to "5"); both are in labels.
    """

    start: int
    end: int
    labels: tuple[str, ...]
    ranges: tuple[tuple[str, str], ...] = ()

    def labels_among(self, known: Collection[str]) -> tuple[str, ...]:
        """The labels and those of `known` within its ranges: "Figs. 1A-5" includes 3c where a figure 3c is known."""
        within = [label for label in known for first, last in self.ranges if _key(first) < _key(label) < _key(last)]
        return tuple(dict.fromkeys((*self.labels, *sorted(within, key=_key))))


def plain_label(text: str) -> str:
    """Return a figure label without its word, brackets and blanks, in lower case: "FIG. 3(A)" is "3a".

    A text without a number comes back in lower case without blanks.
    """
    match = _PARTS.search(text)
    return (
        str(int(match[1])) + match[2].lower() + "'" * len(match[3]) if match else re.sub(r"[\s.()]", "", text).lower()
    )


def figure_mentions(text: str) -> list[FigureMention]:
    """Return every mention of figures by label in a paragraph, lists and ranges taken whole, in order."""
    return list(_mentions(text))


def _mentions(text: str) -> Iterator[FigureMention]:
    position = 0
    while first := _FIRST.search(text, position):
        end = first.end()
        plural = re.sub(r"\s", "", first["word"]).lower() in PLURAL_FIGURE_WORDS
        labels = [plain_label(first["label"])]
        ranges: list[tuple[str, str]] = []
        while following := _NEXT.match(text, end):
            label = _continued(labels[-1], following, plural)
            if label is None:
                break
            separator = following["s"].lower()
            if separator in _RANGE_WORDS or separator.endswith((" to", " bis")):
                within = _range(labels[-1], label)
                if within == [label]:
                    ranges.append((labels[-1], label))
                labels.extend(within)
            else:
                labels.append(label)
            end = following.end()
        yield FigureMention(first.start(), end, tuple(dict.fromkeys(labels)), tuple(ranges))
        position = end


def _continued(previous: str, following: re.Match[str], plural: bool) -> str | None:
    """The label that continues a list, or None where the list has ended ("in FIG. 3, 12 is the housing")."""
    raw, separator = following["label"], following["s"].lower()
    if raw.isalpha():  # "FIGS. 3A and B", "Fig. 3A-C"
        joined = _PARTS.match(previous)
        goes_on = (
            joined is not None
            and joined[2]
            and raw.lower() > joined[2]
            and (raw.isupper() or separator in "-–/" or (plural and raw != "a"))
        )
        return joined[1] + raw.lower() if joined and goes_on and (separator != "a") else None
    label = plain_label(raw)
    (number, letter), (before, _) = _key(label), _key(previous)
    if separator == "a" or label == previous or number - before > LONGEST_RANGE:
        return None
    if _key(label) < _key(previous) and not (plural and letter):  # "Figs 9f, 4a-4d" continues, "FIG. 9, 4" does not
        return None
    # After "FIG." in the singular a comma often ends the label, and a reference sign follows.
    if not plural and separator in (",", ";", "/") and (number > before + 1 or not letter):
        return None
    return label


def _range(first: str, last: str) -> list[str]:
    """The labels after `first` up to `last`: 1-4 gives 2, 3, 4; 3a-3c gives 3b, 3c; other ranges only `last`."""
    (number, letter), (end_number, end_letter) = _key(first), _key(last)
    if not letter and not end_letter:
        return [str(value) for value in range(number + 1, end_number + 1)]
    if number == end_number and letter and end_letter:
        return [str(number) + chr(value) for value in range(ord(letter) + 1, ord(end_letter) + 1)]
    return [last]


def _key(label: str) -> tuple[int, str]:
    """The sort key of a normalised label: number and letter."""
    match = _PARTS.match(label)
    return (int(match[1]), match[2]) if match else (0, "")
