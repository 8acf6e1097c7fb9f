"""Every real EPO XML and both real batches, against facts read in the files by eye and by an independent count."""

from __future__ import annotations

import datetime
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lxml import etree

from engine.errors import DocumentError
from engine.patents import ImageFamily, image_family, parse_patent
from engine.patents.publication import PatentDocument, Section
from engine.patents.vocabulary import INLINE, LEFT_OUT, LINES

pytestmark = pytest.mark.corpus


class Facts(NamedTuple):
    """What a person reads in the file. paragraphs: of the description, with text beside formulas and tables."""

    date: str
    application: str
    title: str
    title_language: str
    first_ipc: str
    paragraphs: int
    headings: int
    claims: int
    drawings: int
    left_out: int
    figure_references: int
    repaired: str = ""


# Read in the files (attributes, B542, B510, counted with grep), not taken from the parser.
FACTS = {
    "EP0000002A1": Facts("1978-12-20", "EP78100007", "Tetrahydrofuran-Derivate, Verfahren zu", "de", "C07D 307/12", 65, 9, 6, 0, 33, 0),  # noqa: E501
    "EP0430402B2": Facts("2008-03-05", "EP90308718", "Verfahren und Zusammensetzungen für chrom", "de", "C12Q 1/68", 303, 30, 12, 12, 0, 88),  # noqa: E501
    "EP0546210B2": Facts("2003-07-09", "EP91121229", "Verfahren und Vorrichtung zur Wärmebehand", "de", "B22D 29/00", 76, 5, 96, 6, 0, 0),  # noqa: E501
    "EP0560858A1": Facts("1993-09-22", "EP92900624", "NOZZLE ASSEMBLY FOR PREVENTING BACK-FLOW", "en", "B05B 7/00", 0, 0, 0, 0, 0, 0, '"&" was kept as text (line 118)'),  # noqa: E501
    "EP0610335B1": Facts("2008-01-02", "EP92922494", "Verfahren zum Entwurf von Rekombitopen P", "de", "C12N 15/62", 54, 10, 42, 19, 59, 0),  # noqa: E501
    "EP0874807B2": Facts("2006-08-02", "EP96939832", "VERFAHREN ZUR HERSTELLUNG VON METHOXIMIN", "de", "C07C 249/08", 21, 5, 15, 0, 13, 0),  # noqa: E501
    "EP1019261B1": Facts("2003-07-09", "EP98948476", "INTELLIGENTES BREMSSYSTEM FÜR MATERIALHAN", "de", "B60L 7/26", 53, 4, 87, 4, 15, 0),  # noqa: E501
    "EP1325900A1": Facts("2003-07-09", "EP01963450", "VERFAHREN ZUR HERSTELLUNG VON FLUORALKANOL", "de", "C07C 29/44", 38, 9, 7, 1, 0, 0),  # noqa: E501
    "EP1442058B1": Facts("2006-07-19", "EP02779063", "PEPTIDE ZUM EINSATZ IN DER BEHANDLUNG VON", "de", "C07K 14/47", 127, 11, 9, 7, 51, 0),  # noqa: E501
    "EP1451194B2": Facts("2009-12-16", "EP02776152", "HERSTELLUNG VON LEVOFLOXACIN HEMIHYDRAT", "de", "C07D 498/06", 39, 14, 27, 0, 1, 0),  # noqa: E501
    "EP1497510B2": Facts("2008-12-24", "EP03721225", "FUSSBODEN", "de", "E04F 15/04", 86, 8, 3, 14, 0, 71),
    "EP1654642B1": Facts("2008-12-24", "EP04777385", "VERFAHREN UND VORRICHTUNGEN ZUM VERIFIZIE", "de", "G06F 9/455", 90, 5, 96, 4, 0, 38),  # noqa: E501
    "EP1679948A1": Facts("2006-07-19", "EP04768329", "BAHNABDECKUNGEN FÜR FÖRDERSIEBE", "de", "A01D 17/10", 0, 0, 0, 0, 0, 0),  # noqa: E501
    "EP1680538A2": Facts("2006-07-19", "EP04794205", "VERBUNDGARN UND ERZEUGNISSE DARAUS", "de", "D02G 3/02", 0, 0, 0, 0, 0, 0),  # noqa: E501
    "EP1873405A2": Facts("2008-01-02", "EP07012363", "Spanplattenschraube", "de", "F16B 25/10", 37, 0, 17, 2, 0, 0),
    "EP1921219A1": Facts("2008-05-14", "EP06381048", "Schalldämpfungs- und Brandschutzisolierpl", "de", "E04B 1/88", 32, 5, 11, 1, 0, 2, '"&" was kept as text (line 93)'),  # noqa: E501
    "EP1981358A1": Facts("2008-10-22", "EP07704233", "NÄHRSTOFFZUSAMMENSETZUNG FÜR SÄUGLINGE MI", "de", "A23L 1/29", 0, 0, 0, 0, 0, 0),  # noqa: E501
    "EP2007181A2": Facts("2008-12-24", "EP07738344", "STEUERUNG FÜR EINEN INDUSTRIEROBOTER", "de", "H05K 5/02", 15, 11, 3, 4, 1, 20),  # noqa: E501
    "EP2055205A1": Facts("2009-05-06", "EP08018756", "Haarspange", "de", "A45D 8/20", 12, 6, 6, 8, 1, 32, '"&" was kept as text (line 96)'),  # noqa: E501
    "EP2716170B2": Facts("2021-09-22", "EP13196195", "Vorrichtung zum Transport von band- oder", "de", "A24C 5/20", 30, 0, 12, 3, 0, 7),  # noqa: E501
    "EP3383757B1": Facts("2021-07-07", "EP16849316", "SCHRAUBVERSCHLUSSSYSTEME MIT MAGNETISCHEM", "de", "B65D 51/18", 19, 7, 24, 7, 0, 25),  # noqa: E501
    "EP3404678B1": Facts("2021-06-30", "EP17171508", "HOCHSPANNUNGSANORDNUNG UND VERFAHREN ZUM", "de", "H01F 27/14", 33, 4, 36, 3, 0, 6),  # noqa: E501
    "EP3782854A1": Facts("2021-02-24", "EP18877305", "FAHRZEUGMONTIERTE ANZEIGEANORDNUNG UND FA", "de", "B60R 7/06", 45, 5, 12, 6, 1, 46),  # noqa: E501
    "EP3814387A2": Facts("2021-05-05", "EP19766069", "STRAHLENUNDURCHLÄSSIGE POLYMERE", "de", "C08F 8/48", 0, 0, 0, 0, 0, 0),  # noqa: E501
    "EP3882239A1": Facts("2021-09-22", "EP19883405", "1,3,4-OXADIAZOLON-VERBINDUNGEN UND MEDIZIN", "de", "C07D 271/113", 671, 463, 14, 0, 49, 0),  # noqa: E501
    "EP3889521A1": Facts("2021-10-06", "EP18867314", "STEUERUNGSVORRICHTUNG UND KLIMATISIERUNGS", "de", "F25B 45/00", 56, 19, 17, 4, 3, 22, '"<" without a tag was kept as text (lines 308, 437, 454, 480)'),  # noqa: E501
    "EP4090146A1": Facts("2022-11-23", "EP21741385", "ABTRIEBREGELUNG", "de", "A01B 71/02", 0, 0, 0, 0, 0, 0),
}  # fmt: skip
FOREIGN = {
    "marec_EP-1000000-A1.xml": "MAREC",
    "marec_EP-1000000-B1.xml": "MAREC",
    "ops_get_abstract.xml": "Open Patent Services",
    "ops_get_biblio.xml": "Open Patent Services",
    "ops_get_claims.xml": "Open Patent Services",
    "ops_get_description.xml": "Open Patent Services",
    "ops_get_fulltext.xml": "Open Patent Services",
}


