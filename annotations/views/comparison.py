"""Two runs topic by topic: differences as bars, and the figures of the topic that is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from annotations.models import Run
from annotations.options import OptionsProblem, TableOptions
from annotations.selectors.topic_lists import TopicDifference, TopicLists, topic_differences, topic_lists
from annotations.views.evaluation_pages import options_context, table_or_answer, with_options
from annotations.views.roles import administrators_only
from search.http import current_user, is_fragment, no_store, vary_on_fragment
from search.numbers import whole_number


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A topic's row. left, width: of its bar, in percent; the greatest difference takes half of the width.

    address: the page with this topic opened.
    """

    difference: TopicDifference
    left: float
    width: float
    address: str
    is_open: bool


@require_GET
@no_store
@vary_on_fragment
@administrators_only
@with_options
def compare(request: HttpRequest, selection: TableOptions) -> HttpResponse:
    """The page; for htmx, the lists of the topic alone."""
    one, other = _two(selection, request.GET)
    if selection.snapshot is None or one is None or other is None:
        return render(request, "annotations/evaluation_compare.html", options_context(selection, "compare"))
    if is_fragment(request) and request.headers.get("HX-Target") == "topic":
        return _topic(request, selection, one, other, request.GET.get("topic", ""))
    found = table_or_answer(request, selection.with_runs((one, other)))
    if isinstance(found, HttpResponse):
        return found
    titles = {str(number): title for number, title in selection.topic_set.topics.values_list("number", "title")}
    differences = topic_differences(found.scored[0], found.scored[1], found.measure, titles)
    rows = _rows(selection, one, other, differences, request.GET.get("topic", ""))
    opened = next((row for row in rows if row.is_open), None)
    if request.GET.get("topic") and opened is None:
        raise Http404
    context = options_context(selection, "compare") | {
        "one": found.scored[0],
        "other": found.scored[1],
        "table": found,
        "mean_one": found.estimates[one.pk, found.measure],
        "mean_other": found.estimates[other.pk, found.measure],
        "pair": found.comparisons.pairs[0],
        "rows": rows,
        "opened": opened,
        "lists": _lists(request, selection, one, other, opened.difference.topic) if opened else None,
    }
    return render(request, "annotations/evaluation_compare.html", context)


def _topic(request: HttpRequest, selection: TableOptions, one: Run, other: Run, number: str) -> HttpResponse:
    context = options_context(selection, "compare") | {"lists": _lists(request, selection, one, other, number)}
    return render(request, "annotations/_evaluation_topic.html", context)


def _lists(request: HttpRequest, selection: TableOptions, one: Run, other: Run, number: str) -> TopicLists:
    topic = whole_number(number)
    if topic is None or selection.snapshot is None:
        raise Http404
    found = topic_lists(selection.snapshot, (one, other), str(topic), selection.options, current_user(request))
    if found is None:
        raise Http404
    return found


def _rows(
    selection: TableOptions, one: Run, other: Run, differences: list[TopicDifference], opened: str
) -> list[DifferenceRow]:
    rows = []
    greatest = max((abs(one.difference) for one in differences), default=0.0) or 1.0
    for difference in differences:
        low, high = sorted((0.0, difference.difference / greatest))
        query = urlencode([*selection.fields, ("one", one.pk), ("other", other.pk), ("topic", difference.topic)])
        rows.append(
            DifferenceRow(
                difference=difference,
                left=round(50 + 50 * low, 2),
                width=round(50 * (high - low), 2),
                address=f"?{query}",
                is_open=difference.topic == opened,
            )
        )
    return rows


def _two(selection: TableOptions, query: QueryDict) -> tuple[Run | None, Run | None]:
    """Return the runs to compare: those named, else the first two. Raises: OptionsProblem; Http404 for another run."""
    runs = {str(run.pk): run for run in selection.all_runs}
    named = [query.get("one", ""), query.get("other", "")]
    if any(name and name not in runs for name in named):
        raise Http404
    rest = [run for run in (*selection.runs, *selection.all_runs) if str(run.pk) not in named]
    first, second = (runs[name] if name else next(iter(rest), None) for name in named)
    if first is not None and second is not None and first.pk == second.pk:
        if all(named):
            raise OptionsProblem("The two runs are the same. Choose two different runs.")
        second = next((run for run in rest if run.pk != first.pk), None)
    return first, second
