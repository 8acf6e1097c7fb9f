"""Marked-up text as plain text with spans: what a paragraph, a heading, a claim or a title reads like.

Rules, each held by a test:
- white space is one space; list items, definition pairs and table-like lines end in one "\\n", so that a list of
  reference signs does not run together; nothing starts or ends with white space
- an inline element never adds or eats a space: 12<sup>'</sup> is 12', H<sub>2</sub>O is H₂O
- digits, + and − in <sup> and <sub> become the Unicode ones, so that 10<sup>3</sup> is 10³ and never the numeral 103;
  letters and primes stay as they are, so that 12<sub>a</sub> is 12a
- <br/> is a space; formulas, tables, chemistry and images are left out and leave a space
- an entity is its character; a name no ISO set has stays as "&name;"; comments and instructions leave nothing
- white space that a pretty printer put around inline elements (it holds a line break, in a file whose structure is
  indented) goes where print has none: before punctuation, after an opening bracket, before <sup> and <sub>
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from engine.patents.entities import character_of
from engine.publication import Span

INLINE = frozenset(
    [
        "b",
        "i",
        "u",
        "o",
        "sup",
        "sub",
        "smallcaps",
        "figref",
        "crossref",
        "patcit",
        "nplcit",
        "claim-ref",
        "pre",
        "text",
        "bio-deposit",
        "invention-title",
    ]
)
LINES = frozenset(["li", "dt", "ul", "ol", "dl", "p", "row", "heading"])  # what they hold stands on lines of its own
LEFT_OUT = frozenset(["maths", "math", "chemistry", "tables", "table", "img", "table-external-doc", "doc-page"])
_RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_LOWERED = str.maketrans("0123456789+-−", "₀₁₂₃₄₅₆₇₈₉₊₋₋")
_CLOSING = tuple(",.;:)]}!?")
_OPENING = ("(", "[", "{")
# A whole word before <sup> in an indented file ("bis <sup>14</sup>C") keeps its space; R, mm, 10 do not.
_WORD_END = re.compile(r"[^\W\d_]{3,}$")


@dataclass(slots=True)
class FlowNotes:
    """What the text of one document held that a report should mention."""

    mapped: dict[str, str] = field(default_factory=dict)
    unknown_entities: dict[str, int] = field(default_factory=dict)
    unknown_elements: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flow:
    """Plain text and the spans of its figure references and bold parts."""

    text: str
    figure_references: tuple[Span, ...]
    emphasised: tuple[Span, ...]


class _Writer:
    """Collects normalised pieces. `pending` is the separator owed before the next character: "", " " or "\\n"."""

    def __init__(self, indented: bool) -> None:
        self.indented = indented
        self.parts: list[str] = []
        self.length = 0
        self.pending = ""
        self.made_by_printer = False  # the pending space holds a line break and touches an inline element
        self.after_inline = False
        self.figure_references: list[Span] = []
        self.emphasised: list[Span] = []

    def write(self, text: str | None, table: dict[int, int] | None = None) -> None:
        if not text:
            return
        words = text.split()
        if not words:
            self._owe_space(text)
            return
        core = " ".join(words)
        if text[0].isspace():
            self._owe_space(text[: text.index(words[0])])
        if self.made_by_printer and self.after_inline and core.startswith(_CLOSING):
            self._forget_space()
        self._append(core.translate(table) if table else core)
        self.after_inline = False
        if text[-1].isspace():
            self._owe_space(text[text.rindex(words[-1]) + len(words[-1]) :])

    def owe_line(self) -> None:
        self.pending = "\n"
        self.made_by_printer = self.after_inline = False

    def owe_space(self) -> None:
        self.pending = self.pending or " "
        self.made_by_printer = False

    def before_inline(self, tag: str) -> None:
        """An inline element starts: drop the pretty printer's space where print has none."""
        if not (self.made_by_printer and self.parts):
            return
        last = self.parts[-1]
        if last.endswith(_OPENING) or (tag in ("sup", "sub") and not _WORD_END.search(last[-12:])):
            self._forget_space()

    def start(self) -> int:
        """Where the next character will stand."""
        return self.length + (len(self.pending) if self.length else 0)

    def _owe_space(self, space: str) -> None:
        if self.pending != "\n":
            self.pending = " "
            self.made_by_printer = self.made_by_printer or (self.indented and "\n" in space)

    def _forget_space(self) -> None:
        self.pending, self.made_by_printer = "", False

    def _append(self, core: str) -> None:
        if self.length and self.pending:
            self.parts.append(self.pending)
            self.length += 1
        self.parts.append(core)
        self.length += len(core)
        self.pending, self.made_by_printer = "", False