def real_xml(shared: Path, reference: str) -> Path:
    (path,) = (shared / "corpus" / "epo_xml" / reference).glob("*.xml")
    return path


def batch_documents(shared: Path) -> Iterator[tuple[PatentDocument, list[str]]]:
    """Every publication of both batches with the names of its images."""
    for batch in ("utility.zip", "designs.zip"):
        with zipfile.ZipFile(shared / "corpus" / batch) as outer:
            for name in outer.namelist():
                with zipfile.ZipFile(io.BytesIO(outer.read(name))) as inner:
                    (member,) = [one for one in inner.namelist() if one.endswith(".xml") and "TOC" not in one]
                    images = [one for one in inner.namelist() if one.endswith(".tif")]
                    yield parse_patent(inner.read(member), member), images


def test_every_real_xml_is_in_the_table_or_foreign(shared: Path) -> None:
    files = list((shared / "corpus" / "epo_xml").glob("*/*.xml"))
    assert {path.name for path in files if path.name in FOREIGN} == set(FOREIGN)
    assert {path.parent.name for path in files if path.name not in FOREIGN} == set(FACTS)


@pytest.mark.parametrize("reference", sorted(FACTS))
def test_a_real_epo_publication_is_read_as_a_person_reads_it(shared: Path, reference: str) -> None:
    facts, path = FACTS[reference], real_xml(shared, reference)
    document = parse_patent(path.read_bytes(), path.name)
    description = [one for one in document.paragraphs if one.section is Section.DESCRIPTION]
    assert document.number.reference == reference
    assert document.date == datetime.date.fromisoformat(facts.date)
    assert document.application_number == facts.application
    assert document.titles[0].text.startswith(facts.title)
    assert document.titles[0].language == facts.title_language
    assert document.classifications[0].symbol == facts.first_ipc
    assert len([one for one in description if not one.heading]) == facts.paragraphs
    assert len([one for one in description if one.heading]) == facts.headings
    assert len([one for one in document.paragraphs if one.section is Section.CLAIM]) == facts.claims
    assert len(document.drawings) == facts.drawings
    assert len(document.left_out) == facts.left_out
    references = [paragraph.text[s.start : s.end] for paragraph in description for s in paragraph.figure_references]
    assert len(references) == facts.figure_references
    assert all(words == words.strip() and words for words in references)
    assert document.repaired is bool(facts.repaired)
    assert [note.detail for note in document.notes if note.code == "repaired"] == [facts.repaired] * document.repaired


