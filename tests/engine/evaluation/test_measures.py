"""Every measure against numbers worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2

import pytest

from engine.evaluation.curves import RECALL_POINTS, PrecisionRecall, precision_recall, spread
from engine.evaluation.measures import MeasureOptions, RunMeasures, counted_lists, measure_names, measure_run
from engine.evaluation.qrels import RULE, JudgedFigure, JudgedTopic, Qrels
from engine.evaluation.relatives import Relatives


def number(name: str) -> str:
    """A2 → the second figure of publication A."""
    return f"{name[0]}/1.1/{name[1:] or 1}"


def numbers(names: str) -> list[str]:
    return [number(name) for name in names.split()]


def qrels_of(topics: Mapping[str, Mapping[str, int | None]], **fields: object) -> Qrels:
    """Qrels with these grades; a figure's publication is its letter."""
    return Qrels(
        "Set",
        "overall",
        RULE,
        {
            topic: JudgedTopic(
                topic,
                "",
                None,
                {number(name): JudgedFigure(grade, Relatives(name[0])) for name, grade in grades.items()},
            )
            for topic, grades in topics.items()
        },
        **fields,  # type: ignore[arg-type]
    )


def curve_of(
    ranked: Mapping[str, Sequence[str]], qrels: Qrels, options: MeasureOptions | None = None
) -> PrecisionRecall:
    chosen = options or MeasureOptions()
    return precision_recall(counted_lists(ranked, qrels, chosen.unit), chosen)


def measured(ranked: str, grades: Mapping[str, int | None], options: MeasureOptions | None = None) -> dict[str, float]:
    """The measures of one topic."""
    found = measure_run({"1": numbers(ranked)}, qrels_of({"1": grades}), options)
    return {name: float(values[0]) for name, values in found.values.items()}


# C was never pooled, E was pooled and could not be judged, F and G were pooled and are not in the list.
RANKED = "A B C D E"
GRADES = {"A": 3, "B": 0, "D": 1, "E": None, "F": 2, "G": 0}
FOUR = MeasureOptions(k=4)


def test_every_measure_of_one_topic() -> None:
    values = measured(RANKED, GRADES, FOUR)
    assert tuple(values) == measure_names(4)
    assert values == pytest.approx(
        {
            "AP@4": (1 + 2 / 4) / 3,
            "list AP@4": (1 + 2 / 4) / 2,
            "AP": (1 + 2 / 4) / 3,
            "P@4": 2 / 4,
            "P@5": 2 / 5,
            "P@10": 2 / 10,  # five places are empty
            "nDCG@4": (3 + 1 / log2(5)) / (3 + 2 / log2(3) + 1 / 2),
            "nDCG@10": (3 + 1 / log2(5)) / (3 + 2 / log2(3) + 1 / 2),
            "R@4": 2 / 3,
            "RR": 1,
            "bpref": (1 + (1 - 1 / 2)) / 3,  # B is above D, of two judged irrelevant ones
            # D is fourth; of the three above it two were pooled, and of those one is relevant.
            "infAP": (1 + (1 / 4 + 3 / 4 * (2 / 3) * (1 / 2))) / 3,
            "Judged@4": 3 / 4,
            "Judged@10": 3 / 5,  # of the five that there are
        },
        abs=1e-5,  # infAP smooths by 0.00001
    )


def test_all_unjudged_taken_as_relevant_within_the_depth_of_each_measure() -> None:
    values = measured(RANKED, GRADES, MeasureOptions(k=4, unjudged="relevant"))
    # A, C, D of the first four with a recall base of A, C, D, F; E also where the whole list counts.
    assert values == pytest.approx(
        {
            "AP@4": (1 + 2 / 3 + 3 / 4) / 4,
            "list AP@4": (1 + 2 / 3 + 3 / 4) / 3,
            "AP": (1 + 2 / 3 + 3 / 4 + 4 / 5) / 5,
            "P@4": 3 / 4,
            "P@5": 4 / 5,
            "P@10": 4 / 10,
            "nDCG@4": (3 + 3 / 2 + 1 / log2(5)) / (3 + 3 / log2(3) + 2 / 2 + 1 / log2(5)),
            "nDCG@10": (3 + 3 / 2 + 1 / log2(5) + 3 / log2(6)) / (3 + 3 / log2(3) + 3 / 2 + 2 / log2(5) + 1 / log2(6)),
            "R@4": 3 / 4,
            "RR": 1,
            "bpref": (1 + 3 * (1 - 1 / 2)) / 5,
            # All in the list are pooled now; 1 of 2 above C is relevant, 2 of 3 above D, 3 of 4 above E.
            "infAP": (1 + (1 / 3 + 2 / 3 / 2) + (1 / 4 + 3 / 4 * 2 / 3) + (1 / 5 + 4 / 5 * 3 / 4)) / 5,
            "Judged@4": 3 / 4,  # taking something for relevant judges nothing
            "Judged@10": 3 / 5,
        },
        abs=1e-5,
    )


