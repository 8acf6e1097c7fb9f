"""Pages of runs: make, view, retry, repeat, import, export and delete them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotations.http import file_to_take_away
from annotations.models import Run, System, TopicSet
from annotations.queue import enqueue_unless_finished
from annotations.selectors.exports import FORMATS, document_number_rows, run_file
from annotations.selectors.runs import run_page, runs_listed
from annotations.services.imports import run_import
from annotations.services.runs import run_again, run_delete, run_retry, runs_make
from annotations.views.problems import add_problem
from annotations.views.roles import administrators_only
from annotations.views.topic_forms import PlanForm, RunFileForm
from annotations.views.topics import LARGEST_TOPIC, set_or_404
from engine.errors import Problem
from search.filters import filters_read, filters_written
from search.http import current_user
from search.numbers import whole_number
from search.question import Question
from search.views.files import PRIVATE_CACHE
from search.views.filter_board import filter_board

FORMAT_NAMES = {"trec": "TREC", "csv": "CSV", "json": "JSON"}


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def run_list(request: HttpRequest, topic_set_id: int) -> HttpResponse:
    """List the runs of a topic set; POST makes some. next=topics: redirect to the page of the topic set."""
    row = set_or_404(topic_set_id)
    if request.method != "POST":
        return _runs_rendered(request, row)
    form = PlanForm(request.POST)
    if form.is_valid():
        try:
            _make(request, row, form)
        except Problem as problem:
            add_problem(form, problem, problem.code)
        else:
            back = "topic-set" if request.POST.get("next") == "topics" else "runs"
            return redirect(f"annotations:{back}", topic_set_id=row.pk)
    return _runs_rendered(request, row, form=form, status=400)


@require_POST
@administrators_only
def import_run(request: HttpRequest, topic_set_id: int) -> HttpResponse:
    """Import a run of another system from a file."""
    row = set_or_404(topic_set_id)
    form = RunFileForm(request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        try:
            run = run_import(
                topic_set=row,
                name=data["name"],
                data=data["file"].read(),
                file_format=data["format"],
                imported_by=current_user(request),
            )
        except Problem as problem:
            add_problem(form, problem, "name" if problem.code in ("name", "name-taken") else "file")
        else:
            return redirect("annotations:run", run_id=run.pk)
    return _runs_rendered(request, row, importing=form, status=400)


@require_GET
@administrators_only
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show a run with the ranked list of one topic; `?fragment` gives only its progress."""
    row = run_or_404(run_id)
    number = request.GET.get("topic", "")
    page = run_page(
        row,
        current_user(request),
        whole_number(number, most=LARGEST_TOPIC),
        request.GET.get("page"),
    )
    context = {"page": page, "run": row, "topic_set": row.topic_set, "formats": FORMAT_NAMES}
    template = "annotations/_run_state.html" if "fragment" in request.GET else "annotations/run.html"
    response = render(request, template, context)
    response["Cache-Control"] = PRIVATE_CACHE
    return response


@require_POST
@administrators_only
def retry_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """Retry a failed run."""
    row = run_retry(run=run_or_404(run_id))
    enqueue_unless_finished(row)
    return _back(request, row)


@require_POST
@administrators_only
def make_again(request: HttpRequest, run_id: int) -> HttpResponse:
    """Run the same system over the present collection."""
    row = run_or_404(run_id)
    try:
        made = run_again(run=row, made_by=current_user(request))
    except Problem as problem:
        messages.warning(request, problem.detail)
        return _back(request, row)
    enqueue_unless_finished(made)
    if made.is_finished:
        messages.info(request, f"The collection has not changed since run {made}, so no new run was made.")
    return redirect("annotations:run", run_id=made.pk)


@require_POST
@administrators_only
def delete_run(request: HttpRequest, run_id: int) -> HttpResponse:
    row = run_or_404(run_id)
    try:
        run_delete(run=row)
    except Problem as problem:
        messages.warning(request, problem.detail)
        return _back(request, row)
    undo = "import its file again" if row.system == System.IMPORTED else "make it again"
    messages.info(request, f"Run {row} was deleted. To undo this, {undo}.")
    return redirect("annotations:runs", topic_set_id=row.topic_set_id)


@require_GET
@administrators_only
def run_as_file(request: HttpRequest, run_id: int) -> HttpResponse:
    """Export a finished run; ?format=trec, csv or json."""
    row = run_or_404(run_id)
    file_format = request.GET.get("format", FORMATS[0])
    if file_format not in FORMATS:
        raise Http404
    try:
        return file_to_take_away(run_file(row, file_format))
    except Problem as problem:
        messages.warning(request, problem.detail)
        return redirect("annotations:run", run_id=row.pk)


@require_GET
@administrators_only
def document_numbers(request: HttpRequest) -> StreamingHttpResponse:
    """Export the document numbers of all figures as CSV."""
    answer = StreamingHttpResponse(document_number_rows(), content_type="text/csv; charset=utf-8; header=present")
    answer["Content-Disposition"] = 'attachment; filename="document-numbers.csv"'
    return answer


def run_or_404(run_id: int) -> Run:
    """Return a run with its topic set and their owners. Raises: Http404."""
    return get_object_or_404(Run.objects.select_related("topic_set__created_by", "created_by"), pk=run_id)


def _make(request: HttpRequest, row: TopicSet, form: PlanForm) -> None:
    runs = runs_make(topic_set=row, plan=form.plan(), made_by=current_user(request))
    for one in runs:
        enqueue_unless_finished(one)
    done = ", ".join(one.name for one in runs if one.is_finished)
    if done:
        messages.info(request, f"These runs of the present collection exist already: {done}.")


def _runs_rendered(
    request: HttpRequest,
    row: TopicSet,
    *,
    form: PlanForm | None = None,
    importing: RunFileForm | None = None,
    status: int = 200,
) -> HttpResponse:
    runs = runs_listed(row)
    written = filters_written(request.POST)
    context = {
        "topic_set": row,
        "runs": runs,
        "is_running": any(one.is_open for one in runs),
        "form": form or PlanForm(),
        "importing": importing or RunFileForm(),
        "board": filter_board(
            Question(filters=form.filters if form else {}), written=written, faults=filters_read(written)[1]
        ),
    }
    template = "annotations/_run_list.html" if "fragment" in request.GET else "annotations/runs.html"
    return render(request, template, context, status=status)


def _back(request: HttpRequest, row: Run) -> HttpResponse:
    if request.POST.get("next") == "runs":
        return redirect("annotations:runs", topic_set_id=row.topic_set_id)
    return redirect("annotations:run", run_id=row.pk)
