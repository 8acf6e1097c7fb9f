"""One's history of queries: forgetting it, and asking a query of it again of the collection as it was then."""

from __future__ import annotations

import logging

from django.contrib.auth.models import User
from django.db import transaction

from search.models import Query, WorkState
from search.services.locks import row_lock
from search.services.materials import keys_of_address, materials_delete_unused
from search.services.queries import query_ask

logger = logging.getLogger(__name__)


def query_forget(*, query: Query) -> int:
    """Delete a query with all that was found and worked out for it, and what was uploaded for it alone.

    Returns how many uploads went. They go after the rows that name them, so that a fault in between leaves uploads that
    expire in time, never a query that lacks its own.
    """
    owner, asked = query.owner, query.asked
    Query.objects.filter(pk=query.pk).delete()
    forgotten = materials_delete_unused(owner=owner, keys=keys_of_address(asked))
    logger.info("query forgotten query=%s owner=%d materials=%d", query.pk, owner.pk, forgotten)
    return forgotten


def history_forget(*, owner: User) -> int:
    """Delete all queries of a person and all that they uploaded, but for what a saved search names.

    Returns how many queries went.
    """
    with transaction.atomic():
        queries = Query.objects.filter(owner=owner)
        count = queries.filter(replay_of=None).count()
        queries.delete()
    forgotten = materials_delete_unused(owner=owner, keys=None)
    logger.info("history forgotten owner=%d queries=%d materials=%d", owner.pk, count, forgotten)
    return count


@transaction.atomic
def query_replay(*, query: Query) -> tuple[Query, bool]:
    """The replay of an answered query over the collection as it was then, and whether it is new.

    The collection of then does not grow, so that one replay serves; only one that failed by a fault is asked again.
    Raises: Problem, saying the mend; NotFound.
    """
    row_lock(query)  # two windows ask for one replay
    before = query.replays.first()
    if before is not None and before.state != WorkState.QUARANTINED:
        return before, False
    return query_ask(owner=query.owner, question=query.question, replay_of=query), True
