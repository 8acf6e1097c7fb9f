"""Parsers of filter values: each takes the filter's name and one value, and returns the value in its stored spelling.

All raise Problem, whose code is the name of the filter.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

from engine.classes import prefix_as_stored
from engine.errors import Problem
from search.numbers import key_written

Parser = Callable[[str, str], str]
LONGEST_NAME = 200
_YES, _NO = ("1", "on", "true", "yes"), ("0", "off", "false", "no")
_YEAR = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?")


def ipc_symbol(name: str, value: str) -> str:
    """Return the start of an IPC symbol."""
    prefix = class_symbol(name, value)
    if prefix.startswith("Y"):
        raise Problem(name, f"The IPC has sections A to H; look for {prefix} in the CPC.")
    return prefix


def class_symbol(name: str, value: str) -> str:
    """Return the start of a class symbol."""
    prefix = prefix_as_stored(value)
    if prefix is None:
        raise Problem(
            name, f"“{value[:40]}” starts no {name.upper()} symbol. Write it as F04C 2/08, or less of it: F04C, F04, F."
        )
    return prefix


def first_day(name: str, value: str) -> str:
    """Return an ISO date; of a year or month, its first day."""
    return _day(name, value, is_end=False)


def last_day(name: str, value: str) -> str:
    """Return an ISO date; of a year or month, its last day."""
    return _day(name, value, is_end=True)


def party_name(name: str, value: str) -> str:
    """Return a name, or part of one, as it is written."""
    if len(value) > LONGEST_NAME:
        raise Problem(name, f"The name has {len(value)} characters; shorten it to {LONGEST_NAME} or fewer.")
    return value


def code(pattern: str, noun: str, example: str, *, upper: bool = True) -> Parser:
    """Return a parser of codes that match the pattern; `noun` and `example` are for the message."""
    compiled = re.compile(pattern)

    def parse(name: str, value: str) -> str:
        written = value.upper() if upper else value.lower()
        if not compiled.fullmatch(written):
            raise Problem(name, f"“{value[:20]}” is not a {noun}. Write it as {example}.")
        return written

    return parse


def batch_key(name: str, value: str) -> str:
    """Return the key of a batch."""
    key = key_written(value)
    if key is None:
        raise Problem(name, f"“{value[:20]}” is not a batch. Choose one from the list, or write its number.")
    return str(key)


def flag(name: str, value: str) -> str:
    """Return "1" for yes, an empty string for no."""
    if value.lower() in (*_YES, *_NO):
        return "1" if value.lower() in _YES else ""
    raise Problem(name, f"“{value[:20]}” is neither yes nor no. Write 1 for yes, 0 for no.")


def _day(name: str, value: str, *, is_end: bool) -> str:
    try:
        part = _YEAR.fullmatch(value)
        if part is None:
            return datetime.date.fromisoformat(value).isoformat()
        year, month = int(part[1]), int(part[2] or (12 if is_end else 1))
        if not is_end:
            return datetime.date(year, month, 1).isoformat()
        if (year, month) == (9999, 12):
            return datetime.date.max.isoformat()
        following = datetime.date(year + month // 12, month % 12 + 1, 1)
        return (following - datetime.timedelta(days=1)).isoformat()
    except ValueError as error:
        detail = f"“{value[:20]}” is not a date. Write it as 2019-05-31, 2019-05 or 2019."
        raise Problem(name, detail) from error
