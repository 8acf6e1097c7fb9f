"""The history of a user's queries: deleting it, and repeating a query over the collection as it was."""

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
    """Delete a query with its answer and explanations, and the uploads that nothing else names.

    Returns the number of deleted uploads. They are deleted after the query: a failure in between leaves uploads that
    expire later, never a query without its uploads.
    """
    owner, address = query.owner, query.query_string
    Query.objects.filter(pk=query.pk).delete()
    forgotten = materials_delete_unused(owner=owner, keys=keys_of_address(address))
    logger.info("query forgotten query=%s owner=%d materials=%d", query.pk, owner.pk, forgotten)
    return forgotten


def history_forget(*, owner: User) -> int:
    """Delete all queries and uploads of a user, except the uploads that a saved search names.

    Returns the number of deleted queries.
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
    """Return the replay of an answered query over the collection as it was, and whether the replay is new.

    That collection does not change, so one replay is enough; only a quarantined one is repeated.
    Raises Problem if the question cannot be asked now, and NotFound.
    """
    row_lock(query)  # two requests at once make one replay
    before = query.replays.first()
    if before is not None and before.state != WorkState.QUARANTINED:
        return before, False
    return query_ask(owner=query.owner, question=query.question, replay_of=query), True
