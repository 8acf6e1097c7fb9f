"""What the API gives of agreement, rulings, qrels, scores and fits."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.reverse import reverse

from annotations.api.session_answers import ValuesSerializer, figure_image_address
from annotations.models import FusionFit
from annotations.selectors.agreement import FacetAgreement, SessionAgreement
from annotations.selectors.disagreements import Difference
from annotations.selectors.fits import FitRow
from annotations.selectors.snapshots import Counts, SnapshotRow
from annotations.services.rulings import Ruled
from annotations.views.judgments import values_as_json
from engine.evaluation.agreement import Agreement, SelfAgreement


class StatisticSerializer(serializers.Serializer[Any]):
    """A value with its 95 % interval; null with the reason where it cannot be told."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class AgreementPairSerializer(serializers.Serializer[Any]):
    """Two assessors. matrix: counts, rows by the first one's grade."""

    first = serializers.CharField()
    second = serializers.CharField()
    candidates = serializers.IntegerField()
    percent = StatisticSerializer()
    kappa = StatisticSerializer()
    weighted_kappa = StatisticSerializer()
    matrix = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))


class SelfAgreementSerializer(serializers.Serializer[Any]):
    """An assessor's first grades against the grades of the repeats; without a name, of all together."""

    assessor = serializers.CharField(allow_blank=True)
    repeats = serializers.IntegerField()
    percent = StatisticSerializer()
    weighted_kappa = StatisticSerializer()


class FacetAgreementSerializer(serializers.Serializer[Any]):
    """Of one facet. alpha: Krippendorff's, ordinal; kappas: means over the pairs."""

    facet = serializers.CharField()
    candidates = serializers.IntegerField()
    topics = serializers.IntegerField()
    percent = StatisticSerializer()
    kappa = StatisticSerializer()
    weighted_kappa = StatisticSerializer()
    alpha = StatisticSerializer()
    pairs = AgreementPairSerializer(many=True)
    selves = SelfAgreementSerializer(many=True)


class AgreementSerializer(serializers.Serializer[Any]):
    """How far assessors agree, up to an event of the database."""

    last_judgment = serializers.IntegerField()
    facets = FacetAgreementSerializer(many=True)


class SaidSerializer(serializers.Serializer[Any]):
    assessor = serializers.CharField()
    values = ValuesSerializer()


class DifferenceSerializer(serializers.Serializer[Any]):
    """A candidate on which assessors differ, and what was ruled."""

    candidate = serializers.IntegerField()
    topic = serializers.IntegerField()
    figure = serializers.IntegerField()
    image = serializers.URLField()
    said = SaidSerializer(many=True)
    ruling = ValuesSerializer(allow_null=True)


class RuledSerializer(serializers.Serializer[Any]):
    """A stored ruling; `current` is null where it left nothing ruled."""

    client_id = serializers.UUIDField()
    candidate = serializers.IntegerField()
    recorded_at = serializers.DateTimeField()
    current = ValuesSerializer(allow_null=True)


class CountsSerializer(serializers.Serializer[Any]):
    """by_grade: grade → figures."""

    pooled = serializers.IntegerField()
    by_grade = serializers.DictField(child=serializers.IntegerField())
    unjudged = serializers.IntegerField()
    cannot_judge = serializers.IntegerField()
    overlap = serializers.IntegerField()
    adjudicated = serializers.IntegerField()


class SnapshotSerializer(serializers.Serializer[Any]):
    """Frozen qrels. counts: null for damaged ones, whose `fault` says what is wrong."""

    id = serializers.IntegerField()
    url = serializers.URLField()
    topic_set = serializers.IntegerField()
    name = serializers.CharField()
    facet = serializers.CharField()
    sha256 = serializers.CharField()
    last_judgment = serializers.IntegerField()
    last_ruling = serializers.IntegerField()
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    rule = serializers.CharField(allow_blank=True)
    assessors = serializers.ListField(child=serializers.CharField())
    pool_depths = serializers.ListField(child=serializers.IntegerField())
    counts = CountsSerializer(allow_null=True)
    fault = serializers.CharField(allow_blank=True)


class ScoringSerializer(serializers.Serializer[Any]):
    """The table is still computed: so many runs of so many are scored. Ask again."""

    done = serializers.IntegerField()
    count = serializers.IntegerField()


class TopicDifferenceSerializer(serializers.Serializer[Any]):
    """What two runs scored for a topic. outcome: of the first: won, lost or tied."""

    topic = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    one = serializers.FloatField()
    other = serializers.FloatField()
    difference = serializers.FloatField()
    outcome = serializers.CharField()


class ComparisonSerializer(serializers.Serializer[Any]):
    """Two runs topic by topic, what the first wins most at first. table: as `table` gives it, of these two."""

    measure = serializers.CharField()
    topics = TopicDifferenceSerializer(many=True)
    table = serializers.DictField()


