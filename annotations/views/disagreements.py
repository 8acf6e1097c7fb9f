"""The queue of differences, where adjudicators see a pair with all judgments of it and rule on it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from annotations.http import render_private
from annotations.models import GRADES, Candidate, Session
from annotations.selectors.disagreements import (
    Difference,
    FirstJudgment,
    Queue,
    differences_of,
    events_of_candidate,
    next_open,
    pair_of,
)
from annotations.selectors.pairs import drawings_of
from annotations.selectors.sessions import STILL_BLIND, is_still_blind
from annotations.services.assessments import WHOLE
from annotations.services.rulings import RuledMeanwhile, ruling_record, ruling_undo
from annotations.views.assessment_forms import AssessmentForm
from annotations.views.panes import PaneShown, figure_pane, topic_pane
from annotations.views.roles import administrators_only
from annotations.views.sessions import session_or_404
from engine.errors import Problem
from engine.sheets.geometry import Box
from search.http import current_user
from search.numbers import key_written

QUEUES = {
    Queue.ALL: "all differences",
    Queue.WIDE: "two or more grades apart",
    Queue.SPLIT: "relevant or not",
    Queue.CANNOT: "cannot judge",
    Queue.FACETS: "facets differ",
    Queue.RULED: "with a ruling",
}
CURRENT_SHOWN = "The current ruling is shown. Rule again to change it."
FACETS = (("looks", "Looks alike", "qwer"), ("works", "Works alike", "asdf"))
FACET_WORDS = ("not", "marginally", "yes", "highly")


class UndoForm(forms.Form):
    client_id = forms.UUIDField()


@dataclass(frozen=True, slots=True)
class Marked:
    """A region that an assessor marked, in pixels of the candidate's drawing. who: the assessor's letter or name."""

    who: str
    box: Box


@dataclass(frozen=True, slots=True)
class QueueView:
    """Which queue is shown, and how. names: whether assessors are named instead of lettered; off by default, so that
    adjudicators are not influenced by who judged. as_list: whether all differences are listed."""

    queue: Queue
    names: bool
    as_list: bool

    @classmethod
    def read(cls, sent: QueryDict) -> QueueView:
        """Read the parameters of a request. Raises: Http404 for an unknown queue."""
        try:
            queue = Queue(sent.get("show", Queue.ALL))
        except ValueError as error:
            raise Http404 from error
        return cls(queue, "names" in sent, "list" in sent)

    def address(self, session: Session, **changed: Any) -> str:
        """Return the address of the queue with some values changed; candidate: the address of that difference."""
        query = QueryDict(mutable=True)
        queue = changed.get("queue", self.queue)
        if queue != Queue.ALL:
            query["show"] = queue
        for name, present in (("names", self.names), ("list", self.as_list)):
            if changed.get(name, present):
                query[name] = "1"
        if changed.get("candidate"):
            query["candidate"] = str(changed["candidate"])
        path = reverse("annotations:disagreements", args=[session.pk])
        return f"{path}?{query.urlencode()}" if query else path

    def called(self, judgment: FirstJudgment) -> str:
        return judgment.assessor if self.names else judgment.letter


@require_GET
@administrators_only
def disagreements(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show one difference, by default the first without a ruling, or the queue as a list."""
    row = session_or_404(request, session_id)
    view = QueueView.read(request.GET)
    if is_still_blind(row, current_user(request)):
        return render_private(request, "annotations/disagreements_blind.html", {"session": row})
    every = differences_of(row)
    queue = every.of(view.queue)
    requested = _candidate(request.GET)
    shown = every.find(requested) if requested is not None else next_open(queue)
    if requested is not None and shown is None:
        raise Http404
    counts = every.counts()
    queues = [
        (queue, name, counts[queue], view.address(row, queue=queue))
        for queue, name in QUEUES.items()
        if queue != Queue.FACETS or row.asks_facets
    ]
    context: dict[str, Any] = {
        "session": row,
        "view": view,
        "queues": queues,
        "count": len(queue),
        "ruled": sum(difference.ruling is not None for difference in queue),
        "undo_id": uuid.uuid4(),
        "here": view.address(row, candidate=shown.candidate.pk if shown else None),
        "list_address": view.address(row, list=True),
        "pair_address": view.address(row, list=False),
        "names_address": view.address(row, names=not view.names, candidate=requested),
    }
    if view.as_list or shown is None:
        context["listed"] = [
            (one, [(view.called(judgment), judgment) for judgment in one.judgments],
             view.address(row, list=False, candidate=one.candidate.pk))
            for one in queue
        ]  # fmt: skip
        return render_private(request, "annotations/disagreements.html", context)
    return render_private(request, "annotations/disagreement.html", context | _pair(row, view, queue, shown))


