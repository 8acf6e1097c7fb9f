"""One's own part of a session: pairs to judge, judgments, undo, and how far one is. The judging page uses it too.

Nothing here tells of runs, ranks or what others judged.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.middleware.csrf import get_token
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.base import AddressField, JSONViewSet, checked, key_field, operation
from annotations.api.topics import topic_image_address
from annotations.models import GRADES, Assignment, Showing
from annotations.selectors.showings import (
    Judged,
    JudgingState,
    ShowingPage,
    Side,
    assignment_of,
    done_of,
    judging_state,
    position_to_resume,
    showing_page,
)
from annotations.services.assessments import LONGEST_REASON, WHOLE, Assessed, Stale
from annotations.services.judgments import Recorded, judgment_record, judgment_undo, place_keep
from engine.errors import NotFound, Problem
from search.api.parsers import StrictJSONParser
from search.http import NO_STORE
from search.selectors.figures import LinkedSentence

LARGEST_GRADE = GRADES[-1][0]


class OfferedSerializer(serializers.Serializer[Assessed]):
    """What is said of a candidate, stored or offered and not taken."""

    grade = serializers.IntegerField(allow_null=True, min_value=0, max_value=LARGEST_GRADE)
    cannot_judge = serializers.BooleanField()
    looks = serializers.IntegerField(allow_null=True, min_value=0, max_value=LARGEST_GRADE)
    works = serializers.IntegerField(allow_null=True, min_value=0, max_value=LARGEST_GRADE)
    reason = serializers.CharField(allow_blank=True)
    region = serializers.ListField(child=serializers.IntegerField(), allow_null=True, min_length=4, max_length=4)


class ValuesSerializer(OfferedSerializer):
    """What was said of a candidate, by the event that says it."""

    client_id = serializers.UUIDField()


class StaleSerializer(serializers.Serializer[Stale]):
    """Another one holds by now than the base; nothing was written."""

    code = serializers.CharField()
    detail = serializers.CharField()
    current = ValuesSerializer(source="current_values", allow_null=True)
    yours = OfferedSerializer(allow_null=True)


class RecordedAtField(serializers.DateTimeField):
    """The time of an event with its offset, `+00:00`, as events have had it from the start."""

    def to_representation(self, value: datetime) -> str:
        return value.isoformat()


class RecordedSerializer(serializers.Serializer[Recorded]):
    """A stored event, and what it says; `current` is null where it left nothing said."""

    client_id = serializers.UUIDField(source="judgment.client_id")
    position = serializers.IntegerField(source="judgment.showing.position")
    recorded_at = RecordedAtField(source="judgment.recorded_at")
    current = ValuesSerializer(allow_null=True)


class LinkedSerializer(serializers.Serializer[LinkedSentence]):
    text = serializers.CharField(source="link.sentence.text")
    numerals = serializers.ListField(source="link.numerals", child=serializers.CharField())


class FigureShownSerializer(serializers.Serializer[Side]):
    """A drawing with the sentences linked to it. figure, publication: null for an uploaded drawing."""

    figure = serializers.IntegerField(source="figure.pk", allow_null=True)
    publication = serializers.CharField(source="figure.sheet.publication.reference", allow_null=True)
    image: Any = AddressField("search:figure-file", {"figure_id": "pk"}, source="figure", allow_null=True)
    sentences = LinkedSerializer(many=True)


class TopicShownSerializer(serializers.Serializer[ShowingPage]):
    """What is looked for."""

    figure = serializers.IntegerField(source="topic_side.figure.pk", allow_null=True)
    publication = serializers.CharField(source="topic_side.figure.sheet.publication.reference", allow_null=True)
    image = serializers.SerializerMethodField()
    sentences = LinkedSerializer(source="topic_side.sentences", many=True)
    title = serializers.CharField(source="topic.title", allow_blank=True)
    need = serializers.CharField(source="topic.need", allow_blank=True)
    text = serializers.CharField(source="topic.text", allow_blank=True)

    def get_image(self, page: ShowingPage) -> str | None:
        return topic_image_address(self.context["request"], page.topic, may_see=True)


class ShowingSerializer(serializers.Serializer[ShowingPage]):
    """One pair before its assessor. next_open: the next position without a judgment."""

    session = serializers.IntegerField(source="session.pk")
    position = serializers.IntegerField()
    count = serializers.IntegerField()
    said = serializers.IntegerField(source="done.answered")
    next_open = serializers.IntegerField(allow_null=True)
    closed = serializers.BooleanField(source="is_closed")
    topic = TopicShownSerializer(source="*")
    candidate = FigureShownSerializer(source="candidate_side")
    current = ValuesSerializer(allow_null=True)


class PositionSerializer(serializers.Serializer[Judged]):
    position = serializers.IntegerField()
    current = ValuesSerializer(allow_null=True)


class StateSerializer(serializers.Serializer[JudgingState]):
    """An assessor's own part of a session, with what holds of each pair.

    csrf_token: a fresh one for pages that send it with each request; null for programs, which log in by a token.
    """

    session = serializers.IntegerField(source="assignment.session_id")
    assessor = serializers.IntegerField(source="assignment.assessor_id")
    closed = serializers.BooleanField(source="is_closed")
    place = serializers.IntegerField(source="assignment.place")
    count = serializers.IntegerField(source="done.count")
    judged = serializers.IntegerField(source="done.judged")
    cannot_judge = serializers.IntegerField(source="done.cannot_judge")
    first_open = serializers.IntegerField(source="done.first_open", allow_null=True)
    showings = PositionSerializer(many=True)
    csrf_token = serializers.SerializerMethodField()

    def get_csrf_token(self, state: JudgingState) -> str | None:
        request: Request = self.context["request"]
        is_browser = isinstance(request.successful_authenticator, SessionAuthentication)
        return get_token(request._request) if is_browser else None


def _grade(help_text: str) -> serializers.IntegerField:
    return serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=LARGEST_GRADE, help_text=help_text
    )


def _base(kind: str) -> serializers.UUIDField:
    return serializers.UUIDField(
        required=False, default=None, allow_null=True, help_text=f"client_id of the {kind} that is replaced."
    )


class AssessmentSerializer(serializers.Serializer[Any]):
    """A grade from 0 to 3, or that it cannot be judged."""

    client_id = serializers.UUIDField(help_text="Made by the client: sent twice, it is one event.")
    grade = _grade("0 not relevant, 1 marginally relevant, 2 relevant, 3 highly relevant.")
    cannot_judge = serializers.BooleanField(required=False, default=False)
    looks = _grade("Looks alike, where the session asks for it.")
    works = _grade("Works alike, where the session asks for it.")
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=LONGEST_REASON)
    region = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=WHOLE),
        required=False,
        default=None,
        allow_null=True,
        min_length=4,
        max_length=4,
        help_text="Left, top, width and height in ten-thousandths of the candidate's drawing.",
    )

    def assessed(self) -> Assessed:
        """Return what is said for the service; call it on valid data."""
        names = ("grade", "cannot_judge", "looks", "works", "reason", "region", "seconds")
        data = {name: self.validated_data[name] for name in names if name in self.validated_data}
        region = data.pop("region")
        return Assessed(**data, region=None if region is None else tuple(region))


class JudgmentSerializer(AssessmentSerializer):
    """A judgment with the one that its assessor had before the eyes."""

    base = _base("judgment")
    seconds = serializers.FloatField(
        required=False, default=None, allow_null=True, min_value=0, help_text="How long the pair was looked at."
    )
    assessor = key_field(
        required=False,
        default=None,
        allow_null=True,
        help_text="Key of the account that judged; refused where another one is logged in by now.",
    )


class RulingSerializer(AssessmentSerializer):
    """What a candidate is settled to."""

    base = _base("ruling")


class UndoSerializer(serializers.Serializer[Any]):
    """Take back the newest judgment of one's own."""

    client_id = serializers.UUIDField(help_text="Made by the client: sent twice, one judgment is taken back.")
    assessor = key_field(required=False, default=None, allow_null=True)


