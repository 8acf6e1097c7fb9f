"""Sessions: a pool dealt out once, whoever makes it; assessors who come and go; closed and opened again."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import connection

from annotations.models import Assignment, Judgment, Pool, Session, Showing
from annotations.services.judgments import judgment_undo
from annotations.services.pools import pool_make as pool_unite
from annotations.services.sessions import (
    SessionOptions,
    assignment_add,
    session_close,
    session_delete,
    session_make,
    session_reopen,
)
from engine.errors import NotFound, Problem
from tests.annotation_rows import judgment_make, pool_make, run_make, topic_set_make
from tests.annotation_strangers import strangers_make
from tests.factories import user_make
from tests.overlapping import second_during_first

pytestmark = pytest.mark.django_db
DEALT = SessionOptions(overlap_percent=20, repeat_percent=10, instructions="Judge the whole.")


@pytest.fixture
def maker() -> User:
    return user_make("maker", staff=True)


@pytest.fixture
def assessors() -> list[User]:
    return [user_make(name) for name in ("anna", "bert", "cleo")]


@pytest.fixture
def pool(maker: User) -> Pool:
    """Three topics of ten candidates."""
    figures = strangers_make(4, sheets=4)
    topic_set = topic_set_make(maker, figures[:3])
    return pool_make(topic_set, [run_make(topic_set, figures)])


def made(pool: Pool, assessors: list[User], maker: User, *, name: str = "First", seed: int = 5) -> Session:
    return session_make(pool=pool, name=name, assessors=assessors, options=DEALT, seed=seed, made_by=maker)


def order(session: Session, assessor: User) -> list[tuple[int, bool]]:
    showings = Showing.objects.filter(assignment__session=session, assignment__assessor=assessor)
    return list(showings.order_by("position").values_list("candidate_id", "is_repeat"))


def held_by(session: Session, assessor: User) -> set[int]:
    return {candidate for candidate, _ in order(session, assessor)}


def test_a_pool_is_dealt_to_all_with_the_overlap_asked_for(pool: Pool, assessors: list[User], maker: User) -> None:
    session = made(pool, assessors, maker)
    parts = [held_by(session, one) for one in assessors]
    count = pool.candidates.count()
    assert count == 30
    assert set.union(*parts) == set(pool.candidates.values_list("pk", flat=True))
    assert len(parts[0] & parts[1] & parts[2]) == 6
    assert [len(part) for part in parts] == [14, 14, 14]
    assert parts[0] & parts[1] == parts[1] & parts[2] == parts[0] & parts[2]


def test_positions_run_from_1_without_a_gap_and_repeats_come_later(
    pool: Pool, assessors: list[User], maker: User
) -> None:
    session = made(pool, assessors, maker)
    for assignment in session.assignments.all():
        showings = list(assignment.showings.all())
        assert [one.position for one in showings] == list(range(1, len(showings) + 1))
        first = {one.candidate_id: one.position for one in showings if not one.is_repeat}
        assert all(first[one.candidate_id] < one.position for one in showings if one.is_repeat)
        assert any(one.is_repeat for one in showings)


def test_made_again_it_is_the_same_session_and_who_is_missing_is_added(
    pool: Pool, assessors: list[User], maker: User
) -> None:
    session = made(pool, assessors[:2], maker)
    before = [order(session, one) for one in assessors[:2]]
    assert made(pool, assessors, maker, seed=99) == session
    assert [order(session, one) for one in assessors[:2]] == before
    assert Session.objects.get().seed == 5
    assert session.assignments.count() == 3


def test_another_session_of_its_name_is_refused(pool: Pool, assessors: list[User], maker: User) -> None:
    made(pool, assessors, maker)
    with pytest.raises(Problem, match=r"^name-taken: .*First"):
        session_make(
            pool=pool, name="First", assessors=assessors, options=SessionOptions(), seed=5, made_by=maker
        )  # fmt: skip
    assert Session.objects.count() == 1


def test_the_stored_seed_deals_the_same_and_another_one_otherwise(
    pool: Pool, assessors: list[User], maker: User
) -> None:
    first, again, other = (
        made(pool, people, maker, name=name, seed=seed)
        for name, seed, people in (("a", 5, assessors), ("b", 5, assessors[::-1]), ("c", 6, assessors))
    )
    assert order(first, assessors[0]) == order(again, assessors[0])
    assert order(first, assessors[0]) != order(other, assessors[0])


def test_a_session_in_which_something_was_judged_stays_even_when_it_was_taken_back(
    pool: Pool, assessors: list[User], maker: User
) -> None:
    session = made(pool, assessors, maker)
    assignment = session.assignments.get(assessor=assessors[0])
    judgment_make(assignment.showings.get(position=1), 2)
    judgment_undo(
        assessor=assessors[0], session_id=session.pk, client_id=uuid.uuid4()
    )  # fmt: skip
    with pytest.raises(Problem, match=r"^judged-already: "):
        session_delete(session=session)
    assert Assignment.objects.filter(pk=assignment.pk).exists()
    assert Judgment.objects.count() == 2


def test_closing_twice_keeps_the_first_time_and_reopening_takes_it_away(
    pool: Pool, assessors: list[User], maker: User
) -> None:
    session = made(pool, assessors, maker)
    closed = session_close(session=session)
    assert closed.closed_at is not None
    assert session_close(session=session).closed_at == closed.closed_at
    assert session_reopen(session=session).closed_at is None
    assert session_reopen(session=session).closed_at is None


def test_an_untouched_session_is_deleted_with_a_pool_that_nobody_else_judges(
    pool: Pool, assessors: list[User], maker: User
) -> None:
    first, second = made(pool, assessors, maker), made(pool, assessors, maker, name="Second")
    session_delete(session=first)
    session_delete(session=first)
    assert Pool.objects.filter(pk=pool.pk).exists()
    session_delete(session=second)
    assert not Pool.objects.exists()
    assert not Showing.objects.exists()


def test_a_session_that_is_gone_is_neither_closed_nor_opened_nor_joined(
    pool: Pool, assessors: list[User], maker: User
) -> None:
    session = made(pool, assessors[:1], maker)
    Session.objects.filter(pk=session.pk).delete()
    for act in (session_close, session_reopen, lambda session: assignment_add(session=session, assessor=assessors[1])):
        with pytest.raises(NotFound, match="session"):
            act(session=session)


@pytest.mark.django_db(transaction=True)
def test_a_session_deleted_while_another_is_made_over_its_pool_leaves_the_pool(
    pool: Pool, assessors: list[User], maker: User
) -> None:
    session = made(pool, assessors, maker)
    other, deleted = second_during_first(
        lambda: made(pool, assessors, maker, name="Second"), lambda: session_delete(session=session)
    )
    assert (other, deleted) == (Session.objects.get(), None)
    assert isinstance(other, Session) and other.pool == Pool.objects.get() == pool
    assert [len(held_by(other, one)) for one in assessors] == [14, 14, 14]


@pytest.mark.django_db(transaction=True)
def test_a_session_made_while_the_last_one_over_its_pool_is_deleted_is_refused(
    pool: Pool, assessors: list[User], maker: User
) -> None:
    session = made(pool, assessors, maker)
    deleted, refused = second_during_first(
        lambda: session_delete(session=session), lambda: made(pool, assessors, maker, name="Second")
    )
    assert deleted is None
    assert isinstance(refused, NotFound) and "pool" in refused.detail, refused
    assert (Session.objects.count(), Pool.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_pool_made_again_while_it_is_deleted_with_its_session_is_another_one(
    pool: Pool, assessors: list[User], maker: User
) -> None:
    session, runs = made(pool, assessors, maker), list(pool.runs.all())
    _, again = second_during_first(
        lambda: session_delete(session=session),
        lambda: pool_unite(topic_set=pool.topic_set, runs=runs, depth=pool.depth, name=pool.name, made_by=maker),
    )
    assert isinstance(again, Pool) and again == Pool.objects.get()
    assert again != pool
    assert again.candidates.count() == 30


@pytest.mark.django_db(transaction=True)
def test_two_people_who_make_the_same_session_at_once_have_one(pool: Pool, assessors: list[User], maker: User) -> None:
    def make(_: int) -> int:
        try:
            return made(pool, assessors, maker).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as people:
        assert len(set(people.map(make, range(8)))) == 1
    assert [len(held_by(Session.objects.get(), one)) for one in assessors] == [14, 14, 14]


@pytest.mark.django_db(transaction=True)
def test_two_who_add_the_same_assessor_at_once_add_one(pool: Pool, assessors: list[User], maker: User) -> None:
    session = made(pool, assessors[:1], maker)

    def add(_: int) -> int:
        try:
            return assignment_add(session=session, assessor=assessors[1]).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as people:
        assert len(set(people.map(add, range(8)))) == 1
    assert session.assignments.count() == 2
