"""Tell drawings from formulas, tables and chemistry among the images of a patent XML.

By markup: the place (<drawings> or <maths>, <chemistry>, <tables>, running text) and img-content. Where a
delivery lacks such markup, by the family of the file name. Measured on all 1,292 images of 27 EPO files and
two batches: all 1,065 images in <drawings> are of the family imgf…, all 227 others
(chem 88, dna 107, math 19, table 8, program listing 1, abstract drawing 4) are imgb…, imga… or imgaf…, so the family
is right for all 1292. Height (drawing from 40 mm) is right for 1238, for 320 of the 332 EPO images at
best (127 mm), and is not used. The USPTO's and WIPO's families (…-D00001 against -C, -M, -T, -P) come from
the USPTO's image naming.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from lxml import etree

from engine.patents.publication import DrawingReference, Note
from engine.patents.vocabulary import EMBEDDED_CONTENT


class ImageFamily(StrEnum):
    """The content of an image by its file name."""

    DRAWING = "drawing"
    ABSTRACT = "abstract-drawing"  # a copy of one of the drawings, for the title page
    EMBEDDED = "embedded"  # formula, table, chemistry, listing: part of the running text
    UNKNOWN = "unknown"


_FAMILIES = (
    (re.compile(r"imgf\d", re.IGNORECASE), ImageFamily.DRAWING),
    (re.compile(r"imgaf\d", re.IGNORECASE), ImageFamily.ABSTRACT),
    (re.compile(r"img(?:b|a|ia|ib|t|c|m)\d", re.IGNORECASE), ImageFamily.EMBEDDED),
    (re.compile(r".*-D\d{5}\b", re.IGNORECASE), ImageFamily.DRAWING),
    (re.compile(r".*-[CMTPS]\d{5}\b", re.IGNORECASE), ImageFamily.EMBEDDED),
)
_MILLIMETRES = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4})?")
_NAME_CHARACTERS = 255
_LABEL_CHARACTERS = 120


def image_family(file_name: str) -> ImageFamily:
    """The content by the name alone, for files that no XML names and for XML without markup."""
    name = re.split(r"[/\\]", file_name)[-1]
    for pattern, family in _FAMILIES:
        if pattern.match(name):
            return family
    return ImageFamily.UNKNOWN


@dataclass(frozen=True, slots=True)
class Images:
    """The images of an XML. drawings: in document order. left_out: others, labelled by content ("chem", "table" …)."""

    drawings: tuple[DrawingReference, ...]
    left_out: tuple[DrawingReference, ...]
    notes: tuple[Note, ...]


def read_images(root: etree._Element) -> Images:
    """Classify every image that the XML names, by the rule above."""
    drawings: list[DrawingReference] = []
    left_out: list[DrawingReference] = []
    abstract: list[DrawingReference] = []
    for element in root.iter("img", "doc-page"):
        if not element.get("file"):
            continue
        family = image_family(element.get("file", ""))
        in_drawings = next(element.iterancestors("drawings"), None) is not None
        content = (element.get("img-content") or "").lower()
        if element.tag == "doc-page" and not in_drawings:
            continue  # a facsimile page of the search report or of the whole document
        if _is_drawing(element, content, family, in_drawings=in_drawings):
            drawings.append(_reference(element, _label(element)))
        elif family is ImageFamily.ABSTRACT:
            abstract.append(_reference(element, ImageFamily.ABSTRACT.value))
        else:
            left_out.append(_reference(element, (content or _place(element))[:_LABEL_CHARACTERS]))
    if abstract and not drawings:
        # The drawing of the title page is used only when there is no other.
        drawings = [
            DrawingReference(one.identifier, "", one.file_name, one.width_mm, one.height_mm) for one in abstract
        ]
        abstract = []
    return Images(tuple(drawings), (*left_out, *abstract), _notes(drawings, root))


def _is_drawing(element: etree._Element, content: str, family: ImageFamily, *, in_drawings: bool) -> bool:
    if content in EMBEDDED_CONTENT:
        return False
    if in_drawings:
        return bool(content) or family is not ImageFamily.EMBEDDED
    # Without a <drawings> part: by family alone, and never inside a formula, a table or chemistry.
    return family is ImageFamily.DRAWING and _place(element) == "text"


def _reference(element: etree._Element, label: str) -> DrawingReference:
    figure = next(element.iterancestors("figure"), element)
    return DrawingReference(
        identifier=(figure.get("id") or element.get("id") or "")[:_NAME_CHARACTERS],
        label=label,
        file_name=(element.get("file") or "").strip()[:_NAME_CHARACTERS],
        width_mm=_millimetres(element.get("wi")),
        height_mm=_millimetres(element.get("he")),
    )


def _label(element: etree._Element) -> str:
    figure = next(element.iterancestors("figure"), element)
    label = figure.get("figure-labels") or figure.get("num") or ""
    return " ".join(label.split())[:_LABEL_CHARACTERS]


def _place(element: etree._Element) -> str:
    for ancestor in element.iterancestors("maths", "chemistry", "tables", "table", "figure", "drawings"):
        return str(ancestor.tag)
    return "text"


def _millimetres(text: str | None) -> float | None:
    """A size in millimetres above 0; None when the attribute is absent or not a number."""
    digits = (text or "").strip()
    if not _MILLIMETRES.fullmatch(digits):
        return None
    return float(digits) or None


def _notes(drawings: list[DrawingReference], root: etree._Element) -> tuple[Note, ...]:
    notes = []
    for what, count in Counter(one.file_name for one in drawings).items():
        if count > 1:
            notes.append(Note("file-named-twice", f"{count} drawings name the file {what!r}"))
    for what, count in Counter(one.identifier for one in drawings).items():
        if what and count > 1:
            notes.append(Note("identifier-twice", f"{count} drawings have the id {what!r}; all are kept"))
    for one in drawings:
        if re.search(r"[/\\:]", one.file_name):
            detail = f"the drawing {one.identifier!r} names a path or an address instead of a file of the delivery"
            notes.append(Note("file-name-is-a-path", detail))
    for element in root.iterfind("drawings//img"):
        for name in ("wi", "he"):
            if element.get(name) and _millimetres(element.get(name)) is None:
                notes.append(
                    Note("impossible-size", f"{name}={element.get(name, '')[:20]!r} is not a size; it was left empty")
                )
    return tuple(notes)
