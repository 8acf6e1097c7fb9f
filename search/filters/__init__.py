"""Filters, as an address, a form, the API and the command line write them, parsed into one spelling.

    ipc, cpc                    starts of class symbols; one symbol of a publication that begins with one is enough
    date_from, date_to          days of publication, both included; also 2019 and 2019-05
    applicant                   part of the name of an applicant or proprietor; in double quotes the whole name
    kind, country, language     starts of kind codes, ST.3 codes of offices, codes of languages
    batch                       keys of batches
    has_text                    1: figures with linked text only

Some take several values, separated by commas, of which one is enough; all filters together must pass. The records are
in `search.filters.registry`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.http import QueryDict

from engine.errors import Problem
from search.filters.registry import FILTERS, Filter

__all__ = [
    "FILTERS",
    "MOST_ALTERNATIVES",
    "Filter",
    "alternatives",
    "filters_checked",
    "filters_read",
    "filters_written",
    "values_of",
    "whole_name",
]

MOST_ALTERNATIVES = 40
LAST_DAY = "9999-12-31"
_SEPARATOR = re.compile("[,;]")


def filters_written(query: QueryDict) -> dict[str, str]:
    """Return the filters of an address or form as written. One that comes several times is several alternatives."""
    written = {
        name: ",".join(query.getlist(name)) if one.takes_several else query.get(name, "")
        for name, one in FILTERS.items()
    }
    return {name: value for name, value in written.items() if value.strip(" ,;")}


def filters_read(written: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the filters in their stored spelling; and by name, what is wrong with the others."""
    filters: dict[str, str] = {}
    faults: dict[str, str] = {}
    for name, one in FILTERS.items():
        value = written.get(name, "").strip()
        try:
            read = _read(one, value) if value else ""
        except Problem as problem:
            faults[name] = problem.detail
        else:
            if read:
                filters[name] = read
    if filters.get("date_from", "") > filters.get("date_to", LAST_DAY):
        del filters["date_to"]
        faults["date_to"] = "The publication dates end before they begin; swap them, or leave one out."
    return filters, faults


def filters_checked(written: Mapping[str, str]) -> dict[str, str]:
    """Return the filters in their stored spelling. Raises Problem, whose code is the name of the first wrong filter."""
    filters, faults = filters_read(written)
    for name, detail in faults.items():
        raise Problem(name, detail)
    return filters


def alternatives(value: str) -> list[str]:
    """Return the values of a filter that takes several, each once."""
    return list(dict.fromkeys(filter(None, (one.strip() for one in _SEPARATOR.split(value)))))


def values_of(name: str, value: str) -> list[str]:
    """Return the values of a filter: its alternatives, or the one value that it takes."""
    if FILTERS[name].takes_several:
        return alternatives(value)
    return [value] if value else []


def whole_name(value: str) -> str | None:
    """Return the name that a value in double quotes is; None for part of a name."""
    return value[1:-1] if len(value) > 2 and value[0] == value[-1] == '"' else None


def _read(one: Filter, value: str) -> str:
    if "\0" in value:
        raise Problem(one.name, f"{one.label} contains a NUL character; remove it.")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Problem(one.name, f"{one.label} contains half a character; type it again.") from error
    if not one.takes_several:
        return one.parse(one.name, value)
    several = alternatives(value)
    if len(several) > MOST_ALTERNATIVES:
        raise Problem(one.name, f"{one.label} takes at most {MOST_ALTERNATIVES} values; leave some out.")
    return ",".join(dict.fromkeys(one.parse(one.name, part) for part in several))
