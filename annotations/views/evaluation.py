"""Evaluation: topic sets and what comes next, the table of a set of runs, its curves, and a system over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from annotations.http import file_to_take_away
from annotations.models import Run
from annotations.options import TableOptions, required_snapshot
from annotations.selectors.exports import ExportedFile
from annotations.selectors.overview import topic_sets_listed
from annotations.selectors.score_files import score_table_as_csv, score_table_as_json
from annotations.selectors.scores import ALPHA, RunScored, ScoreTable
from annotations.selectors.snapshots import SnapshotRow, snapshot_row_by_id
from annotations.views.evaluation_pages import options_context, table_or_answer, with_options
from annotations.views.plots import Axis, Whisker, whisker
from annotations.views.roles import administrators_only
from engine.evaluation.estimates import Estimate
from engine.evaluation.significance import Comparison
from search.models import IndexVersion


@dataclass(frozen=True, slots=True)
class Cell:
    """A mean as the table shows it. optimistic: the mean if all unjudged figures were relevant, None where it is it."""

    name: str
    estimate: Estimate
    optimistic: float | None
    is_best: bool
    beaten: str


@dataclass(frozen=True, slots=True)
class Row:
    """A run of the table. whisker: of the measure that runs are compared by."""

    scored: RunScored
    cells: tuple[Cell, ...]
    whisker: Whisker
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two runs compared, the better one first. wins, losses: topics, of the first. address: their topics one by one."""

    one: Run
    other: Run
    difference: Estimate
    wins: int
    losses: int
    pair: Comparison
    whisker: Whisker
    is_significant: bool
    address: str


@require_GET
@administrators_only
def evaluation(request: HttpRequest) -> HttpResponse:
    return render(request, "annotations/evaluation.html", {"listed": topic_sets_listed()})


@require_GET
@administrators_only
@with_options
def table(request: HttpRequest, selection: TableOptions) -> HttpResponse:
    """Table 1 of the runs chosen."""
    if selection.snapshot is None or not selection.runs:
        return render(request, "annotations/evaluation_table.html", options_context(selection, "table"))
    found = table_or_answer(request, selection)
    if isinstance(found, HttpResponse):
        return found
    qrels = snapshot_row_by_id(selection.snapshot.pk)
    return render(request, "annotations/evaluation_table.html", table_context(selection, found, qrels))


@require_GET
@administrators_only
@with_options
def table_file(request: HttpRequest, selection: TableOptions, suffix: str) -> HttpResponse:
    """The table as CSV or JSON, with all measures and topics."""
    snapshot = required_snapshot(selection)
    found = table_or_answer(request, selection)
    if isinstance(found, HttpResponse):
        return found
    qrels = snapshot_row_by_id(snapshot.pk)
    assert qrels is not None
    kind, written = (
        ("text/csv; charset=utf-8; header=present", score_table_as_csv(found, qrels))
        if suffix == "csv"
        else ("application/json", score_table_as_json(found, qrels))
    )
    return file_to_take_away(ExportedFile(f"table-{selection.topic_set.pk}.{suffix}", kind, written))


def table_context(selection: TableOptions, found: ScoreTable, qrels: SnapshotRow | None) -> dict[str, object]:
    """Everything on the page of the table."""
    columns = [name for name in found.options.names if _is_shown(name, found)]
    means = [found.estimates[one.run.pk, found.measure] for one in found.scored]
    axis = Axis.around(bound for mean in means for bound in (mean.low, mean.high))
    rows = [_row(found, one, columns, axis) for one in found.scored]
    differences = [_turned(pair.difference) for _, _, pair in found.pairs]
    gap = Axis.around((0.0, *(bound for one in differences for bound in (one.low, one.high))), least=-1.0)
    pairs = [_pair(selection, gap, one.run, other.run, pair) for one, other, pair in found.pairs]
    detectable = [row.pair.detectable for row in pairs if row.pair.detectable is not None]
    return options_context(selection, "table") | {
        "table": found,
        "qrels": qrels,
        "columns": columns,
        "rows": rows,
        "axis": axis,
        "pairs": pairs,
        "gap": gap,
        "zero": gap.at(0.0),
        "detectable": (min(detectable), max(detectable)) if detectable else None,
        "significant_count": sum(row.is_significant for row in pairs),
    }


def figure_counts(runs: Sequence[Run]) -> dict[int, int]:
    """Figures in the index versions that the runs name; versions that are gone have no entry."""
    named = {version for run in runs for version in run.index_versions.values()}
    return dict(IndexVersion.objects.filter(pk__in=named).values_list("pk", "figure_count"))


def _is_shown(name: str, table: ScoreTable) -> bool:
    """The paper's columns and those that say how far to trust them; the files have all measures."""
    kind, _, depth = name.partition("@")
    if kind in ("P", "nDCG"):
        return depth == "10" or name == table.measure
    return True


def _row(table: ScoreTable, one: RunScored, columns: Sequence[str], axis: Axis) -> Row:
    cells = []
    for name in columns:
        estimate = table.estimates[one.run.pk, name]
        optimistic = one.bounds(name)[1]
        cells.append(
            Cell(
                name=name,
                estimate=estimate,
                optimistic=None if abs(optimistic - estimate.mean) < 0.0005 else optimistic,
                is_best=table.is_best(one.run, name),
                beaten=table.beaten_by(one.run) if name == table.measure else "",
            )
        )
    mean = table.estimates[one.run.pk, table.measure]
    return Row(one, tuple(cells), whisker(axis, mean.low, mean.mean, mean.high), mean)


def _pair(selection: TableOptions, axis: Axis, one: Run, other: Run, pair: Comparison) -> PairRow:
    difference = _turned(pair.difference)
    first, second, wins, losses = one, other, pair.wins, pair.losses
    if pair.difference.mean < 0:
        first, second, wins, losses = other, one, pair.losses, pair.wins
    return PairRow(
        one=first,
        other=second,
        difference=difference,
        wins=wins,
        losses=losses,
        pair=pair,
        whisker=whisker(axis, difference.low, difference.mean, difference.high),
        is_significant=pair.adjusted_randomization < ALPHA,
        address=selection.pair(first, second),
    )


def _turned(difference: Estimate) -> Estimate:
    """The difference as the better run has it."""
    if difference.mean >= 0:
        return difference
    return Estimate(-difference.mean, -difference.high, -difference.low)
