"""Topics, runs and fits over the REST API: whatever the pages can."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings
from rest_framework.test import APIClient

from annotations.models import FusionFit, Run, System, TopicSet
from annotations.services.answering import run_process
from engine.imaging import encode_png
from search.files import private_storage
from search.models import Figure, FigureEmbedding
from search.services.work import work_quarantine
from tests.annotation_collection import collection_make, use_stand_ins
from tests.annotation_fits import fit_make
from tests.annotation_rows import run_make, topic_set_make
from tests.api_calls import got, removed, sent
from tests.factories import drawing_make

pytestmark = pytest.mark.django_db


def test_a_set_is_made_by_hand_and_locked_by_its_first_run(admin: APIClient, figures: list[Figure]) -> None:
    made = sent(admin, "/api/topic-sets/", {"name": "Rotors", "note": "of pumps"})
    topics = f"/api/topic-sets/{made['id']}/topics/"
    one = sent(admin, topics, {"figure": str(figures[0].pk), "title": "A rotor", "need": "Rotors like it."})
    assert (one["number"], one["figure"], one["publication"]) == (1, figures[0].pk, "EP1A1")
    drawing = SimpleUploadedFile("mine.png", encode_png(drawing_make(3)), content_type="image/png")
    brought = admin.post(topics, {"drawing": drawing, "title": "Mine"}, format="multipart").json()
    assert (brought["number"], brought["figure"], brought["publication"]) == (2, None, None)
    assert admin.get(brought["image"]).status_code in (200, 302)  # by session, as all pictures
    found = got(admin, made["url"])
    assert [topic["title"] for topic in found["topics"]] == ["A rotor", "Mine"]
    assert found["is_locked"] is False
    run_make(TopicSet.objects.get(), figures)
    assert got(admin, made["url"])["is_locked"] is True
    refused = sent(admin, topics, {"figure": str(figures[1].pk)}, status=400)
    assert refused["code"] == "topics-locked"


def test_a_set_is_drawn_by_seed_and_its_runs_wait_to_be_made(
    admin: APIClient, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_stand_ins(settings, tmp_path, monkeypatch)
    collection_make()
    drawn = [
        sent(admin, "/api/topic-sets/", {"name": name, "draw": {"seed": seed, "topics": 2}})
        for name, seed in (("one", 5), ("same", 5), ("other", 6))
    ]
    chosen = [[topic["figure"] for topic in one["topics"]] for one in drawn]
    assert chosen[0] == chosen[1]
    assert all(len(one) == 2 for one in chosen)
    refused = sent(admin, "/api/topic-sets/", {"name": "one", "draw": {"seed": 5}}, status=400)
    assert refused["code"]
    assert [one["name"] for one in got(admin, "/api/topic-sets/")["results"]] == ["other", "same", "one"]
    address = f"/api/topic-sets/{drawn[0]['id']}/runs/"
    runs = sent(admin, address, {"weights": [30], "depth": 20}, status=202)
    assert [run["system"] for run in runs] == ["visual", "text", "max", "avg", "weighted"]
    assert {(run["state"], run["done"], run["count"], run["depth"]) for run in runs} == {("waiting", 0, 2, 20)}
    again = sent(admin, address, {"systems": ["avg"], "depth": 20}, status=202)
    assert [run["id"] for run in again] == [runs[3]["id"]]
    assert got(admin, f"{runs[0]['url']}file/", status=400)["code"] == "run-open"


def test_a_run_goes_out_and_comes_in_as_a_file(
    admin: APIClient, topic_set: TopicSet, runs: list[Run], figures: list[Figure]
) -> None:
    listed = got(admin, f"/api/topic-sets/{topic_set.pk}/runs/")
    assert [(run["name"], run["state"], run["depth"]) for run in listed] == [
        ("visual", "done", 100),
        ("text", "done", 100),
    ]
    ranked = got(admin, f"{listed[1]['url']}topics/1/")
    assert [one["figure"] for one in ranked["figures"]] == [one.pk for one in figures[::-1] if one != figures[0]]
    assert ranked["figures"][0]["rank"] == 1
    assert got(admin, f"{listed[1]['url']}topics/99/", status=404)["code"] == "not-found"
    file = admin.get(f"{listed[1]['url']}file/", {"format": "trec"}, headers={"Accept": "text/plain"})
    assert file.headers["Content-Type"].startswith("text/plain")
    lines = file.content.decode().splitlines()
    assert lines[0].split()[2:4] == [ranked["figures"][0]["document"], "1"]
    upload = SimpleUploadedFile("run.txt", file.content)
    address = f"/api/topic-sets/{topic_set.pk}/runs/import/"
    came = admin.post(address, {"file": upload, "format": "trec", "name": "again"}, format="multipart")
    assert came.status_code == 201, came.content
    assert came.json()["system"] == "imported"
    assert got(admin, f"{listed[1]['url']}file/", {"format": "pdf"}, status=400)["code"] == "invalid"


def test_what_nothing_was_made_of_is_deleted_and_again_it_is_not_found(
    admin: APIClient, maker: User, topic_set: TopicSet, runs: list[Run]
) -> None:
    for row, address in ((runs[0], f"/api/runs/{runs[0].pk}/"), (runs[1], f"/api/runs/{runs[1].pk}/")):
        assert removed(admin, address) is None
        assert not Run.objects.filter(pk=row.pk).exists()
        assert removed(admin, address, status=404)["code"] == "not-found"
    address = f"/api/topic-sets/{topic_set.pk}/"
    assert removed(admin, address) is None
    assert not TopicSet.objects.exists()
    assert removed(admin, address, status=404)["code"] == "not-found"


def test_a_fit_is_deleted_unless_it_is_offered_and_then_its_runs_may_go(
    admin: APIClient, runs: list[Run], topic_set: TopicSet
) -> None:
    fit = fit_make(runs[0], runs[1])
    assert removed(admin, f"/api/runs/{runs[0].pk}/", status=400)["code"] == "run-in-use"
    sent(admin, f"/api/fits/{fit.pk}/promote/", status=200)
    assert removed(admin, f"/api/fits/{fit.pk}/", status=400)["code"] == "fit-promoted"
    sent(admin, f"/api/fits/{fit.pk}/withdraw/", status=200)
    assert removed(admin, f"/api/fits/{fit.pk}/") is None
    assert not FusionFit.objects.exists()
    assert removed(admin, f"/api/runs/{runs[0].pk}/") is None


@pytest.mark.parametrize("key", [0, 10**18, 2**63, 10**40])
def test_a_key_of_nothing_is_not_found(admin: APIClient, key: int) -> None:
    for address in (
        f"topic-sets/{key}/", f"topic-sets/{key}/runs/", f"topic-sets/{key}/table/", f"runs/{key}/",
        f"runs/{key}/topics/{key}/", f"sessions/{key}/", f"sessions/{key}/showings/{key}/", f"snapshots/{key}/",
        f"fits/{key}/",
    ):  # fmt: skip
        assert got(admin, f"/api/{address}", status=404)["code"] == "not-found"


def changed(client: APIClient, address: str, body: Any, status: int = 200) -> Any:
    answer = client.patch(address, body, format="json")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_topic_is_added_changed_and_taken_out_under_its_own_address(
    admin: APIClient, topic_set: TopicSet, figures: list[Figure]
) -> None:
    added = sent(admin, f"/api/topic-sets/{topic_set.pk}/topics/", {"figure": str(figures[2].pk), "text": "a seal"})
    assert added["url"].endswith(f"/api/topic-sets/{topic_set.pk}/topics/3/")
    assert got(admin, added["url"]) == added
    described = changed(admin, added["url"], {"title": "Seal", "need": "Seals like it."})
    assert described == added | {"title": "Seal", "need": "Seals like it."}
    assert changed(admin, added["url"], {"need": ""}) == described | {"need": ""}  # what is left out stays
    assert changed(admin, added["url"], {}) == described | {"need": ""}
    assert removed(admin, f"/api/topic-sets/{topic_set.pk}/topics/1/") is None
    assert [topic["number"] for topic in got(admin, f"/api/topic-sets/{topic_set.pk}/")["topics"]] == [2, 3]
    for call in (got, removed):
        assert call(admin, f"/api/topic-sets/{topic_set.pk}/topics/1/", status=404)["code"] == "not-found"
    assert changed(admin, f"/api/topic-sets/{topic_set.pk}/topics/1/", {"title": "x"}, 404)["code"] == "not-found"


def test_an_uploaded_drawing_goes_with_its_topic(
    admin: APIClient, topic_set: TopicSet, django_capture_on_commit_callbacks: Any
) -> None:
    drawing = SimpleUploadedFile("mine.png", encode_png(drawing_make(3)), content_type="image/png")
    brought = admin.post(f"/api/topic-sets/{topic_set.pk}/topics/", {"drawing": drawing}, format="multipart").json()
    image = topic_set.topics.get(number=brought["number"]).image
    assert private_storage().exists(image)
    with django_capture_on_commit_callbacks(execute=True):
        removed(admin, brought["url"])
    assert not private_storage().exists(image)


def test_topics_that_something_was_made_of_stay_and_name_and_note_still_change(
    admin: APIClient, topic_set: TopicSet, runs: list[Run]
) -> None:
    address = f"/api/topic-sets/{topic_set.pk}/"
    assert changed(admin, f"{address}topics/1/", {"need": "Others."}, 400)["code"] == "topics-locked"
    assert removed(admin, f"{address}topics/1/", status=400)["code"] == "topics-locked"
    assert [topic["need"] for topic in got(admin, address)["topics"]] == ["Pumps like this one."] * 2
    renamed = changed(admin, address, {"name": "  Rotors   two "})
    assert (renamed["name"], renamed["note"]) == ("Rotors two", "")
    assert changed(admin, address, {"note": "of pumps"})["name"] == "Rotors two"


@pytest.mark.parametrize(
    ("address", "body", "code"),
    [
        ("topics/1/", {"title": "x" * 201}, "invalid"),
        ("topics/1/", {"title": 7.5, "need": []}, "invalid"),
        ("topics/1/", {"need": "a\0"}, "parse-error"),
        ("topics/1/", [], "invalid"),
        ("", {"name": ""}, "invalid"),
        ("", {"name": "x" * 121}, "invalid"),
        ("", {"name": "Taken"}, "name-taken"),
    ],
)
def test_a_change_that_is_none_is_refused_in_words(
    admin: APIClient, maker: User, topic_set: TopicSet, address: str, body: Any, code: str
) -> None:
    topic_set_make(maker, [], name="Taken")
    before = got(admin, f"/api/topic-sets/{topic_set.pk}/")
    refused = changed(admin, f"/api/topic-sets/{topic_set.pk}/{address}", body, 400)
    assert (refused["code"], bool(refused["detail"])) == (code, True)
    assert got(admin, f"/api/topic-sets/{topic_set.pk}/") == before


def test_a_failed_run_and_a_failed_fit_wait_again_and_no_other_does(
    admin: APIClient, runs: list[Run], enqueued: list[tuple[str, Any]]
) -> None:
    fit = fit_make(runs[0], runs[1])
    for kind, row in (("run", runs[0]), ("fit", fit)):
        address = f"/api/{kind}s/{row.pk}/retry/"
        assert sent(admin, address, status=202)["state"] == "done"
        assert not enqueued
        work_quarantine(row=row, code="gave-up", detail="The worker was lost.")
        waits = sent(admin, address, status=202)
        assert (waits["id"], waits["state"], waits["error_code"], waits["error_detail"]) == (row.pk, "waiting", "", "")
        assert enqueued == [({"run": "answer_run", "fit": "fit_fusion"}[kind], row.pk)]
        enqueued.clear()


def test_a_run_is_made_again_once_the_collection_has_changed(
    admin: APIClient,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    enqueued: list[tuple[str, Any]],
) -> None:
    use_stand_ins(settings, tmp_path, monkeypatch)
    figures = collection_make()
    made = sent(admin, "/api/topic-sets/", {"name": "one", "draw": {"seed": 5, "topics": 2}})
    (run,) = sent(admin, f"/api/topic-sets/{made['id']}/runs/", {"systems": ["avg"], "depth": 20}, status=202)
    while run_process(run_id=run["id"]):
        pass
    enqueued.clear()
    same = sent(admin, f"{run['url']}again/", status=202)
    assert (same["id"], same["state"], enqueued) == (run["id"], "done", [])
    FigureEmbedding.objects.filter(figure=figures[-1]).delete()
    other = sent(admin, f"{run['url']}again/", status=202)
    assert (other["name"], other["system"], other["depth"], other["state"]) == ("avg-2", "avg", 20, "waiting")
    assert enqueued == [("answer_run", other["id"])]


def test_an_imported_run_is_not_made_again_here(
    admin: APIClient, runs: list[Run], enqueued: list[tuple[str, Any]]
) -> None:
    Run.objects.filter(pk=runs[0].pk).update(system=System.IMPORTED)
    assert sent(admin, f"/api/runs/{runs[0].pk}/again/", status=400)["code"] == "imported"
    assert (Run.objects.count(), enqueued) == (2, [])
