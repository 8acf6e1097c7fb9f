"""The workbench: the question and its hits, on one address that holds the whole question."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from engine.errors import Problem
from search.http import current_user, is_fragment, no_store, vary_on_fragment
from search.models import Query
from search.numbers import whole_number
from search.question import Question
from search.queue import enqueue_query, wait_until_finished
from search.selectors.examiners import seen_among
from search.selectors.figures import figures_to_show
from search.selectors.hints import hint_of
from search.selectors.hits import mosaic_of, others_found
from search.selectors.queries import answer_shown, queries_of
from search.selectors.shortlists import current_entries
from search.services.queries import query_ask_once
from search.views.panel import panel_of
from search.views.query_panel import (
    density_of,
    panel_context,
    question_of_form,
    question_ranked,
    redirect_to,
)
from search.views.query_uploads import upload
from search.views.waiting import WAIT_SECONDS, waiting_page

STAGES = ("loading", "numerals", "visual", "text", "feedback", "search", "store")  # as the worker goes through them
MOST_FIRST = 999


@require_http_methods(["GET", "HEAD", "POST"])
def workbench(request: HttpRequest) -> HttpResponse:
    """The question of the address with its hits; a posted one leads to its address.

    As a fragment: the hits of the answer that `query` names, ranked as the address says, without a search.
    """
    if request.method == "POST":
        return upload(request) if request.FILES else _to_address(request)  # files are sent by the wrong button
    user = current_user(request)
    question, problems = Question.parse(request.GET)
    if problems:
        context = panel_context(question, user, fault=problems[0].detail, form=request.GET)
        return render(request, "search/workbench.html", context, status=400)
    if is_fragment(request):
        return _ranked_again(request, question)
    if question.is_empty:
        return render(request, "search/workbench.html", panel_context(question, user))
    try:
        query, is_new = query_ask_once(owner=user, question=question)
    except Problem as problem:
        context = panel_context(question, user, fault=problem.detail)
        return render(request, "search/workbench.html", context, status=400)
    if is_new:
        enqueue_query(query)
    query = wait_until_finished(query, seconds=WAIT_SECONDS)
    if not query.is_finished:
        return waiting_page(request, query)
    if query.error_code:
        context = panel_context(question, user, fault=query.error_detail, query=query)
        return render(request, "search/workbench.html", context, status=422)
    return _results(request, "search/workbench.html", results_context(query, question, user))


@require_GET
def answer(request: HttpRequest, query_id: uuid.UUID) -> HttpResponse:
    """The address of one's own query."""
    query = get_object_or_404(queries_of(current_user(request)).defer("candidates"), pk=query_id)
    return redirect(f"{reverse('search:query')}?{query.query_string}")


@require_GET
@no_store
@vary_on_fragment
def others(request: HttpRequest, query_id: uuid.UUID, figure_id: int) -> HttpResponse:
    """The others found of a hit's publication or family, as the address ranks and groups them; page, or fragment."""
    query = get_object_or_404(queries_of(current_user(request)), pk=query_id)
    figure = get_object_or_404(figures_to_show(), pk=figure_id)
    question = question_ranked(query, request.GET)
    context = {
        "query": query,
        "question": question,
        "ranking": question.ranking.address,
        "figure": figure,
        "publication": figure.sheet.publication,
        "others": others_found(query, question, figure_id),
    }
    return render(request, "search/_others.html" if is_fragment(request) else "search/others.html", context)


def results_context(query: Query, question: Question, user: User, first: int | None = None) -> dict[str, object]:
    """Return the context of the hits. first: how many of them are shown; None for all."""
    mosaic = mosaic_of(query, question, first)
    groups = mosaic.groups[:first]
    shown = [group.best.figure_id for group in groups]
    return {
        "panel": panel_of(question, user),
        "query": query,
        "mosaic": mosaic,
        "groups": groups,
        "hint": hint_of(query, question, mosaic),
        "seen": seen_among(user, shown),
        "entries": current_entries(user, shown),
        "liked": {int(picture.key) for picture in question.liked},
        "disliked": {int(picture.key) for picture in question.disliked},
        "milliseconds": sorted(query.milliseconds.items(), key=lambda spent: (*STAGES, spent[0]).index(spent[0])),
        "total_milliseconds": round(sum(query.milliseconds.values())),
    }


def _to_address(request: HttpRequest) -> HttpResponse:
    """Lead from a sent form to the address of its question."""
    question, fault = question_of_form(request.POST, current_user(request))
    if not fault and question.is_empty and not question.patent_xml:
        fault = "Add a drawing, or enter a text, a publication or a figure."
    if fault:
        context = panel_context(question, current_user(request), fault=fault, form=request.POST)
        return render(request, "search/workbench.html", context, status=400)
    return redirect(_address(question))


def _ranked_again(request: HttpRequest, question: Question) -> HttpResponse:
    """Rank the answer that the page shows again; where it was deleted, reload the page.

    While the slider moves, `first` asks for no more hits than are in view.
    """
    user = current_user(request)
    query = answer_shown(user, request.GET.get("query", ""), question.search_key)
    if query is None:
        return redirect_to(_address(question), in_place=True)
    first = whole_number(request.GET.get("first", ""), most=MOST_FIRST)
    response = _results(request, "search/_ranked.html", results_context(query, question, user, first))
    response["HX-Replace-Url"] = _address(question)
    return response


@no_store
@vary_on_fragment
def _results(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    return render(request, template, {**context, "density": density_of(request.COOKIES)})


def _address(question: Question) -> str:
    return f"{reverse('search:query')}?{question.address}"
