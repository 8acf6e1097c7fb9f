"""Make pools: the union of the first figures of runs, stored in an order that reveals no rank."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction

from annotations.models import Candidate, Pool, Run, TopicSet
from annotations.selectors.pools import PoolPreview, pool_preview
from annotations.services.locks import RunNotFound, runs_lock
from engine.errors import NotFound, Problem

USUAL_DEPTH, DEEPEST = 10, 1000
"""Figures of each run and topic: proposed, and at most."""

logger = logging.getLogger(__name__)


NOTHING_TO_JUDGE = "No figure is left to judge. Choose more runs, a greater depth, or figures judged before as well."


@transaction.atomic
def pool_make(
    *, topic_set: TopicSet, runs: Sequence[Run], depth: int, name: str, made_by: User, only_unjudged: bool = False
) -> Pool:
    """Make a pool of the first `depth` figures of each finished run; the same request again returns the same pool.

    Candidates are stored in the order of figures, so that their keys reveal no run or rank. only_unjudged: as for
    pool_preview. Raises: Problem if another pool has the name, or no figure is left to judge; RunNotFound.
    """
    existing = topic_set.pools.select_for_update(no_key=True).filter(name=name).first()
    if existing is not None:
        return _same(existing, runs, depth, only_unjudged=only_unjudged)
    if not runs_lock(runs):
        raise RunNotFound
    pairs = _pairs_of(pool_preview(topic_set, runs, depth, only_unjudged=only_unjudged))
    if not pairs:
        raise Problem("nothing-to-judge", NOTHING_TO_JUDGE)
    pool, created = Pool.objects.get_or_create(
        topic_set=topic_set, name=name, defaults={"depth": depth, "created_by": made_by}
    )
    if not created:  # made by somebody else meanwhile
        return _same(pool, runs, depth, only_unjudged=only_unjudged)
    pool.runs.set(runs)
    Candidate.objects.bulk_create(Candidate(pool=pool, topic_id=topic, figure_id=figure) for topic, figure in pairs)
    logger.info("pool made pool=%d runs=%d depth=%d candidates=%d", pool.pk, len(runs), depth, len(pairs))
    return pool


def pool_lock(pool: Pool) -> None:
    """Keep others from deleting the pool, and from making a session of it, until the transaction ends.

    Raises: NotFound.
    """
    if not Pool.objects.select_for_update(no_key=True).filter(pk=pool.pk).exists():
        raise NotFound(f"The pool “{pool}” was deleted meanwhile with its last session. Choose another, or make one.")


def _same(pool: Pool, runs: Sequence[Run], depth: int, *, only_unjudged: bool) -> Pool:
    """Return the pool if it is the requested one. Raises: Problem if it is another one of the same name.

    With only_unjudged, more may have been judged since: any part of the union counts as the same.
    """
    stored = set(pool.candidates.values_list("topic_id", "figure_id"))
    whole = set(_pairs_of(pool_preview(pool.topic_set, runs, depth)))
    is_same = stored <= whole if only_unjudged else stored == whole
    if not is_same or pool.depth != depth or set(pool.runs.all()) != set(runs):
        raise Problem("name-taken", f"Another pool of this topic set is called “{pool}”. Choose another name.")
    return pool


def _pairs_of(preview: PoolPreview) -> list[tuple[int, int]]:
    return [(topic.pk, figure_id) for topic, figure_ids in preview.topics for figure_id in figure_ids]
