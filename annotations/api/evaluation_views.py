"""Qrels, the table of runs, comparisons and fits; for administrators."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api import evaluation_answers, requests
from annotations.api.asking import (
    FILE_ANSWERS,
    AdministratorsView,
    FileView,
    checked,
    created,
    current_user,
    deleted,
    finished_runs_or_404,
    one_or_404,
    rows_or_404,
    topic_set_or_404,
)
from annotations.api.serializers import LARGEST_KEY
from annotations.models import FusionFit, Session
from annotations.queue import enqueue_unless_finished
from annotations.selectors.exports import qrels_file
from annotations.selectors.fits import fit_for_page, fits_listed
from annotations.selectors.score_files import score_table_as_json
from annotations.selectors.scores import ScoreTable
from annotations.selectors.snapshots import SnapshotRow, snapshot_row_by_id, snapshots_listed
from annotations.selectors.topic_lists import topic_differences
from annotations.services.fits import fit_delete, fit_promote, fit_request, fit_retry, fit_withdraw
from annotations.services.imports import qrels_import
from annotations.services.snapshots import snapshot_freeze
from annotations.views.evaluation_asked import Asked, AskedWrongly, asked_from_query, table_or_done
from annotations.views.exported import file_to_take_away
from engine.errors import Problem
from search.api.errors import errors
from search.api.parsers import StrictJSONParser


class SnapshotListView(AdministratorsView):
    """The qrels of a topic set."""

    parser_classes = [StrictJSONParser]

    @extend_schema(
        operation_id="snapshots", responses={200: evaluation_answers.SnapshotSerializer(many=True), **errors()}
    )
    def get(self, request: Request, topic_set_id: int) -> Response:
        """All frozen qrels of a set, newest first."""
        listed = snapshots_listed(topic_set_or_404(topic_set_id))
        return Response([evaluation_answers.snapshot_data(request, seen) for seen in listed])

    @extend_schema(
        operation_id="snapshot_freeze",
        request=requests.FreezeSerializer,
        responses={201: evaluation_answers.SnapshotSerializer, **errors(400, 413, 415)},
    )
    def post(self, request: Request, topic_set_id: int) -> Response:
        """Freeze what sessions' judgments come to now; the same state under the same name is the same row."""
        topic_set = topic_set_or_404(topic_set_id)
        data = checked(requests.FreezeSerializer, request.data).validated_data
        frozen = snapshot_freeze(
            topic_set=topic_set,
            sessions=rows_or_404(Session.objects.filter(pool__topic_set=topic_set), data["sessions"]),
            name=data["name"],
            facet=data["facet"],
            frozen_by=current_user(request),
        )
        return created(_snapshot_data(request, frozen.pk))


