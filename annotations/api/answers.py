"""What the API gives of topic sets, topics and runs."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.reverse import reverse

from annotations.models import Run, Topic, TopicSet
from annotations.selectors.runs import RunRow


class ListedTopicSetSerializer(serializers.ModelSerializer[TopicSet]):
    """A topic set in a list."""

    url = serializers.HyperlinkedIdentityField("annotations-api:topic-set", lookup_url_kwarg="topic_set_id")
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


class TopicAnswerSerializer(serializers.ModelSerializer[Topic]):
    """A topic. figure: null for an uploaded drawing; image: null for a drawing that is not yours to see."""

    url = serializers.SerializerMethodField()
    figure = serializers.IntegerField(source="figure_id", allow_null=True)
    publication = serializers.CharField(source="figure.sheet.publication.reference", allow_null=True, default=None)
    image = serializers.SerializerMethodField()

    class Meta:
        model = Topic
        fields = ("url", "number", "title", "need", "text", "figure", "publication", "image")

    def get_url(self, topic: Topic) -> str:
        kwargs = {"topic_set_id": topic.topic_set_id, "number": topic.number}
        return reverse("annotations-api:topic", kwargs=kwargs, request=self.context["request"])

    def get_image(self, topic: Topic) -> str | None:
        return topic_image_address(self.context["request"], topic, may_see=self.context["may_see_drawings"])


class TopicSetAnswerSerializer(serializers.ModelSerializer[TopicSet]):
    """A topic set with its topics. is_locked: something was made of them, so they stay. reserved: held out."""

    url = serializers.HyperlinkedIdentityField("annotations-api:topic-set", lookup_url_kwarg="topic_set_id")
    created_by = serializers.CharField(source="created_by.username")
    is_locked = serializers.SerializerMethodField()
    reserved = serializers.SerializerMethodField()
    topics = serializers.SerializerMethodField()

    class Meta:
        model = TopicSet
        fields = ("id", "url", "name", "note", "seed", "created_by", "created_at", "is_locked", "reserved", "topics")

    def get_is_locked(self, topic_set: TopicSet) -> bool:
        return bool(self.context["page"].is_locked)

    def get_reserved(self, topic_set: TopicSet) -> list[str]:
        return [publication.reference for publication in self.context["page"].reserved]

    def get_topics(self, topic_set: TopicSet) -> list[dict[str, Any]]:
        shown = self.context["page"].topics
        return [
            dict(TopicAnswerSerializer(one.topic, context={**self.context, "may_see_drawings": one.may_see}).data)
            for one in shown
        ]


class RunSerializer(serializers.ModelSerializer[Run]):
    """A run with all that decided it. done: topics that have their list, of count. weight: the drawing's, 0 to 1."""

    url = serializers.HyperlinkedIdentityField("annotations-api:run", lookup_url_kwarg="run_id")
    topic_set = serializers.IntegerField(source="topic_set_id")
    created_by = serializers.CharField(source="created_by.username")
    done = serializers.SerializerMethodField()
    count = serializers.SerializerMethodField()
    is_used = serializers.SerializerMethodField()

    class Meta:
        model = Run
        fields = (
            "id", "url", "topic_set", "name", "system", "weight", "filters", "depth", "encoder_keys", "index_versions",
            "last_embedding_ids", "note", "sha256", "state", "error_code", "error_detail", "done", "count", "is_used",
            "created_by", "created_at", "finished_at",
        )  # fmt: skip

    @property
    def _row(self) -> dict[int, RunRow]:
        rows: dict[int, RunRow] = self.context["rows"]
        return rows

    def get_done(self, run: Run) -> int:
        return self._row[run.pk].done

    def get_count(self, run: Run) -> int:
        return self._row[run.pk].count

    def get_is_used(self, run: Run) -> bool:
        return self._row[run.pk].is_used


class RankedFigureSerializer(serializers.Serializer[Any]):
    """A figure that a run found. document: its number in TREC files. score: higher is better."""

    rank = serializers.IntegerField(min_value=1)
    figure = serializers.IntegerField()
    document = serializers.CharField()
    score = serializers.FloatField()


class RankedListSerializer(serializers.Serializer[Any]):
    """What a run found for one topic, best first; empty while the run is open."""

    run = serializers.IntegerField()
    topic = serializers.IntegerField()
    figures = RankedFigureSerializer(many=True)


def run_data(request: Request, rows: list[RunRow]) -> list[dict[str, Any]]:
    """Runs as RunSerializer gives them."""
    context = {"request": request, "rows": {row.run.pk: row for row in rows}}
    return [dict(RunSerializer(row.run, context=context).data) for row in rows]


def topic_image_address(request: Request, topic: Topic, *, may_see: bool) -> str | None:
    """Where the drawing of a topic is; None for a topic of words alone, and for a drawing that is not to be seen."""
    if topic.figure_id is not None:
        return reverse("search:figure-file", kwargs={"figure_id": topic.figure_id}, request=request)
    kwargs = {"topic_set_id": topic.topic_set_id, "number": topic.number}
    has_one = bool(topic.image) and may_see
    return reverse("annotations:topic-image", kwargs=kwargs, request=request) if has_one else None
