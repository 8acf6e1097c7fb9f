"""What is done with an entry of a shortlist: its note, its place, its pins. Page and fragment on one address."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
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
from search.views.shortlists import UNDO, Said, remember

CHANGED = "Not saved: somebody changed this note while you were writing."


@require_POST
@no_store
def note(request: HttpRequest, shortlist_id: int, entry_id: int) -> HttpResponse:
    """Write an entry's note; where somebody else changed it meanwhile, both are shown, and nothing is lost."""
    row, entry = _entry(request, shortlist_id, entry_id)
    form = NoteForm(request.POST)
    written = request.POST.get("note", "")
    if not form.is_valid():
        said = "Not saved: a note has at most 20,000 characters, all of them text."
        unsaved = Unsaved(entry.pk, None, written, said, started_from=request.POST.get("started_from", ""))
        return _note_refused(request, row, entry, unsaved, status=400)
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
        return _note_refused(request, row, entry, unsaved, status=409)
    remember(request, change)
    return _note_answer(request, row, entry, replaced=bool(data["both"]))


@require_POST
def move(request: HttpRequest, shortlist_id: int, entry_id: int) -> HttpResponse:
    """Move an entry `to` up, down, first or last; a script learns the order that came of it."""
    row, entry = _entry(request, shortlist_id, entry_id)
    to = request.POST.get("to", "")
    if to not in ("up", "down", "first", "last"):
        raise BadRequest("an entry moves up, down, first or last")
    order = entry_move(user=current_user(request), shortlist=row, entry_id=entry.pk, to=to)
    if is_fragment(request):
        return JsonResponse({"order": order})
    return _back(row, entry.pk)


@require_POST
def remove(request: HttpRequest, shortlist_id: int, entry_id: int) -> HttpResponse:
    """Take an entry off its list, which can be undone."""
    row, entry = _entry(request, shortlist_id, entry_id)
    remember(request, entry_remove(user=current_user(request), shortlist=row, figure=entry.figure))
    said = Said("Removed from ", row, ".")
    if is_fragment(request):
        return render(request, "search/_said.html", _said(request, said))
    messages.info(request, str(said))
    return redirect("search:shortlist", shortlist_id=row.pk)


@require_POST
@no_store
def add_pin(request: HttpRequest, shortlist_id: int, entry_id: int) -> HttpResponse:
    """Pin a note to a part of an entry's drawing."""
    row, entry = _entry(request, shortlist_id, entry_id)
    form = PinForm(request.POST)
    if not form.is_valid():
        return _pins(request, row, entry, _unsaved(request, entry, 0, form.said), status=400)
    note = form.cleaned_data["note"]
    try:
        _, change = pin_add(user=current_user(request), shortlist=row, entry_id=entry.pk, box=form.box, note=note)
    except TooManyPins:
        said = f"Not saved: a drawing takes {MOST_PINS} pins. Take one off, or write it into the note."
        return _pins(request, row, entry, _unsaved(request, entry, 0, said), status=400)
    remember(request, change)
    return _pins(request, row, entry, said=Said("Pinned on ", row, "."))


@require_POST
@no_store
def edit_pin(request: HttpRequest, shortlist_id: int, entry_id: int, pin_id: int) -> HttpResponse:
    """Move a pin or write its note anew, or take it off where `delete` says so."""
    row, entry = _entry(request, shortlist_id, entry_id)
    pin = get_object_or_404(entry.pins, pk=pin_id)
    if request.POST.get("delete"):
        remember(request, pin_delete(user=current_user(request), shortlist=row, pin_id=pin.pk))
        return _pins(request, row, entry, said=Said("A pin was taken off on ", row, "."))
    form = PinForm(request.POST)
    if not form.is_valid():
        return _pins(request, row, entry, _unsaved(request, entry, pin.pk, form.said), status=400)
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
        unsaved = _unsaved(request, entry, pin.pk, CHANGED, theirs=changed.current)
        return _pins(request, row, entry, unsaved, status=409)
    except Pin.DoesNotExist as error:
        raise Http404 from error
    remember(request, change)
    return _pins(request, row, entry, said=Said("A pin was changed on ", row, "."))


def _entry(request: HttpRequest, shortlist_id: int, entry_id: int) -> tuple[Shortlist, ShortlistEntry]:
    """The list, and its entry, that the user may see; services check whether they may change it."""
    row = shortlist_or_404(request, shortlist_id)
    entries = row.entries.select_related("figure__sheet__publication")
    return row, get_object_or_404(entries, pk=entry_id)


def _note_answer(request: HttpRequest, row: Shortlist, entry: ShortlistEntry, *, replaced: bool) -> HttpResponse:
    """replaced: the note is another than was sent, so the page's text is to change."""
    if not is_fragment(request):
        messages.info(request, "Saved.")
        return _back(row, entry.pk)
    return render(request, "search/_note_state.html", {"entry": entry, "replaced": replaced})


def _note_refused(
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
    said: Said | None = None,
    status: int = 200,
) -> HttpResponse:
    """The drawing with its pins, and what was done or could not be."""
    if not is_fragment(request):
        if unsaved is not None:
            return shortlist_rendered(request, row, unsaved, status=status)
        messages.info(request, str(said))
        return _back(row, entry.pk)
    context = {
        "shown": entries_shown(row.entries.filter(pk=entry.pk))[0],
        "shortlist": row,
        "may_edit": shortlist_may_edit(current_user(request), row),
        "unsaved": unsaved,
        **_said(request, said),
    }
    return render(request, "search/_pins_answer.html", context, status=status)


def _unsaved(request: HttpRequest, entry: ShortlistEntry, pin: int, said: str, theirs: str | None = None) -> Unsaved:
    percent = tuple(request.POST.get(side, "")[:12] for side in ("left", "top", "width", "height"))
    started_from = request.POST.get("started_from", "")[:16]
    note = request.POST.get("note", "")
    return Unsaved(entry.pk, pin, note, said, percent=percent, started_from=started_from, theirs=theirs)


def _said(request: HttpRequest, said: Said | None) -> dict[str, object]:
    return {"said": said, "can_undo": UNDO in request.session}


def _back(row: Shortlist, entry_id: int) -> HttpResponse:
    return redirect(f"{reverse('search:shortlist', args=[row.pk])}#entry-{entry_id}")
