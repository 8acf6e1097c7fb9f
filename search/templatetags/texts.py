"""Paragraphs as HTML. Made in Python, since a long text has tens of thousands of marks, too many for a template."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from search.selectors.texts import MarkedParagraph, Piece, TextSection

register = template.Library()


@register.simple_tag
def paragraphs_marked(section: TextSection, names: Mapping[str, str], current: int) -> SafeString:
    """Return the paragraphs as HTML with <mark> around numerals and terms; `current`: the selected occurrence."""
    titles = {numeral: f' title="{escape(name)}"' for numeral, name in names.items() if name}
    return mark_safe("\n".join(_paragraph(marked, titles, current) for marked in section.paragraphs))


def _paragraph(marked: MarkedParagraph, titles: Mapping[str, str], current: int) -> str:
    text = "".join(_piece(piece, titles, current) for piece in marked.pieces)
    if marked.paragraph.heading:
        return f'<h3 dir="auto" data-findable>{text}</h3>'
    number = marked.paragraph.number
    place = f'<span class="place" dir="ltr">{escape(number)}</span> ' if number else ""
    return f'<p dir="auto">{place}<span data-findable>{text}</span></p>'


def _piece(piece: Piece, titles: Mapping[str, str], current: int) -> str:
    text = escape(piece.text)
    if not piece.numeral and piece.term is None:
        return text
    classes = "numeral" if piece.numeral else ""
    attributes = ""
    if piece.term is not None:
        classes = f"{classes} term term-{piece.term + 1}{' is-current' if piece.found == current else ''}".lstrip()
        attributes = f' id="found-{piece.found}"' if piece.begins else ""
    if piece.numeral:
        attributes += f' data-numeral="{escape(piece.numeral)}"{titles.get(piece.numeral, "")}'
    return f'<mark class="{classes}"{attributes}>{text}</mark>'
