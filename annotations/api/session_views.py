"""Pools and sessions: made and followed by administrators, judged in by their assessors."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.api import requests, session_answers
from annotations.api.asking import (
    AdministratorsView,
    checked,
    created,
    current_user,
    deleted,
    finished_runs_or_404,
    one_or_404,
    session_or_404,
    topic_set_or_404,
)
from annotations.api.serializers import LARGEST_KEY, JudgmentSerializer, UndoSerializer
from annotations.models import Assignment, Pool, Session, Showing
from annotations.selectors.sessions import assessors_to_choose, parts_of, sessions_listed
from annotations.selectors.showings import (
    assignment_of,
    done_of,
    position_to_resume,
    showing_page,
    values_of,
)
from annotations.services.judgments import StaleBase, judgment_record, judgment_undo
from annotations.services.pools import pool_make
from annotations.services.sessions import (
    assignment_add,
    assignment_withdraw,
    session_close,
    session_delete,
    session_make,
    session_reopen,
)
from annotations.views.judgments import (
    offered_as_json,
    recorded_as_json,
    require_same_user,
    state_as_json,
    values_as_json,
)
from annotations.views.session_forms import LARGEST_SEED
from search.api.errors import errors
from search.api.parsers import StrictJSONParser


class PoolListView(AdministratorsView):
    """The pools of a topic set."""

    parser_classes = [StrictJSONParser]

    @extend_schema(operation_id="pools", responses={200: session_answers.PoolAnswerSerializer(many=True), **errors()})
    def get(self, request: Request, topic_set_id: int) -> Response:
        """All pools of a set, newest first."""
        pools = _pools().filter(topic_set=topic_set_or_404(topic_set_id)).order_by("-pk")
        return Response(session_answers.PoolAnswerSerializer(pools, many=True).data)

    @extend_schema(
        operation_id="pool_make",
        request=requests.PoolSerializer,
        responses={201: session_answers.PoolAnswerSerializer, **errors(400, 413, 415)},
    )
    def post(self, request: Request, topic_set_id: int) -> Response:
        """Unite the first figures of finished runs; the same pool again is the same pool."""
        topic_set = topic_set_or_404(topic_set_id)
        data = checked(requests.PoolSerializer, request.data).validated_data
        pool = pool_make(
            topic_set=topic_set,
            runs=finished_runs_or_404(topic_set, data["runs"]),
            depth=data["depth"],
            name=data["name"],
            made_by=current_user(request),
            only_unjudged=data["only_unjudged"],
        )
        return Response(session_answers.PoolAnswerSerializer(one_or_404(_pools(), pool.pk)).data, status=201)


class SessionListView(APIView):
    """Sessions: for administrators all, for anybody else those that they judge in."""

    @extend_schema(
        operation_id="sessions", responses={200: session_answers.ListedSessionSerializer(many=True), **errors()}
    )
    def get(self, request: Request) -> Response:
        """Sessions, open ones first, then newest first."""
        listed = sessions_listed(current_user(request))
        data = session_answers.ListedSessionSerializer(listed, many=True, context={"request": request}).data
        return Response(data)


class SessionMakeView(AdministratorsView):
    """The sessions of a topic set."""

    parser_classes = [StrictJSONParser]

    @extend_schema(
        operation_id="session_make",
        request=requests.SessionSerializer,
        responses={201: session_answers.SessionAnswerSerializer, **errors(400, 413, 415)},
    )
    def post(self, request: Request, topic_set_id: int) -> Response:
        """Deal a pool out to assessors. The same again is the same session."""
        topic_set = topic_set_or_404(topic_set_id)
        sent = checked(requests.SessionSerializer, request.data)
        data = sent.validated_data
        session = session_make(
            pool=one_or_404(topic_set.pools.select_related("topic_set"), data["pool"]),
            name=" ".join(data["name"].split()),
            assessors=_assessors(data["assessors"]),
            options=sent.options(),
            seed=data.get("seed", secrets.randbelow(LARGEST_SEED)),
            made_by=current_user(request),
        )
        return created(_session_data(request, session))


class SessionView(APIView):
    """One session; administrators delete it."""

    def get_permissions(self) -> list[Any]:
        """Seen by its assessors too."""
        return [IsAdminUser()] if self.request.method == "DELETE" else list(super().get_permissions())

    @extend_schema(operation_id="session", responses={200: session_answers.SessionAnswerSerializer, **errors()})
    def get(self, request: Request, session_id: int) -> Response:
        """A session: to its assessors their own part, to administrators how far everybody is."""
        return Response(_session_data(request, session_or_404(request, session_id)))

    @extend_schema(operation_id="session_delete", responses={204: None, **errors(409)})
    def delete(self, request: Request, session_id: int) -> Response:
        """Delete a session, with its pool where no other session is over it; refused once somebody has judged."""
        session_delete(session=session_or_404(request, session_id))
        return deleted()


class AssessorListView(AdministratorsView):
    """Who judges in a session."""

    parser_classes = [StrictJSONParser]

    @extend_schema(
        operation_id="assessor_add",
        request=requests.AssessorSerializer,
        responses={201: session_answers.SessionAnswerSerializer, **errors(400, 413, 415)},
    )
    def post(self, request: Request, session_id: int) -> Response:
        """Add an assessor; one who judges already keeps the same part."""
        session = session_or_404(request, session_id)
        (assessor,) = _assessors([checked(requests.AssessorSerializer, request.data).validated_data["assessor"]])
        assignment_add(session=session, assessor=assessor)
        return created(_session_data(request, session))


class AssessorView(AdministratorsView):
    """An assessor of a session."""

    @extend_schema(operation_id="assessor_withdraw", responses={204: None, **errors()})
    def delete(self, request: Request, session_id: int, username: str) -> Response:
        """Let an assessor judge no more. What was judged stays; what nobody else has goes to the others."""
        assignments = session_or_404(request, session_id).assignments.select_related("assessor", "session__pool")
        # Compared here: a name in an address may hold what a database takes in no string.
        found = next((one for one in assignments if one.assessor.get_username() == username), None)
        if found is None:
            raise Http404("There is no such assessor in this session.")
        assignment_withdraw(assignment=found)
        return deleted()


class SessionCloseView(AdministratorsView):
    """The end of a session."""

    @extend_schema(
        operation_id="session_close",
        request=None,
        responses={200: session_answers.SessionAnswerSerializer, **errors()},
    )
    def post(self, request: Request, session_id: int) -> Response:
        """Take no judgment from now on."""
        return Response(_session_data(request, session_close(session=session_or_404(request, session_id))))


class SessionReopenView(AdministratorsView):
    """A closed session."""

    @extend_schema(
        operation_id="session_reopen",
        request=None,
        responses={200: session_answers.SessionAnswerSerializer, **errors()},
    )
    def post(self, request: Request, session_id: int) -> Response:
        """Take judgments again."""
        return Response(_session_data(request, session_reopen(session=session_or_404(request, session_id))))


class StateView(APIView):
    """One's own part of a session."""

    @extend_schema(operation_id="judgments", responses={200: session_answers.StateSerializer, **errors()})
    def get(self, request: Request, session_id: int) -> Response:
        """How far one is, with what holds of each pair."""
        return Response(state_as_json(_assignment_or_404(request, session_id)))


