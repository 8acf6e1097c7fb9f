"""Rulings: events beside the judgments, one after the other, sent twice, taken back step by step."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction

from annotations.models import Candidate, Judgment, Ruling, Session
from annotations.services.assessments import Assessed
from annotations.services.rulings import Ruled, RuledMeanwhile, current_ruling, ruling_record, ruling_undo
from annotations.services.sessions import session_delete
from engine.errors import Problem
from tests.annotation_rows import judgment_make, pool_make, run_make, session_make, topic_set_make
from tests.annotation_strangers import strangers_make
from tests.factories import user_make
from tests.overlapping import second_during_first

pytestmark = pytest.mark.django_db


@pytest.fixture
def adjudicator() -> User:
    return user_make("adjudicator", staff=True)


@pytest.fixture
def session(adjudicator: User) -> Session:
    figures = strangers_make(3)
    topic_set = topic_set_make(adjudicator, figures[:1])
    pool = pool_make(topic_set, [run_make(topic_set, figures)])
    return session_make(pool, [user_make("anna"), user_make("bert")])


@pytest.fixture
def candidates(session: Session) -> list[Candidate]:
    return list(session.pool.candidates.order_by("pk"))


def rule(
    session: Session, candidate: Candidate, by: User, grade: int | None, base: Ruled | None = None, **more: Any
) -> Ruled:
    return ruling_record(
        adjudicator=by,
        session=session,
        candidate_id=candidate.pk,
        client_id=more.get("client_id", uuid.uuid4()),
        base=base.ruling.client_id if base else None,
        assessed=Assessed(grade=grade, cannot_judge=grade is None, reason=more.get("reason", "")),
    )


def undo(session: Session, by: User, client_id: uuid.UUID | None = None) -> Ruled:
    return ruling_undo(adjudicator=by, session=session, client_id=client_id or uuid.uuid4())


def holds(session: Session, candidate: Candidate) -> int | str | None:
    ruling = current_ruling(session, candidate)
    return None if ruling is None else "x" if ruling.cannot_judge else ruling.grade


def test_a_ruling_leaves_the_judgments_as_they_are(
    session: Session, candidates: list[Candidate], adjudicator: User
) -> None:
    for assignment, grade in zip(session.assignments.all(), (0, 3), strict=True):
        judgment_make(assignment.showings.get(candidate=candidates[0]), grade)
    before = list(Judgment.objects.values())
    rule(session, candidates[0], adjudicator, 2, reason="The rotor is the same.")
    assert holds(session, candidates[0]) == 2
    assert list(Judgment.objects.values()) == before
    assert [one.current.grade for one in candidates[0].showings.order_by("pk") if one.current] == [0, 3]


def test_a_ruling_sent_twice_is_one(session: Session, candidates: list[Candidate], adjudicator: User) -> None:
    client_id = uuid.uuid4()
    first = rule(session, candidates[0], adjudicator, 2, client_id=client_id)
    again = rule(session, candidates[0], adjudicator, 2, client_id=client_id)
    assert (first.is_new, again.is_new) == (True, False)
    assert Ruling.objects.get() == again.ruling
    for other, grade in ((candidates[0], 3), (candidates[1], 2)):
        with pytest.raises(Problem) as refused:
            rule(session, other, adjudicator, grade, client_id=client_id)
        assert refused.value.code == "client-id-taken"


def test_a_ruling_on_what_somebody_ruled_meanwhile_tells_theirs(
    session: Session, candidates: list[Candidate], adjudicator: User
) -> None:
    other = user_make("other", staff=True)
    theirs = rule(session, candidates[0], other, 1)
    with pytest.raises(RuledMeanwhile) as meanwhile:
        rule(session, candidates[0], adjudicator, 3)
    assert meanwhile.value.current == theirs.ruling
    rule(session, candidates[0], adjudicator, 3, base=theirs)
    assert holds(session, candidates[0]) == 3


def test_rulings_are_taken_back_one_by_one_each_to_what_held_before(
    session: Session, candidates: list[Candidate], adjudicator: User
) -> None:
    first = rule(session, candidates[0], adjudicator, 1)
    rule(session, candidates[1], adjudicator, None)
    rule(session, candidates[0], adjudicator, 3, base=first)
    steps = []
    for _ in range(3):
        undone = undo(session, adjudicator).ruling.candidate
        steps.append((undone.pk, holds(session, candidates[0]), holds(session, candidates[1])))
    assert steps == [(candidates[0].pk, 1, "x"), (candidates[1].pk, 1, None), (candidates[0].pk, None, None)]
    assert Ruling.objects.count() == 6
    with pytest.raises(Problem) as refused:
        undo(session, adjudicator)
    assert refused.value.code == "nothing-to-undo"


def test_what_was_taken_back_can_be_ruled_again_and_taken_back_again(
    session: Session, candidates: list[Candidate], adjudicator: User
) -> None:
    rule(session, candidates[0], adjudicator, 1)
    undo(session, adjudicator)
    rule(session, candidates[0], adjudicator, 2)
    assert holds(session, candidates[0]) == 2
    undo(session, adjudicator)
    assert holds(session, candidates[0]) is None


def test_an_undo_sent_twice_takes_one_ruling_back(
    session: Session, candidates: list[Candidate], adjudicator: User
) -> None:
    rule(session, candidates[0], adjudicator, 1)
    rule(session, candidates[1], adjudicator, 2)
    client_id = uuid.uuid4()
    assert [undo(session, adjudicator, client_id).is_new for _ in range(2)] == [True, False]
    assert (holds(session, candidates[0]), holds(session, candidates[1])) == (1, None)


def test_one_takes_back_ones_own_and_never_what_somebody_ruled_since(
    session: Session, candidates: list[Candidate], adjudicator: User
) -> None:
    other = user_make("other", staff=True)
    mine = rule(session, candidates[0], adjudicator, 1)
    rule(session, candidates[0], other, 3, base=mine)
    with pytest.raises(RuledMeanwhile):
        undo(session, adjudicator)
    assert holds(session, candidates[0]) == 3
    undo(session, other)
    assert holds(session, candidates[0]) == 1
    undo(session, adjudicator)
    assert holds(session, candidates[0]) is None


def test_only_what_the_session_judges_is_ruled_on(
    session: Session, candidates: list[Candidate], adjudicator: User
) -> None:
    pool = pool_make(session.pool.topic_set, list(session.pool.runs.all()), depth=2, name="other")
    with pytest.raises(Candidate.DoesNotExist):
        rule(session, pool.candidates.all()[0], adjudicator, 1)
    with pytest.raises(Problem):
        rule(session, candidates[0], adjudicator, 4)
    assert not Ruling.objects.exists()


def test_the_database_refuses_to_change_a_ruling(
    session: Session, candidates: list[Candidate], adjudicator: User
) -> None:
    ruling = rule(session, candidates[0], adjudicator, 1).ruling
    with pytest.raises(DatabaseError), transaction.atomic():
        Ruling.objects.filter(pk=ruling.pk).update(grade=3)
    with pytest.raises(DatabaseError), transaction.atomic():
        Ruling.objects.filter(pk=ruling.pk).delete()
    assert holds(session, candidates[0]) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_rule_at_once_one_is_told(session: Session, candidates: list[Candidate], adjudicator: User) -> None:
    def act(grade: int) -> bool:
        try:
            rule(session, candidates[0], adjudicator, grade)
            return True
        except RuledMeanwhile:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as people:
        assert sum(people.map(act, (0, 1, 2, 3))) == 1
    assert Ruling.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_undoing_at_once_takes_each_ruling_back_once(
    session: Session, candidates: list[Candidate], adjudicator: User
) -> None:
    for candidate in candidates[:4]:
        rule(session, candidate, adjudicator, 2)

    def act(_: int) -> int:
        try:
            return undo(session, adjudicator).ruling.candidate_id
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as people:
        assert sorted(people.map(act, range(4))) == [one.pk for one in candidates[:4]]
    assert not any(holds(session, one) for one in candidates)


@pytest.mark.django_db(transaction=True)
def test_a_session_stays_in_which_somebody_is_just_ruling(
    session: Session, candidates: list[Candidate], adjudicator: User
) -> None:
    _, refused = second_during_first(
        lambda: rule(session, candidates[0], adjudicator, 2), lambda: session_delete(session=session)
    )
    assert isinstance(refused, Problem) and refused.code == "judged-already", refused
    assert holds(session, candidates[0]) == 2


@pytest.mark.django_db(transaction=True)
def test_nothing_is_ruled_nor_taken_back_in_a_session_that_is_just_being_deleted(
    session: Session, candidates: list[Candidate], adjudicator: User
) -> None:
    _, refused = second_during_first(
        lambda: session_delete(session=session), lambda: rule(session, candidates[0], adjudicator, 2)
    )
    assert isinstance(refused, Candidate.DoesNotExist), refused
    with pytest.raises(Problem, match="nothing-to-undo"):
        undo(session, adjudicator)
    assert not Session.objects.exists()
