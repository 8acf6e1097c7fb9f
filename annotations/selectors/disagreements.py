"""Candidates on which a session's assessors differ, widest difference first, with the rulings. For adjudicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from string import ascii_uppercase

from django.db.models import Aggregate, Count, F, Max, Min, Q, QuerySet

from annotations.models import Candidate, Ruling, Session, Showing
from annotations.selectors.showings import Side, Values, values_of
from search.models import Figure
from search.selectors.figures import LinkedSentence, links_of_figures, marked_pieces

MOST_SENTENCES = 40
RELEVANT_FROM = 1
WIDE = 2


class Queue(StrEnum):
    """A selection of the differences."""

    ALL = "all"
    WIDE = "wide"
    SPLIT = "split"
    CANNOT = "cannot"
    FACETS = "facets"
    RULED = "ruled"


@dataclass(frozen=True, slots=True)
class FirstJudgment:
    """An assessor's judgment of a candidate's first showing. letter: stands for the assessor in the whole session."""

    letter: str
    assessor: str
    values: Values


@dataclass(frozen=True, slots=True)
class Difference:
    """A candidate on which the assessors differ. ruling: the current one, None without one."""

    candidate: Candidate
    judgments: tuple[FirstJudgment, ...]
    ruling: Values | None

    @property
    def grades(self) -> tuple[int, ...]:
        return tuple(one.values.grade for one in self.judgments if one.values.grade is not None)

    @property
    def width(self) -> int:
        """Highest grade minus lowest; 0 with fewer than two grades."""
        return max(self.grades) - min(self.grades) if self.grades else 0

    @property
    def has_cannot_judge(self) -> bool:
        return any(one.values.cannot_judge for one in self.judgments)

    @property
    def is_split(self) -> bool:
        """Whether some assessors find the candidate relevant and others do not."""
        return len({grade >= RELEVANT_FROM for grade in self.grades}) > 1

    @property
    def differs_in_facets(self) -> bool:
        grades = [{getattr(one.values, facet) for one in self.judgments} - {None} for facet in ("looks", "works")]
        return any(len(of_facet) > 1 for of_facet in grades)

    def is_of(self, queue: Queue) -> bool:
        """Return whether the difference belongs to the queue; RULED has every candidate with a ruling."""
        return {
            Queue.ALL: self.width > 0 or self.has_cannot_judge,
            Queue.WIDE: self.width >= WIDE,
            Queue.SPLIT: self.is_split,
            Queue.CANNOT: self.has_cannot_judge,
            Queue.FACETS: self.differs_in_facets,
            Queue.RULED: self.ruling is not None,
        }[queue]


@dataclass(frozen=True, slots=True)
class Pair:
    """The drawings of a difference with the sentences linked to them."""

    topic: Side
    found: Side


@dataclass(frozen=True, slots=True)
class Differences:
    """A session's differences, widest first, then by topic."""

    every: tuple[Difference, ...]

    def of(self, queue: Queue) -> list[Difference]:
        return [one for one in self.every if one.is_of(queue)]

    def counts(self) -> dict[Queue, int]:
        return {queue: len(self.of(queue)) for queue in Queue}

    def find(self, candidate_id: int) -> Difference | None:
        return next((one for one in self.every if one.candidate.pk == candidate_id), None)


def next_open(queue: Sequence[Difference], after: int | None = None) -> Difference | None:
    """Return the first difference without a ruling after this candidate, continuing from the start."""
    at = next((place for place, one in enumerate(queue) if one.candidate.pk == after), -1) + 1
    return next((one for one in [*queue[at:], *queue[:at]] if one.ruling is None and one.candidate.pk != after), None)


def differences_of(session: Session) -> Differences:
    """Return the candidates of a session on which assessors differ or that were ruled on. Five queries."""
    letters = _letters(session)
    ruled = current_rulings(session)
    first = Showing.objects.filter(assignment__session=session, is_repeat=False, current__isnull=False)
    wanted = set(_with_a_difference(first)) | ruled.keys()
    judgments: dict[int, list[FirstJudgment]] = {candidate: [] for candidate in wanted}
    showings = first.filter(candidate__in=wanted).select_related("current", "assignment__assessor")
    for showing in showings.order_by("assignment_id"):
        values = values_of(showing.current)
        if values is not None:
            user = showing.assignment.assessor
            judgments[showing.candidate_id].append(FirstJudgment(letters[user.pk], user.get_username(), values))
    candidates = Candidate.objects.filter(pk__in=wanted).select_related(
        "topic__figure__sheet__publication", "figure__sheet__publication"
    )
    every = [Difference(one, tuple(judgments[one.pk]), values_of(ruled.get(one.pk))) for one in candidates]
    return Differences(tuple(sorted(every, key=_order)))


def _with_a_difference(first: QuerySet[Showing]) -> QuerySet[Showing, int]:
    """Query the candidates whose grades differ in any facet, or that an assessor cannot judge."""
    edges: dict[str, Aggregate] = {}
    differs = Q(cannot__gt=0)
    for name in ("grade", "looks", "works"):
        edges |= {f"{name}_low": Min(f"current__{name}"), f"{name}_high": Max(f"current__{name}")}
        differs |= Q(**{f"{name}_low__lt": F(f"{name}_high")})
    cannot = Count("pk", filter=Q(current__cannot_judge=True))
    grouped = first.order_by().values("candidate").annotate(cannot=cannot, **edges)
    return grouped.filter(differs).values_list("candidate", flat=True)


def current_rulings(session: Session) -> dict[int, Ruling]:
    """Candidate → newest ruling of the session, without those taken back."""
    newest = Ruling.objects.filter(session=session).order_by("candidate_id", "-sequence").distinct("candidate_id")
    return {one.candidate_id: one for one in newest.select_related("adjudicator") if not one.says_nothing}


def events_of_candidate(session: Session, candidate: Candidate) -> list[Ruling]:
    """Return every ruling of the session on a candidate, newest first."""
    rulings = Ruling.objects.filter(session=session, candidate=candidate).select_related("adjudicator", "takes_back")
    return list(rulings.order_by("-sequence"))


def pair_of(candidate: Candidate) -> Pair:
    """Return the drawings of a candidate and its topic with their linked sentences. Two queries."""
    figures = [one for one in (candidate.topic.figure, candidate.figure) if one is not None]
    links = links_of_figures([one.pk for one in figures], MOST_SENTENCES)
    sides = {
        pk: tuple(
            LinkedSentence(link, marked_pieces(link)) for link in sorted(some, key=lambda one: one.sentence.position)
        )
        for pk, some in links.items()
    }
    return Pair(_side(candidate.topic.figure, sides), _side(candidate.figure, sides))


def _side(figure: Figure | None, sentences: Mapping[int, tuple[LinkedSentence, ...]]) -> Side:
    return Side(figure, sentences.get(figure.pk, ()) if figure is not None else ())


def _letters(session: Session) -> dict[int, str]:
    """Assessor → letter, in the order they were added: A to Z, then A2 to Z2."""
    assessors = session.assignments.order_by("pk").values_list("assessor_id", flat=True)
    return {
        assessor: ascii_uppercase[place % 26] + (str(place // 26 + 1) if place >= 26 else "")
        for place, assessor in enumerate(assessors)
    }


def _order(one: Difference) -> tuple[int, bool, int, int]:
    return -one.width, not one.has_cannot_judge, one.candidate.topic.number, one.candidate.figure_id
