"""What a table of evaluation is made of, as an address writes it: qrels, runs, unit, least relevant grade and depth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict

from annotations.models import QrelsSnapshot, Run, TopicSet
from annotations.selectors.scores import ScoreOptions, ScoresMissing, ScoreTable, runs_not_scored, score_table
from annotations.selectors.snapshots import snapshot_require_whole
from annotations.services.locks import RunNotFound
from engine.errors import NotFound, Problem
from engine.evaluation.measures import Unit
from search.models import WorkState
from search.numbers import key_written, whole_number

UNITS: tuple[Unit, ...] = ("figure", "publication")
GREATEST_GRADE = 3
MOST_K = 1000
MOST_RUNS = 40


class OptionsProblem(Problem):
    """The options of a table are not possible."""

    def __init__(self, detail: str) -> None:
        super().__init__("asked-wrongly", detail)


@dataclass(frozen=True, slots=True)
class TableOptions:
    """What is shown of a topic set. snapshot: None while nothing is frozen. runs: in the order of the set."""

    topic_set: TopicSet
    snapshot: QrelsSnapshot | None
    runs: tuple[Run, ...]
    options: ScoreOptions
    measure: str
    snapshots: tuple[QrelsSnapshot, ...]
    all_runs: tuple[Run, ...]

    @property
    def address(self) -> str:
        """All options as the query of an address; empty while nothing is frozen."""
        return f"?{urlencode(self.fields)}" if self.snapshot else ""

    @property
    def fields(self) -> list[tuple[str, str | int]]:
        """Names and values of the query."""
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
        """Return the query of the comparison of two runs."""
        return f"?{urlencode([*self.fields, ('one', one.pk), ('other', other.pk)])}"

    def with_runs(self, runs: tuple[Run, ...]) -> TableOptions:
        return replace(self, runs=runs)


@dataclass(frozen=True, slots=True)
class Scoring:
    """Progress of a table whose runs are not all scored: `done` of `count` runs."""

    done: int
    count: int

    @property
    def is_complete(self) -> bool:
        return self.done == self.count


def options_of(topic_set: TopicSet, query: QueryDict) -> TableOptions:
    """Parse the options in a query. Defaults: the newest qrels and every finished run, measured as in the paper.

    Raises: OptionsProblem; NotFound for qrels or runs that the topic set lacks.
    """
    snapshots = tuple(topic_set.snapshots.order_by("-pk").defer("content"))
    all_runs = tuple(topic_set.runs.filter(state=WorkState.DONE).order_by("pk").select_related("topic_set"))
    unit = query.get("unit", "figure")
    if unit not in UNITS:
        raise OptionsProblem("The unit is “figure” or “publication”.")
    k = _number(query, "k", 50, MOST_K)
    options = ScoreOptions(unit=unit, relevant_from=_number(query, "from", 1, GREATEST_GRADE), k=k)
    return TableOptions(
        topic_set=topic_set,
        snapshot=_snapshot(snapshots, query.get("snapshot", "")),
        runs=_runs(all_runs, [written for written in query.getlist("run") if written]),
        options=options,
        measure=_measure(query.get("measure", ""), options),
        snapshots=snapshots,
        all_runs=all_runs,
    )


def table_or_scoring(options: TableOptions) -> ScoreTable | Scoring:
    """Return the table, or the progress of its scoring while runs are not scored. Writes nothing.

    Raises: SnapshotDamaged, RunNotFound, Problem where there are no qrels or no runs.
    """
    progress = scoring_of(options)
    if not progress.is_complete:
        return progress
    try:
        return score_table(required_snapshot(options), options.runs, options.options, options.measure)
    except ScoresMissing as missing:  # they were deleted with their run
        raise RunNotFound from missing


def scoring_of(options: TableOptions) -> Scoring:
    """Return how many runs are scored. Raises: SnapshotDamaged, Problem where there are no qrels or no runs."""
    snapshot = required_snapshot(options)
    snapshot_require_whole(snapshot)
    left = runs_not_scored(snapshot, options.runs, options.options)
    return Scoring(done=len(options.runs) - len(left), count=len(options.runs))


def required_snapshot(options: TableOptions) -> QrelsSnapshot:
    """Return the qrels. Raises: Problem where there is nothing to measure, or nothing to measure by."""
    if options.snapshot is None or not options.runs:
        raise Problem("nothing-to-measure", "There is no table yet: it takes a finished run and frozen qrels.")
    return options.snapshot


def _number(query: QueryDict, name: str, usual: int, most: int) -> int:
    written = query.get(name, "").strip()
    number = whole_number(written, least=1, most=most) if written else usual
    if number is None:
        raise OptionsProblem(f"“{name}” is a number from 1 to {most:,}.")
    return number


def _snapshot(snapshots: tuple[QrelsSnapshot, ...], written: str) -> QrelsSnapshot | None:
    if not written:
        return snapshots[0] if snapshots else None
    found = next((one for one in snapshots if one.pk == key_written(written)), None)
    if found is None:
        raise NotFound(f"Qrels {written[:20]} were not found in this topic set.")
    return found


def _runs(all_runs: tuple[Run, ...], written: list[str]) -> tuple[Run, ...]:
    if not written:
        return all_runs[-MOST_RUNS:]
    keys = {key_written(one) for one in written}
    if len(keys) > MOST_RUNS:
        raise OptionsProblem(f"A table has at most {MOST_RUNS} runs; choose fewer.")
    found = tuple(run for run in all_runs if run.pk in keys)
    if len(found) != len(keys):
        raise NotFound("One of the runs was not found among the finished runs of this topic set.")
    return found


def _measure(written: str, options: ScoreOptions) -> str:
    """Return the measure of that name. AP@50 means AP@20 if the depth is 20, so that the depth can be changed alone."""
    if not written or written in options.names:
        return written or options.names[0]
    kind, at, _ = written.partition("@")
    named = f"{kind}@{options.k}" if at else written
    if named not in options.names:
        raise OptionsProblem(f"There is no measure “{written[:40]}”; choose one of {', '.join(options.names)}.")
    return named
