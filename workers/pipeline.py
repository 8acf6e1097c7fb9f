"""What follows what. Everything is enqueued on commit; a lost message costs a sweep's delay, never work."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TypeVar

from celery import current_app
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from annotations.models import FusionFit, Run
from search.models import Batch, Document, Explanation, Query, Work
from search.services.work import is_open, work_free_orphans

Row = TypeVar("Row", bound=Work)

RUNG_AT_ONCE = 200  # messages kept in the batch queue: enough for every worker, few enough to wait behind
# 0 is the most urgent, and what a message without a priority has; upkeep has it.
CONTINUED_PRIORITY, BEGUN_PRIORITY = 3, 6
EXPLAINING_PRIORITY = 9  # who waits for hits goes before who wants to know why
RUN_PRIORITY = 9  # a run has time
QUERY_PATIENCE = timedelta(minutes=2)  # nobody waits longer for hits, so an older query is not answered any more


def batch_start(batch: Batch) -> None:
    """Ring for a batch that is to be unpacked."""
    transaction.on_commit(lambda: _ring("unpack_batch", batch.pk, queue="batch"))


def document_continue(document_id: int) -> None:
    """Ring for one document, before those that were not begun: what is begun is finished first."""
    transaction.on_commit(lambda: _ring("advance_document", document_id, queue="batch", priority=CONTINUED_PRIORITY))


def query_start(query: Query) -> None:
    """Ring for a query."""
    transaction.on_commit(lambda: _ring("answer_query", str(query.pk), queue="query"))


def explanation_start(explanation: Explanation) -> None:
    """Ring for an explanation."""
    transaction.on_commit(lambda: _ring("explain_hit", explanation.pk, queue="query", priority=EXPLAINING_PRIORITY))


def run_start(run_id: int) -> None:
    """Ring for a run, or for what is left of it."""
    transaction.on_commit(lambda: _ring("answer_run", run_id, queue="query", priority=RUN_PRIORITY))


def fit_start(fit_id: int) -> None:
    """Ring for a fit, or for what is left of it."""
    transaction.on_commit(lambda: _ring("fit_fusion", fit_id, queue="query", priority=RUN_PRIORITY))


def open_start(row: Run | FusionFit) -> None:
    """Ring for a run or a fit that was made, or found and perhaps tried again, unless it is finished."""
    if not row.is_finished:
        (run_start if isinstance(row, Run) else fit_start)(row.pk)


def query_wait(query: Query, *, seconds: float) -> Query:
    """The query once it is finished, or as it stands when the time is over; never raises."""
    return work_wait(query, seconds=seconds)


def work_wait(row: Row, *, seconds: float) -> Row:
    """A row once it is finished, or as it stands when the time is over; never raises."""
    deadline = time.monotonic() + seconds
    pause = 0.004
    while True:
        row.refresh_from_db()
        if row.is_finished or time.monotonic() > deadline:
            return row
        time.sleep(pause)
        pause = min(pause * 1.2, 0.05)


def sweep_open_work() -> int:
    """Ring for rows that should be worked on and that nobody holds, as far as the queue has room; returns how many.

    A row may have a message already: the second finds nothing to do.
    """
    for model in (Batch, Document, Query, Explanation, Run, FusionFit):
        work_free_orphans(model=model)
    room = RUNG_AT_ONCE - _queue_length("batch")
    batches = list(Batch.objects.filter(is_open()).values_list("pk", flat=True)[: max(0, room)])
    documents = list(open_documents().values_list("pk", flat=True)[: max(0, room - len(batches))])
    queries = Query.objects.filter(is_open(), created_at__gt=Now() - QUERY_PATIENCE).values_list("pk", flat=True)
    rung = [*(("unpack_batch", pk) for pk in batches), *(("advance_document", pk) for pk in documents)]
    for task, pk in rung:
        _ring(task, pk, queue="batch")
    if _queue_length("query") > 0:
        return len(rung)
    waiting = [str(pk) for pk in queries[:RUNG_AT_ONCE]]
    for query_id in waiting:
        _ring("answer_query", query_id, queue="query")
    wanted = Explanation.objects.filter(is_open(), created_at__gt=Now() - QUERY_PATIENCE)
    explanations = list(wanted.values_list("pk", flat=True)[:RUNG_AT_ONCE])
    for explanation_id in explanations:
        _ring("explain_hit", explanation_id, queue="query", priority=EXPLAINING_PRIORITY)
    runs = list(Run.objects.filter(is_open()).order_by("pk").values_list("pk", flat=True)[:RUNG_AT_ONCE])
    for run_id in runs:
        _ring("answer_run", run_id, queue="query", priority=RUN_PRIORITY)
    fits = list(FusionFit.objects.filter(is_open()).order_by("pk").values_list("pk", flat=True)[:RUNG_AT_ONCE])
    for fit_id in fits:
        _ring("fit_fusion", fit_id, queue="query", priority=RUN_PRIORITY)
    return len(rung) + len(waiting) + len(explanations) + len(runs) + len(fits)


def open_documents() -> QuerySet[Document]:
    """Documents to work on, those that were never tried first."""
    return Document.objects.filter(is_open(), batch__unpacked_at__isnull=False).order_by("attempts", "pk")


def _ring(task: str, row_id: int | str, *, queue: str, priority: int = BEGUN_PRIORITY) -> None:
    current_app.send_task(f"workers.tasks.{task}", args=[row_id], queue=queue, priority=priority)


def _queue_length(queue: str) -> int:
    with current_app.connection_for_read() as connection, connection.channel() as channel:
        # A passive declare would fail on a queue that is empty and so, in this transport, does not exist.
        count: int = getattr(channel, "_size")(queue)  # noqa: B009  the stubs do not know it
        return count
