"""Judgments as events: sent twice, from two tabs, out of order, taken back."""

from __future__ import annotations

import math
import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import timezone

from annotations.models import Assignment, Judgment, Session, Showing
from annotations.selectors.showings import current_judgments
from annotations.services.assessments import LONGEST_LOOK_SECONDS, LONGEST_REASON, Assessed
from annotations.services.judgments import (
    Recorded,
    StaleBase,
    judgment_record,
    judgment_undo,
    place_keep,
)
from engine.errors import Problem
from search.models import Figure
from tests.annotation_rows import pool_make, run_make, session_make, topic_set_make
from tests.factories import publication_make, user_make

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessor() -> User:
    return user_make("assessor")


@pytest.fixture
def colleague() -> User:
    return user_make("colleague")


@pytest.fixture
def session(assessor: User, colleague: User) -> Session:
    publication_make(sheets=4)
    figures = list(Figure.objects.order_by("pk"))
    topic_set = topic_set_make(user_make("maker", staff=True), figures[:1])
    return session_make(pool_make(topic_set, [run_make(topic_set, figures)]), [assessor, colleague])


Judge = Callable[..., Recorded]


@pytest.fixture
def judge(assessor: User, session: Session) -> Judge:
    def record(position: int, grade: int | None, base: Recorded | None = None, **more: Any) -> Recorded:
        said = Assessed(grade=grade, cannot_judge=grade is None, **{k: v for k, v in more.items() if k in SAID})
        return judgment_record(
            assessor=more.get("by", assessor),
            session_id=session.pk,
            position=position,
            client_id=more.get("client_id", uuid.uuid4()),
            base=base.judgment.client_id if base else None,
            assessed=said,
        )

    return record


SAID = ("looks", "works", "reason", "region", "seconds")


def undo(assessor: User, session: Session, client_id: uuid.UUID | None = None) -> Recorded:
    return judgment_undo(assessor=assessor, session_id=session.pk, client_id=client_id or uuid.uuid4())


def showing_of(session: Session, assessor: User, position: int) -> Showing:
    return Showing.objects.select_related("current").get(
        assignment__session=session, assignment__assessor=assessor, position=position
    )


def grade_of(session: Session, assessor: User, position: int) -> int | None:
    current = showing_of(session, assessor, position).current
    return current.grade if current else None


def test_a_judgment_holds_on_its_showing_and_on_no_other(judge: Judge, session: Session, assessor: User) -> None:
    recorded = judge(2, 3, reason=" Same rotor. ", region=(0, 10, 5000, 9990), seconds=4.5)
    assert recorded.is_new
    current = showing_of(session, assessor, 2).current
    assert current == recorded.judgment
    assert (current.grade, current.reason, current.region) == (3, "Same rotor.", [0, 10, 5000, 9990])
    assert (current.assessor, current.seconds, current.base) == (assessor, 4.5, None)
    assert Showing.objects.filter(current=None).count() == Showing.objects.count() - 1


def test_the_same_event_sent_again_is_one_event_even_once_another_holds(
    judge: Judge, session: Session, assessor: User
) -> None:
    client_id = uuid.uuid4()
    first = judge(1, 2, client_id=client_id, seconds=3.0)
    again = judge(1, 2, client_id=client_id, seconds=9.0)
    assert (again.judgment, again.is_new) == (first.judgment, False)
    judge(1, 0, base=first)
    late = judge(1, 2, client_id=client_id)
    assert (late.judgment, late.is_new) == (first.judgment, False)
    assert grade_of(session, assessor, 1) == 0
    assert Judgment.objects.count() == 2


