"""Topic sets and their topics."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from rest_framework import serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from annotations.api.base import (
    AddressField,
    AdministratorsViewSet,
    checked,
    no_larger,
    operation,
    topic_of,
    topic_set_of,
)
from annotations.models import Topic, TopicSet
from annotations.selectors.draws import LARGEST_SEED, MOST_TOPICS, Draw
from annotations.selectors.topics import ShownTopic, may_see_drawings, topic_set_page, topic_sets_listed
from annotations.services.topics import (
    LONGEST_NAME,
    LONGEST_PROSE,
    LONGEST_TITLE,
    NewTopic,
    topic_add,
    topic_delete,
    topic_describe,
    topic_set_delete,
    topic_set_describe,
    topic_set_draw,
    topic_set_make,
)
from search.api.parsers import StrictJSONParser
from search.api.serializers import FiltersSerializer, filters_as_written
from search.forms import LARGEST_IMAGE_BYTES
from search.models import Figure
from search.question import LONGEST_TEXT
from search.selectors.figures import figure_by_reference


class ListedTopicSetSerializer(serializers.ModelSerializer[TopicSet]):
    """A topic set in a list."""

    url = AddressField("annotations-api:topic-set-detail", {"topic_set_id": "pk"})
    created_by = serializers.CharField(source="created_by.username")
    topic_count = serializers.IntegerField()
    run_count = serializers.IntegerField()
    session_count = serializers.IntegerField()

    class Meta:
        model = TopicSet
        fields = (
            "id", "url", "name", "note", "seed", "created_by", "created_at", "topic_count", "run_count",
            "session_count",
        )  # fmt: skip


class TopicAnswerSerializer(serializers.Serializer[ShownTopic]):
    """A topic. figure: null for an uploaded drawing; image: null for a drawing that is not yours to see."""

    url = AddressField("annotations-api:topic-detail", {"topic_set_id": "topic.topic_set_id", "number": "topic.number"})
    number = serializers.IntegerField(source="topic.number")
    title = serializers.CharField(source="topic.title", allow_blank=True)
    need = serializers.CharField(source="topic.need", allow_blank=True)
    text = serializers.CharField(source="topic.text", allow_blank=True)
    figure = serializers.IntegerField(source="topic.figure_id", allow_null=True)
    publication = serializers.CharField(source="topic.figure.sheet.publication.reference", allow_null=True)
    image = serializers.SerializerMethodField()

    def get_image(self, shown: ShownTopic) -> str | None:
        return topic_image_address(self.context["request"], shown.topic, may_see=shown.may_see)


class TopicSetAnswerSerializer(serializers.Serializer[Any]):
    """A topic set with its topics. is_locked: something was made of them, so they stay. reserved: held out."""

    id = serializers.IntegerField(source="topic_set.pk")
    url = AddressField("annotations-api:topic-set-detail", {"topic_set_id": "topic_set.pk"})
    name = serializers.CharField(source="topic_set.name")
    note = serializers.CharField(source="topic_set.note", allow_blank=True)
    seed = serializers.IntegerField(source="topic_set.seed", allow_null=True)
    created_by = serializers.CharField(source="topic_set.created_by.username")
    created_at = serializers.DateTimeField(source="topic_set.created_at")
    is_locked = serializers.BooleanField()
    reserved: Any = serializers.StringRelatedField(many=True)
    topics = TopicAnswerSerializer(many=True)


class DrawSerializer(serializers.Serializer[Any]):
    """Random figures as topics; the same seed draws the same."""

    seed = serializers.IntegerField(min_value=0, max_value=LARGEST_SEED)
    topics = serializers.IntegerField(min_value=1, max_value=MOST_TOPICS, default=20)
    reserve = serializers.IntegerField(
        min_value=0, max_value=10**6, default=0, help_text="Publications held out, whose figures alone are drawn."
    )
    one_per_publication = serializers.BooleanField(default=True)
    filters = FiltersSerializer(required=False)


class TopicSetSerializer(serializers.Serializer[Any]):
    """A topic set: empty, or drawn at random."""

    name = serializers.CharField(max_length=LONGEST_NAME)
    note = serializers.CharField(max_length=LONGEST_PROSE, required=False, default="", allow_blank=True)
    draw = DrawSerializer(required=False)

    def draw_wanted(self) -> Draw | None:
        """Return how to draw, None for an empty set; call it on valid data."""
        data = self.validated_data.get("draw")
        if data is None:
            return None
        return Draw(
            seed=data["seed"],
            topic_count=data["topics"],
            reserved_count=data["reserve"],
            one_per_publication=data["one_per_publication"],
            filters=filters_as_written(data.get("filters", {})),
        )


class TopicSetChangeSerializer(serializers.Serializer[Any]):
    """What a topic set is called from now on; what is left out stays."""

    name = serializers.CharField(max_length=LONGEST_NAME, required=False)
    note = serializers.CharField(max_length=LONGEST_PROSE, required=False, allow_blank=True)


class TopicSerializer(serializers.Serializer[Any]):
    """A topic: a figure of the collection, or a drawing that is uploaded. JSON cannot carry the drawing."""

    figure = serializers.CharField(
        required=False, max_length=80, help_text='A figure\'s id, "EP1234567A1/3a" or "EP1234567A1#2".'
    )
    drawing = serializers.FileField(required=False, allow_empty_file=True, help_text="Send it as multipart.")
    title = serializers.CharField(max_length=LONGEST_TITLE, required=False, default="", allow_blank=True)
    need = serializers.CharField(max_length=LONGEST_PROSE, required=False, default="", allow_blank=True)
    text = serializers.CharField(max_length=LONGEST_TEXT, required=False, default="", allow_blank=True)

    def validate_figure(self, reference: str) -> Figure:
        figure = figure_by_reference(reference)
        if figure is None:
            raise serializers.ValidationError("There is no such figure in the collection.")
        return figure

    def validate_drawing(self, upload: UploadedFile[bytes]) -> UploadedFile[bytes]:
        return no_larger(upload, LARGEST_IMAGE_BYTES)

    def topic(self) -> NewTopic:
        """Return the topic for the service; call it on valid data."""
        data = dict(self.validated_data)
        drawing = data.pop("drawing", None)
        image = {} if drawing is None else {"image": drawing.read(), "image_name": drawing.name or ""}
        return NewTopic(**data, **image)


class TopicChangeSerializer(serializers.Serializer[Any]):
    """What is said of a topic from now on; what is left out stays."""

    title = serializers.CharField(max_length=LONGEST_TITLE, required=False, allow_blank=True)
    need = serializers.CharField(max_length=LONGEST_PROSE, required=False, allow_blank=True)


class TopicSetViewSet(AdministratorsViewSet):
    """Topic sets."""

    lookup_url_kwarg, lookup_value_converter = "topic_set_id", "key"
    pagination_class = PageNumberPagination

    @operation("topic_sets", ListedTopicSetSerializer(many=True))
    def list(self, request: Request) -> Response:
        """All topic sets, newest first, a page at a time."""
        paginator = self.pagination_class()
        page: Any = paginator.paginate_queryset(topic_sets_listed(), request, view=self)
        return paginator.get_paginated_response(self.answer(ListedTopicSetSerializer, page).data)

    @operation("topic_set_make", TopicSetAnswerSerializer, status=201, body=TopicSetSerializer)
    def create(self, request: Request) -> Response:
        """Make an empty set, or draw one at random."""
        sent = checked(TopicSetSerializer, request.data)
        named = {name: sent.validated_data[name] for name in ("name", "note")}
        draw = sent.draw_wanted()
        if draw is None:
            made = topic_set_make(made_by=self.user, **named)
        else:
            made = topic_set_draw(made_by=self.user, draw=draw, **named)
        return self._answer(made, 201)

    @operation("topic_set", TopicSetAnswerSerializer)
    def retrieve(self, request: Request, topic_set_id: int) -> Response:
        """A topic set with its topics."""
        return self._answer(topic_set_of(topic_set_id))

    @operation("topic_set_describe", TopicSetAnswerSerializer, body=TopicSetChangeSerializer)
    def partial_update(self, request: Request, topic_set_id: int) -> Response:
        """Change name and note, which may change at any time."""
        topic_set = topic_set_of(topic_set_id)
        data = checked(TopicSetChangeSerializer, request.data).validated_data
        return self._answer(topic_set_describe(topic_set=topic_set, **data))

    @operation("topic_set_delete", None, status=204, also=(400,))
    def destroy(self, request: Request, topic_set_id: int) -> Response:
        """Delete a set with its topics and their uploaded drawings; refused once something was made of them."""
        topic_set_delete(topic_set=topic_set_of(topic_set_id))
        return Response(status=204)

    def _answer(self, topic_set: TopicSet, status: int = 200) -> Response:
        return self.answer(TopicSetAnswerSerializer, topic_set_page(topic_set, self.user), status)


class TopicViewSet(AdministratorsViewSet):
    """The topics of a set, by their numbers."""

    lookup_url_kwarg, lookup_value_converter = "number", "int"
    parser_classes = [StrictJSONParser, MultiPartParser]

    @operation("topic_add", TopicAnswerSerializer, status=201, body=TopicSerializer)
    def create(self, request: Request, topic_set_id: int) -> Response:
        """Add a topic at the end: a figure, or a drawing that is uploaded."""
        topic_set = topic_set_of(topic_set_id)
        sent = checked(TopicSerializer, request.data)
        return self._answer(topic_set, topic_add(topic_set=topic_set, new=sent.topic()), 201)

    @operation("topic", TopicAnswerSerializer)
    def retrieve(self, request: Request, topic_set_id: int, number: int) -> Response:
        """A topic by its number in the set."""
        topic_set = topic_set_of(topic_set_id)
        return self._answer(topic_set, topic_of(topic_set, number))

    @operation("topic_describe", TopicAnswerSerializer, body={"application/json": TopicChangeSerializer})
    def partial_update(self, request: Request, topic_set_id: int, number: int) -> Response:
        """Change title and need; refused once something was made of the topics, for assessors judge by the need."""
        topic_set = topic_set_of(topic_set_id)
        topic = topic_of(topic_set, number)
        data = checked(TopicChangeSerializer, request.data).validated_data
        return self._answer(topic_set, topic_describe(topic=topic, **data))

    @operation("topic_delete", None, status=204, also=(400,))
    def destroy(self, request: Request, topic_set_id: int, number: int) -> Response:
        """Take a topic out, with its uploaded drawing; the others keep their numbers. Refused as a change is."""
        topic_delete(topic=topic_of(topic_set_of(topic_set_id), number))
        return Response(status=204)

    def _answer(self, topic_set: TopicSet, topic: Topic, status: int = 200) -> Response:
        may_see = may_see_drawings(self.user, topic_set)
        return self.answer(TopicAnswerSerializer, ShownTopic(topic, None, may_see), status)


def topic_image_address(request: Request, topic: Topic, *, may_see: bool) -> str | None:
    """Return the address of a topic's drawing; None for a topic of words alone, and if it may not be seen."""
    if topic.figure_id is not None:
        return reverse("search:figure-file", kwargs={"figure_id": topic.figure_id}, request=request)
    kwargs = {"topic_set_id": topic.topic_set_id, "number": topic.number}
    has_one = bool(topic.image) and may_see
    return reverse("annotations:topic-image", kwargs=kwargs, request=request) if has_one else None
