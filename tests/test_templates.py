"""How templates are written: short lines, values in one piece, keys by their tag."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
LONGEST_LINE = 140
LISTS = {"class", "points", "content", "hx-select-oob"}
"""Attributes whose value is a list: a line end in it is as good as a blank."""
_TEMPLATE_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}")
_ATTRIBUTE = re.compile(r"""\s([\w:@.-]+)=("[^"]*"|'[^']*')""")
_HTML_TAG = re.compile(r"""<[a-zA-Z](?:[^<>"']|"[^"]*"|'[^']*')*>""")


def _templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("template", _templates(), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_is_readable(template: Path) -> None:
    source = template.read_text("utf-8")
    long = [number for number, line in enumerate(source.splitlines(), 1) if len(line) > LONGEST_LINE]
    assert not long, f"lines over {LONGEST_LINE} characters: {long}"
    assert "data-key=" not in source, 'write {% key "n" "What it does" "Group" %}'


@pytest.mark.parametrize("template", _templates(), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_value_of_an_attribute_stands_on_one_line(template: Path) -> None:
    """A line end in a title or a label is shown, and a script that splits a value at blanks trips over it."""
    plain = _TEMPLATE_TAG.sub(
        "·", re.sub(r"\{% comment %\}.*?\{% endcomment %\}", "", template.read_text("utf-8"), flags=re.S)
    )
    broken = [
        name
        for tag in _HTML_TAG.findall(plain)
        for name, value in _ATTRIBUTE.findall(tag)
        if "\n" in value and name not in LISTS
    ]
    assert not broken
