"""Differences: which there are, in which order, by what they differ, and what was ruled on them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from annotations.models import Candidate, Ruling, Session
from annotations.selectors.disagreements import Queue, differences_of, next_open, pair_of
from tests.annotation_rows import judgment_make, pool_make, run_make, session_make, topic_set_make
from tests.annotation_strangers import strangers_make
from tests.factories import user_make

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessors() -> list[User]:
    return [user_make("anna"), user_make("bert")]


@pytest.fixture
def session(assessors: list[User]) -> Session:
    """One topic of six candidates, the first two shown twice."""
    figures = strangers_make(4)
    topic_set = topic_set_make(user_make("maker", staff=True), figures[:1])
    pool = pool_make(topic_set, [run_make(topic_set, figures[2:])])
    return session_make(pool, assessors, repeats=2, facets=True)


@pytest.fixture
def candidates(session: Session) -> list[Candidate]:
    return list(session.pool.candidates.all())


def judge(session: Session, assessor: User, *grades: int | None, **facets: int) -> None:
    showings = session.assignments.get(assessor=assessor).showings.all()
    for showing, grade in zip(showings, grades, strict=False):
        judgment_make(showing, grade, **(facets if grade is not None else {}))


def rule(session: Session, candidate: Candidate, grade: int | None) -> Ruling:
    return Ruling.objects.create(
        client_id=uuid.uuid4(), session=session, candidate=candidate, adjudicator=session.created_by, grade=grade
    )


def queued(session: Session, queue: Queue) -> list[int]:
    return [one.candidate.pk for one in differences_of(session).of(queue)]


def test_the_widest_differences_come_first_and_what_is_alike_not_at_all(
    session: Session, assessors: list[User], candidates: list[Candidate]
) -> None:
    judge(session, assessors[0], 2, 1, 0, 2, None, 3)
    judge(session, assessors[1], 2, 2, 3, 0, 1, None)
    expected = [candidates[at].pk for at in (2, 3, 1, 4, 5)]
    assert queued(session, Queue.ALL) == expected
    assert queued(session, Queue.WIDE) == expected[:2]
    assert queued(session, Queue.SPLIT) == expected[:2]
    assert queued(session, Queue.CANNOT) == expected[3:]
    widths = [one.width for one in differences_of(session).every]
    assert widths == [3, 2, 1, 0, 0]


def test_repeats_are_no_difference(session: Session, assessors: list[User]) -> None:
    judge(session, assessors[0], 2, 2, 2, 2, 2, 2, 0, 0)
    assert differences_of(session).every == ()


def test_a_difference_in_facets_alone_is_a_queue_of_its_own(
    session: Session, assessors: list[User], candidates: list[Candidate]
) -> None:
    judge(session, assessors[0], 2, looks=0, works=1)
    judge(session, assessors[1], 2, looks=3, works=1)
    assert queued(session, Queue.FACETS) == [candidates[0].pk]
    assert queued(session, Queue.ALL) == []


def test_assessors_have_letters_in_the_order_they_were_added(session: Session, assessors: list[User]) -> None:
    judge(session, assessors[1], 0)
    judge(session, assessors[0], 3)
    (difference,) = differences_of(session).every
    told = [(one.letter, one.assessor, one.values.grade) for one in difference.judgments]
    assert told == [("A", "anna", 3), ("B", "bert", 0)]


def test_the_newest_ruling_holds_and_one_that_says_nothing_takes_it_back(
    session: Session, assessors: list[User], candidates: list[Candidate]
) -> None:
    judge(session, assessors[0], 0, 0)
    judge(session, assessors[1], 3, 2)
    rule(session, candidates[0], 1)
    rule(session, candidates[0], 2)
    rule(session, candidates[1], 1)
    rule(session, candidates[1], None)
    first, second = differences_of(session).every
    assert first.ruling is not None and first.ruling.grade == 2
    assert second.ruling is None
    assert queued(session, Queue.RULED) == [candidates[0].pk]
    assert differences_of(session).counts()[Queue.ALL] == 2


def test_the_next_is_the_first_without_a_ruling_after_the_one_at_hand(
    session: Session, assessors: list[User], candidates: list[Candidate]
) -> None:
    judge(session, assessors[0], 0, 0, 0)
    judge(session, assessors[1], 1, 1, 1)
    one, two, three = (candidate.pk for candidate in candidates[:3])

    def following(after: int | None) -> int | None:
        found = next_open(differences_of(session).of(Queue.ALL), after)
        return found.candidate.pk if found else None

    assert [following(after) for after in (None, one, two, three)] == [one, two, three, one]
    rule(session, candidates[1], 1)
    assert [following(after) for after in (None, one, three)] == [one, three, one]
    rule(session, candidates[0], 1)
    assert following(three) is None
    assert following(None) == three


def test_a_pair_has_both_drawings_sentences(session: Session, candidates: list[Candidate]) -> None:
    pair = pair_of(candidates[0])
    assert pair.topic.figure == candidates[0].topic.figure
    assert pair.found.figure == candidates[0].figure
    assert pair.topic.sentences and pair.found.sentences


def test_more_differences_cost_no_more_queries(
    session: Session, assessors: list[User], django_assert_num_queries: Callable[[int], Any]
) -> None:
    for grades in ((0,), (0, 0, 0, 0)):
        judge(session, assessors[0], *grades)
        judge(session, assessors[1], *(3 for _ in grades))
        with django_assert_num_queries(5):
            assert len(differences_of(session).every) == len(grades)
