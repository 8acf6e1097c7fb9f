"""Decode the bytes of a patent XML, and check what precedes its root: encoding, DOCTYPE, declarations.

All later steps work on one decoded string, so an offset in a report is an offset in the delivered file
and the parser never guesses an encoding.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from engine.errors import DocumentError
from engine.patents.limits import XmlLimits
from engine.patents.publication import Note

# Encodings in deliveries of EPO, WIPO and national offices. UTF-7 is not accepted, since it can hide markup.
ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "iso-8859-2": "iso-8859-2",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "windows-1252",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}
_DECLARATION = re.compile(r"""<\?xml\s[^>]{0,400}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_BEFORE_ROOT = re.compile(r"(?:\s+|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)
_DOCTYPE_PART = re.compile(r"""<!--|<\?|["'\[\]<>]""")
_CLOSERS = {"<!--": "-->", "<?": "?>", '"': '"', "'": "'"}
_ENTITY_DECLARATION = re.compile(r"<!ENTITY\b")
_UNPARSED_ENTITY = re.compile(
    r"""<!ENTITY\s+([\w.:-]+)\s+(?:SYSTEM|PUBLIC\s+(?:"[^"]*"|'[^']*'))\s+(?:"[^"]*"|'[^']*')\s+NDATA\s+[\w.:-]+\s*>"""
)


@dataclass(frozen=True, slots=True)
class Source:
    """The decoded document. body_at: the first character after the DOCTYPE, or after the XML declaration."""

    text: str
    body_at: int
    unparsed_entities: frozenset[str]  # declared as NDATA: names of files that are never read
    notes: tuple[Note, ...]


def read_source(xml: bytes, member: str, limits: XmlLimits) -> Source:
    """Decode strictly and check the prolog.

    Raises: DocumentError with code "too-large", "empty", "encoding" or "entity-declaration".
    """
    if len(xml) > limits.bytes:
        raise DocumentError(member, "too-large", f"the XML has {len(xml)} bytes; at most {limits.bytes} are read")
    if not xml.strip(b"\0 \t\r\n"):
        raise DocumentError(member, "empty", "the file is empty; ask for it again")
    text, notes = _decode(xml, member)
    start = _end_of_match(_BEFORE_ROOT, text, 0)
    if not text.startswith("<!DOCTYPE", start):
        return Source(text, start, frozenset(), notes)
    end = _doctype_end(text, start, member)
    unparsed = _unparsed_entities(text[start:end], member)
    if unparsed:
        notes = (*notes, Note("unparsed-entity", "declares unparsed (NDATA) entities; they are not read"))
    return Source(text, end, unparsed, notes)


def _decode(xml: bytes, member: str) -> tuple[str, tuple[Note, ...]]:
    encoding, notes = _encoding_of(xml, member)
    try:
        return xml.decode(encoding).removeprefix("\ufeff"), notes
    except UnicodeDecodeError as error:
        found = xml[error.start : error.start + 4].hex(" ")
        detail = (
            f"byte {error.start} ({found}) is not {encoding}; the file is damaged or declares the wrong encoding. "
            "Ask for the file again, or correct its XML declaration"
        )
        raise DocumentError(member, "encoding", detail) from error


def _encoding_of(xml: bytes, member: str) -> tuple[str, tuple[Note, ...]]:
    """The Python codec: by byte order mark, by zero bytes (XML 1.0 appendix F), then by declaration."""
    if xml.startswith(codecs.BOM_UTF8):
        return "utf-8", ()
    if xml.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", ()
    for start, codec in ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be")):
        if xml.startswith(start):
            return codec, (Note("encoding", f"read as {codec}: no byte order mark, decided by the first bytes"),)
    declared = _DECLARATION.match(xml[:600].decode("ascii", "replace"))
    if declared is None:
        return "utf-8", ()
    name = declared.group(1).lower()
    codec = ENCODINGS.get(name, "")
    if not codec:
        detail = f"the declared encoding {declared.group(1)!r} is not accepted; deliver UTF-8"
        raise DocumentError(member, "encoding", detail)
    if codec.startswith("utf-16"):
        detail = f"declares {declared.group(1)} but is in another encoding; ask for the file again"
        raise DocumentError(member, "encoding", detail)
    return codec, ()


def _unparsed_entities(doctype: str, member: str) -> frozenset[str]:
    """The entities declared as NDATA. Raises: DocumentError for any other entity declaration."""
    if _ENTITY_DECLARATION.search(_UNPARSED_ENTITY.sub("", doctype)):
        detail = (
            "declares entities of its own, which no EPO document does; they could read files or fill the memory. "
            "Replace the references by their characters and take the declarations out"
        )
        raise DocumentError(member, "entity-declaration", detail)
    return frozenset(_UNPARSED_ENTITY.findall(doctype))


def _doctype_end(text: str, start: int, member: str) -> int:
    """The offset after the DOCTYPE's closing ">", skipping quoted strings, comments and instructions."""
    declarations, in_subset = 0, False
    part = _DOCTYPE_PART.search(text, start + len("<!DOCTYPE"))
    while part is not None:
        token, at = part.group(), part.end()
        if token in _CLOSERS:
            closed = text.find(_CLOSERS[token], at)
            if closed < 0:
                break
            at = closed + len(_CLOSERS[token])
        elif token in "[]":
            in_subset = token == "["
        elif token == "<":
            declarations += 1
        elif declarations:
            declarations -= 1
        elif not in_subset:
            return at
        part = _DOCTYPE_PART.search(text, at)
    raise DocumentError(member, "not-well-formed", "the DOCTYPE is never closed; ask for the file again")


def _end_of_match(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
