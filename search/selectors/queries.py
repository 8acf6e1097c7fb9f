"""Queries of a user, earlier answers to a question, and counts of the collection."""

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
    """Return the user's queries, newest first. Administrators do not see the queries of others either."""
    return Query.objects.filter(owner=owner)


def query_of(owner: User, key: str) -> Query | None:
    """Return the user's query by its key in an address; None for the query of another user or a wrong key."""
    try:
        return queries_of(owner).defer("candidates").filter(pk=uuid.UUID(key)).first()
    except ValueError:
        return None


def recent_questions(owner: User, *, most: int) -> list[Query]:
    """Return the newest query of each of the owner's last searches, newest first."""
    newest: dict[str, Query] = {}
    for query in queries_of(owner).filter(replay_of=None).defer("candidates")[: most * 4]:
        newest.setdefault(query.search_key, query)
    return list(newest.values())[:most]


def answered_before(owner: User, search_key: str) -> Query | None:
    """Return the owner's newest query of this search, if its answer would be the same now; an unfinished one counts.

    None for a quarantined query, which is asked again; a rejected one would be rejected again.
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
    """Return the owner's answered query of this key, if it is of this search; the collection may have grown since."""
    try:
        key = uuid.UUID(query_id)
    except ValueError:
        return None
    return queries_of(owner).filter(pk=key, search_key=search_key, state=WorkState.DONE).first()


def queries_ahead(query: Query, *, patience: timedelta) -> int:
    """Count the earlier queries of all users that are not answered yet, without those older than `patience`."""
    unfinished = Query.objects.filter(state__in=[WorkState.WAITING, WorkState.RUNNING])
    return unfinished.filter(created_at__lt=query.created_at, created_at__gt=query.created_at - patience).count()
