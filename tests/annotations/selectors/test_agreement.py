"""Agreement of a session: first showings between assessors, repeats with oneself, facets and topics apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from annotations.models import Facet, Session
from annotations.selectors.agreement import session_agreement
from tests.annotation_rows import judgment_make, pool_make, run_make, session_make, topic_set_make
from tests.annotation_strangers import strangers_make
from tests.factories import user_make

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessors() -> list[User]:
    return [user_make("anna"), user_make("bert")]


@pytest.fixture
def session(assessors: list[User]) -> Session:
    """Two topics of four candidates; the first two come again."""
    figures = strangers_make(4)
    topic_set = topic_set_make(user_make("maker", staff=True), figures[:2])
    pool = pool_make(topic_set, [run_make(topic_set, figures[4:])])
    return session_make(pool, assessors, repeats=2, facets=True)


def judge(session: Session, assessor: User, *grades: int | None, **facets: int) -> None:
    showings = session.assignments.get(assessor=assessor).showings.all()
    for showing, grade in zip(showings, grades, strict=False):
        judgment_make(showing, grade, **(facets if grade is not None else {}))


def test_first_showings_count_between_assessors_and_repeats_with_oneself(
    session: Session, assessors: list[User]
) -> None:
    judge(session, assessors[0], 0, 1, 2, 3, 0, 0, None, 3, 0, 3)
    judge(session, assessors[1], 0, 1, 2, 1, 0, 1, 2, 3)
    told = session_agreement(session).facets[0]
    assert told.facet == Facet.OVERALL
    (pair,) = told.between.pairs
    assert (pair.first, pair.second, pair.candidate_count) == ("anna", "bert", 7)
    assert pair.matrix == ((2, 1, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 1, 0, 1))
    assert pair.percent.value == pytest.approx(100 * 5 / 7)
    assert told.between.cannot_judge.one == 1
    (own,) = told.selves.assessors
    assert (own.assessor, own.repeat_count, own.percent.value) == ("anna", 2, 50.0)


def test_topics_stand_apart_with_how_far_grades_lie_apart(session: Session, assessors: list[User]) -> None:
    judge(session, assessors[0], 0, 1, 2, 3, 0, 0, 1, 3)
    judge(session, assessors[1], 0, 1, 2, 1, 0, 1, 2, 3)
    first, second = session_agreement(session).facets[0].topics
    assert (first.number, first.shared, first.alike, first.near, first.far) == (1, 4, 3, 3, 1)
    assert (second.number, second.shared, second.alike, second.near, second.far) == (2, 4, 2, 4, 0)
    assert (first.percent_alike, second.percent_near) == (75.0, 100.0)


def test_facets_are_told_where_the_session_asks_for_them(session: Session, assessors: list[User]) -> None:
    judge(session, assessors[0], 0, 1, looks=2, works=3)
    judge(session, assessors[1], 0, 3, looks=2, works=0)
    by_facet = {one.facet: one.between.percent.value for one in session_agreement(session).facets}
    assert by_facet == {Facet.OVERALL: 50.0, Facet.LOOKS: 100.0, Facet.WORKS: 0.0}
    Session.objects.filter(pk=session.pk).update(asks_facets=False)
    session.refresh_from_db()
    assert [one.facet for one in session_agreement(session).facets] == [Facet.OVERALL]


def test_a_judgment_changes_the_numbers_and_without_one_nothing_is_computed_again(
    session: Session, assessors: list[User], django_assert_num_queries: Callable[[int], Any]
) -> None:
    judge(session, assessors[0], 0)
    judge(session, assessors[1], 0)
    first = session_agreement(session)
    assert first.facets[0].between.percent.value == 100.0
    with django_assert_num_queries(1):
        assert session_agreement(session) is first
    judgment_make(session.assignments.get(assessor=assessors[1]).showings.get(position=1), 2)
    assert session_agreement(session).facets[0].between.percent.value == 0.0


def test_without_judgments_there_is_nothing_to_agree_on(session: Session) -> None:
    told = session_agreement(session)
    assert (told.last_judgment, told.facets[0].between.candidate_count, told.facets[0].topics) == (0, 0, ())
