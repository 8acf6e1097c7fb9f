"""The queue of differences: an adjudicator sees a pair with what everybody said of it, and settles it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from annotations.models import GRADES, Candidate, Session
from annotations.selectors.disagreements import (
    Difference,
    Queue,
    Said,
    differences_of,
    events_of_candidate,
    next_open,
    pair_of,
)
from annotations.selectors.pairs import drawings_of
from annotations.selectors.sessions import LARGEST_KEY, STILL_BLIND, is_still_blind
from annotations.services.assessments import WHOLE
from annotations.services.rulings import RuledMeanwhile, ruling_record, ruling_undo
from annotations.views.assessment_forms import AssessmentForm
from annotations.views.panes import PaneShown, figure_pane, topic_pane
from annotations.views.roles import administrators_only
from annotations.views.sessions import private, session_or_404
from engine.errors import Problem
from engine.sheets.geometry import Box
from search.http import current_user

QUEUES = {
    Queue.ALL: "all that differ",
    Queue.WIDE: "two grades or more",
    Queue.SPLIT: "relevant or not",
    Queue.CANNOT: "cannot judge",
    Queue.FACETS: "looks or works",
    Queue.RULED: "ruled on",
}
SHOWN = "What holds is shown; rule again to change it."
FACETS = (("looks", "Looks alike", "qwer"), ("works", "Works alike", "asdf"))
FACET_WORDS = ("not", "marginally", "yes", "highly")


class UndoForm(forms.Form):
    client_id = forms.UUIDField()


@dataclass(frozen=True, slots=True)
class Marked:
    """The part of the candidate that an assessor marked, in pixels of its drawing; who: as the page calls them."""

    who: str
    box: Box


@dataclass(frozen=True, slots=True)
class Asked:
    """How the queue is looked at. names: whether assessors are called by name, which is for whoever asks for it: who
    said something should not weigh with what is right."""

    queue: Queue
    names: bool
    as_list: bool

    @classmethod
    def read(cls, sent: QueryDict) -> Asked:
        """Raises: Http404 for a queue there is not."""
        try:
            queue = Queue(sent.get("show", Queue.ALL))
        except ValueError as error:
            raise Http404 from error
        return cls(queue, "names" in sent, "list" in sent)

    def address(self, session: Session, **changed: Any) -> str:
        """Of the queue with some of it changed; candidate: of that one."""
        query = QueryDict(mutable=True)
        queue = changed.get("queue", self.queue)
        if queue != Queue.ALL:
            query["show"] = queue
        for name, wanted in (("names", self.names), ("list", self.as_list)):
            if changed.get(name, wanted):
                query[name] = "1"
        if changed.get("candidate"):
            query["candidate"] = str(changed["candidate"])
        path = reverse("annotations:disagreements", args=[session.pk])
        return f"{path}?{query.urlencode()}" if query else path

    def called(self, said: Said) -> str:
        return said.assessor if self.names else said.letter


@require_GET
@administrators_only
def disagreements(request: HttpRequest, session_id: int) -> HttpResponse:
    """One difference of the queue: the one asked for, else the first without a ruling; or the queue as a list."""
    row = session_or_404(request, session_id)
    asked = Asked.read(request.GET)
    if is_still_blind(row, current_user(request)):
        return private(render(request, "annotations/disagreements_blind.html", {"session": row}))
    every = differences_of(row)
    queue = every.of(asked.queue)
    wanted = _candidate(request.GET)
    shown = every.find(wanted) if wanted is not None else next_open(queue)
    if wanted is not None and shown is None:
        raise Http404
    counts = every.counts()
    queues = [
        (queue, name, counts[queue], asked.address(row, queue=queue))
        for queue, name in QUEUES.items()
        if queue != Queue.FACETS or row.asks_facets
    ]
    context: dict[str, Any] = {
        "session": row,
        "asked": asked,
        "queues": queues,
        "count": len(queue),
        "ruled": sum(one.ruling is not None for one in queue),
        "undo_id": uuid.uuid4(),
        "here": asked.address(row, candidate=shown.candidate.pk if shown else None),
        "list_address": asked.address(row, list=True),
        "pair_address": asked.address(row, list=False),
        "names_address": asked.address(row, names=not asked.names, candidate=wanted),
    }
    if asked.as_list or shown is None:
        context["listed"] = [
            (one, [(asked.called(said), said) for said in one.said],
             asked.address(row, list=False, candidate=one.candidate.pk))
            for one in queue
        ]  # fmt: skip
        return private(render(request, "annotations/disagreements.html", context))
    return private(render(request, "annotations/disagreement.html", context | _pair(row, asked, queue, shown)))


@require_POST
@administrators_only
def rule(request: HttpRequest, session_id: int, candidate_id: int) -> HttpResponse:
    """Settle a candidate; then the next of the queue without a ruling."""
    row = _to_adjudicate(request, session_id)
    asked = Asked.read(request.POST)
    if not Candidate.objects.filter(pk=min(candidate_id, LARGEST_KEY), pool=row.pool_id).exists():
        raise Http404
    here = asked.address(row, list=False, candidate=candidate_id)
    form = AssessmentForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Not recorded. Give a grade from 0 to 3, or that it cannot be judged.")
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
    except Problem as refused:
        again = f"It was ruled on from this page before. {SHOWN}"
        detail = again if refused.code == "client-id-taken" else refused.detail
        messages.error(request, f"Not recorded. {detail}")
        return redirect(here)
    following = next_open(differences_of(row).of(asked.queue), candidate_id)
    return redirect(asked.address(row, list=False, candidate=following.candidate.pk if following else None))


@require_POST
@administrators_only
def undo_ruling(request: HttpRequest, session_id: int) -> HttpResponse:
    """Take back one's newest ruling, and show what it was on."""
    row = _to_adjudicate(request, session_id)
    asked = Asked.read(request.POST)
    form = UndoForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Nothing was taken back. Load the page anew, and try it again.")
        return redirect(asked.address(row))
    try:
        ruled = ruling_undo(adjudicator=current_user(request), session=row, client_id=form.cleaned_data["client_id"])
    except RuledMeanwhile as meanwhile:
        who = f"{meanwhile.current.adjudicator} has" if meanwhile.current else "Somebody has"
        messages.error(request, f"Nothing was taken back: {who} ruled on the same pair since.")
        return redirect(asked.address(row))
    except Problem as refused:
        messages.error(request, f"Nothing was taken back. {refused.detail}")
        return redirect(asked.address(row))
    messages.info(request, "Your ruling on this pair is taken back.")
    return redirect(asked.address(row, list=False, candidate=ruled.ruling.candidate_id))


