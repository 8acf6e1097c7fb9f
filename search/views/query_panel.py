"""What every page shares that takes a question: reading it from a form, and showing the panel with what is wrong."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

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


def question_posted(request: HttpRequest) -> Question:
    """The question of a sent form, with what was typed into its field of publications. Raises Problem."""
    question = question_with_written(question_from_query(request.POST), request.POST.get("written", ""))
    return passage_keep(owner=current_user(request), question=question)


def panel_page(
    request: HttpRequest, question: Question, *, status: int = 200, fault: str = "", query: Query | None = None
) -> HttpResponse:
    """The question without hits: to be asked, or with what is wrong with it."""
    recent = recent_questions(current_user(request), most=RECENT)
    saved = list(searches_of(current_user(request))[:RECENT])
    kept = [*(one.question for one in recent), *(one.question for one in saved)]
    panel, *asked = panels_of([question, *kept], current_user(request))
    context = {
        "panel": panel,
        "fault": fault,
        "query": query,
        "written": request.POST.get("written", "") if status != 200 else "",
        "collection": collection_counts(),
        "recent": list(zip(recent, asked[: len(recent)], strict=True)),
        "saved": list(zip(saved, asked[len(recent) :], strict=True)),
        "lacks_drawing": bool(question.patent_xml) and not any(one.source == "image" for one in question.examples),
    }
    return render(request, "search/workbench.html", context, status=status)


def fault_in_place(request: HttpRequest, question: Question, detail: str) -> HttpResponse:
    """What is wrong, on the panel with the question as it was; for a script the sentence alone."""
    if is_fragment(request):
        return render(request, "search/_fault.html", {"fault": detail}, status=400)
    return panel_page(request, question, status=400, fault=detail)


def lead_to(request: HttpRequest, address: str) -> HttpResponse:
    """A page elsewhere, for a form and for a script."""
    if is_fragment(request):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = address
        return response
    return redirect(address)


def density_of(request: HttpRequest) -> int:
    """How large the examiner likes drawings of the mosaic, 0 to 4; the page keeps it in a cookie."""
    wanted = request.COOKIES.get("density", "")
    return int(wanted) if wanted in tuple(map(str, range(DENSITIES))) else USUAL_DENSITY
