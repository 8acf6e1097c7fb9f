"""Captions of figures from sentences: "FIG. 3 is a side view of the loader;" gives "a side view of the loader"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.linking.vocabulary import FIGURE_WORDS

LONGEST_CAPTION = 90
"""The most characters of a caption, which screen readers read in a list of others."""

_FIGURE = re.compile(rf"\W*(?:{FIGURE_WORDS})\b", re.I)
_SAYS = re.compile(
    r"""\s*[\])]?\s*
    (?:(?:schematically|diagrammatically|schematisch|schématiquement)\s+)?
    (?:is|are|shows?|illustrates?|depicts?|presents?|represents?|provides?|displays?|gives?|describes?
      |ist|sind|zeigt|zeigen|veranschaulicht|stellt|est|sont|montrent?|représentent?|illustrent?)\s+
    (?:(?:schematically|diagrammatically|schematisch|schématiquement)\s+)?
    (?P<what>[^\W\d_].*)""",
    re.I | re.X | re.S,
)
_END = re.compile(
    r"\s*(?:;|\.\s+(?-i:[A-ZÄÖÜÉ])|\.?\s*$|\[?\b(?:and\s+)?FIGS?\b\.?\s*\d+\w?\s+(?:is|shows|illustrates|depicts)\b)",
    re.I,
)
# After a verb that may be an auxiliary ("FIG. 3 is used"), an article or a kind of view must follow.
_HELPS = re.compile(r"\s*[\])]?\s*(?:is|are|ist|sind|est|sont)\s", re.I)
_THING = re.compile(
    r"(?:an?|the|one|another|ein\w*|der|die|das|une?|la|le|les|l['’]|\w+(?:\s\w+){0,3}\s(?:view|diagram|graph|chart|flowchart|section))\b",
    re.I,
)


def caption_of(sentence: str, spans: Iterable[tuple[int, int]]) -> str:
    """The caption that the sentence gives the figure, shortened; empty for none.

    spans: characters [start, end) of the sentence where the figure is named; spans of numerals may be among them.
    """
    for start, end in sorted(spans):
        stated = _SAYS.match(sentence, end) if _FIGURE.match(sentence[start:end]) else None
        if stated is None:
            continue
        what = " ".join(_END.split(stated["what"], maxsplit=1)[0].split()).rstrip(" ,:")
        if what and (not _HELPS.match(sentence, end) or _THING.match(what)):
            return _shortened(what)
    return ""


def _shortened(text: str) -> str:
    if len(text) <= LONGEST_CAPTION:
        return text
    return text[:LONGEST_CAPTION].rsplit(" ", 1)[0].rstrip(" ,:(") + " …"
