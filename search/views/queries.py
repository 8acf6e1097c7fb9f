"""Asking, and looking at what was found."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from patentsearch.errors import REFUSALS
from search.forms import QueryForm
from search.models import Query, QueryModality, WorkState
from search.selectors.figures import figures_to_show
from search.selectors.hits import hits_of_query
from search.selectors.queries import collection_counts, queries_ahead, recent_queries
from search.services.queries import Question, query_create
from workers import pipeline

RECENT = 8
STAGES = ("loading", "decode", "numerals", "visual", "text", "search", "store")  # as the worker goes through them
WAIT_SECONDS = 3.0  # within one request; more would keep a web thread from others while the worker is away


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The query form; a valid question leads to the page of its hits."""
    if request.method != "POST":
        return _form(request, QueryForm())
    form = QueryForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, form, status=400)
    try:
        query = query_create(owner=_user(request), question=form.question())
    except REFUSALS as error:
        form.add_error(None, getattr(error, "detail", str(error)))
        return _form(request, form, status=400)
    pipeline.query_start(query)
    return redirect("search:answer", query_id=query.pk)


@require_POST
def ask_with_figure(request: HttpRequest, figure_id: int) -> HttpResponse:
    """Search with a figure of the collection."""
    figure = get_object_or_404(figures_to_show(), pk=figure_id)
    modality = request.POST.get("modality", "")
    chosen = QueryModality(modality) if modality in QueryModality.values else QueryModality.AVERAGE
    query = query_create(owner=_user(request), question=Question(figure=figure, modality=chosen))
    pipeline.query_start(query)
    return redirect("search:answer", query_id=query.pk)


@require_GET
def answer(request: HttpRequest, query_id: uuid.UUID) -> HttpResponse:
    """The hits of one's own query; waits for them a little, then shows a page that comes back until they are there."""
    own = Query.objects.filter(owner=_user(request)).select_related("figure__sheet__publication")
    query = pipeline.query_wait(get_object_or_404(own, pk=query_id), seconds=WAIT_SECONDS)
    if not query.is_finished:
        return _waiting(request, query)
    if query.error_code:
        return render(request, "search/refused.html", {"query": query}, status=422)
    labels = {name: str(field.label or name) for name, field in QueryForm.base_fields.items()}
    context = {
        "query": query,
        "hits": hits_of_query(query),
        "filters": [(labels.get(name, name), value) for name, value in query.filters.items()],
        "milliseconds": sorted(query.milliseconds.items(), key=lambda spent: (*STAGES, spent[0]).index(spent[0])),
        "total_milliseconds": round(sum(query.milliseconds.values())),
        "modalities": QueryModality.choices,
    }
    return render(request, "search/answer.html", context)


def _waiting(request: HttpRequest, query: Query) -> HttpResponse:
    """How far the query is, and what to do where nobody answers it."""
    waited = timezone.now() - query.created_at
    untouched = query.state == WorkState.WAITING
    context = {
        "query": query,
        "ahead": queries_ahead(query, patience=pipeline.QUERY_PATIENCE),
        "waited_seconds": round(waited.total_seconds()),
        "unanswered": untouched and waited.total_seconds() > settings.QUERY_TIMEOUT_SECONDS,
        "given_up": untouched and waited > pipeline.QUERY_PATIENCE,
    }
    return render(request, "search/waiting.html", context, status=202)


def _form(request: HttpRequest, form: QueryForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "collection": collection_counts(),
        "recent": recent_queries(_user(request), most=RECENT),
    }
    return render(request, "search/query.html", context, status=status)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the login middleware lets nobody else in
    return request.user
