"""Why a hit was found, and the calibration of similarities."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods
from django.views.decorators.vary import vary_on_headers

from engine.ranking.calibration import FEWEST
from search.http import current_user, is_fragment, no_store
from search.models import Explanation, Figure, Query, WorkState
from search.question import Question
from search.queue import QUERY_PATIENCE, QUERY_PATIENCE_MINUTES, enqueue_explanation, wait_until_finished
from search.selectors.calibrations import calibrations_in_force
from search.selectors.figures import figures_to_show
from search.selectors.hints import BY_TEXT_ALONE, WITH_DRAWING, hint_of
from search.selectors.hits import RankedHit, hits_ranked, mosaic_of, ranked_figures
from search.selectors.queries import queries_of
from search.selectors.vectors import active_versions
from search.selectors.why import found_sentences, nearest_picture, pairs_shown, parts_shown, query_sentences
from search.services.explanations import explanation_request, explanation_retry
from search.views.query_panel import question_ranked
from search.views.waiting import WAIT_SECONDS

FRAGMENT_WAIT_SECONDS = 0.1  # all but the sentences is there at once, and they ask for themselves
TABLE_PLACES = (0, 5, 10, 25, 50, 75, 90, 95, 100)  # percentiles
vary_on_target = vary_on_headers("HX-Request", "HX-Target", "Cookie")  # page and fragments share the address
IN_MOSAIC, ON_PAGE = "why-body", "why-page"
"""Ids of what the fragment fills: the dialog over the hits, where it steps through them, and its own page."""


@require_http_methods(["GET", "HEAD", "POST"])
@no_store
@vary_on_target
def why(request: HttpRequest, query_id: uuid.UUID, figure_id: int) -> HttpResponse:
    """Show why a figure answers the user's query; a POST retries after a failure.

    A page; a fragment that comes at once, its sentences perhaps later; or, with `part=sentences`, those alone.
    """
    query = get_object_or_404(queries_of(current_user(request)), pk=query_id)
    question = question_ranked(query, request.GET)
    hit = next((one for one in hits_ranked(query, question) if one.figure_id == figure_id), None)
    figure = figures_to_show().filter(pk=figure_id).first() if hit is not None else None
    if hit is None or figure is None:
        raise Http404
    if request.method == "POST":
        enqueue_explanation(explanation_retry(query=query, figure_id=figure_id))
        if not is_fragment(request):
            return redirect(request.get_full_path())
    from_query = query_sentences(query, question, hit)
    found = found_sentences(figure_id)
    is_part = is_fragment(request) and request.GET.get("part") == "sentences"
    context = {
        **(
            {"query": query, "hit": hit, "ranking": question.ranking.address}
            if is_part
            else _frame(query, question, hit, figure)
        ),
        **_place(request.headers.get("HX-Target", "") if is_fragment(request) else ON_PAGE, figure_id),
        "has_query_text": bool(from_query),
        "has_found_text": bool(found),
    }
    if from_query and found:
        seconds = WAIT_SECONDS if is_part or not is_fragment(request) else FRAGMENT_WAIT_SECONDS
        explanation = _explanation(query, figure_id, seconds)
        context |= _progress(explanation)
        if explanation.is_finished and not explanation.error_code:
            context["pairs"] = pairs_shown(explanation, from_query, figure.sheet.publication.language)
        context["explanation"] = explanation
    name = (
        "search/_why_sentences.html" if is_part else "search/_why.html" if is_fragment(request) else "search/why.html"
    )
    return render(request, name, context)


@require_GET
@no_store
@vary_on_target
def calibration(request: HttpRequest) -> HttpResponse:
    """Show how similar unrelated figures of the collection are; `query` marks the user's query."""
    query = _query_named(request.GET.get("query", ""), current_user(request))
    keys = [version.encoder_key for version in active_versions().values()]
    hint, question = None, None
    if query is not None:
        question = question_ranked(query, request.GET)
        keys = list(query.encoder_keys.values())
        hint = hint_of(query, question, mosaic_of(query, question))
    best = {side.calibration.pk: side for side in hint.sides} if hint is not None else {}
    context: dict[str, object] = {
        "query": query,
        "question": question,
        "hint": hint,
        "rows": [
            (row, best.get(row.pk), [row.quantiles[place] for place in TABLE_PLACES])
            for row in calibrations_in_force(keys)
        ],
        "fewest": FEWEST,
        "with_drawing": WITH_DRAWING,
        "by_text_alone": BY_TEXT_ALONE,
        "places": TABLE_PLACES,
    }
    name = "search/_calibration.html" if is_fragment(request) else "search/calibration.html"
    return render(request, name, context)


def _frame(query: Query, question: Question, hit: RankedHit, figure: Figure) -> dict[str, object]:
    """Return what needs no worker: scores, ranks, both pictures, parts and numerals, and the hits before and after."""
    order = ranked_figures(query, question)
    at = order.index(hit.figure_id) if hit.figure_id in order else -1
    return {
        "query": query,
        "question": question,
        "ranking": question.ranking.address,
        "hit": hit,
        "figure": figure,
        "publication": figure.sheet.publication,
        "place": at + 1,
        "count": len(order),
        "previous": order[at - 1] if at > 0 else None,
        "following": order[at + 1] if 0 <= at < len(order) - 1 else None,
        "nearest": nearest_picture(query, question, hit),
        "parts": parts_shown(query, question, hit, figure),
    }


def _place(target: str, figure_id: int) -> dict[str, object]:
    """Return where the answer goes: a page of its own, the dialog over the hits, or beside the figure that is read."""
    places = (IN_MOSAIC, ON_PAGE, f"why-{figure_id}")
    target = target if target in places else ON_PAGE
    return {
        "is_page": target == ON_PAGE,
        "in_mosaic": target == IN_MOSAIC,
        "steps_through_hits": target in (IN_MOSAIC, ON_PAGE),
        "target_closes": target not in (IN_MOSAIC, ON_PAGE),
    }


def _explanation(query: Query, figure_id: int, seconds: float) -> Explanation:
    """Return the explanation in its state after a wait; enqueue it if it is new."""
    explanation, is_new = explanation_request(query=query, figure_id=figure_id)
    if is_new:
        enqueue_explanation(explanation)
    return wait_until_finished(explanation, seconds=seconds)


def _progress(explanation: Explanation) -> dict[str, object]:
    waited = timezone.now() - explanation.created_at
    untouched = explanation.state == WorkState.WAITING
    return {
        "waited_seconds": round(waited.total_seconds()),
        "unanswered": untouched and waited.total_seconds() > settings.QUERY_TIMEOUT_SECONDS,
        "given_up": untouched and waited > QUERY_PATIENCE,
        "patience_minutes": QUERY_PATIENCE_MINUTES,
    }


def _query_named(wanted: str, owner: User) -> Query | None:
    if not wanted:
        return None
    try:
        key = uuid.UUID(wanted)
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(queries_of(owner), pk=key)
