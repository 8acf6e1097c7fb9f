"""What is done with an entry of a shortlist: its note, its place, its pins. Page and fragment on one address."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from search.http import current_user, is_fragment, no_store
from search.models import Pin, Shortlist, ShortlistEntry
from search.selectors.shortlists import entries_shown, shortlist_may_edit
from search.services.pins import MOST_PINS, TooManyPins, pin_add, pin_delete, pin_edit
from search.services.shortlists import TextChanged, entry_move, entry_note, entry_remove
from search.views.shortlist_forms import NoteForm, PinForm
from search.views.shortlist_pages import Unsaved, shortlist_or_404, shortlist_rendered
from search.views.shortlists import UNDO, Notice, remember

CHANGED = "Not saved: somebody changed this note while you were writing."


@require_POST
@no_store
def note(request: HttpRequest, shortlist_id: int, entry_id: int) -> HttpResponse:
    """Save an entry's note. If somebody else changed it meanwhile, show both, and save nothing."""
    row, entry = _entry(shortlist_id, entry_id, current_user(request))
    form = NoteForm(request.POST)
    written = request.POST.get("note", "")
    if not form.is_valid():
        fault = "Not saved: a note can have at most 20,000 characters of text."
        unsaved = Unsaved(entry.pk, None, written, fault, started_from=request.POST.get("started_from", ""))
        return _note_unsaved(request, row, entry, unsaved, status=400)
    data = form.cleaned_data
    text = data["note"]
    if data["theirs"]:
        return _note_answer(request, row, entry, replaced=True)
    if data["both"] and entry.note:
        text = f"{entry.note}\n\n{text}"
    try:
        entry, change = entry_note(
            user=current_user(request),
            shortlist=row,
            entry_id=entry.pk,
            note=text,
            started_from=data["both"] or data["over"] or data["started_from"],
        )
    except TextChanged as changed:
        unsaved = Unsaved(entry.pk, None, written, CHANGED, started_from=data["started_from"], theirs=changed.current)
        return _note_unsaved(request, row, entry, unsaved, status=409)
    remember(request, change)
    return _note_answer(request, row, entry, replaced=bool(data["both"]))


@require_POST
def move(request: HttpRequest, shortlist_id: int, entry_id: int) -> HttpResponse:
    """Move an entry `to` up, down, first or last; a script gets the new order."""
    row, entry = _entry(shortlist_id, entry_id, current_user(request))
    to = request.POST.get("to", "")
    if to not in ("up", "down", "first", "last"):
        raise BadRequest("to must be up, down, first or last")
    order = entry_move(user=current_user(request), shortlist=row, entry_id=entry.pk, to=to)
    if is_fragment(request):
        return JsonResponse({"order": order})
    return _back(row, entry.pk)


@require_POST
def remove(request: HttpRequest, shortlist_id: int, entry_id: int) -> HttpResponse:
    """Remove an entry from its list. It can be undone."""
    row, entry = _entry(shortlist_id, entry_id, current_user(request))
    remember(request, entry_remove(user=current_user(request), shortlist=row, figure=entry.figure))
    notice = Notice("Removed from ", row, ".")
    if is_fragment(request):
        return render(request, "search/_shortlist_notice.html", _notice(request, notice))
    messages.info(request, str(notice))
    return redirect("search:shortlist", shortlist_id=row.pk)


@require_POST
@no_store
def add_pin(request: HttpRequest, shortlist_id: int, entry_id: int) -> HttpResponse:
    """Pin a note to a part of an entry's drawing."""
    row, entry = _entry(shortlist_id, entry_id, current_user(request))
    form = PinForm(request.POST)
    if not form.is_valid():
        return _pins(request, row, entry, _unsaved(request.POST, entry, 0, form.fault), status=400)
    note = form.cleaned_data["note"]
    try:
        _, change = pin_add(user=current_user(request), shortlist=row, entry_id=entry.pk, box=form.box, note=note)
    except TooManyPins:
        fault = f"Not saved: a drawing can have at most {MOST_PINS} pins. Delete one first, or write a note."
        return _pins(request, row, entry, _unsaved(request.POST, entry, 0, fault), status=400)
    remember(request, change)
    return _pins(request, row, entry, notice=Notice("Added a pin on ", row, "."))


