"""Putting figures on shortlists and taking them off, from wherever a figure is shown."""

from __future__ import annotations

from dataclasses import asdict

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from search.models import Figure, Relevance, Shortlist, ShortlistEntry
from search.selectors.figures import figures_to_show
from search.selectors.shortlists import shortlists_of
from search.services.shortlists import Change, change_undo, entry_keep, entry_remove, shortlist_current

UNDO = "shortlist_change"  # of the session: the last change, which can be undone
LONGEST_KEY = 18  # digits that a primary key of the database may have


@require_POST
def keep(request: HttpRequest, figure_id: int) -> HttpResponse:
    """Keep a figure with `relevance` X, Y, A or none on `shortlist`, else on the current one."""
    relevance = request.POST.get("relevance", "")
    if relevance not in Relevance.values:
        raise BadRequest("no such relevance")
    figure, shortlist = _figure(figure_id), _shortlist(request)
    entry, change = entry_keep(user=_user(request), shortlist=shortlist, figure=figure, relevance=relevance)
    _remember(request, change)
    rated = f"rated {relevance}" if relevance else "not rated"
    return _answer(request, figure_id, entry, f"Kept on {shortlist.name}, {rated}.")


@require_POST
def unkeep(request: HttpRequest, figure_id: int) -> HttpResponse:
    """Take a figure off `shortlist`, else off the current one."""
    figure, shortlist = _figure(figure_id), _shortlist(request)
    change = entry_remove(user=_user(request), shortlist=shortlist, figure=figure)
    _remember(request, change)
    return _answer(request, figure_id, None, f"Removed from {shortlist.name}.")


@require_POST
def undo_keep(request: HttpRequest) -> HttpResponse:
    """Undo the last change that this session made to a shortlist, once."""
    kept = request.session.pop(UNDO, None)
    if kept is None:
        return _answer(request, None, None, "There is nothing to undo.")
    change = Change(**kept)
    shortlist = get_object_or_404(shortlists_of(_user(request)), pk=change.shortlist_id)
    if change_undo(user=_user(request), shortlist=shortlist, change=change):
        said = f"Undone on {shortlist.name}."
    else:
        said = f"Not undone: somebody has changed the entry on {shortlist.name} since."
    entry = shortlist.entries.filter(figure_id=change.figure_id).first()
    return _answer(request, change.figure_id, entry, said)


def _answer(request: HttpRequest, figure_id: int | None, entry: ShortlistEntry | None, said: str) -> HttpResponse:
    """The fragment, with what is said of it; without scripts back to where the form was."""
    if request.headers.get("HX-Request") == "true":
        context = {"figure_id": figure_id, "entry": entry, "said": said, "can_undo": UNDO in request.session}
        undoing = request.resolver_match is not None and request.resolver_match.url_name == "undo-keep"
        return render(request, "search/_keep_answer.html", {**context, "undoing": undoing})
    messages.info(request, said)
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(wanted)
    return redirect(reverse("search:figure", args=[figure_id]) if figure_id else reverse("search:query"))


def _remember(request: HttpRequest, change: Change | None) -> None:
    if change is not None:
        request.session[UNDO] = asdict(change)


def _figure(figure_id: int) -> Figure:
    return get_object_or_404(figures_to_show(), pk=figure_id)


def _shortlist(request: HttpRequest) -> Shortlist:
    wanted = request.POST.get("shortlist", "")
    if not wanted:
        return shortlist_current(owner=_user(request))
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) <= LONGEST_KEY):
        raise BadRequest("no such shortlist")
    return get_object_or_404(shortlists_of(_user(request)), pk=int(wanted))


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the login middleware lets nobody else in
    return request.user
