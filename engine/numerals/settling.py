"""Settle uncertain readings by the numerals of the publication's text. Adds nothing that was not read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from engine.numerals.kinds import tidied
from engine.sheets.geometry import Box
from engine.sheets.reading import SheetReading, TextBox, TextKind

KNOWN_NUMERAL = "known-numeral"

# Characters that look the same in the lettering of drawings: exchanged whatever the confidence.
_LETTER_SHAPES = "0O 0o 0D 0Q 1l 1I 1| 1i lI 5S 8B 8b 4A 4a 2Z 2z 6b 9g 0a 6G 7T 9q ao 6a 1t 1/ 1( 1) 8& 3B 0C"
_ALIKE = {frozenset(pair) for pair in _LETTER_SHAPES.split()} | {
    frozenset((letter, letter.upper())) for letter in "abcdefghijklmnopqrstuvwxyz"
}
# Digits that broken strokes or a lead line make similar: exchanged only in an uncertain reading.
_CONFUSED = {frozenset(pair) for pair in ("53", "17", "38", "56", "68", "69", "49", "14", "12", "35", "08", "06", "27")}

DOUBTFUL = 0.9  # below this confidence a digit may be exchanged
SURE_UNKNOWN = 0.85  # minimum confidence of a numeral that the text does not name
SURE_SUPPORTED = 0.5  # the same when the text names its stem: 1310 of 1310-1
SURE_SINGLE = 0.7  # minimum confidence of a single known digit
MOST_ALIKE = 4  # more readings of one numeral unknown to the text are hatching
MAX_PIECES = 3  # of one numeral
SURE_KNOWN = 0.12  # minimum confidence of a known numeral of several characters


def settle(reading: SheetReading, known: Collection[str]) -> SheetReading:
    """Settle the uncertain texts of a reading by `known`, the numerals of the publication's text.

    A known text stays. One that differs from a known numeral only by similar shapes becomes that numeral (settled_by
    "known-numeral"). Pieces of one known numeral are joined. What is neither known nor confident becomes a WORD.
    Without known numerals nothing is settled; only strokes that are repeatedly read as digits become WORDs.
    """
    wanted = frozenset(known)
    if not wanted:
        return replace(reading, boxes=tuple(_without_strokes(reading.boxes)))
    boxes = [part for box in _unscaled(reading.boxes, wanted) for part in _listed(box, wanted)]
    boxes = _joined(boxes, wanted, reading.rotation)
    return replace(reading, boxes=tuple(_settled(box, wanted) for box in boxes))


def _without_strokes(boxes: Sequence[TextBox]) -> list[TextBox]:
    """The boxes, with single characters that occur more than MOST_ALIKE times marked as hatching."""
    times = Counter(box.text for box in boxes if box.kind is TextKind.NUMERAL and len(box.text) == 1)
    return [
        replace(box, kind=TextKind.WORD) if box.kind is TextKind.NUMERAL and times[box.text] > MOST_ALIKE else box
        for box in boxes
    ]


def _unscaled(boxes: Sequence[TextBox], known: frozenset[str]) -> list[TextBox]:
    """The boxes, with numbers of a scale turned back into numerals when the text names nearly all of them."""
    scale = [box for box in boxes if box.kind is TextKind.SCALE]
    if not scale or sum(box.text in known for box in scale) < 0.8 * len(scale):
        return list(boxes)
    return [replace(box, kind=TextKind.NUMERAL) if box.kind is TextKind.SCALE else box for box in boxes]


def _settled(box: TextBox, known: frozenset[str]) -> TextBox:
    if box.kind not in (TextKind.NUMERAL, TextKind.WORD) or box.settled_by:
        return box
    text = tidied(box.text)
    if text in known and box.confidence >= (SURE_SINGLE if len(text) == 1 else SURE_KNOWN):
        promoted = box.kind is not TextKind.NUMERAL
        return replace(box, text=text, kind=TextKind.NUMERAL, settled_by=KNOWN_NUMERAL if promoted else "")
    meant = _meant(text, box.confidence, known)
    if meant is not None:
        return replace(box, text=meant, kind=TextKind.NUMERAL, settled_by=KNOWN_NUMERAL)
    supported = _stem(text) in known and text != _stem(text) and box.confidence >= SURE_SUPPORTED
    if box.kind is TextKind.NUMERAL and not supported and not _trusted_unknown(text, box.confidence, known):
        return replace(box, kind=TextKind.WORD)
    return box


def _stem(text: str) -> str:
    """A numeral without its suffix: 1310 of 1310-1, 12 of 12a and 12'."""
    match = re.match(r"\d+", text)
    return match.group() if match else text


def _trusted_unknown(text: str, confidence: float, known: frozenset[str]) -> bool:
    """Whether to accept a numeral that the text never names: several characters, not only bare strokes,
    and as many digits as the text's numerals have."""
    if len(text) < 2 or not text[:2].isdigit() or confidence < SURE_UNKNOWN or set(text) <= set("1Il"):
        return False
    return len(_stem(text)) in {len(_stem(numeral)) for numeral in known if numeral[:1].isdigit()}


