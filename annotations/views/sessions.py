"""Pages of sessions: list, make, follow, close and delete them, and add or withdraw assessors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotations.http import render_private
from annotations.models import Pool, Session, TopicSet
from annotations.selectors.pools import (
    PoolPreview,
    pairs_of_assessors,
    pool_contents,
    pool_preview,
    pools_listed,
    runs_to_pool,
)
from annotations.selectors.sessions import (
    assessors_to_choose,
    parts_of,
    session_visible_to,
    sessions_listed,
    unassigned_count,
)
from annotations.selectors.showings import done_of
from annotations.services.pools import NOTHING_TO_JUDGE, pool_make
from annotations.services.sessions import (
    assignment_add,
    assignment_withdraw,
    session_close,
    session_delete,
    session_make,
    session_reopen,
)
from annotations.views.problems import add_problem
from annotations.views.roles import administrators_only
from annotations.views.session_forms import NEW_POOL, AssessorForm, PoolForm, SessionForm
from engine.errors import NotFound, Problem
from search.http import current_user, is_fragment
from search.numbers import key_written

LISTS = ("runs", "assessors")  # fields of several values
FIELDS_AT_FAULT = {"name-taken": "name", "nothing-to-judge": "depth"}
"""Codes of problems, and the form's field that shows each."""