class NextShowingView(APIView):
    """Where one goes on."""

    @extend_schema(operation_id="next_showing", responses={200: session_answers.ShowingSerializer, **errors()})
    def get(self, request: Request, session_id: int) -> Response:
        """The pair to go on with: the first one without a judgment, else the one that was looked at last."""
        assignment = _assignment_or_404(request, session_id)
        done = done_of(assignment)
        return _showing(request, assignment, done.first_open or position_to_resume(assignment, done))


class ShowingView(APIView):
    """One pair."""

    @extend_schema(operation_id="showing", responses={200: session_answers.ShowingSerializer, **errors()})
    def get(self, request: Request, session_id: int, position: int) -> Response:
        """A topic and a candidate, each with its linked sentences. Positions run from 1."""
        return _showing(request, _assignment_or_404(request, session_id), position)


class JudgmentView(APIView):
    """What one says of a pair."""

    parser_classes = [StrictJSONParser]

    @extend_schema(
        operation_id="judge",
        request=JudgmentSerializer,
        responses={
            200: session_answers.RecordedSerializer,
            201: session_answers.RecordedSerializer,
            409: session_answers.StaleSerializer,
            **errors(400, 413, 415),
        },
    )
    def post(self, request: Request, session_id: int, position: int) -> Response:
        """Record a judgment: 201 once it is committed, 200 for the same client_id again, 409 where `base` is stale."""
        _assignment_or_404(request, session_id)
        sent = checked(JudgmentSerializer, request.data)
        data = sent.validated_data
        require_same_user(current_user(request), data["assessor"])
        try:
            recorded = judgment_record(
                assessor=current_user(request),
                session_id=session_id,
                position=position,
                client_id=data["client_id"],
                base=data["base"],
                assessed=sent.assessed(),
            )
        except Showing.DoesNotExist as error:
            raise Http404("There is no pair at this position.") from error
        except StaleBase as stale:
            told = {
                "code": "stale",
                "detail": "Another judgment of yours holds by now; send it as base to replace it.",
                "current": values_as_json(values_of(stale.current)),
                "yours": offered_as_json(stale.yours),
            }
            return Response(told, status=409)
        return Response(recorded_as_json(recorded.judgment, position), status=201 if recorded.is_new else 200)