def _to_adjudicate(request: HttpRequest, session_id: int) -> Session:
    row = session_or_404(request, session_id)
    if is_still_blind(row, current_user(request)):
        raise PermissionDenied(STILL_BLIND)
    return row


def _pair(session: Session, asked: Asked, queue: list[Difference], shown: Difference) -> dict[str, Any]:
    """What the page of one difference shows beside the queue."""
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
        "asked_pane": topic_pane(candidate.topic, pair.asked, drawings),
        "found": found,
        "said": [(asked.called(one), one) for one in shown.said],
        "marks": _marks(asked, shown, found),
        "place": None if place is None else place + 1,
        "previous": asked.address(session, candidate=keys[place - 1]) if place else None,
        "following": asked.address(session, candidate=keys[place + 1]) if place is not None and place + 1 < len(keys)
        else None,
        "next_figure": following.candidate.figure if following else None,
        "events": events_of_candidate(session, candidate),
        "client_id": uuid.uuid4(),
        "grades": GRADES,
        "facets": _facets(shown) if session.asks_facets else [],
    }  # fmt: skip


def _facets(shown: Difference) -> list[tuple[str, str, list[tuple[int, str, str, bool]]]]:
    """Each facet with its grades, keys, and which one is marked: what was ruled, else what all assessors say alike."""
    facets = []
    for name, title, keys in FACETS:
        of_all = {getattr(one.values, name) for one in shown.said} - {None}
        given = getattr(shown.ruling, name) if shown.ruling else of_all.pop() if len(of_all) == 1 else None
        choices = [(grade, FACET_WORDS[grade], keys[grade], grade == given) for grade, _ in GRADES]
        facets.append((name, title, choices))
    return facets


def _marks(asked: Asked, shown: Difference, found: PaneShown) -> list[Marked]:
    marked = []
    for one in shown.said:
        if one.values.region is not None:
            left, top, width, height = one.values.region
            across, down = found.width_px / WHOLE, found.height_px / WHOLE
            box = Box(round(left * across), round(top * down), round(width * across), round(height * down))
            marked.append(Marked(asked.called(one), box))
    return marked


def _candidate(sent: QueryDict) -> int | None:
    """The candidate that was asked for. Raises: Http404 for what is no key."""
    key = sent.get("candidate", "")
    if not key:
        return None
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        raise Http404
    return int(key)