@pytest.mark.parametrize("change", ["grade", "position", "base", "reason"])
def test_the_same_id_for_another_event_is_refused(judge: Judge, change: str) -> None:
    other = judge(1, 1)
    known = judge(2, 2, client_id=(client_id := uuid.uuid4()))
    position, grade, base, reason = {
        "grade": (2, 3, None, ""),
        "position": (3, 2, None, ""),
        "base": (2, 2, other, ""),
        "reason": (2, 2, None, "why"),
    }[change]
    with pytest.raises(Problem) as refused:
        judge(position, grade, base=base, reason=reason, client_id=client_id)
    assert refused.value.code == "client-id-taken"
    assert list(Judgment.objects.all()) == [other.judgment, known.judgment]


def test_the_same_id_of_two_assessors_is_refused_for_the_second(
    judge: Judge, session: Session, colleague: User, assessor: User
) -> None:
    first = judge(1, 2, client_id=(client_id := uuid.uuid4()))
    takes: list[Callable[[], Recorded]] = [
        lambda: judge(1, 2, client_id=client_id, by=colleague),
        lambda: undo(colleague, session, client_id),
    ]
    for take in takes:
        with pytest.raises(Problem) as refused:
            take()
        assert refused.value.code == "client-id-taken"
    assert Judgment.objects.get() == first.judgment
    assert first.judgment.assessor == assessor


def test_a_stale_base_writes_nothing_and_tells_both_values(judge: Judge, session: Session, assessor: User) -> None:
    first = judge(1, 2)
    second = judge(1, 3, base=first)
    for base in (None, first):
        with pytest.raises(StaleBase) as stale:
            judge(1, 0, base=base, reason="no")
        assert stale.value.current == second.judgment
        assert stale.value.yours is not None
        assert (stale.value.yours.grade, stale.value.yours.reason) == (0, "no")
    assert Judgment.objects.count() == 2
    assert grade_of(session, assessor, 1) == 3


def test_two_people_judge_the_same_pair_without_touching_one_another(
    judge: Judge, session: Session, assessor: User, colleague: User
) -> None:
    judge(1, 2)
    judge(1, 0, by=colleague)
    assert (grade_of(session, assessor, 1), grade_of(session, colleague, 1)) == (2, 0)


def test_undo_goes_back_step_by_step_through_pairs_and_changes(judge: Judge, session: Session, assessor: User) -> None:
    first = judge(1, 1)
    judge(2, None)
    judge(1, 3, base=first, looks=None)
    seen = []
    for _ in range(3):
        undone = undo(assessor, session)
        seen.append((undone.judgment.showing.position, undone.judgment.grade, undone.judgment.says_nothing))
    assert seen == [(1, 1, False), (2, None, True), (1, None, True)]
    assert not Showing.objects.exclude(current=None).exists()
    with pytest.raises(Problem) as refused:
        undo(assessor, session)
    assert refused.value.code == "nothing-to-undo"


def test_what_is_judged_after_an_undo_is_taken_back_to_what_held_then(
    judge: Judge, session: Session, assessor: User
) -> None:
    first = judge(1, 1, reason="one")
    judge(1, 2, base=first)
    back = undo(assessor, session)  # 1 again
    assert (back.judgment.grade, back.judgment.reason) == (1, "one")
    third = judge(1, 3, base=back)
    assert third.judgment.base == back.judgment
    assert undo(assessor, session).judgment.grade == 1
    assert undo(assessor, session).judgment.says_nothing
    assert showing_of(session, assessor, 1).current is None
    judge(1, 0)  # based on nothing, as nothing holds
    assert grade_of(session, assessor, 1) == 0


def test_a_long_chain_of_changes_is_taken_back_one_by_one(judge: Judge, session: Session, assessor: User) -> None:
    last = None
    for step in range(40):
        last = judge(1, step % 4, base=last)
    for step in reversed(range(39)):
        assert undo(assessor, session).judgment.grade == step % 4
    assert undo(assessor, session).judgment.says_nothing


