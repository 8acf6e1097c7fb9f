"""What an assessor says of a pair: recorded, taken back, and how far they are. For scripts in JSON, for forms as pages.

A script is answered only after the commit. It keeps what it has not seen acknowledged, and sends it again.
"""

from __future__ import annotations

import io
import uuid
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from rest_framework.exceptions import ParseError

from annotations.api.serializers import JudgmentSerializer, UndoSerializer, require_valid
from annotations.models import Assignment, Judgment, Showing
from annotations.selectors.showings import (
    Values,
    assignment_of,
    done_of,
    next_open,
    showings_judged,
    values_of,
)
from annotations.services.assessments import Assessed
from annotations.services.judgments import Recorded, StaleBase, judgment_record, judgment_undo, place_keep
from engine.errors import Problem
from patentsearch.errors import problem_as_json, script_error
from patentsearch.login import wants_json
from search.api.parsers import StrictJSONParser
from search.http import current_user

LARGEST_KEY = 10**18


@require_POST
def judge_showing(request: HttpRequest, session_id: int, position: int) -> HttpResponse:
    """Record what the assessor says of the pair at a position."""
    _assignment_or_404(request, session_id)
    try:
        sent = JudgmentSerializer(data=_sent(request))
        require_valid(sent)
        require_same_user(current_user(request), sent.validated_data["assessor"])
        recorded = judgment_record(
            assessor=current_user(request),
            session_id=session_id,
            position=position,
            client_id=sent.validated_data["client_id"],
            base=sent.validated_data["base"],
            assessed=sent.assessed(),
        )
    except Showing.DoesNotExist as error:
        raise Http404 from error
    except StaleBase as stale:
        return _stale(request, session_id, position, stale)
    except Problem as refused:
        return _refused(request, session_id, position, refused)
    if wants_json(request):
        return JsonResponse(recorded_as_json(recorded.judgment, position), status=201 if recorded.is_new else 200)
    return _next_page(request, session_id, position)


@require_POST
def undo_judgment(request: HttpRequest, session_id: int) -> HttpResponse:
    """Take back the assessor's newest judgment of a session that is not taken back yet."""
    assignment = _assignment_or_404(request, session_id)
    try:
        sent = UndoSerializer(data=_sent(request))
        require_valid(sent)
        require_same_user(current_user(request), sent.validated_data["assessor"])
        recorded = judgment_undo(
            assessor=current_user(request), session_id=session_id, client_id=sent.validated_data["client_id"]
        )
    except Problem as refused:
        return _refused(request, session_id, assignment.place, refused)
    position = recorded.judgment.showing.position
    if wants_json(request):
        return JsonResponse(undone_as_json(recorded), status=201 if recorded.is_new else 200)
    messages.info(request, f"Your judgment of pair {position} is taken back.")
    return _judge_page(session_id, position)


@require_POST
def keep_place(request: HttpRequest, session_id: int, position: int) -> HttpResponse:
    """Remember that the assessor looks at the pair at a position."""
    place_keep(assignment=_assignment_or_404(request, session_id), position=position)
    return HttpResponse(status=204)


@require_GET
def judging_state(request: HttpRequest, session_id: int) -> HttpResponse:
    """How far the assessor is, with what holds of each pair, and a fresh token to send what was not sent yet with."""
    assignment = _assignment_or_404(request, session_id)
    state = state_as_json(assignment) | {"csrf_token": get_token(request)}
    response = JsonResponse(state)
    response["Cache-Control"] = "private, no-store"
    return response


def state_as_json(assignment: Assignment) -> dict[str, Any]:
    """An assessor's part of a session: counts, place, and by position what holds."""
    done = done_of(assignment)
    return {
        "session": assignment.session_id,
        "assessor": assignment.assessor_id,
        "closed": assignment.session.closed_at is not None,
        "place": assignment.place,
        "count": done.count,
        "judged": done.judged,
        "cannot_judge": done.cannot_judge,
        "first_open": done.first_open,
        "showings": [
            {"position": one.position, "current": values_as_json(one.current)} for one in showings_judged(assignment)
        ],
    }


def recorded_as_json(judgment: Judgment, position: int) -> dict[str, Any]:
    """A stored judgment; the same for the same event, whatever holds by now."""
    return {
        "client_id": str(judgment.client_id),
        "position": position,
        "recorded_at": judgment.recorded_at.isoformat(),
        "current": values_as_json(values_of(judgment)),
    }


def undone_as_json(recorded: Recorded) -> dict[str, Any]:
    """What an undo has made of the showing whose judgment it took back."""
    return recorded_as_json(recorded.judgment, recorded.judgment.showing.position)


def stale_as_json(stale: StaleBase) -> dict[str, Any]:
    """What holds by now, and what was offered."""
    return {"current": values_as_json(values_of(stale.current)), "yours": offered_as_json(stale.yours)}


def values_as_json(values: Values | None) -> dict[str, Any] | None:
    return None if values is None else asdict(values) | {"client_id": str(values.client_id)}


def offered_as_json(assessed: Assessed) -> dict[str, Any]:
    return assessed.fields


def _assignment_or_404(request: HttpRequest, session_id: int) -> Assignment:
    assignment = assignment_of(current_user(request), min(session_id, LARGEST_KEY))
    if assignment is None:
        raise Http404
    return assignment


def require_same_user(user: User, assessor: int | None) -> None:
    """Raises: Problem for what another account judged that was logged in before in this browser."""
    if assessor is not None and assessor != user.pk:
        raise Problem("other-account", "Another account judged this. Log in with it to send it.")


def _sent(request: HttpRequest) -> Any:
    """The body as JSON, or the filled fields of a form; a form without an id is an event of its own.

    Raises: Problem."""
    if request.content_type == "application/json":
        try:
            return StrictJSONParser().parse(io.BytesIO(request.body))
        except ParseError as error:
            raise Problem("unreadable", str(error.detail)) from error
    filled = {name: values for name, values in request.POST.lists() if any(values)}
    one = {name: values if name == "region" else values[-1] for name, values in filled.items()}
    return {"client_id": str(uuid.uuid4())} | one


def _refused(request: HttpRequest, session_id: int, position: int, refused: Problem) -> HttpResponse:
    if wants_json(request):
        return script_error(refused.status, **problem_as_json(refused))
    messages.error(request, f"Not recorded. {refused.detail}")
    return _judge_page(session_id, position)


def _stale(request: HttpRequest, session_id: int, position: int, stale: StaleBase) -> HttpResponse:
    if wants_json(request):
        return JsonResponse(stale_as_json(stale), status=409)
    messages.error(
        request,
        "Not recorded: you have judged this pair elsewhere meanwhile. What holds is shown; change it if need be.",
    )
    return _judge_page(session_id, position)


def _next_page(request: HttpRequest, session_id: int, position: int) -> HttpResponse:
    """Where a form leads once it is recorded: to the next pair without a judgment, else to the review of all."""
    assignment = _assignment_or_404(request, session_id)
    following = next_open(assignment, position)
    return redirect("annotations:review", session_id) if following is None else _judge_page(session_id, following)


def _judge_page(session_id: int, position: int) -> HttpResponse:
    return redirect(f"{reverse('annotations:judge', args=[session_id])}?at={position}")
