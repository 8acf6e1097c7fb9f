"""Assign the candidates of a session to its assessors, also when an assessor joins late or is withdrawn.

Callers lock the session's pool and then its assignments in the order of their keys, so that candidates are assigned by
one transaction at a time and nobody judges meanwhile. A showing never changes its position and is never deleted while
its assignment exists: open tabs and judgments that wait to be sent still find it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Max

from annotations.models import Assignment, Candidate, Pool, Session, Showing
from engine.evaluation.dealing import handed_round, order_of, shared, taken_over

Topics = Mapping[int, Sequence[int]]
"""Topic number → candidates."""


@dataclass(frozen=True, slots=True)
class AssignedCandidates:
    """The candidates of an assignment, in the order of their first showings.

    assigned: those the assessor has now. open: assigned ones without a judgment. unseen: open ones of which no showing
    was seen or judged. passed_on: those that were reassigned to others.
    """

    assignment: Assignment
    assigned: frozenset[int]
    open: tuple[int, ...]
    unseen: tuple[int, ...]
    passed_on: frozenset[int]

    @property
    def may_judge(self) -> bool:
        return self.assignment.withdrawn_at is None and self.assignment.assessor.is_active


def candidates_of(pool: Pool) -> dict[int, list[int]]:
    """Return the candidates by topic number, in the order of figures: assignments then depend on the seed alone."""
    by_topic: dict[int, list[int]] = {}
    rows = Candidate.objects.filter(pool=pool).order_by("topic__number", "figure_id")
    for number, pk in rows.values_list("topic__number", "pk"):
        by_topic.setdefault(number, []).append(pk)
    return by_topic


def candidates_assign(assignment: Assignment, candidates: Topics, wanted: Collection[int]) -> None:
    """Assign candidates to an assessor, with showings for new ones after the last, in the assessor's own order.

    Candidates that were passed on get their showings back. New ones get repeats at the session's rate.
    """
    assignment.showings.filter(is_passed_on=True, candidate__in=wanted).update(is_passed_on=False)
    session = assignment.session
    new = set(wanted).difference(assignment.showings.values_list("candidate", flat=True))
    own = {topic: [one for one in some if one in new] for topic, some in candidates.items()}
    order = order_of(own, repeat_percent=session.repeat_percent, seed=session.seed, assessor=assignment.assessor_id)
    last = assignment.showings.aggregate(last=Max("position"))["last"] or 0
    Showing.objects.bulk_create(
        Showing(assignment=assignment, position=position, candidate_id=shown.candidate, is_repeat=shown.is_repeat)
        for position, shown in enumerate(order, start=last + 1)
    )


def candidates_deal_late(assignment: Assignment, others: Sequence[Assignment]) -> int:
    """Assign candidates to an assessor who joins late; return how many were taken over from the others.

    Assigns what every assessor judges, what is unassigned, and a share of the others' open candidates. Only candidates
    that nobody has seen yet are taken over; see engine.evaluation.dealing.taken_over.
    """
    session = assignment.session
    candidates = candidates_of(session.pool)
    (mine,), parts = _parts([assignment]), _parts(others)
    for_all = shared(candidates, percent=session.overlap_percent, seed=session.seed)
    own = (for_all | _unassigned(candidates, [mine, *parts])) - mine.assigned
    giving = {part.assignment.assessor_id: part for part in parts if part.assignment.withdrawn_at is None}
    taken = taken_over(
        {pk: len(part.open) for pk, part in giving.items()},
        {pk: [one for one in part.unseen if one not in for_all | mine.assigned] for pk, part in giving.items()},
        own_count=len(own) + len(mine.open),
        seed=session.seed,
    )
    for pk, from_one in taken.items():
        _pass_on(giving[pk].assignment, from_one)
    from_all = {candidate for from_one in taken.values() for candidate in from_one}
    candidates_assign(assignment, candidates, own | from_all | mine.assigned)  # assigned: restores their repeats
    return len(from_all)


def open_showings_pass_on(assignment: Assignment) -> None:
    """Mark the showings without a judgment as passed on; judged ones stay."""
    assignment.showings.filter(current=None).update(is_passed_on=True)


def candidates_reassign(session: Session, assignments: Sequence[Assignment]) -> int:
    """Assign the candidates that no assessor has to those who may judge; return how many.

    A candidate goes back to the assessor that it was taken over from; the others go to those with the fewest open, see
    engine.evaluation.dealing.handed_round. Without an assessor who may judge, they stay unassigned.
    """
    candidates = candidates_of(session.pool)
    parts = _parts(assignments)
    left = _unassigned(candidates, parts)
    staying = [part for part in parts if part.may_judge]
    if not staying:
        return 0
    given: dict[int, set[int]] = {}
    for part in staying:
        back = part.passed_on & left
        left -= back
        given[part.assignment.assessor_id] = set(back)
    counts = {part.assignment.assessor_id: len(part.open) for part in staying}
    rest = {topic: [one for one in some if one in left] for topic, some in candidates.items()}
    dealt = handed_round(rest, {pk: count + len(given[pk]) for pk, count in counts.items()}, seed=session.seed)
    for part in staying:
        pk = part.assignment.assessor_id
        candidates_assign(part.assignment, candidates, given[pk] | dealt.get(pk, set()))
    return sum(map(len, given.values())) + sum(map(len, dealt.values()))


def _parts(assignments: Sequence[Assignment]) -> list[AssignedCandidates]:
    showings: dict[int, list[Showing]] = {one.pk: [] for one in assignments}
    for showing in Showing.objects.filter(assignment__in=assignments).order_by("position"):
        showings[showing.assignment_id].append(showing)
    return [_part(one, showings[one.pk]) for one in assignments]


def _part(assignment: Assignment, showings: Sequence[Showing]) -> AssignedCandidates:
    first = [one for one in showings if not one.is_repeat]
    assigned = [one for one in first if not one.is_passed_on]
    touched = {one.candidate_id for one in showings if one.current_id is not None or one.seen_at is not None}
    open_ = tuple(one.candidate_id for one in assigned if one.current_id is None)
    return AssignedCandidates(
        assignment=assignment,
        assigned=frozenset(one.candidate_id for one in assigned),
        open=open_,
        unseen=tuple(one for one in open_ if one not in touched),
        passed_on=frozenset(one.candidate_id for one in first if one.is_passed_on),
    )


def _unassigned(candidates: Topics, parts: Sequence[AssignedCandidates]) -> set[int]:
    every = {candidate for of_topic in candidates.values() for candidate in of_topic}
    return every.difference(*(part.assigned for part in parts))


def _pass_on(assignment: Assignment, candidates: Collection[int]) -> None:
    assignment.showings.filter(candidate__in=candidates).update(is_passed_on=True)
