"""Qrels: grades of figures for topics with the judgments behind them, and their canonical JSON text.

The grade of a figure for a topic is the ruling where there is one, else the lower median of the assessors' grades.
"Cannot judge" is not a grade: a figure that no assessor could grade, or that is ruled as "cannot be judged", is
unjudged. It stays in the qrels as a pooled figure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.errors import EngineError
from engine.evaluation.documents import publication_of
from engine.evaluation.relatives import Relatives

SCHEMA = "patentsearch-qrels/1"
RULE = "the ruling where there is one, else the lower median of the assessors' grades"
RULE_IMPORTED = "as imported"


class QrelsError(EngineError):
    """A text is not valid qrels. detail: where, and what to correct."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Ruled:
    """An adjudicator's ruling: a grade, or None for "cannot be judged"."""

    grade: int | None
    adjudicator: str


@dataclass(frozen=True, slots=True)
class JudgedFigure:
    """A figure in the qrels of a topic. grade: what it was settled to, None for unjudged.

    originals: assessor → grade, None for "cannot judge". A ruling does not change them.
    """

    grade: int | None
    relatives: Relatives
    originals: Mapping[str, int | None] = field(default_factory=dict)
    ruling: Ruled | None = None


@dataclass(frozen=True, slots=True)
class JudgedTopic:
    """A topic with its judged figures. number: the topic in TREC files. kin: None for a drawing of no publication."""

    number: str
    title: str
    relatives: Relatives | None
    figures: Mapping[str, JudgedFigure]


@dataclass(frozen=True, slots=True)
class Qrels:
    """The judgments of a topic set. facet: overall, looks or works. reserved: publications that are left out.

    topics: number → topic, for every topic of the set, judged or not.
    """

    topic_set: str
    facet: str
    rule: str
    topics: Mapping[str, JudgedTopic]
    reserved: frozenset[str] = frozenset()

    def grades(self, topic: str) -> dict[str, int | None]:
        """Document number → grade of a topic, None for unjudged."""
        return {number: figure.grade for number, figure in self.topics[topic].figures.items()}

    def relevant_count(self, topic: str, relevant_from: int = 1) -> int:
        """The number of figures of a topic with at least this grade."""
        figures = self.topics[topic].figures.values()
        return sum(figure.grade is not None and figure.grade >= relevant_from for figure in figures)

    def relatives_of(self, number: str, topic: str) -> Relatives:
        """The keys of a figure's relatives. For a figure not in the topic's qrels, only its publication is known."""
        judged = self.topics[topic].figures.get(number)
        return judged.relatives if judged else Relatives(publication_of(number))

    @property
    def assessors(self) -> list[str]:
        """The names of all assessors with grades, sorted."""
        topics = self.topics.values()
        return sorted({name for topic in topics for figure in topic.figures.values() for name in figure.originals})


@dataclass(frozen=True, slots=True)
class Assessed:
    """One assessor's grade of a figure for a topic, None for "cannot judge"."""

    topic: str
    figure: str
    assessor: str
    grade: int | None


@dataclass(frozen=True, slots=True)
class Ruling:
    """An adjudicator's grade for a figure and topic, None for "cannot be judged"."""

    topic: str
    figure: str
    adjudicator: str
    grade: int | None


@dataclass(frozen=True, slots=True)
class TopicToSettle:
    """A topic and its pool: document number → relatives. Pooled figures without a judgment are unjudged."""

    number: str
    title: str
    relatives: Relatives | None
    pooled: Mapping[str, Relatives]


def qrels_settled(
    *,
    topic_set: str,
    facet: str,
    topics: Iterable[TopicToSettle],
    assessed: Iterable[Assessed],
    rulings: Iterable[Ruling],
    reserved: Collection[str] = (),
) -> Qrels:
    """Compute the qrels from judgments and rulings.

    Of two grades of one assessor, or two rulings, for one figure, the later in the given order counts. Judgments of a
    figure that is not pooled for the topic are ignored.
    """
    originals: dict[tuple[str, str], dict[str, int | None]] = {}
    for one in assessed:
        originals.setdefault((one.topic, one.figure), {})[one.assessor] = one.grade
    ruled = {(one.topic, one.figure): Ruled(one.grade, one.adjudicator) for one in rulings}
    settled = {}
    for topic in topics:
        figures = {}
        for number, relatives in topic.pooled.items():
            own_grades = originals.get((topic.number, number), {})
            ruling = ruled.get((topic.number, number))
            grade = ruling.grade if ruling else lower_median(own_grades.values())
            figures[number] = JudgedFigure(grade, relatives, own_grades, ruling)
        settled[topic.number] = JudgedTopic(topic.number, topic.title, topic.relatives, figures)
    return Qrels(topic_set, facet, RULE, settled, frozenset(reserved))


