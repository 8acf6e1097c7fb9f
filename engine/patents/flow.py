"""Convert marked-up text (paragraph, heading, claim, title) to plain text with spans.

Rules, each covered by a test:
- white space is one space; list items and definition pairs end in one "\\n", so that a list of
  reference signs stays separate; nothing starts or ends with white space
- an inline element never adds or removes a space: 12<sup>'</sup> is 12', H<sub>2</sub>O is H₂O
- digits (and + and − of a number) in <sup> and <sub> become the Unicode ones, so that 10<sup>3</sup> is 10³ and never
  the numeral 103; letters and primes stay as they are, so that 12<sub>a</sub> is 12a
- <br/> is a space; formulas, tables, chemistry and images are left out and leave a space
- an entity is its character; an unknown name stays as "&name;"; comments and instructions are dropped
- white space that a pretty printer put around inline elements (it holds a line break, in a file whose structure is
  indented) is removed where print has none: before punctuation, after an opening bracket, before <sup> and <sub>
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from engine.patents.entities import character_of
from engine.patents.publication import Span
from engine.patents.vocabulary import INLINE, LEFT_OUT, LINES

_RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_LOWERED = str.maketrans("0123456789+-−", "₀₁₂₃₄₅₆₇₈₉₊₋₋")
_TABLES = {"sup": _RAISED, "sup2": _RAISED, "sub": _LOWERED, "sub2": _LOWERED}
_SIGNED_NUMBER = re.compile(r"[0-9+−-]+")
_CLOSING = tuple(",.;:)]}!?")
_OPENING = ("(", "[", "{")
# In an indented file, a whole word before <sup> ("bis <sup>14</sup>C") keeps its space; R, mm, 10 do not.
_WORD_END = re.compile(r"[^\W\d_]{3,}$")


@dataclass(slots=True)
class FlowNotes:
    """Findings in the text of one document for the report."""

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
    """Collects normalised pieces. pending: the separator before the next character: "", " " or "\\n"."""

    def __init__(self, indented: bool) -> None:
        self.indented = indented
        self.parts: list[str] = []
        self.length = 0
        self.pending = ""
        self.made_by_printer = False  # the pending space contains a line break next to an inline element
        self.after_inline = ""  # the element that just ended, if any
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
        if self.made_by_printer and self.after_inline and self._clings(core):
            self._forget_space()
        self._append(_translated(core, table) if table else core)
        self.after_inline = ""
        if text[-1].isspace():
            self._owe_space(text[text.rindex(words[-1]) + len(words[-1]) :])

    def owe_line(self) -> None:
        self.pending = "\n"
        self.made_by_printer, self.after_inline = False, ""

    def owe_space(self) -> None:
        self.pending = self.pending or " "
        self.made_by_printer = False

    def leave_out(self) -> None:
        """Mark an omission: words stay separate, and punctuation follows the word before directly."""
        if self.pending != "\n":
            self.pending, self.made_by_printer, self.after_inline = " ", True, "left-out"

    def before_inline(self, tag: str) -> None:
        """Start an inline element: drop a pretty printer's space where print has none."""
        if not (self.made_by_printer and self.parts):
            return
        last = self.parts[-1]
        if last.endswith(_OPENING) or (tag in _TABLES and not _WORD_END.search(last[-12:])):
            self._forget_space()

    def separator_at(self, offset: int) -> bool:
        """Whether the character at `offset` is white space. Looks only at the last pieces."""
        at = self.length
        for part in reversed(self.parts):
            at -= len(part)
            if at <= offset:
                return part[offset - at].isspace()
        return False

    def _clings(self, core: str) -> bool:
        """Whether these words follow the inline element before them without a space: "R¹-alkyl", "12)"."""
        if self.after_inline in _TABLES and core[0] == "-" and core[1:2].isalpha():
            return True
        return core.startswith(_CLOSING)

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


