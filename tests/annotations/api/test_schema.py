"""The OpenAPI schema of annotation and evaluation is true: generated requests get the answers it promises."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis.errors import Unsatisfiable
from rest_framework.authtoken.models import Token
from schemathesis.generation import GenerationMode

from annotations.models import Pool, Showing
from annotations.selectors.scores import ScoreOptions
from annotations.services.scores import scores_complete
from annotations.services.snapshots import snapshot_freeze
from search.models import Figure
from tests import api_schema
from tests.annotation_fits import fit_make
from tests.annotation_rows import judgment_make, pool_make, run_make, session_make, topic_set_make
from tests.api_schema import CHECKS, as_sent, tried
from tests.factories import publication_make, user_make

OURS = ("topic-sets", "runs", "sessions", "snapshots", "fits")

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def one_connection() -> Iterator[None]:
    """The application keeps the test's connection, and with it the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def values(module_rows: None) -> dict[str, Any]:
    """A measured topic set, whose maker also judges, differs from a colleague, and has ruled."""
    maker = user_make("program", staff=True)
    for reference in ("EP1A1", "EP2A1"):
        publication = publication_make(reference, sheets=3)
        publication.family_key = publication.application_number = reference  # no kin
        publication.save()
    figures = list(Figure.objects.order_by("pk"))
    topic_set = topic_set_make(maker, figures[:2])
    runs = [run_make(topic_set, figures), run_make(topic_set, figures[::-1], name="text", system="text")]
    pool = pool_make(topic_set, runs)
    session = session_make(pool, [maker, user_make("colleague")], repeats=1)
    for place, showing in enumerate(
        session.assignments.get(assessor__username="colleague").showings.select_related("current", "assignment")
    ):
        judgment_make(showing, place % 4)
    mine = list(session.assignments.get(assessor=maker).showings.select_related("current", "assignment"))
    for place, showing in enumerate(mine):
        judgment_make(showing, (place + 1) % 4)
    snapshot = snapshot_freeze(topic_set=topic_set, sessions=[session], name="first", frozen_by=maker)
    fit = fit_make(runs[0], runs[0])
    scores_complete(snapshot=fit.snapshot, runs=runs, options=ScoreOptions())  # the newest qrels
    return {
        "topic_set_id": topic_set.pk,
        "run_id": runs[0].pk,
        "number": 1,
        "session_id": session.pk,
        "position": 1,
        "username": "colleague",
        "candidate_id": pool.candidates.order_by("pk")[0].pk,
        "snapshot_id": snapshot.pk,
        "fit_id": fit.pk,
        "runs": [run.pk for run in runs],
    }


@pytest.fixture(scope="module")
def token(values: dict[str, Any]) -> str:
    return str(Token.objects.create(user=User.objects.get(username="program")).key)


@pytest.fixture(scope="module")
def operations(token: str, one_connection: None) -> list[Any]:
    every = [found.ok() for found in api_schema.published_schema(token).get_all_operations()]
    return [one for one in every if one.path.split("/")[2] in OURS]


def test_generated_requests_get_the_answers_of_the_schema(operations: list[Any], token: str) -> None:
    seen: Counter[str] = Counter()

    def conforms(case: Any) -> None:
        answer = case.call_and_validate(headers=as_sent(token), checks=list(CHECKS))
        seen[f"{case.operation.label} {answer.status_code}"] += 1

    for operation in operations:
        tried(operation, GenerationMode.POSITIVE, conforms)
        with suppress(Unsatisfiable):  # an address without parameters takes nothing wrong
            tried(operation, GenerationMode.NEGATIVE, conforms)
    assert len(operations) == 54
    assert seen["GET /api/topic-sets/ 200"]
    assert seen["POST /api/topic-sets/ 201"]
    assert seen["POST /api/topic-sets/ 400"]


