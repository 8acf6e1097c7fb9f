"""The workbench: the question and its hits, on one address that holds the whole question."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from search.models import MaterialKind, Query, WorkState
from search.question import LONGEST_TEXT_IN_ADDRESS, Question, QuestionRefused, question_from_query
from search.selectors.examiners import seen_among
from search.selectors.hits import mosaic_of
from search.selectors.queries import collection_counts, queries_ahead, queries_of, recent_questions
from search.selectors.shortlists import entries_on_desk
from search.services.materials import material_keep
from search.services.queries import query_ask_once
from search.views.panel import panel_of, panels_of
from workers import pipeline

RECENT = 8
STAGES = ("loading", "numerals", "visual", "text", "feedback", "search", "store")  # as the worker goes through them
WAIT_SECONDS = 3.0  # within one request; more would keep a web thread from others while the worker is away


@require_http_methods(["GET", "HEAD", "POST"])
def workbench(request: HttpRequest) -> HttpResponse:
    """The question of the address with its hits; a posted one leads to its address."""
    try:
        if request.method == "POST":
            return redirect(f"{reverse('search:query')}?{_posted(request).address}")
        question = question_from_query(request.GET)
        if question.is_empty:
            return _panel(request, question)
        query, is_new = query_ask_once(owner=_user(request), question=question)
    except QuestionRefused as error:
        return _panel(request, Question(), status=400, fault=error.detail)
    if is_new:
        pipeline.query_start(query)
    query = pipeline.query_wait(query, seconds=WAIT_SECONDS)
    if not query.is_finished:
        return _waiting(request, query, question)
    if query.error_code:
        return _panel(request, question, status=422, fault=query.error_detail, query=query)
    return _results(request, query, question)


@require_GET
def answer(request: HttpRequest, query_id: uuid.UUID) -> HttpResponse:
    """The address of one's own query."""
    query = get_object_or_404(queries_of(_user(request)).defer("candidates"), pk=query_id)
    return redirect(f"{reverse('search:query')}?{query.asked}")


def _posted(request: HttpRequest) -> Question:
    """The question of a sent form. A text too long for an address is kept, and named by its key."""
    sent = request.POST.copy()
    text = sent.get("text", "").strip()
    if len(text) > LONGEST_TEXT_IN_ADDRESS:
        question_from_query(sent)  # refused while the person looks, before it is kept
        kept = material_keep(owner=_user(request), kind=MaterialKind.TEXT, data=text.encode(), name="text")
        sent["text"], sent["passage"] = "", str(kept.pk)
    return question_from_query(sent)


def _results(request: HttpRequest, query: Query, question: Question) -> HttpResponse:
    mosaic = mosaic_of(query, question)
    shown = [group.best.figure_id for group in mosaic.groups]
    context = {
        "panel": panel_of(question, _user(request)),
        "query": query,
        "mosaic": mosaic,
        "seen": seen_among(_user(request), shown),
        "entries": entries_on_desk(_user(request), shown),
        "liked": {int(picture.key) for picture in question.liked},
        "disliked": {int(picture.key) for picture in question.disliked},
        "milliseconds": sorted(query.milliseconds.items(), key=lambda spent: (*STAGES, spent[0]).index(spent[0])),
        "total_milliseconds": round(sum(query.milliseconds.values())),
    }
    is_fragment = request.headers.get("HX-Request") == "true"
    response = render(request, "search/_results.html" if is_fragment else "search/workbench.html", context)
    if is_fragment:
        response["HX-Replace-Url"] = f"{reverse('search:query')}?{question.address}"
    response["Vary"] = "HX-Request, Cookie"  # page and fragment share the address, and browsers keep both
    response["Cache-Control"] = "private, no-store"
    return response


def _waiting(request: HttpRequest, query: Query, question: Question) -> HttpResponse:
    """How far the query is, and what to do where nobody answers it."""
    waited = timezone.now() - query.created_at
    untouched = query.state == WorkState.WAITING
    context = {
        "panel": panel_of(question, _user(request)),
        "query": query,
        "ahead": queries_ahead(query, patience=pipeline.QUERY_PATIENCE),
        "waited_seconds": round(waited.total_seconds()),
        "unanswered": untouched and waited.total_seconds() > settings.QUERY_TIMEOUT_SECONDS,
        "given_up": untouched and waited > pipeline.QUERY_PATIENCE,
    }
    return render(request, "search/waiting.html", context, status=202)


def _panel(
    request: HttpRequest, question: Question, *, status: int = 200, fault: str = "", query: Query | None = None
) -> HttpResponse:
    recent = recent_questions(_user(request), most=RECENT)
    panel, *asked = panels_of([question, *(one.question for one in recent)], _user(request))
    context = {
        "panel": panel,
        "fault": fault,
        "query": query,
        "collection": collection_counts(),
        "recent": list(zip(recent, asked, strict=True)),
    }
    return render(request, "search/workbench.html", context, status=status)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the login middleware lets nobody else in
    return request.user
