"""What the API takes of annotation; the pages read judgments with the same."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotations.models import GRADES
from annotations.services.assessments import LONGEST_REASON, WHOLE, Assessed
from engine.errors import Problem

LARGEST_KEY = 2**63 - 1


def _grade(help_text: str) -> serializers.IntegerField:
    return serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=GRADES[-1][0], help_text=help_text
    )


class AssessmentSerializer(serializers.Serializer[Any]):
    """A grade from 0 to 3, or that it cannot be judged."""

    client_id = serializers.UUIDField(help_text="Made by the client: sent twice, it is one event.")
    grade = _grade("0 not relevant, 1 marginally relevant, 2 relevant, 3 highly relevant.")
    cannot_judge = serializers.BooleanField(required=False, default=False)
    looks = _grade("Looks alike, where the session asks for it.")
    works = _grade("Works alike, where the session asks for it.")
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=LONGEST_REASON)
    region = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=WHOLE),
        required=False,
        default=None,
        allow_null=True,
        min_length=4,
        max_length=4,
        help_text="Left, top, width and height in ten-thousandths of the candidate's drawing.",
    )

    def assessed(self) -> Assessed:
        """What is said, in the service's words; call it on valid data."""
        data = self.validated_data
        return Assessed(
            grade=data["grade"],
            cannot_judge=data["cannot_judge"],
            looks=data["looks"],
            works=data["works"],
            reason=data["reason"],
            region=None if data["region"] is None else tuple(data["region"]),
            seconds=data.get("seconds"),
        )


class JudgmentSerializer(AssessmentSerializer):
    """A judgment with the one that its assessor had before the eyes."""

    base = serializers.UUIDField(
        required=False, default=None, allow_null=True, help_text="client_id of the judgment that is replaced."
    )
    seconds = serializers.FloatField(
        required=False, default=None, allow_null=True, min_value=0, help_text="How long the pair was looked at."
    )
    assessor = serializers.IntegerField(
        required=False,
        default=None,
        allow_null=True,
        min_value=1,
        max_value=LARGEST_KEY,
        help_text="Key of the account that judged; refused where another one is logged in by now.",
    )


class UndoSerializer(serializers.Serializer[Any]):
    """Take back the newest judgment of one's own."""

    client_id = serializers.UUIDField(help_text="Made by the client: sent twice, one judgment is taken back.")
    assessor = serializers.IntegerField(
        required=False, default=None, allow_null=True, min_value=1, max_value=LARGEST_KEY
    )


def require_valid(serializer: serializers.Serializer[Any]) -> None:
    """Raises: Problem, naming the first field that is wrong."""
    if serializer.is_valid():
        return
    field, faults = next(iter(serializer.errors.items()))
    first = faults
    while isinstance(first, dict | list):
        first = next(iter(first.values())) if isinstance(first, dict) else first[0]
    raise Problem("invalid", f"{first}" if field == "non_field_errors" else f"{field}: {first}")
