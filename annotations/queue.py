"""Enqueueing of runs and fits; search.queue does the same for batches and queries."""

from __future__ import annotations

from annotations.models import FusionFit, Run
from search import queue


def enqueue_run(run_id: int) -> None:
    """Enqueue a run; topics that have their ranked list are not searched again."""
    queue.enqueue_on_commit("answer_run", run_id, queue=queue.QUERY_QUEUE, priority=queue.BACKGROUND_PRIORITY)


def enqueue_fit(fit_id: int) -> None:
    """Enqueue a fit; topics that are evaluated already are not evaluated again."""
    queue.enqueue_on_commit("fit_fusion", fit_id, queue=queue.QUERY_QUEUE, priority=queue.BACKGROUND_PRIORITY)


def enqueue_unless_finished(row: Run | FusionFit) -> None:
    """Enqueue a run or a fit unless it is finished."""
    if row.is_finished:
        return
    if isinstance(row, Run):
        enqueue_run(row.pk)
    else:
        enqueue_fit(row.pk)
