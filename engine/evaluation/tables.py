"""Runs and qrels as CSV and JSON.

CSV is RFC 4180 in UTF-8 with a header; columns are found by name. JSON of qrels is the canonical
text that snapshots store.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from engine.evaluation.files import (
    FileProblem,
    Lists,
    Scored,
    grade_read,
    score_read,
    score_written,
    strictly_falling,
    text_of,
    topic_checked,
)
from engine.evaluation.qrels import JudgedFigure, Qrels, in_topic_order
from engine.evaluation.trec import Grades, ReadRun, grade_add

RUN_SCHEMA = "patentsearch-run/1"
RUN_COLUMNS = ("topic", "rank", "figure", "score", "run")
QRELS_COLUMNS = ("topic", "figure", "grade", "ruling", "adjudicator")
ASSESSOR = "assessor "
CANNOT_JUDGE = "cannot judge"
_STARTS_OF_FORMULAS = ("=", "+", "-", "@")
_LONGEST_CELL = 10_000


def run_as_csv(lists: Mapping[str, Sequence[Scored]], tag: str) -> str:
    """A run as CSV, one row per figure; scores are strictly descending as in the TREC file."""
    text, writer = _writer(RUN_COLUMNS)
    for topic in in_topic_order(lists):
        scores = strictly_falling([score for _, score in lists[topic]])
        for rank, ((figure, _), score) in enumerate(zip(lists[topic], scores, strict=True), start=1):
            writer.writerow((topic, rank, figure, score_written(score), harmless(tag)))
    return text.getvalue()


def run_from_csv(data: bytes, topics: Collection[str]) -> ReadRun:
    """Read a run from CSV with the columns topic, figure, score; others are ignored. Raises: FileProblem."""
    lists, tag = Lists(), ""
    for line, row in _rows(data, ("topic", "figure", "score")):
        tag = tag or row.get("run", "").removeprefix("'")
        lists.add(line, topic_checked(line, row["topic"], topics), row["figure"], score_read(line, row["score"]))
    return ReadRun(tag, lists.ranked())


def run_as_json(lists: Mapping[str, Sequence[Scored]], tag: str, made_with: Mapping[str, Any]) -> str:
    """A run as JSON with its settings, one figure a line; the same bytes for the same run."""
    topics = []
    for topic in in_topic_order(lists):
        scores = strictly_falling([score for _, score in lists[topic]])
        figures = ",".join(
            f'\n  {{"figure":{_json(figure)},"score":{score_written(score)}}}'
            for (figure, _), score in zip(lists[topic], scores, strict=True)
        )
        topics.append(f'\n {{"number":{_json(topic)},"figures":[{figures}]}}')
    head = _json({"schema": RUN_SCHEMA, "run": tag, **made_with})
    return head[:-1] + f',"topics":[{",".join(topics)}\n]}}\n'


def run_from_json(data: bytes, topics: Collection[str]) -> ReadRun:
    """Read a run from JSON of RUN_SCHEMA; figures are ordered by score. Raises: FileProblem."""
    read = _loaded(data)
    if not isinstance(read, dict) or read.get("schema") != RUN_SCHEMA:
        raise FileProblem(0, f'The file must be a JSON object with "schema": "{RUN_SCHEMA}".')
    lists = Lists()
    for place, topic in enumerate(_items(read.get("topics"), 'the run\'s "topics"'), start=1):
        number = topic_checked(0, str(topic.get("number")), topics)
        for one in _items(topic.get("figures"), f'the "figures" of topic {place}'):
            figure, score = one.get("figure"), one.get("score")
            if not isinstance(figure, str) or isinstance(score, bool) or not isinstance(score, int | float):
                raise FileProblem(0, f'Every figure of topic {number} needs "figure", a text, and "score", a number.')
            lists.add(0, number, figure, score_read(0, str(score)))
    return ReadRun(str(read.get("run") or ""), lists.ranked())


def qrels_as_csv(qrels: Qrels) -> str:
    """Qrels as CSV, one row per pooled figure: the grade, the ruling, and each assessor's grade.

    An empty grade means unjudged; an empty cell of an assessor means that they did not judge the figure.
    """
    assessors = qrels.assessors
    text, writer = _writer((*QRELS_COLUMNS, *(ASSESSOR + name for name in assessors)))
    for topic in in_topic_order(qrels.topics):
        for number, figure in sorted(qrels.topics[topic].figures.items()):
            writer.writerow(
                (topic, number, "" if figure.grade is None else figure.grade, *_assessor_cells(figure, assessors))
            )
    return text.getvalue()


def _assessor_cells(figure: JudgedFigure, assessors: Sequence[str]) -> list[str]:
    ruling = figure.ruling
    ruled = [_grade_written(ruling.grade), harmless(ruling.adjudicator)] if ruling else ["", ""]
    of = figure.originals
    return ruled + [_grade_written(of[name]) if name in of else "" for name in assessors]


def _grade_written(grade: int | None) -> str:
    return CANNOT_JUDGE if grade is None else str(grade)


def grades_from_csv(data: bytes, topics: Collection[str]) -> Grades:
    """Read topic → figure → grade from CSV with these three columns; others are ignored. Raises: FileProblem."""
    grades: Grades = {}
    for line, row in _rows(data, ("topic", "figure", "grade")):
        grade = None if row["grade"] in ("", CANNOT_JUDGE) else grade_read(line, row["grade"])
        grade_add(grades, line, topic_checked(line, row["topic"], topics), row["figure"], grade)
    return grades


def _writer(columns: Sequence[str]) -> tuple[io.StringIO, Any]:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    return text, writer


def csv_line(cells: Sequence[object]) -> str:
    """One row as a line of CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()


def harmless(cell: str) -> str:
    """The cell, quoted where a spreadsheet would read it as a formula."""
    return f"'{cell}" if cell.startswith(_STARTS_OF_FORMULAS) else cell


def _rows(data: bytes, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and stripped cells by column name, of every row. Raises: FileProblem."""
    reader = csv.reader(io.StringIO(text_of(data), newline=""), strict=True)
    names: list[str] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not names:
                names = [cell.strip().lower() for cell in cells]
                lacking = [name for name in needed if names.count(name) != 1]
                if lacking:
                    raise FileProblem(
                        reader.line_num,
                        f"The first line must name the columns {', '.join(needed)}, each once, with commas between "
                        f"them; {', '.join(lacking)} is missing or repeated.",
                    )
                continue
            if len(cells) != len(names) or max(map(len, cells)) > _LONGEST_CELL:
                raise FileProblem(
                    reader.line_num, f"The line has {len(cells)} cells, but the first line names {len(names)} columns."
                )
            yield reader.line_num, dict(zip(names, (cell.strip() for cell in cells), strict=True))
    except csv.Error as error:
        raise FileProblem(reader.line_num, f"The line is not valid CSV ({error}); quote cells with commas.") from error


def _loaded(data: bytes) -> Any:
    try:
        return json.loads(text_of(data))
    except json.JSONDecodeError as error:
        raise FileProblem(error.lineno, f"The file is not valid JSON: {error.msg}.") from error
    except (ValueError, RecursionError) as error:
        raise FileProblem(0, f"The JSON cannot be read: {error}.") from error


def _items(value: Any, what: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise FileProblem(0, f"{what[0].upper()}{what[1:]} must be a list of objects.")
    return value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=False)