@require_POST
@no_store
def edit_pin(request: HttpRequest, shortlist_id: int, entry_id: int, pin_id: int) -> HttpResponse:
    """Move a pin or change its note, or delete it if `delete` is set."""
    row, entry = _entry(shortlist_id, entry_id, current_user(request))
    pin = get_object_or_404(entry.pins, pk=pin_id)
    if request.POST.get("delete"):
        remember(request, pin_delete(user=current_user(request), shortlist=row, pin_id=pin.pk))
        return _pins(request, row, entry, notice=Notice("Deleted a pin on ", row, "."))
    form = PinForm(request.POST)
    if not form.is_valid():
        return _pins(request, row, entry, _unsaved(request.POST, entry, pin.pk, form.fault), status=400)
    data = form.cleaned_data
    try:
        _, change = pin_edit(
            user=current_user(request),
            shortlist=row,
            pin_id=pin.pk,
            box=form.box,
            note=data["note"],
            started_from=data["started_from"],
        )
    except TextChanged as changed:
        unsaved = _unsaved(request.POST, entry, pin.pk, CHANGED, theirs=changed.current)
        return _pins(request, row, entry, unsaved, status=409)
    except Pin.DoesNotExist as error:
        raise Http404 from error
    remember(request, change)
    return _pins(request, row, entry, notice=Notice("Changed a pin on ", row, "."))


def _entry(shortlist_id: int, entry_id: int, user: User) -> tuple[Shortlist, ShortlistEntry]:
    """Return the list and its entry, if the user may see it; services check the right to change it."""
    row = shortlist_or_404(shortlist_id, user)
    entries = row.entries.select_related("figure__sheet__publication")
    return row, get_object_or_404(entries, pk=entry_id)


def _note_answer(request: HttpRequest, row: Shortlist, entry: ShortlistEntry, *, replaced: bool) -> HttpResponse:
    """Answer a saved note. replaced: it differs from the note that was sent, so the page shows it again."""
    if not is_fragment(request):
        messages.info(request, "Saved.")
        return _back(row, entry.pk)
    return render(request, "search/_note_state.html", {"entry": entry, "replaced": replaced})


def _note_unsaved(
    request: HttpRequest, row: Shortlist, entry: ShortlistEntry, unsaved: Unsaved, *, status: int
) -> HttpResponse:
    if not is_fragment(request):
        return shortlist_rendered(request, row, unsaved, status=status)
    return render(request, "search/_note_state.html", {"entry": entry, "unsaved": unsaved}, status=status)


def _pins(
    request: HttpRequest,
    row: Shortlist,
    entry: ShortlistEntry,
    unsaved: Unsaved | None = None,
    *,
    notice: Notice | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the drawing with its pins, and the notice or what could not be saved."""
    if not is_fragment(request):
        if unsaved is not None:
            return shortlist_rendered(request, row, unsaved, status=status)
        messages.info(request, str(notice))
        return _back(row, entry.pk)
    context = {
        "shown": entries_shown(row.entries.filter(pk=entry.pk))[0],
        "shortlist": row,
        "may_edit": shortlist_may_edit(current_user(request), row),
        "unsaved": unsaved,
        **_notice(request, notice),
    }
    return render(request, "search/_pins_answer.html", context, status=status)


def _unsaved(form: QueryDict, entry: ShortlistEntry, pin: int, fault: str, theirs: str | None = None) -> Unsaved:
    percent = tuple(form.get(side, "")[:12] for side in ("left", "top", "width", "height"))
    started_from = form.get("started_from", "")[:16]
    note = form.get("note", "")
    return Unsaved(entry.pk, pin, note, fault, percent=percent, started_from=started_from, theirs=theirs)


def _notice(request: HttpRequest, notice: Notice | None) -> dict[str, object]:
    return {"notice": notice, "can_undo": UNDO in request.session}


def _back(row: Shortlist, entry_id: int) -> HttpResponse:
    return redirect(f"{reverse('search:shortlist', args=[row.pk])}#entry-{entry_id}")
