"""Pools, and sessions as administrators make and follow them."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.base import (
    AddressField,
    AdministratorsViewSet,
    AdministratorsWrite,
    JSONViewSet,
    checked,
    finished_runs_of,
    key_field,
    operation,
    row_of,
    topic_set_of,
)
from annotations.models import Pool, Session
from annotations.options import MOST_RUNS
from annotations.selectors.sessions import (
    AssessorProgress,
    ListedSession,
    SessionOverview,
    assessors_to_choose,
    session_overview,
    session_visible_to,
    sessions_listed,
)
from annotations.services.pools import DEEPEST, USUAL_DEPTH, pool_make
from annotations.services.sessions import (
    LARGEST_SEED,
    SessionOptions,
    assignment_add,
    assignment_withdraw,
    session_close,
    session_delete,
    session_make,
    session_reopen,
)
from annotations.services.topics import LONGEST_NAME
from engine.errors import NotFound

MOST_ASSESSORS = 200


class PoolAnswerSerializer(serializers.ModelSerializer[Pool]):
    """A pool. runs: their keys."""

    topic_set = serializers.IntegerField(source="topic_set_id")
    runs: Any = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    candidate_count = serializers.IntegerField()
    created_by = serializers.CharField(source="created_by.username")

    class Meta:
        model = Pool
        fields = ("id", "topic_set", "name", "depth", "runs", "candidate_count", "created_by", "created_at")


class ProgressSerializer(serializers.Serializer[Any]):
    """Number of pairs, and of those with a judgment."""

    count = serializers.IntegerField()
    said = serializers.IntegerField(source="answered")


class PartSerializer(serializers.Serializer[AssessorProgress]):
    """An assessor's part. withdrawn: judges no more. seconds: per judgment. last_at: of the newest event."""

    count = serializers.IntegerField(source="progress.count")
    said = serializers.IntegerField(source="progress.answered")
    assessor = serializers.CharField(source="assessor.username")
    withdrawn = serializers.BooleanField(source="is_withdrawn")
    cannot_judge = serializers.IntegerField()
    seconds = serializers.FloatField(source="pace.seconds")
    last_at = serializers.DateTimeField(allow_null=True)


class AdministrationSerializer(serializers.Serializer[SessionOverview]):
    """What administrators alone see of a session."""

    topic_set = serializers.IntegerField(source="session.pool.topic_set_id")
    pool = serializers.IntegerField(source="session.pool_id")
    seed = serializers.IntegerField(source="session.seed")
    overlap_percent = serializers.IntegerField(source="session.overlap_percent")
    repeat_percent = serializers.IntegerField(source="session.repeat_percent")
    created_by = serializers.CharField(source="session.created_by.username")
    assessors = PartSerializer(source="parts", many=True)


class SessionAnswerSerializer(serializers.Serializer[SessionOverview]):
    """A session. mine: one's own part, null without one. administration: null for who is no administrator."""

    id = serializers.IntegerField(source="session.pk")
    url = AddressField("annotations-api:session-detail", {"session_id": "session.pk"})
    name = serializers.CharField(source="session.name")
    instructions = serializers.CharField(source="session.instructions", allow_blank=True)
    asks_facets = serializers.BooleanField(source="session.asks_facets")
    created_at = serializers.DateTimeField(source="session.created_at")
    closed_at = serializers.DateTimeField(source="session.closed_at", allow_null=True)
    mine = ProgressSerializer(source="mine.progress", allow_null=True)
    administration = AdministrationSerializer(allow_null=True)


class ListedSessionSerializer(serializers.Serializer[ListedSession]):
    """A session in a list. mine: one's own part, null without one."""

    id = serializers.IntegerField(source="session.pk")
    url = AddressField("annotations-api:session-detail", {"session_id": "session.pk"})
    name = serializers.CharField(source="session.name")
    closed_at = serializers.DateTimeField(source="session.closed_at", allow_null=True)
    mine = ProgressSerializer(allow_null=True)


class PoolSerializer(serializers.Serializer[Any]):
    """The first figures of runs, united."""

    name = serializers.CharField(max_length=LONGEST_NAME)
    runs = serializers.ListField(child=key_field(), min_length=1, max_length=MOST_RUNS)
    depth = serializers.IntegerField(min_value=1, max_value=DEEPEST, default=USUAL_DEPTH)
    only_unjudged = serializers.BooleanField(default=False, help_text="Without what was judged before.")


class SessionSerializer(serializers.Serializer[Any]):
    """A session over a pool. assessors: their user names."""

    pool = key_field()
    name = serializers.CharField(max_length=LONGEST_NAME)
    assessors = serializers.ListField(
        child=serializers.CharField(max_length=150), min_length=1, max_length=MOST_ASSESSORS
    )
    overlap_percent = serializers.IntegerField(min_value=0, max_value=100, default=100)
    repeat_percent = serializers.IntegerField(min_value=0, max_value=50, default=10)
    asks_facets = serializers.BooleanField(default=False)
    instructions = serializers.CharField(max_length=10_000, required=False, default="", allow_blank=True)
    seed = serializers.IntegerField(
        required=False, min_value=0, max_value=LARGEST_SEED, help_text="Without one, it is drawn."
    )

    def options(self) -> SessionOptions:
        """Return the options for the service; call it on valid data."""
        names = ("overlap_percent", "repeat_percent", "asks_facets", "instructions")
        return SessionOptions(**{name: self.validated_data[name] for name in names})


class AssessorSerializer(serializers.Serializer[Any]):
    """Who judges in a session. assessor: a user name."""

    assessor = serializers.CharField(max_length=150)


