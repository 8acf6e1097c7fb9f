"""How far assessors agree, where they differ, and what is ruled on it; for administrators."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api import evaluation_answers, requests
from annotations.api.asking import AdministratorsView, checked, current_user, session_or_404
from annotations.api.serializers import LARGEST_KEY, UndoSerializer
from annotations.api.session_answers import StaleSerializer
from annotations.models import Candidate, Session
from annotations.selectors.agreement import session_agreement
from annotations.selectors.disagreements import differences_of
from annotations.selectors.sessions import is_still_blind
from annotations.selectors.showings import values_of
from annotations.services.assessments import Assessed
from annotations.services.rulings import Ruled, RuledMeanwhile, ruling_record, ruling_undo
from annotations.views.disagreements import STILL_BLIND
from annotations.views.judgments import offered_as_json, values_as_json
from search.api.errors import errors
from search.api.parsers import StrictJSONParser


class AgreementView(AdministratorsView):
    """The agreement of a session."""

    @extend_schema(operation_id="agreement", responses={200: evaluation_answers.AgreementSerializer, **errors()})
    def get(self, request: Request, session_id: int) -> Response:
        """Between assessors and of each with themselves, with 95 % intervals, as it stands now."""
        session = session_or_404(request, session_id)
        return Response(evaluation_answers.agreement_data(session_agreement(session)))


class DisagreementView(AdministratorsView):
    """The differences of a session."""

    @extend_schema(
        operation_id="disagreements", responses={200: evaluation_answers.DifferenceSerializer(many=True), **errors()}
    )
    def get(self, request: Request, session_id: int) -> Response:
        """Candidates on which assessors differ, or that were ruled on, widest first. Not while one judges oneself."""
        differences = differences_of(_session_to_adjudicate(request, session_id))
        return Response([evaluation_answers.difference_data(request, one) for one in differences.every])


class RulingView(AdministratorsView):
    """What a candidate is settled to."""

    parser_classes = [StrictJSONParser]

    @extend_schema(
        operation_id="rule",
        request=requests.RulingSerializer,
        responses={
            200: evaluation_answers.RuledSerializer,
            201: evaluation_answers.RuledSerializer,
            409: StaleSerializer,
            **errors(400, 413, 415),
        },
    )
    def post(self, request: Request, session_id: int, candidate_id: int) -> Response:
        """Settle a candidate: 201 once it is committed, 200 for the same client_id again, 409 where `base` is stale."""
        session = _session_to_adjudicate(request, session_id)
        sent = checked(requests.RulingSerializer, request.data)
        try:
            ruled = ruling_record(
                adjudicator=current_user(request),
                session=session,
                candidate_id=min(candidate_id, LARGEST_KEY),
                client_id=sent.validated_data["client_id"],
                base=sent.validated_data["base"],
                assessed=sent.assessed(),
            )
        except Candidate.DoesNotExist as error:
            raise Http404("The session has no candidate of this key.") from error
        except RuledMeanwhile as meanwhile:
            return _stale(meanwhile, sent.assessed())
        return _ruled(ruled)


class RulingUndoView(AdministratorsView):
    """One's newest ruling."""

    parser_classes = [StrictJSONParser]

    @extend_schema(
        operation_id="ruling_undo",
        request=UndoSerializer,
        responses={
            200: evaluation_answers.RuledSerializer,
            201: evaluation_answers.RuledSerializer,
            409: StaleSerializer,
            **errors(400, 413, 415),
        },
    )
    def post(self, request: Request, session_id: int) -> Response:
        """Take back one's newest ruling of a session that is not taken back yet; again, the one before."""
        session = _session_to_adjudicate(request, session_id)
        data = checked(UndoSerializer, request.data).validated_data
        try:
            ruled = ruling_undo(adjudicator=current_user(request), session=session, client_id=data["client_id"])
        except RuledMeanwhile as meanwhile:
            return _stale(meanwhile, None)
        return _ruled(ruled)


def _session_to_adjudicate(request: Request, session_id: int) -> Session:
    """Raises: PermissionDenied for who still judges in it, to whom others' judgments are not told yet."""
    session = session_or_404(request, session_id)
    if is_still_blind(session, current_user(request)):
        raise PermissionDenied(STILL_BLIND)
    return session


def _stale(meanwhile: RuledMeanwhile, offered: Assessed | None) -> Response:
    told = {
        "code": "stale",
        "detail": "Another ruling holds by now; send it as base to replace it.",
        "current": values_as_json(values_of(meanwhile.current)),
        "yours": None if offered is None else offered_as_json(offered),
    }
    return Response(told, status=409)


def _ruled(ruled: Ruled) -> Response:
    data = evaluation_answers.ruled_data(ruled, values_as_json(values_of(ruled.ruling)))
    return Response(data, status=201 if ruled.is_new else 200)
