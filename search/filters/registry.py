"""The filters. To add one, add its record to FILTERS: addresses, the filter board with its counts, chips, the API and
its schema, the command line and the conditions all iterate over them.

A filter of inventors would be:

    Filter("inventor", "Inventor", "Inventor", PartyName(("inventor",)), parse=party_name, help="Part of the name.")
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import get_language_info

from engine.patents.offices import OFFICE_NAMES
from search.filters.kinds import BatchKey, ClassSymbol, Column, DateLimit, Kind, LinkedText, PartyName
from search.filters.parsing import (
    Parser,
    batch_key,
    class_symbol,
    code,
    first_day,
    flag,
    ipc_symbol,
    last_day,
    party_name,
)


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter. name: in addresses, forms and the API. label: of its field. chip: before its value, where it is in use.

    parse: returns a value in its stored spelling, or raises Problem. takes_several: values between commas, of which one
    must match. help, longest: of the API's field; longest is in characters. describe: what a value stands for, empty
    where that is not known.
    """

    name: str
    label: str
    chip: str
    kind: Kind
    parse: Parser
    takes_several: bool = False
    help: str = ""
    longest: int = 200
    describe: Callable[[str], str] = lambda value: ""

    @property
    def group(self) -> str:
        """Filters of one group are left out together when values are counted beside the other filters."""
        return "date" if isinstance(self.kind, DateLimit) else self.name


def _language(value: str) -> str:
    try:
        return str(get_language_info(value)["name"])
    except KeyError:
        return ""


_FILTERS = (  # addresses name them in this order, and the keys of stored searches depend on it: add at the end
    Filter(
        "ipc",
        "IPC",
        "IPC",
        ClassSymbol("IPC"),
        ipc_symbol,
        takes_several=True,
        help="Starts of IPC symbols: F04C 2/08, B60W.",
        longest=800,
    ),
    Filter(
        "cpc",
        "CPC",
        "CPC",
        ClassSymbol("CPC"),
        class_symbol,
        takes_several=True,
        help="Starts of CPC symbols: F04C 2/08, B60W.",
        longest=800,
    ),
    Filter("date_from", "Published from", "from", DateLimit("gte"), first_day),
    Filter("date_to", "Published until", "until", DateLimit("lte"), last_day),
    Filter(
        "applicant",
        "Applicant or proprietor",
        "Applicant",
        # Applications name the applicant, patents that the EPO granted the proprietor (INID codes 71 and 73).
        PartyName(("applicant", "proprietor")),
        party_name,
        help="Part of an applicant's or proprietor's name; all of it in quotes.",
    ),
    Filter(
        "kind",
        "Kind code",
        "Kind",
        Column("kind_code", starts=True),
        code("[A-Z][0-9A-Z]{0,2}", "kind code", "A1 or B"),
        takes_several=True,
        help="Starts of kind codes: A, B1.",
    ),
    Filter(
        "country",
        "Country",
        "Country",
        Column("country"),
        code("[A-Z]{2}", "country code", "EP, WO or US"),
        takes_several=True,
        help="ST.3 codes: EP, WO.",
        describe=lambda value: OFFICE_NAMES.get(value, ""),
    ),
    Filter(
        "language",
        "Language",
        "Language",
        Column("language"),
        code("[a-z]{2}", "language code", "en, de or fr", upper=False),
        takes_several=True,
        help="Languages: en, de.",
        describe=_language,
    ),
    Filter("batch", "Batch", "Batch", BatchKey(), batch_key, takes_several=True),
    Filter(
        "has_text",
        "Linked text",
        "With linked text",
        LinkedText(),
        flag,
        help="Only figures with linked text.",
    ),
)
FILTERS = {one.name: one for one in _FILTERS}
