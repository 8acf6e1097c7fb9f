"""Errors in the schema; patentsearch.errors makes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class ErrorSerializer(serializers.Serializer[Any]):
    """An answer that is not a success."""

    code = serializers.CharField(help_text="For programs: stays the same when the words change.")
    detail = serializers.CharField(help_text="For people: what is wrong, and what to do.")
    faults = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), required=False, help_text="By field."
    )


def errors(*statuses: int) -> dict[int, type[ErrorSerializer]]:
    """Return the documented errors of a view: those given, 401 without a login, 404 for an unknown address, 406 if the
    client does not accept JSON, and 503 while the database does not answer."""
    return dict.fromkeys((*statuses, 401, 403, 404, 406, 503), ErrorSerializer)
