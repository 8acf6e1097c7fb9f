"""Frozen qrels: made from sessions or imported, shown with what they hold, and taken away as files."""

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
    key_field,
    no_larger,
    operation,
    rows_of,
    topic_set_of,
)
from annotations.api.runs import FileQuerySerializer
from annotations.http import file_to_take_away
from annotations.models import Facet, Session
from annotations.options import MOST_RUNS
from annotations.selectors.exports import FORMATS, qrels_file
from annotations.selectors.snapshots import Counts, SnapshotRow, snapshot_row_by_id, snapshots_listed
from annotations.services.imports import LARGEST_QRELS_BYTES, qrels_import
from annotations.services.snapshots import snapshot_freeze
from annotations.services.topics import LONGEST_NAME
from engine.errors import NotFound


class CountsSerializer(serializers.Serializer[Counts]):
    """by_grade: grade → figures."""

    pooled = serializers.IntegerField()
    by_grade = serializers.SerializerMethodField()
    unjudged = serializers.IntegerField()
    cannot_judge = serializers.IntegerField()
    overlap = serializers.IntegerField()
    adjudicated = serializers.IntegerField()

    def get_by_grade(self, counts: Counts) -> dict[str, int]:
        return {str(grade): count for grade, count in counts.by_grade}


class SnapshotSerializer(serializers.Serializer[SnapshotRow]):
    """Frozen qrels. counts: null for damaged ones, whose `fault` says what is wrong."""

    id = serializers.IntegerField(source="snapshot.pk")
    url = AddressField("annotations-api:snapshot-detail", {"snapshot_id": "snapshot.pk"})
    topic_set = serializers.IntegerField(source="snapshot.topic_set_id")
    name = serializers.CharField(source="snapshot.name")
    facet = serializers.CharField(source="snapshot.facet")
    sha256 = serializers.CharField(source="snapshot.sha256")
    last_judgment = serializers.IntegerField(source="snapshot.last_judgment")
    last_ruling = serializers.IntegerField(source="snapshot.last_ruling")
    created_by = serializers.CharField(source="snapshot.created_by.username")
    created_at = serializers.DateTimeField(source="snapshot.created_at")
    rule = serializers.CharField(source="summary.rule", read_only=True, default="", allow_blank=True)
    assessors = serializers.ListField(
        source="summary.assessors", child=serializers.CharField(), read_only=True, default=list
    )
    pool_depths = serializers.ListField(source="depths", child=serializers.IntegerField())
    counts = CountsSerializer(source="summary.counts", allow_null=True)
    fault = serializers.CharField(allow_blank=True)


class FreezeSerializer(serializers.Serializer[Any]):
    """Sessions whose judgments are frozen."""

    sessions = serializers.ListField(child=key_field(), min_length=1, max_length=MOST_RUNS)
    facet = serializers.ChoiceField(choices=Facet.choices, required=False, default=Facet.OVERALL)
    name = serializers.CharField(max_length=LONGEST_NAME)


class QrelsFileSerializer(serializers.Serializer[Any]):
    """Qrels of elsewhere. facet: what they are about; JSON says it itself."""

    file = serializers.FileField()
    format = serializers.ChoiceField(choices=FORMATS)
    name = serializers.CharField(max_length=LONGEST_NAME)
    facet = serializers.ChoiceField(choices=Facet.choices, required=False, default=Facet.OVERALL)

    def validate_file(self, upload: UploadedFile[bytes]) -> UploadedFile[bytes]:
        return no_larger(upload, LARGEST_QRELS_BYTES)


class SnapshotsViewSet(AdministratorsViewSet):
    """The qrels of a topic set."""

    @operation("snapshots", SnapshotSerializer(many=True))
    def list(self, request: Request, topic_set_id: int) -> Response:
        """All frozen qrels of a set, newest first."""
        return self.answer(SnapshotSerializer, snapshots_listed(topic_set_of(topic_set_id)))

    @operation("snapshot_freeze", SnapshotSerializer, status=201, body=FreezeSerializer)
    def create(self, request: Request, topic_set_id: int) -> Response:
        """Freeze what sessions' judgments come to now; the same state under the same name is the same row."""
        topic_set = topic_set_of(topic_set_id)
        data = checked(FreezeSerializer, request.data).validated_data
        sessions = rows_of(Session.objects.filter(pool__topic_set=topic_set), data.pop("sessions"))
        frozen = snapshot_freeze(topic_set=topic_set, sessions=sessions, frozen_by=self.user, **data)
        return self.answer(SnapshotSerializer, snapshot_of(frozen.pk), 201)

    @operation("snapshot_import", SnapshotSerializer, status=201, body={"multipart/form-data": QrelsFileSerializer})
    @action(methods=["post"], detail=False, url_path="import", url_name="import", parser_classes=[MultiPartParser])
    def import_file(self, request: Request, topic_set_id: int) -> Response:
        """Import qrels from a TREC, CSV or JSON file; the same ones under the same name again are the same row."""
        topic_set = topic_set_of(topic_set_id)
        data = checked(QrelsFileSerializer, request.data).validated_data
        imported = qrels_import(
            topic_set=topic_set,
            name=data["name"],
            data=data["file"].read(),
            file_format=data["format"],
            imported_by=self.user,
            facet=data["facet"],
        )
        return self.answer(SnapshotSerializer, snapshot_of(imported.pk), 201)


class SnapshotViewSet(AdministratorsViewSet):
    """Frozen qrels."""

    lookup_url_kwarg, lookup_value_converter = "snapshot_id", "key"

    @operation("snapshot", SnapshotSerializer)
    def retrieve(self, request: Request, snapshot_id: int) -> Response:
        """Qrels with their hash and what they hold."""
        return self.answer(SnapshotSerializer, snapshot_of(snapshot_id))

    @operation("snapshot_file", FILE_ANSWERS, query=FileQuerySerializer, also=(400, 409))
    @action(detail=True)
    def file(self, request: Request, snapshot_id: int) -> HttpResponse:
        """Qrels as TREC, CSV or JSON; the same bytes each time."""
        seen = snapshot_of(snapshot_id)
        wanted = checked(FileQuerySerializer, request.query_params).validated_data["format"]
        return file_to_take_away(qrels_file(seen.snapshot, wanted))


def snapshot_of(snapshot_id: int) -> SnapshotRow:
    """Return qrels with what they hold. Raises: NotFound."""
    seen = snapshot_row_by_id(snapshot_id)
    if seen is None:
        raise NotFound(f"Qrels {snapshot_id} were not found.")
    return seen
