"""The table against figures worked out by hand, and against files measured by plain Python."""

from __future__ import annotations

import csv
import io
import json
from copy import deepcopy

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotations.models import QrelsSnapshot, RunScores
from annotations.selectors.exports import qrels_file, run_file
from annotations.selectors.score_files import score_table_as_csv, score_table_as_json
from annotations.selectors.scores import ScoreOptions, ScoresMissing, ScoreTable, letter_of, score_table
from annotations.selectors.snapshots import SnapshotDamaged, snapshot_row
from annotations.selectors.topic_lists import topic_differences, topic_lists
from annotations.services.scores import scores_complete
from tests.annotation_rows import run_make
from tests.evaluation_rows import Measured, measured_make
from tests.independent_measures import measures_of, qrels_read, run_read

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def measured_of_module(module_rows: None) -> Measured:
    return measured_make()


@pytest.fixture
def measured(measured_of_module: Measured, db: None) -> Measured:
    cache.clear()
    return deepcopy(measured_of_module)


def table_of(measured: Measured, options: ScoreOptions | None = None, measure: str | None = None) -> ScoreTable:
    chosen = options or ScoreOptions()
    scores_complete(snapshot=measured.snapshot, runs=measured.runs, options=chosen)
    return score_table(measured.snapshot, measured.runs, chosen, measure)


def means(table: ScoreTable, name: str) -> tuple[float, float]:
    one, two = table.scored
    return table.estimates[one.run.pk, name].mean, table.estimates[two.run.pk, name].mean


def test_means_are_those_worked_out_by_hand(measured: Measured) -> None:
    table = table_of(measured)
    assert table.topics == ("1", "2")
    # Topic 1: B1 and C1 are relevant. "one" has them at 1 and 3, "two" at 4 and 2. Topic 2: B2, at 2 and at 3.
    assert means(table, "AP@50") == pytest.approx((((1 + 2 / 3) / 2 + 1 / 2) / 2, ((1 / 2 + 2 / 4) / 2 + 1 / 3) / 2))
    assert means(table, "AP") == means(table, "AP@50")
    assert means(table, "P@10") == pytest.approx((0.15, 0.15))
    assert means(table, "RR") == pytest.approx((0.75, (1 / 2 + 1 / 3) / 2))
    assert means(table, "R@50") == (1.0, 1.0)
    assert means(table, "Judged@10") == (0.75, 0.75)


def test_the_papers_ap_differs_by_its_recall_base(measured: Measured) -> None:
    table = table_of(measured, ScoreOptions(k=1))
    # "one" begins topic 1 with one of its two relevant figures, and topic 2 with none.
    assert means(table, "AP@1") == (0.25, 0.0)
    assert means(table, "list AP@1") == (0.5, 0.0)


def test_a_higher_least_grade_leaves_fewer_relevant(measured: Measured) -> None:
    table = table_of(measured, ScoreOptions(relevant_from=2))
    assert means(table, "AP@50") == pytest.approx((0.75, (1 / 4 + 1 / 3) / 2))
    only_first = table_of(measured, ScoreOptions(relevant_from=3))
    assert (only_first.topics, only_first.topics_without) == (("1",), ("2",))
    assert means(only_first, "AP@50") == (1.0, 0.25)


def test_bounds_take_the_unjudged_for_irrelevant_and_for_relevant(measured: Measured) -> None:
    one, two = table_of(measured).scored
    assert one.bounds("AP@50") == pytest.approx((2 / 3, ((1 + 2 / 3 + 3 / 4) / 3 + (1 / 2 + 2 / 3) / 2) / 2))
    assert two.bounds("AP@50") == pytest.approx((5 / 12, ((1 + 1 + 3 / 4) / 3 + (1 / 2 + 2 / 3) / 2) / 2))


def test_a_publication_stands_where_its_best_figure_stood(measured: Measured) -> None:
    table = table_of(measured, ScoreOptions(unit="publication"))
    # Topic 1: B and C are relevant, whichever comes first. Topic 2: B alone, which "two" has second.
    assert means(table, "AP@50") == (1.0, 0.75)


