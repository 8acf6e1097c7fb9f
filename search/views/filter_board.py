"""The filters of a question as its form shows them: chips of those in use, and the values of each with their counts,
every change as an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import get_language_info

from engine.classes import class_name, levels_of, title_of
from engine.patents.offices import OFFICE_NAMES
from search.filters import ALTERNATIVES, FILTERS, LABELS, alternatives, whole_name
from search.question import Question
from search.selectors.filter_counts import SCHEMES, Counted, FilterCounts, batch_names
from search.views.date_bars import DateBar, date_bars

SAID = {"date_from": "from", "date_to": "until", "applicant": "Applicant", "kind": "Kind", "country": "Country",
        "language": "Language", "batch": "Batch", "ipc": "IPC", "cpc": "CPC"}  # fmt: skip
CHOICES = {"kind": "Kind code", "country": "Country", "language": "Language", "batch": "Batch"}


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use. dropped: the question without it, as a query string."""

    said: str
    value: str
    title: str
    dropped: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a filter may take. address: the question with it, as a query string."""

    value: str
    name: str
    count: int | None
    chosen: bool = False
    address: str = ""


@dataclass(frozen=True, slots=True)
class ClassField:
    """IPC or CPC: what is written, where in the tree that is, and what lies below."""

    name: str
    label: str
    written: str
    fault: str
    place: str  # e.g. "F04C – Rotary-piston … (Mechanical engineering › …)"; empty at the top
    above: tuple[Choice, ...]
    below: tuple[Choice, ...]
    another: str  # the address that begins one more alternative; empty where there is none yet
    begins_another: bool


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """A filter with a list of values to tick."""

    name: str
    label: str
    fault: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class FilterBoard:
    """All filters of a question; without `counts` only what is in use is known."""

    question: Question
    counts: FilterCounts | None
    chips: tuple[Chip, ...]
    classes: tuple[ClassField, ...]
    choices: tuple[ChoiceField, ...]
    applicant: str
    applicants: tuple[Choice, ...]
    date_from: str
    date_to: str
    bars: tuple[DateBar, ...]
    any_date: str
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.question.address

    @property
    def cleared(self) -> str:
        """The question without filters."""
        return replace(self.question, filters={}).address

    @property
    def in_use(self) -> bool:
        return bool(self.question.filters)

    @property
    def is_open(self) -> bool:
        """Whether something in it is to be mended."""
        return bool(self.faults)


def prefixes_of(filters: Mapping[str, str], also: str = "") -> dict[str, str]:
    """Where each tree of classes stands: at the last alternative; at the top for `also`, which begins another."""
    return {name: "" if name == also else (alternatives(filters.get(name, "")) or [""])[-1] for name in SCHEMES}


def filter_board(
    question: Question,
    *,
    counts: FilterCounts | None = None,
    also: str = "",
    written: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
) -> FilterBoard:
    """The board of a question. written, faults: the filters as they were typed, and those of them that are refused."""
    faults, typed = faults or {}, {name: value for name, value in (written or {}).items() if name in (faults or {})}
    filters = question.filters
    return FilterBoard(
        question=question,
        counts=counts,
        chips=chips_of(question),
        classes=tuple(_class_field(question, counts, name, also, typed, faults) for name in SCHEMES),
        choices=tuple(
            ChoiceField(name, label, faults.get(name, ""), _choices(question, counts, name))
            for name, label in CHOICES.items()
        ),
        applicant=typed.get("applicant", filters.get("applicant", "")),
        applicants=_applicants(question, counts),
        date_from=typed.get("date_from", filters.get("date_from", "")),
        date_to=typed.get("date_to", filters.get("date_to", "")),
        bars=() if counts is None else date_bars(question, counts.days),
        any_date=with_filters(question, date_from="", date_to="") if _dated(filters) else "",
        faults=faults,
    )


def with_filters(question: Question, **changed: str) -> str:
    """The query string of the question with these filters changed; an empty one is dropped."""
    filters = {name: value for name, value in {**question.filters, **changed}.items() if value}
    return replace(question, filters=filters).address


def chips_of(question: Question) -> tuple[Chip, ...]:
    """A chip for each filter in use, and for each of its alternatives."""
    found: list[Chip] = []
    keys = alternatives(question.filters.get("batch", ""))
    batches = batch_names(keys) if keys else {}
    for name in FILTERS:
        value = question.filters.get(name, "")
        several = alternatives(value) if name in ALTERNATIVES else [value] if value else []
        for one in several:
            rest = ",".join(other for other in several if other != one)
            dropped = with_filters(question, **{name: rest})
            if name == "has_text":
                found.append(Chip("With linked text", "", "Figures with linked text only", dropped))
            else:
                shown, title = _told(name, one, batches)
                found.append(Chip(SAID[name], shown, title, dropped))
    return tuple(found)


def _told(name: str, value: str, batches: Mapping[str, str]) -> tuple[str, str]:
    """A value for people, and all of it where that is long."""
    if name in SCHEMES:
        named = class_name(value)
        return named.short, named.described
    if name == "applicant":
        return whole_name(value) or f"{value}…", "All of the name" if whole_name(value) else "Part of the name"
    if name == "batch":
        return batches.get(value, value), f"Batch {value}"
    return value, name_of_code(name, value) or LABELS[name]


def name_of_code(name: str, value: str) -> str:
    """What a code stands for, in English; empty where it is not known."""
    if name == "country":
        return OFFICE_NAMES.get(value, "")
    if name == "language":
        try:
            return str(get_language_info(value)["name"])
        except KeyError:
            return ""
    return ""


def _dated(filters: Mapping[str, str]) -> bool:
    return "date_from" in filters or "date_to" in filters


def _class_field(
    question: Question,
    counts: FilterCounts | None,
    name: str,
    also: str,
    typed: Mapping[str, str],
    faults: Mapping[str, str],
) -> ClassField:
    several = alternatives(question.filters.get(name, ""))
    prefix = prefixes_of(question.filters, also)[name]
    before = several if name == also else several[:-1]

    def leading_to(symbol: str) -> str:
        return with_filters(question, **{name: ",".join(filter(None, (*before, symbol)))})

    places = levels_of(prefix)
    counted = () if counts is None else counts.values.get(name, ())
    return ClassField(
        name=name,
        label=SCHEMES[name],
        written=typed.get(name) or ", ".join(several),
        fault=faults.get(name, ""),
        place=class_name(prefix).described if prefix else "",
        above=tuple(Choice(place, title_of(place), None, address=leading_to(place)) for place in ("", *places[:-1]))
        if places
        else (),
        below=tuple(
            Choice(one.value, title_of(one.value), one.count, address=leading_to(one.value)) for one in counted
        ),
        another=question.address if several and name != also else "",
        begins_another=name == also,
    )


def _choices(question: Question, counts: FilterCounts | None, name: str) -> tuple[Choice, ...]:
    """The values to tick: those that occur under the other filters, then those in use that do not."""
    several = alternatives(question.filters.get(name, ""))
    counted: Sequence[Counted] = () if counts is None else counts.values.get(name, ())
    batches = batch_names(several) if name == "batch" and several else {}
    occurring = {one.value for one in counted}
    absent = [
        Counted(value, sum(one.count for one in counted if name == "kind" and one.value.startswith(value)))
        for value in several
        if value not in occurring
    ]
    return tuple(
        Choice(
            one.value,
            one.name or batches.get(one.value) or name_of_code(name, one.value),
            None if counts is None else one.count,
            one.value in several,
        )
        for one in (*counted, *absent)
        if one.value
    )


def _applicants(question: Question, counts: FilterCounts | None) -> tuple[Choice, ...]:
    in_use = whole_name(question.filters.get("applicant", "")) or ""
    counted = () if counts is None else counts.values.get("applicant", ())
    return tuple(
        Choice(
            one.value,
            one.value,
            one.count,
            one.value.upper() == in_use.upper(),
            with_filters(question, applicant=f'"{one.value}"'),
        )
        for one in counted
    )
