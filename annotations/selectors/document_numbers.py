"""Figures by document number, and document numbers and relatives of figures."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TypeVar

from django.db.models import F

from engine.evaluation.documents import DocumentNumberError, document_number, place_of
from engine.evaluation.relatives import Relatives
from search.models import Figure

_AT_A_TIME = 5000
Named = TypeVar("Named", int, str)


def numbers_of_figures(figure_ids: Collection[int]) -> dict[int, str]:
    """Figure → document number, also of retired figures."""
    fields = ("pk", "sheet__publication__reference", "sheet__position", "sheet__page", "position")
    rows = (
        row for part in _parts(figure_ids) for row in Figure.objects.filter(pk__in=part).values_list(*fields).order_by()
    )
    return {pk: document_number(reference, sheet, page, place) for pk, reference, sheet, page, place in rows}


def figures_of_numbers(numbers: Collection[str]) -> dict[str, int]:
    """Document number → figure, also of retired figures. Unknown and invalid numbers are left out."""
    publications = set()
    for number in numbers:
        try:
            publications.add(place_of(number).publication)
        except DocumentNumberError:
            continue
    fields = ("pk", "sheet__publication__reference", "sheet__position", "sheet__page", "position")
    found: dict[str, int] = {}
    # Sheets removed by a correction keep their numbers: prefer the figure that can still be shown.
    living_first = (F("retired_at").asc(nulls_first=True), "pk")
    for part in _parts(publications):
        figures = Figure.objects.filter(sheet__publication__reference__in=part).order_by(*living_first)
        for pk, reference, sheet, page, place in figures.values_list(*fields):
            found.setdefault(document_number(reference, sheet, page, place), pk)
    return {number: found[number] for number in numbers if number in found}


def relatives_of_figures(figure_ids: Collection[int]) -> dict[int, Relatives]:
    """Figure → publication, family and application that make it a relative of others; also of retired figures."""
    publication = "sheet__publication__"
    fields = ("pk", f"{publication}reference", f"{publication}family_key", f"{publication}application_number")
    return {
        pk: Relatives(reference, family, application)
        for part in _parts(figure_ids)
        for pk, reference, family, application in Figure.objects.filter(pk__in=part).order_by().values_list(*fields)
    }


def _parts(wanted: Collection[Named]) -> Iterator[list[Named]]:
    """Split the values into batches small enough for one SQL statement."""
    ordered = sorted(wanted)
    for start in range(0, len(ordered), _AT_A_TIME):
        yield ordered[start : start + _AT_A_TIME]