def _translated(core: str, table: dict[int, int]) -> str:
    """Superscript or subscript digits, with + and − of a number. Text that starts with a letter stays plain.

    "10<sup>2n</sup>" must not become 102n, but "x<sup>n+1</sup>" becomes xn+1.
    """
    if _SIGNED_NUMBER.fullmatch(core):
        return core.translate(table)
    if not _SIGNED_NUMBER.match(core):
        return core
    return "".join(character.translate(table) if character.isdigit() else character for character in core)


def flow_of(element: etree._Element, notes: FlowNotes, *, indented: bool = False) -> Flow:
    """The plain text of an element, without its tail. indented: the file was pretty-printed (see is_indented)."""
    writer = _Writer(indented)
    _content(element, writer, notes)
    return Flow("".join(writer.parts), tuple(writer.figure_references), tuple(writer.emphasised))


def text_of(element: etree._Element | None, notes: FlowNotes) -> str:
    """The plain text of an element, on one line; empty for None."""
    return "" if element is None else " ".join(flow_of(element, notes).text.split())


def is_indented(root: etree._Element) -> bool:
    """Whether the file was indented by a pretty printer, which makes spaces around inline elements unreliable."""
    return root.text is not None and re.match(r"\s*\n[ \t]+$", root.text) is not None


@dataclass(slots=True)
class _Open:
    """An element being read: its remaining children, how its digits are written, and where its text began."""

    element: etree._Element
    children: Iterator[etree._Element]
    table: dict[int, int] | None
    began: int


def _content(element: etree._Element, writer: _Writer, notes: FlowNotes) -> None:
    """Write the content of the element. A loop instead of recursion, since untrusted markup may nest deeply."""
    writer.write(element.text)
    stack = [_Open(element, iter(element), None, 0)]
    while stack:
        current = stack[-1]
        child = next(current.children, None)
        if child is None:
            stack.pop()
            if stack:
                _close(current, writer)
                writer.write(current.element.tail, stack[-1].table)
            continue
        tag = child.tag
        if not isinstance(tag, str):
            if isinstance(child, etree._Entity):
                _entity(child, writer, notes)
        elif tag == "br":
            writer.owe_space()
        elif tag in LEFT_OUT:
            writer.leave_out()
        else:
            stack.append(_opened(child, tag, writer, notes, current.table))
            writer.write(child.text, stack[-1].table)
            continue
        writer.write(child.tail, current.table)


def _entity(entity: etree._Entity, writer: _Writer, notes: FlowNotes) -> None:
    literal = entity.text or ""
    characters = character_of(literal[1:-1])
    if characters is None:
        notes.unknown_entities[literal] = notes.unknown_entities.get(literal, 0) + 1
    else:
        notes.mapped[literal] = characters
    writer.write(literal if characters is None else characters)


def _opened(
    element: etree._Element, tag: str, writer: _Writer, notes: FlowNotes, table: dict[int, int] | None
) -> _Open:
    if tag in INLINE:
        writer.before_inline(tag)
        table = _TABLES.get(tag, table)
    elif tag in LINES:
        writer.owe_line()
        table = None
    else:
        if tag.startswith("{"):
            notes.unknown_elements[tag] = notes.unknown_elements.get(tag, 0) + 1
        writer.owe_space()
    return _Open(element, iter(element), table, writer.length)


def _close(done: _Open, writer: _Writer) -> None:
    tag = str(done.element.tag)
    if tag in INLINE:
        writer.after_inline = tag
        if tag in ("figref", "b") and writer.length > done.began:
            _span(done, tag, writer)
    elif tag == "dt":
        writer.owe_space()
    elif tag in LINES or tag == "dd":
        writer.owe_line()
    else:
        writer.owe_space()


def _span(done: _Open, tag: str, writer: _Writer) -> None:
    # The pending space was written with the first character of the element: the span begins after it.
    began = done.began + (1 if done.began and writer.separator_at(done.began) else 0)
    if tag == "b":
        writer.emphasised.append(Span(began, writer.length))
    else:
        value = done.element.get("idref") or done.element.get("num") or ""
        writer.figure_references.append(Span(began, writer.length, value))
