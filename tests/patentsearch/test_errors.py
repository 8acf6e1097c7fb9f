"""While the database does not answer, everything is told so, with 503 and the mend, and works again afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, close_old_connections, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from rest_framework.authtoken.models import Token

from engine.errors import NotFound, Problem
from patentsearch.errors import DATABASE_RETRY_SECONDS, ProblemPages, is_database_unreachable
from tests.factories import user_make

JUDGE = "/sessions/1/showings/1/judgments/"


@pytest.fixture
def examiner(db: None) -> User:
    return user_make("examiner")


@pytest.fixture
def administrator(transactional_db: None) -> User:
    return user_make("administrator", staff=True)


@pytest.fixture
def client(administrator: User) -> Client:
    """Somebody who logged in before the database went away."""
    client = Client(raise_request_exception=False)
    client.force_login(administrator)
    return client


@pytest.fixture
def token(administrator: User) -> str:
    return str(Token.objects.create(user=administrator).key)


@pytest.fixture
def no_database(client: Client, token: str, tmp_path: Path) -> Iterator[None]:
    """No server at the socket; whatever is asked for before is made."""
    there = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = str(tmp_path)
    yield
    connection.close()
    connection.settings_dict["HOST"] = there


def require_503(answer: Any) -> None:
    assert answer.status_code == 503, answer.content
    assert int(answer.headers["Retry-After"]) == DATABASE_RETRY_SECONDS
    assert not answer.cookies  # nobody is logged out by it
    assert answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["/", "/sessions/1/", "/no/such/address/", "/admin/"])
def test_a_page_says_that_the_database_does_not_answer(client: Client, no_database: None, address: str) -> None:
    answer = client.get(address)
    require_503(answer)
    page = answer.content.decode()
    assert "The database does not answer just now" in page
    assert "Try again in a moment" in page
    assert "css/base.css" in page


def test_a_form_that_is_sent_says_so_and_so_does_a_login(client: Client, no_database: None) -> None:
    require_503(client.post("/sessions/new/", {"name": "First"}))
    stranger = Client(raise_request_exception=False)
    assert stranger.get("/login/").status_code == 200
    require_503(stranger.post("/login/", {"username": "administrator", "password": "a-long-enough-passphrase"}))


def test_a_script_that_judges_is_told_in_json(client: Client, no_database: None) -> None:
    answer = client.post(JUDGE, "{}", content_type="application/json")
    require_503(answer)
    assert answer.json()["code"] == "database"
    assert answer.json()["detail"].startswith("The database does not answer just now. ")


@pytest.mark.parametrize("is_by_token", [True, False])
def test_the_api_says_it_in_its_own_form(client: Client, token: str, no_database: None, is_by_token: bool) -> None:
    asks = Client(raise_request_exception=False, headers={"Authorization": f"Token {token}"}) if is_by_token else client
    answer = asks.get("/api/topic-sets/")
    require_503(answer)
    assert answer.json()["code"] == "database"
    assert answer.json().keys() == {"code", "detail"}


def test_a_connection_that_breaks_within_a_request_is_503_and_the_next_request_works(client: Client) -> None:
    with connection.cursor() as cursor, pytest.raises(OperationalError):
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    require_503(client.get("/"))
    close_old_connections()  # as the server does after each request
    assert client.get("/").status_code == 200
    assert client.get("/no/such/address/").status_code == 404


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (Problem("odd", "The number is odd; give an even one."), 400),
        (NotFound("Topic set 17 was not found."), 404),
        (Problem("stale", "It changed; look again.", 409), 409),
        (Problem("teapot", "It brews no coffee.", 418), 418),
    ],
)
def test_a_problem_that_a_page_does_not_catch_is_a_page_of_its_status_code_and_detail(
    rf: RequestFactory, examiner: User, problem: Problem, status: int
) -> None:
    for headers, is_json in (({}, False), ({"Accept": "application/json"}, True)):
        request = rf.get("/topics/17/", headers=headers)
        request.user = examiner
        answer = ProblemPages(lambda request: HttpResponse()).process_exception(request, problem)
        assert answer is not None
        assert answer.status_code == status
        if is_json:
            assert json.loads(answer.content) == {"code": problem.code, "detail": problem.detail}
        else:
            page = answer.content.decode()
            assert f'data-code="{problem.code}"' in page
            assert problem.detail in page


def test_what_is_no_problem_stays_a_fault(rf: RequestFactory) -> None:
    assert ProblemPages(lambda request: HttpResponse()).process_exception(rf.get("/"), ValueError("odd")) is None


def test_what_the_database_answers_too_late_is_no_lack_of_it(db: None) -> None:
    with pytest.raises(OperationalError) as late, connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1")
        cursor.execute("SELECT pg_sleep(30)")
    assert not is_database_unreachable(late.value)
    assert not is_database_unreachable(ValueError())
    assert not is_database_unreachable(None)
