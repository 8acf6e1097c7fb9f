"""Add figures to shortlists and remove them, wherever a figure is shown."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from search.http import current_user, is_fragment
from search.models import Figure, Relevance, Shortlist, ShortlistEntry
from search.numbers import key_written
from search.selectors.figures import figures_to_show
from search.selectors.shortlists import shortlists_of
from search.services.shortlists import Change, change_undo, entry_keep, entry_remove, shortlist_current

UNDO = "shortlist_change"  # of the session: the last change, which can be undone


@dataclass(frozen=True, slots=True)
class Notice:
    """A message of what was done, which names the shortlist and links to it."""

    before: str
    shortlist: Shortlist | None = None
    after: str = ""

    def __str__(self) -> str:
        return f"{self.before}{self.shortlist or ''}{self.after}"


@require_POST
def keep(request: HttpRequest, figure_id: int) -> HttpResponse:
    """Add a figure with `relevance` X, Y, A or none to `shortlist`, else to the current one."""
    relevance = request.POST.get("relevance", "")
    if relevance not in Relevance.values:
        raise BadRequest("relevance must be X, Y, A or empty")
    figure, shortlist = _figure(figure_id), _shortlist(request.POST.get("shortlist", ""), current_user(request))
    entry, change = entry_keep(user=current_user(request), shortlist=shortlist, figure=figure, relevance=relevance)
    remember(request, change)
    rated = f"rated {relevance}" if relevance else "not rated"
    return _answer(request, figure_id, entry, Notice("Kept on ", shortlist, f", {rated}."))


@require_POST
def unkeep(request: HttpRequest, figure_id: int) -> HttpResponse:
    """Remove a figure from `shortlist`, else from the current one."""
    figure, shortlist = _figure(figure_id), _shortlist(request.POST.get("shortlist", ""), current_user(request))
    change = entry_remove(user=current_user(request), shortlist=shortlist, figure=figure)
    remember(request, change)
    return _answer(request, figure_id, None, Notice("Removed from ", shortlist, "."))


@require_POST
def undo_keep(request: HttpRequest) -> HttpResponse:
    """Undo the last change that this session made to a shortlist, once."""
    kept = request.session.pop(UNDO, None)
    if kept is None:
        return _answer(request, None, None, Notice("No change to undo."))
    change = Change(**kept)
    shortlist = get_object_or_404(shortlists_of(current_user(request)), pk=change.shortlist_id)
    if change_undo(user=current_user(request), shortlist=shortlist, change=change):
        notice = Notice("Undone on ", shortlist, ".")
    else:
        notice = Notice("Not undone: the entry was changed on ", shortlist, " since.")
    entry = shortlist.entries.filter(figure_id=change.figure_id).first()
    return _answer(request, change.figure_id, entry, notice)


def _answer(request: HttpRequest, figure_id: int | None, entry: ShortlistEntry | None, notice: Notice) -> HttpResponse:
    """Render the fragment with the notice; without scripts, redirect to where the form was."""
    if is_fragment(request):
        undoing = request.resolver_match is not None and request.resolver_match.url_name == "undo-keep"
        context = {
            # The page of a shortlist refreshes its entries by itself.
            "figure_id": figure_id if request.POST.get("from") != "list" else None,
            "entry": entry,
            "notice": notice,
            "can_undo": UNDO in request.session,
            "undoing": undoing,
            "kept_on": notice.shortlist if request.POST.get("shortlist") else None,
        }
        response = render(request, "search/_keep_answer.html", context)
        if undoing:
            response["HX-Trigger"] = "shortlist-changed"  # the page of a shortlist then shows what came back
        return response
    messages.info(request, str(notice))
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(wanted)
    return redirect(reverse("search:figure", args=[figure_id]) if figure_id else reverse("search:query"))


def remember(request: HttpRequest, change: Change | None) -> None:
    """Let this session undo a change."""
    if change is not None:
        request.session[UNDO] = asdict(change)


def _figure(figure_id: int) -> Figure:
    return get_object_or_404(figures_to_show(), pk=figure_id)


def _shortlist(wanted: str, user: User) -> Shortlist:
    """Return the shortlist of a form, or the current one if it names none."""
    if not wanted:
        return shortlist_current(owner=user)
    key = key_written(wanted)
    if key is None:
        raise BadRequest("shortlist must be the key of a shortlist")
    return get_object_or_404(shortlists_of(user), pk=key)
