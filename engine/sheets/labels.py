"""Find the figure labels of a sheet, also when the reader saw them in pieces.

A label that was read in one piece comes as engine.numerals.kinds.figure_label parsed it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from math import inf

from engine.sheets.geometry import Box
from engine.sheets.reading import SheetReading, TextBox, TextKind

_LABEL = re.compile(
    r"^\W*(?:F\s*I\s*G\s*(?:U\s*R\s*(?:E\s*S?|A)?|S)?|A\s*B\s*B(?:I\s*L\s*D\s*U\s*N\s*G)?|P\s*L\s*A\s*N\s*C\s*H\s*E)"
    r"\s*[.,:;]?\s*(?:N[or°]\.?\s*)?(\d{1,3})\s*(?:[(\[-]?\s*([A-Z])\s*[)\]]?)?(['′’]*)(?![A-Z0-9])\W*$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\W*(\d{1,3})\s*\(?([A-Za-z])?\)?\W*$")
# Characters that recognisers confuse in the word "FIG": FIC, Flc, FI6.
_CONFUSED = str.maketrans("1Llt|!CcOo06Qq", "IIIIIIGGGGGGGG")
_SPELLINGS = ("FIG", "FIGS", "FIGURE", "FIGUR", "ABB", "ABBILDUNG")
_WORDS = {word.translate(_CONFUSED) for word in _SPELLINGS}
_WORD_AND_MORE = re.compile(r"(\w+)\s*[.,:;]\s*(\w{1,3})\W*$")  # "Fig.L", a label whose number was misread
_LOOKALIKE = str.maketrans("8d6oligsz", "bbb011952")
_LISTED = re.compile(r"\d{1,3}\s*[A-Za-z]?['′’]*")
LONGEST_WORD = max(len(word) for word in _WORDS)
REACH = 2.0  # times the text's height: largest gap between the pieces of one label
SAME_SIZE = 1.9  # largest ratio of heights within one label ("ure" has no tall letter)
SURE = 0.3  # minimum mean confidence of the pieces of the word
SURE_ALONE = 0.8  # the same without a number beside it, when spelt correctly


@dataclass(frozen=True, slots=True)
class SheetLabel:
    """A figure label on a sheet. label: normalised, "" when its number could not be read."""

    label: str
    box_on_sheet: Box
    confidence: float


def normalised_label(text: str) -> str | None:
    """Return a figure label as number and letter in lower case: "F I G. 3", "Fig.3(A)", "Abb. 3'" are 3, 3a, 3'.

    None when the text is not a figure label. There is no figure 0.
    """
    match = _LABEL.match(text)
    if match is None or int(match[1]) == 0:
        return None
    return str(int(match[1])) + (match[2] or "").lower() + "'" * len(match[3])


def labels_on(reading: SheetReading, width_px: int, height_px: int) -> tuple[SheetLabel, ...]:
    """Find the labels of a sheet of width_px × height_px, each once.

    Besides labels that the reader recognised, these are words and pieces of words that together spell on one line
    "figure" and a number ("Fi" "gu" "re" "14", "FIC" "7"). A repeated number is dropped, since one is misread.
    """
    named = [box for box in reading.boxes if box.kind is TextKind.FIGURE_LABEL]
    found = [SheetLabel(normalised_label(box.text) or "", box.box_on_sheet, box.confidence) for box in named]
    across = (width_px, height_px) if reading.rotation in (0, 180) else (height_px, width_px)
    pieces = [
        _Piece(box, box.box_on_sheet.turned_back(-reading.rotation % 360, *across))
        for box in reading.boxes
        if box.kind in (TextKind.WORD, TextKind.NUMERAL, TextKind.SCALE)
    ]
    for label in _composed(pieces):
        if not any(label.box_on_sheet.intersection_area(other.box_on_sheet) for other in found):
            found.append(label)
    taken: set[str] = set()
    settled = []
    for label in sorted(found, key=lambda found_label: -found_label.confidence):
        again = label.label in taken
        taken.add(label.label)
        settled.append(SheetLabel("", label.box_on_sheet, label.confidence) if again else label)
    return tuple(settled)


def settled_labels(read: Sequence[str], xml_label: str, known: Collection[str]) -> list[str]:
    """Correct the labels by XML and text where only one label is possible, and return them in order.

    read: normalised, "" where a number could not be read. xml_label: the sheet's labels by the XML ("3A,3B").
    known: labels that the publication's text mentions. When none was read, a single label of the XML is used.
    """
    listed = [re.sub(r"\s", "", part).lower() for part in _LISTED.findall(xml_label)]
    if not read:
        expected = listed or list(known)
        return expected if len(expected) == 1 else [",".join(listed)]
    settled = list(read)
    meant = {label.lower() for label in known} or set(listed)
    for position, label in enumerate(settled):
        if label and meant and label not in meant:
            settled[position] = _only_other(label, meant.difference(settled)) or label
    doubtful = [position for position, label in enumerate(settled) if label not in meant]
    missing = [label for label in listed if label not in settled]
    if len(listed) > 1 and len(doubtful) == 1 and len(missing) == 1:
        settled[doubtful[0]] = missing[0]
    return settled


def labels_by_order(sheets: Sequence[Sequence[str]], known: Collection[str]) -> list[list[str]]:
    """Fill in missing labels of a publication's sheets where only one known label is possible.

    sheets: each sheet's labels, "" where none was read. known: labels that the text mentions. Figures are numbered
    through the sheets, so a missing label, or one that stands on two sheets and fits only one of them,
    lies between those of the sheets before and after. It is filled in when a single label is left.
    """
    filled = [list(labels) for labels in sheets]
    counts = Counter(part for labels in filled for label in labels for part in label.split(","))
    sure = {label for label in known if counts[label] == 1}
    unread = [label for label in known if label not in counts]
    for number, labels in enumerate(filled):
        before = [label_order(label) for earlier in sheets[:number] for label in earlier if label in sure]
        after = [label_order(label) for later in sheets[number + 1 :] for label in later if label in sure]
        low, high = max(before, default=(0.0, "")), min(after, default=(inf, ""))
        doubtful = [
            position
            for position, label in enumerate(labels)
            if label == "" or (counts[label] > 1 and not low < label_order(label) < high)
        ]
        fitting = [label for label in unread if low < label_order(label) < high]
        if len(doubtful) == 1 and len(fitting) == 1:
            labels[doubtful[0]] = fitting[0]
            unread.remove(fitting[0])
    return filled


def label_order(label: str) -> tuple[float, str]:
    """The sort key of labels: 2 before 10, 3a before 3b, no number first."""
    number = re.match(r"\d+", label)
    return (int(number[0]) if number else 0, label)


def _only_other(label: str, others: Collection[str]) -> str | None:
    """The only label that differs in a single character, preferably a likely confusion."""
    near = [
        other
        for other in others
        if len(other) == len(label) and sum(a != b for a, b in zip(label, other, strict=True)) == 1
    ]
    alike = [other for other in near if other.translate(_LOOKALIKE) == label.translate(_LOOKALIKE)]
    for found in (alike, near):
        if len(found) == 1:
            return found[0]
    return None


@dataclass(frozen=True, slots=True)
class _Piece:
    """A reading with its box on the upright sheet."""

    reading: TextBox
    box: Box

    @property
    def letters(self) -> str:
        """The letters of the word, with similar shapes unified; text after a full stop belongs to the number."""
        more = _WORD_AND_MORE.match(self.reading.seen)
        return re.sub(r"\W", "", more[1] if more else self.reading.seen).translate(_CONFUSED).upper()

    @property
    def number(self) -> re.Match[str] | None:
        return _NUMBER.match(self.reading.text)

    @property
    def holds_number(self) -> bool:
        """Whether the piece also contains the number, even when it was misread."""
        return _WORD_AND_MORE.match(self.reading.seen) is not None


def _composed(pieces: Sequence[_Piece]) -> Iterator[SheetLabel]:
    """Labels whose word is spelt by one or more pieces, with the number to the right."""
    used: set[int] = set()
    for first in sorted(pieces, key=lambda piece: piece.box.left):
        if id(first) in used or first.letters[:1] not in {"F", "A"} or len(first.letters) > LONGEST_WORD:
            continue
        line = [first, *_right_of(first, pieces)]
        spelt = _spelt(line)
        if spelt is None:
            continue
        word, rest = line[:spelt], line[spelt:]
        confidence = sum(piece.reading.confidence for piece in word) / len(word)
        number = rest[0].number if rest and not word[-1].holds_number else None
        alone = "".join(re.sub(r"\W", "", piece.reading.seen) for piece in word).upper() in _SPELLINGS
        if confidence < (SURE if number or word[-1].holds_number else SURE_ALONE if alone else inf):
            continue
        parts = [*word, *rest[:1]] if number else word
        used.update(id(part) for part in parts)
        box = parts[0].reading.box_on_sheet
        for part in parts[1:]:
            box = box.union(part.reading.box_on_sheet)
        label = normalised_label(f"FIG {number[1]}{number[2] or ''}") if number else None
        yield SheetLabel(label or "", box, confidence)


def _spelt(line: Sequence[_Piece]) -> int | None:
    """The number of leading pieces that spell a label's word, as many as possible."""
    letters, longest = "", None
    for count, piece in enumerate(line, 1):
        letters += piece.letters
        if letters in _WORDS:
            longest = count
        if len(letters) >= LONGEST_WORD:
            break
    return longest


def _right_of(first: _Piece, pieces: Sequence[_Piece]) -> list[_Piece]:
    """The pieces to the right of the first on its line, each close to the one before and of similar size."""
    found: list[_Piece] = []
    edge = first.box.right
    for piece in sorted(pieces, key=lambda other: other.box.left):
        tall, small = max(first.box.height, piece.box.height), min(first.box.height, piece.box.height)
        shared = min(first.box.bottom, piece.box.bottom) - max(first.box.top, piece.box.top)
        if piece is first or piece.box.left < edge - 0.4 * small or shared < 0.6 * small or tall > SAME_SIZE * small:
            continue
        if piece.box.left - edge > REACH * tall:
            break
        found.append(piece)
        edge = piece.box.right
    return found
