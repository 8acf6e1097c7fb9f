"""A reading cut at its spaces, each part with its share of the box."""

from __future__ import annotations

import re

from engine.geometry import Box
from engine.numerals.layout import Read
from engine.numerals.recogniser import Recognition


def tokens_of(box: Box, recognition: Recognition, line: int) -> list[Read]:
    """One reading per space-separated part; a part's box runs half a letter beyond its outer letters' middles."""
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
