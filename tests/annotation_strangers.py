"""Unrelated publications, whose figures can be pooled and judged."""

from __future__ import annotations

from search.models import Figure
from tests.factories import publication_make


def strangers_make(count: int, *, sheets: int = 2) -> list[Figure]:
    """Make unrelated publications with `sheets` figures each; return the figures in the order of the publications."""
    for number in range(count):
        publication = publication_make(f"EP{1_000_000 + number}A1", sheets=sheets)
        publication.family_key, publication.application_number = f"family-{number}", f"application-{number}"
        publication.save()
    return list(Figure.objects.order_by("sheet__publication__reference", "pk"))
