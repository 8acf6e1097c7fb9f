"""Pools: the first figures of runs, united, in an order that tells nothing."""

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


class PoolNameTaken(Problem):
    """Another pool of the topic set has this name."""

    def __init__(self) -> None:
        super().__init__("name-taken", "Another pool of the topic set has this name; choose another name.")


class NothingToJudge(Problem):
    """All that the runs found is a relative of its topic, reserved, retired or left out."""

    def __init__(self) -> None:
        super().__init__("nothing-to-judge", "Nothing is left to judge: choose more runs, or a greater depth.")


class PoolNotFound(NotFound):
    """The pool was deleted meanwhile, with the last session over it."""

    def __init__(self) -> None:
        super().__init__("The pool was deleted meanwhile; take another, or make one.")


@transaction.atomic
def pool_make(
    *, topic_set: TopicSet, runs: Sequence[Run], depth: int, name: str, made_by: User, only_unjudged: bool = False
) -> Pool:
    """The pool of this name: the first `depth` figures of each finished run; the same again finds it.

    Candidates are stored in the order of figures, so that their keys tell nothing of a run or rank. only_unjudged: as
    for pool_preview. Raises: PoolNameTaken where another pool of the set has the name; NothingToJudge; RunNotFound.
    """
    existing = topic_set.pools.select_for_update(no_key=True).filter(name=name).first()
    if existing is not None:
        return _same(existing, runs, depth, only_unjudged=only_unjudged)
    if not runs_lock(runs):
        raise RunNotFound
    pairs = _pairs_of(pool_preview(topic_set, runs, depth, only_unjudged=only_unjudged))
    if not pairs:
        raise NothingToJudge
    pool, created = Pool.objects.get_or_create(
        topic_set=topic_set, name=name, defaults={"depth": depth, "created_by": made_by}
    )
    if not created:  # somebody was faster
        return _same(pool, runs, depth, only_unjudged=only_unjudged)
    pool.runs.set(runs)
    Candidate.objects.bulk_create(Candidate(pool=pool, topic_id=topic, figure_id=figure) for topic, figure in pairs)
    logger.info("pool made pool=%d runs=%d depth=%d candidates=%d", pool.pk, len(runs), depth, len(pairs))
    return pool


def pool_lock(pool: Pool) -> None:
    """Keep others from deleting the pool, and from making a session over it, as annotations.services.locks says.

    Raises: PoolNotFound.
    """
    if not Pool.objects.select_for_update(no_key=True).filter(pk=pool.pk).exists():
        raise PoolNotFound


def _same(pool: Pool, runs: Sequence[Run], depth: int, *, only_unjudged: bool) -> Pool:
    """The pool, where it is the one asked for. Raises: PoolNameTaken where it is another.

    Of one without what was judged, less may be unjudged by now: any part of the whole union is the same.
    """
    held = set(pool.candidates.values_list("topic_id", "figure_id"))
    whole = set(_pairs_of(pool_preview(pool.topic_set, runs, depth)))
    is_same = held <= whole if only_unjudged else held == whole
    if not is_same or pool.depth != depth or set(pool.runs.all()) != set(runs):
        raise PoolNameTaken
    return pool


def _pairs_of(preview: PoolPreview) -> list[tuple[int, int]]:
    return [(topic.pk, figure_id) for topic, figure_ids in preview.topics for figure_id in figure_ids]
