"""Precision and recall of links on figures of real publications whose sentences were read by eye."""

import io
import json
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.errors import DocumentError
from engine.linking import TextAnalysis, analyse_text, link_sentences
from engine.patents import parse_patent
from engine.patents.publication import PatentDocument

BY_EYE: dict[str, Any] = json.loads((Path(__file__).parent / "links_by_eye.json").read_text("utf-8"))
OPENING = 32  # characters of a sentence that links_by_eye.json keeps
WANTED = {figure["publication"] for figure in BY_EYE["figures"]} | set(BY_EYE["no_signs"])

pytestmark = [pytest.mark.slow, pytest.mark.corpus]


def documents(shared: Path) -> Iterator[bytes]:
    with zipfile.ZipFile(shared / "corpus" / "utility.zip") as batch:
        for name in sorted(name for name in batch.namelist() if name.endswith(".zip")):
            with zipfile.ZipFile(io.BytesIO(batch.read(name))) as document:
                yield from (document.read(member) for member in document.namelist() if member.endswith(".xml"))
    for path in sorted((shared / "corpus" / "epo_xml").rglob("*.xml")):
        if path.parent.name in WANTED:
            yield path.read_bytes()


@pytest.fixture(scope="module")
def publications(shared: Path) -> dict[str, PatentDocument]:
    found = {}
    for xml in documents(shared):
        try:
            document = parse_patent(xml, "test.xml")
        except DocumentError:
            continue  # tables of contents and foreign formats lie beside the publications
        if document.number.reference in WANTED:
            found[document.number.reference] = document
    assert set(found) == WANTED
    return found


@pytest.fixture(scope="module")
def analyses(publications: dict[str, PatentDocument]) -> dict[str, TextAnalysis]:
    return {reference: analyse_text(document.paragraphs) for reference, document in publications.items()}


def linked(document: PatentDocument, analysis: TextAnalysis, figure: dict[str, Any]) -> list[str]:
    sentences = []
    for link in link_sentences(analysis, figure["numerals"], figure["figure_label"]):
        sentence = analysis.sentences[link.sentence]
        place = f"{sentence.section[0]}{document.paragraphs[sentence.paragraph].number} {sentence.language}"
        sentences.append(f"{place} {sentence.text[:OPENING]}")
    return sentences


def test_links_agree_with_those_read_by_eye(
    publications: dict[str, PatentDocument], analyses: dict[str, TextAnalysis]
) -> None:
    right = found = expected = 0
    for figure in BY_EYE["figures"]:
        reference = figure["publication"]
        got = linked(publications[reference], analyses[reference], figure)
        rest = list(figure["sentences"])
        expected += len(rest)
        found += len(got)
        for sentence in got:
            if sentence in rest:
                rest.remove(sentence)
                right += 1
    print(
        f"links by eye: {len(BY_EYE['figures'])} figures, precision {right / found:.4f}, recall {right / expected:.4f}"
    )
    assert len(BY_EYE["figures"]) >= 30
    assert right / found >= 0.98
    assert right / expected >= 0.98


def test_false_friends_are_no_signs(analyses: dict[str, TextAnalysis]) -> None:
    taken = {
        reference: sorted(set(numbers) & analyses[reference].numerals)
        for reference, numbers in BY_EYE["no_signs"].items()
    }
    assert not {reference: numbers for reference, numbers in taken.items() if numbers}


@pytest.mark.parametrize("reference", ["EP1577413A1", "EP1816226A1", "EP2316980A1", "EP2679695A1", "EP0610335B1"])
def test_publications_on_steel_and_genes_have_no_signs(reference: str, analyses: dict[str, TextAnalysis]) -> None:
    assert analyses[reference].numerals == frozenset()


def test_a_publication_of_300_sentences_takes_a_moment(publications: dict[str, PatentDocument]) -> None:
    document = publications["US20190003215A1"]
    seconds = []
    for _ in range(3):
        began = time.process_time()
        analysis = analyse_text(document.paragraphs)
        seconds.append(time.process_time() - began)
    print(f"{len(analysis.sentences)} sentences in {min(seconds) * 1000:.0f} ms")
    assert min(seconds) < 0.6  # 0.1 s measured alone; a busy machine may take four times as long