class UndoView(APIView):
    """One's newest judgment."""

    parser_classes = [StrictJSONParser]

    @extend_schema(
        operation_id="judgment_undo",
        request=UndoSerializer,
        responses={
            200: session_answers.RecordedSerializer,
            201: session_answers.RecordedSerializer,
            **errors(400, 413, 415),
        },
    )
    def post(self, request: Request, session_id: int) -> Response:
        """Take back one's newest judgment of a session that is not taken back yet; again, the one before."""
        _assignment_or_404(request, session_id)
        data = checked(UndoSerializer, request.data).validated_data
        require_same_user(current_user(request), data["assessor"])
        recorded = judgment_undo(assessor=current_user(request), session_id=session_id, client_id=data["client_id"])
        undone = recorded_as_json(recorded.judgment, recorded.judgment.showing.position)
        return Response(undone, status=201 if recorded.is_new else 200)


def _pools() -> QuerySet[Pool, Any]:
    return (
        Pool.objects.select_related("created_by").prefetch_related("runs").annotate(candidate_count=Count("candidates"))
    )


def _assessors(usernames: list[str]) -> list[User]:
    """Raises: ValidationError for a name of nobody who can log in."""
    known = {user.get_username(): user for user in assessors_to_choose()}
    unknown = [name for name in usernames if name not in known]
    if unknown:
        raise ValidationError({"assessors": [f"Nobody can log in as {unknown[0]}."]})
    return [known[name] for name in dict.fromkeys(usernames)]


def _session_data(request: Request, session: Session) -> dict[str, Any]:
    user = current_user(request)
    parts = parts_of(session, assessor=None if user.is_staff else user)
    mine = next((part for part in parts if part.assessor == user), None)
    return dict(
        session_answers.SessionAnswerSerializer(session_answers.session_data(request, session, parts, mine)).data
    )


def _assignment_or_404(request: Request, session_id: int) -> Assignment:
    found = assignment_of(current_user(request), min(session_id, LARGEST_KEY))
    if found is None:
        raise Http404("There is no such session, or you do not judge in it.")
    return found


def _showing(request: Request, assignment: Assignment, position: int) -> Response:
    page = showing_page(assignment, position)
    if page is None:
        raise Http404("There is no pair at this position.")
    return Response(session_answers.showing_data(request, page))
