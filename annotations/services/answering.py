"""Runs answered: every topic asked as an examiner would, once for all runs of a step, and ranked by each.

Lists are stored topic by topic under the runs' leases, so that a worker that is killed costs one topic's work.
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
from annotations.services.asking import Answer, TopicSearch
from engine.errors import Problem
from engine.ranking.fusion import Fusion
from search.models import Modality, Verdict, WorkState
from search.ranking import Collection
from search.services.work import (
    is_open,
    work_claim,
    work_done,
    work_extend,
    work_fault,
    work_reject,
    work_return,
    worker_name,
)

logger = logging.getLogger(__name__)

BUDGET_SECONDS = 3.0  # of one task: whoever waits for hits waits no longer for a run
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
    """Answer a run, and the runs of its step with it, for about BUDGET_SECONDS; true when another task is to go on.

    Nothing happens where the run is finished or another worker has it. What fails says why in the run.
    """
    run = work_claim(model=Run, pk=run_id)
    if run is None:
        return False
    step = [run, *_claimed_with(run)]
    try:
        return _answer(step)
    except Problem as problem:
        logger.warning("runs refused runs=%s code=%s", [one.pk for one in step], problem.code)
        for one in step:
            work_reject(row=one, code=problem.code, detail=problem.detail)
    except Exception as error:  # of whatever kind: a row must not stay with a process that has let go of it
        for one in step:
            work_fault(row=one, error=error)
    return False


def _claimed_with(run: Run) -> list[Run]:
    """The other waiting runs that search the same for the same topics."""
    others = run.topic_set.runs.filter(
        is_open(), filters=run.filters, encoder_keys=run.encoder_keys, last_embedding_ids=run.last_embedding_ids
    ).exclude(pk=run.pk)
    claimed = (work_claim(model=Run, pk=pk) for pk in others.order_by("pk").values_list("pk", flat=True))
    return [one for one in claimed if one is not None]


def _answer(step: Sequence[Run]) -> bool:
    run = step[0]
    search = TopicSearch.of_run(run)
    for one in step:
        _begin(one, search.collection)
    done = {one.pk: set(one.lists.values_list("topic_id", flat=True)) for one in step}
    deadline = time.monotonic() + BUDGET_SECONDS
    has_asked = False
    for topic in run.topic_set.topics.order_by("number"):
        lacking = [one for one in step if topic.pk not in done[one.pk]]
        if not lacking:
            continue
        if has_asked and time.monotonic() > deadline:
            for one in step:
                work_return(row=one)
            return True
        _store(topic, lacking, search.ask(topic))
        has_asked = True
        for one in step:
            work_extend(row=one)
    for one in step:
        _finish(one)
    return False


@transaction.atomic
def _begin(run: Run, collection: Collection) -> None:
    """Note what is searched. Lists that were found in another version of the index are found anew."""
    if run.index_versions != collection.index_versions:
        RankedList.objects.filter(run=run).delete()
        Run.objects.filter(pk=run.pk).update(index_versions=collection.index_versions)
        run.index_versions = collection.index_versions


@transaction.atomic
def _store(topic: Topic, runs: Sequence[Run], answer: Answer) -> None:
    """The topic's list of each run that is still this worker's."""
    held = Run.objects.select_for_update().filter(
        pk__in=[one.pk for one in runs], state=WorkState.RUNNING, worker=worker_name()
    )
    RankedList.objects.bulk_create([_ranked(run, topic, answer) for run in held.order_by("pk")], ignore_conflicts=True)


def _ranked(run: Run, topic: Topic, answer: Answer) -> RankedList:
    ranked_list = RankedList(run=run, topic=topic)
    if answer.found is not None:
        ranked = answer.found.ranked(FUSIONS[System(run.system)], 0.5 if run.weight is None else run.weight)
        kept = np.flatnonzero(np.isin(ranked.ids, answer.counting))[: run.depth]
        ranked_list.figure_ids, ranked_list.scores = ranked.ids[kept].tolist(), ranked.scores[kept].tolist()
    return ranked_list


@transaction.atomic
def _finish(run: Run) -> None:
    """Close a run that has a list for every topic, unless another worker has taken it over."""
    held = Run.objects.select_for_update().filter(pk=run.pk, state=WorkState.RUNNING, worker=worker_name()).first()
    if held is None:
        return
    held.sha256 = hashlib.sha256(run_content(held)).hexdigest()
    held.note = _remarks(held)
    held.finished_at = timezone.now()
    held.save(update_fields=["sha256", "note", "finished_at"])
    work_done(row=held, verdict=Verdict.WARNED if held.note else Verdict.ACCEPTED)
    logger.info("run done run=%d system=%s", held.pk, held.system)


def _remarks(run: Run) -> str:
    """Which topics lack a side that the system ranks by, and what was done: what a search does with such a query."""
    lacking = topics_lacking(run.topic_set, run.encoder_keys)
    said = []
    if lacking[Modality.TEXT] and run.system != System.VISUAL:
        said.append(f"{_topics(lacking[Modality.TEXT])} no text: ranked by the drawing alone, as a search does.")
    if lacking[Modality.VISUAL] and run.system != System.TEXT:
        said.append(f"{_topics(lacking[Modality.VISUAL])} no drawing: ranked by text alone, as a search does.")
    return "\n".join(said)


def _topics(numbers: Sequence[int]) -> str:
    one = len(numbers) == 1
    return f"Topic{'' if one else 's'} {', '.join(map(str, numbers))} {'has' if one else 'have'}"
