"""One pair before its assessor: what stands on it, what comes next, and at what cost."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries

from annotations.models import Assignment, Showing, Topic
from annotations.selectors.showings import (
    assignment_of,
    done_of,
    next_open,
    position_to_resume,
    showing_page,
    showings_judged,
)
from search.models import Figure
from tests.annotation_rows import judgment_make, pool_make, run_make, session_make, topic_set_make
from tests.factories import publication_make, user_make

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessor() -> User:
    return user_make("assessor")


@pytest.fixture
def assignment(assessor: User) -> Assignment:
    """Three pairs for one topic; the first comes again as the fourth."""
    publication_make(sheets=4)
    figures = list(Figure.objects.order_by("pk"))
    topic_set = topic_set_make(user_make("maker", staff=True), figures[:1])
    session = session_make(pool_make(topic_set, [run_make(topic_set, figures)]), [assessor], repeats=1)
    found = assignment_of(assessor, session.pk)
    assert found is not None
    return found


def at(assignment: Assignment, position: int) -> Showing:
    return assignment.showings.get(position=position)


def test_a_pair_brings_both_drawings_with_their_sentences(assignment: Assignment) -> None:
    page = showing_page(assignment, 2)
    assert page is not None
    assert (page.position, page.count, page.previous, page.following) == (2, 4, 1, 3)
    assert page.topic.need == "Pumps like this one."
    assert page.topic_side.figure == page.topic.figure
    assert page.candidate == at(assignment, 2).candidate.figure == page.candidate_side.figure
    for side in (page.topic_side, page.candidate_side):
        places = [one.link.sentence.position for one in side.sentences]
        assert places == sorted(places)
        assert any(("12", "12") in one.pieces for one in side.sentences)
    assert (page.current, page.recorded_at, page.is_closed) == (None, None, False)


def test_the_ends_have_nothing_beyond_them(assignment: Assignment) -> None:
    first, last = showing_page(assignment, 1), showing_page(assignment, 4)
    assert first is not None
    assert last is not None
    assert (first.previous, last.following) == (None, None)
    assert [showing_page(assignment, position) for position in (0, 5, 2**40, 2**80)] == [None] * 4


def test_an_uploaded_topic_has_no_figure_and_no_sentences(assignment: Assignment) -> None:
    Topic.objects.update(figure=None, image="topics/ab/cd.png", width_px=40, height_px=30)
    page = showing_page(assignment, 1)
    assert page is not None
    assert (page.topic_side.figure, page.topic_side.sentences) == (None, ())
    assert page.candidate_side.sentences


def test_what_holds_is_shown_and_counted(assignment: Assignment) -> None:
    judged = judgment_make(at(assignment, 1), 3, reason="same", region=[1, 2, 3, 4])
    judgment_make(at(assignment, 3))
    page = showing_page(assignment, 1)
    assert page is not None
    assert page.current is not None
    assert (page.current.client_id, page.current.grade, page.current.region) == (judged.client_id, 3, (1, 2, 3, 4))
    assert page.recorded_at == judged.recorded_at
    done = done_of(assignment)
    assert (done.count, done.judged, done.cannot_judge, done.answered, done.open, done.first_open) == (4, 1, 1, 2, 2, 2)
    assert page.done == done
    assert [one.current and one.current.grade for one in showings_judged(assignment)] == [3, None, None, None]


@pytest.mark.parametrize(
    ("judged", "position", "following"),
    [((), 1, 2), ((2,), 1, 3), ((2, 3, 4), 2, 1), ((1, 2, 3, 4), 2, None), ((1, 2, 3), 4, None), ((4,), 4, 1)],
)
def test_the_next_open_pair_is_after_this_one_or_else_the_first(
    assignment: Assignment, judged: tuple[int, ...], position: int, following: int | None
) -> None:
    for one in judged:
        judgment_make(at(assignment, one), 1)
    page = showing_page(assignment, position)
    assert page is not None
    assert page.next_open == following == next_open(assignment, position)


@pytest.mark.parametrize(
    ("judged", "place", "resumed"), [((), 3, 3), ((3,), 3, 1), ((1, 2), 3, 3), ((1, 2, 3, 4), 3, 3)]
)
def test_an_assessor_goes_on_where_they_left(
    assignment: Assignment, judged: tuple[int, ...], place: int, resumed: int
) -> None:
    for one in judged:
        judgment_make(at(assignment, one), 1)
    assignment.place = place
    assert position_to_resume(assignment, done_of(assignment)) == resumed


def test_a_session_is_its_assessors_alone(assignment: Assignment) -> None:
    session_id = assignment.session_id
    assert assignment_of(user_make("stranger"), session_id) is None
    assert assignment_of(User.objects.get(username="maker"), session_id) is None
    assert assignment_of(assignment.assessor, session_id + 1) is None


def test_a_pair_costs_the_same_queries_whatever_is_linked(
    assignment: Assignment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for position in (1, 4):
        with django_assert_num_queries(3):
            page = showing_page(assignment, position)
            assert page is not None
            assert page.candidate_side.figure is not None
            str(page.candidate_side.figure.sheet.publication)
            assert page.topic_side.figure is not None
            str(page.topic_side.figure.sheet.publication)
            [one.link.sentence.text for one in page.candidate_side.sentences]
