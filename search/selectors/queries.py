"""What the query page says of the collection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import QuerySet

from search.models import Figure, Publication, Query, WorkState


@dataclass(frozen=True, slots=True)
class CollectionCounts:
    publications: int
    figures: int


def collection_counts() -> CollectionCounts:
    return CollectionCounts(
        publications=Publication.objects.filter(retired_at=None).count(),
        figures=Figure.objects.filter(retired_at=None).count(),
    )


def recent_queries(owner: User, *, most: int) -> QuerySet[Query]:
    """One's own queries, newest first, with figure and publication."""
    return Query.objects.filter(owner=owner).select_related("figure__sheet__publication")[:most]


def queries_ahead(query: Query, *, patience: timedelta) -> int:
    """How many queries, anybody's, came earlier and are still to be answered; not those that waited past `patience`."""
    unfinished = Query.objects.filter(state__in=[WorkState.WAITING, WorkState.RUNNING])
    return unfinished.filter(created_at__lt=query.created_at, created_at__gt=query.created_at - patience).count()
