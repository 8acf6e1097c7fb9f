"""Saved searches: saved by name, listed, renamed, deleted and restored."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from engine.errors import Problem
from search.forms import SearchNameForm
from search.http import current_user, no_store
from search.models import SavedSearch
from search.question import Question, question_from_query
from search.selectors.history import kept_searches, searches_of
from search.services.saved import (
    DeletedSearch,
    SearchNameTaken,
    search_delete,
    search_rename,
    search_restore,
    search_save,
)
from search.views.query_summary import query_summaries

UNDO = "deleted_search"  # of the session: the last one deleted, which can be restored


@require_http_methods(["GET", "HEAD", "POST"])
@no_store
def searches(request: HttpRequest) -> HttpResponse:
    """List the user's saved searches, or save the posted `question` under the posted `name`."""
    return _save(request) if request.method == "POST" else _list(request)


@require_POST
@no_store
def rename(request: HttpRequest, search_id: int) -> HttpResponse:
    search = _search(search_id, current_user(request))
    form = SearchNameForm(request.POST)
    if not form.is_valid():
        return _list(request, fault=form.fault, at=search, typed=request.POST.get("name", ""))
    try:
        search_rename(search=search, name=form.cleaned_data["name"])
    except SearchNameTaken as taken:
        fault = f"You have another search “{taken.search.name}”. Choose another name."
        return _list(request, fault=fault, at=search, typed=form.cleaned_data["name"])
    messages.info(request, f"Renamed to “{search.name}”.")
    return redirect(f"{reverse('search:searches')}#search-{search.pk}")


@require_POST
def delete(request: HttpRequest, search_id: int) -> HttpResponse:
    """Delete a saved search; the list offers to restore it."""
    deleted = search_delete(search=_search(search_id, current_user(request)))
    request.session[UNDO] = {"name": deleted.name, "asked": deleted.query_string}
    return redirect("search:searches")


@require_POST
def undo_delete(request: HttpRequest) -> HttpResponse:
    """Restore the saved search that this session deleted last, once."""
    deleted = request.session.pop(UNDO, None)
    if deleted is None:
        messages.info(request, "No deleted search to restore.")
        return redirect("search:searches")
    search = search_restore(owner=current_user(request), deleted=DeletedSearch(deleted["name"], deleted["asked"]))
    messages.info(request, f"Restored “{search.name}”.")
    return redirect(f"{reverse('search:searches')}#search-{search.pk}")


def _save(request: HttpRequest) -> HttpResponse:
    form = SearchNameForm(request.POST)
    try:
        question = question_from_query(QueryDict(request.POST.get("question", "")))
        if not form.is_valid():
            return _naming(request, question, form.fault, status=400)
        replace = request.POST.get("replace") == "1"
        search = search_save(
            owner=current_user(request), name=form.cleaned_data["name"], question=question, replace=replace
        )
    except Problem as problem:
        return render(request, "search/not_taken.html", {"fault": problem.detail}, status=400)
    except SearchNameTaken as taken:
        return _naming(request, question, taken=taken.search, status=409)
    messages.info(request, f"Saved as “{search.name}”.")
    return redirect(f"{reverse('search:query')}?{search.query_string}")


def _naming(
    request: HttpRequest, question: Question, fault: str = "", *, taken: SavedSearch | None = None, status: int
) -> HttpResponse:
    """Ask for the name again: it is wrong, or `taken` by another search."""
    others = [taken.question] if taken is not None else []
    summary, *old = query_summaries([question, *others], current_user(request))
    context = {
        "summary": summary,
        "taken": taken,
        "taken_summary": old[0] if old else None,
        "fault": fault,
        "name": taken.name if taken is not None else request.POST.get("name", "").replace("\0", ""),
    }
    return render(request, "search/naming.html", context, status=status)


def _list(request: HttpRequest, *, fault: str = "", at: SavedSearch | None = None, typed: str = "") -> HttpResponse:
    """Render the list; after a wrong name with the fault and what was typed, at that search."""
    kept = kept_searches(current_user(request))
    summaries = query_summaries([one.search.question for one in kept], current_user(request))
    context = {
        "rows": list(zip(kept, summaries, strict=True)),
        "fault": fault,
        "at": at.pk if at is not None else None,
        "typed": typed.replace("\0", ""),
        "deleted": request.session.get(UNDO),
    }
    return render(request, "search/searches.html", context, status=400 if fault else 200)


def _search(search_id: int, owner: User) -> SavedSearch:
    return get_object_or_404(searches_of(owner), pk=search_id)
