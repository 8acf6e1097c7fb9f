"""The workbench: the question and its hits, on one address that holds the whole question."""

from __future__ import annotations

import uuid

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from engine.errors import Problem
from search.http import current_user, is_fragment
from search.models import Query
from search.question import Question, question_from_query, question_salvaged
from search.queue import enqueue_query, wait_until_finished
from search.selectors.calibrations import hint_of
from search.selectors.examiners import seen_among
from search.selectors.figures import figures_to_show
from search.selectors.hits import mosaic_of, others_found
from search.selectors.queries import answer_shown, queries_of
from search.selectors.shortlists import current_entries
from search.services.queries import query_ask_once
from search.views.materials import upload
from search.views.panel import panel_of
from search.views.query_panel import density_of, lead_to, panel_page, question_posted
from search.views.waiting import waiting_page

STAGES = ("loading", "numerals", "visual", "text", "feedback", "search", "store")  # as the worker goes through them
WAIT_SECONDS = 3.0  # within one request; more would keep a web thread from others while the worker is away


@require_http_methods(["GET", "HEAD", "POST"])
def workbench(request: HttpRequest) -> HttpResponse:
    """The question of the address with its hits; a posted one leads to its address.

    As a fragment: the hits of the answer that `query` names, ranked as the address says, without a search.
    """
    if request.method == "POST" and request.FILES:
        return upload(request)  # chosen, and sent by the wrong button
    asked = request.POST if request.method == "POST" else request.GET
    question = question_salvaged(asked)
    try:
        if request.method == "POST":
            question = question_posted(request)
            if question.is_empty and not question.patent_xml:
                raise Problem("empty", "Give a drawing, a publication or figure, or a text.")
            return redirect(f"{reverse('search:query')}?{question.address}")
        question = question_from_query(request.GET)
        if is_fragment(request):
            return _ranked_again(request, question)
        if question.is_empty:
            return panel_page(request, question)
        query, is_new = query_ask_once(owner=current_user(request), question=question)
    except Problem as error:
        return panel_page(request, question, status=400, fault=error.detail)
    if is_new:
        enqueue_query(query)
    query = wait_until_finished(query, seconds=WAIT_SECONDS)
    if not query.is_finished:
        return waiting_page(request, query)
    if query.error_code:
        return panel_page(request, question, status=422, fault=query.error_detail, query=query)
    return _results(request, query, question)


@require_GET
def answer(request: HttpRequest, query_id: uuid.UUID) -> HttpResponse:
    """The address of one's own query."""
    query = get_object_or_404(queries_of(current_user(request)).defer("candidates"), pk=query_id)
    return redirect(f"{reverse('search:query')}?{query.asked}")


@require_GET
def others(request: HttpRequest, query_id: uuid.UUID, figure_id: int) -> HttpResponse:
    """The others found of a hit's publication or family, as the address ranks and groups them; page, or fragment."""
    query = get_object_or_404(queries_of(current_user(request)), pk=query_id)
    figure = get_object_or_404(figures_to_show(), pk=figure_id)
    try:
        question = query.question.ranked_as(question_from_query(request.GET))
    except Problem as error:
        raise BadRequest(error.detail) from error
    context = {
        "query": query,
        "question": question,
        "ranking": question.ranking.address,
        "figure": figure,
        "publication": figure.sheet.publication,
        "others": others_found(query, question, figure_id),
    }
    response = render(request, "search/_others.html" if is_fragment(request) else "search/others.html", context)
    response["Vary"] = "HX-Request, Cookie"
    response["Cache-Control"] = "private, no-store"
    return response


def _ranked_again(request: HttpRequest, question: Question) -> HttpResponse:
    """The answer that the page shows, ranked anew; where it is gone the page is loaded anew.

    While the slider moves, `first` asks for no more hits than are in view.
    """
    query = answer_shown(current_user(request), request.GET.get("query", ""), question.search_key)
    if query is None:
        return lead_to(request, f"{reverse('search:query')}?{question.address}")
    first = request.GET.get("first", "")
    response = _results(request, query, question, int(first) if first.isdecimal() and len(first) < 4 else None)
    response["HX-Replace-Url"] = f"{reverse('search:query')}?{question.address}"
    return response


def _results(request: HttpRequest, query: Query, question: Question, first: int | None = None) -> HttpResponse:
    mosaic = mosaic_of(query, question, first)
    groups = mosaic.groups[:first]
    shown = [group.best.figure_id for group in groups]
    context = {
        "panel": panel_of(question, current_user(request)),
        "query": query,
        "mosaic": mosaic,
        "groups": groups,
        "hint": hint_of(query, question, mosaic),
        "seen": seen_among(current_user(request), shown),
        "entries": current_entries(current_user(request), shown),
        "liked": {int(picture.key) for picture in question.liked},
        "disliked": {int(picture.key) for picture in question.disliked},
        "density": density_of(request),
        "milliseconds": sorted(query.milliseconds.items(), key=lambda spent: (*STAGES, spent[0]).index(spent[0])),
        "total_milliseconds": round(sum(query.milliseconds.values())),
    }
    in_place = is_fragment(request)
    response = render(request, "search/_ranked.html" if in_place else "search/workbench.html", context)
    response["Vary"] = "HX-Request, Cookie"  # page and fragment share the address, and browsers keep both
    response["Cache-Control"] = "private, no-store"
    return response
