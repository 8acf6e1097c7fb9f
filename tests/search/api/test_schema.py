"""The OpenAPI schema is true: generated requests meet no fault and get the answers it promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis.errors import Unsatisfiable
from rest_framework.authtoken.models import Token
from schemathesis.generation import GenerationMode

from search.models import Batch, Figure, Query
from tests import api_schema
from tests.api_schema import CHECKS, as_sent, tried
from tests.factories import batch_make, publication_make, query_make, user_make

ANNOTATION = ("topic-sets", "runs", "sessions", "snapshots", "fits")  # tests/annotations/api has them


@pytest.fixture
def token(db: None) -> str:
    return str(Token.objects.create(user=user_make("program", staff=True)).key)


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The application keeps the test's connection, and with it the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def published_schema(token: str, one_connection: None, settings: Any) -> Any:
    settings.QUERY_TIMEOUT_SECONDS = 0
    publication_make("EP1A1")
    program = Token.objects.get().user
    query_make(program, hits=list(Figure.objects.all()))
    batch_make(rejected=1)
    return api_schema.published_schema(token)


def operations_of(schema: Any) -> list[Any]:
    """Those of the search alone."""
    every = [found.ok() for found in schema.get_all_operations()]
    return [one for one in every if one.path.split("/")[2] not in ANNOTATION]


def test_generated_requests_get_the_answers_of_the_schema(published_schema: Any, token: str) -> None:
    seen: Counter[str] = Counter()

    def conforms(case: Any) -> None:
        cache.clear()
        answer = case.call_and_validate(headers=as_sent(token), checks=list(CHECKS))
        seen[f"{case.operation.label} {answer.status_code}"] += 1

    operations = operations_of(published_schema)
    for operation in operations:
        tried(operation, GenerationMode.POSITIVE, conforms)
        with suppress(Unsatisfiable):  # an address without parameters takes nothing wrong
            tried(operation, GenerationMode.NEGATIVE, conforms)
    assert len(operations) == 10
    assert seen["GET /api/publications/ 200"]
    assert seen["POST /api/search/ 400"]
    assert seen["POST /api/batches/ 201"]


def test_what_is_there_is_as_the_schema_says(published_schema: Any, token: str) -> None:
    values = {
        "reference": "EP1A1",
        "figure_id": Figure.objects.earliest("pk").pk,
        "batch_id": Batch.objects.get().pk,
        "query_id": str(Query.objects.get().pk),
    }
    found = []
    for operation in operations_of(published_schema):
        names = {parameter.name for parameter in operation.path_parameters}
        if names:
            case = operation.Case(path_parameters={name: values[name] for name in names})
            answer = case.call_and_validate(headers=as_sent(token), checks=list(CHECKS))
            found.append((operation.label, answer.status_code))
    assert [status for _, status in found] == [200] * 5, found
    search = published_schema["/api/search/"]["POST"]
    asked = search.Case(body={"text": "a pump"}, media_type="application/json")
    answer = asked.call_and_validate(headers=as_sent(token), checks=list(CHECKS))
    assert answer.status_code == 202