@require_POST
@administrators_only
def rule(request: HttpRequest, session_id: int, candidate_id: int) -> HttpResponse:
    """Store a ruling, then show the next difference of the queue without one."""
    row = _session_to_adjudicate(request, session_id)
    view = QueueView.read(request.POST)
    if not Candidate.objects.filter(pk=candidate_id, pool=row.pool_id).exists():
        raise Http404
    here = view.address(row, list=False, candidate=candidate_id)
    form = AssessmentForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Not saved. Choose a grade from 0 to 3 or “cannot be judged”.")
        return redirect(here)
    data = form.cleaned_data
    try:
        ruling_record(
            adjudicator=current_user(request),
            session=row,
            candidate_id=candidate_id,
            client_id=data["client_id"],
            base=data["base"],
            assessed=form.assessed,
        )
    except Candidate.DoesNotExist as error:
        raise Http404 from error
    except Problem as problem:
        again = f"A ruling was already made from this page. {CURRENT_SHOWN}"
        detail = again if problem.code == "client-id-taken" else problem.detail
        messages.error(request, f"Not saved. {detail}")
        return redirect(here)
    following = next_open(differences_of(row).of(view.queue), candidate_id)
    return redirect(view.address(row, list=False, candidate=following.candidate.pk if following else None))


@require_POST
@administrators_only
def undo_ruling(request: HttpRequest, session_id: int) -> HttpResponse:
    """Take back the user's newest ruling, and show its pair."""
    row = _session_to_adjudicate(request, session_id)
    view = QueueView.read(request.POST)
    form = UndoForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Nothing was undone. Reload the page and try again.")
        return redirect(view.address(row))
    try:
        ruled = ruling_undo(adjudicator=current_user(request), session=row, client_id=form.cleaned_data["client_id"])
    except RuledMeanwhile as meanwhile:
        who = f"{meanwhile.current.adjudicator} has" if meanwhile.current else "Somebody has"
        messages.error(request, f"Nothing was undone: {who} ruled on the same pair later.")
        return redirect(view.address(row))
    except Problem as problem:
        messages.error(request, f"Nothing was undone. {problem.detail}")
        return redirect(view.address(row))
    messages.info(request, "Your ruling on this pair was undone.")
    return redirect(view.address(row, list=False, candidate=ruled.ruling.candidate_id))


def _session_to_adjudicate(request: HttpRequest, session_id: int) -> Session:
    row = session_or_404(request, session_id)
    if is_still_blind(row, current_user(request)):
        raise PermissionDenied(STILL_BLIND)
    return row


def _pair(session: Session, view: QueueView, queue: list[Difference], shown: Difference) -> dict[str, Any]:
    """Build the context of the page of one difference."""
    candidate = shown.candidate
    figures = [one for one in (candidate.topic.figure, candidate.figure) if one is not None]
    drawings, pair = drawings_of(figures), pair_of(candidate)
    found = figure_pane(drawings[candidate.figure.pk], pair.found)
    keys = [one.candidate.pk for one in queue]
    place = keys.index(candidate.pk) if candidate.pk in keys else None
    following = next_open(queue, candidate.pk)
    return {
        "difference": shown,
        "topic": candidate.topic,
        "topic_pane": topic_pane(candidate.topic, pair.topic, drawings),
        "candidate_pane": found,
        "judgments": [(view.called(judgment), judgment) for judgment in shown.judgments],
        "marks": _marks(view, shown, found),
        "place": None if place is None else place + 1,
        "previous": view.address(session, candidate=keys[place - 1]) if place else None,
        "following": view.address(session, candidate=keys[place + 1]) if place is not None and place + 1 < len(keys)
        else None,
        "next_figure": following.candidate.figure if following else None,
        "events": events_of_candidate(session, candidate),
        "client_id": uuid.uuid4(),
        "grades": GRADES,
        "facets": _facets(shown) if session.asks_facets else [],
    }  # fmt: skip


def _facets(shown: Difference) -> list[tuple[str, str, list[tuple[int, str, str, bool]]]]:
    """Return name, title and choices of each facet. Marked is the ruling, else a grade that all assessors agree on."""
    facets = []
    for name, title, keys in FACETS:
        grades = {getattr(judgment.values, name) for judgment in shown.judgments} - {None}
        given = getattr(shown.ruling, name) if shown.ruling else grades.pop() if len(grades) == 1 else None
        choices = [(grade, FACET_WORDS[grade], keys[grade], grade == given) for grade, _ in GRADES]
        facets.append((name, title, choices))
    return facets


def _marks(view: QueueView, shown: Difference, found: PaneShown) -> list[Marked]:
    marked = []
    for judgment in shown.judgments:
        if judgment.values.region is not None:
            left, top, width, height = judgment.values.region
            across, down = found.width_px / WHOLE, found.height_px / WHOLE
            box = Box(round(left * across), round(top * down), round(width * across), round(height * down))
            marked.append(Marked(view.called(judgment), box))
    return marked


def _candidate(sent: QueryDict) -> int | None:
    """Return the requested candidate's key, None without one. Raises: Http404 for an invalid key."""
    written = sent.get("candidate", "")
    key = key_written(written)
    if written and key is None:
        raise Http404
    return key
