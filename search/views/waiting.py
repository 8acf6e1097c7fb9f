"""Waiting for an answer: how long a request does, and the page that goes on waiting."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from search.models import Query, WorkState
from search.queue import QUERY_PATIENCE, QUERY_PATIENCE_MINUTES
from search.selectors.queries import queries_ahead
from search.services.queries import query_give_up

WAIT_SECONDS = 3.0  # within one request; more would keep a web thread from others while the worker is away


def waiting_page(request: HttpRequest, query: Query) -> HttpResponse:
    """Render a page that reloads itself until the query is answered, and says what to do if it is not."""
    waited = timezone.now() - query.created_at
    untouched = query.state == WorkState.WAITING
    given_up = untouched and waited > QUERY_PATIENCE
    if given_up:
        query_give_up(query=query)
    context = {
        "query": query,
        "ahead": queries_ahead(query, patience=QUERY_PATIENCE),
        "waited_seconds": round(waited.total_seconds()),
        "unanswered": untouched and waited.total_seconds() > settings.QUERY_TIMEOUT_SECONDS,
        "given_up": given_up,
        "patience_minutes": QUERY_PATIENCE_MINUTES,
    }
    return render(request, "search/waiting.html", context, status=202)