class PoolsViewSet(AdministratorsViewSet):
    """The pools of a topic set."""

    @operation("pools", PoolAnswerSerializer(many=True))
    def list(self, request: Request, topic_set_id: int) -> Response:
        """All pools of a set, newest first."""
        pools = _pools().filter(topic_set=topic_set_of(topic_set_id)).order_by("-pk")
        return self.answer(PoolAnswerSerializer, [*pools])

    @operation("pool_make", PoolAnswerSerializer, status=201, body=PoolSerializer)
    def create(self, request: Request, topic_set_id: int) -> Response:
        """Unite the first figures of finished runs; the same pool again is the same pool."""
        topic_set = topic_set_of(topic_set_id)
        data = checked(PoolSerializer, request.data).validated_data
        runs = finished_runs_of(topic_set, data.pop("runs"))
        pool = pool_make(topic_set=topic_set, runs=runs, made_by=self.user, **data)
        return self.answer(PoolAnswerSerializer, row_of(_pools(), pool.pk), 201)


class SessionMakeViewSet(AdministratorsViewSet):
    """The sessions of a topic set."""

    @operation("session_make", SessionAnswerSerializer, status=201, body=SessionSerializer)
    def create(self, request: Request, topic_set_id: int) -> Response:
        """Deal a pool out to assessors. The same again is the same session."""
        topic_set = topic_set_of(topic_set_id)
        sent = checked(SessionSerializer, request.data)
        data = sent.validated_data
        session = session_make(
            pool=row_of(topic_set.pools.select_related("topic_set"), data["pool"]),
            name=" ".join(data["name"].split()),
            assessors=_assessors(data["assessors"]),
            options=sent.options(),
            seed=data.get("seed", secrets.randbelow(LARGEST_SEED)),
            made_by=self.user,
        )
        return self.answer(SessionAnswerSerializer, session_overview(session, self.user), 201)


class SessionViewSet(JSONViewSet):
    """Sessions: all of them for administrators, for others those that they judge in."""

    permission_classes = [*JSONViewSet.permission_classes, AdministratorsWrite]
    lookup_url_kwarg, lookup_value_converter = "session_id", "key"

    @operation("sessions", ListedSessionSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Sessions, open ones first, then newest first."""
        return self.answer(ListedSessionSerializer, sessions_listed(self.user))

    @operation("session", SessionAnswerSerializer)
    def retrieve(self, request: Request, session_id: int) -> Response:
        """A session: to its assessors their own part, to administrators how far everybody is."""
        return self._answer(session_of(self.user, session_id))

    @operation("session_delete", None, status=204, also=(409,))
    def destroy(self, request: Request, session_id: int) -> Response:
        """Delete a session, with its pool where no other session is over it; refused once somebody has judged."""
        session_delete(session=session_of(self.user, session_id))
        return Response(status=204)

    @operation("session_close", SessionAnswerSerializer)
    @action(methods=["post"], detail=True)
    def close(self, request: Request, session_id: int) -> Response:
        """Take no judgment from now on."""
        return self._answer(session_close(session=session_of(self.user, session_id)))

    @operation("session_reopen", SessionAnswerSerializer)
    @action(methods=["post"], detail=True)
    def reopen(self, request: Request, session_id: int) -> Response:
        """Take judgments again."""
        return self._answer(session_reopen(session=session_of(self.user, session_id)))

    @operation("assessor_add", SessionAnswerSerializer, status=201, body=AssessorSerializer)
    @action(methods=["post"], detail=True)
    def assessors(self, request: Request, session_id: int) -> Response:
        """Add an assessor; one who judges already keeps the same part."""
        session = session_of(self.user, session_id)
        (assessor,) = _assessors([checked(AssessorSerializer, request.data).validated_data["assessor"]])
        assignment_add(session=session, assessor=assessor)
        return self._answer(session, 201)

    @operation("assessor_withdraw", None, status=204)
    @action(methods=["delete"], detail=True, url_path="assessors/<str:username>", url_name="assessor")
    def assessor(self, request: Request, session_id: int, username: str) -> Response:
        """Let an assessor judge no more. What was judged stays; what nobody else has goes to the others."""
        assignments = session_of(self.user, session_id).assignments.select_related("assessor", "session__pool")
        # Compared here: a name in an address may hold what a database takes in no string.
        found = next((one for one in assignments if one.assessor.get_username() == username), None)
        if found is None:
            raise NotFound(f"Session {session_id} has no assessor of this name.")
        assignment_withdraw(assignment=found)
        return Response(status=204)

    def _answer(self, session: Session, status: int = 200) -> Response:
        return self.answer(SessionAnswerSerializer, session_overview(session, self.user), status)


def session_of(user: User, session_id: int) -> Session:
    """Return a session that the user may see. Raises: NotFound."""
    found = session_visible_to(user, session_id)
    if found is None:
        raise NotFound(f"Session {session_id} was not found, or you do not judge in it.")
    return found


def _pools() -> QuerySet[Pool, Any]:
    return (
        Pool.objects.select_related("created_by").prefetch_related("runs").annotate(candidate_count=Count("candidates"))
    )


def _assessors(usernames: list[str]) -> list[User]:
    """Return the users of these names. Raises: ValidationError for a name of nobody who can log in."""
    known = {user.get_username(): user for user in assessors_to_choose()}
    unknown = [name for name in usernames if name not in known]
    if unknown:
        raise ValidationError({"assessors": [f"Nobody can log in as {unknown[0]}."]})
    return [known[name] for name in dict.fromkeys(usernames)]
