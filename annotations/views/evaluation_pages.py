"""What the pages of evaluation share: their options, their frame, and the page while runs are scored."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from annotations.models import TopicSet
from annotations.options import (
    GREATEST_GRADE,
    MOST_K,
    UNITS,
    Scoring,
    TableOptions,
    options_of,
    required_snapshot,
    scoring_of,
    table_or_scoring,
)
from annotations.selectors.scores import ScoreTable
from annotations.selectors.snapshots import SnapshotDamaged
from annotations.services.scores import scores_complete
from annotations.views.roles import administrators_only
from search.http import is_fragment

BUDGET_SECONDS = 1.0  # of scoring within one request; the page then shows how far it is, and sends the next one


def topic_set_or_404(topic_set_id: int) -> TopicSet:
    return get_object_or_404(TopicSet, pk=topic_set_id)


def with_options(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view of a topic set that takes the options of the address."""

    @wraps(view)
    def answered(request: HttpRequest, topic_set_id: int, **sent: Any) -> HttpResponse:
        options = options_of(topic_set_or_404(topic_set_id), request.GET)
        try:
            return view(request, options, **sent)
        except SnapshotDamaged as damaged:
            return damaged_page(request, options, damaged)

    return answered


def damaged_page(request: HttpRequest, options: TableOptions, damaged: SnapshotDamaged) -> HttpResponse:
    """Return the page of damaged qrels, with the other qrels of the topic set."""
    context = {"selection": options, "problem": damaged.detail}
    return render(request, "annotations/evaluation_damaged.html", context, status=damaged.status)


def options_context(options: TableOptions, place: str) -> dict[str, object]:
    """Return what the frame and the form of options need."""
    return {
        "topic_set": options.topic_set,
        "selection": options,
        "address": options.address,
        "place": place,
        "units": UNITS,
        "grades": range(1, GREATEST_GRADE + 1),
        "most_k": MOST_K,
        "chosen": {run.pk for run in options.runs},
    }


def table_or_answer(request: HttpRequest, options: TableOptions) -> ScoreTable | HttpResponse:
    """Return the table; or, while runs are not scored, the page that has them scored and then loads this one again."""
    found = table_or_scoring(options)
    if not isinstance(found, Scoring):
        return found
    context = _scoring_context(options, found, request.get_full_path())
    return render(request, "annotations/evaluation_scoring.html", context)


@require_POST
@administrators_only
def score(request: HttpRequest, topic_set_id: int) -> HttpResponse:
    """Score runs for about a second; then show the progress, or `next` once all are scored.

    Two requests at once, or the same one twice, do no harm: a run is scored once.
    """
    options = options_of(topic_set_or_404(topic_set_id), request.POST)
    page = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(page, allowed_hosts=None):
        page = reverse("annotations:table", args=[topic_set_id]) + options.address
    try:
        scores_complete(
            snapshot=required_snapshot(options),
            runs=options.runs,
            options=options.options,
            budget_seconds=BUDGET_SECONDS,
        )
        progress = scoring_of(options)
    except SnapshotDamaged as damaged:
        return damaged_page(request, options, damaged)
    if not is_fragment(request):
        return redirect(page)
    if progress.is_complete:
        return HttpResponse(headers={"HX-Redirect": page})
    return render(request, "annotations/_evaluation_scoring.html", _scoring_context(options, progress, page))


def _scoring_context(options: TableOptions, progress: Scoring, page: str) -> dict[str, object]:
    return {"selection": options, "progress": progress, "next": page}
