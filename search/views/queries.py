"""Asking, and looking at what was found."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from patentsearch.errors import REFUSALS
from search.forms import QueryForm
from search.models import Query, QueryModality
from search.selectors.figures import figures_to_show
from search.selectors.hits import hits_of_query
from search.selectors.queries import collection_counts
from search.services.queries import Question, query_create
from workers import pipeline


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
def answer(request: HttpRequest, query_id: str) -> HttpResponse:
    """The hits of one's own query; waits for them, and says so when it takes longer."""
    query = get_object_or_404(Query.objects.filter(owner=_user(request)), pk=query_id)
    query = pipeline.query_wait(query, seconds=settings.QUERY_TIMEOUT_SECONDS)
    if not query.is_finished:
        return render(request, "search/waiting.html", {"query": query}, status=202)
    if query.error_code:
        return render(request, "search/refused.html", {"query": query}, status=422)
    hits = hits_of_query(query)
    return render(request, "search/answer.html", {"query": query, "hits": hits})


def _form(request: HttpRequest, form: QueryForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "collection": collection_counts(),
        "recent": Query.objects.filter(owner=_user(request))[:8],
    }
    return render(request, "search/query.html", context, status=status)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the login middleware lets nobody else in
    return request.user