def test_pairs_are_compared_over_topics(measured: Measured) -> None:
    table = table_of(measured)
    ((one, two, pair),) = table.pairs
    assert (one.run, two.run) == (measured.one, measured.two)
    assert pair.difference.mean == pytest.approx(0.25)
    assert (pair.wins, pair.ties, pair.losses) == (2, 0, 0)
    assert pair.p_randomization == 0.5  # two of the four assignments of signs reach it
    assert pair.p_t == pytest.approx(0.2048328, abs=1e-6)  # t = 3 with one degree of freedom
    assert (table.is_best(measured.one, "AP@50"), table.is_best(measured.two, "AP@50")) == (True, False)
    assert not table.is_best(measured.one, "R@50")  # both have it
    assert table.beaten_by(measured.one) == ""


def test_letters_tell_who_is_significantly_better(measured: Measured) -> None:
    table = table_of(measured)
    one, two = table.scored
    low, high = (dict(of.values) for of in (two, one))
    low["AP@50"], high["AP@50"] = low["AP@50"].repeat(6) * 0, high["AP@50"].repeat(6)
    several = ScoreTable(
        table.snapshot,
        table.options,
        "AP@50",
        tuple(
            type(one)(of.run, of.letter, tuple("123456789012"), one.in_mean.repeat(6), values, values, one.precisions)
            for of, values in ((one, high), (two, low))
        ),
    )
    assert several.beaten_by(measured.one) == "b"
    assert several.beaten_by(measured.two) == ""


def test_the_same_table_is_the_same_bytes_kept_or_computed_again(measured: Measured) -> None:
    first = score_table_as_json(table_of(measured), snapshot_row(measured.snapshot))
    rows = score_table_as_csv(table_of(measured), snapshot_row(measured.snapshot))
    assert score_table_as_json(table_of(measured), snapshot_row(measured.snapshot)) == first
    RunScores.objects.all().delete()
    cache.clear()
    assert score_table_as_json(table_of(measured), snapshot_row(measured.snapshot)) == first
    assert score_table_as_csv(table_of(measured), snapshot_row(measured.snapshot)) == rows


def test_the_files_say_where_every_figure_comes_from(measured: Measured) -> None:
    table = table_of(measured)
    written = json.loads(score_table_as_json(table, snapshot_row(measured.snapshot)))
    assert written["qrels"]["sha256"] == measured.snapshot.sha256
    assert written["qrels"]["assessors"] == ["anna"]
    assert written["qrels"]["pool_depths"] == [10]
    assert written["runs"][0]["made_with"]["encoder_keys"] == {"text": "tests/text", "visual": "tests/visual"}
    assert written["runs"][0]["measures"]["AP@50"]["topics"]["2"] == 0.5
    rows = list(csv.DictReader(io.StringIO(score_table_as_csv(table, snapshot_row(measured.snapshot)))))
    assert len(rows) == 2 * len(table.options.names)
    assert float(rows[0]["mean"]) == pytest.approx(2 / 3)
    assert rows[0]["index_versions"] == "text=1 visual=1"


@pytest.mark.parametrize("unit", ["figure", "publication"])
@pytest.mark.parametrize("relevant_from", [1, 2, 3])
@pytest.mark.parametrize("k", [2, 50])
def test_exported_files_measured_by_plain_python_give_the_tables_figures(
    measured: Measured, unit: str, relevant_from: int, k: int
) -> None:
    options = ScoreOptions(unit=unit, relevant_from=relevant_from, k=k)  # type: ignore[arg-type]
    table = table_of(measured, options)
    qrels = qrels_read(qrels_file(measured.snapshot, "trec").text)
    for one in table.scored:
        run = run_read(run_file(one.run, "trec").text)
        values = []
        for topic, grades in qrels.items():
            ranked = run.get(topic, [])
            if unit == "publication":
                ranked, grades = by_publication(ranked, grades)
            if any(grade >= relevant_from for grade in grades.values()):
                values.append(measures_of(ranked, grades, k, relevant_from))
        assert len(values) == len(table.topics)
        for name in options.names:
            mean = sum(of[name] for of in values) / len(values)
            assert table.estimates[one.run.pk, name].mean == pytest.approx(mean, abs=1e-6), name


