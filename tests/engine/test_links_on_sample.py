"""Links on the generated truth: every sentence that explains a figure, and no other."""

from __future__ import annotations

import re

import pytest

from engine.linking import analyse_text, link_sentences
from engine.patents import parse_patent
from sample import SampleDocument, sample_document

SEED = 1
DOCUMENTS = 16


def linked(document: SampleDocument) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Pairs (figure label, sentence) that ought to be linked, and those that are."""
    parsed = parse_patent(document.xml, document.member)
    analysis = analyse_text(parsed.paragraphs)
    figures = {
        figure["label"]: {numeral["text"] for numeral in figure["numerals"]}
        for sheet in document.truth["sheets"]
        for figure in sheet["figures"]
    }
    expected = {
        (link["figure"], squeezed(sentence["text"]))
        for sentence in document.truth["sentences"]
        for link in sentence["links"]
    }
    found = {
        (label, squeezed(analysis.sentences[link.sentence].text))
        for label, numerals in figures.items()
        for link in link_sentences(analysis, numerals, label)
    }
    return expected, found


def squeezed(sentence: str) -> str:
    """Without the claim's own number, which the truth leaves out."""
    return re.sub(r"^\d+\. ", "", " ".join(sentence.split()))


@pytest.mark.slow
def test_links_of_generated_patents_are_right_and_complete() -> None:
    right = expected_count = found_count = 0
    for position in range(DOCUMENTS):
        expected, found = linked(sample_document(SEED, position, max_sheets=4))
        right += len(expected & found)
        expected_count += len(expected)
        found_count += len(found)
    assert right / found_count >= 0.98, f"precision {right}/{found_count}"
    assert right / expected_count >= 0.98, f"recall {right}/{expected_count}"