BODIES: dict[str, dict[str, Any]] = {
    "/api/topic-sets/": {"name": "By hand"},
    "/api/topic-sets/{topic_set_id}/pools/": {"name": "deep", "runs": None, "depth": 3},
    "/api/topic-sets/{topic_set_id}/sessions/": {"name": "Again", "pool": None, "assessors": ["colleague"], "seed": 3},
    "/api/topic-sets/{topic_set_id}/snapshots/": {"name": "second", "sessions": None},
    "/api/sessions/{session_id}/assessors/": {"assessor": "colleague"},
    "/api/sessions/{session_id}/showings/{position}/judgments/": {"grade": 2},
    "/api/sessions/{session_id}/undo/": {},
    "/api/sessions/{session_id}/rulings/{candidate_id}/": {"grade": 1},
    "/api/sessions/{session_id}/rulings/undo/": {},
}
"""What is sent to addresses whose answer is then held against the schema; None: a key of what is there."""


def test_what_is_there_is_as_the_schema_says(operations: list[Any], token: str, values: dict[str, Any]) -> None:
    found = {}
    for operation in operations:
        if operation.method.upper() != "GET":
            continue
        query = {"one": values["runs"][0], "other": values["runs"][1]} if "comparison" in operation.path else {}
        found[operation.path] = _answer(operation, values, token, query=query)
    assert {path: status for path, status in found.items() if status != 200} == {}


def test_what_is_sent_is_answered_as_the_schema_says(operations: list[Any], token: str, values: dict[str, Any]) -> None:
    keys: dict[str, Any] = {
        "runs": values["runs"],
        "pool": Pool.objects.get().pk,
        "sessions": [values["session_id"]],
    }
    current = Showing.objects.get(assignment__assessor__username="program", position=1).current
    found = {}
    for operation in sorted(operations, key=lambda one: list(BODIES).index(one.path) if one.path in BODIES else -1):
        if operation.method.upper() != "POST" or operation.path not in BODIES:
            continue
        body = {name: keys[name] if value is None else value for name, value in BODIES[operation.path].items()}
        if "/judgments/" in operation.path or "/undo/" in operation.path or "/rulings/" in operation.path:
            body["client_id"] = str(uuid.uuid4())
        if "/judgments/" in operation.path and current is not None:
            body["base"] = str(current.client_id)
        found[operation.path] = _answer(operation, values, token, body=body)
    assert found == dict.fromkeys(BODIES, 201)


def test_what_is_changed_or_tried_again_is_answered_as_the_schema_says(
    operations: list[Any], token: str, values: dict[str, Any]
) -> None:
    changed = {one.path: _answer(one, values, token, body={}) for one in operations if one.method.upper() == "PATCH"}
    assert changed == {
        "/api/topic-sets/{topic_set_id}/": 200,
        "/api/topic-sets/{topic_set_id}/topics/{number}/": 200,
    }
    ends = ("/retry/", "/again/")
    again = {one.path: _answer(one, values, token) for one in operations if one.path.endswith(ends)}
    assert again == {
        "/api/runs/{run_id}/retry/": 202,
        "/api/runs/{run_id}/again/": 400,  # there is no index to search
        "/api/fits/{fit_id}/retry/": 202,
    }


def test_what_is_deleted_or_refused_to_be_is_answered_as_the_schema_says(
    operations: list[Any], token: str, values: dict[str, Any]
) -> None:
    found = {one.path: _answer(one, values, token) for one in operations if one.method.upper() == "DELETE"}
    assert found == {
        "/api/topic-sets/{topic_set_id}/": 400,
        "/api/topic-sets/{topic_set_id}/topics/{number}/": 400,
        "/api/runs/{run_id}/": 400,
        "/api/sessions/{session_id}/": 409,
        "/api/sessions/{session_id}/assessors/{username}/": 204,
        "/api/fits/{fit_id}/": 204,
    }


def _answer(operation: Any, values: dict[str, Any], token: str, *, query: Any = None, body: Any = None) -> int:
    path = {parameter.name: values[parameter.name] for parameter in operation.path_parameters}
    sent: dict[str, Any] = {"path_parameters": path, "query": query or {}}
    if body is not None:
        sent |= {"body": body, "media_type": "application/json"}
    answer = operation.Case(**sent).call_and_validate(headers=as_sent(token), checks=list(CHECKS))
    return int(answer.status_code)
