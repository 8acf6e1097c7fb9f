"""TREC's files: qrels of four columns, runs of six, as trec_eval reads them.

trec_eval ignores the rank column: it orders a topic's figures by score, a 32-bit number, and equal scores by the name
of the figure, both falling. So written scores fall strictly as 32-bit numbers, and read runs are ordered as it would.
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
    """A run as a file holds it. lists: by topic, figures with scores, best first. tag: empty where it has none."""

    tag: str
    lists: Mapping[str, Sequence[Scored]]


def run_as_trec(lists: Mapping[str, Sequence[Scored]], tag: str) -> str:
    """A run as trec_eval reads it, in the order of the lists whatever their scores."""
    lines = []
    for topic in in_topic_order(lists):
        scores = strictly_falling([score for _, score in lists[topic]])
        for rank, ((figure, _), score) in enumerate(zip(lists[topic], scores, strict=True), start=1):
            lines.append(f"{topic} Q0 {figure} {rank} {score_written(score)} {tag}\n")
    return "".join(lines)


def run_from_trec(data: bytes, topics: Collection[str]) -> ReadRun:
    """The run that a file holds. Raises: FileProblem, which names the first line that is wrong and its mend."""
    lists, tag = Lists(), ""
    for line, (topic, _, figure, _, score, said) in columns_of(text_of(data), RUN_COLUMNS):
        if tag and said != tag:
            raise FileProblem(line, f"The tag is {said[:40]!r} and was {tag[:40]!r}; bring one run at a time.")
        tag = said
        lists.add(line, topic_checked(line, topic, topics), figure, score_read(line, score))
    return ReadRun(tag, lists.ranked())


def qrels_as_trec(qrels: Qrels) -> str:
    """Qrels as trec_eval reads them: what counts of every topic, -1 for what was pooled and is unjudged."""
    counted = counted_lists({}, qrels).grades
    lines = []
    for topic in in_topic_order(counted):
        for figure, grade in sorted(counted[topic].items()):
            lines.append(f"{topic} 0 {figure} {UNJUDGED if grade is None else grade}\n")
    return "".join(lines)


def grades_from_trec(data: bytes, topics: Collection[str]) -> Grades:
    """Topic → figure → grade, None for unjudged. Raises: FileProblem, which names the wrong line and its mend."""
    grades: Grades = {}
    for line, (topic, _, figure, grade) in columns_of(text_of(data), QRELS_COLUMNS):
        grade_add(grades, line, topic_checked(line, topic, topics), figure, grade_read(line, grade))
    return grades


def grade_add(grades: Grades, line: int, topic: str, figure: str, grade: int | None) -> None:
    """Raises: FileProblem where the topic has the figure already."""
    if figure in grades.setdefault(topic, {}):
        raise FileProblem(line, f"Topic {topic} has {figure[:60]!r} already; leave one grade for each figure.")
    grades[topic][figure] = grade