def test_an_undo_sent_again_takes_back_one_judgment(judge: Judge, session: Session, assessor: User) -> None:
    judge(1, 1)
    judge(2, 2)
    client_id = uuid.uuid4()
    first, again = undo(assessor, session, client_id), undo(assessor, session, client_id)
    assert (first.judgment, first.is_new, again.is_new) == (again.judgment, True, False)
    assert (grade_of(session, assessor, 1), grade_of(session, assessor, 2)) == (1, None)


def test_an_undo_is_no_judgment_of_the_same_id_and_the_reverse(judge: Judge, session: Session, assessor: User) -> None:
    judge(1, 1, client_id=(judged := uuid.uuid4()))
    with pytest.raises(Problem):
        undo(assessor, session, judged)
    undo(assessor, session, taken := uuid.uuid4())
    with pytest.raises(Problem):
        judge(1, 1, client_id=taken)


def test_undo_leaves_what_others_judged(judge: Judge, session: Session, assessor: User, colleague: User) -> None:
    judge(1, 1)
    judge(1, 3, by=colleague)
    undo(assessor, session)
    assert (grade_of(session, assessor, 1), grade_of(session, colleague, 1)) == (None, 3)


def test_a_closed_session_takes_nothing_but_tells_what_it_took(judge: Judge, session: Session, assessor: User) -> None:
    taken = judge(1, 1, client_id=(client_id := uuid.uuid4()))
    Session.objects.update(closed_at=timezone.now())
    assert judge(1, 1, client_id=client_id).judgment == taken.judgment
    takes: list[Callable[[], Recorded]] = [lambda: judge(2, 1), lambda: undo(assessor, session)]
    for take in takes:
        with pytest.raises(Problem, match=r"^session-closed: "):
            take()
    assert Judgment.objects.get() == taken.judgment


def test_a_stranger_and_a_pair_that_is_not_there_are_refused(judge: Judge, session: Session) -> None:
    stranger = user_make("stranger")
    for position, by in ((1, stranger), (99, None), (0, None), (2**31, None), (2**70, None)):
        with pytest.raises(Showing.DoesNotExist):
            judge(position, 1, **({"by": by} if by else {}))
    with pytest.raises(Showing.DoesNotExist):
        undo(stranger, session)
    assert not Judgment.objects.exists()


GOOD = Assessed(grade=2)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Assessed(), "no-grade"),
        (replace(GOOD, cannot_judge=True), "no-grade"),
        (replace(GOOD, grade=4), "no-such-grade"),
        (replace(GOOD, grade=-1), "no-such-grade"),
        (replace(GOOD, grade=True), "no-such-grade"),
        (replace(GOOD, looks=1), "no-facets"),
        (replace(GOOD, works=0), "no-facets"),
        (replace(GOOD, region=(0, 0, 10_001, 1)), "no-region"),
        (replace(GOOD, region=(9_000, 0, 2_000, 1)), "no-region"),
        (replace(GOOD, region=(0, 0, 0, 1)), "no-region"),
        (replace(GOOD, region=(-1, 0, 5, 5)), "no-region"),
        (replace(GOOD, region=(0, 0, 5)), "no-region"),  # type: ignore[arg-type]
        (replace(GOOD, region=(0.5, 0, 5, 5)), "no-region"),  # type: ignore[arg-type]
        (replace(GOOD, reason="x" * (LONGEST_REASON + 1)), "long-reason"),
        (replace(GOOD, reason="a\0b"), "unreadable-reason"),
        (replace(GOOD, reason="a\ud800b"), "unreadable-reason"),
        (replace(GOOD, seconds=-1.0), "no-duration"),
        (replace(GOOD, seconds=math.nan), "no-duration"),
        (replace(GOOD, seconds=math.inf), "no-duration"),
    ],
)
def test_garbage_is_refused_in_words_and_stored_nowhere(
    said: Assessed, code: str, session: Session, assessor: User
) -> None:
    with pytest.raises(Problem) as refused:
        judgment_record(
            assessor=assessor, session_id=session.pk, position=1, client_id=uuid.uuid4(), base=None, assessed=said
        )
    assert refused.value.code == code
    assert refused.value.detail
    assert not Judgment.objects.exists()


