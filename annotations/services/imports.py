"""Import runs and qrels of other systems: read strictly, without relatives of a topic, each file once."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from annotations.models import Facet, QrelsSnapshot, RankedList, Run, System, Topic, TopicSet
from annotations.selectors.document_numbers import figures_of_numbers, relatives_of_figures
from annotations.selectors.exports import FORMATS
from annotations.selectors.relatives import reserved_references
from annotations.selectors.runs import lists_content
from annotations.services.snapshots import snapshot_store
from annotations.services.topics import topic_set_lock
from engine.errors import Problem
from engine.evaluation.files import Scored, text_of
from engine.evaluation.qrels import (
    RULE_IMPORTED,
    JudgedFigure,
    JudgedTopic,
    Qrels,
    QrelsError,
    qrels_from_text,
)
from engine.evaluation.relatives import Relatives, without_relatives
from engine.evaluation.tables import grades_from_csv, run_from_csv, run_from_json
from engine.evaluation.trec import Grades, ReadRun, grades_from_trec, run_from_trec
from search.models import Verdict, WorkState

LARGEST_RUN_BYTES = 64 * 2**20
LARGEST_QRELS_BYTES = 20_000_000

logger = logging.getLogger(__name__)

_RUN_READERS: Mapping[str, Callable[[bytes, Collection[str]], ReadRun]] = {
    "trec": run_from_trec,
    "csv": run_from_csv,
    "json": run_from_json,
}
_TAG = re.compile(r"[A-Za-z0-9._-]{1,60}", re.ASCII)
_NAMED = 5


@transaction.atomic
def run_import(*, topic_set: TopicSet, name: str, data: bytes, file_format: str, imported_by: User) -> Run:
    """Store the run of a file as finished; the same lists under the same name again return the same row.

    name: if empty, the tag in the file. The run's note counts the figures left out as relatives or reserved, and names
    the topics without a list. Raises: Problem.
    """
    topics = _topics(topic_set)
    read = _reader(_RUN_READERS, file_format)(data, topics)
    name = name.strip() or read.tag
    if not _TAG.fullmatch(name):
        raise Problem("name", "Give the run a name of at most 60 letters, digits, hyphens, underscores and full stops.")
    figures = _figures({figure for ranked in read.lists.values() for figure, _ in ranked})
    counting = _Counting(topic_set, topics, figures)
    lists = {number: counting.kept(number, read.lists.get(number, ())) for number in topics}
    if not any(lists.values()):
        raise Problem("nothing-found", f"The file has no figure that may count. {counting.summary}".strip())
    found = {
        number: ([figures[figure] for figure, _ in ranked], [score for _, score in ranked])
        for number, ranked in lists.items()
    }
    content = lists_content((topics[number].number, *pair) for number, pair in found.items())
    note = " ".join(filter(None, (counting.summary, _without_list(lists))))
    run, created = Run.objects.get_or_create(
        topic_set=topic_set,
        name=name,
        defaults={
            "system": System.IMPORTED,
            "depth": max(map(len, lists.values())),
            "note": note,
            "sha256": hashlib.sha256(content).hexdigest(),
            "created_by": imported_by,
            "finished_at": timezone.now(),
            "state": WorkState.DONE,
            "verdict": Verdict.WARNED if note else Verdict.ACCEPTED,
        },
    )
    if not created:
        return _same_run(run, content)
    RankedList.objects.bulk_create(
        RankedList(run=run, topic=topics[number], figure_ids=figure_ids, scores=scores)
        for number, (figure_ids, scores) in found.items()
    )
    logger.info("run imported run=%d topic_set=%d left_out=%d", run.pk, topic_set.pk, counting.left_out)
    return run


@transaction.atomic
def qrels_import(
    *,
    topic_set: TopicSet,
    name: str,
    data: bytes,
    file_format: str,
    imported_by: User,
    facet: str = Facet.OVERALL,
) -> QrelsSnapshot:
    """Store the qrels of a file as a snapshot; the same qrels under the same name again return the same row.

    TREC and CSV have grades, JSON also the assessors' judgments, rulings and the facet. The rule of the qrels counts
    the figures left out as relatives or reserved. Raises: Problem.
    """
    topics = _topics(topic_set)
    try:
        read = _qrels_read(data, file_format, set(topics), Facet(facet))
    except QrelsError as error:
        raise Problem("file-refused", error.detail) from error
    figures = _figures({figure for topic in read.topics.values() for figure in topic.figures})
    counting = _Counting(topic_set, topics, figures)
    judged = {number: counting.judged(number, read.topics.get(number)) for number in topics}
    if not any(figure.grade is not None for topic in judged.values() for figure in topic.figures.values()):
        raise Problem("nothing-judged", f"The file has no grade of a figure that may count. {counting.summary}".strip())
    qrels = replace(
        read,
        topic_set=topic_set.name,
        rule=f"{read.rule}; {counting.summary}" if counting.left_out else read.rule,
        topics=judged,
        reserved=counting.reserved,
    )
    snapshot = snapshot_store(topic_set=topic_set, name=name, qrels=qrels, stored_by=imported_by)
    logger.info("qrels imported snapshot=%d topic_set=%d left_out=%d", snapshot.pk, topic_set.pk, counting.left_out)
    return snapshot


def _topics(topic_set: TopicSet) -> dict[str, Topic]:
    """Return the topics by number; they cannot change until the transaction ends."""
    if not topic_set_lock(topic_set):
        raise Problem("topic-set-gone", f"The topic set “{topic_set}” was deleted meanwhile. Make another one.")
    topics = {str(topic.number): topic for topic in topic_set.topics.order_by("number")}
    if not topics:
        raise Problem("no-topics", f"The topic set “{topic_set}” has no topics. Add some, or draw them at random.")
    return topics


def _reader(readers: Mapping[str, Callable[..., ReadRun]], file_format: str) -> Callable[..., ReadRun]:
    if file_format not in readers:
        raise Problem("format", f"The format must be one of {', '.join(readers)}.")
    return readers[file_format]


def _figures(numbers: Collection[str]) -> dict[str, int]:
    """Document number → figure. Raises: Problem that names figures missing from the collection."""
    figures = figures_of_numbers(numbers)
    unknown = sorted(set(numbers) - set(figures))
    if unknown:
        named = ", ".join(repr(number[:60]) for number in unknown[:_NAMED])
        raise Problem(
            "unknown-figures",
            f"The collection has no figure {named}{' and more' if len(unknown) > _NAMED else ''} ({len(unknown)} in "
            "all). Figures are named by document numbers like EP1234567A1/3.1/2. Export the document numbers, and "
            "remove figures that are not among them.",
        )
    return figures


class _Counting:
    """Selects the figures of a file that may count for each topic, and counts the others."""

    def __init__(self, topic_set: TopicSet, topics: Mapping[str, Topic], figures: Mapping[str, int]) -> None:
        self.reserved = reserved_references(topic_set)
        self.left_out = 0
        own = {topic.figure_id for topic in topics.values() if topic.figure_id is not None}
        relatives = relatives_of_figures({*figures.values(), *own})
        self._topics = topics
        self._topic_relatives = {
            number: None if topic.figure_id is None else relatives[topic.figure_id] for number, topic in topics.items()
        }
        self._relatives = {figure: relatives[pk] for figure, pk in figures.items()}

    def kept(self, number: str, ranked: Sequence[Scored]) -> list[Scored]:
        kept = without_relatives(
            ranked, self._topic_relatives[number], lambda scored: self._relatives[scored[0]], self.reserved
        )
        self.left_out += len(ranked) - len(kept)
        return kept

    def judged(self, number: str, topic: JudgedTopic | None) -> JudgedTopic:
        """Return a topic with its title and relatives, and the judgments of the file that may count."""
        of_file = topic.figures if topic else {}
        kept = self.kept(number, [(figure, 0.0) for figure in of_file])
        figures = {figure: replace(of_file[figure], relatives=self._relatives[figure]) for figure, _ in kept}
        return JudgedTopic(number, self._topics[number].title, self._topic_relatives[number], figures)

    @property
    def summary(self) -> str:
        if not self.left_out:
            return ""
        were = "1 figure was" if self.left_out == 1 else f"{self.left_out} figures were"
        return f"{were} left out: of the topic's publication or family, or of a reserved publication."


def _without_list(lists: Mapping[str, Sequence[Scored]]) -> str:
    empty = [number for number, ranked in lists.items() if not ranked]
    if not empty:
        return ""
    return f"Nothing was found for topic{'' if len(empty) == 1 else 's'} {', '.join(empty)}, which count 0."


def _same_run(run: Run, content: bytes) -> Run:
    """Return the run if it has these lists. Raises: Problem if it has others."""
    if run.system == System.IMPORTED and run.sha256 == hashlib.sha256(content).hexdigest():
        return run
    raise Problem(
        "name-taken", f"The name {run.name} belongs to another run, and runs never change. Choose another name."
    )


def _qrels_read(data: bytes, file_format: str, topics: Collection[str], facet: Facet) -> Qrels:
    if file_format == "json":
        return _whole_qrels(data, topics)
    if file_format not in FORMATS:
        raise Problem("format", f"The format must be one of {', '.join(FORMATS)}.")
    grades: Grades = (grades_from_trec if file_format == "trec" else grades_from_csv)(data, topics)
    judged = {
        number: JudgedTopic(
            number, "", None, {figure: JudgedFigure(grade, Relatives("")) for figure, grade in of_topic.items()}
        )
        for number, of_topic in grades.items()
    }
    return Qrels("", facet.value, RULE_IMPORTED, judged)


def _whole_qrels(data: bytes, topics: Collection[str]) -> Qrels:
    qrels = qrels_from_text(text_of(data))
    unknown = [number for number in qrels.topics if number not in topics]
    if unknown:
        raise QrelsError(
            f"The file judges topic {unknown[0][:40]!r}, which this topic set lacks. Choose another topic set."
        )
    if qrels.facet not in Facet.values:
        raise QrelsError(f"The facet {qrels.facet[:40]!r} is unknown; it must be one of {', '.join(Facet.values)}.")
    return qrels
