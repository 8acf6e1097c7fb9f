"""Sessions as they are listed, and how far everybody is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from annotations.models import Session
from annotations.selectors.pools import ASSUMED_SECONDS
from annotations.selectors.sessions import is_still_blind, parts_of, session_visible_to, sessions_listed
from tests.annotation_rows import judgment_make, pool_make, run_make, session_make, topic_set_make
from tests.annotation_strangers import strangers_make
from tests.factories import user_make

pytestmark = pytest.mark.django_db


@pytest.fixture
def maker() -> User:
    return user_make("maker", staff=True)


@pytest.fixture
def assessors() -> list[User]:
    return [user_make("anna"), user_make("bert")]


@pytest.fixture
def session(maker: User, assessors: list[User]) -> Session:
    """Four candidates, two of them twice: six showings each."""
    figures = strangers_make(3)
    topic_set = topic_set_make(maker, figures[:1])
    pool = pool_make(topic_set, [run_make(topic_set, figures[2:])])
    return session_make(pool, assessors, repeats=2)


def judge(session: Session, assessor: User, *grades: int | None, seconds: float = 4.0) -> None:
    showings = session.assignments.get(assessor=assessor).showings.all()
    for showing, grade in zip(showings, grades, strict=False):
        judgment_make(showing, grade, seconds=seconds)


def test_assessors_see_their_own_sessions_and_administrators_all(
    session: Session, maker: User, assessors: list[User]
) -> None:
    stranger = user_make("stranger")
    assert [one.session for one in sessions_listed(assessors[0])] == [session]
    assert [one.session for one in sessions_listed(maker)] == [session]
    assert sessions_listed(stranger) == []
    assert session_visible_to(assessors[1], session.pk) == session
    assert session_visible_to(stranger, session.pk) is None
    assert session_visible_to(maker, 10**30) is None


def test_a_listed_session_tells_ones_own_progress_and_everybodys(
    session: Session, maker: User, assessors: list[User]
) -> None:
    judge(session, assessors[0], 0, 3, None)
    judge(session, assessors[1], 1)
    (mine,) = sessions_listed(assessors[0])
    assert mine.mine is not None
    assert (mine.mine.count, mine.mine.answered, mine.mine.open, mine.mine.percent) == (6, 3, 3, 50)
    assert (mine.assessor_count, mine.progress.count, mine.progress.answered) == (2, 12, 4)
    (of_all,) = sessions_listed(maker)
    assert of_all.mine is None


def test_open_sessions_come_before_closed_ones(session: Session, maker: User) -> None:
    newer = session_make(session.pool, [], name="newer")
    Session.objects.filter(pk=newer.pk).update(closed_at=timezone.now())
    assert [one.session for one in sessions_listed(maker)] == [session, newer]


def test_a_part_tells_pace_last_judgment_and_what_is_left(session: Session, assessors: list[User]) -> None:
    judge(session, assessors[0], 0, 3, None, seconds=6.0)
    anna, bert = parts_of(session)
    assert (anna.assessor, anna.progress.answered, anna.cannot_judge) == (assessors[0], 3, 1)
    assert (anna.pace.seconds, anna.pace.is_measured) == (6.0, True)
    assert anna.hours_left == pytest.approx(3 * 6 / 3600)
    assert anna.last_at is not None and not anna.is_untouched
    assert (bert.progress.answered, bert.last_at, bert.is_untouched) == (0, None, True)
    assert bert.pace.seconds == 6.0  # everybody's, until there is one of their own
    assert parts_of(session, assessor=assessors[1]) == [bert]


def test_before_any_judgment_the_pace_is_assumed(session: Session) -> None:
    assert all(one.pace.seconds == ASSUMED_SECONDS and not one.pace.is_measured for one in parts_of(session))


def test_whoever_still_judges_is_blind_until_done_or_closed(session: Session, assessors: list[User]) -> None:
    assert is_still_blind(session, assessors[0])
    assert not is_still_blind(session, user_make("other"))
    judge(session, assessors[0], *[1] * 6)
    assert not is_still_blind(session, assessors[0])
    session.closed_at = timezone.now()
    session.save()
    assert not is_still_blind(session, assessors[1])


def test_more_assessors_cost_no_more_queries(
    session: Session, maker: User, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for count in (1, 4):
        for number in range(count):
            session_make(session.pool, [user_make(f"more-{count}-{number}")], name=f"more {count} {number}")
        with django_assert_num_queries(2):
            sessions_listed(maker)
        with django_assert_num_queries(3):
            parts_of(session)
