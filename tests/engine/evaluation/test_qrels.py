"""The grade of a figure from judgments and rulings, and the canonical text of qrels."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.evaluation.qrels import (
    RULE,
    Assessed,
    JudgedFigure,
    JudgedTopic,
    Qrels,
    QrelsError,
    Ruled,
    Ruling,
    TopicToSettle,
    lower_median,
    qrels_as_text,
    qrels_from_text,
    qrels_settled,
    qrels_sha256,
)
from engine.evaluation.relatives import Relatives

A, B, C = "EP1A1/1.1/1", "EP2A1/1.1/1", "EP3A1/2.1/1"
POOLED = {number: Relatives(number.split("/")[0], "F") for number in (A, B, C)}


@pytest.mark.parametrize(
    ("grades", "middle"),
    [([2], 2), ([0, 3], 0), ([1, 2, 3], 2), ([3, None], 3), ([None, None], None), ([], None), ([3, 0, 1, 2], 1)],
)
def test_several_assessors_come_to_the_lower_median(grades: list[int | None], middle: int | None) -> None:
    assert lower_median(grades) == middle


def settled(assessed: list[Assessed], rulings: list[Ruling]) -> Qrels:
    topics = [TopicToSettle("1", "Pumps", Relatives("EP9A1"), POOLED), TopicToSettle("2", "", None, {})]
    return qrels_settled(topic_set="Set", facet="overall", topics=topics, assessed=assessed, rulings=rulings)


def test_a_ruling_goes_before_the_assessors_whose_words_stay() -> None:
    qrels = settled(
        [
            Assessed("1", A, "ann", 0),
            Assessed("1", A, "bob", 3),
            Assessed("1", B, "ann", 2),
            Assessed("1", B, "bob", 3),
        ],
        [Ruling("1", A, "eve", 2)],
    )
    assert qrels.grades("1") == {A: 2, B: 2, C: None}
    figure = qrels.topics["1"].figures[A]
    assert (figure.originals, figure.ruling) == ({"ann": 0, "bob": 3}, Ruled(2, "eve"))
    assert qrels.rule == RULE
    assert qrels.assessors == ["ann", "bob"]


def test_a_ruling_that_it_cannot_be_judged_leaves_a_figure_unjudged_in_its_place() -> None:
    qrels = settled([Assessed("1", A, "ann", 3)], [Ruling("1", A, "eve", None)])
    assert qrels.grades("1") == {A: None, B: None, C: None}
    assert qrels.relevant_count("1") == 0


def test_the_later_word_of_the_same_person_holds() -> None:
    qrels = settled(
        [Assessed("1", A, "ann", 3), Assessed("1", A, "ann", 1)], [Ruling("1", B, "eve", 3), Ruling("1", B, "eve", 0)]
    )
    assert qrels.grades("1") == {A: 1, B: 0, C: None}


def test_a_topic_that_nobody_judged_is_there() -> None:
    assert settled([], []).grades("2") == {}


def test_what_was_said_of_a_figure_that_is_not_pooled_counts_nowhere() -> None:
    assert settled([Assessed("1", "EP8A1/1.1/1", "ann", 3), Assessed("7", A, "ann", 3)], []) == settled([], [])


def test_the_text_is_the_same_whatever_order_things_came_in() -> None:
    qrels = settled([Assessed("1", A, "ann", 3), Assessed("1", A, "bob", 1)], [])
    turned = settled([Assessed("1", A, "bob", 1), Assessed("1", A, "ann", 3)], [])
    topic = turned.topics["1"]
    figures = dict(reversed(list(topic.figures.items())))
    turned = replace(turned, topics={"2": turned.topics["2"], "1": replace(topic, figures=figures)})
    assert qrels_as_text(turned).encode() == qrels_as_text(qrels).encode()
    assert qrels_sha256(turned) == qrels_sha256(qrels)


def test_another_grade_is_another_hash() -> None:
    assert qrels_sha256(settled([Assessed("1", A, "ann", 3)], [])) != qrels_sha256(
        settled([Assessed("1", A, "ann", 2)], [])
    )


GRADES = st.none() | st.integers(0, 3)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
FIGURES = st.builds(
    JudgedFigure,
    GRADES,
    st.builds(Relatives, TEXTS, TEXTS, TEXTS),
    st.dictionaries(TEXTS, GRADES, max_size=3),
    st.none() | st.builds(Ruled, GRADES, TEXTS),
)


@given(st.dictionaries(TEXTS, FIGURES, max_size=4), st.frozensets(TEXTS, max_size=2), TEXTS)
def test_the_text_leads_back_to_the_qrels(
    figures: dict[str, JudgedFigure], reserved: frozenset[str], name: str
) -> None:
    topics = {number: JudgedTopic(number, name, None, figures) for number in ("1", "10", "2", name)}
    qrels = Qrels(name, "overall", RULE, topics, reserved)
    text = qrels_as_text(qrels)
    assert qrels_from_text(text) == qrels
    assert qrels_as_text(qrels_from_text(text)) == text


def test_the_text_holds_one_figure_a_line() -> None:
    text = qrels_as_text(settled([Assessed("1", A, "ann", 3)], []))
    assert sum(f'"{number}"' in line for line in text.splitlines() for number in POOLED) == 3
    assert json.loads(text)["topics"][0]["figures"][0]["grade"] == 3


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("no", "is not JSON"),
        ("[1]", "must be a JSON object"),
        ("[" * 100_000, "is not JSON"),
        ("{}", 'lacks "schema"'),
        ('{"schema": "trec"}', "patentsearch-qrels/1"),
        ('{"schema": "patentsearch-qrels/1", "topics": 7}', "must be a list"),
    ],
)
def test_what_is_no_qrels_is_refused_with_the_reason(text: str, problem: str) -> None:
    with pytest.raises(QrelsError, match=problem):
        qrels_from_text(text)


@pytest.mark.parametrize(
    ("at", "value", "problem"),
    [
        ("grade", 1.5, "topic 1, figure 1 must be a grade"),
        ("grade", True, "must be a grade"),
        ("grade", -1, "must be a grade"),
        ("grade", 10**400, "must be a grade"),
        ("kin", ["EP1A1"], "must be publication, family and application"),
        ("kin", None, 'needs "kin"'),
        ("originals", {"ann": "3"}, "must be a grade"),
        ("ruling", {"grade": 1}, 'lacks "adjudicator"'),
        ("figure", B, "twice"),
        ("figure", "\ud800", "lone surrogate"),
    ],
)
def test_a_wrong_field_is_named_with_its_place(at: str, value: object, problem: str) -> None:
    read = json.loads(qrels_as_text(settled([Assessed("1", A, "ann", 3)], [])))
    read["topics"][0]["figures"][0][at] = value
    with pytest.raises(QrelsError, match=problem):
        qrels_from_text(json.dumps(read))
