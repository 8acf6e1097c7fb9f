"""What the API takes to make topic sets, runs, pools, sessions and qrels. The rules are the services'."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from rest_framework import serializers

from annotations.api.serializers import LARGEST_KEY, AssessmentSerializer
from annotations.models import Facet, System
from annotations.selectors.draws import LARGEST_SEED, MOST_TOPICS, Draw
from annotations.selectors.exports import FORMATS
from annotations.services.runs import DEEPEST, DEFAULT_DEPTH, PAPER_SYSTEMS, UNWEIGHTED_SYSTEMS, Plan
from annotations.services.sessions import SessionOptions
from annotations.services.topics import LONGEST_NAME, LONGEST_PROSE, LONGEST_TITLE, NewTopic
from annotations.views.evaluation_asked import GREATEST_GRADE
from annotations.views.session_forms import DEEPEST as DEEPEST_POOL
from annotations.views.session_forms import LARGEST_SEED as LARGEST_SESSION_SEED
from annotations.views.session_forms import USUAL_DEPTH
from annotations.views.snapshots import MOST_IMPORT_BYTES
from annotations.views.topic_forms import LARGEST_RUN_FILE_BYTES, MOST_WEIGHTS
from search.api.serializers import FiltersSerializer, filters_as_written
from search.forms import LARGEST_IMAGE_BYTES
from search.models import Figure
from search.question import LONGEST_TEXT
from search.selectors.figures import figure_by_reference

MOST_RUNS = 40
MOST_ASSESSORS = 200
SYSTEMS = [(system.value, system.label) for system in UNWEIGHTED_SYSTEMS]


def _key(**more: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=LARGEST_KEY, **more)


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
        """How to draw, None for an empty set; call it on valid data."""
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
        """In the service's words; call it on valid data."""
        data = self.validated_data
        drawing = data.get("drawing")
        return NewTopic(
            figure=data.get("figure"),
            image=None if drawing is None else drawing.read(),
            image_name="" if drawing is None else drawing.name or "",
            text=data["text"],
            title=data["title"],
            need=data["need"],
        )


class TopicChangeSerializer(serializers.Serializer[Any]):
    """What is said of a topic from now on; what is left out stays."""

    title = serializers.CharField(max_length=LONGEST_TITLE, required=False, allow_blank=True)
    need = serializers.CharField(max_length=LONGEST_PROSE, required=False, allow_blank=True)


class PlanSerializer(serializers.Serializer[Any]):
    """Which runs are made; without anything the four systems of the paper."""

    systems = serializers.ListField(
        child=serializers.ChoiceField(choices=SYSTEMS),
        required=False,
        default=list(PAPER_SYSTEMS),
        max_length=len(SYSTEMS),
    )
    weights = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=99),
        required=False,
        default=list,
        max_length=MOST_WEIGHTS,
        help_text="The drawing's share in percent, of weighted sums.",
    )
    depth = serializers.IntegerField(min_value=1, max_value=DEEPEST, default=DEFAULT_DEPTH)
    filters = FiltersSerializer(required=False)

    def plan(self) -> Plan:
        """In the service's words; call it on valid data."""
        data = self.validated_data
        return Plan(
            systems=tuple(System(name) for name in data["systems"]),
            weights=tuple(data["weights"]),
            depth=data["depth"],
            filters=filters_as_written(data.get("filters", {})),
        )


class RunFileSerializer(serializers.Serializer[Any]):
    """A run of another system."""

    file = serializers.FileField()
    format = serializers.ChoiceField(choices=FORMATS)
    name = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=60, help_text="Empty: the tag in the file."
    )

    def validate_file(self, upload: UploadedFile[bytes]) -> UploadedFile[bytes]:
        return no_larger(upload, LARGEST_RUN_FILE_BYTES)


