"""Abstract, description and claims as paragraphs, in document order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from engine.patents.flow import Flow, FlowNotes, flow_of
from engine.patents.publication import Paragraph, Section
from engine.patents.vocabulary import LEFT_OUT

_PARAGRAPHS = ("p", "heading", "invention-title")
_NUMBER_CHARACTERS = 20


class ParagraphReader:
    """Reads the text sections of one root element. language: the document's, for sections without one."""

    def __init__(self, root: etree._Element, language: str, notes: FlowNotes, *, indented: bool) -> None:
        self.root = root
        self.language = language
        self.notes = notes
        self.indented = indented

    def read(self) -> tuple[Paragraph, ...]:
        return (*self._abstract(), *self._description(), *self._claims())

    def _abstract(self) -> Iterator[Paragraph]:
        for abstract in self.root.iterfind("abstract"):
            yield from self._blocks(abstract, Section.ABSTRACT, self._language_of(abstract))

    def _description(self) -> Iterator[Paragraph]:
        for description in self.root.iterfind("description"):
            yield from self._blocks(description, Section.DESCRIPTION, self._language_of(description))

    def _claims(self) -> Iterator[Paragraph]:
        for tag, prefix in (("claims", ""), ("amended-claims", "amended ")):
            for claims in self.root.iterfind(tag):
                language = self._language_of(claims)
                for position, claim in enumerate(claims.iterfind("claim"), start=1):
                    number = (prefix + _claim_number(claim, position))[:_NUMBER_CHARACTERS]
                    yield from self._paragraph(claim, Section.CLAIM, language, number, one_line=True)

    def _blocks(self, element: etree._Element, section: Section, language: str) -> Iterator[Paragraph]:
        """Paragraphs and headings below `element`; text outside them becomes a paragraph without a number."""
        yield from self._loose(element.text, section, language)
        for child in element:
            tag = child.tag
            if not isinstance(tag, str):
                if isinstance(child, etree._Entity):
                    yield from self._loose(child.text, section, language)
            elif tag in _PARAGRAPHS or (tag not in LEFT_OUT and child.find(".//p") is None):
                number = (child.get("num") or "").strip()[:_NUMBER_CHARACTERS] if tag == "p" else ""
                heading = tag in ("heading", "invention-title")
                yield from self._paragraph(child, section, language, number, heading=heading)
            elif tag not in LEFT_OUT:
                yield from self._blocks(child, section, language)
            yield from self._loose(child.tail, section, language)

    def _loose(self, text: str | None, section: Section, language: str) -> Iterator[Paragraph]:
        if text and text.strip():
            yield Paragraph(section, "", language, " ".join(text.split()))

    def _paragraph(
        self,
        element: etree._Element,
        section: Section,
        language: str,
        number: str,
        *,
        heading: bool = False,
        one_line: bool = False,
    ) -> Iterator[Paragraph]:
        flow: Flow = flow_of(element, self.notes, indented=self.indented)
        if not flow.text:
            return
        # A line break and a space are one character each, so spans stay valid.
        text = flow.text.replace("\n", " ") if one_line else flow.text
        yield Paragraph(section, number, language, text, heading, flow.figure_references, flow.emphasised)

    def _language_of(self, element: etree._Element) -> str:
        language = (element.get("lang") or "").strip().lower()[:2]
        return language if re.fullmatch(r"[a-z]{2}", language) else self.language


def _claim_number(claim: etree._Element, position: int) -> str:
    """ "0001" → "1", "0003-0005" → "3-5". If num is empty (EP0000002A1), from the id or the position."""
    text = (claim.get("num") or "").strip()
    if not text:
        tail = re.search(r"-0*([0-9]{1,5})$", claim.get("id") or "")
        text = tail.group(1) if tail else str(position)
    return re.sub(r"\b0+(?=\d)", "", text)
