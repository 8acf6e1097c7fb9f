"""Links, sentences and names on generated patents, compared with their ground truth."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.linking import TextAnalysis, analyse_text, link_sentences
from engine.patents import parse_patent
from sample import write_sample

pytestmark = pytest.mark.slow


def truths(directory: Path) -> Iterator[tuple[dict[str, Any], TextAnalysis]]:
    with zipfile.ZipFile(directory / "batch.zip") as batch:
        for line in (directory / "truth.jsonl").read_text("utf-8").splitlines():
            truth = json.loads(line)
            with zipfile.ZipFile(io.BytesIO(batch.read(truth["member"]))) as document:
                member = next(name for name in document.namelist() if name.endswith(truth["xml"]))
                yield truth, analyse_text(parse_patent(document.read(member), member).paragraphs)


def test_links_and_names_of_the_sample_are_its_truth(tmp_path: Path) -> None:
    write_sample(tmp_path, documents=12, seed=11, max_sheets_per_document=2)
    right = found = expected = named = parts = 0
    for truth, analysis in truths(tmp_path):
        for figure in (figure for sheet in truth["sheets"] for figure in sheet["figures"]):
            numerals = {numeral["text"] for numeral in figure["numerals"]}
            links = link_sentences(analysis, numerals, figure["label"])
            got = {analysis.sentences[link.sentence].text for link in links}
            want = {
                sentence["text"]
                for sentence in truth["sentences"]
                if any(link["figure"] == figure["label"] for link in sentence["links"])
            }
            right, found, expected = right + len(got & want), found + len(got), expected + len(want)
        parts += len(truth["parts"])
        named += sum(analysis.part_names.get(text) == name for text, name in truth["parts"].items())
    print(f"sample: precision {right / found:.4f}, recall {right / expected:.4f}, names {named / parts:.4f}")
    assert right / found >= 0.98
    assert right / expected >= 0.98
    assert named / parts >= 0.95
