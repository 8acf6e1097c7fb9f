"""Judgments as plain forms, for pages without scripts. The scripts of the judging page use the REST API."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from annotations.models import Showing
from annotations.selectors.showings import next_open
from annotations.services.judgments import judgment_record, judgment_undo
from annotations.views.assessment_forms import JudgmentForm
from annotations.views.judging import assignment_or_404
from engine.errors import NotFound, Problem
from search.http import current_user


@require_POST
def judge_showing(request: HttpRequest, session_id: int, position: int) -> HttpResponse:
    """Record a judgment of the pair at a position; then the next pair without one, else the review of all."""
    assignment = assignment_or_404(request, session_id)
    form = JudgmentForm(request.POST)
    if not form.is_valid():
        field, faults = next(iter(form.errors.items()))
        messages.error(request, f"Not saved. {field}: {faults[0]}")
        return _judge_page(session_id, position)
    try:
        judgment_record(
            assessor=current_user(request),
            session_id=session_id,
            position=position,
            client_id=form.cleaned_data["client_id"] or uuid.uuid4(),
            base=form.cleaned_data["base"],
            assessed=form.assessed,
        )
    except Showing.DoesNotExist as error:
        raise NotFound(f"Pair {position} of session {session_id} was not found.") from error
    except Problem as problem:
        messages.error(request, f"Not saved. {problem.detail}")
        return _judge_page(session_id, position)
    following = next_open(assignment, position)
    return redirect("annotations:review", session_id) if following is None else _judge_page(session_id, following)


@require_POST
def undo_judgment(request: HttpRequest, session_id: int) -> HttpResponse:
    """Take back the assessor's newest judgment of a session that is not taken back yet."""
    assignment = assignment_or_404(request, session_id)
    try:
        recorded = judgment_undo(assessor=current_user(request), session_id=session_id, client_id=uuid.uuid4())
    except Problem as problem:
        messages.error(request, f"Nothing was undone. {problem.detail}")
        return _judge_page(session_id, assignment.place)
    position = recorded.judgment.showing.position
    messages.info(request, f"Your judgment of pair {position} was undone.")
    return _judge_page(session_id, position)


def _judge_page(session_id: int, position: int) -> HttpResponse:
    return redirect(f"{reverse('annotations:judge', args=[session_id])}?at={position}")
