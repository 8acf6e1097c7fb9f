"""Runs: planned once for one state of the collection, answered as plain arithmetic over stored vectors answers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from annotations.models import RankedList, Run, System, Topic, TopicSet
from annotations.selectors.runs import run_content, runs_listed
from annotations.services import answering, topic_search
from annotations.services.answering import run_process
from annotations.services.runs import PAPER_SYSTEMS, Plan, run_again, run_delete, run_make, run_retry, runs_make
from annotations.services.topics import NewTopic, topic_add, topic_set_make
from engine.errors import Problem, WeightsMissing
from engine.imaging import encode_png
from search import runtime
from search.files import private_storage
from search.models import Figure, FigureEmbedding, Modality, Publication, Verdict, WorkState
from search.services.indexes import index_build, indexes_refresh
from search.services.work import MAX_ATTEMPTS, work_free_orphans
from tests.annotation_collection import (
    KEYS,
    StandInDrawings,
    StandInSentences,
    collection_make,
    index_reopen,
    standing_in,
)
from tests.annotation_rows import pool_make
from tests.factories import drawing_make, user_make

pytestmark = pytest.mark.django_db

ALL = Plan(systems=(*PAPER_SYSTEMS, System.RANKS), weights=(30,), depth=100)


@pytest.fixture(scope="module")
def collection(module_rows: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Figure]]:
    with standing_in(tmp_path_factory.mktemp("indexes")):
        yield collection_make(without_text=2)


@pytest.fixture(autouse=True)
def figures(collection: list[Figure], db: None, monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """24 figures of 12 publications, the last two without text."""
    index_reopen(monkeypatch)
    return deepcopy(collection)


@pytest.fixture
def maker() -> User:
    return user_make("administrator", staff=True)


@pytest.fixture
def topic_set(maker: User, figures: list[Figure]) -> TopicSet:
    """Two figures with text, one of them with words beside it, one without, and an uploaded drawing with words."""
    topic_set = topic_set_make(name="Pumps", made_by=maker)
    image = encode_png(drawing_make(5))
    for new in (
        NewTopic(figure=figures[0]),
        NewTopic(figure=figures[3], text="a pump with a seal"),
        NewTopic(figure=figures[23]),
        NewTopic(image=image, text="a rotor in a housing"),
    ):
        topic_add(topic_set=topic_set, new=new)
    return topic_set


def stored(side: Modality) -> dict[int, list[float]]:
    rows = FigureEmbedding.objects.filter(encoder_key=KEYS[side]).values_list("figure_id", "vector")
    return {pk: np.frombuffer(vector, "<f4").astype(float).tolist() for pk, vector in rows}


def mean_of(vectors: list[list[float]]) -> list[float]:
    mean = [sum(column) / len(vectors) for column in zip(*vectors, strict=True)]
    length = math.sqrt(sum(part * part for part in mean))
    return [part / length for part in mean]


def dot(a: list[float], b: list[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def asked_with(topic: Topic) -> tuple[list[float], list[float] | None]:
    """The vectors of a topic, put together by hand."""
    typed = [StandInSentences().encode([topic.text])[0].astype(float).tolist()] if topic.text else []
    if topic.figure_id is None:
        return StandInDrawings().encode([drawing_make(5)])[0].astype(float).tolist(), typed[0] if typed else None
    linked = [stored(Modality.TEXT)[topic.figure_id]] if topic.figure_id in stored(Modality.TEXT) else []
    both = linked + typed
    return stored(Modality.VISUAL)[topic.figure_id], mean_of(both) if both else None


def plainly_ranked(topic: Topic, run: Run, left_out: set[int]) -> list[tuple[int, float]]:
    """Every figure but those left out, scored by the definition and sorted; equal scores by figure."""
    drawing, words = asked_with(topic)
    drawn, written = stored(Modality.VISUAL), stored(Modality.TEXT)
    ids = sorted(set(drawn) - left_out)
    seen = {pk: dot(drawing, drawn[pk]) for pk in ids}
    read = {pk: dot(words, written[pk]) for pk in ids if pk in written} if words else {}
    centre = [sum(column) / len(written) for column in zip(*written.values(), strict=True)]
    absent = dot(words, centre) if words else 0.0

    def rank(scores: dict[int, float], pk: int) -> int:
        return 1 + sum(other > scores[pk] for other in scores.values())

    def score(pk: int) -> float:
        text = read.get(pk, absent)
        match run.system:
            case System.TEXT if words:
                return read[pk]
            case System.VISUAL | System.TEXT:
                return seen[pk]
            case _ if not words:
                return seen[pk]
            case System.MAXIMUM:
                return max(seen[pk], text)
            case System.RANKS:
                return 1 / (60 + rank(seen, pk)) + (1 / (60 + rank(read, pk)) if pk in read else 0)
            case _:
                weight = run.weight if run.weight is not None else 0.5
                return weight * seen[pk] + (1 - weight) * text

    scored = [(pk, score(pk)) for pk in ids if not (run.system == System.TEXT and words and pk not in read)]
    return sorted(scored, key=lambda one: (-round(one[1], 6), one[0]))[: run.depth]


def relatives_of(figure: Figure | None) -> set[int]:
    if figure is None:
        return set()
    own = Figure.objects.filter(sheet__publication__family_key=figure.sheet.publication.family_key)
    return set(own.values_list("pk", flat=True))


def test_every_system_ranks_as_plain_arithmetic_does(topic_set: TopicSet, maker: User) -> None:
    runs = runs_make(topic_set=topic_set, plan=ALL, made_by=maker)
    assert [run.name for run in runs] == ["visual", "text", "max", "avg", "rrf", "weighted-30"]
    assert not run_process(run_id=runs[0].pk)  # and the others with it
    for run in Run.objects.all():
        assert run.state == WorkState.DONE, (run.name, run.error_detail)
        for topic in topic_set.topics.all():
            ranked = run.lists.get(topic=topic)
            plain = plainly_ranked(topic, run, relatives_of(topic.figure))
            assert ranked.figure_ids == [pk for pk, _ in plain], (run.name, topic.number)
            assert ranked.scores == pytest.approx([score for _, score in plain], abs=1e-5)
            assert ranked.scores == sorted(ranked.scores, reverse=True)


def test_a_run_says_all_that_decided_it(topic_set: TopicSet, maker: User) -> None:
    run, other = runs_make(topic_set=topic_set, plan=Plan(systems=(System.AVERAGE, System.VISUAL)), made_by=maker)
    run_process(run_id=run.pk)
    run.refresh_from_db()
    other.refresh_from_db()
    assert run.encoder_keys == {"text": "tests/text@0", "visual": "tests/visual@0"}
    assert set(run.index_versions) == {"visual", "text"}
    assert run.last_embedding_ids == other.last_embedding_ids
    assert run.finished_at is not None
    assert len(run.sha256) == 64 and run.sha256 != other.sha256
    assert run_content(run).count(b"\n") == topic_set.topics.count()
    assert run.verdict == Verdict.WARNED
    assert run.note.startswith("Topic 3 ") and "no text" in run.note and "\n" not in run.note
    assert other.verdict == Verdict.ACCEPTED and other.note == ""


def test_relatives_and_reserved_publications_are_in_no_list(
    topic_set: TopicSet, maker: User, figures: list[Figure]
) -> None:
    relatives, of_one_application, reserved = (figures[place].sheet.publication for place in (4, 6, 8))
    own = figures[0].sheet.publication
    Publication.objects.filter(pk=relatives.pk).update(family_key=own.family_key)
    Publication.objects.filter(pk=of_one_application.pk).update(application_number=own.application_number)
    topic_set.reserved.set([reserved])
    for run in runs_make(topic_set=topic_set, plan=ALL, made_by=maker):
        run_process(run_id=run.pk)
    barred = {own.pk, relatives.pk, of_one_application.pk, reserved.pk}
    for ranked in RankedList.objects.select_related("topic"):
        found = set(
            Figure.objects.filter(pk__in=ranked.figure_ids).values_list("sheet__publication", flat=True).distinct()
        )
        assert reserved.pk not in found
        if ranked.topic.number == 1:
            assert not found & barred
        elif ranked.topic.figure_id is None:
            assert own.pk in found


def test_filters_depth_and_retirement_narrow_what_is_found(
    topic_set: TopicSet, maker: User, figures: list[Figure]
) -> None:
    Publication.objects.filter(reference__in=["EP1000005A1", "EP1000006A1", "EP1000007A1"]).update(country="WO")
    Figure.objects.filter(pk=figures[10].pk).update(retired_at=timezone.now())
    plan = Plan(systems=(System.VISUAL,), depth=4, filters={"country": "wo"})
    (run,) = runs_make(topic_set=topic_set, plan=plan, made_by=maker)
    run_process(run_id=run.pk)
    assert run.filters == {"country": "WO"}
    allowed = {figures[place].pk for place in (11, 12, 13, 14, 15)}
    for ranked in run.lists.all():
        assert len(ranked.figure_ids) == 4
        assert set(ranked.figure_ids) <= allowed


def test_all_runs_of_a_step_search_the_collection_of_one_moment(topic_set: TopicSet, maker: User) -> None:
    (before,) = runs_make(topic_set=topic_set, plan=Plan(systems=(System.VISUAL,)), made_by=maker)
    (later,) = runs_make(topic_set=topic_set, plan=Plan(systems=(System.AVERAGE,)), made_by=maker)
    grown = {figure.pk for figure in collection_make(publications=3, first=50)}
    (after,) = runs_make(topic_set=topic_set, plan=Plan(systems=(System.VISUAL,)), made_by=maker)
    for run in (before, after):
        run_process(run_id=run.pk)
    found = {
        run.pk: {pk for ids in run.lists.values_list("figure_ids", flat=True) for pk in ids}
        for run in (before, later, after)
    }
    assert after.name == "visual-2"
    assert found[before.pk] == found[later.pk]
    assert not found[before.pk] & grown
    assert found[after.pk] >= grown
    before.refresh_from_db()
    assert before.index_versions == {}  # read from the rows: the index of today knows more
    after.refresh_from_db()
    assert set(after.index_versions) == {"visual", "text"}


def test_the_same_plan_twice_is_the_same_runs_until_the_collection_changes(topic_set: TopicSet, maker: User) -> None:
    runs = runs_make(topic_set=topic_set, plan=ALL, made_by=maker)
    assert runs_make(topic_set=topic_set, plan=ALL, made_by=maker) == runs
    run_process(run_id=runs[0].pk)
    assert runs_make(topic_set=topic_set, plan=ALL, made_by=maker) == runs
    assert run_again(run=runs[0], made_by=maker) == runs[0]
    deeper = runs_make(topic_set=topic_set, plan=Plan(systems=(System.VISUAL,), depth=7), made_by=maker)
    assert [run.name for run in deeper] == ["visual-2"]
    for side in Modality:  # the same embeddings in another version of the index
        index_build(modality=side, encoder_key=KEYS[side])
    again = run_again(run=runs[0], made_by=maker)
    assert again not in runs
    run_process(run_id=again.pk)
    again.refresh_from_db()
    runs[0].refresh_from_db()
    assert again.index_versions != runs[0].index_versions
    assert again.sha256 == runs[0].sha256


def test_answering_twice_changes_nothing(topic_set: TopicSet, maker: User) -> None:
    run, *_ = runs_make(topic_set=topic_set, plan=ALL, made_by=maker)
    assert not run_process(run_id=run.pk)
    before = list(RankedList.objects.order_by("pk").values())
    hashes = list(Run.objects.order_by("pk").values_list("sha256", "finished_at"))
    assert not run_process(run_id=run.pk)
    assert list(RankedList.objects.order_by("pk").values()) == before
    assert list(Run.objects.order_by("pk").values_list("sha256", "finished_at")) == hashes


def test_a_run_that_another_worker_holds_is_left_alone(topic_set: TopicSet, maker: User) -> None:
    mine, theirs = runs_make(topic_set=topic_set, plan=Plan(systems=(System.VISUAL, System.TEXT)), made_by=maker)
    held = {"state": WorkState.RUNNING, "worker": "another-host/1", "attempts": 1}
    Run.objects.filter(pk=theirs.pk).update(lease_until=timezone.now() + timedelta(minutes=2), **held)
    assert not run_process(run_id=theirs.pk)
    run_process(run_id=mine.pk)
    assert mine.lists.count() == 4
    assert not theirs.lists.exists()
    theirs.refresh_from_db()
    assert (theirs.state, theirs.worker) == (WorkState.RUNNING, "another-host/1")


class Killed(BaseException):
    """The end of a process, which no handler sees."""


def test_a_worker_that_is_killed_at_a_topic_is_followed_by_one_that_goes_on(
    topic_set: TopicSet, maker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_process(run_id=runs_make(topic_set=topic_set, plan=ALL, made_by=maker)[0].pk)
    wanted = dict(Run.objects.values_list("name", "sha256"))
    Run.objects.all().delete()
    runs = runs_make(topic_set=topic_set, plan=ALL, made_by=maker)
    vectors, asked = topic_search.vectors_of_topic, []

    def dying(topic: Topic) -> Any:
        asked.append(topic.number)
        if asked == [1, 2, 3]:
            raise Killed
        return vectors(topic)

    monkeypatch.setattr(topic_search, "vectors_of_topic", dying)
    with pytest.raises(Killed):
        run_process(run_id=runs[0].pk)
    kept = set(RankedList.objects.values_list("pk", flat=True))
    assert len(kept) == 2 * len(runs)
    assert set(Run.objects.values_list("state", flat=True)) == {WorkState.RUNNING}
    assert work_free_orphans(model=Run) == len(runs)  # as the sweep does: this process, reborn, works on none of them
    assert not run_process(run_id=runs[3].pk)
    assert asked == [1, 2, 3, 3, 4]
    assert kept < set(RankedList.objects.values_list("pk", flat=True))
    assert dict(Run.objects.values_list("name", "sha256")) == wanted


def test_a_long_run_is_done_in_parts_that_let_others_through(
    topic_set: TopicSet, maker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "BUDGET_SECONDS", -1.0)
    run, *_ = runs_make(topic_set=topic_set, plan=ALL, made_by=maker)
    for done in (1, 2, 3):
        assert run_process(run_id=run.pk)
        assert [(row.done, row.run.state) for row in runs_listed(topic_set)] == [(done, WorkState.WAITING)] * 6
    assert not run_process(run_id=run.pk)
    assert set(Run.objects.values_list("state", flat=True)) == {WorkState.DONE}


def test_a_run_for_another_model_says_so_and_can_be_tried_again(
    topic_set: TopicSet, maker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run,) = runs_make(topic_set=topic_set, plan=Plan(systems=(System.VISUAL,)), made_by=maker)
    with monkeypatch.context() as patch:
        patch.setattr(StandInDrawings, "key", "tests/other@0")
        run_process(run_id=run.pk)
        run.refresh_from_db()
        assert (run.state, run.error_code) == (WorkState.REJECTED, "models-changed")
        assert "tests/other@0" in run.error_detail
    assert run_retry(run=run).state == WorkState.WAITING
    assert run_retry(run=run).state == WorkState.WAITING
    run_process(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.error_code, run.error_detail) == (WorkState.DONE, "", "")


def test_a_topic_that_cannot_be_asked_stops_the_run_with_its_number(
    topic_set: TopicSet, maker: User, figures: list[Figure]
) -> None:
    (run,) = runs_make(topic_set=topic_set, plan=Plan(systems=(System.VISUAL,)), made_by=maker)
    FigureEmbedding.objects.filter(figure=figures[23]).delete()
    run_process(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.error_code) == (WorkState.REJECTED, "topic-unasked")
    assert "Topic 3" in run.error_detail
    drawing = topic_set.topics.get(figure=None)
    private_storage().delete(drawing.image)
    Topic.objects.filter(number=3).update(figure=figures[1])
    run_process(run_id=run_retry(run=run).pk)
    run.refresh_from_db()
    assert run.error_code == "topic-image-gone"


def test_weights_that_are_missing_are_waited_for_and_any_other_fault_is_given_up(
    topic_set: TopicSet, maker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run,) = runs_make(topic_set=topic_set, plan=Plan(systems=(System.VISUAL,)), made_by=maker)

    def no_weights() -> Any:
        raise WeightsMissing("clip", "Fetch the weights with scripts/weights.")

    with monkeypatch.context() as patch:
        patch.setattr(runtime, "visual_encoder", no_weights)
        run_process(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempts, run.error_code) == (WorkState.WAITING, 0, "waiting")
    assert "Fetch the weights" in run.error_detail
    with monkeypatch.context() as patch:
        patch.setattr(topic_search, "vectors_of_topic", lambda topic: 1 / 0)
        for _ in range(MAX_ATTEMPTS + 1):
            Run.objects.update(lease_until=None)
            run_process(run_id=run.pk)
    run.refresh_from_db()
    assert run.state == WorkState.QUARANTINED
    assert "ZeroDivisionError" in run.error_detail
    assert runs_make(topic_set=topic_set, plan=Plan(systems=(System.VISUAL,)), made_by=maker) == [run]
    run_process(run_id=run.pk)
    run.refresh_from_db()
    assert run.state == WorkState.DONE


def test_a_run_is_deleted_while_nothing_stands_on_it(topic_set: TopicSet, maker: User) -> None:
    run, used = runs_make(topic_set=topic_set, plan=Plan(systems=(System.VISUAL, System.TEXT)), made_by=maker)
    run_process(run_id=run.pk)
    pool_make(topic_set, [used])
    with pytest.raises(Problem, match="run-in-use"):
        run_delete(run=used)
    run_delete(run=run)
    run_delete(run=run)
    assert list(Run.objects.all()) == [used]


def test_a_run_that_is_deleted_while_it_is_answered_leaves_nothing(
    topic_set: TopicSet, maker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, other = runs_make(topic_set=topic_set, plan=Plan(systems=(System.VISUAL, System.TEXT)), made_by=maker)
    vectors = topic_search.vectors_of_topic

    def deleting(topic: Topic) -> Any:
        if topic.number == 2:
            run_delete(run=gone)
        return vectors(topic)

    monkeypatch.setattr(topic_search, "vectors_of_topic", deleting)
    assert not run_process(run_id=gone.pk)
    assert list(Run.objects.values_list("pk", "state")) == [(other.pk, WorkState.DONE)]
    assert set(RankedList.objects.values_list("run", flat=True)) == {other.pk}


def test_a_fitted_run_ranks_by_its_weight_and_keeps_it(topic_set: TopicSet, maker: User) -> None:
    fitted = run_make(topic_set=topic_set, name="fitted", system=System.FITTED, weight=0.3, made_by=maker)
    (weighted,) = runs_make(topic_set=topic_set, plan=Plan(systems=(), weights=(30,)), made_by=maker)
    run_process(run_id=fitted.pk)
    fitted.refresh_from_db()
    weighted.refresh_from_db()
    assert fitted.weight == 0.3
    assert fitted.sha256 == weighted.sha256
    assert run_again(run=fitted, made_by=maker) == fitted


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (Plan(systems=()), "systems"),
        (Plan(systems=(System.IMPORTED,)), "systems"),
        (Plan(systems=(), weights=(0,)), "weights"),
        (Plan(systems=(), weights=(100,)), "weights"),
        (Plan(depth=0), "depth"),
        (Plan(depth=1001), "depth"),
        (Plan(filters={"country": "Mars"}), "country"),
    ],
)
def test_a_plan_that_cannot_be_run_is_refused_with_the_mend(
    topic_set: TopicSet, maker: User, plan: Plan, code: str
) -> None:
    with pytest.raises(Problem) as problem:
        runs_make(topic_set=topic_set, plan=plan, made_by=maker)
    assert problem.value.code == code
    assert problem.value.detail.endswith(".")
    assert not Run.objects.exists()


def test_nothing_is_run_over_no_topics_or_before_there_is_an_index(maker: User) -> None:
    empty = topic_set_make(name="Empty", made_by=maker)
    with pytest.raises(Problem, match="no-topics"):
        runs_make(topic_set=empty, plan=Plan(), made_by=maker)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_indexversion")
    with pytest.raises(Problem, match="no-index"):
        runs_make(topic_set=empty, plan=Plan(), made_by=maker)
    assert indexes_refresh()  # what the next round of upkeep would bring
