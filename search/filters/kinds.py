"""Kinds of filters: which rows a filter's value is compared with.

`search.selectors.filters` makes the condition of each kind, `search.selectors.filter_counts` counts its values, and
`search.views.filter_board` chooses its field. A new kind is added in all three; a new filter of a kind here is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the publication, which equals the value or, with `starts`, begins with it."""

    name: str
    starts: bool = False


@dataclass(frozen=True, slots=True)
class DateLimit:
    """The publication date, which is not before (`gte`) or not after (`lte`) the value."""

    lookup: Literal["gte", "lte"]


@dataclass(frozen=True, slots=True)
class ClassSymbol:
    """The symbols of a classification scheme, one of which begins with the value."""

    scheme: Literal["IPC", "CPC"]


@dataclass(frozen=True, slots=True)
class PartyName:
    """The names of parties in one of these roles, one of which contains the value, or in double quotes equals it."""

    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BatchKey:
    """The batches that delivered the publication, one of which has the value as its key."""


@dataclass(frozen=True, slots=True)
class LinkedText:
    """The figure itself: whether a sentence is linked to it."""


Kind = Column | DateLimit | ClassSymbol | PartyName | BatchKey | LinkedText