@pytest.mark.parametrize("name", sorted(FOREIGN))
def test_a_foreign_kind_is_refused_by_its_name(shared: Path, name: str) -> None:
    (path,) = (shared / "corpus" / "epo_xml").glob(f"*/{name}")
    with pytest.raises(DocumentError) as caught:
        parse_patent(path.read_bytes(), name)
    assert caught.value.code == "foreign-format"
    assert FOREIGN[name] in caught.value.detail
    assert "deliver the <ep-patent-document> XML" in caught.value.detail


@pytest.mark.parametrize("reference", sorted(FACTS))
def test_no_character_of_a_real_description_is_lost(shared: Path, reference: str) -> None:
    """Against the raw file, markup cut out by an independent pattern; white space and raised digits aside."""
    path = real_xml(shared, reference)
    raw = path.read_text("utf-8")
    found = re.search(r"<description.*</description>", raw, re.DOTALL)
    text = found.group() if found else ""
    text = re.sub(r"<(maths|chemistry|tables)\b.*?</\1>|<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"</?[a-z][^<>]*>", "", text)  # "<First Embodiment" of a damaged file starts with a capital
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, character)
    document = parse_patent(path.read_bytes(), path.name)
    read = "".join(one.text for one in document.paragraphs if one.section is Section.DESCRIPTION)
    plain = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉₊₋−", "0123456789+-0123456789+--")
    assert "".join(read.split()).translate(plain) == "".join(text.split()).translate(plain)


def test_texts_of_real_publications_read_well(shared: Path) -> None:
    texts = {
        (reference, one.number): one.text
        for reference in ("EP0000002A1", "EP1325900A1", "EP2055205A1", "EP3404678B1")
        for one in parse_patent(real_xml(shared, reference).read_bytes(), reference).paragraphs
        if one.section is Section.DESCRIPTION
    }
    assert "in welcher\nR¹ bis R⁶ gleich oder verschieden sind" in texts["EP0000002A1", "0003"]
    assert texts["EP3404678B1", "0022"] == (
        "Figures 1 and 2 show a schematic high voltage assembly, respectively; and\n"
        "Figure 3 shows a schematic flow diagram."
    )
    assert "catalyst, at a temperature of not higher than 100°C" in texts["EP1325900A1", "0003"]


def test_both_batches_agree_with_their_truth(shared: Path) -> None:
    truth: dict[str, dict[str, Any]] = json.loads((shared / "corpus" / "truth.json").read_text())
    seen = set()
    for document, images in batch_documents(shared):
        reference = document.number.reference
        expected = truth[reference]
        seen.add(reference)
        description = [one for one in document.paragraphs if one.section is Section.DESCRIPTION and not one.heading]
        assert [one.file_name for one in document.drawings] == expected["sheets"], reference
        assert {one.file_name for one in document.drawings} <= set(images), reference
        assert len(description) == expected["paragraphs"], reference
        # The truth pads its symbols ("G06T2207/30108 "); compared without blanks.
        symbols = [one.symbol.replace(" ", "") for one in document.classifications if one.scheme == "IPC"]
        assert symbols == ["".join(symbol.split()) for symbol in expected["ipc"]], reference
        assert [one.text for one in document.titles] == [" ".join(expected["title"].split())], reference
        assert document.notes == (), reference
    assert seen == set(truth)


def test_the_file_family_alone_sorts_every_real_image(shared: Path) -> None:
    """The measurement behind the rule for deliveries without markup (engine/patents/drawings.py)."""
    documents = [document for document, _ in batch_documents(shared)]
    documents += [parse_patent(real_xml(shared, reference).read_bytes(), reference) for reference in FACTS]
    drawings = [image_family(one.file_name) for document in documents for one in document.drawings]
    others = [image_family(one.file_name) for document in documents for one in document.left_out]
    assert (len(drawings), len(others)) == (1065, 227)
    assert set(drawings) == {ImageFamily.DRAWING}
    assert ImageFamily.DRAWING not in others


def test_every_inline_element_of_every_dtd_is_known(shared: Path) -> None:
    """Against the DTDs themselves: whatever may stand in a line of text has its rule in the vocabulary."""

    def members(content: Any) -> set[str]:
        if content is None:
            return set()
        own = {content.name} if content.type == "element" else set()
        return own | members(content.left) | members(content.right)

    files = sorted((shared / "corpus" / "dtd").glob("*.dtd"))
    assert len(files) == 5
    for file in files:
        elements = {one.name: one for one in etree.DTD(str(file)).iterelements()}  # type: ignore[attr-defined]
        met, to_visit = set(), ["p", "heading", "li", "dt", "dd", "claim-text", "claim-ref", "invention-title"]
        while to_visit:
            name = to_visit.pop()
            if name in met or name in LEFT_OUT:
                continue
            met.add(name)
            if name in elements and name not in ("patcit", "nplcit", "bio-deposit"):  # citations: words, kept apart
                to_visit += members(elements[name].content)
        assert met - INLINE - LINES == {"claim-text", "dd", "br"}, file.name