def lower_median(grades: Iterable[int | None]) -> int | None:
    """The middle grade, the lower of two middle ones; None without a grade. "Cannot judge" is ignored."""
    given = sorted(grade for grade in grades if grade is not None)
    return given[(len(given) - 1) // 2] if given else None


def in_topic_order(numbers: Iterable[str]) -> list[str]:
    """Topic numbers in order: numeric ones first, by value."""
    return sorted(
        numbers, key=lambda number: (not number.isdecimal(), int(number) if number.isdecimal() else 0, number)
    )


def qrels_as_text(qrels: Qrels) -> str:
    """The qrels as canonical JSON: sorted, one figure a line, the same bytes for the same qrels."""
    topics = [_topic_lines(qrels.topics[number]) for number in in_topic_order(qrels.topics)]
    head = {
        "schema": SCHEMA,
        "topic_set": qrels.topic_set,
        "facet": qrels.facet,
        "rule": qrels.rule,
        "reserved": sorted(qrels.reserved),
    }
    return _json(head)[:-1] + ',"topics":[' + ",".join(topics) + "\n]}\n"


def _topic_lines(topic: JudgedTopic) -> str:
    head = {"number": topic.number, "title": topic.title, "kin": _relatives_written(topic.relatives)}
    lines = [f"\n  {_json(_figure_written(number, topic.figures[number]))}" for number in sorted(topic.figures)]
    return "\n " + _json(head)[:-1] + ',"figures":[' + ",".join(lines) + "]}"


def _figure_written(number: str, figure: JudgedFigure) -> dict[str, Any]:
    return {
        "figure": number,
        "grade": figure.grade,
        "kin": _relatives_written(figure.relatives),
        "originals": dict(sorted(figure.originals.items())),
        "ruling": figure.ruling and {"grade": figure.ruling.grade, "adjudicator": figure.ruling.adjudicator},
    }


def _relatives_written(relatives: Relatives | None) -> list[str] | None:
    return None if relatives is None else [relatives.publication, relatives.family, relatives.application]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def qrels_sha256(qrels: Qrels) -> str:
    """The SHA-256 of the canonical text in UTF-8."""
    return hashlib.sha256(qrels_as_text(qrels).encode()).hexdigest()


def qrels_from_text(text: str) -> Qrels:
    """Read qrels from their canonical text. Raises: QrelsError, which names the wrong place."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise QrelsError(f"the file is not JSON: {error}") from error
    top = _Reader(read, "the qrels")
    if top.text("schema") != SCHEMA:
        raise QrelsError(f'the qrels need "schema": "{SCHEMA}"; export qrels here to see the format')
    topics: dict[str, JudgedTopic] = {}
    for place, one in enumerate(top.sequence("topics"), start=1):
        topic = _topic_read(_Reader(one, f"topic {place}"))
        if topic.number in topics:
            raise QrelsError(f"topic {topic.number} appears twice; keep one")
        topics[topic.number] = topic
    reserved = top.sequence("reserved")
    if not all(isinstance(one, str) for one in reserved):
        raise QrelsError('"reserved" must be a list of publications\' references')
    qrels = Qrels(top.text("topic_set"), top.text("facet"), top.text("rule"), topics, frozenset(reserved))
    try:
        qrels_as_text(qrels).encode()
    except UnicodeEncodeError as error:
        raise QrelsError("the text holds a lone surrogate (half a character); remove it") from error
    return qrels


def _topic_read(reader: _Reader) -> JudgedTopic:
    number = reader.text("number")
    figures: dict[str, JudgedFigure] = {}
    for place, one in enumerate(reader.sequence("figures"), start=1):
        figure = _Reader(one, f"topic {number}, figure {place}")
        name = figure.text("figure")
        if name in figures:
            raise QrelsError(f"topic {number} holds the figure {name} twice; keep one")
        figures[name] = _figure_read(figure)
    return JudgedTopic(number, reader.text("title"), reader.relatives(), figures)


def _figure_read(reader: _Reader) -> JudgedFigure:
    relatives = reader.relatives()
    if relatives is None:
        raise QrelsError(f'{reader.place} needs "kin": publication, family, application')
    originals = _Reader(reader.value("originals"), f"{reader.place}, originals")
    grades = {name: originals.grade(name) for name in originals.fields}
    ruling = None
    if reader.value("ruling") is not None:
        fields = _Reader(reader.value("ruling"), f"{reader.place}, ruling")
        ruling = Ruled(fields.grade("grade"), fields.text("adjudicator"))
    return JudgedFigure(reader.grade("grade"), relatives, grades, ruling)


class _Reader:
    """Reads fields of a JSON object and checks their types. Raises: QrelsError."""

    def __init__(self, value: Any, place: str) -> None:
        if not isinstance(value, dict):
            raise QrelsError(f"{place} must be a JSON object")
        self.fields: dict[str, Any] = value
        self.place = place

    def value(self, name: str) -> Any:
        if name not in self.fields:
            raise QrelsError(f'{self.place} lacks "{name}"')
        return self.fields[name]

    def text(self, name: str) -> str:
        value = self.value(name)
        if not isinstance(value, str):
            raise QrelsError(f'"{name}" of {self.place} must be text')
        return value

    def sequence(self, name: str) -> Sequence[Any]:
        value = self.value(name)
        if not isinstance(value, list):
            raise QrelsError(f'"{name}" of {self.place} must be a list')
        return value

    def grade(self, name: str) -> int | None:
        value = self.value(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 127):
            raise QrelsError(f'"{name}" of {self.place} must be a grade from 0 to 127, or null for unjudged')
        return value

    def relatives(self) -> Relatives | None:
        value = self.value("kin")
        if value is None:
            return None
        if not isinstance(value, list) or len(value) != 3 or not all(isinstance(one, str) for one in value):
            raise QrelsError(f'"kin" of {self.place} must be publication, family and application')
        return Relatives(*value)
