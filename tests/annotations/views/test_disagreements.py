"""The queue of differences: shown by letters, settled by a form, sent twice, ruled on by two, taken back."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from annotations.models import Candidate, Ruling, Session
from tests.annotation_rows import judgment_make, pool_make, run_make, session_make, topic_set_make
from tests.annotation_strangers import strangers_make
from tests.factories import user_make
from tests.html import html_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def session_of_module(module_rows: None) -> Session:
    """Four candidates: 0 against 3, 1 against 2, alike, and one that bert cannot judge."""
    figures = strangers_make(3)
    maker = user_make("maker", staff=True)
    topic_set = topic_set_make(maker, figures[:1])
    pool = pool_make(topic_set, [run_make(topic_set, figures[2:], name="zebra")])
    row = session_make(pool, [user_make("anna"), user_make("bert")], facets=True)
    for assignment, grades in zip(row.assignments.all(), ((0, 1, 2, 3), (3, 2, 2, None)), strict=True):
        for showing, grade in zip(assignment.showings.all(), grades, strict=True):
            facets = {} if grade is None else {"looks": 2, "works": grade}
            judgment_make(showing, grade, reason=f"because {grade}", region=[100, 200, 5000, 4000], **facets)
    return row


@pytest.fixture
def session(session_of_module: Session, db: None) -> Session:
    return deepcopy(session_of_module)


@pytest.fixture
def candidates(session: Session) -> list[Candidate]:
    return list(session.pool.candidates.all())


@pytest.fixture
def address(session: Session) -> str:
    return f"/sessions/{session.pk}/disagreements/"


@pytest.fixture
def client(session: Session) -> Client:
    return logged_in(session.created_by)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(html_of(answer))


def rule(client: Client, session: Session, candidate: Candidate, **sent: Any) -> Any:
    fields = {"client_id": str(uuid.uuid4()), "base": ""} | sent
    return client.post(f"/sessions/{session.pk}/rulings/{candidate.pk}/", fields)


def undo(client: Client, session: Session, **sent: Any) -> Any:
    return client.post(f"/sessions/{session.pk}/rulings/undo/", {"client_id": str(uuid.uuid4())} | sent)


def held(session: Session, candidate: Candidate) -> int | None:
    newest = Ruling.objects.filter(session=session, candidate=candidate).order_by("-sequence").first()
    return newest.grade if newest else None


def test_the_widest_is_shown_first_with_what_everybody_said_by_letters(
    client: Client, session: Session, address: str
) -> None:
    told = page(client, address)
    assert "1 of 3" in told and "0 of 3 ruled on" in told
    assert "because 0" in told and "because 3" in told and "looks 2" in told
    assert told.count("said-region") == 2
    assert "anna" not in told and "bert" not in told and "zebra" not in told


def test_names_are_shown_to_whoever_asks_for_them(client: Client, address: str) -> None:
    told = page(client, f"{address}?names=1")
    assert "anna" in told and "bert" in told
    assert 'name="names" value="1"' in told  # and stay with the next pair


def test_a_ruling_leads_to_the_next_and_at_the_end_to_all_of_them(
    client: Client, session: Session, candidates: list[Candidate], address: str
) -> None:
    steps = []
    for at, grade in ((0, "2"), (1, "1"), (3, "")):
        fields = {"grade": grade} if grade else {"cannot_judge": "true"}
        steps.append(rule(client, session, candidates[at], reason="Seen.", **fields).headers["Location"])
    assert steps == [f"{address}?candidate={candidates[1].pk}", f"{address}?candidate={candidates[3].pk}", address]
    rulings = [(one.candidate, one.grade, one.cannot_judge, one.reason) for one in Ruling.objects.all()]
    assert rulings == [
        (candidates[0], 2, False, "Seen."),
        (candidates[1], 1, False, "Seen."),
        (candidates[3], None, True, "Seen."),
    ]
    assert 'data-ruled="3"' in page(client, address)
    assert "3 of 3 ruled on" in page(client, f"{address}?show=ruled")


def test_the_queue_is_kept_from_one_ruling_to_the_next(
    client: Client, session: Session, candidates: list[Candidate], address: str
) -> None:
    answer = rule(client, session, candidates[0], grade="0", show="split", names="1")
    assert answer.headers["Location"] == f"{address}?show=split&names=1"


def test_a_form_sent_twice_is_one_ruling_and_one_sent_from_an_old_page_is_refused(
    client: Client, session: Session, candidates: list[Candidate]
) -> None:
    client_id = str(uuid.uuid4())
    for _ in range(2):
        rule(client, session, candidates[0], grade="2", client_id=client_id)
    assert Ruling.objects.count() == 1
    other = rule(client, session, candidates[0], grade="3", client_id=client_id)
    reused = client.get(other.headers["Location"]).context["messages"]
    stale = rule(client, session, candidates[0], grade="3")
    superseded = client.get(stale.headers["Location"]).context["messages"]
    (first,), (second,) = reused, superseded
    assert (first.level_tag, second.level_tag) == ("error", "error")
    assert first.message != second.message  # the page tells the two reasons apart
    assert (Ruling.objects.count(), held(session, candidates[0])) == (1, 2)


def test_the_page_of_a_ruled_one_lets_it_be_changed(
    client: Client, session: Session, candidates: list[Candidate], address: str
) -> None:
    rule(client, session, candidates[0], grade="2", looks="3", works="0", reason="Seen.")
    told = page(client, f"{address}?candidate={candidates[0].pk}")
    base = re.search(r'name="base" value="([0-9a-f-]+)"', told)
    assert base is not None
    assert "1 event" in told and ">Seen.</textarea>" in told
    assert re.search(r'value="2" aria-pressed="true"', told)
    assert re.search(r'name="looks" value="3" checked', told) and re.search(r'name="works" value="0" checked', told)
    rule(client, session, candidates[0], grade="1", base=base[1])
    assert held(session, candidates[0]) == 1
    assert "2 events" in page(client, f"{address}?candidate={candidates[0].pk}")


def test_a_facet_starts_with_what_all_assessors_say(client: Client, address: str) -> None:
    told = page(client, address)
    assert re.search(r'name="looks" value="2" checked', told)
    assert not re.search(r'name="works" value="\d" checked', told)


def test_undo_shows_what_was_taken_back(
    client: Client, session: Session, candidates: list[Candidate], address: str
) -> None:
    rule(client, session, candidates[0], grade="2")
    answer = undo(client, session, show="split")
    assert answer.headers["Location"] == f"{address}?show=split&candidate={candidates[0].pk}"
    assert held(session, candidates[0]) is None
    for wrong in ({}, {"client_id": "x"}):
        again = client.get(undo(client, session, **wrong).headers["Location"])
        assert [message.level_tag for message in again.context["messages"]][-1] == "error"
    assert Ruling.objects.count() == 2


def test_what_another_adjudicator_ruled_since_is_not_taken_back(
    client: Client, session: Session, candidates: list[Candidate]
) -> None:
    rule(client, session, candidates[0], grade="2")
    base = str(Ruling.objects.get().client_id)
    other = logged_in(user_make("other", staff=True))
    rule(other, session, candidates[0], grade="3", base=base)
    answer = undo(client, session)
    (message,) = client.get(answer.headers["Location"]).context["messages"]
    assert message.level_tag == "error" and " other " in message.message
    assert held(session, candidates[0]) == 3


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"grade": "4"},
        {"grade": "x"},
        {"grade": "2", "cannot_judge": "true"},
        {"grade": "2", "client_id": "x"},
        {"grade": "2", "client_id": ""},
        {"grade": "2", "base": "\0"},
        {"grade": "2", "looks": "9"},
        {"grade": "2", "reason": "a\0b"},
        {"grade": "2", "reason": "x" * 2001},
    ],
)
def test_what_cannot_be_ruled_is_an_error_and_not_recorded(
    client: Client, session: Session, candidates: list[Candidate], sent: dict[str, str]
) -> None:
    answer = rule(client, session, candidates[0], **sent)
    assert answer.status_code == 302
    assert [message.level_tag for message in client.get(answer.headers["Location"]).context["messages"]] == ["error"]
    assert not Ruling.objects.exists()


@pytest.mark.parametrize("asked", ["show=everything", "candidate=x", "candidate=-1", "candidate=999999", "show=%00"])
def test_a_queue_or_candidate_there_is_not_is_not_found(client: Client, address: str, asked: str) -> None:
    assert client.get(f"{address}?{asked}").status_code == 404


def test_a_candidate_of_another_pool_is_not_ruled_on(client: Client, session: Session) -> None:
    other = pool_make(session.pool.topic_set, list(session.pool.runs.all()), depth=1, name="other")
    assert rule(client, session, other.candidates.all()[0], grade="1").status_code == 404
    assert client.post(f"/sessions/{session.pk}/rulings/{'9' * 30}/", {"grade": "1"}).status_code == 404


def test_the_list_shows_all_of_the_queue(client: Client, address: str, candidates: list[Candidate]) -> None:
    told = page(client, f"{address}?list=1")
    order = [told.index(f"candidate={candidates[at].pk}") for at in (0, 1, 3)]
    assert order == sorted(order)
    assert f"candidate={candidates[2].pk}" not in told


def test_an_administrator_who_still_judges_sees_nothing_of_the_others(client: Client, session: Session) -> None:
    judging = user_make("judging", staff=True)
    own = session_make(session.pool, [judging], name="own")
    shown = page(logged_in(judging), f"/sessions/{own.pk}/disagreements/")
    assert f"/sessions/{own.pk}/judge/" in shown and "because" not in shown
    answer = rule(logged_in(judging), own, session.pool.candidates.all()[0], grade="1")
    assert answer.status_code == 403
    assert not Ruling.objects.exists()


def test_a_page_costs_the_same_however_long_the_queue_is(
    client: Client, session: Session, address: str, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for asked in (address, f"{address}?list=1"):
        client.get(asked)
        with django_assert_max_num_queries(40) as before:
            client.get(asked)
        most = len(before.captured_queries)
        more = session_make(session.pool, [user_make(f"more{len(asked)}"), user_make(f"yet{len(asked)}")], name=asked)
        for assignment, grade in zip(more.assignments.all(), (0, 3), strict=True):
            for showing in assignment.showings.all():
                judgment_make(showing, grade)
        longer = asked.replace(f"/{session.pk}/", f"/{more.pk}/")
        with django_assert_max_num_queries(most):
            client.get(longer)