class QrelsFileSerializer(serializers.Serializer[Any]):
    """Qrels of elsewhere. facet: what they are about; JSON says it itself."""

    file = serializers.FileField()
    format = serializers.ChoiceField(choices=FORMATS)
    name = serializers.CharField(max_length=LONGEST_NAME)
    facet = serializers.ChoiceField(choices=Facet.choices, required=False, default=Facet.OVERALL)

    def validate_file(self, upload: UploadedFile[bytes]) -> UploadedFile[bytes]:
        return no_larger(upload, MOST_IMPORT_BYTES)


class PoolSerializer(serializers.Serializer[Any]):
    """The first figures of runs, united."""

    name = serializers.CharField(max_length=LONGEST_NAME)
    runs = serializers.ListField(child=_key(), min_length=1, max_length=MOST_RUNS)
    depth = serializers.IntegerField(min_value=1, max_value=DEEPEST_POOL, default=USUAL_DEPTH)
    only_unjudged = serializers.BooleanField(default=False, help_text="Without what was judged before.")


class SessionSerializer(serializers.Serializer[Any]):
    """A session over a pool. assessors: their user names."""

    pool = _key()
    name = serializers.CharField(max_length=LONGEST_NAME)
    assessors = serializers.ListField(
        child=serializers.CharField(max_length=150), min_length=1, max_length=MOST_ASSESSORS
    )
    overlap_percent = serializers.IntegerField(min_value=0, max_value=100, default=100)
    repeat_percent = serializers.IntegerField(min_value=0, max_value=50, default=10)
    asks_facets = serializers.BooleanField(default=False)
    instructions = serializers.CharField(max_length=10_000, required=False, default="", allow_blank=True)
    seed = serializers.IntegerField(
        required=False, min_value=0, max_value=LARGEST_SESSION_SEED, help_text="Without one, it is drawn."
    )

    def options(self) -> SessionOptions:
        """In the service's words; call it on valid data."""
        data = self.validated_data
        names = ("overlap_percent", "repeat_percent", "asks_facets", "instructions")
        return SessionOptions(**{name: data[name] for name in names})


class AssessorSerializer(serializers.Serializer[Any]):
    """Who judges in a session. assessor: a user name."""

    assessor = serializers.CharField(max_length=150)


class FreezeSerializer(serializers.Serializer[Any]):
    """Sessions whose judgments are frozen."""

    sessions = serializers.ListField(child=_key(), min_length=1, max_length=MOST_RUNS)
    facet = serializers.ChoiceField(choices=Facet.choices, required=False, default=Facet.OVERALL)
    name = serializers.CharField(max_length=LONGEST_NAME)


class FitRequestSerializer(serializers.Serializer[Any]):
    """Qrels to learn from, and the run to be better than."""

    snapshot = _key()
    baseline = _key()
    relevant_from = serializers.IntegerField(min_value=1, max_value=GREATEST_GRADE, default=1)


class RulingSerializer(AssessmentSerializer):
    """What a candidate is settled to."""

    base = serializers.UUIDField(
        required=False, default=None, allow_null=True, help_text="client_id of the ruling that is replaced."
    )


class FileQuerySerializer(serializers.Serializer[Any]):
    format = serializers.ChoiceField(choices=FORMATS, required=False, default=FORMATS[0])


class TableQuerySerializer(serializers.Serializer[Any]):
    """What a table of runs is made of; by default the newest qrels, every finished run, as the paper measures."""

    snapshot = _key(required=False)
    run = serializers.ListField(child=_key(), required=False, max_length=MOST_RUNS)
    unit = serializers.ChoiceField(choices=("figure", "publication"), required=False)
    k = serializers.IntegerField(min_value=1, max_value=1000, required=False)
    measure = serializers.CharField(max_length=40, required=False)


class PairQuerySerializer(TableQuerySerializer):
    """Two runs of a table."""

    one = _key()
    other = _key()


def no_larger(upload: UploadedFile[bytes], most_bytes: int) -> UploadedFile[bytes]:
    if (upload.size or 0) > most_bytes:
        raise serializers.ValidationError(f"The file has {upload.size:,} bytes; at most {most_bytes:,} are taken.")
    return upload
