"""Pages of topic sets: list, make, draw, describe and delete them, and add, change and delete topics."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotations.http import render_private
from annotations.models import Topic, TopicSet
from annotations.selectors.draws import Drawn, topics_drawn
from annotations.selectors.runs import runs_listed
from annotations.selectors.topics import drawing_of_topic, topic_set_page, topic_sets_listed, topic_sets_open
from annotations.services.runs import PAPER_SYSTEMS
from annotations.services.topics import (
    NewTopic,
    topic_add,
    topic_delete,
    topic_describe,
    topic_restore,
    topic_set_delete,
    topic_set_describe,
    topic_set_draw,
    topic_set_make,
)
from annotations.views.problems import add_problem
from annotations.views.roles import administrators_only
from annotations.views.topic_forms import DrawForm, TopicForm, TopicSetForm
from engine.errors import ImageError, NotFound, Problem
from search.files import private_storage
from search.filters import filters_read, filters_written
from search.forms import LARGEST_IMAGE_BYTES
from search.http import current_user
from search.models import Figure
from search.numbers import key_written
from search.question import Question
from search.selectors.figures import figures_to_show
from search.selectors.references import question_with_written
from search.views.files import PRIVATE_CACHE, image_answer
from search.views.filter_board import filter_board

LARGEST_TOPIC = 2**31 - 1  # of an integer column
DRAW_FIELDS = {"name-taken": "name", "topic-count": "topics", "too-few": "topics", "reserved-count": "reserve"}
UNDO = "undo-topic"
"""Key of the browser session under which the topic deleted last is stored."""


@dataclass(frozen=True, slots=True)
class TopicProblem:
    """What is wrong with the change of a topic. typed: title and need as they were sent, None for other changes."""

    number: int
    detail: str
    typed: QueryDict | None


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def topic_set_list(request: HttpRequest) -> HttpResponse:
    """List all topic sets; POST makes an empty one, or draws one at random, or previews the draw.

    figure: a figure of the collection to add to one of them as a topic.
    """
    form, empty, drawn, topic_set = DrawForm.fresh(), TopicSetForm(auto_id="empty-%s"), None, None
    if request.method == "POST" and request.POST.get("act") == "empty":
        empty = TopicSetForm(request.POST, auto_id="empty-%s")
        topic_set = _make_empty(request, empty)
    elif request.method == "POST":
        wants_preview = request.POST.get("act") == "preview"
        form = DrawForm(request.POST, named=not wants_preview)
        topic_set, drawn = _draw(request, form, wants_preview=wants_preview)
    if topic_set is not None:
        return redirect("annotations:topic-set", topic_set_id=topic_set.pk)
    return _sets_rendered(request, form, empty, drawn)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def topic_set(request: HttpRequest, topic_set_id: int) -> HttpResponse:
    """Show a topic set with its topics and runs; POST changes name and note. `?fragment` gives only the runs."""
    row = set_or_404(topic_set_id)
    if "fragment" in request.GET:
        runs = runs_listed(row)
        context = {"topic_set": row, "runs": runs, "is_running": any(run.is_open for run in runs)}
        return render(request, "annotations/_run_list.html", context)
    if request.method != "POST":
        return _set_rendered(request, row)
    form = TopicSetForm(request.POST)
    if form.is_valid():
        try:
            topic_set_describe(topic_set=row, **form.cleaned_data)
            messages.info(request, "Saved.")
            return redirect("annotations:topic-set", topic_set_id=row.pk)
        except NotFound:  # the middleware answers 404
            raise
        except Problem as problem:
            add_problem(form, problem, "name" if problem.code in ("name", "name-taken") else None)
    return _set_rendered(request, row, describing=form, status=400)


@require_POST
@administrators_only
def delete_topic_set(request: HttpRequest, topic_set_id: int) -> HttpResponse:
    row = set_or_404(topic_set_id)
    try:
        topic_set_delete(topic_set=row)
    except Problem as problem:
        messages.warning(request, problem.detail)
        return redirect("annotations:topic-set", topic_set_id=row.pk)
    messages.info(request, f"The topic set “{row}” was deleted.")
    return redirect("annotations:topic-sets")


@require_POST
@administrators_only
def add_topic(request: HttpRequest, topic_set_id: int) -> HttpResponse:
    """Add a figure or an uploaded drawing to a topic set."""
    row = set_or_404(topic_set_id)
    form = TopicForm(request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        try:
            image, image_name = _uploaded(data["drawing"])
            new = NewTopic(_figure(data["figure"]), image, image_name, data["text"], data["title"], data["need"])
            topic = topic_add(topic_set=row, new=new)
            messages.info(request, f"Topic {topic.number} was added to “{row}”.")
            return redirect(f"{reverse('annotations:topic-set', args=[row.pk])}#topic-{topic.number}")
        except Problem as problem:
            fields = {"publication": "figure", "publication-gone": "figure", "figure-gone": "figure"}
            of_image = isinstance(problem, ImageError) or problem.code in ("blank", "too-large")
            add_problem(form, problem, "drawing" if of_image else fields.get(problem.code))
    return _set_rendered(request, row, adding=form, status=400)


@require_POST
@administrators_only
def topic(request: HttpRequest, topic_set_id: int, number: int) -> HttpResponse:
    """Change title and need of a topic; act=delete deletes it, act=restore restores the one deleted last."""
    row = set_or_404(topic_set_id)
    act = request.POST.get("act", "")
    try:
        if act == "restore":
            _restore(request, row, number)
            return redirect(f"{reverse('annotations:topic-set', args=[row.pk])}#topic-{number}")
        found = get_object_or_404(row.topics.select_related("topic_set"), number=min(number, 2**31 - 1))
        if act == "delete":
            _delete(request, found)
            return redirect("annotations:topic-set", topic_set_id=row.pk)
        topic_describe(topic=found, title=request.POST.get("title", ""), need=request.POST.get("need", ""))
        messages.info(request, f"Topic {number} was saved.")
    except NotFound:  # the middleware answers 404
        raise
    except Problem as problem:
        typed = request.POST if act == "" else None
        return _set_rendered(request, row, status=400, topic_problem=TopicProblem(number, problem.detail, typed))
    return redirect(f"{reverse('annotations:topic-set', args=[row.pk])}#topic-{number}")


@require_GET
def topic_image(request: HttpRequest, topic_set_id: int, number: int) -> HttpResponseBase:
    """Serve the uploaded drawing of a topic to users who may see it."""
    found = drawing_of_topic(current_user(request), topic_set_id, min(number, LARGEST_TOPIC))
    if found is None:
        raise Http404
    return image_answer(request, found.image, f"topic-{number}.png", private_storage(), PRIVATE_CACHE)


def set_or_404(topic_set_id: int) -> TopicSet:
    """Return a topic set with its owner. Raises: Http404."""
    return get_object_or_404(TopicSet.objects.select_related("created_by"), pk=topic_set_id)


def _make_empty(request: HttpRequest, form: TopicSetForm) -> TopicSet | None:
    """Make the set of a form; None with an error on the form."""
    if not form.is_valid():
        return None
    try:
        return topic_set_make(made_by=current_user(request), **form.cleaned_data)
    except Problem as problem:
        add_problem(form, problem, "name")
        return None


def _draw(request: HttpRequest, form: DrawForm, *, wants_preview: bool) -> tuple[TopicSet | None, Drawn | None]:
    """Make the random set of a form, or only draw its preview; neither with an error on the form."""
    if not form.is_valid():
        return None, None
    data = form.cleaned_data
    try:
        if wants_preview:
            return None, topics_drawn(form.draw())
        made = topic_set_draw(name=data["name"], note=data["note"], made_by=current_user(request), draw=form.draw())
        return made, None
    except Problem as problem:
        add_problem(form, problem, DRAW_FIELDS.get(problem.code, problem.code))
        return None, None


def _sets_rendered(request: HttpRequest, form: DrawForm, empty: TopicSetForm, drawn: Drawn | None) -> HttpResponse:
    written = filters_written(request.POST)
    wanted = request.GET.get("figure", "")
    key = key_written(wanted)
    figure = figures_to_show().filter(pk=key).first() if key is not None else None
    context = {
        "listed": topic_sets_listed(),
        "form": form,
        "empty": empty,
        "drawn": drawn,
        "board": filter_board(Question(filters=form.filters), written=written, faults=filters_read(written)[1]),
        "figure": figure,
        "open_sets": topic_sets_open() if figure is not None else (),
    }
    status = 400 if form.errors or empty.errors else 200
    return render_private(request, "annotations/topic_sets.html", context, status=status)


def _set_rendered(
    request: HttpRequest,
    row: TopicSet,
    *,
    describing: TopicSetForm | None = None,
    adding: TopicForm | None = None,
    topic_problem: TopicProblem | None = None,
    status: int = 200,
) -> HttpResponse:
    undo = request.session.get(UNDO)
    runs = runs_listed(row)
    context = {
        "page": topic_set_page(row, current_user(request)),
        "topic_set": row,
        "runs": runs,
        "is_running": any(run.is_open for run in runs),
        "describing": describing or TopicSetForm(initial={"name": row.name, "note": row.note}),
        "adding": adding or TopicForm(),
        "topic_problem": topic_problem,
        "paper_systems": PAPER_SYSTEMS,
        "undo_number": undo["number"] if undo is not None and undo["topic_set"] == row.pk else None,
    }
    return render_private(request, "annotations/topic_set.html", context, status=status)


def _uploaded(file: UploadedFile[bytes] | None) -> tuple[bytes | None, str]:
    if file is None:
        return None, ""
    size = file.size or 0
    if size > LARGEST_IMAGE_BYTES:
        raise Problem(
            "too-large",
            f"The file has {size / 2**20:.1f} MB; at most {LARGEST_IMAGE_BYTES >> 20} MB are accepted. Save it with "
            "fewer pixels, or only the page that you need.",
        )
    return file.read(), file.name or ""


def _figure(written: str) -> Figure | None:
    """Return the figure of a written number, or of a key, as the link on a figure's page sends it. Raises: Problem."""
    if not written:
        return None
    if written.isdecimal():
        key = key_written(written)
        found = figures_to_show().filter(pk=key).first() if key is not None else None
        if found is None:
            raise Problem("figure-gone", f"Figure {written[:20]} was not found in the collection.")
        return found
    question = question_with_written(Question(), written)
    if len(question.examples) != 1 or question.publications:
        raise Problem("publication", "Enter one figure of a publication, for example EP1234567A1/3.")
    return get_object_or_404(figures_to_show(), pk=int(question.examples[0].key))


def _delete(request: HttpRequest, found: Topic) -> None:
    topic_delete(topic=found)
    request.session.pop(UNDO, None)
    if found.figure_id is not None:
        request.session[UNDO] = {
            "topic_set": found.topic_set_id,
            "number": found.number,
            "figure": found.figure_id,
            "text": found.text,
            "title": found.title,
            "need": found.need,
        }
    messages.info(request, f"Topic {found.number} was deleted.")


def _restore(request: HttpRequest, row: TopicSet, number: int) -> None:
    deleted = request.session.get(UNDO)
    if deleted is None or (deleted["topic_set"], deleted["number"]) != (row.pk, number):
        raise Http404
    figure = get_object_or_404(Figure, pk=deleted["figure"])
    new = NewTopic(figure=figure, text=deleted["text"], title=deleted["title"], need=deleted["need"])
    topic_restore(topic_set=row, number=number, new=new)
    del request.session[UNDO]
    messages.info(request, f"Topic {number} was restored.")