def test_the_unjudged_taken_as_relevant_can_lower_a_measure_with_a_recall_base() -> None:
    grades = {"A": 3} | dict.fromkeys("BCDEFGHI", 0)  # J is unjudged
    ranked = " ".join("ABCDEFGHIJ")
    assert measured(ranked, grades, MeasureOptions(k=10))["AP@10"] == 1
    values = measured(ranked, grades, MeasureOptions(k=10, unjudged="relevant"))
    assert values["AP@10"] == pytest.approx((1 + 2 / 10) / 2)


def test_the_relevant_below_k_are_found_by_the_measures_of_the_whole_list_alone() -> None:
    values = measured("B C D A", {"A": 1}, MeasureOptions(k=3))
    assert (values["AP@3"], values["R@3"], values["list AP@3"], values["nDCG@3"]) == (0, 0, 0, 0)
    assert (values["AP"], values["RR"]) == (1 / 4, 1 / 4)


def test_fewer_than_k_count_against_precision_and_not_against_recall() -> None:
    values = measured("A B", {"A": 1, "B": 2})
    assert (values["P@5"], values["P@50"], values["R@50"], values["AP@50"]) == (2 / 5, 2 / 50, 1, 1)


def test_a_topic_without_a_list_scores_0_and_is_in_the_mean() -> None:
    found = measure_run({"1": numbers("A")}, qrels_of({"1": {"A": 1}, "2": {"A": 1}}))
    assert found.values["AP@50"].tolist() == [1, 0]
    assert found.means()["AP@50"] == 0.5


def test_topics_without_a_relevant_figure_are_in_no_mean_and_named() -> None:
    qrels = qrels_of({"1": {"A": 2}, "2": {"A": 0}, "3": {"A": None}, "10": {}})
    found = measure_run(dict.fromkeys(qrels.topics, numbers("A")), qrels)
    assert found.topics == ("1", "2", "3", "10")
    assert found.without_relevant == ("2", "3", "10")
    assert found.counted_topics == ("1",)
    assert found.means()["AP@50"] == found.means()["P@5"] * 5 == 1
    assert found.values["Judged@50"].tolist() == [1, 1, 0, 0]


def test_a_set_in_which_nothing_is_relevant_has_means_of_0() -> None:
    found = measure_run({"1": numbers("A")}, qrels_of({"1": {"A": 0}}))
    assert set(found.means().values()) == {0.0}


def test_what_is_taken_as_relevant_moves_no_topic_into_the_mean() -> None:
    found = measure_run(
        {"1": numbers("B"), "2": numbers("B")}, qrels_of({"1": {"A": 1}, "2": {}}), MeasureOptions(unjudged="relevant")
    )
    assert found.counted_topics == ("1",)
    assert found.values["P@5"].tolist() == [1 / 5, 1 / 5]


def test_grades_below_the_threshold_are_not_relevant_and_still_gain_in_ndcg() -> None:
    values = measured("A B", {"A": 1, "B": 2}, MeasureOptions(relevant_from=2))
    assert (values["AP@50"], values["RR"], values["P@5"], values["R@50"]) == (0.5, 0.5, 0.2, 1)
    assert values["nDCG@50"] == pytest.approx((1 + 2 / log2(3)) / (2 + 1 / log2(3)))


def test_the_order_of_a_list_is_kept_whatever_the_names_of_its_figures() -> None:
    for order in ("Z A", "A Z"):
        assert measured(order, {order.split()[1]: 1})["AP@50"] == 0.5


def test_a_figure_twice_in_a_list_is_refused() -> None:
    with pytest.raises(ValueError, match="topic 1 holds a figure twice"):
        measured("A A", {"A": 1})


def test_options_that_count_nothing_are_refused() -> None:
    for wrong in ({"k": 0}, {"relevant_from": 0}):
        with pytest.raises(ValueError, match="at least 1"):
            MeasureOptions(**wrong)  # type: ignore[arg-type]


PUBLICATIONS = MeasureOptions(unit="publication", k=3)


def test_a_publication_stands_where_its_best_figure_stood_and_has_its_highest_grade() -> None:
    grades = {"A1": 0, "A2": 2, "B1": 0, "C1": None, "D1": 1}
    ranked = "B2 A1 B1 A2 C1 D1"
    counted = counted_lists({"1": numbers(ranked)}, qrels_of({"1": grades}), "publication")
    assert counted.ranked["1"] == ["B", "A", "C", "D"]
    assert counted.grades["1"] == {"A": 2, "B": 0, "C": None, "D": 1}
    values = measured(ranked, grades, PUBLICATIONS)
    assert values["AP@3"] == pytest.approx((1 / 2) / 2)
    assert values["AP"] == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert values["P@3"] == pytest.approx(1 / 3)
    assert values["nDCG@3"] == pytest.approx(2 / log2(3) / (2 + 1 / log2(3)))
    assert values["Judged@3"] == pytest.approx(2 / 3)


