"""What the schema says of errors; they are made in patentsearch.errors."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class ErrorSerializer(serializers.Serializer[Any]):
    """Every answer that is no success."""

    code = serializers.CharField(help_text="For programs: stays the same when the words change.")
    detail = serializers.CharField(help_text="For people: what is wrong, and the mend.")
    faults = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), required=False, help_text="By field."
    )


def errors(*statuses: int) -> dict[int, type[ErrorSerializer]]:
    """The documented errors of a view: those given, 401 for who is not logged in, 404 for an address that names
    nothing, 406 for who takes no JSON, and 503 while the database does not answer."""
    return dict.fromkeys((*statuses, 401, 403, 404, 406, 503), ErrorSerializer)