def by_publication(ranked: list[str], grades: dict[str, int]) -> tuple[list[str], dict[str, int]]:
    """Each publication where its first figure stood, with the highest grade of its figures."""
    best: dict[str, int] = {}
    for figure, grade in grades.items():
        publication = figure.split("/")[0]
        best[publication] = max(best.get(publication, -1), grade)
    return list(dict.fromkeys(figure.split("/")[0] for figure in ranked)), best


def test_scoring_goes_on_where_the_time_was_up(measured: Measured) -> None:
    options = ScoreOptions()
    with pytest.raises(ScoresMissing, match="one, two"):
        score_table(measured.snapshot, measured.runs, options)
    left = scores_complete(snapshot=measured.snapshot, runs=measured.runs, options=options, budget_seconds=0.0)
    assert left == [measured.two]
    assert scores_complete(snapshot=measured.snapshot, runs=measured.runs, options=options, budget_seconds=0.0) == []
    assert RunScores.objects.count() == 2
    with CaptureQueriesContext(connection) as kept:
        scores_complete(snapshot=measured.snapshot, runs=measured.runs, options=options)
    assert len(kept) == 1


def test_figures_of_other_code_count_no_more(measured: Measured, monkeypatch: pytest.MonkeyPatch) -> None:
    table_of(measured)
    monkeypatch.setattr("annotations.selectors.scores.SCORED_BY", "scores/2")
    with pytest.raises(ScoresMissing):
        score_table(measured.snapshot, measured.runs, ScoreOptions())


def test_damaged_qrels_measure_nothing(measured: Measured) -> None:
    QrelsSnapshot.objects.filter(pk=measured.snapshot.pk).update(content=measured.snapshot.content + " ")
    damaged = QrelsSnapshot.objects.get(pk=measured.snapshot.pk)
    with pytest.raises(SnapshotDamaged):
        scores_complete(snapshot=damaged, runs=measured.runs, options=ScoreOptions())
    assert not RunScores.objects.exists()


def test_a_run_that_found_nothing_for_a_topic_has_nothing_there(measured: Measured) -> None:
    empty = run_make(measured.topic_set, [], name="empty")
    scores_complete(snapshot=measured.snapshot, runs=[empty], options=ScoreOptions())
    table = score_table(measured.snapshot, [empty], ScoreOptions())
    assert table.topics == ("1", "2")
    assert table.estimates[empty.pk, "AP@50"].mean == 0
    assert table.pairs == []


def test_topics_stand_in_the_order_of_their_differences(measured: Measured) -> None:
    one, two = table_of(measured).scored
    rows = topic_differences(two, one, "AP@50", {"1": "Rotor"})
    assert [(row.topic, row.title, row.outcome) for row in rows] == [("2", "", "lost"), ("1", "Rotor", "lost")]
    assert rows[0].difference == pytest.approx(-1 / 6)


def test_a_topics_lists_show_grades_ranks_and_what_is_missed(measured: Measured) -> None:
    options = ScoreOptions(k=2)
    lists = topic_lists(measured.snapshot, (measured.one, measured.two), "1", options, measured.staff)
    assert lists is not None
    assert lists.relevant_count == 2
    assert [(one.rank, one.grade, one.is_relevant, one.other_rank) for one in lists.one.figures] == [
        (1, 3, True, 4),
        (2, 0, False, 3),
    ]
    assert [one.rank for one in lists.one.missed] == [3]
    assert [(one.rank, one.grade) for one in lists.other.figures] == [(1, None), (2, 1)]
    assert lists.other.unjudged_count == 1
    assert topic_lists(measured.snapshot, (measured.one, measured.two), "9", options, measured.staff) is None


def test_letters_go_on_after_z() -> None:
    assert [letter_of(place) for place in (0, 25, 26, 53)] == ["a", "z", "a1", "b2"]