class FitSerializer(serializers.ModelSerializer[FusionFit]):
    """A fit. gain: in held-out AP@50 over the baseline, with its interval. weight: null until it is done."""

    url = serializers.HyperlinkedIdentityField("annotations-api:fit", lookup_url_kwarg="fit_id")
    snapshot = serializers.IntegerField(source="snapshot_id")
    baseline = serializers.IntegerField(source="baseline_id")
    run = serializers.IntegerField(source="run_id", allow_null=True)
    weight = serializers.SerializerMethodField()
    done = serializers.SerializerMethodField()
    count = serializers.SerializerMethodField()
    is_promoted = serializers.SerializerMethodField()
    created_by = serializers.CharField(source="created_by.username")

    class Meta:
        model = FusionFit
        fields = (
            "id", "url", "snapshot", "baseline", "relevant_from", "state", "error_code", "error_detail", "done",
            "count", "run", "weight", "gain", "low", "high", "folds", "is_promoted", "created_by", "created_at",
        )  # fmt: skip

    def get_weight(self, fit: FusionFit) -> float | None:
        weight: float | None = fit.fitted.get("weight")
        return weight

    def get_done(self, fit: FusionFit) -> int:
        return FitRow(fit).done

    def get_count(self, fit: FusionFit) -> int:
        return FitRow(fit).count

    def get_is_promoted(self, fit: FusionFit) -> bool:
        return fit.suggestion_id is not None


def agreement_data(agreement: SessionAgreement) -> dict[str, Any]:
    """As AgreementSerializer says."""
    return {"last_judgment": agreement.last_judgment, "facets": [_facet(one) for one in agreement.facets]}


def difference_data(request: Request, difference: Difference) -> dict[str, Any]:
    """As DifferenceSerializer says."""
    candidate = difference.candidate
    return {
        "candidate": candidate.pk,
        "topic": candidate.topic.number,
        "figure": candidate.figure_id,
        "image": figure_image_address(request, candidate.figure),
        "said": [{"assessor": one.assessor, "values": values_as_json(one.values)} for one in difference.said],
        "ruling": values_as_json(difference.ruling),
    }


def ruled_data(ruled: Ruled, current: dict[str, Any] | None) -> dict[str, Any]:
    """As RuledSerializer says."""
    ruling = ruled.ruling
    return {
        "client_id": str(ruling.client_id),
        "candidate": ruling.candidate_id,
        "recorded_at": ruling.recorded_at.isoformat(),
        "current": current,
    }


def snapshot_data(request: Request, seen: SnapshotRow) -> dict[str, Any]:
    """As SnapshotSerializer says."""
    snapshot, summary = seen.snapshot, seen.summary
    return {
        "id": snapshot.pk,
        "url": reverse("annotations-api:snapshot", kwargs={"snapshot_id": snapshot.pk}, request=request),
        "topic_set": snapshot.topic_set_id,
        "name": snapshot.name,
        "facet": snapshot.facet,
        "sha256": snapshot.sha256,
        "last_judgment": snapshot.last_judgment,
        "last_ruling": snapshot.last_ruling,
        "created_by": snapshot.created_by.get_username(),
        "created_at": snapshot.created_at,
        "rule": summary.rule if summary else "",
        "assessors": list(summary.assessors) if summary else [],
        "pool_depths": seen.depths,
        "counts": _counts(summary.counts) if summary else None,
        "fault": seen.fault,
    }


def _counts(counts: Counts) -> dict[str, Any]:
    names = ("pooled", "unjudged", "cannot_judge", "overlap", "adjudicated")
    by_grade = {str(grade): count for grade, count in counts.by_grade}
    return {name: getattr(counts, name) for name in names} | {"by_grade": by_grade}


def _facet(found: FacetAgreement) -> dict[str, Any]:
    between: Agreement = found.between
    return {
        "facet": found.facet.value,
        "candidates": between.candidate_count,
        "topics": between.topic_count,
        **{name: getattr(between, name).as_dict() for name in ("percent", "kappa", "weighted_kappa", "alpha")},
        "pairs": [
            {
                "first": pair.first,
                "second": pair.second,
                "candidates": pair.candidate_count,
                **{name: getattr(pair, name).as_dict() for name in ("percent", "kappa", "weighted_kappa")},
                "matrix": [list(row) for row in pair.matrix],
            }
            for pair in between.pairs
        ],
        "selves": [_self(one) for one in (*found.selves.assessors, found.selves.together)],
    }


def _self(one: SelfAgreement) -> dict[str, Any]:
    return {
        "assessor": one.assessor,
        "repeats": one.repeat_count,
        "percent": one.percent.as_dict(),
        "weighted_kappa": one.weighted_kappa.as_dict(),
    }
