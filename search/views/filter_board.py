"""The filters of a question as its form shows them: chips of those in use, and the values of each with their counts,
every change as an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field

from engine.classes import class_name, levels_of, title_of
from search.filters import FILTERS, Filter, alternatives, values_of, whole_name
from search.filters.kinds import BatchKey, ClassSymbol, Column, LinkedText, PartyName
from search.question import Question
from search.selectors.filter_counts import Counted, FilterCounts, batch_names
from search.views.date_bars import DateBar, date_bars


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use. dropped: the query string of the question without it."""

    label: str
    value: str
    title: str
    dropped: str


@dataclass(frozen=True, slots=True)
class FilterValue:
    """A value that a filter may take. address: the query string of the question with it."""

    value: str
    name: str
    count: int | None
    chosen: bool = False
    address: str = ""


@dataclass(frozen=True, slots=True)
class ClassField:
    """A filter by class: what is written, its place in the tree, and the classes above and below."""

    name: str
    label: str
    written: str
    fault: str
    place: str  # e.g. "F04C – Rotary-piston … (Mechanical engineering › …)"; empty at the top
    above: tuple[FilterValue, ...]
    below: tuple[FilterValue, ...]
    another: str  # the address that begins one more alternative; empty where there is none yet
    begins_another: bool


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """A filter with a list of values to tick."""

    name: str
    label: str
    fault: str
    choices: tuple[FilterValue, ...]


@dataclass(frozen=True, slots=True)
class NameField:
    """A filter by the name of a party: what is written, and the names that contain it."""

    name: str
    label: str
    written: str
    fault: str
    values: tuple[FilterValue, ...]


@dataclass(frozen=True, slots=True)
class FilterBoard:
    """All filters of a question; without `counts` only those in use."""

    question: Question
    counts: FilterCounts | None
    chips: tuple[Chip, ...]
    classes: tuple[ClassField, ...]
    choices: tuple[ChoiceField, ...]
    names: tuple[NameField, ...]
    date_from: str
    date_to: str
    bars: tuple[DateBar, ...]
    any_date: str
    faults: Mapping[str, str] = dataclass_field(default_factory=dict)

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
        """Whether something in it must be corrected."""
        return bool(self.faults)


def prefixes_of(filters: Mapping[str, str], also: str = "") -> dict[str, str]:
    """Return by class filter the symbol whose children are listed: its last value; none if `also` adds a value."""
    return {name: "" if name == also else (alternatives(filters.get(name, "")) or [""])[-1] for name in class_filters()}


def filter_board(
    question: Question,
    *,
    counts: FilterCounts | None = None,
    also: str = "",
    written: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
) -> FilterBoard:
    """Return the board of a question. written: the filters as typed; faults: what is wrong with some of them."""
    faults, typed = faults or {}, {name: value for name, value in (written or {}).items() if name in (faults or {})}
    filters = question.filters
    return FilterBoard(
        question=question,
        counts=counts,
        chips=chips_of(question),
        classes=tuple(_class_field(question, counts, name, also, typed, faults) for name in class_filters()),
        choices=tuple(
            ChoiceField(name, one.label, faults.get(name, ""), _choices(question, counts, one))
            for name, one in FILTERS.items()
            if isinstance(one.kind, Column | BatchKey)
        ),
        names=tuple(
            NameField(
                name=name,
                label=one.label,
                written=typed.get(name, filters.get(name, "")),
                fault=faults.get(name, ""),
                values=_names(question, counts, name),
            )
            for name, one in FILTERS.items()
            if isinstance(one.kind, PartyName)
        ),
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
    """Return a chip for each filter in use, and for each of its alternatives."""
    found: list[Chip] = []
    for name, one in FILTERS.items():
        values = values_of(name, question.filters.get(name, ""))
        batches = batch_names(values) if isinstance(one.kind, BatchKey) and values else {}
        for value in values:
            rest = ",".join(other for other in values if other != value)
            shown, title = _chip_value(one, value, batches)
            found.append(Chip(one.chip, shown, title, with_filters(question, **{name: rest})))
    return tuple(found)


def class_filters() -> list[str]:
    """Return the names of the filters by class symbol."""
    return [name for name, one in FILTERS.items() if isinstance(one.kind, ClassSymbol)]


def _chip_value(one: Filter, value: str, batches: Mapping[str, str]) -> tuple[str, str]:
    """Return a value as a chip shows it, and the title that describes it."""
    match one.kind:
        case ClassSymbol():
            named = class_name(value)
            return named.short, named.described
        case PartyName():
            return whole_name(value) or f"{value}…", "All of the name" if whole_name(value) else "Part of the name"
        case BatchKey():
            return batches.get(value, value), f"Batch {value}"
        case LinkedText():
            return "", one.help
    return value, one.describe(value) or one.label


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
        label=FILTERS[name].label,
        written=typed.get(name) or ", ".join(several),
        fault=faults.get(name, ""),
        place=class_name(prefix).described if prefix else "",
        above=tuple(
            FilterValue(place, title_of(place), None, address=leading_to(place)) for place in ("", *places[:-1])
        )
        if places
        else (),
        below=tuple(
            FilterValue(one.value, title_of(one.value), one.count, address=leading_to(one.value)) for one in counted
        ),
        another=question.address if several and name != also else "",
        begins_another=name == also,
    )


def _choices(question: Question, counts: FilterCounts | None, field: Filter) -> tuple[FilterValue, ...]:
    """Return the values to tick: those that pass the other filters, then those in use that do not."""
    several = alternatives(question.filters.get(field.name, ""))
    counted: Sequence[Counted] = () if counts is None else counts.values.get(field.name, ())
    batches = batch_names(several) if isinstance(field.kind, BatchKey) and several else {}
    starts = isinstance(field.kind, Column) and field.kind.starts
    occurring = {one.value for one in counted}
    absent = [
        Counted(value, sum(one.count for one in counted if starts and one.value.startswith(value)))
        for value in several
        if value not in occurring
    ]
    return tuple(
        FilterValue(
            one.value,
            one.name or batches.get(one.value) or field.describe(one.value),
            None if counts is None else one.count,
            one.value in several,
        )
        for one in (*counted, *absent)
        if one.value
    )


def _names(question: Question, counts: FilterCounts | None, name: str) -> tuple[FilterValue, ...]:
    in_use = whole_name(question.filters.get(name, "")) or ""
    counted = () if counts is None else counts.values.get(name, ())
    return tuple(
        FilterValue(
            one.value,
            one.value,
            one.count,
            one.value.upper() == in_use.upper(),
            with_filters(question, **{name: f'"{one.value}"'}),
        )
        for one in counted
    )