def flow_of(element: etree._Element, notes: FlowNotes, *, indented: bool = False) -> Flow:
    """The plain text of an element without its tail. `indented`: the file was pretty-printed (see is_indented)."""
    writer = _Writer(indented)
    _content(element, writer, notes, None)
    return Flow("".join(writer.parts), tuple(writer.figure_references), tuple(writer.emphasised))


def text_of(element: etree._Element | None, notes: FlowNotes) -> str:
    """The plain text of an element, on one line; empty for None."""
    return "" if element is None else " ".join(flow_of(element, notes).text.split())


def is_indented(root: etree._Element) -> bool:
    """True when the structure of the file is indented: a pretty printer was at work, and inline spaces are doubtful."""
    return root.text is not None and re.match(r"\s*\n[ \t]+$", root.text) is not None


def _content(element: etree._Element, writer: _Writer, notes: FlowNotes, table: dict[int, int] | None) -> None:
    writer.write(element.text, table)
    for child in element:
        if isinstance(child, etree._Entity):
            _entity(child, writer, notes)
        elif isinstance(child.tag, str):
            _element(child, writer, notes, table)
        writer.write(child.tail, table)


def _entity(entity: etree._Entity, writer: _Writer, notes: FlowNotes) -> None:
    literal = entity.text or ""
    characters = character_of(literal[1:-1])
    if characters is None:
        notes.unknown_entities[literal] = notes.unknown_entities.get(literal, 0) + 1
    else:
        notes.mapped[literal] = characters
    writer.write(literal if characters is None else characters)


def _element(element: etree._Element, writer: _Writer, notes: FlowNotes, table: dict[int, int] | None) -> None:
    tag = str(element.tag)
    if tag in LEFT_OUT or tag == "br":
        writer.owe_space()
    elif tag in LINES:
        if tag != "dt" or writer.length:
            writer.owe_line()
        _content(element, writer, notes, None)
        if tag == "dt":
            writer.owe_space()
        else:
            writer.owe_line()
    elif tag in INLINE:
        _inline(element, tag, writer, notes, table)
    else:
        if tag.startswith("{"):
            notes.unknown_elements[tag] = notes.unknown_elements.get(tag, 0) + 1
        writer.owe_space()
        _content(element, writer, notes, table)
        writer.owe_space()


def _inline(element: etree._Element, tag: str, writer: _Writer, notes: FlowNotes, table: dict[int, int] | None) -> None:
    writer.before_inline(tag)
    inner = {"sup": _RAISED, "sub": _LOWERED}.get(tag, table)
    start_length = writer.length
    _content(element, writer, notes, inner)
    writer.after_inline = True
    if writer.length == start_length:
        return
    if tag not in ("figref", "b"):
        return
    # Spaces at the element's start were owed before its first character: the span begins after them.
    joined_at = start_length + (1 if start_length and _starts_with_space(writer, start_length) else 0)
    span = Span(joined_at, writer.length, element.get("idref") or element.get("num") or "" if tag == "figref" else "")
    (writer.figure_references if tag == "figref" else writer.emphasised).append(span)


def _starts_with_space(writer: _Writer, offset: int) -> bool:
    """Whether the character at `offset` is a separator; walks back over the last pieces only."""
    at = writer.length
    for part in reversed(writer.parts):
        at -= len(part)
        if at <= offset:
            return part[offset - at].isspace()
    return False
