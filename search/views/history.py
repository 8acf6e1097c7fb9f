"""The history of a user's queries: listed, searched and deleted."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from search.http import current_user, no_store
from search.selectors.history import history_matching, history_of, remembered
from search.selectors.queries import queries_of
from search.services.history import history_forget, query_forget
from search.views.query_summary import query_summaries
from search.views.searches import UNDO

PER_PAGE = 40
LONGEST_SEARCH_TEXT = 200


@require_GET
@no_store
def history(request: HttpRequest) -> HttpResponse:
    """List the user's queries that contain the words of `q`, newest first."""
    user = current_user(request)
    search_text = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH_TEXT]
    found = history_matching(user, search_text) if search_text else history_of(user)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = remembered(list(page))
    summaries = query_summaries([row.query.question for row in rows], user)
    following = [*(row.query.pk for row in rows[1:]), None][: len(rows)]
    context = {
        "page": page,
        "rows": list(zip(rows, summaries, following, strict=True)),
        "search_text": search_text,
        "query_part": f"{urlencode({'q': search_text})}&" if search_text else "",
        "retention_days": settings.QUERY_RETENTION_DAYS,
    }
    return render(request, "search/history.html", context)


@require_POST
def forget(request: HttpRequest, query_id: uuid.UUID) -> HttpResponse:
    """Delete a query, and go back to its place in the list."""
    query = get_object_or_404(queries_of(current_user(request)).defer("candidates"), pk=query_id)
    query_forget(query=query)
    messages.info(request, "The query was deleted, with its hits and the files uploaded only for it.")
    return _back(request)


@require_POST
def forget_all(request: HttpRequest) -> HttpResponse:
    """Delete all queries of the user."""
    count = history_forget(owner=current_user(request))
    request.session.pop(UNDO, None)
    messages.info(request, f"{count} quer{'y was' if count == 1 else 'ies were'} deleted, with their hits and uploads.")
    return redirect("search:history")


def _back(request: HttpRequest) -> HttpResponse:
    """Redirect to the page of the form, at the entry after the deleted one."""
    place = {name: value for name in ("q", "page") if (value := request.POST.get(name, "").replace("\0", ""))}
    address = reverse("search:history") + (f"?{urlencode(place)}" if place else "")
    try:
        following = uuid.UUID(request.POST.get("following", ""))
    except ValueError:
        return HttpResponseRedirect(address)
    return HttpResponseRedirect(f"{address}#entry-{following}")
