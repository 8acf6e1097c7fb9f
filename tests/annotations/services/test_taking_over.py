"""Assessors who come late, and who leave: open pairs go to others, what was seen or judged stays where it is."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q

from annotations.integrity import judgment_faults
from annotations.models import Assignment, Judgment, Pool, Session, Showing
from annotations.selectors.sessions import is_still_blind, unassigned_count
from annotations.selectors.showings import done_of, showing_page, showings_judged
from annotations.services.assessments import Assessed
from annotations.services.judgments import Recorded, judgment_record, judgment_undo, place_keep
from annotations.services.sessions import (
    SessionOptions,
    Withdrawn,
    assignment_add,
    assignment_withdraw,
    session_make,
)
from engine.errors import NotFound
from engine.evaluation.dealing import shared
from tests.annotation_rows import pool_make, run_make, topic_set_make
from tests.annotation_strangers import strangers_make
from tests.factories import user_make
from tests.overlapping import second_during_first

pytestmark = pytest.mark.django_db
SHARED, EACH = 6, 12  # of 30 candidates, 20 % are everybody's; two assessors share the others

OPEN = Q(is_passed_on=False, current=None)


@pytest.fixture
def maker() -> User:
    return user_make("maker", staff=True)


@pytest.fixture
def assessors() -> list[User]:
    return [user_make(name) for name in ("anna", "bert", "cleo", "dora")]


@pytest.fixture
def pool(maker: User) -> Pool:
    """Three topics of ten candidates."""
    figures = strangers_make(4, sheets=4)
    topic_set = topic_set_make(maker, figures[:3])
    return pool_make(topic_set, [run_make(topic_set, figures)])


@pytest.fixture
def session(pool: Pool, assessors: list[User], maker: User) -> Session:
    """Of anna and bert."""
    return made(pool, assessors[:2], maker)


def made(pool: Pool, people: list[User], maker: User, *, name: str = "First") -> Session:
    options = SessionOptions(overlap_percent=20, repeat_percent=20)
    return session_make(pool=pool, name=name, assessors=people, options=options, seed=5, made_by=maker)


def part(session: Session, assessor: User) -> Assignment:
    return session.assignments.get(assessor=assessor)


def open_candidates(session: Session, assessor: User) -> set[int]:
    showings = Showing.objects.filter(OPEN, assignment=part(session, assessor))
    return set(showings.values_list("candidate_id", flat=True))


def layout(session: Session, assessor: User) -> list[tuple[int, int, bool]]:
    """Every showing that there is, whoever has it now."""
    return list(part(session, assessor).showings.values_list("position", "candidate_id", "is_repeat"))


def judge(session: Session, assessor: User, position: int, *, base: uuid.UUID | None = None) -> Recorded:
    return judgment_record(
        assessor=assessor,
        session_id=session.pk,
        position=position,
        client_id=uuid.uuid4(),
        base=base,
        assessed=Assessed(grade=2),
    )


def everybodys(session: Session) -> set[int]:
    candidates: dict[int, list[int]] = {}
    rows = session.pool.candidates.order_by("topic__number", "figure_id")
    for number, pk in rows.values_list("topic__number", "pk"):
        candidates.setdefault(number, []).append(pk)
    return shared(candidates, percent=session.overlap_percent, seed=session.seed)


def test_one_who_comes_late_has_what_is_shared_and_an_even_part_of_what_is_open(
    session: Session, assessors: list[User]
) -> None:
    anna, bert, cleo = assessors[:3]
    before = {one: open_candidates(session, one) for one in (anna, bert)}
    late = assignment_add(session=session, assessor=cleo)
    assert assignment_add(session=session, assessor=cleo) == late
    after = {one: open_candidates(session, one) for one in (anna, bert, cleo)}
    assert [len(one) for one in after.values()] == [14, 14, 14]
    assert after[anna] & after[bert] == after[bert] & after[cleo] == after[anna] & after[cleo] == everybodys(session)
    assert after[anna] < before[anna] and after[bert] < before[bert]
    assert set.union(*after.values()) == set(session.pool.candidates.values_list("pk", flat=True))
    assert any(is_repeat for _, _, is_repeat in layout(session, cleo))


def test_what_others_had_keeps_its_position_and_what_comes_last_is_taken(
    session: Session, assessors: list[User]
) -> None:
    anna, bert, cleo = assessors[:3]
    before = {one: layout(session, one) for one in (anna, bert)}
    assignment_add(session=session, assessor=cleo)
    assert {one: layout(session, one) for one in (anna, bert)} == before
    for one in (anna, bert):
        first = part(session, one).showings.filter(is_repeat=False).exclude(candidate__in=everybodys(session))
        states = list(first.values_list("is_passed_on", flat=True))
        assert states == sorted(states) and sum(states) == 4
        taken = part(session, one).showings.filter(is_passed_on=True).values("candidate")
        assert not part(session, one).showings.filter(candidate__in=taken, is_passed_on=False).exists()
    assert not list(judgment_faults())


def test_what_was_judged_or_seen_is_not_taken_even_when_it_was_taken_back(
    session: Session, assessors: list[User]
) -> None:
    anna, bert, cleo = assessors[:3]
    last = layout(session, bert)[-1][0]
    for position in range(1, last - 1):
        judge(session, bert, position)
        judgment_undo(assessor=bert, session_id=session.pk, client_id=uuid.uuid4())
    place_keep(assignment=part(session, bert), position=last - 1)
    place_keep(assignment=part(session, bert), position=last)
    assignment_add(session=session, assessor=cleo)
    assert not part(session, bert).showings.filter(is_passed_on=True).exists()
    assert part(session, anna).showings.filter(is_passed_on=True).exists()


def test_who_has_more_left_gives_more(session: Session, assessors: list[User]) -> None:
    anna, bert, cleo = assessors[:3]
    for position in range(1, 13):
        judge(session, bert, position)
    few = len(open_candidates(session, bert))
    assignment_add(session=session, assessor=cleo)
    assert len(open_candidates(session, bert)) == few < len(open_candidates(session, anna))
    assert abs(len(open_candidates(session, anna)) - len(open_candidates(session, cleo))) <= 1


def test_the_same_is_taken_over_wherever_the_same_was_judged(pool: Pool, assessors: list[User], maker: User) -> None:
    twins = [made(pool, people, maker, name=name) for name, people in (("a", assessors[:2]), ("b", assessors[1::-1]))]
    for twin in twins:
        judge(twin, assessors[0], 1)
        assignment_add(session=twin, assessor=assessors[2])
    first, second = ([layout(twin, one) for one in assessors[:3]] for twin in twins)
    assert first == second
    assert [open_candidates(twins[0], one) for one in assessors[:3]] == [
        open_candidates(twins[1], one) for one in assessors[:3]
    ]


def test_what_was_passed_on_is_no_work_and_what_is_said_of_it_all_the_same_counts(
    session: Session, assessors: list[User]
) -> None:
    anna, cleo = assessors[0], assessors[2]
    count = done_of(part(session, anna)).count
    late = assignment_add(session=session, assessor=cleo)
    showing = part(session, anna).showings.filter(is_passed_on=True, is_repeat=False)[0]
    done = done_of(part(session, anna))
    assert done.count == count - part(session, anna).showings.filter(is_passed_on=True).count()
    assert showing.position not in [one.position for one in showings_judged(part(session, anna))]
    page = showing_page(part(session, anna), showing.position)
    assert page is not None and page.is_passed_on
    # A judgment that waited in the outbox of a train comes late.
    recorded = judge(session, anna, showing.position)
    showing.refresh_from_db()
    assert (showing.current, showing.is_passed_on) == (recorded.judgment, False)
    assert done_of(part(session, anna)).answered == 1
    assert late.showings.filter(candidate=showing.candidate_id, is_passed_on=False).exists()
    judgment_undo(assessor=anna, session_id=session.pk, client_id=uuid.uuid4())
    assert done_of(part(session, anna)).count == done.count + 1
    assert not list(judgment_faults())


def test_steps_go_past_what_was_passed_on(session: Session, assessors: list[User]) -> None:
    anna = part(session, assessors[0])
    anna.showings.filter(position__in=[2, 3]).update(is_passed_on=True)
    first = showing_page(anna, 1)
    fourth = showing_page(anna, 4)
    assert first is not None and fourth is not None
    assert (first.previous, first.following, first.next_open) == (None, 4, 4)
    assert (fourth.previous, fourth.is_passed_on) == (1, False)
    last = anna.showings.count()
    anna.showings.filter(position=last).update(is_passed_on=True)
    end = showing_page(anna, last - 1)
    assert end is not None and (end.following, end.last, end.count) == (None, last - 1, last - 3)


def test_what_is_said_of_is_never_passed_on(session: Session, assessors: list[User]) -> None:
    showing = judge(session, assessors[0], 1).judgment.showing
    with pytest.raises(IntegrityError), transaction.atomic():
        Showing.objects.filter(pk=showing.pk).update(is_passed_on=True)


def test_an_assessor_added_and_withdrawn_leaves_everything_as_it_was(session: Session, assessors: list[User]) -> None:
    cleo = assessors[2]
    before = list(Showing.objects.order_by("pk").values())
    late = assignment_add(session=session, assessor=cleo)
    assert list(Showing.objects.exclude(assignment=late).order_by("pk").values()) != before
    assert assignment_withdraw(assignment=late) == Withdrawn(given=8, stays=False)
    assert list(Showing.objects.order_by("pk").values()) == before
    assert assignment_withdraw(assignment=late) == Withdrawn(given=0, stays=False)


def test_what_somebody_leaves_goes_to_the_others_at_the_end_of_their_parts(
    session: Session, assessors: list[User]
) -> None:
    anna, bert = assessors[:2]
    before, lefts = layout(session, anna), open_candidates(session, bert) - open_candidates(session, anna)
    assert assignment_withdraw(assignment=part(session, bert)) == Withdrawn(given=EACH, stays=False)
    after = layout(session, anna)
    assert after[: len(before)] == before
    assert {candidate for _, candidate, _ in after[len(before) :]} == lefts
    assert any(is_repeat for _, _, is_repeat in after[len(before) :])
    assert unassigned_count(session) == 0
    assert not list(judgment_faults())


def test_who_has_judged_leaves_the_judgments_and_gives_the_rest(session: Session, assessors: list[User]) -> None:
    anna, bert = assessors[:2]
    for position in range(1, 8):
        judge(session, bert, position)
    said = set(Showing.objects.exclude(current=None).values_list("candidate", flat=True))
    lefts = open_candidates(session, bert) - said - open_candidates(session, anna)
    assert assignment_withdraw(assignment=part(session, bert)) == Withdrawn(given=len(lefts), stays=True)
    assert assignment_withdraw(assignment=part(session, bert)) == Withdrawn(given=0, stays=True)
    done = done_of(part(session, bert))
    assert (done.count, done.answered, done.first_open) == (7, 7, None)
    assert Judgment.objects.count() == 7
    assert lefts < open_candidates(session, anna)
    assert unassigned_count(session) == 0
    assert is_still_blind(session, bert)  # who may come back


def test_who_comes_back_goes_on_with_what_everybody_judges_and_an_even_part(
    session: Session, assessors: list[User]
) -> None:
    anna, bert = assessors[:2]
    for position in range(1, 8):
        judge(session, bert, position)
    before = layout(session, bert)
    assignment_withdraw(assignment=part(session, bert))
    back = assignment_add(session=session, assessor=bert)
    assert back.withdrawn_at is None and layout(session, bert)[: len(before)] == before
    said_first = back.showings.exclude(current=None).filter(is_repeat=False).values("candidate")
    assert not back.showings.filter(candidate__in=said_first, is_passed_on=True).exists()  # nor their second showings
    assert done_of(back).answered == 7
    said = set(back.showings.exclude(current=None).values_list("candidate", flat=True))
    assert everybodys(session) <= said | open_candidates(session, bert)
    open_counts = [part(session, one).showings.filter(OPEN, is_repeat=False).count() for one in (anna, bert)]
    assert abs(open_counts[0] - open_counts[1]) <= 1  # not counting second showings of what bert has judged
    assert unassigned_count(session) == 0


def test_what_the_last_one_leaves_is_nobodys_until_somebody_comes(session: Session, assessors: list[User]) -> None:
    anna, bert, cleo = assessors[:3]
    anna.is_active = False
    anna.save()
    part_of_bert = open_candidates(session, bert)
    assignment_withdraw(assignment=part(session, bert))  # who cannot log in is given nothing
    assert unassigned_count(session) == EACH
    assignment_withdraw(assignment=part(session, anna))
    assert unassigned_count(session) == 30
    assert assignment_withdraw(assignment=Assignment(pk=10**9, session=session, assessor=bert)).given == 0
    assignment_add(session=session, assessor=cleo)
    assert part_of_bert < open_candidates(session, cleo)
    assert unassigned_count(session) == 0


def test_nobody_leaves_a_session_that_is_gone(session: Session, assessors: list[User]) -> None:
    assignment = Assignment.objects.select_related("session__pool").get(session=session, assessor=assessors[0])
    Session.objects.filter(pk=session.pk).delete()
    with pytest.raises(NotFound, match="session"):
        assignment_withdraw(assignment=assignment)


@pytest.mark.django_db(transaction=True)
def test_two_who_are_added_at_once_take_nothing_twice(session: Session, assessors: list[User]) -> None:
    cleo, dora = assessors[2:]
    second_during_first(
        lambda: assignment_add(session=session, assessor=cleo), lambda: assignment_add(session=session, assessor=dora)
    )
    parts = [open_candidates(session, one) for one in assessors]
    assert [len(one) for one in parts] == [SHARED + 6] * 4
    assert sum(map(len, parts)) - 3 * SHARED == 30 == len(set.union(*parts))


def last_own(session: Session, assessor: User) -> int:
    """The position of the last pair that is the assessor's alone, which would be taken over first."""
    shown_to_all = everybodys(session)
    rows = layout(session, assessor)
    return [position for position, one, is_repeat in rows if not is_repeat and one not in shown_to_all][-1]


