"""What the resources of the API share: permissions, rows by key, checked input, and how operations are described."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS, IsAdminUser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from annotations.models import Run, Topic, TopicSet
from engine.errors import NotFound
from search.api.error_schema import errors
from search.api.parsers import StrictJSONParser
from search.models import WorkState
from search.numbers import LARGEST_KEY

Row = TypeVar("Row", bound=Model)
Method = TypeVar("Method", bound=Callable[..., Any])
FILE_ANSWERS: dict[tuple[int, str], OpenApiTypes] = {
    (200, "text/plain"): OpenApiTypes.STR,
    (200, "text/csv"): OpenApiTypes.STR,
    (200, "application/json"): OpenApiTypes.OBJECT,
}


class AdministratorsWrite(IsAdminUser):
    """Administrators may do everything, others may read."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE_METHODS or super().has_permission(request, view)


class JSONViewSet(ViewSet):
    """A resource whose bodies are JSON."""

    parser_classes = [StrictJSONParser]

    @property
    def user(self) -> User:
        """The logged-in user, or the owner of the token."""
        assert isinstance(self.request.user, User)  # the permissions let nobody else in
        return self.request.user

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Take any Accept header for files, whose format the query names; their errors are JSON."""
        if self.action == "file":
            return JSONRenderer(), JSONRenderer.media_type
        return super().perform_content_negotiation(request, force)

    def answer(self, serializer: type[serializers.BaseSerializer[Any]], row: Any, status: int = 200) -> Response:
        """Return a row, or a list of rows, as the serializer has it. 201 names the address of what was made."""
        data = serializer(row, many=isinstance(row, list), context={"request": self.request}).data
        headers = {"Location": data["url"]} if status == 201 and "url" in data else None
        return Response(data, status=status, headers=headers)


class AdministratorsViewSet(JSONViewSet):
    """A resource for administrators."""

    permission_classes = [IsAdminUser]


class AddressField(serializers.URLField):
    """The absolute address of a view. kwargs: arguments of the view by the attributes of the row that they are."""

    def __init__(self, view: str, kwargs: Mapping[str, str], source: str = "*", **options: Any) -> None:
        super().__init__(source=source, read_only=True, **options)
        self.view = view
        self.view_kwargs = kwargs

    def to_representation(self, value: Any) -> str:
        kwargs = {name: attrgetter(path)(value) for name, path in self.view_kwargs.items()}
        return str(reverse(self.view, kwargs=kwargs, request=self.context["request"]))


def operation(
    name: str,
    answers: Any,
    *,
    status: int = 200,
    body: Any = None,
    query: type[serializers.Serializer[Any]] | None = None,
    also: tuple[int, ...] = (),
) -> Callable[[Method], Method]:
    """Describe an operation in the schema. answers: of `status`, or by status. also: further statuses of errors."""
    sent = (400, 413, 415) if body is not None else ()
    described = answers if isinstance(answers, dict) else {status: answers}
    return extend_schema(
        operation_id=name,
        request=body,
        parameters=[query] if query else None,
        responses={**errors(*sent, *also), **described},
    )


def checked(serializer: type[serializers.Serializer[Any]], data: Any) -> Any:
    """Return a serializer whose data is valid. Raises: ValidationError."""
    sent = serializer(data=data)
    sent.is_valid(raise_exception=True)
    return sent


def key_field(**options: Any) -> serializers.IntegerField:
    """Return a field for the primary key of a row."""
    return serializers.IntegerField(min_value=1, max_value=LARGEST_KEY, **options)


def no_larger(upload: UploadedFile[bytes], most_bytes: int) -> UploadedFile[bytes]:
    """Return the file. Raises: ValidationError for a larger one."""
    if (upload.size or 0) > most_bytes:
        raise serializers.ValidationError(f"The file has {upload.size:,} bytes; at most {most_bytes:,} are taken.")
    return upload


def row_of(rows: QuerySet[Row], key: int) -> Row:
    """Return the row of a key. Raises: NotFound, naming what was looked for."""
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotFound(f"{str(rows.model._meta.verbose_name).capitalize()} {key} was not found.")
    return found


def rows_of(rows: QuerySet[Row], keys: list[int]) -> list[Row]:
    """Return the rows of these keys in their order. Raises: NotFound where one is missing."""
    found = rows.in_bulk(list(dict.fromkeys(keys)))
    for key in keys:
        if key not in found:
            raise NotFound(f"{str(rows.model._meta.verbose_name).capitalize()} {key} was not found here.")
    return [found[key] for key in dict.fromkeys(keys)]


def topic_set_of(key: int) -> TopicSet:
    return row_of(TopicSet.objects.select_related("created_by"), key)


def topic_of(topic_set: TopicSet, number: int) -> Topic:
    """Return a topic of the set by its number, with its figure. Raises: NotFound."""
    found = topic_set.topics.select_related("figure__sheet__publication", "topic_set").filter(number=number).first()
    if found is None:
        raise NotFound(f"Topic {number} of topic set {topic_set.pk} was not found.")
    return found


def finished_runs_of(topic_set: TopicSet, keys: list[int]) -> list[Run]:
    return rows_of(topic_set.runs.filter(state=WorkState.DONE), keys)