@dataclass(frozen=True, slots=True)
class Preview:
    """Preview of a session: the pool, and the number of pairs of each assessor, fewest first.

    faults: errors that prevent a preview.
    """

    pool: PoolPreview | None
    pairs: tuple[int, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def hours(self) -> float:
        """Return the hours of the assessor with the most pairs."""
        return self.pool.pace.hours(self.pairs[-1]) if self.pool is not None and self.pairs else 0.0


@require_GET
def session_list(request: HttpRequest) -> HttpResponse:
    """List the user's sessions; administrators see all."""
    user = current_user(request)
    listed = sessions_listed(user)
    context = {
        "mine": [one for one in listed if one.mine is not None],
        "others": [one for one in listed if one.mine is None],
    }
    return render_private(request, "annotations/sessions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def new_session(request: HttpRequest) -> HttpResponse:
    """Make a session for a topic set; GET with the form's fields gives a preview."""
    sent = request.POST if request.method == "POST" else request.GET
    topic_set = _topic_set(sent)
    if topic_set is None:
        return render_private(request, "annotations/new_session.html", {"topic_sets": TopicSet.objects.all()})
    pools = pools_listed(topic_set)
    known = [pool for pool, _ in pools]
    if request.method == "POST":
        form = SessionForm(request.POST, topic_set=topic_set, pools=known)
        made = _make(request, topic_set, form) if form.is_valid() else None
        if made is not None:
            return redirect("annotations:session", session_id=made.pk)
        pools = pools_listed(topic_set)  # one of them may have been deleted meanwhile
        known = [pool for pool, _ in pools]
    else:
        form = SessionForm(initial=_typed(request.GET), topic_set=topic_set, pools=known)
    filled = sent if "depth" in sent else _initial(form)
    preview = _preview(topic_set, PoolForm(filled, topic_set=topic_set, pools=known))
    if is_fragment(request):
        return render_private(request, "annotations/_session_preview.html", {"preview": preview})
    context = {
        "topic_set": topic_set,
        "runs": runs_to_pool(topic_set),
        "pools": pools,
        "form": form,
        "preview": preview,
        "new_pool": NEW_POOL,
    }
    return render_private(request, "annotations/new_session.html", context, status=400 if form.errors else 200)


@require_GET
def session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show a session: assessors see their own progress, administrators everybody's.

    `?fragment` gives only the part that changes while people judge.
    """
    row = session_or_404(request, session_id)
    user = current_user(request)
    parts = parts_of(row, assessor=None if user.is_staff else user)
    context: dict[str, Any] = {
        "session": row,
        "mine": next((part for part in parts if part.assessor == user), None),
        "parts": parts if user.is_staff else [],
    }
    if user.is_staff:
        context |= {
            "unassigned_count": unassigned_count(row),
            "count": row.pool.candidates.count(),
            "hours_left": sum(part.hours_left for part in parts),
        }
    if "fragment" in request.GET:
        return render_private(request, "annotations/_session_progress.html", context)
    if user.is_staff:
        judging = {part.assessor.pk for part in parts if not part.is_withdrawn}
        context["may_join"] = [one for one in assessors_to_choose() if one.pk not in judging]
        context["runs"] = list(row.pool.runs.all())
        context["is_untouched"] = all(part.is_untouched for part in parts)
    return render_private(request, "annotations/session.html", context)


@require_POST
@administrators_only
def add_assessor(request: HttpRequest, session_id: int) -> HttpResponse:
    row = session_or_404(request, session_id)
    form = AssessorForm(request.POST)
    if not form.is_valid():
        messages.error(request, "No assessor was added. Choose a user who can log in.")
        return redirect("annotations:session", session_id=row.pk)
    assignment = assignment_add(session=row, assessor=form.cleaned_data["assessor"])
    count = done_of(assignment).open
    messages.info(
        request,
        f"{assignment.assessor} was added to this session, with {count} pair{'' if count == 1 else 's'} to judge.",
    )
    return redirect("annotations:session", session_id=row.pk)


@require_POST
@administrators_only
def withdraw_assessor(request: HttpRequest, session_id: int, assignment_id: int) -> HttpResponse:
    row = session_or_404(request, session_id)
    found = get_object_or_404(row.assignments.select_related("assessor"), pk=assignment_id)
    withdrawn = assignment_withdraw(assignment=found)
    sentences = [f"{found.assessor} was withdrawn from this session."]
    if withdrawn.given:
        pairs = "1 pair was" if withdrawn.given == 1 else f"{withdrawn.given} pairs were"
        sentences.append(f"{pairs} reassigned to the others.")
    if withdrawn.stays:
        sentences.append("Their judgments stay.")
    messages.info(request, " ".join([*sentences, "To undo this, add the assessor again."]))
    return redirect("annotations:session", session_id=row.pk)


@require_POST
@administrators_only
def close_session(request: HttpRequest, session_id: int) -> HttpResponse:
    row = session_close(session=session_or_404(request, session_id))
    messages.info(request, f"The session “{row}” was closed. Nobody can judge in it until it is reopened.")
    return redirect("annotations:session", session_id=row.pk)


@require_POST
@administrators_only
def reopen_session(request: HttpRequest, session_id: int) -> HttpResponse:
    row = session_reopen(session=session_or_404(request, session_id))
    messages.info(request, f"The session “{row}” was reopened.")
    return redirect("annotations:session", session_id=row.pk)


@require_POST
@administrators_only
def delete_session(request: HttpRequest, session_id: int) -> HttpResponse:
    row = session_or_404(request, session_id)
    try:
        session_delete(session=row)
    except Problem as problem:
        messages.error(request, problem.detail)
        return redirect("annotations:session", session_id=row.pk)
    messages.info(request, f"The session “{row}” was deleted. It had no judgments.")
    return redirect("annotations:sessions")


def session_or_404(request: HttpRequest, session_id: int) -> Session:
    """Return a session that the user may see. Raises: Http404."""
    found = session_visible_to(current_user(request), session_id)
    if found is None:
        raise Http404
    return found


def _topic_set(sent: QueryDict) -> TopicSet | None:
    """Return the chosen topic set, None without a choice. Raises: Http404 for one that does not exist."""
    written = sent.get("topic_set", "")
    if not written:
        return None
    key = key_written(written)
    if key is None:
        raise Http404
    return get_object_or_404(TopicSet, pk=key)


def _make(request: HttpRequest, topic_set: TopicSet, form: SessionForm) -> Session | None:
    """Make the session, and its pool unless one is chosen; None with an error on the form if that fails."""
    data, user = form.cleaned_data, current_user(request)
    try:
        with transaction.atomic():
            pool = form.chosen_pool or pool_make(
                topic_set=topic_set,
                runs=list(data["runs"]),
                depth=data["depth"],
                name=data["name"],
                made_by=user,
                only_unjudged=data["only_unjudged"],
            )
            return session_make(
                pool=pool,
                name=data["name"],
                assessors=list(data["assessors"]),
                options=form.options,
                seed=data["seed"],
                made_by=user,
            )
    except NotFound as problem:  # the chosen pool, or a run of the new one
        add_problem(form, problem, "runs" if form.chosen_pool is None else "pool")
    except Problem as problem:
        add_problem(form, problem, FIELDS_AT_FAULT.get(problem.code))
    return None


def _typed(sent: QueryDict) -> dict[str, Any]:
    """Return the form's values in the address, by field."""
    return {name: sent.getlist(name) if name in LISTS else sent[name] for name in sent}


def _initial(form: SessionForm) -> QueryDict:
    """Return the initial values of the form as a request would send them."""
    values = QueryDict(mutable=True)
    for name in PoolForm.base_fields:
        value = form.get_initial_for_field(form.fields[name], name)
        if name in LISTS:
            values.setlist(name, [str(item) for item in value or ()])
        elif value is not None:
            values[name] = str(value)
    return values


def _preview(topic_set: TopicSet, form: PoolForm) -> Preview:
    """Preview the pool and the assessors' pairs. Assessors need not be chosen yet."""
    faults = {name: error for name, error in form.errors.items() if name != "assessors"}
    if faults:
        return Preview(None, faults=tuple(str(error) for errors in faults.values() for error in errors))
    data = form.cleaned_data
    pool: Pool | None = form.chosen_pool
    contents = (
        pool_contents(pool)
        if pool is not None
        else pool_preview(topic_set, list(data["runs"]), data["depth"], only_unjudged=data["only_unjudged"])
    )
    if not contents.count:
        return Preview(None, faults=(NOTHING_TO_JUDGE,))
    pairs = pairs_of_assessors(
        contents,
        [user.pk for user in data.get("assessors", ())],
        overlap_percent=data["overlap_percent"],
        repeat_percent=data["repeat_percent"],
        seed=data["seed"],
    )
    return Preview(contents, tuple(pairs))
