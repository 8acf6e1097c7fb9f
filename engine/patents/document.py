"""Parse one patent XML into one PatentDocument: the entry point of this package."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from engine.errors import DocumentError
from engine.patents.bibliography import Bibliography, DateReader, read_bibliography
from engine.patents.drawings import read_images
from engine.patents.flow import FlowNotes, is_indented
from engine.patents.formats import require_ep_patent_document
from engine.patents.limits import XmlLimits
from engine.patents.paragraphs import ParagraphReader
from engine.patents.publication import Note, Paragraph, PatentDocument, PublicationNumber
from engine.patents.st36 import read_st36
from engine.patents.tree import parse_tree

# Some numbers begin with letters for the kind of right (US D0907292, RE36154; JP H08123456); WIPO ST.6 allows 13
# characters, of which EPO, US and WO use at most 11.
_DOC_NUMBER = re.compile(r"[A-Z]{0,3}[0-9]{1,13}")
_NUMBER_PARTS = (
    ("country", "SDOBI/B100/B190", re.compile(r"[A-Z]{2}")),
    ("doc-number", "SDOBI/B100/B110", _DOC_NUMBER),
    ("kind", "SDOBI/B100/B130", re.compile(r"[A-Z][0-9]?")),
)
_SHOWN = 40


def parse_patent(xml: bytes, member: str, limits: XmlLimits = XmlLimits()) -> PatentDocument:  # noqa: B008 (frozen)
    """Parse an ep-patent-document XML of any DTD version and any office.

    member: the document's name in its delivery, used only in errors. Nothing outside `xml` is read.
    Notes with the code "repaired" list the repairs, with lines of the delivered file.

    Raises: DocumentError; its code is one of "too-large", "empty", "encoding", "entity-declaration",
    "not-well-formed", "illegal-character", "text-too-long", "too-deep" (the XML), "foreign-format", "wrong-root"
    (another kind of XML), "publication-number" (no usable country, number and kind).
    """
    tree = parse_tree(xml, member, limits)
    root = tree.root
    require_ep_patent_document(root, member)
    number, number_notes = _publication_number(root, member)
    dates, flow_notes = DateReader(), FlowNotes()
    date = dates.read(root.get("date-publ"), "publication date")
    head = _head(root, number.country, flow_notes)
    language = _language(root)
    paragraphs = ParagraphReader(root, language, flow_notes, indented=is_indented(root)).read()
    images = read_images(root)
    own_notes = _notes(root, paragraphs, flow_notes, limits)
    return PatentDocument(
        number=number,
        language=language,
        date=date,
        dtd_version=(root.get("dtd-version") or "").removeprefix("ep-patent-document-")[:_SHOWN],
        titles=head.titles,
        parties=head.parties,
        classifications=head.classifications,
        application_number=head.application_number,
        application_date=head.application_date,
        priorities=head.priorities,
        citations=head.citations,
        family=head.family,
        paragraphs=paragraphs,
        drawings=images.drawings,
        left_out=images.left_out,
        repaired=tree.repaired,
        notes=(*tree.notes, *number_notes, *dates.notes, *head.notes, *images.notes, *own_notes),
    )


def _head(root: etree._Element, country: str, notes: FlowNotes) -> Bibliography:
    sdobi, bibliographic_data = root.find("SDOBI"), root.find("bibliographic-data")
    if sdobi is not None:
        return read_bibliography(sdobi, country, notes)
    if bibliographic_data is not None:
        return read_st36(bibliographic_data, country, notes)
    return Bibliography(notes=(Note("no-bibliography", "has no bibliographic data"),))


def _publication_number(root: etree._Element, member: str) -> tuple[PublicationNumber, tuple[Note, ...]]:
    # The file name and B210 hold the application number; only the root's attributes name the publication. The DTD
    # does not require them: where one is absent, the bibliography's (B190, B110, B130) is used, with a note.
    values, absent = [], []
    for name, path, rule in _NUMBER_PARTS:
        value = (root.get(name) or "").strip()
        if not value:
            value = " ".join((root.findtext(path) or "").split())
            absent.append(name)
        if not rule.fullmatch(value):
            shown = repr(value[:_SHOWN]) + (f" … ({len(value)} characters)" if len(value) > _SHOWN else "")
            detail = f"the root's {name} is {shown}, which is not valid for a publication; correct the attribute"
            raise DocumentError(member, "publication-number", detail)
        values.append(value)
    notes = (
        (Note("number-from-bibliography", f"the root has no {', '.join(absent)}; taken from B100"),) if absent else ()
    )
    return PublicationNumber(*values), notes


def _language(root: etree._Element) -> str:
    for element in (root, root.find("description"), root.find("SDOBI"), root.find("claims")):
        language = "" if element is None else (element.get("lang") or "").strip().lower()[:2]
        if re.fullmatch(r"[a-z]{2}", language):
            return language
    return ""


def _notes(
    root: etree._Element, paragraphs: tuple[Paragraph, ...], flow: FlowNotes, limits: XmlLimits
) -> Iterator[Note]:
    if flow.mapped:
        shown = ", ".join(f"{name} as {text}" for name, text in sorted(flow.mapped.items())[:12])
        yield Note("named-entity", f"named entities of the DTD were read by their ISO names: {shown}")
    if flow.unknown_entities:
        shown = ", ".join(sorted(flow.unknown_entities)[:12])
        yield Note("unknown-entity", f"entities that no ISO set has were kept as text: {shown}")
    if flow.unknown_elements:
        shown = ", ".join(sorted(flow.unknown_elements)[:12])
        yield Note("unknown-element", f"elements unknown to the EPO's DTDs: only their text was kept: {shown}")
    if len(root.attrib) > limits.attributes:
        yield Note("attributes", f"the root has {len(root.attrib)} attributes; only the known ones were read")
    if not paragraphs:
        yield Note("no-text", "has neither abstract, description nor claims; it can be found only by its bibliography")
    for paragraph in paragraphs:
        if len(paragraph.text) > limits.long_paragraph_characters:
            detail = f"{paragraph.section} paragraph {paragraph.number!r} has {len(paragraph.text)} characters"
            yield Note("long-paragraph", detail)
