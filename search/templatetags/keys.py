"""The tag for keys: what a key does is written once, beside the element that it clicks or focuses."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def key(name: object, label: str, group: str, *parts: object, titled: bool = False) -> SafeString:
    """Return the attributes that give an element a key: `{% key "n" "Next sheet" "Reading" titled=True %}`.

    name: the key in the syntax of tinykeys, "n", "Shift+H" or "g s". label: what it does, for the list that `?` opens;
    each {} in it is filled by one of `parts`. group: the heading in that list. titled: show "label (key)" as the
    element's tooltip too.
    """
    words = format_html(label, *parts) if parts else label
    attributes = format_html('data-key="{}" data-key-label="{}" data-key-group="{}"', name, words, group)
    return format_html('{} title="{} ({})"', attributes, words, name) if titled else attributes
