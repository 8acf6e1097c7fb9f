"""Generate one publication: its XML, its image files, and their ground truth."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from engine.patents.publication import PublicationNumber, Section
from sample.content import Content, content_of, origin_of, pen_of, sheets_of
from sample.formulas import formula_image
from sample.language import ANSWERS
from sample.painting import Written
from sample.sheets import SheetTruth, encode_tiff, make_sheet
from sample.text import (
    FigureMention,
    FigureNote,
    Sentence,
    Sign,
    TextParagraph,
    Writer,
    abstract,
    claims,
    describe,
)
from sample.xml import Bibliography, ImageFile, bibliography_of, document_xml

ZIP_TIME = (2020, 1, 1, 0, 0, 0)
DEFAULT_MAX_SHEETS = 6
FORMULA_FILE = "imgb0001.tif"

Truth = dict[str, Any]
"""The ground truth of a document, ready for JSON; sample.batch describes the format."""


@dataclass(frozen=True, slots=True)
class SampleDocument:
    """A generated publication in memory. files: file name → bytes, in the order of its zip."""

    publication: PublicationNumber
    member: str  # its name in a batch: DOC/EPNWA1/EP98000001NWA1.zip
    xml_name: str
    files: Mapping[str, bytes]
    truth: Truth

    @property
    def xml(self) -> bytes:
        return self.files[self.xml_name]

    def zip_bytes(self) -> bytes:
        """The document as a zip, with the same bytes each time."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content in self.files.items():
                # Group 4 data cannot be compressed further; the XML can.
                method = zipfile.ZIP_STORED if name.endswith(".tif") else zipfile.ZIP_DEFLATED
                archive.writestr(zip_entry(name, method), content)
        return buffer.getvalue()