@pytest.mark.django_db(transaction=True)
def test_what_is_judged_at_that_very_moment_is_not_taken(session: Session, assessors: list[User]) -> None:
    anna, cleo = assessors[0], assessors[2]
    last = last_own(session, anna)
    recorded, _ = second_during_first(
        lambda: judge(session, anna, last), lambda: assignment_add(session=session, assessor=cleo)
    )
    assert isinstance(recorded, Recorded)
    judged = recorded.judgment.showing
    assert not judged.is_passed_on and judged.candidate_id not in open_candidates(session, cleo)


@pytest.mark.django_db(transaction=True)
def test_a_judgment_of_what_is_just_being_taken_is_recorded(session: Session, assessors: list[User]) -> None:
    anna, cleo = assessors[0], assessors[2]
    last = last_own(session, anna)
    added, recorded = second_during_first(
        lambda: assignment_add(session=session, assessor=cleo), lambda: judge(session, anna, last)
    )
    assert isinstance(added, Assignment) and isinstance(recorded, Recorded)
    showing = Showing.objects.get(assignment=part(session, anna), position=last)
    assert (showing.current_id, showing.is_passed_on) == (recorded.judgment.pk, False)
    assert showing.candidate_id in open_candidates(session, cleo)


@pytest.mark.django_db(transaction=True)
def test_one_who_leaves_while_another_comes_leaves_nothing_nobodys(session: Session, assessors: list[User]) -> None:
    anna, bert, cleo = assessors[:3]
    leaving = Assignment.objects.select_related("session__pool").get(session=session, assessor=bert)
    second_during_first(
        lambda: assignment_withdraw(assignment=leaving), lambda: assignment_add(session=session, assessor=cleo)
    )
    assert unassigned_count(session) == 0
    parts = [open_candidates(session, one) for one in (anna, cleo)]
    assert [len(one) for one in parts] == [18, 18] and len(set.union(*parts)) == 30
