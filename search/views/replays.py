"""An earlier answer beside the answer of today, and their difference."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from engine.errors import NotFound, Problem
from search.http import current_user, no_store
from search.models import Query
from search.question import Question, question_from_query
from search.queue import enqueue_query, wait_until_finished
from search.selectors.differences import difference_of, models_changed_since
from search.selectors.history import answers_to
from search.selectors.queries import queries_of
from search.services.history import query_replay
from search.services.queries import query_ask_once
from search.views.query_summary import query_summaries
from search.views.waiting import WAIT_SECONDS, waiting_page

RANKING_FIELDS = ("by", "weight", "top", "group")
AGAIN = "again"
CHANGES = "changes"
SIDES = (("visual", "drawing"), ("text", "text"))


@dataclass(frozen=True, slots=True)
class Answer:
    """A query, answered or unfinished, or the reason why there is none."""

    query: Query | None
    fault: str = ""

    @property
    def is_open(self) -> bool:
        return self.query is not None and not self.query.is_finished


@require_GET
@no_store
def then_and_today(request: HttpRequest, query_id: uuid.UUID) -> HttpResponse:
    """Compare what a query found with what it finds today, ranked as its question or the address says.

    `then=again` searches the collection as it was instead of showing the stored answer; `show=changes` leaves out what
    is the same. A search without an answer is asked, and waited for.
    """
    user = current_user(request)
    query = get_object_or_404(queries_of(user), pk=query_id)
    if query.replay_of_id is not None:
        return redirect("search:then-and-today", query_id=query.replay_of_id)
    try:
        question = _ranked(query.question, request.GET)
    except Problem as problem:
        return render(request, "search/not_taken.html", {"fault": problem.detail}, status=400)
    again = request.GET.get("then") == AGAIN
    stored = _answered(lambda: (query, False))
    today = _answered(lambda: query_ask_once(owner=user, question=query.question))
    then = _answered(lambda: query_replay(query=query)) if again and not stored.is_open and not stored.fault else stored
    for answer in (stored, then, today):
        if answer.query is not None and answer.is_open:
            return waiting_page(request, answer.query)
    changes = request.GET.get("show") == CHANGES
    context = _context(user, query, question, then, today, again=again, changes=changes)
    return render(request, "search/then_and_today.html", context)


def _context(
    user: User, query: Query, question: Question, then: Answer, today: Answer, *, again: bool, changes: bool
) -> dict[str, object]:
    (summary,) = query_summaries([question], user)
    both = then.query is not None and today.query is not None and not then.fault and not today.fault
    difference = difference_of(then.query, today.query, question) if both and then.query and today.query else None
    ranking = question.ranking.address
    return {
        "query": query,
        "summary": summary,
        "then": then,
        "today": today,
        "difference": difference,
        "again": again,
        "changes": changes,
        "is_newest": today.query is not None and today.query.pk == query.pk,
        "changed_models": models_changed_since(query),
        "answers": answers_to(query),
        "sides": SIDES,
        "ranking": ranking,
        "addresses": {
            "stored": _address(ranking, again=False, changes=changes),
            "again": _address(ranking, again=True, changes=changes),
            "all": _address(ranking, again=again, changes=False),
            "changes": _address(ranking, again=again, changes=True),
        },
    }


def _address(ranking: str, *, again: bool, changes: bool) -> str:
    parts = [ranking, f"then={AGAIN}" if again else "", f"show={CHANGES}" if changes else ""]
    return "&".join(part for part in parts if part)


def _answered(ask: Callable[[], tuple[Query, bool]]) -> Answer:
    """Return the query of `ask`, enqueued if it is new, after a wait of WAIT_SECONDS at most."""
    try:
        query, is_new = ask()
    except NotFound:
        raise  # the page of a deleted query is not found
    except Problem as problem:
        return Answer(None, problem.detail)
    if is_new:
        enqueue_query(query)
    query = wait_until_finished(query, seconds=WAIT_SECONDS)
    return Answer(query, query.error_detail if query.error_code and query.is_finished else "")


def _ranked(question: Question, address: QueryDict) -> Question:
    """Return the question, ranked as the address says, if it names a ranking. Raises Problem."""
    if not any(name in address for name in RANKING_FIELDS):
        return question
    return question.ranked_as(question_from_query(address))
