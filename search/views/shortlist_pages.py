"""Pages of shortlists: the list of those that the user may see, and one with its entries; naming, sharing, deleting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from search.http import current_user, no_store
from search.models import Shortlist, text_key
from search.selectors.shortlists import current_shortlist, shortlist_page, shortlists_listed, shortlists_of
from search.services.sharing import (
    NoSuchColleague,
    ShortlistNameTaken,
    shortlist_create,
    shortlist_delete,
    shortlist_describe,
    shortlist_make_current,
    shortlist_share,
    shortlist_unshare,
)
from search.services.shortlists import TextChanged
from search.views.shortlist_forms import DescriptionForm, NameForm, ShareForm
from search.views.shortlists import UNDO


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What was written and not saved, to be shown again with its fault.

    entry_id: None for the list's own note; pin: key of the pin, 0 for a new one, None for a note.
    started_from: the text_key of what was edited. theirs: what somebody else saved meanwhile, or None.
    """

    entry_id: int | None
    pin: int | None
    note: str
    fault: str
    name: str = ""
    percent: tuple[str, ...] = ("", "", "", "")
    started_from: str = ""
    theirs: str | None = None

    @property
    def their_key(self) -> str:
        return text_key(self.theirs or "")

    @property
    def pin_started_from(self) -> str:
        """What the next saving replaces: theirs, once it was shown."""
        return self.started_from if self.theirs is None else self.their_key


@require_http_methods(["GET", "HEAD", "POST"])
@no_store
def shortlist_list(request: HttpRequest) -> HttpResponse:
    """List the shortlists; a form creates one, which becomes the current one."""
    user = current_user(request)
    fault = ""
    if request.method == "POST":
        form = NameForm(request.POST)
        if form.is_valid():
            shortlist = shortlist_create(owner=user, name=form.cleaned_data["name"])
            return redirect("search:shortlist", shortlist_id=shortlist.pk)
        fault = "Enter a name of at most 120 characters for the shortlist."
    context = {"listed": shortlists_listed(user), "fault": fault}
    return render(request, "search/shortlists.html", context, status=400 if fault else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@no_store
def shortlist(request: HttpRequest, shortlist_id: int) -> HttpResponse:
    """Show a list with its entries; a form changes its name and note."""
    row = shortlist_or_404(shortlist_id, current_user(request))
    if request.method != "POST":
        return shortlist_rendered(request, row)
    form = DescriptionForm(request.POST)
    note, name = request.POST.get("note", ""), request.POST.get("name", "")
    if not form.is_valid():
        fault = "Not saved: enter a name of at most 120 characters and a note of at most 20,000."
        return shortlist_rendered(request, row, Unsaved(None, None, note, fault, name=name), status=400)
    data = form.cleaned_data
    try:
        shortlist_describe(
            user=current_user(request),
            shortlist=row,
            name=data["name"],
            note=data["note"],
            started_from=data["started_from"],
        )
    except ShortlistNameTaken:
        fault = "Not saved: its owner has another shortlist of this name."
        return shortlist_rendered(request, row, Unsaved(None, None, note, fault, name=name), status=400)
    except TextChanged as changed:
        fault = (
            "Not saved: somebody changed this note while you were writing. Theirs is below yours; save to replace it."
        )
        return shortlist_rendered(
            request, row, Unsaved(None, None, note, fault, name=name, theirs=changed.current), status=409
        )
    messages.info(request, "Saved.")
    return redirect("search:shortlist", shortlist_id=row.pk)


@require_GET
def current(request: HttpRequest) -> HttpResponse:
    """Redirect to the current list, or to all lists if there is none yet."""
    row = current_shortlist(current_user(request))
    return redirect("search:shortlists") if row is None else redirect("search:shortlist", shortlist_id=row.pk)


@require_POST
def make_current(request: HttpRequest, shortlist_id: int) -> HttpResponse:
    row = shortlist_or_404(shortlist_id, current_user(request))
    shortlist_make_current(user=current_user(request), shortlist=row)
    messages.info(request, f"New entries are added to {row} from now on.")
    return _back(request, row)


@require_POST
def delete(request: HttpRequest, shortlist_id: int) -> HttpResponse:
    row = shortlist_or_404(shortlist_id, current_user(request))
    shortlist_delete(user=current_user(request), shortlist=row)
    messages.info(request, f"{row} was deleted.")
    return redirect("search:shortlists")


@require_POST
@no_store
def share(request: HttpRequest, shortlist_id: int) -> HttpResponse:
    """Share a list with a colleague, or change the colleague's rights."""
    row = shortlist_or_404(shortlist_id, current_user(request))
    form = ShareForm(request.POST)
    username = request.POST.get("username", "")
    try:
        if not form.is_valid():
            raise NoSuchColleague(username)
        shared = shortlist_share(
            user=current_user(request),
            shortlist=row,
            username=form.cleaned_data["username"],
            may_edit=form.cleaned_data["may_edit"] == "edit",
        )
    except NoSuchColleague:
        shown = username.replace("\0", "")[:60]
        fault = f"User “{shown}” was not found. Write the user name that the colleague logs in with."
        return shortlist_rendered(request, row, status=400, share_fault=fault, share_username=username)
    may = "edit" if shared.may_edit else "view"
    messages.info(request, f"{shared.user} may {may} {row}.")
    return redirect(f"{reverse('search:shortlist', args=[row.pk])}#sharing")


@require_POST
def unshare(request: HttpRequest, shortlist_id: int, user_id: int) -> HttpResponse:
    """End the sharing with a colleague, or leave a shared list."""
    row, user = shortlist_or_404(shortlist_id, current_user(request)), current_user(request)
    shortlist_unshare(user=user, shortlist=row, colleague_id=user_id)
    if user_id == user.pk:
        messages.info(request, f"You have left {row}.")
        return redirect("search:shortlists")
    messages.info(request, f"{row} is no longer shared with this colleague.")
    return redirect(f"{reverse('search:shortlist', args=[row.pk])}#sharing")


def shortlist_or_404(shortlist_id: int, user: User) -> Shortlist:
    """Return a list that the user may see; else raise Http404."""
    found = shortlists_of(user).select_related("owner")
    return get_object_or_404(found, pk=shortlist_id)


def shortlist_rendered(
    request: HttpRequest, row: Shortlist, unsaved: Unsaved | None = None, *, status: int = 200, **more: Any
) -> HttpResponse:
    """Render the page of a list, with what could not be saved."""
    change = request.session.get(UNDO)
    context = {
        "page": shortlist_page(current_user(request), row),
        "shortlist": row,
        "unsaved": unsaved,
        "can_undo": change is not None and change["shortlist_id"] == row.pk,
        **more,
    }
    return render(request, "search/shortlist.html", context, status=status)


def _back(request: HttpRequest, row: Shortlist) -> HttpResponse:
    if request.POST.get("next") == "list":
        return redirect("search:shortlists")
    return redirect("search:shortlist", shortlist_id=row.pk)
