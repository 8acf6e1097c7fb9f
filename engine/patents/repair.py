"""Repair XML that is not well-formed: only faults with a single possible correction, each with a note.

Called only after the strict parser failed. The text is split into markup and text; what cannot be markup is text.
Repaired (see docs/decisions/0002-repairing-xml.md):
- "&" that starts no reference → "&amp;"; an undeclared named entity → its character, an unknown one is kept
- "<" that starts no markup → "&lt;" (a real delivery writes "<First Embodiment</heading>"); "]]>" in text
- an attribute given twice (the first stays), without quotes or without a space before it; "<" and "&" in its value
- a missing end tag of an inline element, paragraph, heading, list item or claim text, where the next end tag or
  the next paragraph shows that it is missing; a stray end tag of one of them
- control characters that XML forbids: form feed and vertical tab → space, others removed; "--" in a comment
Everything else stays and is then refused by the strict parser: characters are never invented, structural elements
are never opened or closed by guess, and a truncated file is refused.

Every pattern takes linear time: unclosed comments and sections stop the repair at once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from engine.errors import DocumentError
from engine.patents.entities import PREDEFINED, escaped_character_of, resolve_named
from engine.patents.publication import Note
from engine.patents.vocabulary import REPAIRABLE, REPAIRABLE_INLINE, STRUCTURE

_STARTS_BLOCK = ("p", "heading")
_BIBLIOGRAPHY = re.compile(r"B\d{3}(?:EP)?$")
_NAME = r"[A-Za-z_][\w.:-]*"
_REFERENCE = r"&(?:[A-Za-z][\w.]{0,31}|#[0-9]{1,10}|#x[0-9A-Fa-f]{1,8});"
_TOKEN = re.compile(
    rf"""(?P<skip><!--|<!\[CDATA\[|<\?)"""
    rf"""|<(?P<open>{_NAME})(?P<attributes>(?:\s+{_NAME}\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(?P<empty>/?)>"""
    rf"""|</(?P<close>{_NAME})\s*>"""
    rf"""|(?P<stray><)"""
    rf"""|(?P<reference>{_REFERENCE})"""
    r"""|(?P<ampersand>&)"""
    r"""|(?P<section_end>\]\]>)"""
    r"""|(?P<control>[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff])"""
)
_CLOSERS = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>"}
_ATTRIBUTE = re.compile(rf"""\s*({_NAME})\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>=]+)""")
_LOOSE_TAG = re.compile(rf"""<({_NAME})((?:\s*{_NAME}\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=/]+))*)\s*(/?)>""")
_STARTS_NAME = re.compile(rf"<({_NAME})(?=[\s/>])")
_IN_VALUE = re.compile(rf"<|&(?!{_REFERENCE[1:]})")
_STRAY = '"<" without a tag was kept as text'


@dataclass(slots=True)
class _Repair:
    """The state of a repair: output pieces, open elements, and the lines of each kind of fault."""

    text: str
    member: str
    limit: int
    depth: int
    known_ends: frozenset[str]
    line_starts: list[int]
    out: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    faults: dict[str, list[int]] = field(default_factory=dict)
    count: int = 0

    def line(self, at: int) -> int:
        return bisect_right(self.line_starts, at)

    def note(self, fault: str, at: int) -> None:
        self.count += 1
        if self.count > self.limit:
            detail = f"more than {self.limit} faults, too many to repair: ask for the file again"
            raise DocumentError(self.member, "not-well-formed", detail)
        self.faults.setdefault(fault, []).append(self.line(at))


def repair(text: str, body_at: int, *, member: str, limit: int, depth: int) -> tuple[str, tuple[Note, ...]]:
    """Return the repaired text, and one note for each kind of fault with the lines of the delivered file.

    body_at: the end of the prolog with its DOCTYPE, which is not changed. Without notes, nothing was
    repaired. Raises: DocumentError "illegal-character" for a reference to a character that XML forbids (&#0;),
    "not-well-formed" beyond `limit` faults and for a comment or section that never ends, "too-deep" beyond `depth`.
    """
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    ends = frozenset(re.findall(rf"</({_NAME})\s*>", text))
    work = _Repair(text, member, limit, depth, ends, starts)
    prolog = text[:body_at]
    if prolog[:1].isspace() and prolog.lstrip().startswith("<?xml"):
        work.note("blank space before the XML declaration was taken out", 0)
        prolog = prolog.lstrip()
    work.out.append(prolog)
    at = body_at
    while (match := _TOKEN.search(text, at)) is not None:
        work.out.append(text[at : match.start()])
        at = _repair_token(work, match)
    work.out.append(text[at:])
    notes = tuple(Note("repaired", _sentence(fault, lines)) for fault, lines in work.faults.items())
    return "".join(work.out), notes


def _repair_token(work: _Repair, match: re.Match[str]) -> int:
    """Append the token, repaired if necessary, and return the offset after it."""
    at = match.start()
    if match.group("skip"):
        return _skip(work, match.group("skip"), at)
    if match.group("open"):
        return _open(work, match)
    if match.group("stray"):
        return _stray(work, at)
    if match.group("close"):
        _close(work, match.group("close"), at)
    elif match.group("reference"):
        work.out.append(_reference(work, match.group("reference"), at))
    elif match.group("control"):
        work.note("a control character that XML forbids was taken out", at)
        work.out.append(" " if match.group() in "\x0b\x0c" else "")
    elif match.group("ampersand"):
        work.note('"&" was kept as text', at)
        work.out.append("&amp;")
    else:
        work.note('"]]>" was kept as text', at)
        work.out.append("]]&gt;")
    return match.end()


def _skip(work: _Repair, opener: str, at: int) -> int:
    """Skip a comment, a CDATA section or an instruction."""
    closer = _CLOSERS[opener]
    closed = work.text.find(closer, at + len(opener))
    if closed < 0:
        detail = f'line {work.line(at)}: "{opener}" is never closed; the file is cut off or damaged: ask for it again'
        raise DocumentError(work.member, "not-well-formed", detail)
    end = closed + len(closer)
    if opener == "<!--" and ("--" in work.text[at + 4 : closed] or work.text[closed - 1 : closed] == "-"):
        work.note('a comment with "--" in it was taken out', at)
    else:
        work.out.append(work.text[at:end])
    return end


def _is_known(name: str) -> bool:
    return name in REPAIRABLE or name in STRUCTURE or _BIBLIOGRAPHY.match(name) is not None


def _stray(work: _Repair, at: int) -> int:
    """Handle a "<" that starts no well-formed tag: a tag with malformed attributes, a damaged tag, or a character."""
    loose = _LOOSE_TAG.match(work.text, at)
    if loose is not None and _is_known(loose.group(1)):
        work.note(f"the attributes of <{loose.group(1)}> were put in order", at)
        _append_tag(work, loose.group(1), loose.group(2), loose.group(3), at)
        return loose.end()
    started = _STARTS_NAME.match(work.text, at)
    if started is not None and _is_known(started.group(1)) and started.group(1) not in REPAIRABLE_INLINE:
        detail = f"line {work.line(at)}: the tag <{started.group(1)} … is damaged: ask for the file again"
        raise DocumentError(work.member, "not-well-formed", detail)
    work.note(_STRAY, at)
    work.out.append("&lt;")
    return at + 1


def _open(work: _Repair, match: re.Match[str]) -> int:
    name = match.group("open")
    if not _is_known(name) and not match.group("empty") and name not in work.known_ends:
        # "<First>" without any "</First>" is text in angle brackets, not an element.
        work.note(_STRAY, match.start())
        work.out.append("&lt;")
        return match.start() + 1
    _append_tag(work, name, match.group("attributes"), match.group("empty"), match.start())
    return match.end()


def _append_tag(work: _Repair, name: str, attributes: str, empty: str, at: int) -> None:
    if name in _STARTS_BLOCK:
        _close_before_block(work, at)
    work.out.append(f"<{name}{_attributes(work, attributes, at)}{empty}>")
    if not empty:
        work.open.append(name)
        if len(work.open) > work.depth:
            raise DocumentError(work.member, "too-deep", f"elements nest deeper than {work.depth}")


def _close_before_block(work: _Repair, at: int) -> None:
    """Close an open paragraph or heading when the next one starts: they never nest directly."""
    depth = len(work.open)
    while depth and work.open[depth - 1] in REPAIRABLE_INLINE:
        depth -= 1
    if depth and work.open[depth - 1] in _STARTS_BLOCK:
        _unwind(work, depth - 1, at)


def _close(work: _Repair, name: str, at: int) -> None:
    depth = len(work.open)
    while depth and work.open[depth - 1] != name and work.open[depth - 1] in REPAIRABLE:
        depth -= 1
    if depth and work.open[depth - 1] == name:
        _unwind(work, depth, at)
        work.open.pop()
        work.out.append(f"</{name}>")
    elif name in REPAIRABLE:
        work.note(f"a stray </{name}> was taken out", at)
    else:
        work.out.append(f"</{name}>")  # left for the strict parser to report


def _unwind(work: _Repair, depth: int, at: int) -> None:
    while len(work.open) > depth:
        name = work.open.pop()
        work.note(f"a missing </{name}> was added", at)
        work.out.append(f"</{name}>")


def _reference(work: _Repair, reference: str, at: int) -> str:
    name = reference[1:-1]
    if name.startswith("#"):
        if not _is_xml_character(int(name[2:], 16) if name[1] == "x" else int(name[1:])):
            detail = f"line {work.line(at)}: {reference} is not a character that XML allows: ask for the file again"
            raise DocumentError(work.member, "illegal-character", detail)
        return reference
    if name in PREDEFINED:
        return reference
    work.note(f"the entity {reference}, which is not declared, was read by its ISO name or kept as text", at)
    return escaped_character_of(name)


def _is_xml_character(code: int) -> bool:
    """Whether XML allows the character (Char of XML 1.0, production 2)."""
    return code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF


def _attributes(work: _Repair, attributes: str, at: int) -> str:
    """The attributes, each once, with quoted values in which "<" and lone "&" are escaped."""
    seen: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(attributes):
        if name in seen:
            work.note(f"the attribute {name} was given twice; the first was kept", at)
            continue
        quoted = value if value[0] in "\"'" else f'"{value}"'
        seen[name] = _IN_VALUE.sub(lambda stray: "&lt;" if stray.group() == "<" else "&amp;", quoted)
        seen[name] = resolve_named(seen[name])
        if seen[name] != quoted:
            work.note(f'"&", "<" or an entity in the attribute {name} was kept as text', at)
    return "".join(f" {name}={value}" for name, value in seen.items())


def _sentence(fault: str, lines: list[int]) -> str:
    shown = ", ".join(str(line) for line in dict.fromkeys(lines[:8]))
    more = f" and {len(lines) - 8} more" if len(lines) > 8 else ""
    return f"{fault} (line{'s' if len(set(lines)) > 1 else ''} {shown}{more})"
