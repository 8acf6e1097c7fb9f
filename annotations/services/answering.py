"""Process runs: search each topic once for all runs of the same collection, and rank the candidates for each run.

Ranked lists are stored topic by topic under the runs' leases, so that a killed worker loses the work of one topic.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Sequence

import numpy as np
from django.db import transaction
from django.utils import timezone

from annotations.models import RankedList, Run, System, Topic
from annotations.selectors.runs import run_content, topics_lacking
from annotations.services.topic_search import Answer, TopicSearch
from engine.errors import Problem
from engine.ranking.fusion import Fusion
from search.models import Modality, Verdict, WorkState
from search.ranking import Collection
from search.services.work import (
    is_open,
    work_claim,
    work_done,
    work_extend,
    work_reject,
    work_requeue,
    work_requeue_after_failure,
    worker_name,
)

logger = logging.getLogger(__name__)

BUDGET_SECONDS = 3.0  # of one task, so that queries of users do not wait long for a run
FUSIONS = {
    System.VISUAL: Fusion.VISUAL,
    System.TEXT: Fusion.TEXT,
    System.MAXIMUM: Fusion.MAX,
    System.AVERAGE: Fusion.AVG,
    System.RANKS: Fusion.RRF,
    System.WEIGHTED: Fusion.WEIGHTED,
    System.FITTED: Fusion.WEIGHTED,
}


def run_process(*, run_id: int) -> bool:
    """Work on a run, and on the waiting runs of the same search, for about BUDGET_SECONDS.

    Does nothing for a run that is finished or taken by another worker. Failures are recorded in the runs. Return
    whether topics are left, so that another task must continue.
    """
    run = work_claim(model=Run, pk=run_id)
    if run is None:
        return False
    runs = [run, *_claim_same_search(run)]
    try:
        return _process(runs)
    except Problem as problem:
        logger.warning("runs refused runs=%s code=%s", [claimed.pk for claimed in runs], problem.code)
        for claimed in runs:
            work_reject(row=claimed, code=problem.code, detail=problem.detail)
    except Exception as error:  # of any kind: the lease must not stay with a process that has stopped working on it
        for claimed in runs:
            work_requeue_after_failure(row=claimed, error=error)
    return False


def _claim_same_search(run: Run) -> list[Run]:
    """Claim the other waiting runs of the topic set that search the same collection with the same filters."""
    others = run.topic_set.runs.filter(
        is_open(), filters=run.filters, encoder_keys=run.encoder_keys, last_embedding_ids=run.last_embedding_ids
    ).exclude(pk=run.pk)
    claimed = (work_claim(model=Run, pk=pk) for pk in others.order_by("pk").values_list("pk", flat=True))
    return [other for other in claimed if other is not None]


def _process(runs: Sequence[Run]) -> bool:
    """Store the missing ranked lists of the runs. Return whether the time ran out before the last topic."""
    search = TopicSearch.of_run(runs[0])
    for run in runs:
        _begin(run, search.collection)
    done = {run.pk: set(run.lists.values_list("topic_id", flat=True)) for run in runs}
    deadline = time.monotonic() + BUDGET_SECONDS
    has_searched = False
    for topic in runs[0].topic_set.topics.order_by("number"):
        missing = [run for run in runs if topic.pk not in done[run.pk]]
        if not missing:
            continue
        if has_searched and time.monotonic() > deadline:
            for run in runs:
                work_requeue(row=run)
            return True
        _store(topic, missing, search.ask(topic))
        has_searched = True
        for run in runs:
            work_extend(row=run)
    for run in runs:
        _finish(run)
    return False


@transaction.atomic
def _begin(run: Run, collection: Collection) -> None:
    """Record the index versions that are searched, and delete lists that came from other versions."""
    if run.index_versions != collection.index_versions:
        RankedList.objects.filter(run=run).delete()
        Run.objects.filter(pk=run.pk).update(index_versions=collection.index_versions)
        run.index_versions = collection.index_versions


@transaction.atomic
def _store(topic: Topic, runs: Sequence[Run], answer: Answer) -> None:
    """Store the topic's ranked list of each run whose lease this worker still has."""
    leased = Run.objects.select_for_update().filter(
        pk__in=[run.pk for run in runs], state=WorkState.RUNNING, worker=worker_name()
    )
    lists = [_ranked(run, topic, answer) for run in leased.order_by("pk")]
    RankedList.objects.bulk_create(lists, ignore_conflicts=True)


def _ranked(run: Run, topic: Topic, answer: Answer) -> RankedList:
    ranked_list = RankedList(run=run, topic=topic)
    if answer.found is not None:
        ranked = answer.found.ranked(FUSIONS[System(run.system)], 0.5 if run.weight is None else run.weight)
        kept = np.flatnonzero(np.isin(ranked.ids, answer.counting))[: run.depth]
        ranked_list.figure_ids, ranked_list.scores = ranked.ids[kept].tolist(), ranked.scores[kept].tolist()
    return ranked_list


@transaction.atomic
def _finish(run: Run) -> None:
    """Mark a run as done that has a list for every topic, unless another worker has taken it over."""
    row = Run.objects.select_for_update().filter(pk=run.pk, state=WorkState.RUNNING, worker=worker_name()).first()
    if row is None:
        return
    row.sha256 = hashlib.sha256(run_content(row)).hexdigest()
    row.note = _remarks(row)
    row.finished_at = timezone.now()
    row.save(update_fields=["sha256", "note", "finished_at"])
    work_done(row=row, verdict=Verdict.WARNED if row.note else Verdict.ACCEPTED)
    logger.info("run done run=%d system=%s", row.pk, row.system)


def _remarks(run: Run) -> str:
    """Describe which topics have no drawing or no text and how they were ranked: as a search ranks such a query."""
    lacking = topics_lacking(run.topic_set, run.encoder_keys)
    remarks = []
    if lacking[Modality.TEXT] and run.system != System.VISUAL:
        remarks.append(f"{_topics_have(lacking[Modality.TEXT])} no text: ranked by the drawing alone.")
    if lacking[Modality.VISUAL] and run.system != System.TEXT:
        remarks.append(f"{_topics_have(lacking[Modality.VISUAL])} no drawing: ranked by text alone.")
    return "\n".join(remarks)


def _topics_have(numbers: Sequence[int]) -> str:
    is_single = len(numbers) == 1
    return f"Topic{'' if is_single else 's'} {', '.join(map(str, numbers))} {'has' if is_single else 'have'}"
