"""Agreement of a session's assessors; computed again after each new judgment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Max, Q

from annotations.models import Facet, Judgment, Session, Showing
from engine.evaluation.agreement import Agreement, SelfAgreement, SelfAgreements, agreement_of, self_agreement_of

Grades = dict[str, dict[int, int | None]]
_GRADE_OF = {Facet.OVERALL: "grade", Facet.LOOKS: "looks", Facet.WORKS: "works"}


@dataclass(frozen=True, slots=True)
class TopicAgreement:
    """Agreement on one topic. shared: candidates with two or more grades. pairs: pairs of grades of a candidate.

    alike, near: pairs of equal grades, and of grades at most one apart. far: candidates with grades two or more apart.
    """

    number: int
    title: str
    shared: int
    pairs: int
    alike: int
    near: int
    far: int

    @property
    def percent_alike(self) -> float:
        return 100 * self.alike / self.pairs

    @property
    def percent_near(self) -> float:
        return 100 * self.near / self.pairs


@dataclass(frozen=True, slots=True)
class FacetAgreement:
    """Agreement on one facet: between assessors, of each assessor with repeats, and by topic."""

    facet: Facet
    between: Agreement
    selves: SelfAgreements
    topics: tuple[TopicAgreement, ...]

    @property
    def self_agreements(self) -> tuple[SelfAgreement, ...]:
        """Of each assessor, then of all together."""
        return (*self.selves.assessors, self.selves.together)


@dataclass(frozen=True, slots=True)
class SessionAgreement:
    """Agreement of a session by facet. last_judgment: sequence of the newest judgment, 0 without one."""

    facets: tuple[FacetAgreement, ...]
    last_judgment: int


def session_agreement(session: Session) -> SessionAgreement:
    """Compute the agreement of the current judgments, cached until another judgment is stored. Runs play no part."""
    newest = Judgment.objects.filter(showing__assignment__session=session).aggregate(newest=Max("sequence"))["newest"]
    return _computed(session.pk, session.asks_facets, newest or 0)


@lru_cache(maxsize=32)
def _computed(session_id: int, asks_facets: bool, last_judgment: int) -> SessionAgreement:
    facets = tuple(Facet) if asks_facets else (Facet.OVERALL,)
    return SessionAgreement(tuple(_facet(session_id, facet) for facet in facets), last_judgment)


def _facet(session_id: int, facet: Facet) -> FacetAgreement:
    first: Grades = {}
    second: Grades = {}
    topic_of: dict[int, int] = {}
    titles: dict[int, str] = {}
    grade = _GRADE_OF[facet]
    has_value = Q(**{f"current__{grade}__isnull": False}) | Q(current__cannot_judge=True)
    rows = (
        Showing.objects.filter(has_value, assignment__session=session_id)
        .order_by("assignment__assessor__username", "candidate__topic__number", "candidate_id")
        .values_list(
            "assignment__assessor__username",
            "candidate",
            "candidate__topic__number",
            "candidate__topic__title",
            "is_repeat",
            f"current__{grade}",
        )
    )
    for name, candidate, topic, title, is_repeat, value in rows:
        (second if is_repeat else first).setdefault(name, {})[candidate] = value
        topic_of[candidate], titles[topic] = topic, title
    repeats = {
        name: {one: (first[name][one], again) for one, again in given.items() if one in first.get(name, {})}
        for name, given in second.items()
    }
    return FacetAgreement(
        facet=facet,
        between=agreement_of(first, topic_of),
        selves=self_agreement_of(repeats, topic_of),
        topics=_topics(first, topic_of, titles),
    )


def _topics(grades: Grades, topic_of: Mapping[int, int], titles: Mapping[int, str]) -> tuple[TopicAgreement, ...]:
    """Return the topics with a candidate that two assessors graded, by number."""
    given: defaultdict[int, list[int]] = defaultdict(list)
    for of_assessor in grades.values():
        for candidate, grade in of_assessor.items():
            if grade is not None:
                given[candidate].append(grade)
    counts_of: defaultdict[int, list[tuple[int, int, int, int]]] = defaultdict(list)
    for candidate, of_candidate in given.items():
        if len(of_candidate) > 1:
            apart = [abs(a - b) for place, a in enumerate(of_candidate) for b in of_candidate[:place]]
            counts = (len(apart), apart.count(0), sum(one <= 1 for one in apart), int(max(apart) >= 2))
            counts_of[topic_of[candidate]].append(counts)
    return tuple(
        TopicAgreement(topic, titles[topic], len(counts_of[topic]), *map(sum, zip(*counts_of[topic], strict=True)))
        for topic in sorted(counts_of)
    )
