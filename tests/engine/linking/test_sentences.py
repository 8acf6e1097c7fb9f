"""Sentences of patent text: hand-made tricky ones in three languages, spans, limits."""

import json
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from engine.linking import analyse_text, split_sentences
from engine.linking.sentences import LONGEST_SENTENCE
from engine.patents.publication import Paragraph, Section

TRICKY: list[dict[str, Any]] = json.loads((Path(__file__).parent / "tricky_sentences.json").read_text("utf-8"))


def test_the_tricky_sentences_are_enough_and_of_three_languages() -> None:
    assert sum(len(entry["sentences"]) for entry in TRICKY) >= 120
    assert {entry["language"] for entry in TRICKY} == {"en", "de", "fr"}


@pytest.mark.parametrize("entry", TRICKY, ids=lambda entry: entry["sentences"][0][:40])
def test_a_tricky_paragraph_is_split_where_its_sentences_end(entry: dict[str, Any]) -> None:
    text = " ".join(entry["sentences"])
    assert [text[start:end] for start, end in split_sentences(text, entry["language"])] == entry["sentences"]


def test_lines_of_a_list_of_figures_are_sentences() -> None:
    text = "Es zeigen:\nFigur 1 eine Ansicht der Pumpe und\nFigur 2 einen Schnitt."
    assert [text[start:end] for start, end in split_sentences(text, "de")] == [
        "Es zeigen:",
        "Figur 1 eine Ansicht der Pumpe und",
        "Figur 2 einen Schnitt.",
    ]


def test_scanned_text_with_blanks_before_stops_is_not_torn() -> None:
    text = "The arm ( e . g . , a lever ) of FIG . 3 is shown . It moves ."
    start, end = split_sentences(text, "en")[0]
    assert text[start:end] == "The arm ( e . g . , a lever ) of FIG . 3 is shown ."


@pytest.mark.parametrize("text", ["", "   \n ", "1.", "§", "No stop at all", "a" * 20_000, "pump 12 " * 4_000])
def test_every_letter_lies_in_exactly_one_sentence(text: str) -> None:
    spans = split_sentences(text, "en")
    assert all(start < end <= start + LONGEST_SENTENCE for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    covered = "".join(text[start:end] for start, end in spans)
    assert covered.replace(" ", "") == "".join(text.split())


def test_headings_are_no_sentences() -> None:
    heading = Paragraph(Section.DESCRIPTION, "", "en", "BRIEF DESCRIPTION OF THE DRAWINGS", heading=True)
    assert analyse_text([heading]).sentences == ()


def test_sentences_beyond_the_limit_are_left_out_and_said_so() -> None:
    paragraphs = [Paragraph(Section.DESCRIPTION, "1", "en", "The pump 12 turns. The arm 14 moves. The rod 16 stays.")]
    analysis = analyse_text(paragraphs, sentence_limit=2)
    assert len(analysis.sentences) == 2
    assert analysis.truncated
    assert analysis.numerals == {"12", "14"}
    assert not analyse_text(paragraphs).truncated


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The pump 12 moves the arm 14 by 5 mm. " * 20_000, marks=pytest.mark.slow),
        "1," * 100_000,
        "1" * 1_000_000,
        "FIGS. 1-3, " * 10_000,
        "\n" * 100_000 + "a",
        "12 housing\n" * 20_000,
        "(" * 200_000,
    ],
    ids=["sentences", "commas", "digits", "figures", "lines", "list", "brackets"],
)
def test_a_hostile_paragraph_takes_bounded_time(text: str) -> None:
    began = time.process_time()
    analyse_text([Paragraph(Section.DESCRIPTION, "1", "en", text)], sentence_limit=2_000)
    assert time.process_time() - began < 4.0  # linear ones take under one second; a quadratic one takes minutes
