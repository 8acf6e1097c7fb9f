"""What the API gives of pools, sessions, pairs and judgments. Nothing for assessors tells of runs, ranks or others."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.reverse import reverse

from annotations.api.answers import topic_image_address
from annotations.models import Pool, Session
from annotations.selectors.sessions import AssessorProgress
from annotations.selectors.showings import ShowingPage, Side
from annotations.views.judgments import values_as_json
from search.models import Figure


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
    """Of so many pairs, on how many something is said."""

    count = serializers.IntegerField()
    said = serializers.IntegerField()


class PartSerializer(ProgressSerializer):
    """An assessor's part. withdrawn: judges no more. seconds: per judgment. last_at: of the newest event."""

    assessor = serializers.CharField()
    withdrawn = serializers.BooleanField()
    cannot_judge = serializers.IntegerField()
    seconds = serializers.FloatField()
    last_at = serializers.DateTimeField(allow_null=True)


class AdministrationSerializer(serializers.Serializer[Any]):
    """What administrators alone see of a session."""

    topic_set = serializers.IntegerField()
    pool = serializers.IntegerField()
    seed = serializers.IntegerField()
    overlap_percent = serializers.IntegerField()
    repeat_percent = serializers.IntegerField()
    created_by = serializers.CharField()
    assessors = PartSerializer(many=True)


class SessionAnswerSerializer(serializers.Serializer[Any]):
    """A session. mine: one's own part, null without one. administration: null for who is no administrator."""

    id = serializers.IntegerField()
    url = serializers.URLField()
    name = serializers.CharField()
    instructions = serializers.CharField(allow_blank=True)
    asks_facets = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    mine = ProgressSerializer(allow_null=True)
    administration = AdministrationSerializer(allow_null=True)


class ListedSessionSerializer(serializers.Serializer[Any]):
    """A session in a list. mine: one's own part, null without one."""

    id = serializers.IntegerField(source="session.pk")
    url = serializers.SerializerMethodField()
    name = serializers.CharField(source="session.name")
    closed_at = serializers.DateTimeField(source="session.closed_at", allow_null=True)
    mine = ProgressSerializer(allow_null=True)

    def get_url(self, listed: Any) -> str:
        return session_address(self.context["request"], listed.session)


class OfferedSerializer(serializers.Serializer[Any]):
    """What is said of a candidate, stored or offered and not taken."""

    grade = serializers.IntegerField(allow_null=True, min_value=0, max_value=3)
    cannot_judge = serializers.BooleanField()
    looks = serializers.IntegerField(allow_null=True, min_value=0, max_value=3)
    works = serializers.IntegerField(allow_null=True, min_value=0, max_value=3)
    reason = serializers.CharField(allow_blank=True)
    region = serializers.ListField(child=serializers.IntegerField(), allow_null=True, min_length=4, max_length=4)


class ValuesSerializer(OfferedSerializer):
    """What was said of a candidate, by the event that says it."""

    client_id = serializers.UUIDField()


class StaleSerializer(serializers.Serializer[Any]):
    """Another one holds by now than the base; nothing was written."""

    code = serializers.CharField()
    detail = serializers.CharField()
    current = ValuesSerializer(allow_null=True)
    yours = OfferedSerializer(allow_null=True)


class RecordedSerializer(serializers.Serializer[Any]):
    """A stored event, and what it says; `current` is null where it left nothing said."""

    client_id = serializers.UUIDField()
    position = serializers.IntegerField()
    recorded_at = serializers.DateTimeField()
    current = ValuesSerializer(allow_null=True)


class LinkedSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    numerals = serializers.ListField(child=serializers.CharField())


class FigureShownSerializer(serializers.Serializer[Any]):
    """A drawing with the sentences linked to it. figure, publication: null for an uploaded drawing."""

    figure = serializers.IntegerField(allow_null=True)
    publication = serializers.CharField(allow_null=True)
    image = serializers.URLField(allow_null=True)
    sentences = LinkedSerializer(many=True)