def test_an_unjudged_figure_of_a_judged_publication_may_yet_make_it_relevant() -> None:
    grades = {"B1": 0, "A1": 1}
    ranked = "B2 B1 A1"
    assert measured(ranked, grades, PUBLICATIONS)["AP@3"] == 1 / 2
    relevant = MeasureOptions(unit="publication", k=3, unjudged="relevant")
    assert measured(ranked, grades, relevant)["AP@3"] == 1
    assert measured("B1 A1", grades, relevant)["AP@3"] == 1 / 2  # the list holds nothing unjudged of B


def test_relatives_and_reserved_publications_count_neither_in_lists_nor_in_judgments() -> None:
    topic = JudgedTopic(
        "1",
        "",
        Relatives("A", "F"),
        {
            number(name): JudgedFigure(2, relatives)
            for name, relatives in {
                "A2": Relatives("A", "F"),
                "B1": Relatives("B", "F"),
                "C1": Relatives("C"),
                "R1": Relatives("R"),
            }.items()
        },
    )
    qrels = Qrels("Set", "overall", RULE, {"1": topic}, frozenset({"R"}))
    found = measure_run({"1": numbers("A2 A9 B1 R1 R7 C1")}, qrels)
    counted = counted_lists({"1": numbers("A2 A9 B1 R1 R7 C1")}, qrels)
    assert list(counted.ranked["1"]) == list(counted.grades["1"]) == numbers("C1")
    assert found.values["AP@50"].tolist() == [1]


def test_topics_that_the_qrels_lack_are_not_measured() -> None:
    found = measure_run({"1": numbers("A"), "2": numbers("A")}, qrels_of({"1": {"A": 1}}))
    assert found.topics == ("1",)


def test_equal_qrels_and_lists_give_equal_values_to_the_last_bit() -> None:
    def run() -> RunMeasures:
        return measure_run({"1": numbers(RANKED)}, qrels_of({"1": GRADES}))

    first, second = run(), run()
    assert {name: of.tobytes() for name, of in first.values.items()} == {
        name: of.tobytes() for name, of in second.values.items()
    }


def test_precision_is_interpolated_at_eleven_recall_points() -> None:
    # Relevant at ranks 1, 3 and 6 of four: precisions 1, 2/3, 1/2 at recalls 1/4, 2/4, 3/4.
    qrels = qrels_of({"1": dict.fromkeys("ACFX", 1), "2": {"A": 0}, "3": {"A": 1}})
    curve = curve_of({"1": numbers("A B C D E F"), "2": numbers("A")}, qrels)
    assert curve.topics == ("1", "3")
    assert RECALL_POINTS[3] == 0.3
    expected = [1, 1, 1, 2 / 3, 2 / 3, 2 / 3, 1 / 2, 1 / 2, 0, 0, 0]
    assert curve.precisions[0].tolist() == pytest.approx(expected)
    assert curve.precisions[1].tolist() == [0] * 11
    assert curve.mean.tolist() == pytest.approx([value / 2 for value in expected])


def test_precision_over_recall_by_publication_and_threshold() -> None:
    qrels = qrels_of({"1": {"A1": 1, "A2": 2, "B1": 1}})
    curve = curve_of({"1": numbers("B1 A1 A2")}, qrels, MeasureOptions(unit="publication", relevant_from=2))
    assert curve.precisions.tolist() == [[0.5] * 11]


def test_without_topics_the_curve_is_flat_at_0() -> None:
    assert curve_of({}, qrels_of({})).mean.tolist() == [0] * 11


def test_the_spread_of_a_measure_counts_1_in_the_last_part() -> None:
    values = measure_run(
        {"1": numbers("A"), "2": numbers("B A"), "3": numbers("B")}, qrels_of({topic: {"A": 1} for topic in "123"})
    )
    found = spread(values.values["AP@50"], bins=4)
    assert found is not None
    assert found.counts == (1, 0, 1, 1)
    assert (found.least, found.median, found.greatest) == (0, 0.5, 1)
    assert (found.lower_quartile, found.upper_quartile) == (0.25, 0.75)
    assert spread(values.values["AP@50"][:0]) is None


def test_the_depths_of_measures_are_named_once() -> None:
    names: Sequence[str] = measure_names(10)
    assert len(names) == len(set(names))