def _meant(text: str, confidence: float, known: frozenset[str]) -> str | None:
    """The only known numeral that the reading can be, or None. Single characters are never replaced."""
    if len(text) < 2 or not any(c.isdigit() for c in text) or confidence < SURE_KNOWN:
        return None
    stem = _stem(text)
    if stem in known and len(stem) == len(text) - 1 and len(stem) > 1 and not any(n[-1:].isalpha() for n in known):
        return stem  # the text has no numerals with letters, so the letter is the end of a lead line
    costs = sorted((cost, numeral) for numeral in known if (cost := _distance(text, numeral, confidence)) is not None)
    if not costs or (len(costs) > 1 and costs[0][0] == costs[1][0]):
        return None
    return costs[0][1]


def _distance(text: str, numeral: str, confidence: float) -> int | None:
    """The number of characters that differ by easily confused shapes; None when others differ too."""
    if len(numeral) < 2:
        return None
    bare = text.replace(" ", "").replace(".", "")
    if bare == numeral:
        return 0
    # A prime is a speck: it may be lost, or dirt beside the numeral may be read as one.
    if bare.rstrip("'") == numeral.rstrip("'") and (confidence < DOUBTFUL or bare.endswith("'")):
        return 1
    if len(bare) != len(numeral):
        return None
    cost = 0
    for a, b in zip(bare, numeral, strict=True):
        if a == b:
            continue
        pair = frozenset((a, b))
        if pair in _ALIKE:
            cost += 1
        elif pair in _CONFUSED and confidence < DOUBTFUL:
            cost += 2
        else:
            return None
    return cost if cost <= 2 and cost < len(numeral) * 2 - 1 else None


def _listed(box: TextBox, known: frozenset[str]) -> list[TextBox]:
    """Split a list read as one text ("12,14") into its numerals, if all are known; other boxes stay."""
    parts = [part for part in re.split(r"[,;/&]+", box.text) if part]
    if box.kind not in (TextKind.NUMERAL, TextKind.WORD) or len(parts) < 2 or not all(p in known for p in parts):
        return [box]
    tidy = tidied(box.text)
    if tidy in known:
        return [box]
    return [replace(box, text=part, kind=TextKind.NUMERAL, settled_by=KNOWN_NUMERAL) for part in parts]


def _joined(boxes: list[TextBox], known: frozenset[str], rotation: int) -> list[TextBox]:
    """Join neighbours on one line that are pieces of a known numeral ("1" "02")."""
    pieces = [b for b in boxes if b.kind in (TextKind.NUMERAL, TextKind.WORD) and len(b.text) <= 4 and not b.settled_by]
    joined_ids: set[int] = set()
    joined: list[TextBox] = []
    for first in pieces:
        chain = [first]
        while len(chain) < MAX_PIECES:
            following = [
                p for p in pieces if id(p) not in joined_ids and p is not chain[-1] and _follows(chain[-1], p, rotation)
            ]
            if id(first) in joined_ids or not following:
                break
            chain.append(following[0])
            text = tidied("".join(piece.text for piece in chain))
            # 12 and 14 side by side are two numerals, even if 1214 is known.
            if text in known and not all(len(piece.text) > 1 and piece.text in known for piece in chain):
                joined_ids.update(id(piece) for piece in chain)
                joined.append(_one_box(chain, text))
                break
    return [box for box in boxes if id(box) not in joined_ids] + joined


def _one_box(chain: Sequence[TextBox], text: str) -> TextBox:
    """The pieces of a numeral as one reading, with the lowest confidence of them."""
    whole = chain[0].box_on_sheet
    for piece in chain[1:]:
        whole = whole.union(piece.box_on_sheet)
    return TextBox(
        seen=" ".join(piece.seen for piece in chain),
        text=text,
        box_on_sheet=whole,
        confidence=min(piece.confidence for piece in chain),
        kind=TextKind.NUMERAL,
        settled_by=KNOWN_NUMERAL,
    )


def _follows(first: TextBox, second: TextBox, rotation: int) -> bool:
    """Whether second directly follows first on one line of the upright sheet."""
    a, b = _upright(first.box_on_sheet, rotation), _upright(second.box_on_sheet, rotation)
    height = max(a.height, b.height)
    gap = b.left - a.right
    shared = min(a.bottom, b.bottom) - max(a.top, b.top)
    return -0.2 * height <= gap <= 0.7 * height and shared >= 0.8 * min(a.height, b.height) and looks_alike(a, b)


def looks_alike(a: Box, b: Box) -> bool:
    """Whether two boxes hold text of the same size."""
    return max(a.height, b.height) <= 1.3 * min(a.height, b.height)


def _upright(box: Box, rotation: int) -> Box:
    """The box turned clockwise by rotation about the sheet's origin; only relative positions are used."""
    if rotation == 90:
        return Box(-box.bottom, box.left, box.height, box.width)
    if rotation == 180:
        return Box(-box.right, -box.bottom, box.width, box.height)
    if rotation == 270:
        return Box(box.top, -box.right, box.height, box.width)
    return box
