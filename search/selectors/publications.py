"""Publications: lists, filters, and one with its sheets and text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet, prefetch_related_objects

from engine.sheets.reading import TextKind
from search.models import Classification, Figure, Party, Publication, Reading, SentenceLink, Sheet

_NUMERAL = re.compile(r"(\D*)(\d*)(.*)", re.DOTALL)


def numeral_sort_key(numeral: str) -> tuple[str, int, str]:
    """Return a sort key that orders numerals by number: 9, 10, 10a, 102, and S9 before S10."""
    parts = _NUMERAL.match(numeral)
    assert parts is not None  # every part of the pattern may be empty
    return parts[1], int(parts[2] or 0), parts[3]


def publications_to_show() -> QuerySet[Publication]:
    """Return the publications that are not retired."""
    return Publication.objects.filter(retired_at=None)


def publication_by_reference(reference: str) -> Publication | None:
    """Return a publication by its reference as users write it: "EP 1 234 567 A1" or "ep1234567a1". None if unknown."""
    written = "".join(reference.split()).upper()
    # No reference has other characters, and PostgreSQL rejects NUL.
    return publications_to_show().filter(reference=written[:25]).first() if written.isalnum() else None


def publications_counted() -> QuerySet[Publication]:
    """Return the publications in the order of their references, with counts of figures."""
    shown = Q(sheets__figures__retired_at=None)
    counted = publications_to_show().annotate(figure_count=Count("sheets__figures", filter=shown, distinct=True))
    return counted.order_by("reference")


def publications_listed(search: str) -> QuerySet[Publication]:
    """Return the publications whose reference, title or applicant contains `search`, with figure counts and parties."""
    found = publications_counted()
    search = search.replace("\0", "")
    if search:
        applicants = Party.objects.filter(role="applicant", name__icontains=search).values("publication_id")
        found = found.filter(
            Q(reference__icontains="".join(search.split())) | Q(titles__icontains=search) | Q(pk__in=applicants)
        )
    return found.prefetch_related("parties")


def publications_filtered(
    *, reference: str = "", applicant: str = "", ipc: str = "", cpc: str = ""
) -> QuerySet[Publication]:
    """Return publications with counts of figures, filtered.

    reference, applicant: any part of them. ipc, cpc: the beginning of a symbol. Empty values filter nothing.
    """
    found = publications_counted()
    if reference:
        found = found.filter(reference__icontains="".join(reference.split()))
    if applicant:
        applicants = Party.objects.filter(role="applicant", name__icontains=applicant)
        found = found.filter(pk__in=applicants.values("publication_id"))
    for scheme, symbol in (("IPC", ipc), ("CPC", cpc)):
        if symbol:
            classes = Classification.objects.filter(scheme=scheme, symbol__startswith=symbol)
            found = found.filter(pk__in=classes.values("publication_id"))
    return found


def publication_with_everything(reference: str) -> Publication | None:
    """Return a publication with parties, classes, part names, paragraphs, sheets and figures. None if unknown."""
    found = publication_by_reference(reference)
    if found is None:
        return None
    shown = Figure.objects.filter(retired_at=None).order_by("position")
    prefetch_related_objects(
        [found], "classifications", "parties", "part_names", "paragraphs", "sheets", Prefetch("sheets__figures", shown)
    )
    return found


def part_names_of(publication: Publication) -> dict[str, str]:
    """Return the part names by numeral, in the order of the numerals."""
    names = dict(publication.part_names.values_list("numeral", "name"))
    return {numeral: names[numeral] for numeral in sorted(names, key=numeral_sort_key)}


def sheets_of_publication(publication: Publication) -> QuerySet[Sheet]:
    """Return the sheets in order, with their numerals, and their figures with links, sentences and paragraphs."""
    links = SentenceLink.objects.select_related("sentence__paragraph").order_by("sentence__position", "reason")
    figures = Figure.objects.filter(retired_at=None).order_by("position").prefetch_related(Prefetch("links", links))
    numerals = Reading.objects.filter(kind=TextKind.NUMERAL.value).order_by("top", "left", "pk")
    return publication.sheets.prefetch_related(Prefetch("figures", figures), Prefetch("readings", numerals))


def figures_by_numeral(sheets: Iterable[Sheet]) -> dict[str, list[Figure]]:
    """Return the figures in which each numeral is drawn, in the order of the sheets."""
    drawn: dict[str, list[Figure]] = {}
    for sheet in sheets:
        numerals: dict[int | None, set[str]] = {}
        for reading in sheet.readings.all():
            numerals.setdefault(reading.figure_id, set()).add(reading.text)
        for figure in sheet.figures.all():
            for numeral in numerals.get(figure.pk, ()):
                drawn.setdefault(numeral, []).append(figure)
    return drawn


def publication_links(publication: Publication) -> dict[str, Any]:
    """Return numerals and linked sentences per sheet, as `manage.py links` and the API give them."""
    return {
        "publication": publication.reference,
        "sheets": [_sheet_links(sheet) for sheet in sheets_of_publication(publication)],
        "unlinked_in_text": publication.unlinked_in_text,
        "unlinked_on_sheet": publication.unlinked_on_sheet,
    }


def _sheet_links(sheet: Sheet) -> dict[str, Any]:
    return {
        "file": sheet.file_name,
        "page": sheet.page,
        "missing": sheet.missing,
        "rotation": sheet.rotation,
        "figures": [{"figure": figure.pk, "label": figure.label} for figure in sheet.figures.all()],
        "numerals": [
            {
                "text": reading.text,
                "seen": reading.seen,
                "box": [reading.left, reading.top, reading.width, reading.height],
                "confidence": reading.confidence,
                "settled_by": reading.settled_by,
            }
            for reading in sheet.readings.all()
        ],
        "sentences": [
            {
                "figure": figure.pk,
                "text": link.sentence.text,
                "numerals": link.numerals,
                "reason": link.reason,
                "spans": link.spans,
            }
            for figure in sheet.figures.all()
            for link in figure.links.all()
        ],
    }
