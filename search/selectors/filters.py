"""Which publications and figures pass the filters of a question (search.filters says how those are written).

A condition never joins: each asks whether a row exists, so that one symbol may satisfy ipc and another cpc, several
applicants do not multiply a figure, and a filter can be left out of the others to count its values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from django.db.models import Exists, OuterRef, Q, QuerySet
from numpy.typing import NDArray

from search.filters import alternatives, filters_checked, whole_name
from search.models import Classification, Document, Figure, Party, Publication, SentenceLink

APPLICANT_ROLES = ("applicant", "proprietor")  # granted patents of the EPO name the proprietor where applications name
# the applicant (INID codes 73 and 71), and who asks for a company means both
Condition = Q | Exists


def figures_allowed(filters: Mapping[str, str]) -> NDArray[np.int64] | None:
    """Primary keys, ascending int64, of the figures that are shown and pass the filters; None without filters.

    Raises Problem for a filter that cannot be read.
    """
    read = filters_checked(filters)
    if not read:
        return None
    return np.fromiter(figures_passing(read).order_by("pk").values_list("pk", flat=True), dtype=np.int64)


def figures_passing(filters: Mapping[str, str]) -> QuerySet[Figure]:
    """The figures that are shown and pass filters that were read."""
    publications = Publication.objects.filter(*conditions_on_publications(filters).values(), retired_at=None)
    figures = Figure.objects.filter(retired_at=None, sheet__publication__in=publications.order_by())
    return figures.filter(has_linked_text()) if filters.get("has_text") else figures


def conditions_on_publications(filters: Mapping[str, str]) -> dict[str, Condition]:
    """By filter, what a publication must meet; has_text, which asks for figures, is not among them."""
    return {name: _CONDITIONS[name](value) for name, value in filters.items() if name in _CONDITIONS}


def has_linked_text() -> Exists:
    """Whether a figure has a linked sentence."""
    return Exists(SentenceLink.objects.filter(figure=OuterRef("pk")))


def figures_of_publication(*, with_text: bool = False) -> Exists:
    """Whether a publication has a figure that is shown; with_text: one with linked text."""
    figures = Figure.objects.filter(sheet__publication=OuterRef("pk"), retired_at=None)
    return Exists(figures.filter(has_linked_text()) if with_text else figures)


def applicants_named(value: str) -> Q:
    """The parties that the applicant of a question means: part of a name, or the whole of it in double quotes."""
    whole = whole_name(value)
    named = Q(name__icontains=value) if whole is None else Q(name__iexact=whole)
    return Q(role__in=APPLICANT_ROLES) & named


def symbols_beginning(scheme: str, value: str) -> Q:
    """The classifications of a scheme that begin with one of the prefixes; the pattern index answers it."""
    begins = Q()
    for prefix in alternatives(value):
        begins |= Q(symbol__startswith=prefix)
    return Q(scheme=scheme) & begins


def _classified(scheme: str) -> Callable[[str], Exists]:
    def condition(value: str) -> Exists:
        return Exists(Classification.objects.filter(symbols_beginning(scheme, value), publication=OuterRef("pk")))

    return condition


def _kind(value: str) -> Q:
    begins = Q()
    for kind in alternatives(value):
        begins |= Q(kind_code__startswith=kind)
    return begins


_CONDITIONS: dict[str, Callable[[str], Condition]] = {
    "ipc": _classified("IPC"),
    "cpc": _classified("CPC"),
    "date_from": lambda value: Q(date__gte=value),
    "date_to": lambda value: Q(date__lte=value),
    "applicant": lambda value: Exists(Party.objects.filter(applicants_named(value), publication=OuterRef("pk"))),
    "kind": _kind,
    "country": lambda value: Q(country__in=alternatives(value)),
    "language": lambda value: Q(language__in=alternatives(value)),
    "batch": lambda value: Exists(
        Document.objects.filter(batch_id__in=alternatives(value), publication=OuterRef("pk")).order_by()
    ),
}
