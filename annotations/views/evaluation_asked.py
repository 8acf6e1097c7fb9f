"""What an address of evaluation asks for: qrels, runs, unit, the least relevant grade, depth and measure, all in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render

from annotations.models import QrelsSnapshot, Run, TopicSet
from annotations.selectors.scores import ScoreOptions, ScoresMissing, ScoreTable, score_table
from annotations.selectors.snapshots import SnapshotDamaged, snapshot_require_whole
from annotations.services.locks import RunNotFound
from annotations.services.scores import scores_complete
from engine.errors import EngineError
from engine.evaluation.measures import Unit
from search.models import WorkState

UNITS: tuple[Unit, ...] = ("figure", "publication")
GREATEST_GRADE = 3
MOST_K = 1000
MOST_RUNS = 40
LARGEST_KEY = 2**63 - 1
BUDGET_SECONDS = 1.0  # of scoring within one request; the page then says how far it is, and asks for more


class AskedWrongly(EngineError):
    """An address that asks for what there is not; `detail` says what would do."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be shown of a topic set. snapshot: None while nothing is frozen. runs: in the order of the set."""

    topic_set: TopicSet
    snapshot: QrelsSnapshot | None
    runs: tuple[Run, ...]
    options: ScoreOptions
    measure: str
    snapshots: tuple[QrelsSnapshot, ...]
    all_runs: tuple[Run, ...]

    @property
    def address(self) -> str:
        """Everything, as the query of an address; empty while nothing is frozen."""
        return f"?{urlencode(self.fields)}" if self.snapshot else ""

    @property
    def fields(self) -> list[tuple[str, str | int]]:
        """Names and values of the address, without the runs' order losing anything."""
        return [*self.fields_without_runs, *(("run", run.pk) for run in self.runs)]

    @property
    def fields_without_runs(self) -> list[tuple[str, str | int]]:
        return [
            ("snapshot", self.snapshot.pk if self.snapshot else ""),
            ("unit", self.options.unit),
            ("from", self.options.relevant_from),
            ("k", self.options.k),
            ("measure", self.measure),
        ]

    def pair(self, one: Run, other: Run) -> str:
        """The same for the comparison of two of the runs."""
        return f"?{urlencode([*self.fields, ('one', one.pk), ('other', other.pk)])}"

    def with_runs(self, runs: tuple[Run, ...]) -> Asked:
        return replace(self, runs=runs)


def topic_set_or_404(topic_set_id: int) -> TopicSet:
    return get_object_or_404(TopicSet, pk=min(topic_set_id, LARGEST_KEY))


def asked_from_query(topic_set: TopicSet, query: QueryDict) -> Asked:
    """What the address asks for; by default the newest qrels and every finished run, as the paper measures.

    Raises: AskedWrongly; Http404 for qrels or runs that the topic set lacks.
    """
    snapshots = tuple(topic_set.snapshots.order_by("-pk").defer("content"))
    all_runs = tuple(topic_set.runs.filter(state=WorkState.DONE).order_by("pk").select_related("topic_set"))
    k = _number(query, "k", 50, MOST_K)
    unit = query.get("unit", "figure")
    if unit not in UNITS:
        raise AskedWrongly("The unit is “figure” or “publication”.")
    options = ScoreOptions(unit=unit, relevant_from=_number(query, "from", 1, GREATEST_GRADE), k=k)
    return Asked(
        topic_set=topic_set,
        snapshot=_chosen(snapshots, query),
        runs=_runs(all_runs, query),
        options=options,
        measure=_measure(query.get("measure", ""), options),
        snapshots=snapshots,
        all_runs=all_runs,
    )


def _number(query: QueryDict, name: str, usual: int, most: int) -> int:
    written = query.get(name, "").strip()
    if not written:
        return usual
    number = int(written) if written.isascii() and written.isdecimal() and len(written) < 10 else 0
    if not 1 <= number <= most:
        raise AskedWrongly(f"“{name}” is a number from 1 to {most:,}.")
    return number


def _key(written: str) -> int:
    if not (written.isascii() and written.isdecimal() and len(written) < 19):
        raise Http404
    return int(written)


def _chosen(snapshots: tuple[QrelsSnapshot, ...], query: QueryDict) -> QrelsSnapshot | None:
    written = query.get("snapshot", "")
    if not written:
        return snapshots[0] if snapshots else None
    found = next((one for one in snapshots if one.pk == _key(written)), None)
    if found is None:
        raise Http404
    return found


def _runs(all_runs: tuple[Run, ...], query: QueryDict) -> tuple[Run, ...]:
    wanted = {_key(written) for written in query.getlist("run") if written}
    if not wanted:
        return all_runs[-MOST_RUNS:]
    if len(wanted) > MOST_RUNS:
        raise AskedWrongly(f"At most {MOST_RUNS} runs stand in one table; choose fewer.")
    found = tuple(run for run in all_runs if run.pk in wanted)
    if len(found) != len(wanted):
        raise Http404
    return found


def _measure(written: str, options: ScoreOptions) -> str:
    """The measure of that name; AP@50 means AP@20 where the depth is 20, so that the depth can be changed alone."""
    if not written or written in options.names:
        return written or options.names[0]
    kind, at, _ = written.partition("@")
    named = f"{kind}@{options.k}" if at else written
    if named not in options.names:
        raise AskedWrongly(f"There is no measure “{written[:40]}”; choose one of {', '.join(options.names)}.")
    return named


def table_or_answer(request: HttpRequest, asked: Asked) -> ScoreTable | HttpResponse:
    """The table; or what is to be said instead: that it is still computed, or that the qrels are damaged."""
    try:
        found = table_or_done(asked)
    except SnapshotDamaged as damaged:
        return render(
            request, "annotations/evaluation_damaged.html", {"asked": asked, "said": damaged.detail}, status=409
        )
    if isinstance(found, int):
        return render(request, "annotations/evaluation_scoring.html", {"asked": asked, "done": found})
    return found


def table_or_done(asked: Asked) -> ScoreTable | int:
    """The table; while it is still computed, how many of the runs are scored. Raises: SnapshotDamaged, RunNotFound."""
    assert asked.snapshot is not None
    snapshot_require_whole(asked.snapshot)
    left = scores_complete(
        snapshot=asked.snapshot, runs=asked.runs, options=asked.options, budget_seconds=BUDGET_SECONDS
    )
    if left:
        return len(asked.runs) - len(left)
    try:
        return score_table(asked.snapshot, asked.runs, asked.options, asked.measure)
    except ScoresMissing as missing:  # they went with their run
        raise RunNotFound from missing


def of_what_is_asked(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view of what an address asks of a topic set; one that asks wrongly is told what would do."""

    @wraps(view)
    def answered(request: HttpRequest, topic_set_id: int, **sent: Any) -> HttpResponse:
        topic_set = topic_set_or_404(topic_set_id)
        try:
            return view(request, asked_from_query(topic_set, request.GET), **sent)
        except AskedWrongly as wrong:
            return refused(request, topic_set, wrong.detail)

    return answered


def refused(request: HttpRequest, topic_set: TopicSet, said: str) -> HttpResponse:
    """The page that says what an address should have asked for."""
    context: dict[str, Any] = {"topic_set": topic_set, "said": said}
    return render(request, "annotations/evaluation_refused.html", context, status=400)