class SnapshotImportView(AdministratorsView):
    """Qrels of elsewhere."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="snapshot_import",
        request={"multipart/form-data": requests.QrelsFileSerializer},
        responses={201: evaluation_answers.SnapshotSerializer, **errors(400, 413, 415)},
    )
    def post(self, request: Request, topic_set_id: int) -> Response:
        """Import qrels from a TREC, CSV or JSON file; the same ones under the same name again are the same row."""
        topic_set = topic_set_or_404(topic_set_id)
        data = checked(requests.QrelsFileSerializer, request.data).validated_data
        imported = qrels_import(
            topic_set=topic_set,
            name=data["name"],
            data=data["file"].read(),
            file_format=data["format"],
            imported_by=current_user(request),
            facet=data["facet"],
        )
        return created(_snapshot_data(request, imported.pk))


class SnapshotView(AdministratorsView):
    """Frozen qrels."""

    @extend_schema(operation_id="snapshot", responses={200: evaluation_answers.SnapshotSerializer, **errors()})
    def get(self, request: Request, snapshot_id: int) -> Response:
        """Qrels with their hash and what they hold."""
        return Response(_snapshot_data(request, snapshot_id))


class SnapshotFileView(FileView):
    """Frozen qrels as a file."""

    @extend_schema(
        operation_id="snapshot_file",
        parameters=[requests.FileQuerySerializer],
        responses={**FILE_ANSWERS, **errors(400, 409)},
    )
    def get(self, request: Request, snapshot_id: int) -> HttpResponse:
        """Qrels as TREC, CSV or JSON; the same bytes each time."""
        seen = _snapshot_or_404(snapshot_id)
        wanted = checked(requests.FileQuerySerializer, request.query_params).validated_data
        return file_to_take_away(qrels_file(seen.snapshot, wanted["format"]))


class TableView(AdministratorsView):
    """The table of runs."""

    @extend_schema(
        operation_id="table",
        parameters=[requests.TableQuerySerializer],
        responses={200: dict[str, Any], 202: evaluation_answers.ScoringSerializer, **errors(400, 409)},
    )
    def get(self, request: Request, topic_set_id: int) -> Response:
        """What runs score by frozen qrels, with intervals, bounds and comparisons, and all that it came from.

        `from` is the least grade that is relevant. 202 while runs are still scored: ask again.
        """
        asked = _asked(request, topic_set_id)
        found = _table(asked)
        return found if isinstance(found, Response) else Response(_table_data(asked, found))


class ComparisonView(AdministratorsView):
    """Two runs topic by topic."""

    @extend_schema(
        operation_id="comparison",
        parameters=[requests.PairQuerySerializer],
        responses={
            200: evaluation_answers.ComparisonSerializer,
            202: evaluation_answers.ScoringSerializer,
            **errors(400, 409),
        },
    )
    def get(self, request: Request, topic_set_id: int) -> Response:
        """Where one run wins over the other, with the significance of the difference. 202 as for `table`."""
        topic_set = topic_set_or_404(topic_set_id)
        data = checked(requests.PairQuerySerializer, request.query_params).validated_data
        if data["one"] == data["other"]:
            raise Problem("same-run", "A run compared with itself differs nowhere; choose another one beside it.")
        runs = finished_runs_or_404(topic_set, [data["one"], data["other"]])
        asked = _asked(request, topic_set_id).with_runs(tuple(runs))
        found = _table(asked)
        if isinstance(found, Response):
            return found
        titles = {str(number): title for number, title in topic_set.topics.values_list("number", "title")}
        differences = topic_differences(found.scored[0], found.scored[1], found.measure, titles)
        names = ("topic", "title", "one", "other", "difference", "outcome")
        told = {
            "measure": found.measure,
            "topics": [{name: getattr(one, name) for name in names} for one in differences],
            "table": _table_data(asked, found),
        }
        return Response(told)


class FitListView(AdministratorsView):
    """Fits of the fusion."""

    parser_classes = [StrictJSONParser]

    @extend_schema(operation_id="fits", responses={200: evaluation_answers.FitSerializer(many=True), **errors()})
    def get(self, request: Request, topic_set_id: int) -> Response:
        """All fits of a topic set, newest first."""
        rows = fits_listed(topic_set_or_404(topic_set_id))
        return Response([_fit_data(request, row.fit) for row in rows])

    @extend_schema(
        operation_id="fit_ask",
        request=requests.FitRequestSerializer,
        responses={202: evaluation_answers.FitSerializer, **errors(400, 409, 413, 415)},
    )
    def post(self, request: Request, topic_set_id: int) -> Response:
        """Fit the weight of the fusion to qrels, cross-validated by topic; the same again is the same fit."""
        topic_set = topic_set_or_404(topic_set_id)
        data = checked(requests.FitRequestSerializer, request.data).validated_data
        fit = fit_request(
            snapshot=one_or_404(topic_set.snapshots.all(), data["snapshot"]),
            baseline=one_or_404(topic_set.runs.all(), data["baseline"]),
            relevant_from=data["relevant_from"],
            requested_by=current_user(request),
        )
        enqueue_unless_finished(fit)
        return Response(_fit_data(request, fit), status=202)


class FitView(AdministratorsView):
    """One fit."""

    @extend_schema(operation_id="fit", responses={200: evaluation_answers.FitSerializer, **errors()})
    def get(self, request: Request, fit_id: int) -> Response:
        """A fit with its gain on held-out topics."""
        return Response(_fit_data(request, _fit_or_404(fit_id)))

    @extend_schema(operation_id="fit_delete", responses={204: None, **errors(400)})
    def delete(self, request: Request, fit_id: int) -> Response:
        """Delete a fit; the run that ranks by it stays. Refused while its weight is offered."""
        fit_delete(fit=_fit_or_404(fit_id))
        return deleted()


class FitRetryView(AdministratorsView):
    """A failed fit."""

    @extend_schema(
        operation_id="fit_retry", request=None, responses={202: evaluation_answers.FitSerializer, **errors()}
    )
    def post(self, request: Request, fit_id: int) -> Response:
        """Try a failed fit again; any other stays as it is."""
        fit = fit_retry(fit=_fit_or_404(fit_id))
        enqueue_unless_finished(fit)
        return Response(_fit_data(request, fit), status=202)


class FitPromoteView(AdministratorsView):
    """A fit that is offered in search."""

    @extend_schema(
        operation_id="fit_promote", request=None, responses={200: evaluation_answers.FitSerializer, **errors(400)}
    )
    def post(self, request: Request, fit_id: int) -> Response:
        """Offer the weight beside the slider of the search; refused unless the gain holds on held-out topics."""
        fit = fit_promote(fit=_fit_or_404(fit_id), promoted_by=current_user(request))
        return Response(_fit_data(request, fit))


class FitWithdrawView(AdministratorsView):
    """A fit that is offered no more."""

    @extend_schema(
        operation_id="fit_withdraw", request=None, responses={200: evaluation_answers.FitSerializer, **errors()}
    )
    def post(self, request: Request, fit_id: int) -> Response:
        """Offer the weight no more."""
        return Response(_fit_data(request, fit_withdraw(fit=_fit_or_404(fit_id))))


def _asked(request: Request, topic_set_id: int) -> Asked:
    """What a table is to be made of. Raises: Problem, also where nothing is there yet; Http404."""
    checked(requests.TableQuerySerializer, request.query_params)
    try:
        asked = asked_from_query(topic_set_or_404(topic_set_id), request.query_params)
    except AskedWrongly as wrong:
        raise Problem("asked-wrongly", wrong.detail) from wrong
    if asked.snapshot is None or not asked.runs:
        raise Problem("nothing-to-measure", "There is no table yet: it takes a finished run and frozen qrels.")
    return asked


def _table(asked: Asked) -> ScoreTable | Response:
    """The table, or how far it is. Raises: SnapshotDamaged, RunNotFound."""
    found = table_or_done(asked)
    return Response({"done": found, "count": len(asked.runs)}, status=202) if isinstance(found, int) else found


def _table_data(asked: Asked, table: ScoreTable) -> dict[str, Any]:
    assert asked.snapshot is not None
    told: dict[str, Any] = json.loads(score_table_as_json(table, _snapshot_or_404(asked.snapshot.pk)))
    return told


def _snapshot_or_404(snapshot_id: int) -> SnapshotRow:
    seen = snapshot_row_by_id(min(snapshot_id, LARGEST_KEY))
    if seen is None:
        raise Http404("There are no such qrels.")
    return seen


def _snapshot_data(request: Request, snapshot_id: int) -> dict[str, Any]:
    return evaluation_answers.snapshot_data(request, _snapshot_or_404(snapshot_id))


def _fit_or_404(fit_id: int) -> FusionFit:
    found = fit_for_page(min(fit_id, LARGEST_KEY))
    if found is None:
        raise Http404("There is no such fit.")
    return found


def _fit_data(request: Request, fit: FusionFit) -> dict[str, Any]:
    return dict(evaluation_answers.FitSerializer(fit, context={"request": request}).data)
