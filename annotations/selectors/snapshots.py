"""Qrels snapshots: input of freezing, and contents. A snapshot whose text does not match its hash is never used."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import BigIntegerField, CharField, F, IntegerField, Max, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from annotations.models import Candidate, Facet, QrelsSnapshot, Ruling, Session, Showing, TopicSet
from annotations.selectors.document_numbers import numbers_of_figures, relatives_of_figures
from engine.errors import Problem
from engine.evaluation import qrels as engine_qrels
from engine.evaluation.qrels import Assessed, JudgedFigure, Qrels, QrelsError, TopicToSettle, qrels_from_text

LONGEST_NAME = 120
_JUDGED, _RULED = 0, 1
_Row = tuple[int, str, int, str, int | None]  # sequence, topic, figure, who, grade
_GRADE_OF = {Facet.OVERALL: "grade", Facet.LOOKS: "looks", Facet.WORKS: "works"}


class SnapshotDamaged(Problem):
    """The text of a snapshot was changed or cannot be read."""

    def __init__(self, detail: str) -> None:
        super().__init__("snapshot-damaged", detail, 409)


@dataclass(frozen=True, slots=True)
class Events:
    """Judgments and rulings of sessions at one moment. last_judgment, last_ruling: newest sequences counted."""

    assessed: tuple[Assessed, ...]
    rulings: tuple[engine_qrels.Ruling, ...]
    last_judgment: int
    last_ruling: int


def events_of_sessions(sessions: Collection[Session], facet: str) -> Events:
    """Read the current judgments of first showings, and the newest ruling of each candidate and session.

    One statement reads both, so that they belong to the same moment while people judge.
    """
    grade = _GRADE_OF[Facet(facet)]
    judged: list[_Row] = []
    ruled: list[_Row] = []
    newest = {_JUDGED: 0, _RULED: 0}
    for row in _judgments(sessions, grade).union(_rulings(sessions, grade), all=True):
        kind, sequence, topic, figure_id, name, value, cannot_judge = row
        newest[kind] = max(newest[kind], sequence)
        if value is None and not cannot_judge:
            continue  # no grade of this facet, or taken back
        (judged if kind == _JUDGED else ruled).append((sequence, str(topic), figure_id, name, value))
    numbers = numbers_of_figures({figure_id for _, _, figure_id, _, _ in judged + ruled})
    judged.sort()
    ruled.sort()
    return Events(
        assessed=tuple(Assessed(topic, numbers[figure], name, value) for _, topic, figure, name, value in judged),
        rulings=tuple(
            engine_qrels.Ruling(topic, numbers[figure], name, value) for _, topic, figure, name, value in ruled
        ),
        last_judgment=newest[_JUDGED],
        last_ruling=newest[_RULED],
    )


_COLUMNS = ("kind", "order", "topic_number", "figure_id", "name", "value", "cannot")


def _judgments(sessions: Collection[Session], grade: str) -> QuerySet[Showing, tuple[Any, ...]]:
    first = Showing.objects.filter(assignment__session__in=sessions, is_repeat=False, current__isnull=False)
    return (
        first.order_by()
        .annotate(
            kind=Value(_JUDGED, IntegerField()),
            order=Cast("current_id", BigIntegerField()),
            topic_number=F("candidate__topic__number"),
            figure_id=F("candidate__figure_id"),
            name=Cast("assignment__assessor__username", CharField()),
            value=F(f"current__{grade}"),
            cannot=F("current__cannot_judge"),
        )
        .values_list(*_COLUMNS)
    )


def _rulings(sessions: Collection[Session], grade: str) -> QuerySet[Ruling, tuple[Any, ...]]:
    of_each = Ruling.objects.filter(session__in=sessions).order_by().values("session_id", "candidate_id")
    newest = of_each.annotate(newest=Max("sequence")).values("newest")
    return (
        Ruling.objects.filter(pk__in=newest)
        .order_by()
        .annotate(
            kind=Value(_RULED, IntegerField()),
            order=Cast("sequence", BigIntegerField()),
            topic_number=F("candidate__topic__number"),
            figure_id=F("candidate__figure_id"),
            name=Cast("adjudicator__username", CharField()),
            value=F(grade),
            cannot=F("cannot_judge"),
        )
        .values_list(*_COLUMNS)
    )


def topics_to_settle(topic_set: TopicSet, sessions: Collection[Session]) -> list[TopicToSettle]:
    """Return every topic of the set with its figures in the sessions' pools."""
    topics = list(topic_set.topics.order_by("number"))
    pooled: dict[int, set[int]] = {topic.pk: set() for topic in topics}
    candidates = Candidate.objects.filter(pool__in={session.pool_id for session in sessions})
    for topic_id, figure_id in candidates.order_by().values_list("topic_id", "figure_id"):
        pooled[topic_id].add(figure_id)
    topic_figures = {topic.figure_id for topic in topics if topic.figure_id is not None}
    figures = topic_figures.union(*pooled.values())
    numbers, relatives = numbers_of_figures(figures), relatives_of_figures(figures)
    return [
        TopicToSettle(
            number=str(topic.number),
            title=topic.title,
            relatives=None if topic.figure_id is None else relatives[topic.figure_id],
            pooled={numbers[figure_id]: relatives[figure_id] for figure_id in pooled[topic.pk]},
        )
        for topic in topics
    ]


def snapshot_require_whole(snapshot: QrelsSnapshot) -> None:
    """Raise SnapshotDamaged if the text of a snapshot does not match its hash."""
    if content_sha256(snapshot.content) != snapshot.sha256:
        raise SnapshotDamaged(
            f"The text of “{snapshot.name}” does not have the hash that was stored at freezing, so it is not used."
            " Restore the database from a backup, or freeze the sessions again under another name."
        )


