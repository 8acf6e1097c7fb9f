"""Where a request leads whose session has ended, and what becomes of a form of an earlier login."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.factories import PASSWORD, user_make

pytestmark = pytest.mark.django_db

HERE = "http://testserver"


@pytest.fixture
def examiner() -> User:
    return user_make("examiner")


def led_back_to(location: str) -> str:
    parts = urlsplit(location)
    assert (parts.netloc, parts.path) == ("", "/login/")
    return parse_qs(parts.query)["next"][0]


def test_a_page_leads_back_to_itself() -> None:
    assert led_back_to(Client().get("/history/?q=a+b&page=2")["Location"]) == "/history/?q=a+b&page=2"


@pytest.mark.parametrize(
    ("told", "back"),
    [
        (f"{HERE}/?figure=3&text=a", "/?figure=3&text=a"),
        (f"{HERE}/figures/3/", "/figures/3/"),
        ("", "/"),
        ("http://evil.example/steal/", "/"),
        (f"{HERE}//evil.example/steal/", "/"),
        (f"{HERE}/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        (f"{HERE}/login/?next=/history/", "/"),
        ("http://[", "/"),
    ],
)
def test_a_sent_form_leads_back_to_its_page_and_to_no_other_host(told: str, back: str) -> None:
    answer = Client().post("/figures/3/keep/", {"relevance": "X"}, headers={"Referer": told})
    assert answer.status_code == 302
    assert led_back_to(answer["Location"]) == back


@pytest.mark.parametrize("method", ["get", "post"])
def test_htmx_is_told_to_leave_the_page_for_the_login(method: str) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": f"{HERE}/?text=a&weight=70"}
    answer = getattr(Client(), method)("/?text=a&weight=70", headers=headers)
    assert (answer.status_code, answer.content) == (401, b"")
    assert led_back_to(answer["HX-Redirect"]) == "/?text=a&weight=70"


@pytest.mark.parametrize("headers", [{"Accept": "application/json"}, {"Content-Type": "application/json"}])
def test_a_script_that_speaks_json_is_told_in_json_and_stays(headers: dict[str, str]) -> None:
    kind = headers.get("Content-Type", "application/x-www-form-urlencoded")
    answer = Client().post("/figures/3/keep/", "{}", content_type=kind, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "login")


def test_the_login_leads_back_and_to_no_other_host(examiner: User) -> None:
    sent = {"username": "examiner", "password": PASSWORD}
    assert Client().post("/login/", {**sent, "next": "/?text=a"})["Location"] == "/?text=a"
    for elsewhere in ("//evil.example/", "http://evil.example/", "\\\\evil.example"):
        assert Client().post("/login/", {**sent, "next": elsewhere})["Location"] == "/"


def strict(user: User) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


def test_a_form_of_an_earlier_login_can_be_sent_again_from_where_it_failed(examiner: User) -> None:
    client = strict(examiner)
    sent = {"text": 'a <b>"pump"', "ipc": "F04C"}
    headers = {"Origin": HERE, "Referer": f"{HERE}/?figure=3"}
    answer = client.post("/", sent, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert 'name="text" value="a &lt;b&gt;&quot;pump&quot;"' in page and 'name="ipc" value="F04C"' in page
    assert 'href="/?figure=3"' in page
    token = page.split('name="csrfmiddlewaretoken" value="')[-1].split('"')[0]
    assert client.post("/", {**sent, "csrfmiddlewaretoken": token}, headers=headers).status_code == 302


@pytest.mark.parametrize("origin", ["", "null", "http://evil.example", "https://testserver", f"{HERE}:8000"])
def test_what_another_site_sent_is_never_offered_to_be_sent_again(examiner: User, origin: str) -> None:
    answer = strict(examiner).post("/history/forget/", {"sure": "yes"}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert b"data-typed-again" not in answer.content


def test_a_password_is_never_put_into_a_page(examiner: User) -> None:
    for client in (strict(examiner), Client(enforce_csrf_checks=True)):
        answer = client.post("/login/", {"username": "examiner", "password": "secret-word"}, headers={"Origin": HERE})
        assert answer.status_code == 403
        assert b"secret-word" not in answer.content and b"data-typed-again" not in answer.content


def test_a_script_of_an_earlier_login_has_its_page_loaded_anew_which_says_why(examiner: User) -> None:
    client = strict(examiner)
    answer = client.post("/", {"text": "a"}, headers={"Origin": HERE, "HX-Request": "true"})
    assert (answer.status_code, answer["HX-Refresh"]) == (403, "true")
    assert "You have logged in since" in client.get("/").content.decode()


def test_the_api_says_it_in_json(examiner: User) -> None:
    answer = strict(examiner).post("/api/search/", {"text": "a"})
    assert answer.status_code in (401, 403)
    assert answer["Content-Type"] == "application/json"
