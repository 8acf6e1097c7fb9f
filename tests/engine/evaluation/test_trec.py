"""Files of runs and qrels: written and read, read by trec_eval, and refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise

import pytest
import pytrec_eval
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.evaluation import files
from engine.evaluation.files import FileProblem, Scored, strictly_falling
from engine.evaluation.measures import MeasureOptions, measure_run
from engine.evaluation.qrels import RULE, RULE_IMPORTED, JudgedFigure, JudgedTopic, Qrels, Ruled
from engine.evaluation.relatives import Relatives
from engine.evaluation.tables import (
    grades_from_csv,
    qrels_as_csv,
    run_as_csv,
    run_as_json,
    run_from_csv,
    run_from_json,
)
from engine.evaluation.trec import (
    ReadRun,
    grades_from_trec,
    qrels_as_trec,
    run_as_trec,
    run_from_trec,
)
from tests import independent_measures

TOPICS = ("1", "2", "10")
FIGURES = [f"EP{place}A1/{sheet}.1/1" for place in range(1, 8) for sheet in (1, 2)]
SINGLES = st.floats(width=32, allow_nan=False, allow_infinity=False, min_value=-(2.0**99))
SCORES = st.sampled_from([0.0, -0.0, 0.5, 0.5 + 1e-12, 1e-45, 0.1, 0.30000001, 0.3]) | SINGLES


@st.composite
def ranked(draw: st.DrawFn) -> list[Scored]:
    order = draw(st.permutations(FIGURES))
    scores = draw(st.lists(SCORES, max_size=len(FIGURES)))
    return list(zip(order, sorted(scores, reverse=True), strict=False))


RUNS = st.dictionaries(st.sampled_from(TOPICS), ranked().filter(bool), min_size=1)
GRADES = st.dictionaries(st.sampled_from(FIGURES), st.sampled_from([None, 0, 0, 1, 2, 3]), max_size=10)


def qrels_of(grades: dict[str, dict[str, int | None]]) -> Qrels:
    return Qrels(
        "Set",
        "overall",
        RULE_IMPORTED,
        {
            topic: JudgedTopic(
                topic, "", None, {one: JudgedFigure(grade, Relatives(one.split("/")[0])) for one, grade in of.items()}
            )
            for topic, of in grades.items()
        },
    )


def names(lists: dict[str, list[Scored]]) -> dict[str, list[str]]:
    return {topic: [figure for figure, _ in found] for topic, found in lists.items()}


def read_names(run: ReadRun) -> dict[str, list[str]]:
    return {topic: [figure for figure, _ in found] for topic, found in run.lists.items()}


@given(RUNS)
def test_a_written_run_keeps_its_order_in_every_format(lists: dict[str, list[Scored]]) -> None:
    trec = run_from_trec(run_as_trec(lists, "tag").encode(), TOPICS)
    table = run_from_csv(run_as_csv(lists, "tag").encode(), TOPICS)
    tree = run_from_json(run_as_json(lists, "tag", {"system": "visual"}).encode(), TOPICS)
    assert trec == table == tree
    assert trec.tag == "tag"
    assert read_names(trec) == names(lists)
    # Written and read again it is the same: nothing is lost in the text.
    assert run_as_trec(trec.lists, "tag") == run_as_trec(lists, "tag")
    assert run_from_trec(run_as_trec(trec.lists, "tag").encode(), TOPICS) == trec


@given(st.lists(SCORES, max_size=30))
def test_written_scores_fall_strictly_and_stay_where_they_fell(scores: list[float]) -> None:
    falling = strictly_falling(sorted(scores, reverse=True))
    assert all(one > other for one, other in pairwise(falling))
    assert all(float(one) == float(files.score_read(1, files.score_written(one))) for one in falling)


def test_a_score_that_fell_is_written_as_it_was() -> None:
    assert run_as_trec({"1": [("A", 0.9), ("B", 0.25), ("C", 0.25)]}, "x").splitlines() == [
        "1 Q0 A 1 0.9 x",
        "1 Q0 B 2 0.25 x",
        "1 Q0 C 3 0.24999999 x",
    ]


TREC_NAMES = {
    "AP@4": "map_cut_4", "AP": "map", "P@4": "P_4", "P@5": "P_5", "P@10": "P_10", "nDCG@4": "ndcg_cut_4",
    "nDCG@10": "ndcg_cut_10", "R@4": "recall_4", "RR": "recip_rank", "bpref": "bpref", "infAP": "infAP",
}  # fmt: skip


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(RUNS, st.dictionaries(st.sampled_from(TOPICS), GRADES, min_size=1), st.sampled_from([1, 2]))
def test_trec_eval_and_plain_python_say_the_same_of_written_files(
    lists: dict[str, list[Scored]], grades: dict[str, dict[str, int | None]], relevant_from: int
) -> None:
    qrels = qrels_of(grades)
    ours = measure_run(names(lists), qrels, MeasureOptions(k=4, relevant_from=relevant_from))
    run_text, qrels_text = run_as_trec(lists, "tag"), qrels_as_trec(qrels)
    run = pytrec_eval.parse_run(run_text.splitlines())
    judged = pytrec_eval.parse_qrel(qrels_text.splitlines())
    assert judged == independent_measures.qrels_read(qrels_text)
    evaluator = pytrec_eval.RelevanceEvaluator(judged, set(TREC_NAMES.values()), relevance_level=relevant_from)
    theirs = evaluator.evaluate(run)
    plain = independent_measures.run_read(run_text)
    for place, topic in enumerate(ours.topics):
        if topic not in judged or topic not in run:
            assert all(values[place] == 0 for values in ours.values.values())
            continue
        for name, trec_name in TREC_NAMES.items():
            assert ours.values[name][place] == pytest.approx(theirs[topic][trec_name], abs=1e-6), name
        independent = independent_measures.measures_of(plain[topic], judged[topic], 4, relevant_from)
        assert set(independent) == set(ours.values)
        for name, value in independent.items():
            assert ours.values[name][place] == pytest.approx(value, abs=1e-6), name


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(ranked().filter(bool), GRADES, st.data())
def test_however_the_unjudged_of_a_list_are_judged_precision_recall_and_first_rank_stay_within_bounds(
    found: list[Scored], grades: dict[str, int | None], data: st.DataObject
) -> None:
    figures = [figure for figure, _ in found]
    looked_at = {"P@4": figures[:4], "R@4": figures[:4], "RR": figures}
    low, high = (measure_run({"1": figures}, qrels_of({"1": grades}), MeasureOptions(k=4, unjudged=taken))
                 for taken in ("irrelevant", "relevant"))  # fmt: skip
    for name, within in looked_at.items():
        open_ones = [figure for figure in within if grades.get(figure) is None]
        judged = data.draw(st.fixed_dictionaries(dict.fromkeys(open_ones, st.integers(0, 3))))
        value = measure_run({"1": figures}, qrels_of({"1": {**grades, **judged}}), MeasureOptions(k=4)).values[name]
        assert low.values[name] - 1e-9 <= value <= high.values[name] + 1e-9
    assert low.values["list AP@4"] >= low.values["AP@4"] - 1e-9


def test_qrels_are_written_with_minus_1_for_the_unjudged_and_without_relatives() -> None:
    figures = {
        "B/1.1/1": JudgedFigure(None, Relatives("B")),
        "A/1.1/1": JudgedFigure(2, Relatives("A")),
        "T/1.1/2": JudgedFigure(3, Relatives("T")),
        "R/1.1/2": JudgedFigure(3, Relatives("R")),
    }
    topics = {"10": JudgedTopic("10", "", Relatives("T"), figures), "2": JudgedTopic("2", "", None, {})}
    qrels = Qrels("Set", "overall", RULE, topics, frozenset({"R"}))
    assert qrels_as_trec(qrels) == "10 0 A/1.1/1 2\n10 0 B/1.1/1 -1\n"
    assert grades_from_trec(qrels_as_trec(qrels).encode(), TOPICS) == {"10": {"A/1.1/1": 2, "B/1.1/1": None}}


def test_the_table_of_qrels_has_what_everybody_said() -> None:
    figures = {
        "A/1.1/1": JudgedFigure(2, Relatives("A"), {"ann": 1, "=bob": 3}, Ruled(2, "@eve")),
        "B/1.1/1": JudgedFigure(None, Relatives("B"), {"ann": None}),
        "C/1.1/1": JudgedFigure(None, Relatives("C"), {"ann": 3}, Ruled(None, "eve")),
    }
    text = qrels_as_csv(Qrels("Set", "overall", RULE, {"1": JudgedTopic("1", "", None, figures)}))
    assert text.splitlines() == [
        "topic,figure,grade,ruling,adjudicator,assessor =bob,assessor ann",
        "1,A/1.1/1,2,2,'@eve,3,1",
        "1,B/1.1/1,,,,,cannot judge",
        "1,C/1.1/1,,cannot judge,eve,,3",
    ]
    assert grades_from_csv(text.encode(), TOPICS) == {"1": {"A/1.1/1": 2, "B/1.1/1": None, "C/1.1/1": None}}


@given(st.dictionaries(st.sampled_from(TOPICS), GRADES, min_size=1))
def test_grades_come_back_from_every_format(grades: dict[str, dict[str, int | None]]) -> None:
    qrels = qrels_of(grades)
    judged = {topic: of for topic, of in grades.items() if of}
    if judged:
        assert grades_from_trec(qrels_as_trec(qrels).encode(), TOPICS) == judged
        assert grades_from_csv(qrels_as_csv(qrels).encode(), TOPICS) == judged


def test_a_run_is_ordered_as_trec_eval_orders_it_whatever_its_ranks() -> None:
    # B, BB and C are equal as 32-bit numbers, so the later name goes first.
    text = "1 Q0 A 1 0.1 x\n\n1 Q0 B 2 0.70000000001 x\n1 Q0 BB 7 0.7 x\n1 Q0 C 9 0.7 x\n"
    assert read_names(run_from_trec(text.encode(), TOPICS)) == {"1": ["C", "BB", "B", "A"]}


def test_columns_of_a_table_are_found_by_their_names_and_others_ignored() -> None:
    table = b'\xef\xbb\xbfFigure , note,Topic,score\r\nA,"x,\ny",1,0.5\r\n\r\nB,,1,2\r\n'
    assert run_from_csv(table, TOPICS) == ReadRun("", {"1": [("B", 2.0), ("A", 0.5)]})


Reader = Callable[[bytes, tuple[str, ...]], object]


@pytest.mark.parametrize(
    ("reader", "data", "problem"),
    [
        (run_from_trec, b"", "empty"),
        (run_from_trec, b" \n\n", "empty"),
        (run_from_trec, b"1 Q0 A 1 0.5 x\n1 Q0 B 0.5 x\n", "Line 2: The line has 5 columns and needs 6"),
        (run_from_trec, b"1 Q0 A 1 0.5 x\n1 Q0 A 2 0.4 x\n", "Line 2: Topic 1 has 'A' twice"),
        (run_from_trec, b"1 Q0 A 1 nan x\n", "Line 1: The score 'nan' is not finite"),
        (run_from_trec, b"1 Q0 A 1 inf x\n", "is not finite"),
        (run_from_trec, b"1 Q0 A 1 1e300 x\n", "is not finite"),
        (
            run_from_trec,
            b"1 Q0 A 1 -3.4028235e38 x\n1 Q0 B 1 -3.4028235e38 x\n",
            "equal scores of topic 1 are the lowest possible",
        ),
        (run_from_trec, b"1 Q0 A 1 high x\n", "Line 1: The score 'high' is not a number"),
        (run_from_trec, b"3 Q0 A 1 0.5 x\n", "Line 1: Topic '3' was not found. Use a topic from 1 to 10."),
        (run_from_trec, b"1 Q0 A 1 0.5 x\n1 Q0 B 2 0.4 y\n", "Line 2: The tag is 'y' and was 'x'"),
        (run_from_trec, b"1 Q0 A 1 0.5 x\n1 Q0 \xff 2 0.4 x\n", "Line 2: The file is not UTF-8"),
        (run_from_trec, b"\x1f\x8b\x08\x00", "not UTF-8"),
        (run_from_trec, b"1 Q0 A 1 0.5 x\n1 Q0 \0 2 0.4 x\n", "Line 2: The file holds a NUL"),
        (grades_from_trec, b"1 0 A 1\n1 0 B two\n", "Line 2: 'two' is not a grade"),
        (grades_from_trec, b"1 0 A 1.0\n", "'1.0' is not a grade"),
        (grades_from_trec, b"1 0 A 128\n", "is not a grade"),
        (grades_from_trec, b"1 0 A --1\n", "is not a grade"),
        (grades_from_trec, "1 0 A ٣\n".encode(), "is not a grade"),
        (grades_from_trec, b"1 0 A " + b"9" * 5000, "is not a grade"),
        (grades_from_trec, b"1 0 A 1\n1 0 A 1\n", "Line 2: Topic 1 has 'A' twice"),
        (grades_from_trec, b"1 Q0 A 1 0.5 x\n", "The line has 6 columns and needs 4"),
        (run_from_csv, b"topic,figure\n1,A\n", "Line 1: The first line must name the columns topic, figure, score"),
        (run_from_csv, b"topic,topic,figure,score\n", "topic is missing or repeated"),
        (run_from_csv, b"topic,figure,score\n1,A\n", "Line 2: The line has 2 cells, but the first line names 3"),
        (run_from_csv, b'topic,figure,score\n1,"A" x,0.5\n', "Line 2: The line is not valid CSV"),
        (run_from_csv, b'topic,figure,score\n1,"A,0.5\n', "not valid CSV"),
        (run_from_csv, b"topic,figure,score\n1,A,\n", "Line 2: The score '' is not a number"),
        (grades_from_csv, b"topic,figure,grade\n9,A,1\n", "Line 2: Topic '9' was not found"),
        (run_from_json, b"{", "Line 1: The file is not valid JSON"),
        (run_from_json, b"[" * 100_000, "The JSON cannot be read"),
        (run_from_json, b"{}", "patentsearch-run/1"),
        (run_from_json, b'{"schema": "patentsearch-run/1"}', "must be a list of objects"),
        (run_from_json, b'{"schema": "patentsearch-run/1", "topics": [{"number": 3}]}', "Topic '3' was not found"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_line_and_remedy(reader: Reader, data: bytes, problem: str) -> None:
    with pytest.raises(FileProblem) as refused:
        reader(data, TOPICS)
    assert problem in refused.value.detail


@pytest.mark.parametrize(
    "figure",
    [
        {"figure": "A"},
        {"figure": 1, "score": 1},
        {"figure": "A", "score": True},
        {"figure": "A", "score": "1"},
        {"figure": "A", "score": float("nan")},
        {"figure": "A", "score": 10**400},
    ],
)
def test_a_figure_without_a_score_that_orders_is_refused(figure: dict[str, object]) -> None:
    run = {"schema": "patentsearch-run/1", "topics": [{"number": "1", "figures": [figure]}]}
    with pytest.raises(FileProblem):
        run_from_json(json.dumps(run).encode(), TOPICS)


def test_half_a_character_in_json_is_read_and_breaks_nothing() -> None:
    run = (
        b'{"schema": "patentsearch-run/1", "topics": [{"number": "1", "figures": [{"figure": "\\ud800", "score": 1}]}]}'
    )
    assert read_names(run_from_json(run, TOPICS)) == {"1": ["\ud800"]}


def test_too_large_a_file_and_too_long_a_list_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LONGEST_LIST", 2)
    data = b"".join(b"1 Q0 F%d 1 0.5 x\n" % place for place in range(3))
    with pytest.raises(FileProblem, match="Line 3: Topic 1 has more than 2 figures"):
        run_from_trec(data, TOPICS)
    monkeypatch.setattr(files, "LARGEST_FILE_BYTES", len(data) - 1)
    with pytest.raises(FileProblem, match="at most"):
        run_from_trec(data, TOPICS)


def test_the_same_run_is_the_same_json() -> None:
    lists = {"2": [("A", 0.5)], "1": [("B", 0.5), ("A", 0.5)]}
    turned = dict(reversed(lists.items()))
    assert run_as_json(lists, "x", {"system": "visual"}) == run_as_json(turned, "x", {"system": "visual"})
