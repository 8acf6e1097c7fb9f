"""Who has which candidate of a session: dealt at first, taken over by who comes late, handed round when somebody goes.

Whoever calls this for a session that is judged holds its pool, and then all its assignments in the order of their keys:
so one deals at a time, and nobody judges meanwhile. A showing never changes its position and is never deleted from a
part that stays: open tabs and judgments that wait to be sent find it again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Max

from annotations.models import Assignment, Candidate, Pool, Session, Showing
from engine.evaluation.dealing import handed_round, order_of, shared, taken_over

Topics = Mapping[int, Sequence[int]]
"""Candidates of each topic by its number."""


@dataclass(frozen=True, slots=True)
class Part:
    """What an assignment has, told by candidates in the order of their first showings.

    open: of the assessor's, without a judgment. unseen: of the open, those of which no showing was seen or judged.
    passed_on: what others have instead.
    """

    assignment: Assignment
    theirs: frozenset[int]
    open: tuple[int, ...]
    unseen: tuple[int, ...]
    passed_on: frozenset[int]

    @property
    def may_judge(self) -> bool:
        return self.assignment.withdrawn_at is None and self.assignment.assessor.is_active


def candidates_of(pool: Pool) -> dict[int, list[int]]:
    """Candidates of each topic by number, in the order of figures: what is dealt follows from the seed alone."""
    by_topic: dict[int, list[int]] = {}
    rows = Candidate.objects.filter(pool=pool).order_by("topic__number", "figure_id")
    for number, pk in rows.values_list("topic__number", "pk"):
        by_topic.setdefault(number, []).append(pk)
    return by_topic


def candidates_assign(assignment: Assignment, candidates: Topics, wanted: Collection[int]) -> None:
    """The candidates are the assignment's: what it had passed on of them is its own again, new ones come at the end.

    Those are in the assessor's own order, with their repeats.
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
    """Deal to who comes late: what everybody judges, what is nobody's, and a share of what the others have open.

    Taken over is what nobody has seen yet, see engine.evaluation.dealing.taken_over. Returns how many candidates were.
    """
    session = assignment.session
    candidates = candidates_of(session.pool)
    (mine,), parts = _parts([assignment]), _parts(others)
    for_all = shared(candidates, percent=session.overlap_percent, seed=session.seed)
    own = (for_all | _nobodys(candidates, [mine, *parts])) - mine.theirs
    giving = {part.assignment.assessor_id: part for part in parts if part.assignment.withdrawn_at is None}
    taken = taken_over(
        {pk: len(part.open) for pk, part in giving.items()},
        {pk: [one for one in part.unseen if one not in for_all | mine.theirs] for pk, part in giving.items()},
        own_count=len(own) + len(mine.open),
        seed=session.seed,
    )
    for pk, some in taken.items():
        _pass_on(giving[pk].assignment, some)
    over = {one for some in taken.values() for one in some}
    candidates_assign(assignment, candidates, own | over | mine.theirs)  # theirs, for their second showings
    return len(over)


def open_showings_pass_on(assignment: Assignment) -> None:
    """Nothing of the assignment is left to judge; what was judged stays as it is."""
    assignment.showings.filter(current=None).update(is_passed_on=True)


def candidates_reassign(session: Session, assignments: Sequence[Assignment]) -> int:
    """Give what nobody has any more to those who judge on; while nobody does, it stays nobody's.

    A candidate goes back to whoever it was taken over from, the others where least is left, see
    engine.evaluation.dealing.handed_round. Returns how many candidates were given.
    """
    candidates = candidates_of(session.pool)
    parts = _parts(assignments)
    left = _nobodys(candidates, parts)
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
    round_ = handed_round(rest, {pk: count + len(given[pk]) for pk, count in counts.items()}, seed=session.seed)
    for part in staying:
        pk = part.assignment.assessor_id
        candidates_assign(part.assignment, candidates, given[pk] | round_.get(pk, set()))
    return sum(map(len, given.values())) + sum(map(len, round_.values()))


def _parts(assignments: Sequence[Assignment]) -> list[Part]:
    showings: dict[int, list[Showing]] = {one.pk: [] for one in assignments}
    for showing in Showing.objects.filter(assignment__in=assignments).order_by("position"):
        showings[showing.assignment_id].append(showing)
    return [_part(one, showings[one.pk]) for one in assignments]


def _part(assignment: Assignment, showings: Sequence[Showing]) -> Part:
    first = [one for one in showings if not one.is_repeat]
    theirs = [one for one in first if not one.is_passed_on]
    touched = {one.candidate_id for one in showings if one.current_id is not None or one.seen_at is not None}
    open_ = tuple(one.candidate_id for one in theirs if one.current_id is None)
    return Part(
        assignment=assignment,
        theirs=frozenset(one.candidate_id for one in theirs),
        open=open_,
        unseen=tuple(one for one in open_ if one not in touched),
        passed_on=frozenset(one.candidate_id for one in first if one.is_passed_on),
    )


def _nobodys(candidates: Topics, parts: Sequence[Part]) -> set[int]:
    return {one for some in candidates.values() for one in some}.difference(*(part.theirs for part in parts))


def _pass_on(assignment: Assignment, candidates: Collection[int]) -> None:
    assignment.showings.filter(candidate__in=candidates).update(is_passed_on=True)
