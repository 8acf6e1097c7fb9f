"""The filters with their values and counts: part of the workbench's form, and a page of its own."""

from __future__ import annotations

from collections.abc import Container

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from search.filters import FILTERS, filters_read, filters_written
from search.http import current_user, is_fragment, no_store, vary_on_fragment
from search.question import Question
from search.selectors.filter_counts import filter_counts
from search.views.filter_board import class_filters, filter_board, prefixes_of
from search.views.panel import panel_of


@require_GET
@no_store
@vary_on_fragment
def filters(request: HttpRequest) -> HttpResponse:
    """The filters of the address with counts. also=ipc begins another IPC alternative at the top of the tree.

    While somebody types, a filter may be no filter yet: the form's part says so in place, and counts by the others.
    """
    written = filters_written(request.GET)
    _, faults = filters_read(written)
    question, problems = Question.parse(_without(request.GET, faults))
    fault = problems[0].detail if problems else ""
    also = request.GET.get("also", "")
    also = also if also in class_filters() else ""
    counts = filter_counts(question.filters, prefixes=prefixes_of(question.filters, also))
    board = filter_board(question, counts=counts, also=also, written=written, faults=faults)
    in_place = is_fragment(request)
    context = {"board": board, "fault": fault}
    if not in_place:
        context["panel"] = panel_of(question, current_user(request))
    status = 400 if (faults or fault) and not in_place else 200
    template = "search/_filter_board.html" if in_place else "search/filters.html"
    return render(request, template, context, status=status)


def _without(query: QueryDict, names: Container[str]) -> QueryDict:
    sound = query.copy()
    for name in FILTERS:
        if name in names:
            sound.pop(name, None)
    return sound
