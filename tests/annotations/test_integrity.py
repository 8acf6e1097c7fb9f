"""What is kept of judgments is held against the events."""

from __future__ import annotations

import uuid

import pytest

from annotations.integrity import judgment_faults
from annotations.models import Assignment, Judgment, Session, Showing
from annotations.services.judgments import judgment_undo
from search.models import Figure
from tests.annotation_rows import judgment_make, pool_make, run_make, session_make, topic_set_make
from tests.factories import publication_make, user_make

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> Session:
    """Two assessors; the first judged twice, changed one, and took one back."""
    publication_make(sheets=4)
    figures = list(Figure.objects.order_by("pk"))
    topic_set = topic_set_make(user_make("maker", staff=True), figures[:1])
    pool = pool_make(topic_set, [run_make(topic_set, figures)])
    session = session_make(pool, [user_make("one"), user_make("two")])
    for position in (1, 1, 2):
        judgment_make(showing(session, "one", position), position)
    one = Assignment.objects.get(assessor__username="one")
    judgment_undo(assessor=one.assessor, session_id=session.pk, client_id=uuid.uuid4())
    return session


def showing(session: Session, username: str, position: int) -> Showing:
    return Showing.objects.select_related("assignment__assessor", "current").get(
        assignment__session=session, assignment__assessor__username=username, position=position
    )


def faults() -> list[tuple[str, str]]:
    return [(fault.where, fault.detail) for fault in judgment_faults()]


def test_what_the_services_leave_has_no_fault(session: Session) -> None:
    assert Judgment.objects.count() == 4
    assert faults() == []


def test_a_showing_that_forgot_or_invented_its_judgment_is_found(session: Session) -> None:
    judgment = showing(session, "one", 1).current
    assert judgment is not None
    Showing.objects.filter(pk=showing(session, "one", 1).pk).update(current=None)
    Showing.objects.filter(pk=showing(session, "two", 1).pk).update(current=judgment)
    (first, expected), (second, invented) = faults()
    assert (first, second) == ("First session one pair 1", "First session two pair 1")
    event = f"event {judgment.sequence}"
    assert expected.index(event) < expected.index("none")  # the events have it, the row does not
    assert invented.index("none") < invented.index(event)


def test_a_judgment_of_another_assessor_and_on_another_pair_is_found(session: Session) -> None:
    theirs = showing(session, "two", 2)
    foreign = Judgment(
        client_id=uuid.uuid4(),
        showing=theirs,
        assessor=showing(session, "one", 1).assignment.assessor,
        base=showing(session, "one", 1).current,
        grade=1,
    )
    foreign.save()
    Showing.objects.filter(pk=theirs.pk).update(current=foreign)
    where = f"event {foreign.sequence}"
    (first, assessors), (second, base) = faults()
    assert (first, second) == (where, where)
    assert assessors.startswith("one ") and " two" in assessors
    assert "`base`" in base


def test_a_gap_and_a_candidate_of_another_pool_are_found(session: Session) -> None:
    showing(session, "two", 2).delete()
    other = pool_make(session.pool.topic_set, list(session.pool.runs.all()), name="other")
    moved = showing(session, "two", 3)
    Showing.objects.filter(pk=moved.pk).update(candidate=other.candidates.first())
    (first, candidate), (second, gap) = faults()
    assert (first, second) == ("First session two pair 3", "First session two")
    assert "pool" in candidate
    assert "positions" in gap
