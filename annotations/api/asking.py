"""What the views of the API share: who asks, pages of lists, rows or 404, how files are described."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import IsAdminUser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from annotations.api.serializers import LARGEST_KEY
from annotations.models import Run, Session, Topic, TopicSet
from annotations.selectors.sessions import session_visible_to
from search.models import WorkState

LARGEST_NUMBER = 2**31 - 1
Row = TypeVar("Row", bound=Model)
FILE_ANSWERS: dict[tuple[int, str], OpenApiTypes] = {
    (200, "text/plain"): OpenApiTypes.STR,
    (200, "text/csv"): OpenApiTypes.STR,
    (200, "application/json"): OpenApiTypes.OBJECT,
}


class AdministratorsView(APIView):
    """For administrators."""

    permission_classes = [IsAdminUser]


class FileView(AdministratorsView):
    """Files to take away, for administrators. Their format is asked for by name, so any Accept will do."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[JSONRenderer, str]:
        """Errors are JSON."""
        return JSONRenderer(), JSONRenderer.media_type


def current_user(request: Request) -> User:
    """Who asks."""
    assert isinstance(request.user, User)  # IsAuthenticated lets nobody else in
    return request.user


def checked(serializer: type[Serializer[Any]], data: Any) -> Any:
    """A serializer whose data is valid. Raises: ValidationError."""
    sent = serializer(data=data)
    sent.is_valid(raise_exception=True)
    return sent


def one_or_404(rows: QuerySet[Row], key: int) -> Row:
    found = rows.filter(pk=min(key, LARGEST_KEY)).first()
    if found is None:
        raise Http404("There is nothing of this key.")
    return found


def topic_set_or_404(topic_set_id: int) -> TopicSet:
    return one_or_404(TopicSet.objects.select_related("created_by"), topic_set_id)


def topic_or_404(topic_set: TopicSet, number: int) -> Topic:
    """A topic of the set by its number, with what is shown of it."""
    topics = topic_set.topics.select_related("figure__sheet__publication")
    found = topics.filter(number=min(number, LARGEST_NUMBER)).first()
    if found is None:
        raise Http404("The topic set has no topic of this number.")
    return found


def run_or_404(run_id: int) -> Run:
    return one_or_404(Run.objects.select_related("topic_set__created_by", "created_by"), run_id)


def session_or_404(request: Request, session_id: int) -> Session:
    """A session that the user may see."""
    found = session_visible_to(current_user(request), session_id)
    if found is None:
        raise Http404("There is no such session, or it is not yours to see.")
    return found


def rows_or_404(rows: QuerySet[Row], keys: list[int]) -> list[Row]:
    """The rows of these keys in their order. Raises: Http404 where one is missing."""
    found = rows.in_bulk(list(dict.fromkeys(keys)))
    if len(found) != len(set(keys)):
        raise Http404("One of the keys is of nothing that can be taken here.")
    return [found[key] for key in dict.fromkeys(keys)]


def finished_runs_or_404(topic_set: TopicSet, keys: list[int]) -> list[Run]:
    return rows_or_404(topic_set.runs.filter(state=WorkState.DONE), keys)


def paged(view: APIView, request: Request, rows: Any, serializer: type[Serializer[Any]]) -> Response:
    """A page of a list, as Serializers give it."""
    paginator = PageNumberPagination()
    page: Any = paginator.paginate_queryset(rows, request, view=view)
    return paginator.get_paginated_response(serializer(page, many=True, context={"request": request}).data)


def created(data: Any) -> Response:
    """201 with the address of what was made."""
    return Response(data, status=201, headers={"Location": data["url"]})


def deleted() -> Response:
    """204: it is gone."""
    return Response(status=204)
