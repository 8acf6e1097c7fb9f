"""A JSON parser that rejects what the standard, or a database column, does not take."""

from __future__ import annotations

import codecs
import json
import math
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class StrictJSONParser(JSONParser):
    """Rejects NaN, Infinity and numbers that overflow to it, whole numbers too long to read, nesting too deep for
    the parser, NUL and lone surrogates in strings, duplicate names, and bodies over
    DATA_UPLOAD_MAX_MEMORY_SIZE."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the object in the body. Raises ParseError or RequestDataTooBig."""
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(most + 1)
        if len(body) > most:
            raise RequestDataTooBig(f"A JSON body may have {most:,} bytes.")
        try:
            parsed = json.loads(
                codecs.decode(body, "utf-8"),
                parse_constant=_no_constant,
                parse_float=_finite,
                object_pairs_hook=_each_name_once,
            )
            _require_storable(parsed)
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error
        except ValueError as error:
            raise ParseError(f"The body is not valid JSON: {error}") from error
        return parsed


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _finite(written: str) -> float:
    value = float(written)
    if not math.isfinite(value):
        raise ValueError("a number is too large")
    return value


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) != len(pairs):
        raise ValueError("an object has a name twice")
    return named


def _require_storable(value: Any) -> None:
    """Raise ValueError for a string, at any depth, that no database column takes."""
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("a string contains a NUL character")
        value.encode("utf-8")  # a lone surrogate has no encoding; UnicodeEncodeError is a ValueError
    elif isinstance(value, dict):
        for name, item in value.items():
            _require_storable(name)
            _require_storable(item)
    elif isinstance(value, list):
        for item in value:
            _require_storable(item)
