"""Sentences linked to a figure by numeral and by label, and the two lists of what is missing."""

import pytest

from engine.linking import (
    LinkReason,
    TextAnalysis,
    analyse_text,
    labels_in_text,
    link_sentences,
    plain_label,
    unlinked_in_text,
    unlinked_on_sheet,
)
from engine.linking.figure_labels import figure_mentions
from engine.patents.publication import Paragraph, Section

TEXT = (
    "FIG. 1 shows a pump 12 with a rotor 14. FIGS. 3A-3C show the rotor 14. The pump 12 has a valve 16. "
    "The valve 16 is 10 mm wide. As shown in FIG. 1, it is closed."
)


@pytest.fixture
def analysis() -> TextAnalysis:
    return analyse_text([Paragraph(Section.DESCRIPTION, "0001", "en", TEXT)])


def test_a_sentence_links_once_with_numerals_before_the_label(analysis: TextAnalysis) -> None:
    links = link_sentences(analysis, ["12", "99"], "1")
    assert [(link.sentence, link.reason, link.numerals) for link in links] == [
        (0, LinkReason.NUMERAL, ("12",)),
        (2, LinkReason.NUMERAL, ("12",)),
        (4, LinkReason.FIGURE_LABEL, ()),
    ]
    sentence = analysis.sentences[0].text
    assert [sentence[start:end] for start, end in links[0].spans] == ["FIG. 1", "12"]


def test_a_figure_within_a_range_links_with_the_whole_range_marked(analysis: TextAnalysis) -> None:
    (link,) = link_sentences(analysis, [], "FIG. 3(B)")
    sentence = analysis.sentences[link.sentence].text
    assert [sentence[start:end] for start, end in link.spans] == ["FIGS. 3A-3C"]


def test_a_label_that_the_text_splits_or_joins_is_still_found(analysis: TextAnalysis) -> None:
    assert labels_in_text(analysis, "3") == {"3a", "3b", "3c"}
    assert labels_in_text(analysis, "1b") == {"1"}
    assert labels_in_text(analysis, "7") == frozenset()
    assert labels_in_text(analysis, "") == frozenset()


def test_a_numeral_read_in_the_other_case_links_only_where_the_text_has_no_such_sign() -> None:
    paragraph = Paragraph(Section.DESCRIPTION, "1", "en", "The board 41A lies on the board 41a. The tongue 22B fits.")
    analysis = analyse_text([paragraph])
    assert link_sentences(analysis, ["41a"], "")[0].numerals == ("41a",)
    assert link_sentences(analysis, ["22b"], "")[0].numerals == ("22B",)


def test_nothing_links_without_numerals_and_label(analysis: TextAnalysis) -> None:
    assert link_sentences(analysis, [], "") == ()


def test_the_two_lists_name_what_is_missing(analysis: TextAnalysis) -> None:
    assert unlinked_in_text(analysis, ["12"]) == ("14", "16")
    assert unlinked_on_sheet(analysis, ["12", "100", "18"]) == ("18", "100")


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("FIG. 3 shows", ["3"]),
        ("FIGS. 3A and 3B show", ["3a", "3b"]),
        ("FIGS. 3A-C show", ["3a", "3b", "3c"]),
        ("Figs. 1 to 4 show", ["1", "2", "3", "4"]),
        ("Figs 5a, b show", ["5a", "5b"]),
        ("FIG. 3(A) shows", ["3a"]),
        ("FIG . 3 shows", ["3"]),
        ("in FIG. 3 a lever", ["3"]),
        ("in FIG. 3, 12 is the lever", ["3"]),
        ("in FIG. 3 and 12 passengers", ["3", "12"]),
        ("FIGS. 1, 3 and 5", ["1", "3", "5"]),
        ("den Figuren 2 und 3", ["2", "3"]),
        ("Figur 5 zeigt", ["5"]),
        ("gem. Abb. 2", ["2"]),
        ("les fig. 2 à 4", ["2", "3", "4"]),
        ("la figure 6a", ["6a"]),
        ("Fig. 3 b zeigt", ["3b"]),
        ("the configuration 3", []),
    ],
)
def test_labels_are_read_in_all_their_forms(text: str, labels: list[str]) -> None:
    assert [label for mention in figure_mentions(text) for label in mention.labels] == labels


def test_a_range_across_numbers_names_the_labels_that_the_text_knows() -> None:
    text = "FIG. 1 and FIG. 3C show it. See FIGS. 1A-5 for the rest."
    analysis = analyse_text([Paragraph(Section.DESCRIPTION, "1", "en", text)])
    assert [link.sentence for link in link_sentences(analysis, [], "3c")] == [0, 1]


@pytest.mark.parametrize(
    ("text", "label"), [("FIG. 3(A)", "3a"), ("Fig. 12", "12"), ("3B", "3b"), ("Fig. 3′", "3'"), ("", "")]
)
def test_labels_have_one_form(text: str, label: str) -> None:
    assert plain_label(text) == label
