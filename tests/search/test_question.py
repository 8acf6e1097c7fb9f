"""A question and its address are one and the same."""

from __future__ import annotations

import datetime

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Problem
from engine.ranking.fusion import Fusion
from search.question import GROUPS, RANKINGS, Picture, Question, question_from_query, question_ranked_by

UUID = "8e8d3f1c-6d7c-4d0e-9a57-6f3f0f4f2b11"
regions = st.tuples(st.integers(0, 5000), st.integers(0, 5000), st.integers(1, 5000), st.integers(1, 5000))
figures = st.builds(
    Picture,
    source=st.just("figure"),
    key=st.integers(1, 10**12).map(str),
    region=st.none() | regions,
    turn=st.sampled_from([0, 90, 180, 270]),
    mirrored=st.booleans(),
)
images = st.builds(Picture, source=st.just("image"), key=st.uuids().map(str), region=st.none() | regions)
some_figures = st.lists(figures, max_size=3, unique=True).map(tuple)
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40).map(str.strip)
filters_read_before = st.fixed_dictionaries(
    {},
    optional={
        "ipc": st.sampled_from(["F", "F04", "F04C 2/08", "F04C 2/,B60W"]),
        "cpc": st.sampled_from(["Y02E", "F04C 2/084", "B60K,B60W"]),
        "date_from": st.dates(max_value=datetime.date(2000, 1, 1)).map(str),
        "date_to": st.dates(min_value=datetime.date(2000, 1, 1)).map(str),
        "applicant": st.sampled_from(["Pumpwerke", '"NIKE, Inc."', "Räder & Söhne", "100%_sure;"]),
        "kind": st.sampled_from(["A", "A1,B2"]),
        "country": st.sampled_from(["EP", "EP,WO"]),
        "language": st.sampled_from(["en", "de,fr"]),
        "batch": st.integers(1, 2**63 - 1).map(str),
        "has_text": st.just("1"),
    },
)
questions = st.builds(
    Question,
    examples=st.tuples(st.lists(images, max_size=2, unique=True), st.lists(figures, max_size=2, unique=True)).map(
        lambda both: (*both[0], *both[1])
    ),
    publications=st.lists(st.sampled_from(["EP1234567A1", "US4378116A"]), unique=True).map(tuple),
    liked=some_figures,
    disliked=some_figures,
    text=words,
    passage=st.sampled_from(["", UUID]),
    patent_xml=st.sampled_from(["", UUID]),
    filters=filters_read_before,
    include_family=st.booleans(),
    by=st.sampled_from(RANKINGS),
    weight=st.integers(0, 100),
    top=st.integers(1, 500),
    group=st.sampled_from(GROUPS),
)


@given(questions)
def test_the_address_of_a_question_is_read_as_the_same_question(question: Question) -> None:
    assert question_from_query(QueryDict(question.address)) == question


@given(questions, st.integers(0, 100), st.sampled_from(RANKINGS), st.sampled_from(GROUPS))
def test_ranking_otherwise_is_the_same_search(question: Question, weight: int, by: Fusion, group: str) -> None:
    other = question_from_query(QueryDict(f"{question.address}&weight={weight}&by={by.value}&group={group}&top=7"))
    assert other.search_key == question.search_key


def test_whatever_changes_what_is_found_is_another_search() -> None:
    asked = [
        Question(text="pump"),
        Question(text="pumps"),
        Question(text="pump", include_family=True),
        Question(text="pump", filters={"ipc": "F04"}),
        Question(text="pump", filters={"cpc": "F04"}),
        Question(text="pump", liked=(Picture("figure", "3"),)),
        Question(text="pump", disliked=(Picture("figure", "3"),)),
        Question(text="pump", examples=(Picture("figure", "3"),)),
        Question(text="pump", examples=(Picture("figure", "3", turn=90),)),
        Question(text="pump", examples=(Picture("figure", "3", region=(0, 0, 10, 10)),)),
    ]
    assert len({question.search_key for question in asked}) == len(asked)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("figure=abc", "picture"),
        ("figure=-1", "picture"),
        (f"figure={UUID}", "picture"),
        ("figure=12345678901234567890", "picture"),
        ("image=12", "picture"),
        ("figure=1~r45", "picture"),
        ("figure=1~c0-0-0-5", "region"),
        ("figure=1~c9000-0-2000-5", "region"),
        ("publication=EP%20/%20A1", "publication"),
        ("text=a%00b", "text-nul"),
        ("passage=here", "passage"),
        ("weight=101", "weight"),
        ("weight=-1", "weight"),
        ("top=0", "top"),
        ("top=999999999999", "top"),
        ("&".join(f"figure={n}" for n in range(1, 60)), "too-many"),
        (f"text={'a' * 20_001}", "text-too-long"),
    ],
)
def test_an_address_that_is_no_question_is_refused_with_the_mend(address: str, code: str) -> None:
    with pytest.raises(Problem) as problem:
        question_from_query(QueryDict(address))
    assert problem.value.code == code
    assert problem.value.detail.endswith(".")


def test_turning_four_times_and_mirroring_twice_changes_nothing() -> None:
    for mirrored in (False, True):
        picture = Picture("figure", "1", mirrored=mirrored)
        assert picture.turned().turned().turned().turned() == picture
        assert picture.flipped().flipped() == picture


@pytest.mark.parametrize("modality", ["visual", "text", "avg", "max", "rrf"])
def test_the_modalities_of_command_line_and_api_rank_by_their_names(modality: str) -> None:
    assert question_ranked_by(Question(text="a"), modality).fusion[0].value == modality


@pytest.mark.parametrize(
    ("address", "codes", "kept"),
    [
        ("figure=abc&figure=7&text=pump", ["picture"], Question(text="pump", examples=(Picture("figure", "7"),))),
        ("text=a%00pump&weight=101&top=7", ["text-nul", "weight"], Question(text="apump", top=7)),
        ("publication=EP%20/&publication=ep1a1", ["publication"], Question(publications=("EP1A1",))),
        ("kind=A1&kind=%3F&country=EP", ["kind"], Question(filters={"kind": "A1", "country": "EP"})),
        (
            "date_from=2020&date_to=2019&family=1",
            ["date_to"],
            Question(filters={"date_from": "2020-01-01"}, include_family=True),
        ),
        (f"text={'a' * 20_001}", ["text-too-long"], Question(text="a" * 20_001)),
        (
            "&".join(f"figure={n}" for n in range(1, 60)),
            ["too-many"],
            Question(examples=tuple(Picture("figure", str(n)) for n in range(1, 41))),
        ),
    ],
)
def test_what_is_right_of_a_wrong_question_is_kept(address: str, codes: list[str], kept: Question) -> None:
    question, problems = Question.parse(QueryDict(address))
    assert [problem.code for problem in problems] == codes
    assert question == kept
