"""The addresses that take judgments: what scripts and forms are told, and who is told nothing."""

from __future__ import annotations

import json
import uuid
from copy import deepcopy
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotations.models import Judgment, Session, Showing
from search.models import Figure
from tests.annotation_rows import judgment_make, pool_make, run_make, session_make, topic_set_make
from tests.factories import publication_make, user_make

pytestmark = pytest.mark.django_db

TELLING = ("run", "rank", "score", "repeat", "visual", "system", "candidate", "figure")


@pytest.fixture(scope="module")
def session_of_module(module_rows: None) -> Session:
    publication_make(sheets=4)
    figures = list(Figure.objects.order_by("pk"))
    topic_set = topic_set_make(user_make("maker", staff=True), figures[:1])
    pool = pool_make(topic_set, [run_make(topic_set, figures)])
    return session_make(pool, [user_make("assessor"), user_make("colleague")], repeats=1)


@pytest.fixture
def session(session_of_module: Session, db: None) -> Session:
    return deepcopy(session_of_module)


@pytest.fixture
def assessor(session: Session) -> User:
    return User.objects.get(username="assessor")


@pytest.fixture
def client(assessor: User) -> Client:
    return logged_in(assessor)


SAME_ID = (
    "6f8f57a1-7b7f-4a4e-9c3b-0f2f6f5a1d11"  # of what tests are told apart by: every test process must name them alike
)
WRONG: tuple[dict[str, Any], ...] = (
    {"client_id": None},
    {"client_id": []},
    {"client_id": 2**200},
    {"base": "garbage"},
    {"base": {}},
    {"grade": 4},
    {"grade": -1},
    {"grade": 1.5},
    {"grade": True},
    {"grade": "many"},
    {"grade": None},
    {"cannot_judge": True},
    {"cannot_judge": "perhaps"},
    {"cannot_judge": []},
    {"looks": 2},
    {"reason": "x" * 2001},
    {"reason": "a\0b"},
    {"reason": {"a": 1}},
    {"region": [1, 2, 3]},
    {"region": [1, 2, 3, 10_000]},
    {"region": "whole"},
    {"region": [[1], 2, 3, 4]},
    {"region": {"left": 1}},
    {"seconds": -1},
    {"seconds": "long"},
    {"seconds": []},
    {"assessor": "me"},
    {"assessor": 2**90},
)


def logged_in(user: User, **more: Any) -> Client:
    client = Client(**more)
    client.force_login(user)
    return client


def address(name: str, session: Session, *position: int) -> str:
    return reverse(f"annotations:{name}", args=[session.pk, *position])


def api(name: str, session: Session, *position: int) -> str:
    return reverse(f"annotations-api:judging-{name}", args=[session.pk, *position])


def body(**fields: Any) -> dict[str, Any]:
    return {"client_id": str(uuid.uuid4()), "base": None, "grade": 2} | fields


def send(client: Client, to: str, sent: Any, **more: Any) -> Any:
    return client.post(to, json.dumps(sent), content_type="application/json", **more)


def test_a_judgment_is_acknowledged_once_and_then_again_in_the_same_words(client: Client, session: Session) -> None:
    to, sent = api("judge", session, 2), body(reason="Rotor.", region=[0, 0, 100, 100], seconds=2.5)
    first = send(client, to, sent)
    assert first.status_code == 201
    stored = Judgment.objects.get()
    assert first.json() == {
        "client_id": sent["client_id"],
        "position": 2,
        "recorded_at": stored.recorded_at.isoformat(),
        "current": {
            "client_id": sent["client_id"],
            "grade": 2,
            "cannot_judge": False,
            "looks": None,
            "works": None,
            "reason": "Rotor.",
            "region": [0, 0, 100, 100],
        },
    }
    send(client, to, body(base=sent["client_id"], grade=0))
    again = send(client, to, sent)
    assert (again.status_code, again.content) == (200, first.content)
    assert Judgment.objects.count() == 2


