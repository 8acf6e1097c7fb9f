"""Runs on pages: made in one step, followed while they are answered, imported, taken away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from annotations.models import Run, System, TopicSet
from annotations.services.answering import run_process
from annotations.services.topics import NewTopic, topic_add, topic_set_make
from search.models import Figure, WorkState
from tests.annotation_collection import collection_make, index_reopen, standing_in
from tests.annotation_rows import pool_make, run_make
from tests.annotation_rows import topic_set_make as rows_make
from tests.factories import publication_make, user_make
from tests.form_errors import error_codes
from tests.html import html_of

pytestmark = pytest.mark.django_db

FOUR = {"systems": ["visual", "text", "max", "avg"], "depth": "5", "weights": ""}


@pytest.fixture
def as_maker(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


@pytest.fixture(scope="module")
def topics_of_module(module_rows: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TopicSet]:
    with standing_in(tmp_path_factory.mktemp("indexes")):
        figures = collection_make(publications=6)
        topic_set = topic_set_make(name="Pumps", made_by=user_make("administrator", staff=True))
        for figure in figures[:3]:
            topic_add(topic_set=topic_set, new=NewTopic(figure=figure))
        yield topic_set


@pytest.fixture
def topic_set(topics_of_module: TopicSet, db: None, monkeypatch: pytest.MonkeyPatch) -> TopicSet:
    index_reopen(monkeypatch)
    return deepcopy(topics_of_module)


@pytest.fixture
def administrator(topic_set: TopicSet) -> User:
    return topic_set.created_by


def address_of(topic_set: TopicSet) -> str:
    return f"/topics/{topic_set.pk}/runs/"


def test_the_systems_of_a_plan_are_made_in_one_step(
    as_maker: Client, topic_set: TopicSet, enqueued: list[tuple[str, Any]]
) -> None:
    answer = as_maker.post(address_of(topic_set), {**FOUR, "weights": "30, 70 %", "country": "EP"})
    assert answer["Location"] == address_of(topic_set)
    runs = list(topic_set.runs.order_by("pk"))
    assert [run.name for run in runs] == ["visual", "text", "max", "avg", "weighted-30", "weighted-70"]
    assert enqueued == [("answer_run", run.pk) for run in runs]
    assert {run.depth for run in runs} == {5}
    assert {json.dumps(run.filters) for run in runs} == {'{"country": "EP"}'}
    again = as_maker.post(address_of(topic_set), {**FOUR, "country": "EP", "next": "topics"})
    assert again["Location"] == f"/topics/{topic_set.pk}/"
    assert topic_set.runs.count() == 6


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"systems": []}, {"systems": ["systems"]}),
        ({"systems": ["fitted"]}, {"systems": ["invalid_choice"]}),
        ({"weights": "0"}, {"weights": ["weights"]}),
        ({"weights": "a"}, {"weights": ["weights"]}),
        ({"weights": "1" * 150}, {"weights": ["weights"]}),
        ({"depth": "0"}, {"depth": ["min_value"]}),
        ({"depth": "1001"}, {"depth": ["max_value"]}),
        ({"date_from": "2020-02-31"}, {"__all__": ["date_from"]}),
    ],
)
def test_a_plan_that_cannot_be_made_says_why(
    as_maker: Client, topic_set: TopicSet, enqueued: list[tuple[str, Any]], fields: dict[str, Any], errors: object
) -> None:
    answer = as_maker.post(address_of(topic_set), {**FOUR, **fields})
    assert answer.status_code == 400
    assert 'class="fault"' in answer.content.decode()
    assert error_codes(answer.context["form"]) == errors
    assert not topic_set.runs.exists() and not enqueued


def test_lists_refresh_themselves_until_every_run_is_done(
    as_maker: Client, topic_set: TopicSet, enqueued: list[tuple[str, Any]]
) -> None:
    as_maker.post(address_of(topic_set), FOUR)
    run = topic_set.runs.earliest("pk")
    addresses = (address_of(topic_set), f"/topics/{topic_set.pk}/", f"/runs/{run.pk}/")
    for address in addresses:
        assert "data-refresh-seconds" in html_of(as_maker.get(address))
        part = html_of(as_maker.get(address, {"fragment": ""}))
        assert "<html" not in part and "data-refresh-ended" not in part
        assert 'max="3" value="0"' in part
    run_process(run_id=run.pk)
    for address in addresses:
        assert "data-refresh-seconds" not in html_of(as_maker.get(address))
        assert "data-refresh-ended" in html_of(as_maker.get(address, {"fragment": ""}))


def test_a_run_shows_each_topics_figures_by_rank_with_all_that_decided_it(
    as_maker: Client, topic_set: TopicSet, enqueued: list[tuple[str, Any]]
) -> None:
    as_maker.post(address_of(topic_set), FOUR)
    run = topic_set.runs.get(name="avg")
    run_process(run_id=run.pk)
    run.refresh_from_db()
    page = html_of(as_maker.get(f"/runs/{run.pk}/", {"topic": "2"}))
    ranked = run.lists.get(topic__number=2)
    places = [page.index(f'href="/figures/{figure_id}/"') for figure_id in ranked.figure_ids]
    assert places == sorted(places)
    for value in (
        run.sha256,
        "tests/visual@0",
        f"{ranked.scores[0]:.4f}",
        f'visual <span class="number">{run.index_versions["visual"]}',
    ):
        assert value in page
    for topic in ("", "0", "99", "x", "9" * 30):
        assert as_maker.get(f"/runs/{run.pk}/", {"topic": topic, "page": "x"}).status_code == 200


def test_a_figure_that_was_retired_keeps_its_rank_without_its_picture(as_maker: Client, administrator: User) -> None:
    publication = publication_make(sheets=3)
    figures = list(Figure.objects.filter(sheet__publication=publication).order_by("pk"))
    topic_set = rows_make(administrator, figures[:1], name="Rotors")
    run = run_make(topic_set, figures)
    Figure.objects.filter(pk=figures[1].pk).update(retired_at=timezone.now())
    page = html_of(as_maker.get(f"/runs/{run.pk}/"))
    assert 'class="hit-picture absent"' in page
    assert f"/figures/{figures[1].pk}/" not in page


def test_a_failed_run_says_why_and_is_tried_again(
    as_maker: Client, topic_set: TopicSet, enqueued: list[tuple[str, Any]]
) -> None:
    as_maker.post(address_of(topic_set), FOUR)
    run = topic_set.runs.earliest("pk")
    Run.objects.filter(pk=run.pk).update(
        state=WorkState.REJECTED, error_code="models-changed", error_detail="Make it again."
    )
    for address in (address_of(topic_set), f"/runs/{run.pk}/"):
        page = html_of(as_maker.get(address))
        assert "models-changed" in page and "Retry" in page
    enqueued.clear()
    as_maker.post(f"/runs/{run.pk}/retry/")
    assert enqueued == [("answer_run", run.pk)]
    run_process(run_id=run.pk)
    enqueued.clear()
    as_maker.post(f"/runs/{run.pk}/retry/")  # done meanwhile
    assert not enqueued


def test_a_run_is_made_again_over_the_collection_of_today(
    as_maker: Client, topic_set: TopicSet, enqueued: list[tuple[str, Any]]
) -> None:
    as_maker.post(address_of(topic_set), FOUR)
    run = topic_set.runs.get(name="visual")
    run_process(run_id=run.pk)
    same = as_maker.post(f"/runs/{run.pk}/again/", follow=True)
    assert same.redirect_chain[-1][0] == f"/runs/{run.pk}/"
    assert [run.name in str(message) for message in same.context["messages"]] == [True]
    collection_make(publications=1, first=30)
    enqueued.clear()
    answer = as_maker.post(f"/runs/{run.pk}/again/")
    later = topic_set.runs.get(name="visual-2")
    assert answer["Location"] == f"/runs/{later.pk}/"
    assert enqueued == [("answer_run", later.pk)]


def test_a_run_in_use_is_not_deleted(as_maker: Client, administrator: User) -> None:
    publication_make()
    figures = list(Figure.objects.order_by("pk"))
    topic_set = rows_make(administrator, figures, name="Rotors")
    used, free = run_make(topic_set, figures), run_make(topic_set, figures, name="free")
    pool_make(topic_set, [used])
    assert f"/runs/{used.pk}/delete/" not in as_maker.get(address_of(topic_set)).content.decode()
    refused = as_maker.post(f"/runs/{used.pk}/delete/", follow=True)
    assert [message.level_tag for message in refused.context["messages"]] == ["warning"]
    as_maker.post(f"/runs/{free.pk}/delete/")
    assert list(topic_set.runs.all()) == [used]


def test_what_is_taken_away_comes_in_again_as_another_systems_run(
    as_maker: Client, topic_set: TopicSet, enqueued: list[tuple[str, Any]]
) -> None:
    as_maker.post(address_of(topic_set), FOUR)
    run = topic_set.runs.get(name="visual")
    assert as_maker.get(f"/runs/{run.pk}/file/")["Location"] == f"/runs/{run.pk}/"  # half a run is no run
    run_process(run_id=run.pk)
    for file_format in ("trec", "csv", "json"):
        file = as_maker.get(f"/runs/{run.pk}/file/", {"format": file_format})
        assert "attachment" in file["Content-Disposition"]
        upload = SimpleUploadedFile("run.txt", file.content)
        answer = as_maker.post(
            f"{address_of(topic_set)}import/", {"file": upload, "format": file_format, "name": f"theirs-{file_format}"}
        )
        theirs = Run.objects.get(name=f"theirs-{file_format}")
        assert answer["Location"] == f"/runs/{theirs.pk}/"
        assert theirs.system == System.IMPORTED
        assert list(theirs.lists.values_list("figure_ids")) == list(run.lists.values_list("figure_ids"))
        page = html_of(as_maker.get(f"/runs/{theirs.pk}/"))
        assert f"/runs/{theirs.pk}/again/" not in page
        again = as_maker.post(f"/runs/{theirs.pk}/again/", follow=True)
        assert [message.level_tag for message in again.context["messages"]] == ["warning"]
        assert again.redirect_chain[-1][0] == f"/runs/{theirs.pk}/"
    assert as_maker.get(f"/runs/{run.pk}/file/", {"format": "xml"}).status_code == 404


@pytest.mark.parametrize(
    ("content", "code", "named"),
    [
        (b"", "empty", ""),
        (b"1 Q0 EP9999999A1/1.1/1 1 0.5 theirs\n", "unknown-figures", "EP9999999A1/1.1/1"),
        (b"\xff\xfe\0", "file-refused", ""),
    ],
)
def test_a_run_file_that_cannot_be_read_is_refused_with_the_reason(
    as_maker: Client, topic_set: TopicSet, content: bytes, code: str, named: str
) -> None:
    sent = {"file": SimpleUploadedFile("run.txt", content), "format": "trec", "name": ""}
    answer = as_maker.post(f"{address_of(topic_set)}import/", sent)
    assert answer.status_code == 400
    assert error_codes(answer.context["importing"]) == {"file": [code]}
    assert named in answer.content.decode()
    assert not topic_set.runs.exists()


def test_the_document_numbers_of_all_figures_are_taken_away(as_maker: Client) -> None:
    publication_make()
    answer = as_maker.get("/topics/document-numbers/")
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines[1:]) == Figure.objects.count()
    assert [line.split(",")[0] for line in lines[-2:]] == ["EP1234567A1/1.1/1", "EP1234567A1/2.1/1"]


def test_pages_of_runs_ask_no_more_for_many(
    as_maker: Client, administrator: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    publication_make(sheets=2)
    few = rows_make(administrator, list(Figure.objects.order_by("pk")), name="Few")
    one = run_make(few, list(Figure.objects.order_by("pk")))
    with django_assert_num_queries(8):
        as_maker.get(address_of(few))
    with django_assert_num_queries(12):
        as_maker.get(f"/runs/{one.pk}/")
    for number in range(5):
        publication_make(f"EP200000{number}A1", sheets=4)
    figures = list(Figure.objects.order_by("pk"))
    many = rows_make(administrator, figures, name="Many")
    runs = [run_make(many, figures, name=f"run-{number}") for number in range(6)]
    with django_assert_num_queries(8):
        as_maker.get(address_of(many))
    with django_assert_num_queries(12):
        as_maker.get(f"/runs/{runs[0].pk}/")
