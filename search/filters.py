"""What hits are narrowed to, as an address, a form, the API and the command line write it, read into one spelling.

    ipc, cpc                    starts of class symbols; one symbol of a publication that begins with one is enough
    date_from, date_to          days of publication, both included; also 2019 and 2019-05
    applicant                   part of the name of an applicant or proprietor; in double quotes the whole name
    kind, country, language     starts of kind codes, ST.3 codes of offices, codes of languages
    batch                       keys of batches
    has_text                    1: figures with linked text only

ALTERNATIVES take several values, separated by commas, of which one is enough; all filters together must pass.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping

from django.http import QueryDict

from engine.classes import prefix_as_stored
from engine.errors import Problem

FILTERS = (
    "ipc",
    "cpc",
    "date_from",
    "date_to",
    "applicant",
    "kind",
    "country",
    "language",
    "batch",
    "has_text",
)
ALTERNATIVES = ("ipc", "cpc", "kind", "country", "language", "batch")
MOST_ALTERNATIVES = 40
LONGEST_NAME = 200
LARGEST_KEY = 2**63 - 1
_SEPARATOR = re.compile("[,;]")
_KIND = re.compile("[A-Z][0-9A-Z]{0,2}")
_COUNTRY = re.compile("[A-Z]{2}")
_LANGUAGE = re.compile("[a-z]{2}")
_YES, _NO = ("1", "on", "true", "yes"), ("0", "off", "false", "no")
_YEAR = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?")


def filters_written(query: QueryDict) -> dict[str, str]:
    """The filters of an address or form, as they were written. One that comes several times is several alternatives."""
    written = {name: ",".join(query.getlist(name)) if name in ALTERNATIVES else query.get(name, "") for name in FILTERS}
    return {name: value for name, value in written.items() if value.strip(" ,;")}


def filters_read(written: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The filters in their one spelling; and by name, what is wrong with the others and what would do."""
    filters: dict[str, str] = {}
    faults: dict[str, str] = {}
    for name in FILTERS:
        value = written.get(name, "").strip()
        try:
            read = _read(name, value) if value else ""
        except Problem as problem:
            faults[name] = problem.detail
        else:
            if read:
                filters[name] = read
    if filters.get("date_from", "") > filters.get("date_to", "9999-12-31"):
        del filters["date_to"]
        faults["date_to"] = "The publication dates end before they begin; swap them, or leave one out."
    return filters, faults


def filters_checked(written: Mapping[str, str]) -> dict[str, str]:
    """The filters in their one spelling. Raises Problem with the name of the first that is none."""
    filters, faults = filters_read(written)
    for name, detail in faults.items():
        raise Problem(name, detail)
    return filters


def alternatives(value: str) -> list[str]:
    """The values that a filter of ALTERNATIVES names, each once."""
    return list(dict.fromkeys(filter(None, (one.strip() for one in _SEPARATOR.split(value)))))


def whole_name(value: str) -> str | None:
    """The name that an applicant in double quotes is, None for part of a name."""
    return value[1:-1] if len(value) > 2 and value[0] == value[-1] == '"' else None


def _read(name: str, value: str) -> str:
    if "\0" in value:
        raise Problem(name, f"{LABELS[name]} holds a NUL character; remove it.")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Problem(name, f"{LABELS[name]} holds half a character; type it again.") from error
    if name not in ALTERNATIVES:
        return _READERS[name](name, value)
    several = alternatives(value)
    if len(several) > MOST_ALTERNATIVES:
        raise Problem(name, f"{LABELS[name]} takes at most {MOST_ALTERNATIVES} alternatives; leave some out.")
    return ",".join(dict.fromkeys(_READERS[name](name, one) for one in several))


def _symbol(name: str, value: str) -> str:
    prefix = prefix_as_stored(value)
    if prefix is None:
        raise Problem(
            name, f"“{value[:40]}” starts no {name.upper()} symbol. Write it as F04C 2/08, or less of it: F04C, F04, F."
        )
    if name == "ipc" and prefix.startswith("Y"):
        raise Problem(name, f"The IPC has sections A to H; look for {prefix} in the CPC.")
    return prefix


def _day(name: str, value: str) -> str:
    wrong = Problem(name, f"“{value[:20]}” is no date. Write it as 2019-05-31, 2019-05 or 2019.")
    try:
        part = _YEAR.fullmatch(value)
        if part is None:
            return datetime.date.fromisoformat(value).isoformat()
        year, month = int(part[1]), int(part[2] or (1 if name == "date_from" else 12))
        if name == "date_from":
            return datetime.date(year, month, 1).isoformat()
        following = datetime.date(year + month // 12, month % 12 + 1, 1) if (year, month) != (9999, 12) else None
        return (following - datetime.timedelta(days=1)).isoformat() if following else "9999-12-31"
    except ValueError as error:
        raise wrong from error


def _name(name: str, value: str) -> str:
    if len(value) > LONGEST_NAME:
        raise Problem(name, f"The applicant has {len(value)} characters; at most {LONGEST_NAME} are taken.")
    return value


def _code(pattern: re.Pattern[str], change: Callable[[str], str], example: str) -> Callable[[str, str], str]:
    def read(name: str, value: str) -> str:
        if not pattern.fullmatch(code := change(value)):
            raise Problem(name, f"“{value[:20]}” is no {LABELS[name].lower()}. Write it as {example}.")
        return code

    return read


def _key(name: str, value: str) -> str:
    if not (value.isascii() and value.isdecimal() and len(value) < 20 and 0 < int(value) <= LARGEST_KEY):
        raise Problem(name, f"“{value[:20]}” is no batch. Choose one from the list, or write its number.")
    return str(int(value))


def _flag(name: str, value: str) -> str:
    if value.lower() in (*_YES, *_NO):
        return "1" if value.lower() in _YES else ""
    raise Problem(name, f"“{value[:20]}” is neither yes nor no. Write 1 for figures with linked text only.")


_READERS: dict[str, Callable[[str, str], str]] = {
    "ipc": _symbol,
    "cpc": _symbol,
    "date_from": _day,
    "date_to": _day,
    "applicant": _name,
    "kind": _code(_KIND, str.upper, "A1 or B"),
    "country": _code(_COUNTRY, str.upper, "EP, WO or US"),
    "language": _code(_LANGUAGE, str.lower, "en, de or fr"),
    "batch": _key,
    "has_text": _flag,
}
LABELS = {
    "ipc": "IPC",
    "cpc": "CPC",
    "date_from": "Published from",
    "date_to": "Published until",
    "applicant": "Applicant",
    "kind": "Kind code",
    "country": "Country code",
    "language": "Language code",
    "batch": "Batch",
    "has_text": "Linked text",
}