def test_a_stale_judgment_is_answered_with_both_values(client: Client, session: Session) -> None:
    to = api("judge", session, 1)
    first = send(client, to, body(grade=3)).json()
    late = send(client, to, body(grade=0, reason="No."))
    assert late.status_code == 409
    assert late.json()["current"] == first["current"]
    assert (late.json()["yours"]["grade"], late.json()["yours"]["reason"]) == (0, "No.")
    assert Judgment.objects.count() == 1


def test_undo_tells_what_holds_again(client: Client, session: Session) -> None:
    first = send(client, api("judge", session, 3), body(grade=1)).json()
    send(client, api("judge", session, 3), body(grade=2, base=first["client_id"]))
    sent = {"client_id": str(uuid.uuid4())}
    undone = send(client, api("undo", session), sent)
    again = send(client, api("undo", session), sent)
    assert (undone.status_code, again.status_code, again.content) == (201, 200, undone.content)
    assert (undone.json()["position"], undone.json()["client_id"]) == (3, sent["client_id"])
    assert (undone.json()["current"]["grade"], undone.json()["current"]["client_id"]) == (1, sent["client_id"])
    nothing = send(client, api("undo", session), {"client_id": str(uuid.uuid4())})
    assert nothing.json()["current"] is None
    none_left = send(client, api("undo", session), {"client_id": str(uuid.uuid4())})
    assert (none_left.status_code, none_left.json()["code"]) == (400, "nothing-to-undo")


@pytest.mark.parametrize(
    "sent",
    [
        b" ",
        b"{",
        b"[]",
        b"null",
        b"7",
        b'"grade"',
        b"\xff\xfe",
        b'{"client_id": "x", "grade": 1}',
        b"[" * 100_000,
        b'{"client_id": "%s", "grade": 1e999}' % SAME_ID.encode(),
        b'{"client_id": "%s", "grade": NaN}' % SAME_ID.encode(),
        b'{"client_id": "%s", "grade": %s}' % (SAME_ID.encode(), b"9" * 5000),
        *(json.dumps(body(**{"client_id": SAME_ID} | wrong)).encode() for wrong in WRONG),
    ],
    ids=lambda sent: repr(sent[-60:]),
)
def test_garbage_is_refused_in_words(client: Client, session: Session, sent: bytes) -> None:
    for to in (api("judge", session, 1), api("undo", session)):
        answer = client.post(to, sent, content_type="application/json")
        assert answer.status_code == 400, answer.content
        error = answer.json()
        assert error["code"]
        assert error["detail"]
    assert not Judgment.objects.exists()


@pytest.mark.parametrize("position", [0, 99, 2**31, 2**64, 10**30])
def test_a_pair_that_is_not_there_is_not_found(client: Client, session: Session, position: int) -> None:
    assert send(client, api("judge", session, position), body()).status_code == 404
    assert client.post(api("place", session, position)).status_code == 204
    assert not Judgment.objects.exists()


@pytest.mark.parametrize("session_id", [0, 10**18, 2**64, 10**40])
def test_a_session_that_is_not_there_is_not_found(client: Client, session: Session, session_id: int) -> None:
    for to in (
        f"/api/sessions/{session_id}/showings/1/judgments/",
        f"/api/sessions/{session_id}/undo/",
        f"/api/sessions/{session_id}/showings/1/place/",
    ):
        answer = send(client, to, body())
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert client.get(f"/api/sessions/{session_id}/judgments/").status_code == 404
    for to in (f"/sessions/{session_id}/showings/1/judgments/", f"/sessions/{session_id}/undo/"):
        assert client.post(to, {"grade": "2"}).status_code == 404


def test_a_session_is_nothing_to_who_does_not_judge_in_it(session: Session) -> None:
    for other in (user_make("stranger"), session.created_by):
        theirs = logged_in(other)
        assert send(theirs, api("judge", session, 1), body()).status_code == 404
        assert send(theirs, api("undo", session), body()).status_code == 404
        assert theirs.get(api("state", session)).status_code == 404
    assert not Judgment.objects.exists()


def test_a_closed_session_says_so(client: Client, session: Session) -> None:
    Session.objects.update(closed_at=timezone.now())
    answer = send(client, api("judge", session, 1), body())
    assert (answer.status_code, answer.json()["code"]) == (403, "session-closed")
    assert client.get(api("state", session)).json()["closed"] is True


