"""TREC files for trec_eval: qrels of four columns, runs of six.

trec_eval ignores the rank column: it orders a topic's figures by score, a 32-bit float, and equal scores by the name
of the figure, both descending. So written scores are strictly descending, and runs are ordered the same way on reading.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from engine.evaluation.files import (
    FileProblem,
    Lists,
    Scored,
    columns_of,
    grade_read,
    score_read,
    score_written,
    strictly_falling,
    text_of,
    topic_checked,
)
from engine.evaluation.measures import UNJUDGED, counted_lists
from engine.evaluation.qrels import Qrels, in_topic_order

RUN_COLUMNS = ("topic", "Q0", "figure", "rank", "score", "tag")
QRELS_COLUMNS = ("topic", "0", "figure", "grade")
Grades = dict[str, dict[str, int | None]]


@dataclass(frozen=True, slots=True)
class ReadRun:
    """A run read from a file. lists: topic → figures with scores, best first. tag: empty when absent."""

    tag: str
    lists: Mapping[str, Sequence[Scored]]


def run_as_trec(lists: Mapping[str, Sequence[Scored]], tag: str) -> str:
    """A run as a TREC file, in the order of the lists, with scores adjusted to that order."""
    lines = []
    for topic in in_topic_order(lists):
        scores = strictly_falling([score for _, score in lists[topic]])
        for rank, ((figure, _), score) in enumerate(zip(lists[topic], scores, strict=True), start=1):
            lines.append(f"{topic} Q0 {figure} {rank} {score_written(score)} {tag}\n")
    return "".join(lines)


def run_from_trec(data: bytes, topics: Collection[str]) -> ReadRun:
    """Read a run from a TREC file. Raises: FileProblem, which names the first wrong line and what to do."""
    lists, tag = Lists(), ""
    for line, (topic, _, figure, _, score, line_tag) in columns_of(text_of(data), RUN_COLUMNS):
        if tag and line_tag != tag:
            raise FileProblem(line, f"The tag is {line_tag[:40]!r} and was {tag[:40]!r}; import one run per file.")
        tag = line_tag
        lists.add(line, topic_checked(line, topic, topics), figure, score_read(line, score))
    return ReadRun(tag, lists.ranked())


def qrels_as_trec(qrels: Qrels) -> str:
    """Qrels as a TREC file: the counted figures of every topic, -1 for pooled but unjudged ones."""
    counted = counted_lists({}, qrels).grades
    lines = []
    for topic in in_topic_order(counted):
        for figure, grade in sorted(counted[topic].items()):
            lines.append(f"{topic} 0 {figure} {UNJUDGED if grade is None else grade}\n")
    return "".join(lines)


def grades_from_trec(data: bytes, topics: Collection[str]) -> Grades:
    """Read topic → figure → grade, None for unjudged. Raises: FileProblem with the wrong line and what to do."""
    grades: Grades = {}
    for line, (topic, _, figure, grade) in columns_of(text_of(data), QRELS_COLUMNS):
        grade_add(grades, line, topic_checked(line, topic, topics), figure, grade_read(line, grade))
    return grades


def grade_add(grades: Grades, line: int, topic: str, figure: str, grade: int | None) -> None:
    """Add one grade. Raises: FileProblem when the topic has the figure already."""
    if figure in grades.setdefault(topic, {}):
        raise FileProblem(line, f"Topic {topic} has {figure[:60]!r} twice; keep one grade for each figure.")
    grades[topic][figure] = grade