class EventViewSet(JSONViewSet):
    """Events that are stored once, and refused where another one holds by now than the one they are based on."""

    def handle_exception(self, exc: Exception) -> Response:
        """409 with what holds and what was offered, for a stale base."""
        if isinstance(exc, Stale):
            return self.answer(StaleSerializer, exc, exc.status)
        return super().handle_exception(exc)


class JudgingViewSet(EventViewSet):
    """One's own part of a session."""

    @operation("judgments", StateSerializer)
    @action(detail=False, url_path="judgments", url_name="state")
    def state(self, request: Request, session_id: int) -> Response:
        """How far one is, with what holds of each pair."""
        answer = self.answer(StateSerializer, judging_state(self._assignment()))
        answer["Cache-Control"] = NO_STORE
        return answer

    @operation("next_showing", ShowingSerializer)
    @action(detail=False, url_path="next", url_name="next")
    def next_showing(self, request: Request, session_id: int) -> Response:
        """The pair to go on with: the first one without a judgment, else the one that was looked at last."""
        assignment = self._assignment()
        done = done_of(assignment)
        return self._showing(assignment, done.first_open or position_to_resume(assignment, done))

    @operation("showing", ShowingSerializer)
    @action(detail=False, url_path="showings/<int:position>", url_name="showing")
    def showing(self, request: Request, session_id: int, position: int) -> Response:
        """A topic and a candidate, each with its linked sentences. Positions run from 1."""
        return self._showing(self._assignment(), position)

    @operation("place_keep", None, status=204)
    @action(
        methods=["post"],
        detail=False,
        url_path="showings/<int:position>/place",
        parser_classes=[StrictJSONParser, MultiPartParser],  # a browser that leaves the page sends a form
    )
    def place(self, request: Request, session_id: int, position: int) -> Response:
        """Remember the pair that one looks at, to go on there. A position that has no pair changes nothing."""
        place_keep(assignment=self._assignment(), position=position)
        return Response(status=204)

    @operation(
        "judge", {200: RecordedSerializer, 201: RecordedSerializer, 409: StaleSerializer}, body=JudgmentSerializer
    )
    @action(methods=["post"], detail=False, url_path="showings/<int:position>/judgments")
    def judge(self, request: Request, session_id: int, position: int) -> Response:
        """Record a judgment: 201 once it is committed, 200 for the same client_id again, 409 where `base` is stale."""
        self._assignment()
        sent = checked(JudgmentSerializer, request.data)
        data = sent.validated_data
        self._require_same_user(data["assessor"])
        try:
            recorded = judgment_record(
                assessor=self.user,
                session_id=session_id,
                position=position,
                client_id=data["client_id"],
                base=data["base"],
                assessed=sent.assessed(),
            )
        except Showing.DoesNotExist as error:
            raise _no_pair(session_id, position) from error
        return self.answer(RecordedSerializer, recorded, 201 if recorded.is_new else 200)

    @operation("judgment_undo", {200: RecordedSerializer, 201: RecordedSerializer}, body=UndoSerializer)
    @action(methods=["post"], detail=False)
    def undo(self, request: Request, session_id: int) -> Response:
        """Take back one's newest judgment of a session that is not taken back yet; again, the one before."""
        self._assignment()
        data = checked(UndoSerializer, request.data).validated_data
        self._require_same_user(data["assessor"])
        recorded = judgment_undo(assessor=self.user, session_id=session_id, client_id=data["client_id"])
        return self.answer(RecordedSerializer, recorded, 201 if recorded.is_new else 200)

    def _assignment(self) -> Assignment:
        found = assignment_of(self.user, self.kwargs["session_id"])
        if found is None:
            raise NotFound(f"Session {self.kwargs['session_id']} was not found, or you do not judge in it.")
        return found

    def _showing(self, assignment: Assignment, position: int) -> Response:
        page = showing_page(assignment, position)
        if page is None:
            raise _no_pair(assignment.session_id, position)
        return self.answer(ShowingSerializer, page)

    def _require_same_user(self, assessor: int | None) -> None:
        """Raises: Problem for what another account judged that was logged in before in this browser."""
        if assessor is not None and assessor != self.user.pk:
            raise Problem("other-account", "Another account judged this. Log in with it to send it.")


def _no_pair(session_id: int, position: int) -> NotFound:
    return NotFound(f"Pair {position} of session {session_id} was not found.")
