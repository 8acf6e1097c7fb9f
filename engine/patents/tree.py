"""Parse XML: strictly, then repaired, else refuse it. Without DTD, network or huge_tree. No other module parses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from engine.errors import DocumentError
from engine.patents.entities import resolve_named
from engine.patents.limits import XmlLimits
from engine.patents.publication import Note
from engine.patents.repair import repair
from engine.patents.source import Source, read_source

_TAG_WITH_REFERENCE = re.compile(r"<[A-Za-z][^<>&]*&[^<>]*>")


@dataclass(frozen=True, slots=True)
class ParsedTree:
    """The root element, with Entity nodes for named entities in the text, and notes for the report."""

    root: etree._Element
    repaired: bool
    notes: tuple[Note, ...]


def parse_tree(xml: bytes, member: str, limits: XmlLimits) -> ParsedTree:
    """Parse untrusted bytes.

    Raises: DocumentError, code "too-large", "empty", "encoding", "entity-declaration", "not-well-formed",
    "illegal-character", "text-too-long" or "too-deep".
    """
    source = read_source(xml, member, limits)
    notes = source.notes
    repaired = False
    try:
        root = _strict(source.text)
    except etree.XMLSyntaxError as error:
        root, repairs = _repaired(source, error, member, limits)
        notes, repaired = (*notes, *repairs), True
    _check_declarations(root, source.unparsed_entities, member)
    _check_shape(root, member, limits)
    return ParsedTree(root, repaired, notes)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
    )


def _strict(text: str) -> etree._Element:
    # The text is already decoded: the parser's encoding overrides the declaration.
    return etree.fromstring(_attributes_resolved(text).encode("utf-8"), _parser())


def _attributes_resolved(text: str) -> str:
    """Resolve named entities in attribute values, which libxml2 drops without the DTD."""
    if "<![CDATA[" in text:
        return text  # a CDATA section may contain something like a tag
    return _TAG_WITH_REFERENCE.sub(lambda tag: resolve_named(tag.group()), text)


def _repaired(
    source: Source, first: etree.XMLSyntaxError, member: str, limits: XmlLimits
) -> tuple[etree._Element, tuple[Note, ...]]:
    if "xmlSAX2Characters" in str(first) or "Text node too long" in str(first) or "huge text node" in str(first):
        detail = f"one text node has more than {limits.text_node_characters} characters"
        raise DocumentError(member, "text-too-long", detail) from first
    if "Excessive depth" in str(first):
        raise DocumentError(member, "too-deep", f"elements nest deeper than {limits.depth}") from first
    text, notes = repair(source.text, source.body_at, member=member, limit=limits.repairs, depth=limits.depth)
    if not notes:
        raise _not_well_formed(member, first, "") from first
    try:
        return _strict(text), notes
    except etree.XMLSyntaxError as still:
        raise _not_well_formed(member, still, ", even after repair of smaller faults") from still


def _not_well_formed(member: str, error: etree.XMLSyntaxError, extra: str) -> DocumentError:
    line, column = error.position
    reason = (error.msg or "no reason given").split(" (<string>")[0].removesuffix(f", line {line}, column {column}")
    detail = f"line {line}, column {column}: {reason}{extra}. The file is cut off or damaged: ask for it again"
    return DocumentError(member, "not-well-formed", detail)


def _check_declarations(root: etree._Element, unparsed: frozenset[str], member: str) -> None:
    """Raise DocumentError for entity declarations that libxml2 found and the check of the prolog did not."""
    internal = root.getroottree().docinfo.internalDTD
    if internal is None:
        return
    for entity in internal.iterentities():  # type: ignore[attr-defined]  # lxml-stubs lack it
        if entity.name not in unparsed:
            raise DocumentError(member, "entity-declaration", f"declares the entity {entity.name!r} itself")


def _check_shape(root: etree._Element, member: str, limits: XmlLimits) -> None:
    """Check the depth, without recursion, and the length of text nodes. Raises: DocumentError."""
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth += 1
        if depth > limits.depth:
            raise DocumentError(member, "too-deep", f"elements nest deeper than {limits.depth}")
        if len(element.text or "") > limits.text_node_characters:
            detail = f"one text node has more than {limits.text_node_characters} characters"
            raise DocumentError(member, "text-too-long", detail)
