"""Plan, retry and delete runs; the worker with the encoders and indexes computes them."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from annotations.models import Run, System, TopicSet
from annotations.selectors.runs import FAILED, CollectionState, current_collection_state, run_like, runs_in_use
from annotations.services.topics import topic_set_lock
from engine.errors import NotFound, Problem
from engine.ranking.candidates import DEFAULT_SHORTLIST
from search.filters import filters_checked
from search.models import Verdict
from search.services.locks import row_lock
from search.services.work import work_restart

logger = logging.getLogger(__name__)

DEFAULT_DEPTH, DEEPEST = 100, DEFAULT_SHORTLIST
MOST_WEIGHTS = 20
PAPER_SYSTEMS = (System.VISUAL, System.TEXT, System.MAXIMUM, System.AVERAGE)
"""The four systems of the paper, in the order of its table."""
UNWEIGHTED_SYSTEMS = (*PAPER_SYSTEMS, System.RANKS)
WEIGHTED_SYSTEMS = (System.WEIGHTED, System.FITTED)
_TAG = re.compile(r"[A-Za-z0-9._-]{1,60}")


@dataclass(frozen=True, slots=True)
class Plan:
    """Systems to run, depth and filters. weights: percent of the drawing, one weighted sum for each."""

    systems: Sequence[System] = PAPER_SYSTEMS
    weights: Sequence[int] = ()
    depth: int = DEFAULT_DEPTH
    filters: Mapping[str, str] | None = None


@transaction.atomic
def runs_make(*, topic_set: TopicSet, plan: Plan, made_by: User) -> list[Run]:
    """Make one waiting run for each system and weight of a plan, all over the present state of the collection.

    If an earlier run has the same settings, it is returned instead, and retried if it failed. Raises: Problem.
    """
    if not (plan.systems or plan.weights):
        raise Problem("systems", "Choose at least one system, or enter a weight.")
    for system in plan.systems:
        if system not in UNWEIGHTED_SYSTEMS:
            raise Problem("systems", f"{system} cannot be chosen here; choose among {', '.join(UNWEIGHTED_SYSTEMS)}.")
    for weight in plan.weights:
        if not 1 <= weight <= 99:
            raise Problem(
                "weights",
                "A weight is the drawing’s share in percent, from 1 to 99. For 0 and 100 choose text or drawing.",
            )
    ways: list[tuple[str, System, float | None]]
    ways = [(system.value, system, None) for system in dict.fromkeys(plan.systems)]
    ways += [(f"weighted-{weight}", System.WEIGHTED, weight / 100) for weight in dict.fromkeys(plan.weights)]
    state = _state(topic_set)
    return [
        _made(
            topic_set,
            Run(name=name, system=system, weight=weight, depth=plan.depth, filters=plan.filters or {}),
            state,
            made_by,
        )
        for name, system, weight in ways
    ]


@transaction.atomic
def run_make(
    *,
    topic_set: TopicSet,
    name: str,
    system: System,
    made_by: User,
    weight: float | None = None,
    depth: int = DEFAULT_DEPTH,
    filters: Mapping[str, str] | None = None,
    as_of: Run | None = None,
) -> Run:
    """Make one waiting run, in the way of runs_make; the caller enqueues it with annotations.queue.

    name: gets a number if it is taken. weight: the drawing's share, 0 to 1, of a weighted or fitted sum. as_of: a run
    whose state of the collection is searched instead of the present one; ignored if it was imported.
    """
    if (system in WEIGHTED_SYSTEMS) != (weight is not None) or system not in (*UNWEIGHTED_SYSTEMS, *WEIGHTED_SYSTEMS):
        raise Problem("weight", "`weight` is required for systems weighted and fitted, and not allowed for others.")
    if weight is not None and not 0 <= weight <= 1:
        raise Problem("weight", f"`weight` must be from 0 to 1; it is {weight}.")
    run = Run(name=name, system=system, weight=weight, depth=depth, filters=filters or {})
    state = _state(topic_set)
    if as_of is not None and as_of.system != System.IMPORTED:
        state = CollectionState(as_of.encoder_keys, as_of.index_versions, as_of.last_embedding_ids)
    return _made(topic_set, run, state, made_by)


@transaction.atomic
def run_again(*, run: Run, made_by: User) -> Run:
    """Make a run of the same system over the present collection; if that has not changed, return the same run.

    Raises: Problem for an imported run.
    """
    if run.system == System.IMPORTED:
        raise Problem(
            "imported", f"Run {run} was imported. Make it again with the system it comes from, and import the new file."
        )
    like = Run(name=run.name, system=run.system, weight=run.weight, depth=run.depth, filters=run.filters)
    return _made(run.topic_set, like, _state(run.topic_set), made_by)


@transaction.atomic
def run_retry(*, run: Run) -> Run:
    """Make a failed run wait again, with the ranked lists it has; other runs do not change. Raises: NotFound."""
    row = row_lock(run)
    if row.state in FAILED:
        work_restart(row=row)
        Run.objects.filter(pk=row.pk).update(verdict=Verdict.OPEN)
    row.refresh_from_db()
    return row


@transaction.atomic
def run_delete(*, run: Run) -> None:
    """Delete a run and its ranked lists; repeating it does nothing.

    Raises: Problem if a pool or a fit was made of it, since judgments and scores depend on them.
    """
    # A worker that stores a list of this run waits for this lock, and then finds the run deleted.
    if not Run.objects.select_for_update().filter(pk=run.pk).exists():
        return
    if Run.objects.filter(runs_in_use(), pk=run.pk).exists():
        raise Problem("run-in-use", f"A pool or a fit was made of run {run}. Delete that first.")
    Run.objects.filter(pk=run.pk).delete()
    logger.info("run deleted run=%d", run.pk)


def _state(topic_set: TopicSet) -> CollectionState:
    """Return the present state of the collection, and lock the topics. Raises: Problem."""
    state = current_collection_state()
    if state is None:
        raise Problem(
            "no-index", "The collection has no search index yet. Deliver a batch, and make runs when it is done."
        )
    if not topic_set_lock(topic_set):
        raise Problem("topic-set-gone", f"The topic set “{topic_set}” was deleted meanwhile. Make another one.")
    if not topic_set.topics.exists():
        raise Problem("no-topics", f"The topic set “{topic_set}” has no topics. Add some, or draw them at random.")
    return state


def _made(topic_set: TopicSet, run: Run, state: CollectionState, made_by: User) -> Run:
    if not _TAG.fullmatch(run.name):
        raise Problem("name", "A run’s name has at most 60 letters, digits, hyphens, underscores and full stops.")
    if not 1 <= run.depth <= DEEPEST:
        raise Problem("depth", f"The depth must be from 1 to {DEEPEST} figures of a topic; it is {run.depth}.")
    run.filters = filters_checked(run.filters)
    wanted: dict[str, Any] = {
        "system": System(run.system),
        "weight": run.weight,
        "depth": run.depth,
        "filters": run.filters,
    }
    while (same := run_like(topic_set, state, **wanted)) is not None:
        with suppress(NotFound):  # deleted meanwhile: make another one
            return run_retry(run=same)
    run.topic_set, run.created_by = topic_set, made_by
    run.name = _free_name(topic_set, run.name)
    run.encoder_keys, run.index_versions = state.encoder_keys, state.index_versions
    run.last_embedding_ids = state.last_embedding_ids
    run.save()
    logger.info("run planned run=%d topic_set=%d system=%s", run.pk, topic_set.pk, run.system)
    return run


def _free_name(topic_set: TopicSet, name: str) -> str:
    """Return the name, or if it is taken, the name with the first free number from 2."""
    taken = set(topic_set.runs.values_list("name", flat=True))
    number = 2
    wanted = name
    while wanted in taken:
        wanted = f"{name[:55]}-{number}"
        number += 1
    return wanted
