"""Pages of an assessor: judge one pair after the other, and review all judgments."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from annotations.http import render_private
from annotations.models import GRADES, Assignment
from annotations.selectors.pairs import OPEN, PASSED_ON, SHOWN, Place, drawings_of, places_of, review_page
from annotations.selectors.showings import (
    ShowingPage,
    Values,
    assignment_of,
    done_of,
    position_to_resume,
    showing_page,
)
from annotations.views.panes import figure_pane, topic_pane
from search.http import current_user, is_fragment
from search.numbers import whole_number

MEANINGS = ("shows something else", "somewhat similar, of little use", "shows part of the need", "shows what is needed")
"""Meanings of the grades 0 to 3, as shown on their buttons."""
LOOKS_KEYS, WORKS_KEYS = "qwer", "asdf"
SHOWN_NAMES = {
    "all": "all",
    "3": "3 highly",
    "2": "2 relevant",
    "1": "1 marginally",
    "0": "0 not",
    "cannot": "cannot judge",
    "open": "not judged",
}


@dataclass(frozen=True, slots=True)
class TopicPlace:
    """Progress of a pair's topic. answered, count: judged pairs, and all. others: other topics with open pairs."""

    count: int
    answered: int
    others: int
    is_first: bool


@require_GET
def judge(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show the pair at position `at`; by default the last one looked at, or a summary when all are judged."""
    assignment = assignment_or_404(request, session_id)
    if "at" not in request.GET:
        done = done_of(assignment)
        if not done.open:
            return render_private(request, "annotations/judged.html", {"assignment": assignment, "done": done})
        return redirect(f"{_address(assignment)}?at={position_to_resume(assignment, done)}")
    page = showing_page(assignment, _whole(request.GET["at"]))
    if page is None:
        raise Http404
    context = _pair(page)
    if is_fragment(request):
        return render_private(request, "annotations/_pair.html", context)
    places = places_of(assignment)
    context |= {
        "places": "".join(one.state for one in places),
        "topics": ",".join(str(one.topic) for one in places),
        "topic_place": _topic_place(places, page),
        "from_review": request.GET.get("from") == "review",
        "grades": [(grade, name, MEANINGS[grade]) for grade, name in GRADES],
        "facets": _facets(page.current) if page.session.asks_facets else [],
        "region": _region(page.current),
        "shows_instructions": not page.done.answered or "instructions" in request.GET,
    }
    return render_private(request, "annotations/judge.html", context)


@require_GET
def review(request: HttpRequest, session_id: int) -> HttpResponse:
    """List the assessor's pairs in order with their grades; `show` selects some of them."""
    assignment = assignment_or_404(request, session_id)
    shown = request.GET.get("show", "all")
    if shown not in SHOWN:
        raise Http404
    around = _whole(request.GET["around"]) if "around" in request.GET else 0
    page = review_page(assignment, shown=shown, number=_whole(request.GET.get("page", "1")), around=around)
    if page is None:
        raise Http404
    context = {
        "assignment": assignment,
        "session": assignment.session,
        "page": page,
        "shown": shown,
        "choices": [(name, SHOWN_NAMES[name], page.counts[name]) for name in SHOWN],
        "grades": dict(GRADES),
    }
    return render_private(request, "annotations/review.html", context)


def assignment_or_404(request: HttpRequest, session_id: int) -> Assignment:
    """Return the user's own assignment to a session. Raises: Http404."""
    assignment = assignment_of(current_user(request), session_id)
    if assignment is None:
        raise Http404
    return assignment


def _pair(page: ShowingPage) -> dict[str, Any]:
    figures = [one for one in (page.topic.figure, page.candidate) if one is not None]
    drawings = drawings_of(figures)
    return {
        "page": page,
        "session": page.session,
        "topic": page.topic,
        "topic_pane": topic_pane(page.topic, page.topic_side, drawings),
        "candidate_pane": figure_pane(drawings[page.candidate.pk], page.candidate_side),
        "current": json.dumps(asdict(page.current), cls=DjangoJSONEncoder) if page.current else "",
    }


def _topic_place(places: list[Place], page: ShowingPage) -> TopicPlace:
    here = places[page.position - 1]
    mine = [one for one in places if one.topic == here.topic and one.state != PASSED_ON]
    return TopicPlace(
        count=len(mine),
        answered=sum(one.state != OPEN for one in mine),
        others=len({one.topic for one in places if one.topic != here.topic and one.state == OPEN}),
        is_first=page.previous is None or places[page.previous - 1].topic != here.topic,
    )


def _facets(current: Values | None) -> list[tuple[str, str, list[tuple[int, str, str, bool]]]]:
    """Name, title and grades of each facet; a grade with its name, its key and whether it was given."""
    given = {"looks": current.looks, "works": current.works} if current else {"looks": None, "works": None}
    facets = (("looks", "Looks alike", LOOKS_KEYS), ("works", "Works alike", WORKS_KEYS))
    words = ("not", "a little", "mostly", "fully")
    return [
        (name, title, [(grade, words[grade], keys[grade], given[name] == grade) for grade, _ in GRADES])
        for name, title, keys in facets
    ]


def _region(current: Values | None) -> list[tuple[str, int | None]]:
    """Return the four numbers of a region with their names."""
    edges = current.region if current is not None and current.region is not None else (None,) * 4
    return list(zip(("Left", "Top", "Width", "Height"), edges, strict=True))


def _address(assignment: Assignment) -> str:
    return reverse("annotations:judge", args=[assignment.session_id])


def _whole(text: str) -> int:
    """Parse a number of an address. Raises: Http404."""
    number = whole_number(text, most=999_999_999)
    if number is None:
        raise Http404
    return number
