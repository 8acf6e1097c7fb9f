"""Precision over recall, and how a measure is spread over topics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from annotations.options import TableOptions
from annotations.selectors.scores import RunScored, ScoreTable
from annotations.views.evaluation_pages import options_context, table_or_answer, with_options
from annotations.views.plots import STYLES, Axis, Box, Dot, polyline, strip
from annotations.views.roles import administrators_only
from engine.evaluation.curves import RECALL_POINTS, spread

PLOT_WIDTH, PLOT_HEIGHT = 640, 400
LEVEL_PX = 9  # between dots that are stacked


@dataclass(frozen=True, slots=True)
class Line:
    """The mean curve of a run. style: from 1, of the line's look. markers: x and y of each point."""

    scored: RunScored
    style: int
    points: str
    markers: tuple[tuple[float, float], ...]
    precisions: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class TopicDot:
    topic: str
    value: float
    dot: Dot
    y: int
    address: str


@dataclass(frozen=True, slots=True)
class Strip:
    """The values of a run's topics. box: their middle half. address: of the page that compares the run."""

    scored: RunScored
    dots: tuple[TopicDot, ...]
    box: Box
    quartiles: tuple[float, float, float, float, float]
    height: int

    @property
    def middle(self) -> float:
        return self.height / 2


@require_GET
@administrators_only
@with_options
def curves(request: HttpRequest, selection: TableOptions) -> HttpResponse:
    context = options_context(selection, "curves")
    if selection.snapshot is None or not selection.runs:
        return render(request, "annotations/evaluation_curves.html", context)
    found = table_or_answer(request, selection)
    if isinstance(found, HttpResponse):
        return found
    axis = Axis(0.0, 1.0, 0.2)
    titles = {str(number): title for number, title in selection.topic_set.topics.values_list("number", "title")}
    context |= {
        "table": found,
        "lines": [_line(one, place) for place, one in enumerate(found.scored)],
        "recalls": [f"{point:.1f}" for point in RECALL_POINTS],
        "plot": {"width": PLOT_WIDTH, "height": PLOT_HEIGHT},
        "grid": [(f"{tick / 5:.1f}", tick / 5 * PLOT_WIDTH, (1 - tick / 5) * PLOT_HEIGHT) for tick in range(6)],
        "axis": axis,
        "strips": [_strip(selection, found, one, axis) for one in found.scored] if found.topics else [],
        "topic_rows": _topic_rows(selection, found, titles),
    }
    return render(request, "annotations/evaluation_curves.html", context)


def _line(one: RunScored, place: int) -> Line:
    mean = one.precisions.mean(axis=0) if len(one.precisions) else np.zeros(len(RECALL_POINTS))
    points = list(zip(RECALL_POINTS, mean.tolist(), strict=True))
    return Line(
        scored=one,
        style=place % STYLES + 1,
        points=polyline(points, PLOT_WIDTH, PLOT_HEIGHT),
        markers=tuple((round(x * PLOT_WIDTH, 1), round((1 - y) * PLOT_HEIGHT, 1)) for x, y in points),
        precisions=tuple(y for _, y in points),
    )


def _strip(selection: TableOptions, table: ScoreTable, one: RunScored, axis: Axis) -> Strip:
    values = one.counted(table.measure)
    told = spread(values)
    assert told is not None  # there are topics
    dots = strip(axis, values.tolist())
    height = max(36, (2 + max(dot.level for dot in dots)) * LEVEL_PX + 12)
    base = height / 2 + max(dot.level for dot in dots) * LEVEL_PX / 2
    topics = zip(one.counted_topics, values.tolist(), dots, strict=True)
    return Strip(
        scored=one,
        dots=tuple(
            TopicDot(
                topic, value, dot, round(base - dot.level * LEVEL_PX), _topic_address(selection, table, one, topic)
            )
            for topic, value, dot in topics
        ),
        box=Box(axis.at(told.lower_quartile), axis.at(told.median), axis.at(told.upper_quartile)),
        quartiles=(told.least, told.lower_quartile, told.median, told.upper_quartile, told.greatest),
        height=height,
    )


def _topic_address(selection: TableOptions, table: ScoreTable, one: RunScored, topic: str) -> str:
    """The run beside the best of the others, at this topic; empty where there is no other run."""
    others = [other for other in table.scored if other.run.pk != one.run.pk]
    if not others:
        return ""
    best = max(others, key=lambda other: table.estimates[other.run.pk, table.measure].mean)
    return f"{selection.pair(one.run, best.run)}&topic={topic}"


def _topic_rows(
    selection: TableOptions, table: ScoreTable, titles: dict[str, str]
) -> list[tuple[str, str, list[tuple[float, str]]]]:
    """For each topic its number, title, and each run's value with the address of the topic."""
    columns = [(one, one.counted(table.measure).tolist()) for one in table.scored]
    return [
        (
            topic,
            titles.get(topic, ""),
            [(values[place], _topic_address(selection, table, one, topic)) for one, values in columns],
        )
        for place, topic in enumerate(table.topics)
    ]
