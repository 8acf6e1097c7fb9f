"""Mending XML that is not well-formed, as a careful person would: only faults with one reading, each one noted.

Called only after the strict parser refused. The text is cut into markup and characters; what cannot be markup is text.
Mended (see docs/decisions/0002-repairing-xml.md):
- "&" that starts no reference → "&amp;"; a named entity without a DTD → its character, an unknown one kept literally
- "<" that starts no markup → "&lt;" (a real delivery writes "<First Embodiment</heading>")
- an attribute given twice: the first stays; "<" inside an attribute's value
- a missing end tag of an inline element, paragraph, heading or list item, where the enclosing end tag or the next
  block shows that it is missing; a stray end tag of one of them
- control characters that XML forbids: form feed and vertical tab become a space, the others go
Everything else stays as it is and is then refused by the strict parser: characters are never invented, an element
that carries structure is never opened or closed by guess, and what ends in the middle is refused.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from engine.errors import DocumentError
from engine.patents.entities import character_of
from engine.publication import Note

INLINE = frozenset(
    ["b", "i", "u", "o", "sup", "sub", "smallcaps", "figref", "crossref", "patcit", "nplcit", "claim-ref", "pre"]
)
BLOCK = frozenset(["p", "heading", "li", "claim-text"])
MENDABLE = INLINE | BLOCK
# Elements that carry structure: never taken for text, never closed by guess. B110, B542 … as well, by their pattern.
STRUCTURE = frozenset(
    [
        "ep-patent-document",
        "SDOBI",
        "bibliographic-data",
        "abstract",
        "description",
        "claims",
        "amended-claims",
        "claim",
        "drawings",
        "figure",
        "img",
        "tables",
        "table",
        "tgroup",
        "thead",
        "tbody",
        "row",
        "entry",
        "maths",
        "math",
        "chemistry",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "br",
        "search-report-data",
        "ep-reference-list",
        "doc-page",
    ]
)
_BIBLIOGRAPHY = re.compile(r"B\d{3}(?:EP)?$")
STARTS_BLOCK = frozenset(["p", "heading"])

_NAME = r"[A-Za-z_][\w.:-]*"
_ATTRIBUTES = rf"""(?:\s+{_NAME}\s*=\s*(?:"[^"]*"|'[^']*'))*"""
_TOKEN = re.compile(
    rf"""(?P<skip><!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>)"""
    rf"""|<(?P<open>{_NAME})(?P<attributes>{_ATTRIBUTES})\s*(?P<empty>/?)>"""
    rf"""|</(?P<close>{_NAME})\s*>"""
    r"""|(?P<stray><)"""
    r"""|(?P<reference>&(?:[A-Za-z][\w.]{0,31}|\#[0-9]{1,10}|\#x[0-9A-Fa-f]{1,8});)"""
    r"""|(?P<ampersand>&)"""
    r"""|(?P<control>[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff])""",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(rf"""\s+({_NAME})\s*=\s*("[^"]*"|'[^']*')""")
_IN_VALUE = re.compile(r"<|&(?!(?:[A-Za-z][\w.]{0,31}|#[0-9]{1,10}|#x[0-9A-Fa-f]{1,8});)")
_PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})


@dataclass(slots=True)
class _Mending:
    """The work in progress: output pieces, the open elements, and what was mended where."""

    text: str
    member: str
    limit: int
    has_doctype: bool
    known_ends: frozenset[str]
    line_starts: list[int]
    out: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    faults: dict[str, list[int]] = field(default_factory=dict)
    count: int = 0

    def note(self, fault: str, at: int) -> None:
        self.count += 1
        if self.count > self.limit:
            detail = f"more than {self.limit} faults; this is no typing error any more: ask for the file again"
            raise DocumentError(self.member, "not-well-formed", detail)
        self.faults.setdefault(fault, []).append(bisect_right(self.line_starts, at))


def repair(text: str, body_at: int, *, has_doctype: bool, member: str, limit: int) -> tuple[str, tuple[Note, ...]]:
    """The mended text and one note for each sort of fault, with the lines of the delivered file.

    No notes means that nothing could be mended. Raises: DocumentError "illegal-character" for a reference to a
    character that XML forbids (&#0;), "not-well-formed" beyond `limit` faults.
    """
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    ends = frozenset(re.findall(rf"</({_NAME})\s*>", text))
    work = _Mending(text, member, limit, has_doctype, ends, starts, out=[text[:body_at]])
    at = body_at
    for match in _TOKEN.finditer(text, body_at):
        if match.start() < at:
            continue
        work.out.append(text[at : match.start()])
        at = _mend_token(work, match)
    work.out.append(text[at:])
    notes = tuple(Note("repaired", _sentence(fault, lines)) for fault, lines in work.faults.items())
    return "".join(work.out), notes


