"""The query panel: the question of a form, and the page that shows it without hits."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from engine.errors import Problem
from search.filters import filters_written
from search.http import current_user, is_fragment
from search.models import Query
from search.question import Question, question_from_query
from search.selectors.history import searches_of
from search.selectors.queries import collection_counts, recent_questions
from search.selectors.references import question_with_written
from search.services.materials import passage_keep
from search.views.panel import panels_of

RECENT = 8
DENSITIES = 5
USUAL_DENSITY = 2


def question_of_form(form: QueryDict, owner: User) -> tuple[Question, str]:
    """Return the question of a sent form, and what is wrong with it, if anything.

    The field of publications is added to it, and a long text is kept as a Material.
    """
    question, problems = Question.parse(form)
    try:
        for problem in problems:
            raise problem
        complete = question_with_written(question, form.get("written", ""))
        return passage_keep(owner=owner, question=complete), ""
    except Problem as problem:
        return question, problem.detail


def question_ranked(query: Query, address: QueryDict) -> Question:
    """Return the query's question, ranked and grouped as an address says. Raises BadRequest if it cannot be parsed."""
    try:
        return query.question.ranked_as(question_from_query(address))
    except Problem as problem:
        raise BadRequest(problem.detail) from problem


def panel_context(
    question: Question, owner: User, *, fault: str = "", query: Query | None = None, form: QueryDict | None = None
) -> dict[str, object]:
    """Return the context of the workbench without hits. form: what was sent, where it was wrong: shown again."""
    recent = recent_questions(owner, most=RECENT)
    saved = list(searches_of(owner)[:RECENT])
    kept = [*(one.question for one in recent), *(one.question for one in saved)]
    panel, *panels = panels_of([question, *kept], owner)
    return {
        "panel": panel,
        "fault": fault,
        "query": query,
        "written": form.get("written", "") if form is not None else "",
        "written_filters": filters_written(form) if form is not None else {},
        "collection": collection_counts(),
        "recent": list(zip(recent, panels[: len(recent)], strict=True)),
        "saved": list(zip(saved, panels[len(recent) :], strict=True)),
        "lacks_drawing": bool(question.patent_xml) and not any(one.source == "image" for one in question.examples),
    }


def fault_page(request: HttpRequest, question: Question, fault: str, *, status: int = 400) -> HttpResponse:
    """Answer with the panel, the question as it was sent and its fault; a fragment is the fault alone."""
    if is_fragment(request):
        return render(request, "search/_fault.html", {"fault": fault}, status=status)
    form = request.POST if request.method == "POST" else request.GET
    context = panel_context(question, current_user(request), fault=fault, form=form)
    return render(request, "search/workbench.html", context, status=status)


def redirect_to(address: str, *, in_place: bool) -> HttpResponse:
    """Redirect a form, or with `in_place` the page whose script asked for a fragment."""
    if in_place:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def density_of(cookies: Mapping[str, str]) -> int:
    """Return how large drawings of the mosaic are shown, 0 to 4; the page keeps it in a cookie."""
    wanted = cookies.get("density", "")
    return int(wanted) if wanted in tuple(map(str, range(DENSITIES))) else USUAL_DENSITY
