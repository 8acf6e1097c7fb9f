"""Pages of sessions: made in one form with a preview, followed, closed; what assessors must not learn is not there."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from annotations.models import Pool, Run, Session, TopicSet
from annotations.services.sessions import session_delete
from annotations.views import sessions
from annotations.views.session_forms import SessionForm
from search.models import Figure
from tests.annotation_rows import judgment_make, pool_make, run_make, session_make, topic_set_make
from tests.annotation_strangers import strangers_make
from tests.factories import user_make
from tests.form_errors import error_codes
from tests.html import html_of

pytestmark = pytest.mark.django_db
NEW = "/sessions/new/"


@pytest.fixture
def maker() -> User:
    return user_make("maker", staff=True)


@pytest.fixture
def assessors() -> list[User]:
    return [user_make("anna"), user_make("bert")]


@pytest.fixture(scope="module")
def figures(module_rows: None) -> list[Figure]:
    return strangers_make(6)


@pytest.fixture
def runs(maker: User, figures: list[Figure]) -> list[Run]:
    """Two runs over two topics, named so that a page that gives them away can be told."""
    figures = deepcopy(figures)
    topic_set = topic_set_make(maker, figures[:2])
    return [
        run_make(topic_set, figures[2:], name="zebra-drawings"),
        run_make(topic_set, figures[:1:-1], name="zebra-texts", system="text"),
    ]


@pytest.fixture
def topic_set(runs: list[Run]) -> TopicSet:
    topic_set: TopicSet = runs[0].topic_set
    return topic_set


@pytest.fixture
def session(runs: list[Run], topic_set: TopicSet, assessors: list[User]) -> Session:
    return session_make(pool_make(topic_set, runs), assessors, repeats=2)


@pytest.fixture
def as_maker(maker: User) -> Client:
    return logged_in(maker)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, address
    return str(html_of(answer))


def messages_of(answer: Any) -> list[tuple[str, str]]:
    """Level and first word of each message of a page."""
    return [(message.level_tag, message.message.split()[0]) for message in answer.context["messages"]]


def filled(topic_set: TopicSet, assessors: list[User], **changed: Any) -> dict[str, Any]:
    return {
        "topic_set": topic_set.pk,
        "pool": "new",
        "runs": [run.pk for run in topic_set.runs.all()],
        "depth": 3,
        "assessors": [user.pk for user in assessors],
        "overlap_percent": 50,
        "repeat_percent": 10,
        "seed": 12,
        "name": "Pumps, first",
        "instructions": "Judge the whole.",
    } | changed


def test_a_session_is_made_with_its_pool(as_maker: Client, topic_set: TopicSet, assessors: list[User]) -> None:
    answer = as_maker.post(NEW, filled(topic_set, assessors, asks_facets="on"))
    session = Session.objects.get()
    assert answer.headers["Location"] == f"/sessions/{session.pk}/"
    assert (session.pool.depth, session.pool.runs.count(), session.pool.name) == (3, 2, "Pumps, first")
    options = (session.seed, session.overlap_percent, session.repeat_percent, session.asks_facets)
    assert options == (12, 50, 10, True)
    assert {one.assessor for one in session.assignments.all()} == set(assessors)  # dealt in the seed's order


def test_a_form_sent_twice_makes_one_session(as_maker: Client, topic_set: TopicSet, assessors: list[User]) -> None:
    answers = [as_maker.post(NEW, filled(topic_set, assessors)).headers["Location"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert (Session.objects.count(), Pool.objects.count()) == (1, 1)


def test_a_second_session_is_made_over_the_same_pool(
    as_maker: Client, topic_set: TopicSet, assessors: list[User]
) -> None:
    as_maker.post(NEW, filled(topic_set, assessors))
    again = filled(topic_set, assessors, name="Second", pool=Pool.objects.get().pk)
    assert as_maker.post(NEW, again).status_code == 302
    assert Pool.objects.get().sessions.count() == 2


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": ""}, "required"),
        ({"name": "x" * 121}, "max_length"),
        ({"assessors": []}, "required"),
        ({"assessors": [999999]}, "invalid_choice"),
        ({"runs": []}, "required"),
        ({"runs": ["x"]}, "invalid_pk_value"),
        ({"runs": ["\0"]}, "null_characters_not_allowed"),
        ({"depth": 0}, "min_value"),
        ({"depth": "9" * 30}, "max_value"),
        ({"overlap_percent": 101}, "max_value"),
        ({"repeat_percent": "x"}, "invalid"),
        ({"seed": "9" * 30}, "max_value"),
        ({"pool": "999999"}, "invalid_choice"),
        ({"name": "a\0b"}, "null_characters_not_allowed"),
    ],
)
def test_what_cannot_be_made_has_an_error_at_its_field_and_what_was_typed_stays(
    as_maker: Client, topic_set: TopicSet, assessors: list[User], changed: dict[str, Any], code: str
) -> None:
    answer = as_maker.post(NEW, filled(topic_set, assessors) | changed)
    assert answer.status_code == 400
    assert error_codes(answer.context["form"]) == {next(iter(changed)): [code]}
    assert "Judge the whole." in answer.content.decode()
    assert not Session.objects.exists() and not Pool.objects.exists()


def test_a_name_that_is_taken_and_a_pool_with_nothing_in_it_are_refused(
    as_maker: Client, topic_set: TopicSet, assessors: list[User]
) -> None:
    as_maker.post(NEW, filled(topic_set, assessors))
    taken = as_maker.post(NEW, filled(topic_set, assessors, depth=4))
    assert (taken.status_code, error_codes(taken.context["form"])) == (400, {"name": ["name-taken"]})
    nothing = as_maker.post(NEW, filled(topic_set, assessors, name="Rest", only_unjudged="on"))
    assert (nothing.status_code, error_codes(nothing.context["form"])) == (400, {"depth": ["nothing-to-judge"]})
    assert Session.objects.count() == 1


@pytest.mark.parametrize("key", ["x", "-1", "\0", "999999", "9" * 40, "1 or 1=1"])
def test_a_topic_set_there_is_not_is_not_found(as_maker: Client, topic_set: TopicSet, key: str) -> None:
    assert as_maker.get(NEW, {"topic_set": key}).status_code == 404
    assert as_maker.post(NEW, {"topic_set": key}).status_code == 404


@pytest.mark.parametrize("gone", ["pool", "runs"])
def test_what_was_deleted_while_the_form_was_sent_is_an_error_and_no_longer_offered(
    gone: str, as_maker: Client, topic_set: TopicSet, assessors: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    as_maker.post(NEW, filled(topic_set, assessors))
    pool = Pool.objects.get()
    is_valid = SessionForm.is_valid

    def valid_before_the_deletion(form: SessionForm) -> bool:
        was_valid = is_valid(form)
        if gone == "pool":
            session_delete(session=pool.sessions.get())
        else:
            Run.objects.filter(name="zebra-texts").delete()
        return was_valid

    monkeypatch.setattr(SessionForm, "is_valid", valid_before_the_deletion)
    sent = filled(topic_set, assessors, name="Second") | ({"pool": pool.pk} if gone == "pool" else {})
    answer = as_maker.post(NEW, sent)
    shown = html_of(answer)
    assert answer.status_code == 400
    assert error_codes(answer.context["form"]) == {gone: ["not-found"]}
    assert (f'name="pool" value="{pool.pk}"' in shown) is (gone != "pool")
    assert ("zebra-texts" in shown) is (gone != "runs")
    assert not Session.objects.filter(name="Second").exists()


def test_a_session_deleted_since_it_was_found_is_not_found(
    session: Session, as_maker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "session_or_404", lambda request, session_id: session)
    Session.objects.all().delete()
    for act, sent in (("close", {}), ("reopen", {}), ("assessors", {"assessor": user_make("late").pk})):
        assert as_maker.post(f"/sessions/{session.pk}/{act}/", sent).status_code == 404


def test_the_preview_is_a_fragment_of_the_same_address(
    as_maker: Client, topic_set: TopicSet, assessors: list[User]
) -> None:
    asked = filled(topic_set, assessors, overlap_percent=100, repeat_percent=0)
    told = html_of(as_maker.get(NEW, asked, headers={"HX-Request": "true"}))
    assert "<html" not in told
    assert '<b class="number">12</b> candidates over 2 topics' in told
    assert 'Each of 2 assessors sees <b class="number">12</b> pairs' in told
    assert "3 min" in told and 'data-pace="assumed"' in told
    whole = str(html_of(as_maker.get(NEW, asked)))
    assert told.strip() in whole
    assert not Pool.objects.exists()


def test_the_preview_says_what_is_wrong(as_maker: Client, topic_set: TopicSet, assessors: list[User]) -> None:
    wrong: list[dict[str, Any]] = [{"depth": "many"}, {"runs": []}, {"seed": "\0"}]
    for changed in wrong:
        answer = as_maker.get(NEW, filled(topic_set, assessors) | changed)
        assert answer.status_code == 200
        assert 'class="fault"' in html_of(answer)


def test_an_assessor_sees_their_part_and_nothing_of_runs_repeats_or_others(
    session: Session, assessors: list[User], topic_set: TopicSet
) -> None:
    for showing in session.assignments.get(assessor=assessors[1]).showings.all()[:3]:
        judgment_make(showing, 3, reason="bert's secret")
    client = logged_in(assessors[0])
    whole = page(client, f"/sessions/{session.pk}/") + page(client, "/sessions/")
    whole += page(client, f"/sessions/{session.pk}/?fragment")
    showings = session.assignments.get(assessor=assessors[0]).showings.count()
    assert f"0 of {showings}" in whole
    for secret in ("zebra", "bert", "repeat", "twice", "depth", "overlap", "seed", "rank", "score", "run"):
        assert secret not in whole.lower().replace("current", "").replace("return", ""), secret


def test_an_assessor_is_led_to_judging_and_to_review(session: Session, assessors: list[User]) -> None:
    client = logged_in(assessors[0])
    address = reverse("annotations:judge", args=[session.pk])
    assert address in page(client, f"/sessions/{session.pk}/")
    showings = list(session.assignments.get(assessor=assessors[0]).showings.all())
    judgment_make(showings[0], 1, seconds=8.0)
    some = page(client, f"/sessions/{session.pk}/")
    assert address in some and reverse("annotations:review", args=[session.pk]) in some and "8 s per pair" in some
    for showing in showings[1:]:
        judgment_make(showing, 1)
    done = page(client, f"/sessions/{session.pk}/")
    assert address not in done


def test_an_administrator_sees_how_far_everybody_is(session: Session, assessors: list[User], as_maker: Client) -> None:
    judgment_make(session.assignments.get(assessor=assessors[0]).showings.get(position=1), None, seconds=5.0)
    told = page(as_maker, f"/sessions/{session.pk}/?fragment")
    assert "<html" not in told
    assert "anna" in told and "bert" in told
    assert "5.0" in told
    withdraw = [
        reverse("annotations:withdraw-assessor", args=[session.pk, one.pk]) for one in session.assignments.all()
    ]
    assert [address in told for address in withdraw] == [True, True]


def test_assessors_are_added_and_withdrawn(session: Session, assessors: list[User], as_maker: Client) -> None:
    cleo = user_make("cleo")
    address = f"/sessions/{session.pk}/assessors/"
    assert messages_of(as_maker.post(address, {"assessor": cleo.pk}, follow=True)) == [("info", "cleo")]
    added = session.assignments.get(assessor=cleo)
    assert as_maker.post(f"{address}{added.pk}/withdraw/").status_code == 302
    assert not session.assignments.filter(assessor=cleo).exists()
    assert as_maker.post(f"{address}{added.pk}/withdraw/").status_code == 404
    for wrong in ({}, {"assessor": "x"}, {"assessor": "\0"}, {"assessor": "9" * 40}):
        assert [level for level, _ in messages_of(as_maker.post(address, wrong, follow=True))] == ["error"]
        assert session.assignments.count() == 2
    judged = session.assignments.get(assessor=assessors[0])
    judgment_make(judged.showings.get(position=1), 1)
    withdrawn = as_maker.post(f"{address}{judged.pk}/withdraw/", follow=True)
    assert messages_of(withdrawn) == [("info", "anna")]
    shown = withdrawn.content.decode()
    assert f"{address}{judged.pk}/withdraw/" not in shown and '<span class="state">withdrawn</span>' in shown
    assert f'<option value="{assessors[0].pk}">anna</option>' in shown
    assert "data-withdrawn" in page(logged_in(assessors[0]), f"/sessions/{session.pk}/")
    added_again = as_maker.post(address, {"assessor": assessors[0].pk}, follow=True)
    (message,) = added_again.context["messages"]
    assert "anna" in message.message and f" {judged.showings.count() - 1} pairs" in message.message


def test_a_session_is_closed_and_opened_again(session: Session, assessors: list[User], as_maker: Client) -> None:
    as_maker.post(f"/sessions/{session.pk}/close/")
    client = logged_in(assessors[0])
    closed = page(client, f"/sessions/{session.pk}/")
    assert "This session is closed" in closed and "Start judging" not in closed
    assert "data-refresh-ended" in closed
    as_maker.post(f"/sessions/{session.pk}/reopen/")
    assert "Start judging" in page(client, f"/sessions/{session.pk}/")


def test_only_an_untouched_session_is_deleted(session: Session, as_maker: Client) -> None:
    showing = session.assignments.all()[0].showings.get(position=1)
    address = f"/sessions/{session.pk}/delete/"
    assert address in page(as_maker, f"/sessions/{session.pk}/")
    judgment_make(showing, 1)
    assert address not in page(as_maker, f"/sessions/{session.pk}/")
    assert [level for level, _ in messages_of(as_maker.post(address, follow=True))] == ["error"]
    assert Session.objects.filter(pk=session.pk).exists()
    other = session_make(session.pool, [], name="other")
    assert as_maker.post(f"/sessions/{other.pk}/delete/").headers["Location"] == "/sessions/"
    assert list(Session.objects.all()) == [session]


def test_agreement_follows_the_judgments_and_names_no_run(
    session: Session, assessors: list[User], as_maker: Client
) -> None:
    address = f"/sessions/{session.pk}/agreement/"
    assert "data-empty" in page(as_maker, address)
    for assignment, grades in zip(session.assignments.all(), ((0, 3), (0, 1)), strict=True):
        for showing, grade in zip(assignment.showings.all(), grades, strict=False):
            judgment_make(showing, grade)
    told = page(as_maker, f"{address}?fragment")
    assert "<html" not in told
    assert "50 %" in told and "2 candidates" in told
    assert "zebra" not in page(as_maker, address)


@pytest.mark.parametrize("key", ["999999", "9" * 30])
def test_a_session_there_is_not_is_not_found(as_maker: Client, session: Session, key: str) -> None:
    for address in ("", "agreement/", "disagreements/"):
        assert as_maker.get(f"/sessions/{key}/{address}").status_code == 404
    for address in ("assessors/", "close/", "reopen/", "delete/", "rulings/1/", "rulings/undo/"):
        assert as_maker.post(f"/sessions/{key}/{address}").status_code == 404


@pytest.mark.parametrize("address", ["/sessions/", "/sessions/{}/", "/sessions/{}/agreement/", f"{NEW}?topic_set={{}}"])
def test_a_page_costs_the_same_however_many_there_are(
    session: Session,
    topic_set: TopicSet,
    as_maker: Client,
    django_assert_max_num_queries: Callable[..., Any],
    address: str,
) -> None:
    address = address.format(topic_set.pk if "topic_set" in address else session.pk)
    as_maker.get(address)
    with django_assert_max_num_queries(40) as few:
        as_maker.get(address)
    most = len(few.captured_queries)
    for number in range(3):
        user = user_make(f"more-{number}")
        session_make(session.pool, [user], name=f"more {number}")
        as_maker.post(f"/sessions/{session.pk}/assessors/", {"assessor": user.pk})
        pool_make(topic_set, list(topic_set.runs.all()), name=f"pool {number}")
    as_maker.get(address)
    with django_assert_max_num_queries(most):
        as_maker.get(address)
