"""Conditions of filters: which publications and figures pass them.

A condition never joins: each asks whether a row exists, so that one symbol may satisfy ipc and another cpc, several
applicants do not multiply a figure, and a filter can be left out of the others to count its values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

import numpy as np
from django.db.models import Exists, OuterRef, Q, QuerySet
from numpy.typing import NDArray

from search.filters import FILTERS, alternatives, filters_checked, whole_name
from search.filters.kinds import BatchKey, ClassSymbol, Column, DateLimit, Kind, LinkedText, PartyName
from search.models import Classification, Document, Figure, Party, Publication, SentenceLink

Condition = Q | Exists


def figures_allowed(filters: Mapping[str, str]) -> NDArray[np.int64] | None:
    """Return the primary keys, ascending int64, of the shown figures that pass the filters; None without filters.

    Raises Problem for a filter that cannot be parsed.
    """
    read = filters_checked(filters)
    if not read:
        return None
    return np.fromiter(figures_passing(read).order_by("pk").values_list("pk", flat=True), dtype=np.int64)


def figures_passing(filters: Mapping[str, str]) -> QuerySet[Figure]:
    """Return the shown figures that pass filters in their stored spelling."""
    publications = Publication.objects.filter(*conditions_on_publications(filters).values(), retired_at=None)
    figures = Figure.objects.filter(retired_at=None, sheet__publication__in=publications.order_by())
    return figures.filter(has_linked_text()) if wants_linked_text(filters) else figures


def conditions_on_publications(filters: Mapping[str, str]) -> dict[str, Condition]:
    """Return by filter what a publication must meet; without the filters that concern the figure."""
    found = {name: _condition(FILTERS[name].kind, value) for name, value in filters.items() if name in FILTERS}
    return {name: condition for name, condition in found.items() if condition is not None}


def wants_linked_text(filters: Mapping[str, str]) -> bool:
    """Whether only figures with linked text pass."""
    return any(isinstance(FILTERS[name].kind, LinkedText) for name, value in filters.items() if value)


def has_linked_text() -> Exists:
    """Whether a figure has a linked sentence."""
    return Exists(SentenceLink.objects.filter(figure=OuterRef("pk")))


def figures_of_publication(*, with_text: bool = False) -> Exists:
    """Whether a publication has a figure that is shown; with_text: one with linked text."""
    figures = Figure.objects.filter(sheet__publication=OuterRef("pk"), retired_at=None)
    return Exists(figures.filter(has_linked_text()) if with_text else figures)


def _condition(kind: Kind, value: str) -> Condition | None:
    """Return what a publication must meet; None for a kind that concerns the figure."""
    match kind:
        case Column(name, starts):
            return _one_begins(name, value) if starts else Q((f"{name}__in", alternatives(value)))
        case DateLimit(lookup):
            return Q((f"date__{lookup}", value))
        case ClassSymbol(scheme):
            # The pattern index on scheme and symbol answers it.
            classified = Classification.objects.filter(_one_begins("symbol", value), scheme=scheme)
            return Exists(classified.filter(publication=OuterRef("pk")))
        case PartyName(roles):
            whole = whole_name(value)
            named = Q(name__icontains=value) if whole is None else Q(name__iexact=whole)
            return Exists(Party.objects.filter(named, role__in=roles, publication=OuterRef("pk")))
        case BatchKey():
            delivered = Document.objects.filter(batch_id__in=alternatives(value), publication=OuterRef("pk"))
            return Exists(delivered.order_by())
        case LinkedText():
            return None
        case _:
            assert_never(kind)


def _one_begins(column: str, value: str) -> Q:
    """Whether the column begins with one of the alternatives."""
    begins = Q()
    for prefix in alternatives(value):
        begins |= Q((f"{column}__startswith", prefix))
    return begins
