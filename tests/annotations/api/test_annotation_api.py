"""From a session to a table over the REST API, and what it keeps from assessors."""

from __future__ import annotations

import json
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from annotations.api import sessions
from annotations.models import Judgment, Pool, QrelsSnapshot, Ruling, Run, RunScores, Session, Showing, TopicSet
from annotations.services.snapshots import snapshot_freeze
from tests.annotation_rows import judgment_make
from tests.api_calls import client_of, got, removed, sent
from tests.factories import user_make

pytestmark = pytest.mark.django_db

TELLING = ("run", "rank", "score", "repeat", "system", "pool", "seed", "tests/visual", "colleague")


def test_a_session_is_made_judged_and_frozen(
    admin: APIClient, topic_set: TopicSet, runs: list[Run], assessor: User, maker: User
) -> None:
    base = f"/api/topic-sets/{topic_set.pk}"
    pool = sent(admin, f"{base}/pools/", {"name": "deep", "runs": [run.pk for run in runs], "depth": 5})
    assert pool["candidate_count"] == 6
    assert got(admin, f"{base}/pools/") == [pool]
    asked = {"name": "Judge", "pool": pool["id"], "assessors": ["assessor"], "seed": 4, "repeat_percent": 0}
    session = sent(admin, f"{base}/sessions/", asked)
    assert sent(admin, f"{base}/sessions/", asked)["id"] == session["id"]
    assert sent(admin, f"{base}/sessions/", asked | {"assessors": ["nobody"], "name": "B"}, status=400)["faults"]
    mine = client_of(assessor)
    address = session["url"]
    for _ in range(6):
        pair = got(mine, f"{address}next/")
        told = sent(
            mine, f"{address}showings/{pair['position']}/judgments/", {"client_id": str(uuid.uuid4()), "grade": 2}
        )
        assert told["position"] == pair["position"]
    assert got(mine, f"{address}judgments/")["judged"] == 6
    assert got(mine, address)["mine"] == {"count": 6, "said": 6}
    frozen = sent(admin, f"{base}/snapshots/", {"name": "first", "sessions": [session["id"]]})
    assert (frozen["counts"]["by_grade"]["2"], frozen["counts"]["unjudged"]) == (6, 0)
    assert frozen["sha256"] == QrelsSnapshot.objects.get().sha256
    qrels = admin.get(f"{frozen['url']}file/", {"format": "trec"})
    assert len(qrels.content.decode().splitlines()) == 6
    upload = SimpleUploadedFile("qrels.txt", qrels.content)
    body = {"file": upload, "format": "trec", "name": "theirs"}
    came = admin.post(f"{base}/snapshots/import/", body, format="multipart")
    assert came.status_code == 201, came.content
    assert [one["name"] for one in got(admin, f"{base}/snapshots/")] == ["theirs", "first"]
    query = {"snapshot": frozen["id"], "k": 5}
    assert got(admin, f"{base}/table/", query, status=202) == {"done": 0, "count": 2}
    assert got(admin, f"{base}/scores/", query) == {"done": 0, "count": 2}
    assert not RunScores.objects.exists()
    for _ in range(2):
        assert sent(admin, f"{base}/scores/?{urlencode(query)}", status=200) == {"done": 2, "count": 2}
    assert RunScores.objects.count() == 2
    table = got(admin, f"{base}/table/", query)
    assert [run["name"] for run in table["runs"]] == ["visual", "text"]
    assert table["qrels"]["sha256"] == frozen["sha256"]
    pair_of_runs = {"snapshot": frozen["id"], "one": runs[0].pk, "other": runs[1].pk}
    assert got(admin, f"{base}/comparison/", pair_of_runs, status=202) == {"done": 0, "count": 2}
    assert sent(admin, f"{base}/scores/?snapshot={frozen['id']}", status=200)["done"] == 2
    compared = got(admin, f"{base}/comparison/", pair_of_runs)
    assert {one["outcome"] for one in compared["topics"]} <= {"won", "lost", "tied"}
    assert got(admin, f"{base}/comparison/", pair_of_runs | {"other": runs[0].pk}, status=400)["code"] == "same-run"
    assert got(admin, f"{base}/table/", {"measure": "nothing"}, status=400)["code"] == "asked-wrongly"


