"""Files to take away: the same bytes each time, and what they hold."""

from __future__ import annotations

import csv
import json

import pytest
from pytest_django import DjangoAssertNumQueries

from annotations.models import QrelsSnapshot, Run
from annotations.selectors.exports import document_number_rows, qrels_file, run_file
from annotations.selectors.ranked import documents_of_runs
from annotations.selectors.snapshots import SnapshotDamaged
from annotations.services.snapshots import snapshot_freeze
from engine.errors import Problem
from search.models import Figure, Publication, WorkState
from tests.annotation_rows import judgment_make, pool_make, run_make, session_make, topic_set_make
from tests.factories import publication_make, user_make

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Run:
    """One topic, EP1A1/1.1/1, and a run that found the figures of EP2A1 and EP3A1 with equal scores."""
    for place in (1, 2, 3):
        publication_make(f"EP{place}A1", sheets=1)
    Publication.objects.update(family_key="", application_number="")
    first, *others = Figure.objects.order_by("sheet__publication__reference")
    topic_set = topic_set_make(user_make("staff", staff=True), [first])
    return run_make(topic_set, others, scores=[0.5, 0.5])


@pytest.fixture
def snapshot(run: Run) -> QrelsSnapshot:
    people = [user_make("ann"), user_make("bob")]
    session = session_make(pool_make(run.topic_set, [run]), people)
    for assignment, grades in zip(session.assignments.order_by("pk"), ((3, None), (1, None)), strict=True):
        for showing, grade in zip(assignment.showings.order_by("candidate__figure"), grades, strict=True):
            judgment_make(showing, grade)
    return snapshot_freeze(
        topic_set=run.topic_set, sessions=[session], name="first", frozen_by=run.topic_set.created_by
    )


def test_a_run_is_written_by_document_numbers(run: Run) -> None:
    exported = run_file(run, "trec")
    assert exported.text.splitlines() == [
        "1 Q0 EP2A1/1.1/1 1 0.5 visual",
        "1 Q0 EP3A1/1.1/1 2 0.49999997 visual",
    ]
    assert exported.name == f"run-{run.pk}-visual.run"
    assert run_file(run, "csv").text.splitlines()[1] == "1,1,EP2A1/1.1/1,0.5,visual"
    written = json.loads(run_file(run, "json").text)
    assert (written["run"], written["system"], written["encoder_keys"]) == ("visual", "visual", run.encoder_keys)
    assert [one["figure"] for one in written["topics"][0]["figures"]] == ["EP2A1/1.1/1", "EP3A1/1.1/1"]


def test_a_run_that_is_not_done_is_not_written(run: Run) -> None:
    run.state = WorkState.RUNNING
    with pytest.raises(Problem, match="not done"):
        run_file(run, "trec")


def test_qrels_are_written_with_what_they_were_settled_to_and_what_people_said(snapshot: QrelsSnapshot) -> None:
    assert qrels_file(snapshot, "trec").text == "1 0 EP2A1/1.1/1 1\n1 0 EP3A1/1.1/1 -1\n"
    assert qrels_file(snapshot, "csv").text.splitlines() == [
        "topic,figure,grade,ruling,adjudicator,assessor ann,assessor bob",
        "1,EP2A1/1.1/1,1,,,3,1",
        "1,EP3A1/1.1/1,,,,cannot judge,cannot judge",
    ]


@pytest.mark.parametrize("file_format", ["trec", "csv", "json"])
def test_the_same_snapshot_is_the_same_file_byte_for_byte(snapshot: QrelsSnapshot, file_format: str) -> None:
    again = QrelsSnapshot.objects.get(pk=snapshot.pk)
    assert qrels_file(again, file_format).text.encode() == qrels_file(snapshot, file_format).text.encode()
    if file_format == "json":
        assert qrels_file(snapshot, "json").text == snapshot.content


def test_a_damaged_snapshot_is_not_written(snapshot: QrelsSnapshot) -> None:
    QrelsSnapshot.objects.update(content=snapshot.content.replace('"grade":1', '"grade":3'))
    with pytest.raises(SnapshotDamaged):
        qrels_file(QrelsSnapshot.objects.get(), "json")


def test_lists_of_many_runs_cost_as_many_queries_as_of_one(
    run: Run, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    figures = list(Figure.objects.order_by("-pk")[:2])
    runs = [run, *(run_make(run.topic_set, figures, name=f"r{place}") for place in range(3))]
    with django_assert_num_queries(2):
        lists = documents_of_runs(runs)
    assert lists[run.pk] == {"1": ["EP2A1/1.1/1", "EP3A1/1.1/1"]}
    assert lists[runs[1].pk] == {"1": ["EP3A1/1.1/1", "EP2A1/1.1/1"]}


def test_the_document_numbers_of_the_collection_are_a_table(run: Run) -> None:
    Figure.objects.filter(sheet__publication__reference="EP2A1").update(label="=1+1")
    rows = list(csv.DictReader(document_number_rows()))
    assert [row["figure"] for row in rows] == ["EP1A1/1.1/1", "EP2A1/1.1/1", "EP3A1/1.1/1"]
    assert rows[1]["label"] == "'=1+1"
    assert {int(row["figure_id"]) for row in rows} == set(Figure.objects.values_list("pk", flat=True))