def test_who_is_no_longer_logged_in_is_told_in_json_and_not_sent_away(session: Session) -> None:
    for answer in (
        send(Client(), api("judge", session, 1), body()),
        send(Client(), api("undo", session), body()),
        Client().get(api("state", session), headers={"Accept": "application/json"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "not-authenticated")


def test_an_old_token_is_told_in_json_and_the_state_gives_a_fresh_one(assessor: User, session: Session) -> None:
    strict = logged_in(assessor, enforce_csrf_checks=True)
    to, sent = api("judge", session, 1), body()
    old = send(strict, to, sent, headers={"X-CSRFToken": "x" * 64})
    assert (old.status_code, old.json()["code"]) == (403, "form-expired")
    token = strict.get(api("state", session)).json()["csrf_token"]
    assert send(strict, to, sent, headers={"X-CSRFToken": token}).status_code == 201


def test_what_one_account_judged_is_not_taken_from_another(client: Client, session: Session, assessor: User) -> None:
    colleague = User.objects.get(username="colleague")
    to = api("judge", session, 1)
    sent = body(assessor=assessor.pk)
    for address_to in (to, api("undo", session)):
        refused = send(logged_in(colleague), address_to, sent)
        assert (refused.status_code, refused.json()["code"]) == (400, "other-account")
    assert not Judgment.objects.exists()
    assert send(client, to, sent).status_code == 201


def test_the_state_tells_what_holds_and_nothing_that_is_blind(client: Client, session: Session) -> None:
    colleague = Showing.objects.get(assignment__assessor__username="colleague", position=1)
    judgment_make(colleague, 0, reason="Colleague's word")
    mine = send(client, api("judge", session, 2), body(cannot_judge=True, grade=None)).json()
    client.post(api("place", session, 3))
    answer = client.get(api("state", session))
    state = answer.json()
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert (state["count"], state["judged"], state["cannot_judge"], state["place"]) == (4, 0, 1, 3)
    assert (state["first_open"], state["closed"]) == (1, False)
    assert [one["position"] for one in state["showings"]] == [1, 2, 3, 4]
    assert [one["current"] for one in state["showings"]] == [None, mine["current"], None, None]
    del state["csrf_token"]
    told = json.dumps(state).lower() + json.dumps(mine).lower()
    assert not [word for word in (*TELLING, "colleague") if word in told]


def test_a_form_records_and_leads_to_the_next_open_pair_and_at_the_end_to_the_review(
    client: Client, session: Session
) -> None:
    judge = address("judge", session)
    for position, following in ((2, 3), (3, 4), (4, 1)):
        answer = client.post(address("judge-showing", session, position), {"grade": "1", "base": "", "reason": ""})
        assert (answer.status_code, answer["Location"]) == (302, f"{judge}?at={following}")
    last = client.post(address("judge-showing", session, 1), {"cannot_judge": "true"})
    assert last["Location"] == address("review", session)
    assert Judgment.objects.filter(cannot_judge=True).count() == 1
    undone = client.post(address("undo-judgment", session))
    assert undone["Location"] == f"{judge}?at=1"
    assert Showing.objects.filter(assignment__assessor__username="assessor", current=None).count() == 1


def test_a_form_with_a_region_is_taken_and_a_wrong_one_leads_back(client: Client, session: Session) -> None:
    to = address("judge-showing", session, 1)
    wrong = client.post(to, {"grade": "9"})
    assert wrong["Location"] == f"{address('judge', session)}?at=1"
    stale = client.post(to, {"grade": "2", "base": str(uuid.uuid4())})
    assert stale["Location"] == f"{address('judge', session)}?at=1"
    assert not Judgment.objects.exists()
    client.post(to, {"grade": "2", "region": ["10", "20", "30", "40"], "seconds": "3.5"})
    assert Judgment.objects.get().region == [10, 20, 30, 40]


def test_a_form_sent_twice_by_a_double_click_is_one_judgment(client: Client, session: Session) -> None:
    sent = {"grade": "2", "client_id": str(uuid.uuid4())}
    for _ in range(2):
        client.post(address("judge-showing", session, 1), sent)
    assert Judgment.objects.count() == 1
