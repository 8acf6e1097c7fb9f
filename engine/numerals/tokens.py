"""Recognise words, uncertain ones more than once, and split readings at spaces."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.numerals.ink import Components, Mask
from engine.numerals.layout import Read
from engine.numerals.proposals import PLAIN, Rendering, Word, crop_of
from engine.numerals.recogniser import Recogniser, Recognition
from engine.sheets.geometry import Box

DOUBTFUL = 0.85
MAX_DOUBTFUL = 40  # of a halftone's hundreds
MORE_RENDERINGS = (Rendering(margin=0.4, blur_px=1.6), Rendering(margin=0.08, blur_px=1.2))


def read_words(recogniser: Recogniser, components: Components, words: Sequence[Word], ink: Mask) -> list[Recognition]:
    """Recognise each word. A possible numeral with low confidence is rendered again, larger and softer; the text with
    the highest total confidence is taken."""
    first = recogniser.read([crop_of(components, word, ink, PLAIN) for word in words])
    doubtful = [i for i, one in enumerate(first) if one.confidence < DOUBTFUL and _may_be_numeral(one.text)]
    doubtful = sorted(doubtful, key=lambda i: -first[i].confidence)[:MAX_DOUBTFUL]
    crops = [crop_of(components, words[i], ink, rendering) for rendering in MORE_RENDERINGS for i in doubtful]
    again = recogniser.read(crops)
    for at, i in enumerate(doubtful):
        views = [first[i], *again[at :: len(doubtful)]]
        backing: dict[str, float] = {}
        for view in views:
            backing[view.text.strip()] = backing.get(view.text.strip(), 0.0) + view.confidence
        chosen = max(backing, key=lambda text: backing[text])
        first[i] = max((v for v in views if v.text.strip() == chosen), key=lambda v: v.confidence)
    return first


def _may_be_numeral(text: str) -> bool:
    """Whether a text has a digit among two to seven characters. Uncertain single characters stay uncertain."""
    bare = text.strip(" .,:;-'")
    return 2 <= len(bare) <= 7 and re.search(r"\d", bare) is not None


def tokens_of(box: Box, recognition: Recognition, line: int) -> list[Read]:
    """One reading per space-separated part. A part's box extends half a letter beyond its outer letters' centres."""
    text = recognition.text
    parts = list(re.finditer(r"\S+", text))
    if len(parts) <= 1:
        return [Read(text, text.strip(), box, recognition.confidence, line)] if parts else []
    reads = []
    for i, part in enumerate(parts):
        first, last = recognition.positions[part.start()], recognition.positions[part.end() - 1]
        half = 0.5 / max(1, len(text))
        left = box.left if i == 0 else box.left + int(max(0.0, first - half) * box.width)
        right = box.right if i == len(parts) - 1 else box.left + int(min(1.0, last + half) * box.width)
        piece = Box(left, box.top, max(1, right - left), box.height)
        reads.append(Read(part.group(), part.group(), piece, recognition.confidence, line))
    return reads
