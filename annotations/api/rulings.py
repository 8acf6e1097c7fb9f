"""How far the assessors of a session agree, where they differ, and what is ruled on it; for administrators."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.base import AddressField, checked, operation
from annotations.api.judgments import (
    EventViewSet,
    RecordedAtField,
    RulingSerializer,
    StaleSerializer,
    UndoSerializer,
    ValuesSerializer,
)
from annotations.api.sessions import session_of
from annotations.models import Candidate, Session
from annotations.selectors.agreement import FacetAgreement, SessionAgreement, session_agreement
from annotations.selectors.disagreements import Difference, differences_of
from annotations.selectors.sessions import STILL_BLIND, is_still_blind
from annotations.services.rulings import Ruled, ruling_record, ruling_undo
from engine.errors import NotFound
from engine.evaluation.agreement import PairAgreement, SelfAgreement


class StatisticSerializer(serializers.Serializer[Any]):
    """A value with its 95 % interval; null with the reason where it cannot be told."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class AgreementPairSerializer(serializers.Serializer[PairAgreement]):
    """Two assessors. matrix: counts, rows by the first one's grade."""

    first = serializers.CharField()
    second = serializers.CharField()
    candidates = serializers.IntegerField(source="candidate_count")
    percent = StatisticSerializer()
    kappa = StatisticSerializer()
    weighted_kappa = StatisticSerializer()
    matrix = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))


class SelfAgreementSerializer(serializers.Serializer[SelfAgreement]):
    """An assessor's first grades against the grades of the repeats; without a name, of all together."""

    assessor = serializers.CharField(allow_blank=True)
    repeats = serializers.IntegerField(source="repeat_count")
    percent = StatisticSerializer()
    weighted_kappa = StatisticSerializer()


class FacetAgreementSerializer(serializers.Serializer[FacetAgreement]):
    """Of one facet. alpha: Krippendorff's, ordinal; kappas: means over the pairs."""

    facet = serializers.CharField()
    candidates = serializers.IntegerField(source="between.candidate_count")
    topics = serializers.IntegerField(source="between.topic_count")
    percent = StatisticSerializer(source="between.percent")
    kappa = StatisticSerializer(source="between.kappa")
    weighted_kappa = StatisticSerializer(source="between.weighted_kappa")
    alpha = StatisticSerializer(source="between.alpha")
    pairs = AgreementPairSerializer(source="between.pairs", many=True)
    selves = SelfAgreementSerializer(source="self_agreements", many=True)


class AgreementSerializer(serializers.Serializer[SessionAgreement]):
    """How far assessors agree, up to an event of the database."""

    last_judgment = serializers.IntegerField()
    facets = FacetAgreementSerializer(many=True)


class SaidSerializer(serializers.Serializer[Any]):
    assessor = serializers.CharField()
    values: Any = ValuesSerializer()


class DifferenceSerializer(serializers.Serializer[Difference]):
    """A candidate on which assessors differ, and what was ruled."""

    candidate = serializers.IntegerField(source="candidate.pk")
    topic = serializers.IntegerField(source="candidate.topic.number")
    figure = serializers.IntegerField(source="candidate.figure_id")
    image = AddressField("search:figure-file", {"figure_id": "figure_id"}, source="candidate")
    said = SaidSerializer(source="judgments", many=True)
    ruling = ValuesSerializer(allow_null=True)


class RuledSerializer(serializers.Serializer[Ruled]):
    """A stored ruling; `current` is null where it left nothing ruled."""

    client_id = serializers.UUIDField(source="ruling.client_id")
    candidate = serializers.IntegerField(source="ruling.candidate_id")
    recorded_at = RecordedAtField(source="ruling.recorded_at")
    current = ValuesSerializer(allow_null=True)


RULED = {200: RuledSerializer, 201: RuledSerializer, 409: StaleSerializer}


class RulingViewSet(EventViewSet):
    """Agreement, differences and rulings of a session."""

    permission_classes = [IsAdminUser]

    @operation("agreement", AgreementSerializer)
    @action(detail=False)
    def agreement(self, request: Request, session_id: int) -> Response:
        """Between assessors and of each with themselves, with 95 % intervals, as it stands now."""
        return self.answer(AgreementSerializer, session_agreement(session_of(self.user, session_id)))

    @operation("disagreements", DifferenceSerializer(many=True))
    @action(detail=False)
    def disagreements(self, request: Request, session_id: int) -> Response:
        """Candidates on which assessors differ, or that were ruled on, widest first. Not while one judges oneself."""
        return self.answer(DifferenceSerializer, [*differences_of(self._to_adjudicate(session_id)).every])

    @operation("rule", RULED, body=RulingSerializer)
    @action(methods=["post"], detail=False, url_path="rulings/<key:candidate_id>")
    def rule(self, request: Request, session_id: int, candidate_id: int) -> Response:
        """Settle a candidate: 201 once it is committed, 200 for the same client_id again, 409 where `base` is stale."""
        session = self._to_adjudicate(session_id)
        sent = checked(RulingSerializer, request.data)
        try:
            ruled = ruling_record(
                adjudicator=self.user,
                session=session,
                candidate_id=candidate_id,
                client_id=sent.validated_data["client_id"],
                base=sent.validated_data["base"],
                assessed=sent.assessed(),
            )
        except Candidate.DoesNotExist as error:
            raise NotFound(f"Candidate {candidate_id} of session {session_id} was not found.") from error
        return self.answer(RuledSerializer, ruled, 201 if ruled.is_new else 200)

    @operation("ruling_undo", RULED, body=UndoSerializer)
    @action(methods=["post"], detail=False, url_path="rulings/undo", url_name="undo")
    def undo(self, request: Request, session_id: int) -> Response:
        """Take back one's newest ruling of a session that is not taken back yet; again, the one before."""
        session = self._to_adjudicate(session_id)
        data = checked(UndoSerializer, request.data).validated_data
        ruled = ruling_undo(adjudicator=self.user, session=session, client_id=data["client_id"])
        return self.answer(RuledSerializer, ruled, 201 if ruled.is_new else 200)

    def _to_adjudicate(self, session_id: int) -> Session:
        """Raises: PermissionDenied for who still judges in it, to whom others' judgments are not told yet."""
        session = session_of(self.user, session_id)
        if is_still_blind(session, self.user):
            raise PermissionDenied(STILL_BLIND)
        return session
