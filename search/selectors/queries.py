"""What the query page says of the collection."""

from __future__ import annotations

from dataclasses import dataclass

from search.models import Figure, Publication


@dataclass(frozen=True, slots=True)
class CollectionCounts:
    publications: int
    figures: int


def collection_counts() -> CollectionCounts:
    return CollectionCounts(
        publications=Publication.objects.filter(retired_at=None).count(),
        figures=Figure.objects.filter(retired_at=None).count(),
    )