def _mend_token(work: _Mending, match: re.Match[str]) -> int:
    """Append the token, mended where it must be; return the offset after what was used up."""
    kind = match.lastgroup if match.lastgroup not in ("attributes", "empty") else "open"
    if kind == "skip":
        work.out.append(match.group())
    elif kind == "open":
        return _open(work, match)
    elif kind == "close":
        _close(work, match.group("close"), match.start())
    elif kind == "reference":
        work.out.append(_reference(work, match.group(), match.start()))
    elif kind == "control":
        character = match.group()
        work.note("a control character that XML forbids was taken out", match.start())
        work.out.append(" " if character in "\x0b\x0c" else "")
    else:
        stray = match.group()
        work.note('"<" without a tag was kept as text' if stray == "<" else '"&" was kept as text', match.start())
        work.out.append("&lt;" if stray == "<" else "&amp;")
        return match.start() + 1
    return match.end()


def _open(work: _Mending, match: re.Match[str]) -> int:
    name, attributes = match.group("open"), match.group("attributes")
    structural = name in STRUCTURE or name in MENDABLE or _BIBLIOGRAPHY.match(name)
    if not structural and not match.group("empty") and name not in work.known_ends:
        # "<First>" with no "</First>" anywhere is somebody's angle bracket, not an element.
        work.note('"<" without a tag was kept as text', match.start())
        work.out.append("&lt;")
        return match.start() + 1
    if name in STARTS_BLOCK:
        _close_before_block(work, match.start())
    work.out.append(f"<{name}{_attributes(work, attributes, match.start())}{match.group('empty')}>")
    if not match.group("empty"):
        work.open.append(name)
    return match.end()


def _close_before_block(work: _Mending, at: int) -> None:
    """End an unended paragraph or heading when the next one starts: no DTD lets them nest directly."""
    depth = len(work.open)
    while depth and work.open[depth - 1] in INLINE:
        depth -= 1
    if depth and work.open[depth - 1] in STARTS_BLOCK:
        _unwind(work, depth - 1, at)


def _close(work: _Mending, name: str, at: int) -> None:
    if work.open and work.open[-1] == name:
        work.open.pop()
        work.out.append(f"</{name}>")
        return
    above = len(work.open)
    while above and work.open[above - 1] != name and work.open[above - 1] in MENDABLE:
        above -= 1
    if above and work.open[above - 1] == name:
        _unwind(work, above, at)
        work.open.pop()
        work.out.append(f"</{name}>")
    elif name in MENDABLE:
        work.note(f"a stray </{name}> was taken out", at)
    else:
        work.out.append(f"</{name}>")  # not ours to mend: the strict parser names it


def _unwind(work: _Mending, depth: int, at: int) -> None:
    while len(work.open) > depth:
        name = work.open.pop()
        work.note(f"a missing </{name}> was added", at)
        work.out.append(f"</{name}>")


def _reference(work: _Mending, reference: str, at: int) -> str:
    name = reference[1:-1]
    if name.startswith("#"):
        code = int(name[2:], 16) if name[1] == "x" else int(name[1:])
        if not (
            code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
        ):
            line = bisect_right(work.line_starts, at)
            detail = (
                f"line {line}: {reference} names no character that XML allows; the text around it is not to be trusted"
            )
            raise DocumentError(work.member, "illegal-character", detail)
        return reference
    if name in _PREDEFINED or work.has_doctype:
        return reference
    characters = character_of(name)
    if characters is None:
        work.note(f"the unknown entity {reference} was kept literally", at)
        return f"&amp;{name};"
    work.note(f"the entity {reference} was read as {characters}", at)
    return characters.replace("&", "&amp;").replace("<", "&lt;")


def _attributes(work: _Mending, attributes: str, at: int) -> str:
    """The attributes, each name once, their values free of "<" and lone "&"."""
    seen: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(attributes):
        if name in seen:
            work.note(f"the attribute {name} was given twice; the first was kept", at)
            continue
        mended = _IN_VALUE.sub(lambda stray: "&lt;" if stray.group() == "<" else "&amp;", value)
        if mended != value:
            work.note(f'"&" or "<" in the attribute {name} was kept as text', at)
        seen[name] = mended
    return "".join(f" {name}={value}" for name, value in seen.items())


def _sentence(fault: str, lines: list[int]) -> str:
    shown = ", ".join(str(line) for line in lines[:8])
    more = f" and {len(lines) - 8} more" if len(lines) > 8 else ""
    return f"{fault} (line{'s' if len(lines) > 1 else ''} {shown}{more})"