def snapshot_qrels(snapshot: QrelsSnapshot) -> Qrels:
    """Read the qrels of a snapshot. Raises: SnapshotDamaged if the text does not match its hash."""
    snapshot_require_whole(snapshot)
    try:
        return qrels_from_text(snapshot.content)
    except QrelsError as error:
        raise SnapshotDamaged(f"“{snapshot.name}” cannot be read: {error.detail}.") from error


def content_sha256(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class TopicCount:
    """Counts of a topic."""

    number: str
    title: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of pooled figures. by_grade: (grade, count), for 0 to 3 or the grades of the qrels. unjudged: no grade.

    cannot_judge: figures without a grade that an assessor could not judge. overlap: figures judged by several
    assessors. adjudicated: figures with a ruling.
    """

    pooled: int
    by_grade: tuple[tuple[int, int], ...]
    unjudged: int
    cannot_judge: int
    overlap: int
    adjudicated: int

    @property
    def judged(self) -> int:
        return self.pooled - self.unjudged


def counts_of(figures: Iterable[JudgedFigure], grades: Sequence[int] = (0, 1, 2, 3)) -> Counts:
    """Count judged figures by grade."""
    found = list(figures)
    by_grade = dict.fromkeys(grades, 0)
    for figure in found:
        if figure.grade is not None:
            by_grade[figure.grade] = by_grade.get(figure.grade, 0) + 1
    without = [figure for figure in found if figure.grade is None]
    return Counts(
        pooled=len(found),
        by_grade=tuple(sorted(by_grade.items())),
        unjudged=len(without),
        cannot_judge=sum(bool(figure.originals) or figure.ruling is not None for figure in without),
        overlap=sum(len(figure.originals) > 1 for figure in found),
        adjudicated=sum(figure.ruling is not None for figure in found),
    )


@dataclass(frozen=True, slots=True)
class Summary:
    """Numbers of qrels. rule: how the final grades were derived."""

    rule: str
    assessors: tuple[str, ...]
    adjudicators: tuple[str, ...]
    reserved: int
    counts: Counts
    topics: tuple[TopicCount, ...]


def snapshot_summary(snapshot: QrelsSnapshot) -> Summary:
    """Return the numbers of a snapshot; cached, since large ones take half a second. Raises: SnapshotDamaged."""
    snapshot_require_whole(snapshot)
    key = f"qrels-summary:{snapshot.sha256}"
    found: Summary | None = cache.get(key)
    if found is None:
        found = _summary_of(snapshot_qrels(snapshot))
        cache.set(key, found, timeout=None)
    return found


def _summary_of(qrels: Qrels) -> Summary:
    figures = [figure for topic in qrels.topics.values() for figure in topic.figures.values()]
    counts = counts_of(figures)
    grades = [grade for grade, _ in counts.by_grade]
    topics = [qrels.topics[number] for number in engine_qrels.in_topic_order(qrels.topics)]
    return Summary(
        rule=qrels.rule,
        assessors=tuple(qrels.assessors),
        adjudicators=tuple(sorted({figure.ruling.adjudicator for figure in figures if figure.ruling})),
        reserved=len(qrels.reserved),
        counts=counts,
        topics=tuple(TopicCount(one.number, one.title, counts_of(one.figures.values(), grades)) for one in topics),
    )


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """A snapshot in lists and pages. summary: None if it is damaged. fault: what is wrong with it, or empty."""

    snapshot: QrelsSnapshot
    summary: Summary | None
    fault: str

    @property
    def depths(self) -> list[int]:
        """Distinct depths of the judged pools. Needs prefetched sessions with pools."""
        return sorted({session.pool.depth for session in self.snapshot.sessions.all()})


def snapshot_row(snapshot: QrelsSnapshot) -> SnapshotRow:
    """Return a snapshot with its summary, or with its fault if it is damaged."""
    try:
        return SnapshotRow(snapshot, snapshot_summary(snapshot), "")
    except SnapshotDamaged as damaged:
        return SnapshotRow(snapshot, None, damaged.detail)


def snapshots_listed(topic_set: TopicSet) -> list[SnapshotRow]:
    """Return the snapshots of a topic set, newest first."""
    return [snapshot_row(one) for one in _with_sessions(topic_set.snapshots.all()).order_by("-pk")]


def snapshot_row_by_id(snapshot_id: int) -> SnapshotRow | None:
    found = _with_sessions(QrelsSnapshot.objects.filter(pk=snapshot_id)).select_related("topic_set").first()
    return None if found is None else snapshot_row(found)


def _with_sessions(snapshots: QuerySet[QrelsSnapshot]) -> QuerySet[QrelsSnapshot]:
    return snapshots.select_related("created_by").prefetch_related("sessions__pool")


def name_proposed(topic_set: TopicSet, sessions: Sequence[Session], facet: str = Facet.OVERALL) -> str:
    """Propose an unused name for a snapshot: sessions, facet and date, with a number if that is taken."""
    what = sessions[0].name if len(sessions) == 1 else "All sessions" if sessions else str(topic_set)
    facet_label = "" if facet == Facet.OVERALL else f", {Facet(facet).label}"
    tail = f"{facet_label}, {timezone.localdate():%Y-%m-%d}"
    name = what[: LONGEST_NAME - len(tail) - 5] + tail
    taken = set(topic_set.snapshots.filter(Q(name__startswith=name)).values_list("name", flat=True))
    number = 1
    while (proposed := name if number == 1 else f"{name} {number}") in taken:
        number += 1
    return proposed