def test_facets_are_taken_where_the_session_asks_and_a_long_look_is_capped(judge: Judge, session: Session) -> None:
    Session.objects.update(asks_facets=True)
    judgment = judge(1, 2, looks=3, works=0, seconds=10 * LONGEST_LOOK_SECONDS).judgment
    assert (judgment.looks, judgment.works, judgment.seconds) == (3, 0, LONGEST_LOOK_SECONDS)


@pytest.mark.parametrize("change", ["UPDATE annotations_judgment SET grade = 0", "DELETE FROM annotations_judgment"])
def test_the_database_itself_refuses_to_change_a_judgment(judge: Judge, change: str) -> None:
    judge(1, 2)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)
    assert Judgment.objects.get().grade == 2


def test_the_place_is_kept_within_the_assignment(session: Session, assessor: User) -> None:
    assignment = Assignment.objects.get(session=session, assessor=assessor)
    for position, kept in ((3, 3), (99, 3), (0, 3), (2**70, 3), (2, 2)):
        place_keep(assignment=assignment, position=position)
        assignment.refresh_from_db()
        assert assignment.place == kept


def in_two_threads(first: Callable[[], object], second: Callable[[], object]) -> list[object]:
    """What each gave, an exception where it raised one; both begin at once."""
    barrier, results = threading.Barrier(2), [object(), object()]

    def run(at: int, act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[at] = act()
        except Exception as error:
            results[at] = error
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=(at, act)) for at, act in enumerate((first, second))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


ROUNDS = 60


@pytest.mark.django_db(transaction=True)
def test_of_two_writers_on_one_pair_one_is_told_that_it_was_late(
    judge: Judge, session: Session, assessor: User
) -> None:
    base: Recorded | None = None
    for round_number in range(ROUNDS):
        results = in_two_threads(
            partial(judge, 1, 1, base=base),
            partial(judge, 1, 2, base=base),
        )
        stored = [one for one in results if isinstance(one, Recorded)]
        late = [one for one in results if isinstance(one, StaleBase)]
        assert (len(stored), len(late)) == (1, 1), results
        assert late[0].current == stored[0].judgment
        assert Judgment.objects.count() == round_number + 1
        base = stored[0]
    assert current_judgments(Showing.objects.filter(position=1)) == {
        showing_of(session, assessor, 1).pk: base.judgment if base else None
    }


@pytest.mark.django_db(transaction=True)
def test_the_same_event_sent_twice_at_once_is_stored_once(judge: Judge) -> None:
    for position in (1, 2, 3):
        client_id = uuid.uuid4()
        results = in_two_threads(
            partial(judge, position, 1, client_id=client_id),
            partial(judge, position, 1, client_id=client_id),
        )
        assert sorted(one.is_new for one in results if isinstance(one, Recorded)) == [False, True], results
    assert Judgment.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_undo_at_once_take_back_two_judgments(judge: Judge, session: Session, assessor: User) -> None:
    for grade in range(3):
        judge(grade + 1, grade)
    results = in_two_threads(lambda: undo(assessor, session), lambda: undo(assessor, session))
    taken = [one.judgment.takes_back for one in results if isinstance(one, Recorded)]
    assert {one.grade for one in taken if one} == {1, 2}, results
    assert [grade_of(session, assessor, position) for position in (1, 2, 3)] == [0, None, None]


@pytest.mark.django_db(transaction=True)
def test_the_same_id_of_two_assessors_at_once_is_one_event(judge: Judge, colleague: User) -> None:
    client_id = uuid.uuid4()
    results = in_two_threads(
        lambda: judge(1, 1, client_id=client_id), lambda: judge(1, 1, client_id=client_id, by=colleague)
    )
    assert sorted(type(one).__name__ for one in results) == ["Problem", "Recorded"], results
    assert Judgment.objects.count() == 1