def test_a_judgment_is_one_event_however_often_it_is_sent(session: Session, assessor: User) -> None:
    mine = client_of(assessor)
    address = f"/api/sessions/{session.pk}/showings/1/judgments/"
    body = {"client_id": str(uuid.uuid4()), "grade": 3, "reason": "Same rotor."}
    first, again = sent(mine, address, body), sent(mine, address, body, status=200)
    assert first == again
    stale = sent(mine, address, {"client_id": str(uuid.uuid4()), "grade": 0}, status=409)
    assert (stale["code"], stale["current"]["grade"], stale["yours"]["grade"]) == ("stale", 3, 0)
    undone = sent(mine, f"/api/sessions/{session.pk}/undo/", {"client_id": str(uuid.uuid4())})
    assert (undone["position"], undone["current"]) == (1, None)
    nothing = sent(mine, f"/api/sessions/{session.pk}/undo/", {"client_id": str(uuid.uuid4())}, status=400)
    assert nothing["code"] == "nothing-to-undo"
    assert Judgment.objects.count() == 2
    Session.objects.update(closed_at=timezone.now())
    closed = sent(mine, address, {"client_id": str(uuid.uuid4()), "grade": 1}, status=403)
    assert closed["code"] == "session-closed"


@pytest.mark.parametrize("body", [{}, {"client_id": "x"}, {"grade": 9}, {"grade": 1, "cannot_judge": True}, [], "no"])
def test_a_judgment_that_is_none_is_refused_in_words(session: Session, assessor: User, body: Any) -> None:
    if isinstance(body, dict) and body.keys() & {"grade"}:
        body = body | {"client_id": str(uuid.uuid4())}
    refused = sent(client_of(assessor), f"/api/sessions/{session.pk}/showings/1/judgments/", body, status=400)
    assert refused["code"]
    assert refused["detail"]
    assert not Judgment.objects.exists()


def test_nothing_that_an_assessor_is_told_is_of_runs_or_of_others(session: Session, assessor: User) -> None:
    judgment_make(Showing.objects.get(assignment__assessor__username="colleague", position=1), 0, reason="theirs")
    mine = client_of(assessor)
    base = f"/api/sessions/{session.pk}"
    answers = [got(mine, address) for address in (f"{base}/", f"{base}/judgments/", f"{base}/next/")]
    last = Showing.objects.filter(assignment__assessor=assessor).count()
    repeat, first = got(mine, f"{base}/showings/{last}/"), got(mine, f"{base}/showings/1/")
    assert repeat["candidate"] == first["candidate"]
    assert repeat.keys() == first.keys()
    assert answers[0]["administration"] is None
    listed = got(mine, "/api/sessions/")
    del answers[0]["administration"]
    for sentences in (repeat, first, answers[2]):  # of the patents, which may say anything
        sentences["topic"]["sentences"] = sentences["candidate"]["sentences"] = []
    told = json.dumps([*answers, repeat, first, listed]).lower()
    assert not [word for word in (*TELLING, "theirs") if word in told]


def test_an_assessor_is_kept_from_what_is_for_administrators(
    session: Session, topic_set: TopicSet, runs: list[Run], assessor: User
) -> None:
    mine = client_of(assessor)
    for address in (
        "/api/topic-sets/",
        f"/api/topic-sets/{topic_set.pk}/runs/",
        f"/api/runs/{runs[0].pk}/topics/1/",
        f"/api/runs/{runs[0].pk}/file/",
        f"/api/topic-sets/{topic_set.pk}/pools/",
        f"/api/sessions/{session.pk}/agreement/",
        f"/api/sessions/{session.pk}/disagreements/",
        f"/api/topic-sets/{topic_set.pk}/table/",
    ):
        assert got(mine, address, status=403)["code"] == "permission-denied"
    for address in (f"topic-sets/{topic_set.pk}", f"runs/{runs[0].pk}", f"sessions/{session.pk}"):
        assert removed(mine, f"/api/{address}/", status=403)["code"] == "permission-denied"
    stranger = client_of(user_make("stranger"))
    for address in ("", "judgments/", "next/", "showings/1/"):
        assert got(stranger, f"/api/sessions/{session.pk}/{address}", status=404)["code"] == "not-found"
    assert got(stranger, "/api/sessions/") == []


def test_differences_are_ruled_on_and_rulings_taken_back(admin: APIClient, session: Session) -> None:
    for name, grade in (("assessor", 3), ("colleague", 0)):
        judgment_make(Showing.objects.get(assignment__assessor__username=name, position=1), grade)
    base = f"/api/sessions/{session.pk}"
    (difference,) = got(admin, f"{base}/disagreements/")
    assert [(one["assessor"], one["values"]["grade"]) for one in difference["said"]] == [
        ("assessor", 3),
        ("colleague", 0),
    ]
    address = f"{base}/rulings/{difference['candidate']}/"
    body = {"client_id": str(uuid.uuid4()), "grade": 1, "reason": "Half of it."}
    ruled = sent(admin, address, body)
    assert sent(admin, address, body, status=200) == ruled
    stale = sent(admin, address, {"client_id": str(uuid.uuid4()), "grade": 2}, status=409)
    assert (stale["current"]["grade"], stale["yours"]["grade"]) == (1, 2)
    assert got(admin, f"{base}/disagreements/")[0]["ruling"]["grade"] == 1
    undone = sent(admin, f"{base}/rulings/undo/", {"client_id": str(uuid.uuid4())})
    assert (undone["candidate"], undone["current"]) == (difference["candidate"], None)
    assert sent(admin, f"{base}/rulings/999999999/", body | {"client_id": str(uuid.uuid4())}, status=404)
    assert Ruling.objects.count() == 2
    (overall,) = got(admin, f"{base}/agreement/")["facets"]
    assert (overall["candidates"], overall["percent"]["value"]) == (1, 0.0)


