"""Measures compared with hand-worked numbers, and the fast ones with ir-measures."""

import json
from dataclasses import astuple

import ir_measures
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.evaluation.binary import list_average_precision_at_k, per_query_measures
from engine.evaluation.collection import (
    CollectionVectors,
    Grouping,
    evaluate_collection,
    groups,
    same_publication,
)
from engine.evaluation.estimates import bootstrap_columns
from engine.evaluation.measures import MeasureOptions, measure_run
from engine.evaluation.qrels import RULE_IMPORTED, JudgedFigure, JudgedTopic, Qrels
from engine.evaluation.relatives import Relatives
from engine.ranking.fusion import Fusion


def average_precision(relevant: list[bool], relevant_count: int) -> float:
    """AP@50 of one list, which may be shorter or longer."""
    hits = np.zeros((1, 50), dtype=bool)
    hits[0, : len(relevant)] = relevant[:50]
    return float(per_query_measures(hits, np.array([relevant_count]))["ap"][0])


@pytest.mark.parametrize(
    ("relevant", "relevant_count", "over_all", "over_list"),
    [
        ([True, False, True, False], 4, (1 + 2 / 3) / 4, (1 + 2 / 3) / 2),
        ([False, False, False], 2, 0.0, 0.0),
        ([True, True], 2, 1.0, 1.0),  # fewer than k, all found
        ([False, True], 1, 0.5, 0.5),
        ([], 3, 0.0, 0.0),
        ([False] * 50 + [True], 1, 0.0, 0.0),  # found below k
    ],
)
def test_average_precision_worked_out_by_hand(
    relevant: list[bool], relevant_count: int, over_all: float, over_list: float
) -> None:
    assert average_precision(relevant, relevant_count) == pytest.approx(over_all)
    assert list_average_precision_at_k(relevant) == pytest.approx(over_list)


def test_all_measures_of_one_list_worked_out_by_hand() -> None:
    hits = np.array([[False, True, True, False]])
    values = {name: float(value[0]) for name, value in per_query_measures(hits, np.array([3])).items()}
    ideal = 1 + 1 / np.log2(3) + 1 / 2
    assert values == pytest.approx(
        {
            "ap": (1 / 2 + 2 / 3) / 3,
            "ap_list": (1 / 2 + 2 / 3) / 2,
            "precision": 2 / 4,
            "recall": 2 / 3,
            "ndcg": (1 / np.log2(3) + 1 / 2) / ideal,
            "reciprocal_rank": 1 / 2,
        }
    )


def test_nothing_relevant_gives_zeros_and_no_division_by_zero() -> None:
    with np.errstate(all="raise"):
        values = per_query_measures(np.zeros((2, 5), dtype=bool), np.array([0, 3]))
    assert all(value.tolist() == [0.0, 0.0] for value in values.values())


def test_the_interval_is_seeded_brackets_the_mean_and_narrows_with_queries() -> None:
    values = np.random.default_rng(0).random(400)
    (few,), (many,) = (bootstrap_columns(drawn[:, np.newaxis], seed=0) for drawn in (values[:20], values))
    assert bootstrap_columns(values[:, np.newaxis], seed=0) == [many]
    assert few.low < few.mean < few.high
    assert many.high - many.low < few.high - few.low
    # The normal approximation: 1.96 standard errors on each side.
    assert many.high - many.low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.1)


PUBLICATIONS = ["A", "A", "B", "B", "C", "D"]
GROUPS = {"A": "chairs", "B": "chairs", "C": "chairs", "D": "pumps"}
APART = {"A": "family 1", "C": "family 1"}


def test_own_publication_and_kept_apart_ones_are_left_out() -> None:
    grouping = groups(PUBLICATIONS, GROUPS, APART)
    queries = np.array([0, 2, 5])
    assert grouping.left_out(queries).astype(int).tolist() == [
        [1, 1, 0, 0, 1, 0],  # of A: A itself and C of the same family
        [0, 0, 1, 1, 0, 0],  # of B, which has no family: itself
        [0, 0, 0, 0, 0, 1],
    ]
    assert grouping.relevant(queries).astype(int).tolist() == [
        [0, 0, 1, 1, 0, 0],
        [1, 1, 0, 0, 1, 0],
        [0, 0, 0, 0, 0, 0],  # the only pump has nothing to find
    ]


def test_in_the_same_publication_protocol_only_the_query_itself_is_left_out() -> None:
    grouping = same_publication(PUBLICATIONS)
    queries = np.array([0, 4])
    assert grouping.left_out(queries).astype(int).tolist() == [[1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 1, 0]]
    assert grouping.relevant(queries).astype(int).tolist() == [[0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]]


def test_publications_without_a_group_are_not_one_group() -> None:
    assert not groups(["A", "B"], {}).relevant(np.array([0, 1])).any()


