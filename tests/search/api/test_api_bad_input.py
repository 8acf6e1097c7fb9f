"""Bad input is a 4xx with a code and a sentence, never a 5xx."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from engine.imaging import encode_png
from search.models import Query
from tests.factories import drawing_make

pytestmark = pytest.mark.django_db

BODIES = {
    "nested too deep": b"[" * 200_000,
    "nested too deep in a name": b'{"text":' * 100_000,
    "a whole number of 100,000 digits": b'{"top": ' + b"9" * 100_000 + b"}",
    "not a number": b'{"top": NaN}',
    "infinity": b'{"top": Infinity}',
    "overflow": b'{"top": 1e400}',
    "a name twice": b'{"text": "a", "text": "b"}',
    "NUL": b'{"text": "a\\u0000b"}',
    "a lone surrogate": b'{"text": "\\ud800"}',
    "a lone surrogate in a name": b'{"\\ud800": 1}',
    "no UTF-8": b'{"text": "\xff"}',
    "no JSON": b"hello",
    "nothing": b"",
    "a list": b"[]",
    "null": b"null",
    "a text where a number belongs": b'{"text": "a", "top": "many"}',
    "too many hits": b'{"text": "a", "top": 501}',
    "no hits": b'{"text": "a", "top": 0}',
    "no such modality": b'{"text": "a", "modality": "smell"}',
    "no such figure": b'{"figure": "EP0000000A1/1"}',
    "a figure in superscript": '{"figure": "²"}'.encode(),
    "a figure beyond any key": b'{"figure": "999999999999999999999999"}',
    "a batch beyond any key": b'{"text": "a", "batch": 9223372036854775808}',
    "no date": b'{"text": "a", "date_from": "2024-02-30"}',
    "a text of a megabyte": json.dumps({"text": "a " * 500_000}).encode(),
    "an image as text": b'{"image": "aGVsbG8="}',
    "an object for a text": b'{"text": {"a": 1}}',
    "nothing asked": b"{}",
    "blanks alone": b'{"text": "   "}',
}


def post(client: Client, body: bytes, content_type: str = "application/json") -> Any:
    """A question as these very bytes."""
    return client.post("/api/search/", body, content_type=content_type)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_bad_question_is_refused_in_words(client: Client, examiner: User, body: bytes) -> None:
    client.force_login(examiner)
    answer = post(client, body)
    assert answer.status_code == 400, answer.content[:300]
    problem = answer.json()
    assert problem["code"]
    assert problem["detail"]
    assert not Query.objects.exists()


def test_a_body_over_the_limit_is_too_large(client: Client, examiner: User, settings: Settings) -> None:
    body = b'{"text": "' + b"a" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + b'"}'
    client.force_login(examiner)
    answer = post(client, body)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.png", b""), ("text.png", b"hello\n" * 20), ("half.png", encode_png(drawing_make())[:200])],
)
def test_an_image_that_is_none_is_refused(client_of_examiner: APIClient, name: str, content: bytes) -> None:
    image = SimpleUploadedFile(name, content)
    answer = client_of_examiner.post("/api/search/", {"image": image}, format="multipart")
    assert answer.status_code == 400
    assert set(answer.json()) >= {"code", "detail"}
    assert not Query.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "/api/queries/00000000-0000-0000-0000-000000000000/",
        "/api/queries/1/",
        "/api/publications/EP0000000A1/",
        "/api/publications/%00/",
        "/api/publications/%ED%A0%80/",
        "/api/publications/EP0000000A1/links/",
        "/api/publications/?page=0",
        "/api/publications/?page=" + "9" * 5000,
        "/api/figures/0/",
        "/api/figures/99999999999999999999/",
        "/api/figures/" + "9" * 5000 + "/",
        "/api/nothing/",
    ],
)
def test_what_is_not_there_is_not_found_in_json(client_of_examiner: APIClient, address: str) -> None:
    answer = client_of_examiner.get(address)
    assert answer.status_code == 404
    assert set(answer.json()) == {"code", "detail"}


@pytest.mark.parametrize("name", ["reference", "applicant", "ipc", "cpc"])
def test_nul_in_a_filter_is_refused(client_of_examiner: APIClient, name: str) -> None:
    answer = client_of_examiner.get("/api/publications/", {name: "a\0b"})
    assert answer.status_code == 400
    assert answer.json()["faults"].keys() == {name}


def test_a_wrong_method_and_a_wrong_type_are_refused_in_json(client: Client, examiner: User) -> None:
    client.force_login(examiner)
    assert client.delete("/api/publications/").json()["code"] == "method-not-allowed"
    answer = post(client, b"<a/>", "application/xml")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")


def test_a_session_without_its_csrf_token_changes_nothing(examiner: User) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(examiner)
    answer = client.post("/api/search/", {"text": "a pump"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "form-expired")
    assert not Query.objects.exists()