class TopicShownSerializer(FigureShownSerializer):
    """What is looked for."""

    title = serializers.CharField(allow_blank=True)
    need = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)


class ShowingSerializer(serializers.Serializer[Any]):
    """One pair before its assessor. next_open: the next position without a judgment."""

    session = serializers.IntegerField()
    position = serializers.IntegerField()
    count = serializers.IntegerField()
    said = serializers.IntegerField()
    next_open = serializers.IntegerField(allow_null=True)
    closed = serializers.BooleanField()
    topic = TopicShownSerializer()
    candidate = FigureShownSerializer()
    current = ValuesSerializer(allow_null=True)


class PositionSerializer(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    current = ValuesSerializer(allow_null=True)


class StateSerializer(serializers.Serializer[Any]):
    """An assessor's own part of a session, with what holds of each pair."""

    session = serializers.IntegerField()
    assessor = serializers.IntegerField()
    closed = serializers.BooleanField()
    place = serializers.IntegerField()
    count = serializers.IntegerField()
    judged = serializers.IntegerField()
    cannot_judge = serializers.IntegerField()
    first_open = serializers.IntegerField(allow_null=True)
    showings = PositionSerializer(many=True)


def session_address(request: Request, session: Session) -> str:
    return str(reverse("annotations-api:session", kwargs={"session_id": session.pk}, request=request))


def session_data(
    request: Request, session: Session, parts: list[AssessorProgress], mine: AssessorProgress | None
) -> dict[str, Any]:
    """As SessionAnswerSerializer says. parts: of all assessors, for administrators alone."""
    is_staff = bool(request.user.is_staff)
    return {
        "id": session.pk,
        "url": session_address(request, session),
        "name": session.name,
        "instructions": session.instructions,
        "asks_facets": session.asks_facets,
        "created_at": session.created_at,
        "closed_at": session.closed_at,
        "mine": None if mine is None else _progress(mine),
        "administration": _administration(session, parts) if is_staff else None,
    }


def showing_data(request: Request, page: ShowingPage) -> dict[str, Any]:
    """As ShowingSerializer says; whoever has the pair may see its drawings."""
    topic = page.topic
    asked = _side(request, page.asked) | {"image": topic_image_address(request, topic, may_see=True)}
    return {
        "session": page.session.pk,
        "position": page.position,
        "count": page.count,
        "said": page.done.said,
        "next_open": page.next_open,
        "closed": page.is_closed,
        "topic": asked | {"title": topic.title, "need": topic.need, "text": topic.text},
        "candidate": _side(request, page.found),
        "current": values_as_json(page.current),
    }


def figure_image_address(request: Request, figure: Figure) -> str:
    return str(reverse("search:figure-file", kwargs={"figure_id": figure.pk}, request=request))


def _side(request: Request, side: Side) -> dict[str, Any]:
    figure = side.figure
    return {
        "figure": figure.pk if figure else None,
        "publication": figure.sheet.publication.reference if figure else None,
        "image": figure_image_address(request, figure) if figure else None,
        "sentences": [{"text": one.link.sentence.text, "numerals": list(one.link.numerals)} for one in side.sentences],
    }


def _progress(part: AssessorProgress) -> dict[str, Any]:
    return {"count": part.progress.count, "said": part.progress.said}


def _administration(session: Session, parts: list[AssessorProgress]) -> dict[str, Any]:
    return {
        "topic_set": session.pool.topic_set_id,
        "pool": session.pool_id,
        "seed": session.seed,
        "overlap_percent": session.overlap_percent,
        "repeat_percent": session.repeat_percent,
        "created_by": session.created_by.get_username(),
        "assessors": [
            _progress(part)
            | {
                "assessor": part.assessor.get_username(),
                "withdrawn": part.is_withdrawn,
                "cannot_judge": part.cannot_judge,
                "seconds": part.pace.seconds,
                "last_at": part.last_at,
            }
            for part in parts
        ],
    }
