"""One system over time and index versions: runs that rank alike, in the order in which they were made."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from annotations.models import Run
from annotations.options import TableOptions
from annotations.selectors.scores import RunScored
from annotations.views.evaluation import figure_counts
from annotations.views.evaluation_pages import options_context, table_or_answer, with_options
from annotations.views.plots import Axis
from annotations.views.roles import administrators_only
from engine.evaluation.estimates import Estimate

PLOT_WIDTH, PLOT_HEIGHT = 900, 260
MOST_POINTS = 40


@dataclass(frozen=True, slots=True)
class Series:
    """Runs of one system, weight and filters, the oldest first."""

    key: str
    runs: tuple[Run, ...]

    @property
    def name(self) -> str:
        newest = self.runs[-1]
        weight = "" if newest.weight is None else f", drawing {newest.weight:.0%}"
        filtered = ", filtered" if newest.filters else ""
        return f"{newest.get_system_display()}{weight}{filtered}"


@dataclass(frozen=True, slots=True)
class Point:
    """A run on the plot. x, y, y_low, y_high in pixels. is_new_encoder: its encoders are not the run's before.

    x_before: halfway to the run before.
    """

    scored: RunScored
    estimate: Estimate
    judged: float
    x: float
    x_before: float
    y: float
    y_low: float
    y_high: float
    is_new_encoder: bool
    figure_count: int | None


@require_GET
@administrators_only
@with_options
def history(request: HttpRequest, selection: TableOptions) -> HttpResponse:
    all_series = series_of(selection.all_runs)
    chosen = _chosen(all_series, request.GET.get("system", ""))
    context = options_context(selection, "history") | {"all_series": all_series, "series": chosen}
    if selection.snapshot is None or chosen is None:
        return render(request, "annotations/evaluation_history.html", context)
    runs = chosen.runs[-MOST_POINTS:]
    found = table_or_answer(request, selection.with_runs(runs))
    if isinstance(found, HttpResponse):
        return found
    estimates = [found.estimates[one.run.pk, found.measure] for one in found.scored]
    axis = Axis.around(bound for one in estimates for bound in (one.low, one.high))
    counts = figure_counts(runs)
    judged = f"Judged@{found.options.k}"
    points = [
        _point(one, estimates, place, axis, counts, found.estimates[one.run.pk, judged].mean, found.scored)
        for place, one in enumerate(found.scored)
    ]
    context |= {
        "table": found,
        "points": points,
        "pieces": [piece for piece in _pieces(points) if len(piece.split()) > 1],
        "ticks": [(tick.text, round((100 - tick.at) / 100 * PLOT_HEIGHT, 1)) for tick in axis.ticks],
        "plot": {"width": PLOT_WIDTH, "height": PLOT_HEIGHT},
        "judged": judged,
        "left_out": len(chosen.runs) - len(runs),
    }
    return render(request, "annotations/evaluation_history.html", context)


def series_of(runs: Iterable[Run]) -> list[Series]:
    """Runs that rank alike, those with most runs first."""
    grouped: dict[str, list[Run]] = {}
    for run in sorted(runs, key=lambda run: (run.created_at, run.pk)):
        # Imported runs are another system each, unless their names say otherwise, which we cannot know.
        named = run.name if run.system == "imported" else ""
        key = json.dumps([run.system, run.weight, run.filters, named], sort_keys=True)
        grouped.setdefault(key, []).append(run)
    found = [Series(str(some[0].pk), tuple(some)) for some in grouped.values()]
    return sorted(found, key=lambda one: (-len(one.runs), one.runs[0].pk))


def _chosen(all_series: list[Series], key: str) -> Series | None:
    """The series of that key, its oldest run's; without one the first."""
    if not key:
        return all_series[0] if all_series else None
    found = next((one for one in all_series if one.key == key), None)
    if found is None:
        raise Http404
    return found


def _point(
    one: RunScored,
    estimates: list[Estimate],
    place: int,
    axis: Axis,
    counts: dict[int, int],
    judged: float,
    scored: tuple[RunScored, ...],
) -> Point:
    estimate = estimates[place]

    def down(value: float) -> float:
        return round((100 - axis.at(value)) / 100 * PLOT_HEIGHT, 1)

    before = scored[place - 1].run.encoder_keys if place else one.run.encoder_keys
    found = [counts[version] for version in one.run.index_versions.values() if version in counts]
    return Point(
        scored=one,
        estimate=estimate,
        judged=judged,
        x=round((place + 0.5) / len(estimates) * PLOT_WIDTH, 1),
        x_before=round(place / len(estimates) * PLOT_WIDTH, 1),
        y=down(estimate.mean),
        y_low=down(estimate.low),
        y_high=down(estimate.high),
        is_new_encoder=one.run.encoder_keys != before,
        figure_count=max(found) if found else None,
    )


def _pieces(points: list[Point]) -> list[str]:
    """Lines through the means, broken where the encoders change: values of two encoders are no course of one."""
    pieces: list[list[str]] = [[]]
    for point in points:
        if point.is_new_encoder:
            pieces.append([])
        pieces[-1].append(f"{point.x},{point.y}")
    return [" ".join(piece) for piece in pieces]
