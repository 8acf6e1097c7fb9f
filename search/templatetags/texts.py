"""Paragraphs as HTML, made here and not by templates: a long text has tens of thousands of marked pieces."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from search.selectors.texts import MarkedParagraph, Piece

register = template.Library()


@register.simple_tag
def paragraph_marked(marked: MarkedParagraph, names: Mapping[str, str], current: int | None = None) -> SafeString:
    """The paragraph's text with <mark> around numerals and terms; `current` is the occurrence that is looked at."""
    return mark_safe("".join(_piece(piece, names, current) for piece in marked.pieces))  # each piece is escaped


def _piece(piece: Piece, names: Mapping[str, str], current: int | None) -> str:
    text = str(escape(piece.text))
    if not piece.numeral and piece.term is None:
        return text
    classes = ["numeral"] if piece.numeral else []
    attributes = ""
    if piece.term is not None:
        classes += ["term", f"term-{piece.term + 1}"] + (["is-current"] if piece.found == current else [])
        attributes += f' id="found-{piece.found}"' if piece.begins else ""
    if piece.numeral:
        attributes += f' data-numeral="{escape(piece.numeral)}"'
        name = names.get(piece.numeral, "")
        attributes += f' title="{escape(name)}"' if name else ""
    return f'<mark class="{" ".join(classes)}"{attributes}>{text}</mark>'
