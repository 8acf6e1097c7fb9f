"""Fits of the fusion to qrels."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.base import (
    AddressField,
    AdministratorsViewSet,
    checked,
    key_field,
    operation,
    row_of,
    topic_set_of,
)
from annotations.models import FusionFit
from annotations.options import GREATEST_GRADE
from annotations.queue import enqueue_unless_finished
from annotations.selectors.fits import FitRow, fit_for_page, fits_listed
from annotations.services.fits import fit_delete, fit_promote, fit_request, fit_retry, fit_withdraw
from engine.errors import NotFound


class FitSerializer(serializers.ModelSerializer[FusionFit]):
    """A fit. gain: in held-out AP@50 over the baseline, with its interval. weight: null until it is done."""

    url = AddressField("annotations-api:fit-detail", {"fit_id": "pk"})
    snapshot = serializers.IntegerField(source="snapshot_id")
    baseline = serializers.IntegerField(source="baseline_id")
    run = serializers.IntegerField(source="run_id", allow_null=True)
    weight = serializers.FloatField(source="fitted.weight", allow_null=True)
    done = serializers.SerializerMethodField()
    count = serializers.IntegerField(source="fitted.topic_count")
    is_promoted = serializers.SerializerMethodField()
    created_by = serializers.CharField(source="created_by.username")

    class Meta:
        model = FusionFit
        fields = (
            "id", "url", "snapshot", "baseline", "relevant_from", "state", "error_code", "error_detail", "done",
            "count", "run", "weight", "gain", "low", "high", "folds", "is_promoted", "created_by", "created_at",
        )  # fmt: skip

    def get_done(self, fit: FusionFit) -> int:
        return FitRow(fit).done

    def get_is_promoted(self, fit: FusionFit) -> bool:
        return fit.suggestion_id is not None


class FitRequestSerializer(serializers.Serializer[Any]):
    """Qrels to learn from, and the run to be better than."""

    snapshot = key_field()
    baseline = key_field()
    relevant_from = serializers.IntegerField(min_value=1, max_value=GREATEST_GRADE, default=1)


class FitsViewSet(AdministratorsViewSet):
    """Fits of a topic set."""

    @operation("fits", FitSerializer(many=True))
    def list(self, request: Request, topic_set_id: int) -> Response:
        """All fits of a topic set, newest first."""
        return self.answer(FitSerializer, [row.fit for row in fits_listed(topic_set_of(topic_set_id))])

    @operation("fit_ask", FitSerializer, status=202, body=FitRequestSerializer, also=(409,))
    def create(self, request: Request, topic_set_id: int) -> Response:
        """Fit the weight of the fusion to qrels, cross-validated by topic; the same again is the same fit."""
        topic_set = topic_set_of(topic_set_id)
        data = checked(FitRequestSerializer, request.data).validated_data
        fit = fit_request(
            snapshot=row_of(topic_set.snapshots.all(), data["snapshot"]),
            baseline=row_of(topic_set.runs.all(), data["baseline"]),
            relevant_from=data["relevant_from"],
            requested_by=self.user,
        )
        enqueue_unless_finished(fit)
        return self.answer(FitSerializer, fit, 202)


class FitViewSet(AdministratorsViewSet):
    """One fit."""

    lookup_url_kwarg, lookup_value_converter = "fit_id", "key"

    @operation("fit", FitSerializer)
    def retrieve(self, request: Request, fit_id: int) -> Response:
        """A fit with its gain on held-out topics."""
        return self.answer(FitSerializer, _fit(fit_id))

    @operation("fit_delete", None, status=204, also=(400,))
    def destroy(self, request: Request, fit_id: int) -> Response:
        """Delete a fit; the run that ranks by it stays. Refused while its weight is offered."""
        fit_delete(fit=_fit(fit_id))
        return Response(status=204)

    @operation("fit_retry", FitSerializer, status=202)
    @action(methods=["post"], detail=True)
    def retry(self, request: Request, fit_id: int) -> Response:
        """Try a failed fit again; any other stays as it is."""
        fit = fit_retry(fit=_fit(fit_id))
        enqueue_unless_finished(fit)
        return self.answer(FitSerializer, fit, 202)

    @operation("fit_promote", FitSerializer, also=(400,))
    @action(methods=["post"], detail=True)
    def promote(self, request: Request, fit_id: int) -> Response:
        """Offer the weight beside the slider of the search; refused unless the gain holds on held-out topics."""
        return self.answer(FitSerializer, fit_promote(fit=_fit(fit_id), promoted_by=self.user))

    @operation("fit_withdraw", FitSerializer)
    @action(methods=["post"], detail=True)
    def withdraw(self, request: Request, fit_id: int) -> Response:
        """Offer the weight no more."""
        return self.answer(FitSerializer, fit_withdraw(fit=_fit(fit_id)))


def _fit(fit_id: int) -> FusionFit:
    found = fit_for_page(fit_id)
    if found is None:
        raise NotFound(f"Fit {fit_id} was not found.")
    return found