def zip_entry(name: str, method: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    """An archive entry that does not depend on time or machine."""
    entry = zipfile.ZipInfo(name, ZIP_TIME)
    entry.compress_type = method
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    return entry


def sample_document(seed: int, position: int, *, max_sheets: int = DEFAULT_MAX_SHEETS) -> SampleDocument:
    """Generate the document at a position (from 0) of the sample with this seed; equal arguments give equal bytes.

    Raises: ValueError when position is negative or max_sheets below 1.
    """
    if position < 0 or max_sheets < 1:
        raise ValueError(f"position must be at least 0 and max_sheets at least 1, not {position} and {max_sheets}")
    content = content_of(seed, position)
    rng = Random(f"document/{seed}/{position}")
    bibliography = bibliography_of(seed, position, content)
    phrases = Random(content.phrase_seed)
    writer = Writer(content.language, phrases, brackets=phrases.random() < 0.2, number_pool=_number_pool(content))
    pen = pen_of(rng)
    words = _words(content)
    files: dict[str, bytes] = {}
    truths: list[SheetTruth] = []
    plans = sheets_of(content, rng, _label_format(writer, phrases), max_sheets)
    for number, plan in enumerate(plans, start=1):
        pixels, truth = make_sheet(plan, pen, words, rng)
        files[f"imgf{number:04d}.tif"] = encode_tiff(pixels)
        truths.append(truth)
    formula = phrases.random() < 0.5
    if formula:
        files[FORMULA_FILE] = encode_tiff(formula_image(rng))
    paragraphs = _paragraphs(writer, content, truths, formula=formula, claim_count=rng.randint(3, 7))
    images = [ImageFile(f"imgf{i:04d}.tif", t.width_px, t.height_px, _labels(t)) for i, t in enumerate(truths, start=1)]
    files[bibliography.xml_name] = document_xml(bibliography, content.language, paragraphs, images, rng=phrases)
    files["TOC.xml"] = f'<?xml version="1.0" encoding="UTF-8"?><toc file="{bibliography.xml_name}"/>\n'.encode()
    truth_of_document = _truth(
        seed,
        position,
        bibliography=bibliography,
        content=content,
        paragraphs=paragraphs,
        sheets=truths,
        formula=formula,
    )
    return SampleDocument(bibliography.number, bibliography.member, bibliography.xml_name, files, truth_of_document)


def _words(content: Content) -> dict[str, dict[str, str]]:
    """Kind → part → name in the document's language, including the answers at decisions (yes, no)."""
    answers = dict(zip(("@yes", "@no"), ANSWERS[content.language], strict=True))
    return {
        subject.kind.key: {part: term.word(content.language) for part, term in subject.kind.parts.items()} | answers
        for subject in content.subjects
    }


def _number_pool(content: Content) -> list[int]:
    """Numbers for dimensions and the like, about half of which are reference signs too."""
    signs = [int(text) for subject in content.subjects for text in subject.numerals.values() if text.isdigit()]
    return [*signs, 2, 3, 5, 8, 10, 12, 15, 20, 30, 45, 60, 90]


def _label_format(writer: Writer, rng: Random) -> str:
    """The format of figure labels on sheets, which may differ from the text's."""
    word = writer.figure_words[0] + "{}"
    return rng.choice((word, "FIG. {}", "Fig. {}")) if writer.language == "en" else rng.choice(("Fig. {}", "FIG. {}"))


def _labels(truth: SheetTruth) -> str:
    return ",".join(figure.plan.label for figure in truth.figures)


def _paragraphs(
    writer: Writer, content: Content, sheets: Sequence[SheetTruth], *, formula: bool, claim_count: int
) -> list[TextParagraph]:
    subjects = {subject.kind.key: subject for subject in content.subjects}
    notes = []
    for figure in (figure for sheet in sheets for figure in sheet.figures):
        drawn = {written.text for written in figure.numerals}
        parts = tuple(part for part, text in figure.plan.numerals.items() if text in drawn)
        subject = subjects[figure.plan.kind_key]
        notes.append(FigureNote(figure.plan.label, subject, figure.plan.view, bool(figure.plan.variant), parts))
    subject = content.subjects[0]
    paragraphs = [TextParagraph(Section.ABSTRACT, "0001", (abstract(writer, subject),))]
    number = 0
    for item in describe(writer, subject, notes, formula=formula):
        if isinstance(item, str):
            paragraphs.append(TextParagraph(Section.DESCRIPTION, "", (Sentence((item,)),), heading=True))
            continue
        number += 1
        paragraphs.append(TextParagraph(Section.DESCRIPTION, f"{number:04d}", tuple(item)))
    for number, sentence in enumerate(claims(writer, subject, claim_count), start=1):
        paragraphs.append(TextParagraph(Section.CLAIM, str(number), (sentence,)))
    return paragraphs


def _truth(
    seed: int,
    position: int,
    *,
    bibliography: Bibliography,
    content: Content,
    paragraphs: Sequence[TextParagraph],
    sheets: Sequence[SheetTruth],
    formula: bool,
) -> Truth:
    on_sheet = {figure.plan.label: {w.text for w in figure.numerals} for sheet in sheets for figure in sheet.figures}
    drawn = set().union(*on_sheet.values())
    sentences = [
        _sentence_truth(paragraph, sentence, on_sheet)
        for paragraph in paragraphs
        if not paragraph.heading and paragraph.section is not Section.ABSTRACT
        for sentence in paragraph.sentences
    ]
    mentioned = {span[2] for sentence in sentences for span in sentence["numerals"]}
    return {
        "publication": bibliography.number.reference,
        "position": position,
        "member": bibliography.member,
        "xml": bibliography.xml_name,
        "language": content.language,
        "title": bibliography.titles[content.language],
        "class": content.subjects[0].kind.key,
        "family": f"F{seed}-{origin_of(position):06d}",
        "sheets": [_sheet_truth(f"imgf{number:04d}.tif", sheet) for number, sheet in enumerate(sheets, start=1)],
        "formulas": [FORMULA_FILE] if formula else [],
        "sentences": sentences,
        "parts": {
            text: subject.term(part).word(content.language)
            for subject in content.subjects
            for part, text in subject.numerals.items()
            if text in mentioned
        },
        "numerals_in_text_only": sorted(mentioned - drawn),
        "numerals_on_sheet_only": sorted(drawn - mentioned),
    }


def _sentence_truth(paragraph: TextParagraph, sentence: Sentence, on_sheet: Mapping[str, set[str]]) -> Truth:
    spans = sentence.spans()
    signs = [(start, end, piece.text) for start, end, piece in spans if isinstance(piece, Sign)]
    mentions = [(start, end, piece) for start, end, piece in spans if isinstance(piece, FigureMention)]
    links: list[Truth] = []
    for label, drawn in on_sheet.items():
        common = sorted({text for _, _, text in signs} & drawn)
        if common:
            links.append({"figure": label, "reason": "numeral", "numerals": common})
        if any(label in piece.labels for _, _, piece in mentions):
            links.append({"figure": label, "reason": "label"})
    return {
        "section": paragraph.section.value,
        "paragraph": paragraph.number,
        "text": sentence.text,
        "numerals": [list(sign) for sign in signs],
        "figures": [[start, end, list(piece.labels)] for start, end, piece in mentions],
        "links": links,
    }


def _sheet_truth(name: str, sheet: SheetTruth) -> Truth:
    return {
        "file": name,
        "width": sheet.width_px,
        "height": sheet.height_px,
        "rotation": sheet.rotation,
        "wear": sheet.wear,
        "sheet_number": _written(sheet.sheet_number) if sheet.sheet_number else None,
        "figures": [
            {
                "label": figure.plan.label,
                "label_text": figure.label.text,
                "label_box": _written(figure.label)["box"],
                "box": _box(figure.box.left, figure.box.top, figure.box.width, figure.box.height),
                "kind": figure.plan.kind_key,
                "object": figure.plan.object_key,
                "view": figure.plan.view,
                "variant": figure.plan.variant,
                "numerals": [_written(written) for written in figure.numerals],
                "other_text": [{**_written(written), "kind": written.kind.value} for written in figure.other_text],
            }
            for figure in sheet.figures
        ],
    }


def _written(written: Written) -> Truth:
    box = written.box
    return {"text": written.text, "box": _box(box.left, box.top, box.width, box.height)}


def _box(left: int, top: int, width: int, height: int) -> list[int]:
    return [left, top, width, height]
