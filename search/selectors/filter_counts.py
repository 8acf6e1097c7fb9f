"""Counts of the values of filters: how many publications have each value and pass the other filters of the question.

One statement counts them all: the publications that are shown are gathered once, each with whether it passes each
filter in use, and a filter's values are counted over those that pass the others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from engine.classes import Level, child_level
from search.filters import FILTERS, whole_name
from search.filters.kinds import BatchKey, ClassSymbol, Column, PartyName
from search.models import Batch, Classification, Document, Figure, Party, Publication, SentenceLink, Sheet
from search.selectors.filters import (
    Condition,
    conditions_on_publications,
    figures_of_publication,
    wants_linked_text,
)

MOST_NAMES = 12
MOST_BATCHES = 100
LINKED_TEXT = "linked_text"
_SYMBOL = re.compile(r"(\D+\d*\D*)\s?(\d*)(.*)")
_CHILDREN = {  # of a symbol, by level below the prefix
    Level.SECTION: "left(symbol, 1)",
    Level.CLASS: "left(symbol, 3)",
    Level.SUBCLASS: "left(symbol, 4)",
    Level.MAIN_GROUP: "split_part(symbol, '/', 1) || '/'",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """A value of a filter and how many publications have it."""

    value: str
    count: int
    name: str = ""  # for people, where the value is a key


@dataclass(frozen=True, slots=True)
class FilterCounts:
    """Counts are of publications, where their name does not say figures. Only publications with figures count.

    figures, publications: what passes all filters. figures_with_text, figures_of_others: what passes the filters but
    has_text. days: "2019-05-31", in the order of time.
    """

    figures: int
    publications: int
    figures_with_text: int
    figures_of_others: int
    values: Mapping[str, tuple[Counted, ...]]
    days: tuple[Counted, ...]


def filter_counts(filters: Mapping[str, str], *, prefixes: Mapping[str, str]) -> FilterCounts:
    """Count beside filters in their stored spelling. prefixes: by class filter, the symbol whose children are counted.

    Two statements, however many values there are; the second names the batches.
    """
    passes = _passes(filters)
    base, parameters = _base(passes)
    parts = [*_totals(passes), *_columns(passes), *_symbols(passes, prefixes), *_names(passes, filters)]
    statement = f"WITH base AS MATERIALIZED ({base}) " + " UNION ALL ".join(f"({part})" for part, _ in parts)
    found: dict[str, list[Counted]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, *(value for _, values in parts for value in values)])
        for what, value, count in cursor.fetchall():
            found.setdefault(what, []).append(Counted(value, count))
    totals = {what: found.pop(what)[0].count for what in ("publications", "with_text", "others")}
    days = sorted(found.pop("date", ()), key=lambda one: one.value)
    for name, one in FILTERS.items():
        if isinstance(one.kind, ClassSymbol):
            below = (counted for counted in found.get(name, ()) if counted.value != prefixes.get(name))
            found[name] = sorted(below, key=lambda counted: rising_symbol(counted.value))
        elif isinstance(one.kind, BatchKey):
            found[name] = _batches_named(found.get(name, []))
    return FilterCounts(
        figures=totals["with_text" if wants_linked_text(filters) else "others"],
        publications=totals["publications"],
        figures_with_text=totals["with_text"],
        figures_of_others=totals["others"],
        values={name: tuple(values) for name, values in found.items()},
        days=tuple(days),
    )


def rising_symbol(symbol: str) -> tuple[str, int, str]:
    """Return a sort key that orders symbols as the schemes list them: F04C 2/08, F04C 2/083, F04C 2/10, F04C 23/00."""
    parts = _SYMBOL.fullmatch(symbol)
    if parts is None:
        return symbol, 0, ""
    return parts[1].strip(), int(parts[2] or 0), parts[3]


def _passes(filters: Mapping[str, str]) -> dict[str, Condition]:
    """Return what a publication must meet, by group of the filters in use."""
    conditions: dict[str, Condition] = {}
    for name, condition in conditions_on_publications(filters).items():
        group = FILTERS[name].group
        conditions[group] = Q(conditions[group], condition) if group in conditions else condition
    if wants_linked_text(filters):
        conditions[LINKED_TEXT] = figures_of_publication(with_text=True)
    return conditions


def _base(passes: Mapping[str, Condition]) -> tuple[str, tuple[Any, ...]]:
    shown: QuerySet[Publication] = Publication.objects.filter(figures_of_publication(), retired_at=None).order_by()
    flags: dict[str, Any] = {
        f"passes_{name}": ExpressionWrapper(condition, output_field=BooleanField())
        if isinstance(condition, Q)
        else condition
        for name, condition in passes.items()
    }
    columns = dict.fromkeys(one.kind.name for one in FILTERS.values() if isinstance(one.kind, Column))
    rows = shown.annotate(**flags).values("id", "date", *columns, *flags)
    sql, parameters = rows.query.sql_with_params()
    return sql, tuple(parameters)


def _others(passes: Mapping[str, Condition], but: str = "") -> str:
    """Return the SQL condition on `base` of all filters in use but one."""
    return " AND ".join(f"base.passes_{name}" for name in passes if name != but) or "TRUE"


Part = tuple[str, tuple[Any, ...]]
"""A statement and its parameters. It selects what is counted, the value and the count."""


def _totals(passes: Mapping[str, Condition]) -> list[Part]:
    """Count publications that pass; figures that pass all filters but the linked text; and those of them with text."""
    figures = (
        f"FROM {Figure._meta.db_table} figure JOIN {Sheet._meta.db_table} sheet ON sheet.id = figure.sheet_id"
        " JOIN base ON base.id = sheet.publication_id"
        f" WHERE figure.retired_at IS NULL AND {_others(passes, LINKED_TEXT)}"
    )
    linked = f"EXISTS (SELECT FROM {SentenceLink._meta.db_table} link WHERE link.figure_id = figure.id)"
    return [
        (f"SELECT 'publications', '', count(*) FROM base WHERE {_others(passes)}", ()),
        (f"SELECT 'others', '', count(*) {figures}", ()),
        (f"SELECT 'with_text', '', count(*) {figures} AND {linked}", ()),
    ]


def _columns(passes: Mapping[str, Condition]) -> list[Part]:
    counted = [(name, one.kind.name, "TRUE") for name, one in FILTERS.items() if isinstance(one.kind, Column)]
    counted.append(("date", "date::text", "date IS NOT NULL"))
    return [
        (
            f"SELECT '{name}', {column}, count(*) FROM base WHERE {which} AND {_others(passes, name)}"
            " GROUP BY 2 ORDER BY 3 DESC, 2",
            (),
        )
        for name, column, which in counted
    ]


def _symbols(passes: Mapping[str, Condition], prefixes: Mapping[str, str]) -> list[Part]:
    """Count the children of the prefixes. Pairs are made distinct first: that hashes, where count(DISTINCT) sorts."""
    found: list[Part] = []
    for name, one in FILTERS.items():
        if not isinstance(one.kind, ClassSymbol):
            continue
        prefix = prefixes.get(name, "")
        level = child_level(prefix)
        grouped = " AND symbol LIKE '%%/%%'" if level in (Level.MAIN_GROUP, Level.GROUP) else ""
        pairs = (
            f"SELECT DISTINCT base.id, {_child(prefix)} AS value FROM base"
            f" JOIN {Classification._meta.db_table} ON publication_id = base.id"
            f" WHERE scheme = %s AND symbol LIKE %s{grouped} AND {_others(passes, name)}"
        )
        found.append(
            (f"SELECT '{name}', value, count(*) FROM ({pairs}) pairs GROUP BY 2", (one.kind.scheme, f"{prefix}%"))
        )
    return found


def _child(prefix: str) -> str:
    """Return the SQL of the part of a symbol that is counted as one child: the next level, and in a main group the next
    digit, since F04C 2/083 begins with F04C 2/08 and passes that filter."""
    if "/" in prefix:
        return f"left(symbol, {max(prefix.index('/') + 3, len(prefix) + 1)})"
    return _CHILDREN[child_level(prefix)]


def _names(passes: Mapping[str, Condition], filters: Mapping[str, str]) -> list[Part]:
    """Names that contain what is typed, by how many publications they have; and the batches."""
    found: list[Part] = []
    for name, one in FILTERS.items():
        if isinstance(one.kind, PartyName):
            typed = filters.get(name, "")
            parties = (
                f"SELECT '{name}', min(name), count(DISTINCT base.id) FROM base"
                f" JOIN {Party._meta.db_table} ON publication_id = base.id"
                f" WHERE role = ANY(%s) AND strpos(upper(name), upper(%s)) > 0 AND {_others(passes, name)}"
                f" GROUP BY upper(name) ORDER BY 3 DESC, 2 LIMIT {MOST_NAMES}"
            )
            found.append((parties, (list(one.kind.roles), whole_name(typed) or typed)))
        elif isinstance(one.kind, BatchKey):
            batches = (
                f"SELECT '{name}', batch_id::text, count(DISTINCT base.id) FROM base"
                f" JOIN {Document._meta.db_table} ON publication_id = base.id"
                f" WHERE {_others(passes, name)} GROUP BY batch_id ORDER BY batch_id DESC LIMIT {MOST_BATCHES}"
            )
            found.append((batches, ()))
    return found


def _batches_named(counted: list[Counted]) -> list[Counted]:
    names = {str(pk): name for pk, name in Batch.objects.values_list("pk", "file_name").order_by("-pk")[:MOST_BATCHES]}
    return [Counted(one.value, one.count, names.get(one.value, f"batch {one.value}")) for one in counted]


def batch_names(keys: list[str]) -> dict[str, str]:
    """Return the file names of batches by key, without deleted batches."""
    return {str(pk): name for pk, name in Batch.objects.filter(pk__in=keys).values_list("pk", "file_name")}
