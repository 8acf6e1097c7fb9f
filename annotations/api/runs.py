"""Runs of a topic set: made, imported, followed, tried again and taken away as files."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.base import (
    FILE_ANSWERS,
    AddressField,
    AdministratorsViewSet,
    checked,
    no_larger,
    operation,
    row_of,
    topic_of,
    topic_set_of,
)
from annotations.http import file_to_take_away
from annotations.models import Run, System
from annotations.queue import enqueue_unless_finished
from annotations.selectors.exports import FORMATS, run_file
from annotations.selectors.ranked import RankedFigure, ranked_figures
from annotations.selectors.runs import RunRow, run_row, runs_listed
from annotations.services.imports import LARGEST_RUN_BYTES, run_import
from annotations.services.runs import (
    DEEPEST,
    DEFAULT_DEPTH,
    MOST_WEIGHTS,
    PAPER_SYSTEMS,
    UNWEIGHTED_SYSTEMS,
    Plan,
    run_again,
    run_delete,
    run_retry,
    runs_make,
)
from search.api.serializers import FiltersSerializer, filters_as_written
from search.models import WorkState

SYSTEMS = [(system.value, system.label) for system in UNWEIGHTED_SYSTEMS]


class RunSerializer(serializers.Serializer[RunRow]):
    """A run with all that decided it. done: topics that have their list, of count. weight: the drawing's, 0 to 1."""

    id = serializers.IntegerField(source="run.pk")
    url = AddressField("annotations-api:run-detail", {"run_id": "run.pk"})
    topic_set = serializers.IntegerField(source="run.topic_set_id")
    name = serializers.CharField(source="run.name")
    system = serializers.ChoiceField(source="run.system", choices=System.choices)
    weight = serializers.FloatField(source="run.weight", allow_null=True)
    filters = serializers.JSONField(source="run.filters")
    depth = serializers.IntegerField(source="run.depth")
    encoder_keys = serializers.JSONField(source="run.encoder_keys")
    index_versions = serializers.JSONField(source="run.index_versions")
    last_embedding_ids = serializers.JSONField(source="run.last_embedding_ids")
    note = serializers.CharField(source="run.note", allow_blank=True)
    sha256 = serializers.CharField(source="run.sha256", allow_blank=True)
    state = serializers.ChoiceField(source="run.state", choices=WorkState.choices)
    error_code = serializers.CharField(source="run.error_code", allow_blank=True)
    error_detail = serializers.CharField(source="run.error_detail", allow_blank=True)
    done = serializers.IntegerField()
    count = serializers.IntegerField()
    is_used = serializers.BooleanField()
    created_by = serializers.CharField(source="run.created_by.username")
    created_at = serializers.DateTimeField(source="run.created_at")
    finished_at = serializers.DateTimeField(source="run.finished_at", allow_null=True)


class RankedFigureSerializer(serializers.Serializer[RankedFigure]):
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
        """Return the plan for the service; call it on valid data."""
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
        return no_larger(upload, LARGEST_RUN_BYTES)


class FileQuerySerializer(serializers.Serializer[Any]):
    format = serializers.ChoiceField(choices=FORMATS, required=False, default=FORMATS[0])


class RunsViewSet(AdministratorsViewSet):
    """The runs of a topic set."""

    @operation("runs", RunSerializer(many=True))
    def list(self, request: Request, topic_set_id: int) -> Response:
        """All runs of a set, oldest first."""
        return self.answer(RunSerializer, runs_listed(topic_set_of(topic_set_id)))

    @operation("runs_make", RunSerializer(many=True), status=202, body=PlanSerializer)
    def create(self, request: Request, topic_set_id: int) -> Response:
        """Make one run for each system and weight. A run that would find the same as an earlier one is that one."""
        topic_set = topic_set_of(topic_set_id)
        plan = checked(PlanSerializer, request.data).plan()
        runs = runs_make(topic_set=topic_set, plan=plan, made_by=self.user)
        for run in runs:
            enqueue_unless_finished(run)
        made = {run.pk for run in runs}
        return self.answer(RunSerializer, [row for row in runs_listed(topic_set) if row.run.pk in made], 202)

    @operation("run_import", RunSerializer, status=201, body={"multipart/form-data": RunFileSerializer})
    @action(methods=["post"], detail=False, url_path="import", url_name="import", parser_classes=[MultiPartParser])
    def import_file(self, request: Request, topic_set_id: int) -> Response:
        """Import a run from a TREC, CSV or JSON file; the same file under the same name again is the same run."""
        topic_set = topic_set_of(topic_set_id)
        data = checked(RunFileSerializer, request.data).validated_data
        run = run_import(
            topic_set=topic_set,
            name=data["name"],
            data=data["file"].read(),
            file_format=data["format"],
            imported_by=self.user,
        )
        return self.answer(RunSerializer, run_row(run), 201)


class RunViewSet(AdministratorsViewSet):
    """One run."""

    lookup_url_kwarg, lookup_value_converter = "run_id", "key"

    @operation("run", RunSerializer)
    def retrieve(self, request: Request, run_id: int) -> Response:
        """A run with all that decided it, and how far it is."""
        return self.answer(RunSerializer, run_row(_run(run_id)))

    @operation("run_delete", None, status=204, also=(400,))
    def destroy(self, request: Request, run_id: int) -> Response:
        """Delete a run with what it found; refused where a pool or a fit was made of it."""
        run_delete(run=_run(run_id))
        return Response(status=204)

    @operation("run_retry", RunSerializer, status=202)
    @action(methods=["post"], detail=True)
    def retry(self, request: Request, run_id: int) -> Response:
        """Try a failed run again; any other stays as it is."""
        return self._started(run_retry(run=_run(run_id)))

    @operation("run_again", RunSerializer, status=202, also=(400,))
    @action(methods=["post"], detail=True)
    def again(self, request: Request, run_id: int) -> Response:
        """Make a run again over the collection of today. Where it would find the same, it is the run that there is.

        Refused for an imported run, which is made elsewhere.
        """
        return self._started(run_again(run=_run(run_id), made_by=self.user))

    @operation("ranked_list", RankedListSerializer)
    @action(detail=True, url_path="topics/<int:number>", url_name="topic")
    def ranked_list(self, request: Request, run_id: int, number: int) -> Response:
        """The figures that a run found for a topic, best first."""
        run = _run(run_id)
        topic = topic_of(run.topic_set, number)
        found = {"run": run.pk, "topic": topic.number, "figures": ranked_figures(run, topic)}
        return self.answer(RankedListSerializer, found)

    @operation("run_file", FILE_ANSWERS, query=FileQuerySerializer, also=(400,))
    @action(detail=True)
    def file(self, request: Request, run_id: int) -> HttpResponse:
        """A finished run as TREC, CSV or JSON; the same bytes each time."""
        run = _run(run_id)
        return file_to_take_away(run_file(run, checked(FileQuerySerializer, request.query_params).data["format"]))

    def _started(self, run: Run) -> Response:
        """202 with a run that waits, or is done already."""
        enqueue_unless_finished(run)
        return self.answer(RunSerializer, run_row(run), 202)


def _run(run_id: int) -> Run:
    return row_of(Run.objects.select_related("topic_set__created_by", "created_by"), run_id)
