"""The REST API: each view checks the request, calls one service or selector, and serializes the answer."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny, IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from search.api import answers
from search.api.error_schema import errors
from search.api.serializers import (
    DeliverySerializer,
    PublicationFilterSerializer,
    QuestionSerializer,
    TokenRequestSerializer,
)
from search.delivery_uploads import delivery_take
from search.models import Query, WorkState
from search.queue import enqueue_query, wait_until_finished
from search.selectors.batches import batch_report, batches_with_progress
from search.selectors.figures import figure_page
from search.selectors.hits import answer_of
from search.selectors.publications import (
    publication_by_reference,
    publication_links,
    publication_with_everything,
    publications_filtered,
)
from search.services.queries import query_ask_with_files

# A query without an answer: the request cannot be used, or the search itself failed.
REFUSED, FAILED = 422, 503


class SearchView(APIView):
    """A search that waits for its hits."""

    @extend_schema(
        operation_id="search",
        request={"multipart/form-data": QuestionSerializer, "application/json": QuestionSerializer},
        responses={
            200: answers.AnswerSerializer,
            202: answers.WaitingSerializer,
            **errors(400, 413, 415, REFUSED, FAILED),
        },
    )
    def post(self, request: Request) -> Response:
        """Return the hits of a query; 202 with the address to poll if it takes longer than the server waits."""
        sent = QuestionSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        query = query_ask_with_files(owner=_user(request), sent=sent.question_with_files())
        enqueue_query(query)
        return _answer(request, query)


class QueryView(APIView):
    """A query of the user. Administrators do not see the queries of others either."""

    @extend_schema(
        operation_id="query",
        responses={
            200: answers.AnswerSerializer,
            202: answers.WaitingSerializer,
            **errors(REFUSED, FAILED),
        },
    )
    def get(self, request: Request, query_id: uuid.UUID) -> Response:
        """The hits of a query that was asked before."""
        return _answer(request, get_object_or_404(Query.objects.filter(owner=_user(request)), pk=query_id))


class PublicationListView(APIView):
    """The publications of the collection."""

    @extend_schema(
        operation_id="publications",
        parameters=[PublicationFilterSerializer],
        responses={200: answers.PublicationSummarySerializer(many=True), **errors(400)},
    )
    def get(self, request: Request) -> Response:
        """Publications by number, a page at a time."""
        filters = PublicationFilterSerializer(data=request.query_params)
        filters.is_valid(raise_exception=True)
        return _page(request, publications_filtered(**filters.validated_data), answers.PublicationSummarySerializer)

    pagination_class = PageNumberPagination


class PublicationView(APIView):
    """One publication."""

    @extend_schema(operation_id="publication", responses={200: answers.PublicationSerializer, **errors()})
    def get(self, request: Request, reference: str) -> Response:
        """A publication with its bibliographic data, sheets, figures and text."""
        found = publication_with_everything(reference)
        if found is None:
            raise Http404(f"Publication {reference} was not found.")
        return Response(answers.PublicationSerializer(found, context={"request": request}).data)


class LinksView(APIView):
    """Numerals and sentences of one publication."""

    @extend_schema(operation_id="links", responses={200: answers.LinksSerializer, **errors()})
    def get(self, request: Request, reference: str) -> Response:
        """The numerals read on each sheet and the sentences linked to each figure."""
        found = publication_by_reference(reference)
        if found is None:
            raise Http404(f"Publication {reference} was not found.")
        return Response(publication_links(found))


class FigureView(APIView):
    """One figure."""

    @extend_schema(operation_id="figure", responses={200: answers.FigurePageSerializer, **errors()})
    def get(self, request: Request, figure_id: int) -> Response:
        """A figure with its sheet, numerals and linked sentences."""
        page = figure_page(figure_id)
        if page is None:
            raise Http404(f"Figure {figure_id} was not found.")
        context = {"request": request, "page": page}
        return Response(answers.FigurePageSerializer(page.figure, context=context).data)


class BatchListView(APIView):
    """Deliveries; for administrators."""

    permission_classes = [IsAdminUser]
    parser_classes = [MultiPartParser]
    pagination_class = PageNumberPagination

    @extend_schema(operation_id="batches", responses={200: answers.BatchSerializer(many=True), **errors(403)})
    def get(self, request: Request) -> Response:
        """All deliveries, newest first, a page at a time."""
        return _page(request, batches_with_progress(), answers.BatchSerializer)

    @extend_schema(
        operation_id="deliver",
        request={"multipart/form-data": DeliverySerializer},
        responses={200: answers.BatchSerializer, 201: answers.BatchSerializer, **errors(400, 403, 413, 415)},
    )
    def post(self, request: Request) -> Response:
        """Upload a delivery. The same file a second time is the same batch: 200 instead of 201."""
        sent = DeliverySerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        batch, created = delivery_take(sent.validated_data["delivery"], _user(request))
        data = answers.BatchSerializer(batch, context={"request": request}).data
        return Response(data, status=201 if created else 200, headers={"Location": data["url"]})


class BatchView(APIView):
    """One delivery; for administrators."""

    permission_classes = [IsAdminUser]

    @extend_schema(operation_id="batch", responses={200: answers.BatchWithReportSerializer, **errors(403)})
    def get(self, request: Request, batch_id: int) -> Response:
        """A delivery with the report on its documents."""
        batch: Any = get_object_or_404(batches_with_progress(), pk=batch_id)
        batch.report = batch_report([batch])
        return Response(answers.BatchWithReportSerializer(batch, context={"request": request}).data)


class TokenView(APIView):
    """The token of an account, for programs."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "token"

    @extend_schema(
        operation_id="token",
        auth=[],
        request=TokenRequestSerializer,
        responses={200: answers.TokenSerializer, **errors(400, 413, 415, 429)},
    )
    def post(self, request: Request) -> Response:
        """A token; send it as `Authorization: Token …`."""
        sent = TokenRequestSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        user = authenticate(request, **sent.validated_data)
        if user is None:
            raise AuthenticationFailed("The user name or the password is wrong, or the account is closed.")
        token, _ = Token.objects.get_or_create(user=user)
        return Response({"token": token.key})


def _answer(request: Request, query: Query) -> Response:
    query = wait_until_finished(query, seconds=settings.QUERY_TIMEOUT_SECONDS)
    if not query.is_finished:
        waiting = answers.WaitingSerializer(query, context={"request": request}).data
        return Response(waiting, status=202, headers={"Location": waiting["location"]})
    if query.error_code:
        status = REFUSED if query.state == WorkState.REJECTED else FAILED
        return Response({"code": query.error_code, "detail": query.error_detail}, status=status)
    return Response(answers.AnswerSerializer(answer_of(query)).data)


def _page(request: Request, rows: Any, serializer: Any) -> Response:
    paginator = PageNumberPagination()
    page: Any = paginator.paginate_queryset(rows, request)
    return paginator.get_paginated_response(serializer(page, many=True, context={"request": request}).data)


def _user(request: Request) -> User:
    assert isinstance(request.user, User)  # IsAuthenticated has rejected everybody else
    return request.user