def unit_vectors(count: int, seed: int, dim: int = 10) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(count, dim))
    unit: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def plain_lists(vectors: NDArray[np.float32], grouping: Grouping) -> dict[str, list[str]]:
    """The ranking of every figure, computed in plain Python, by index position."""
    lists = {}
    for query in range(len(vectors)):
        barred = grouping.left_out(np.array([query]))[0]
        scores = vectors @ vectors[query]
        lists[str(query)] = [
            str(i) for i in np.argsort(-scores, kind="stable") if not barred[i] and not np.isnan(scores[i])
        ]
    return lists


@pytest.mark.slow
@pytest.mark.parametrize("grouping_name", ["same publication", "groups"])
def test_the_fast_evaluation_agrees_with_ir_measures_over_blocks(grouping_name: str) -> None:
    count = 600  # three blocks
    publications = [f"P{i % 90}" for i in range(count)]
    grouping = (
        same_publication(publications)
        if grouping_name == "same publication"
        else groups(publications, {f"P{i}": f"G{i % 7}" for i in range(80)}, {f"P{i}": f"F{i % 21}" for i in range(60)})
    )
    vectors = unit_vectors(count, 3)
    scores = evaluate_collection(CollectionVectors(visual=vectors), grouping, [Fusion.VISUAL], k=20)[Fusion.VISUAL]
    relevant = grouping.relevant(np.arange(count))
    judged = {
        str(q): JudgedTopic(
            str(q), "", None, {str(i): JudgedFigure(1, Relatives(str(i))) for i in np.flatnonzero(relevant[q])}
        )
        for q in range(count)
    }
    qrels = Qrels("all", "overall", RULE_IMPORTED, judged)
    lists = {query: ranked[:20] for query, ranked in plain_lists(vectors, grouping).items()}
    expected = measure_run(lists, qrels, MeasureOptions(k=20))
    assert scores.queries == len(expected.counted_topics)
    assert scores.without_relevant == len(expected.without_relevant)
    names = {
        "map": "AP@20",
        "ap_list": "list AP@20",
        "precision": "P@20",
        "recall": "R@20",
        "ndcg": "nDCG@20",
        "reciprocal_rank": "RR",
    }
    for ours, theirs in names.items():
        estimate, of_runs = (
            getattr(scores, ours),
            bootstrap_columns(expected.counted()[theirs][:, np.newaxis], seed=0)[0],
        )
        assert astuple(estimate) == pytest.approx(astuple(of_runs), abs=1e-9)


def test_fusion_is_measured_over_the_same_queries_and_a_figure_without_text_scores_0_by_text() -> None:
    visual, text = unit_vectors(60, 4), unit_vectors(60, 5)
    text[::2] = np.nan
    grouping = same_publication([f"P{i // 6}" for i in range(60)])
    text[1::2] = visual[1::2]
    scores = evaluate_collection(CollectionVectors(visual, text), grouping, list(Fusion))
    assert {modality.queries for modality in scores.values()} == {60}
    text_only = evaluate_collection(CollectionVectors(None, text), grouping, [Fusion.TEXT])[Fusion.TEXT]
    assert text_only.map == scores[Fusion.TEXT].map
    # Half of the queries find nothing by text, and the other half at most their two fellows with text of five.
    assert text_only.recall.mean == pytest.approx(0.5 * 2 / 5)


def test_a_perfect_encoder_scores_1() -> None:
    vectors = np.repeat(unit_vectors(5, 6), 4, axis=0)
    score = evaluate_collection(
        CollectionVectors(visual=vectors), same_publication([f"P{i // 4}" for i in range(20)]), [Fusion.VISUAL]
    )[Fusion.VISUAL]
    assert (score.map.mean, score.map.low, score.ndcg.mean) == (1.0, 1.0, 1.0)
    assert json.loads(json.dumps(score.as_dict()))["map"] == 1.0


def test_an_empty_collection_has_no_queries() -> None:
    empty = CollectionVectors(visual=np.empty((0, 3), dtype=np.float32))
    scores = evaluate_collection(empty, same_publication([]), [Fusion.VISUAL])[Fusion.VISUAL]
    assert (scores.queries, scores.map.mean) == (0, 0.0)


def test_our_average_precision_is_the_one_of_ir_measures() -> None:
    generator = np.random.default_rng(8)
    for _ in range(50):
        relevant = (generator.random(60) < 0.3).tolist()
        missing = int(generator.integers(0, 5))
        qrels = {"q": {str(i): 1 for i, hit in enumerate(relevant) if hit} | {f"m{i}": 1 for i in range(missing)}}
        run = {"q": {str(i): -float(i) for i in range(60)}}
        expected = ir_measures.calc_aggregate([ir_measures.AP @ 50], qrels, run)[ir_measures.AP @ 50]
        assert average_precision(relevant, sum(relevant) + missing) == pytest.approx(expected, abs=1e-9)