def test_who_still_judges_is_not_told_what_others_said(session: Session, maker: User, admin: APIClient) -> None:
    showing = Showing.objects.select_related("assignment").get(assignment__assessor__username="colleague", position=1)
    showing.assignment.assessor = maker
    showing.assignment.save()
    refused = got(admin, f"/api/sessions/{session.pk}/disagreements/", status=403)
    assert "judge" in refused["detail"]


def test_a_session_is_closed_and_opened_again(admin: APIClient, session: Session) -> None:
    base = f"/api/sessions/{session.pk}"
    closed = sent(admin, f"{base}/close/", status=200)
    assert closed["closed_at"]
    assert [one["assessor"] for one in closed["administration"]["assessors"]] == ["assessor", "colleague"]
    assert sent(admin, f"{base}/reopen/", status=200)["closed_at"] is None


def test_what_something_was_made_of_stays_and_the_refusal_says_what_goes_first(
    admin: APIClient, maker: User, session: Session, topic_set: TopicSet, runs: list[Run], assessor: User
) -> None:
    judgment_make(Showing.objects.get(assignment__assessor=assessor, position=1), 2)
    snapshot_freeze(topic_set=topic_set, sessions=[session], name="first", frozen_by=maker)
    assert removed(admin, f"/api/topic-sets/{topic_set.pk}/", status=400)["code"] == "topics-locked"
    assert removed(admin, f"/api/runs/{runs[0].pk}/", status=400)["code"] == "run-in-use"
    refused = removed(admin, f"/api/sessions/{session.pk}/", status=409)
    assert (refused["code"], "Close the session" in refused["detail"]) == ("judged-already", True)
    assert (TopicSet.objects.count(), Run.objects.count(), Session.objects.count()) == (1, 2, 1)


def test_an_untouched_session_is_deleted_with_its_pool(admin: APIClient, session: Session) -> None:
    assert removed(admin, f"/api/sessions/{session.pk}/") is None
    assert (Session.objects.count(), Pool.objects.count(), Showing.objects.count()) == (0, 0, 0)
    assert removed(admin, f"/api/sessions/{session.pk}/", status=404)["code"] == "not-found"


def test_assessors_are_added_and_withdrawn_by_name(admin: APIClient, session: Session) -> None:
    base = f"/api/sessions/{session.pk}"
    late = user_make("late@office.example")
    for _ in range(2):
        told = sent(admin, f"{base}/assessors/", {"assessor": late.username})
        assert [one["assessor"] for one in told["administration"]["assessors"]] == [
            *("assessor", "colleague", "late@office.example"),
        ]
    assert got(client_of(late), f"{base}/next/")["position"] == 1
    assert removed(admin, f"{base}/assessors/{late.username}/") is None
    assert got(client_of(late), f"{base}/next/", status=404)["code"] == "not-found"
    judgment_make(Showing.objects.get(assignment__assessor__username="colleague", position=1), 2)
    for _ in range(2):
        assert removed(admin, f"{base}/assessors/colleague/") is None
    parts = got(admin, f"{base}/")["administration"]["assessors"]
    assert [(one["assessor"], one["withdrawn"]) for one in parts] == [("assessor", False), ("colleague", True)]
    for nobody in (late.username, "nobody", "%00", "%ED%A0%80", "x" * 3000):
        assert removed(admin, f"{base}/assessors/{nobody}/", status=404)["code"] == "not-found"
    bodies: list[Any] = [{}, {"assessor": "nobody"}, {"assessor": "x" * 151}, {"assessor": "a\0"}, {"assessor": 7}, []]
    for body in bodies:
        assert sent(admin, f"{base}/assessors/", body, status=400)["code"] in ("invalid", "parse-error"), body


def test_a_session_deleted_since_it_was_found_is_not_found(
    admin: APIClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "session_of", lambda user, session_id: session)
    Session.objects.all().delete()
    for act, body in (("close", {}), ("reopen", {}), ("assessors", {"assessor": "colleague"})):
        assert sent(admin, f"/api/sessions/{session.pk}/{act}/", body, status=404)["code"] == "not-found"


def test_a_pair_costs_the_same_queries_wherever_it_stands(
    session: Session, assessor: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mine = client_of(assessor)
    for position in (1, 3):
        with django_assert_num_queries(4):
            got(mine, f"/api/sessions/{session.pk}/showings/{position}/")
