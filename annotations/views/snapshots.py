"""Pages of qrels snapshots: freeze, import, list, view and export them."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotations.http import file_to_take_away
from annotations.models import Facet, TopicSet
from annotations.options import OptionsProblem, TableOptions, options_of
from annotations.selectors.exports import FORMATS, qrels_file
from annotations.selectors.overview import sessions_to_freeze
from annotations.selectors.snapshots import (
    LONGEST_NAME,
    SnapshotDamaged,
    name_proposed,
    snapshot_row_by_id,
    snapshots_listed,
)
from annotations.services.imports import LARGEST_QRELS_BYTES, qrels_import
from annotations.services.snapshots import snapshot_freeze
from annotations.views.evaluation_pages import damaged_page, options_context, topic_set_or_404
from annotations.views.roles import administrators_only
from engine.errors import Problem
from search.http import current_user


class FreezeForm(forms.Form):
    """The sessions to freeze, a facet and a name."""

    session = forms.TypedMultipleChoiceField(
        coerce=int,
        error_messages={
            "required": "Choose at least one session to freeze.",
            "invalid_choice": "One of these sessions does not belong to this topic set. Choose among those listed.",
        },
    )
    facet = forms.ChoiceField(choices=Facet.choices, error_messages={"required": "Choose a facet."})
    name = forms.CharField(
        max_length=LONGEST_NAME,
        error_messages={
            "required": "Enter a name for the qrels.",
            "max_length": f"Enter a name of at most {LONGEST_NAME} characters.",
        },
    )


class ImportForm(forms.Form):
    """A qrels file, its format, and a name for the snapshot."""

    file = forms.FileField(
        error_messages={"required": "Choose a file.", "empty": "The file is empty. Choose another one."}
    )
    file_format = forms.ChoiceField(
        choices=[(name, name) for name in FORMATS], error_messages={"required": "Choose the file's format."}
    )
    name = forms.CharField(max_length=LONGEST_NAME, error_messages={"required": "Enter a name for the qrels."})


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def snapshot_list(request: HttpRequest, topic_set_id: int) -> HttpResponse:
    """List the snapshots of a topic set; POST freezes another one."""
    topic_set = topic_set_or_404(topic_set_id)
    if request.method != "POST":
        return _listed(request, topic_set)
    sessions = sessions_to_freeze(topic_set)
    form = FreezeForm(request.POST)
    field = form.fields["session"]
    assert isinstance(field, forms.TypedMultipleChoiceField)
    field.choices = [(one.pk, one.name) for one in sessions]
    if not form.is_valid():
        return _listed(request, topic_set, freeze_problem=_first_error(form), status=400)
    chosen = set(form.cleaned_data["session"])
    try:
        frozen = snapshot_freeze(
            topic_set=topic_set,
            sessions=[one for one in sessions if one.pk in chosen],
            name=form.cleaned_data["name"],
            facet=form.cleaned_data["facet"],
            frozen_by=current_user(request),
        )
    except Problem as problem:
        return _listed(request, topic_set, freeze_problem=problem.detail, status=400)
    messages.info(
        request, f"The judgments were frozen as “{frozen}”. It never changes: freeze again to include later judgments."
    )
    return redirect("annotations:snapshot", snapshot_id=frozen.pk)


@require_POST
@administrators_only
def snapshot_import(request: HttpRequest, topic_set_id: int) -> HttpResponse:
    """Import qrels from a file as a snapshot."""
    topic_set = topic_set_or_404(topic_set_id)
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _listed(request, topic_set, import_problem=_first_error(form), status=400)
    upload = form.cleaned_data["file"]
    if upload.size > LARGEST_QRELS_BYTES:
        detail = f"The file has {upload.size / 1e6:.1f} MB; at most {LARGEST_QRELS_BYTES // 1_000_000} MB are accepted."
        return _listed(request, topic_set, import_problem=detail, status=400)
    try:
        imported = qrels_import(
            topic_set=topic_set,
            name=form.cleaned_data["name"],
            data=upload.read(),
            file_format=form.cleaned_data["file_format"],
            imported_by=current_user(request),
        )
    except Problem as problem:
        return _listed(request, topic_set, import_problem=problem.detail, status=400)
    messages.info(request, f"The qrels were imported as “{imported}”.")
    return redirect("annotations:snapshot", snapshot_id=imported.pk)


@require_GET
@administrators_only
def snapshot(request: HttpRequest, snapshot_id: int) -> HttpResponse:
    """Show the contents of a snapshot by topic."""
    seen = snapshot_row_by_id(snapshot_id)
    if seen is None:
        raise Http404
    context = _frame(seen.snapshot.topic_set) | {"seen": seen, "formats": FORMATS}
    return render(request, "annotations/evaluation_snapshot.html", context)


@require_GET
@administrators_only
def snapshot_file(request: HttpRequest, snapshot_id: int) -> HttpResponse:
    """Export a snapshot; ?format=trec, csv or json."""
    seen = snapshot_row_by_id(snapshot_id)
    if seen is None:
        raise Http404
    wanted = request.GET.get("format", "trec")
    if wanted not in FORMATS:
        raise OptionsProblem(f"`format` must be one of {', '.join(FORMATS)}.")
    try:
        written = qrels_file(seen.snapshot, wanted)
    except SnapshotDamaged as damaged:
        return damaged_page(request, _plain(seen.snapshot.topic_set), damaged)
    return file_to_take_away(written)


def _plain(topic_set: TopicSet) -> TableOptions:
    """Return the default options that the layout of a topic set's pages needs."""
    return options_of(topic_set, QueryDict())


def _frame(topic_set: TopicSet) -> dict[str, object]:
    return options_context(_plain(topic_set), "snapshots") | {"address": ""}


def _listed(
    request: HttpRequest, topic_set: TopicSet, *, freeze_problem: str = "", import_problem: str = "", status: int = 200
) -> HttpResponse:
    """Render the list with the forms; a form with an error keeps what was typed."""
    sessions = sessions_to_freeze(topic_set)
    sent = request.POST if request.method == "POST" else None
    judged = [session for session in sessions if getattr(session, "judged_count", 0)]
    context = _frame(topic_set) | {
        "listed": snapshots_listed(topic_set),
        "sessions": sessions,
        "facets": Facet.choices,
        "formats": FORMATS,
        "freeze_problem": freeze_problem,
        "import_problem": import_problem,
        "freeze_name": sent.get("name", "") if sent and freeze_problem else name_proposed(topic_set, judged),
        "freeze_facet": sent.get("facet", "") if sent and freeze_problem else Facet.OVERALL.value,
        "freeze_sessions": sent.getlist("session") if sent and freeze_problem else [str(one.pk) for one in judged],
        "import_name": sent.get("name", "") if sent and import_problem else "",
        "import_format": sent.get("file_format", "") if sent and import_problem else "trec",
    }
    return render(request, "annotations/evaluation_snapshots.html", context, status=status)


def _first_error(form: forms.Form) -> str:
    return str(next(iter(form.errors.values()))[0])
