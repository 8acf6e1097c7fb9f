"""Queries: one's own, what was asked before, and what the query page says of the collection."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import QuerySet

from search.models import Figure, Publication, Query, WorkState
from search.selectors.vectors import active_versions, newest_embedding


@dataclass(frozen=True, slots=True)
class CollectionCounts:
    publications: int
    figures: int


def collection_counts() -> CollectionCounts:
    return CollectionCounts(
        publications=Publication.objects.filter(retired_at=None).count(),
        figures=Figure.objects.filter(retired_at=None).count(),
    )


def queries_of(owner: User) -> QuerySet[Query]:
    """One's own queries, newest first. Nobody sees another's, administrators included."""
    return Query.objects.filter(owner=owner)


def query_of(owner: User, key: str) -> Query | None:
    """One's own query by its key as an address has it; None for another's, and for what is no key."""
    try:
        return queries_of(owner).defer("candidates").filter(pk=uuid.UUID(key)).first()
    except ValueError:
        return None


def recent_questions(owner: User, *, most: int) -> list[Query]:
    """The newest query of each of the owner's last searches, newest first."""
    newest: dict[str, Query] = {}
    for query in queries_of(owner).filter(replay_of=None).defer("candidates")[: most * 4]:
        newest.setdefault(query.search_key, query)
    return list(newest.values())[:most]


def answered_before(owner: User, search_key: str) -> Query | None:
    """The owner's newest query of this search, as long as it found all that would be found now; an open one counts.

    One that failed by a fault is asked again, one that was refused would be refused again.
    """
    query = queries_of(owner).filter(search_key=search_key, replay_of=None).first()
    if query is None or query.state == WorkState.QUARANTINED:
        return None
    if not query.is_finished or query.state == WorkState.REJECTED:
        return query
    in_use = {side: version.encoder_key for side, version in active_versions().items()}
    for side, key in query.encoder_keys.items():
        if in_use.get(side, key) != key or newest_embedding(key) != query.last_embedding_ids.get(side):
            return None
    return query


def answer_shown(owner: User, query_id: str, search_key: str) -> Query | None:
    """The owner's answered query of this key, as long as it is one of this search, however the collection has grown."""
    try:
        key = uuid.UUID(query_id)
    except ValueError:
        return None
    return queries_of(owner).filter(pk=key, search_key=search_key, state=WorkState.DONE).first()


def queries_ahead(query: Query, *, patience: timedelta) -> int:
    """How many queries, anybody's, came earlier and are still to be answered; not those that waited past `patience`."""
    unfinished = Query.objects.filter(state__in=[WorkState.WAITING, WorkState.RUNNING])
    return unfinished.filter(created_at__lt=query.created_at, created_at__gt=query.created_at - patience).count()
