"""Enqueueing of work on rows, and waiting for a row. Tasks are named, not imported, and carry keys alone.

Everything is enqueued on commit. A lost message costs the delay of a sweep (workers.sweep), never work.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TypeVar

from celery import current_app
from django.db import transaction

from search.models import Batch, Explanation, Query, Work

Row = TypeVar("Row", bound=Work)

BATCH_QUEUE, QUERY_QUEUE = "batch", "query"
# 0 is the most urgent, and what a message without a priority has; upkeep has it.
CONTINUED_PRIORITY, NEW_PRIORITY = 3, 6
BACKGROUND_PRIORITY = 9  # explanations, runs and fits: nobody waits for them as for hits
QUERY_PATIENCE_MINUTES = 2
QUERY_PATIENCE = timedelta(
    minutes=QUERY_PATIENCE_MINUTES
)  # nobody waits longer for hits, so an older query is not answered any more


def enqueue(task: str, row_id: int | str, *, queue: str, priority: int = NEW_PRIORITY) -> None:
    """Enqueue a task of workers.tasks for a row, at once."""
    current_app.send_task(f"workers.tasks.{task}", args=[row_id], queue=queue, priority=priority)


def enqueue_on_commit(task: str, row_id: int | str, *, queue: str, priority: int = NEW_PRIORITY) -> None:
    """Enqueue a task of workers.tasks for a row once the transaction commits: before, no worker sees the row."""
    transaction.on_commit(lambda: enqueue(task, row_id, queue=queue, priority=priority))


def enqueue_batch(batch: Batch) -> None:
    """Enqueue the unpacking of a batch."""
    enqueue_on_commit("unpack_batch", batch.pk, queue=BATCH_QUEUE)


def enqueue_document(document_id: int) -> None:
    """Enqueue the next stage of a document, before documents that were not begun: what is begun is finished first."""
    enqueue_on_commit("advance_document", document_id, queue=BATCH_QUEUE, priority=CONTINUED_PRIORITY)


def enqueue_query(query: Query) -> None:
    """Enqueue the answering of a query."""
    enqueue_on_commit("answer_query", str(query.pk), queue=QUERY_QUEUE)


def enqueue_explanation(explanation: Explanation) -> None:
    """Enqueue the explanation of a hit."""
    enqueue_on_commit("explain_hit", explanation.pk, queue=QUERY_QUEUE, priority=BACKGROUND_PRIORITY)


def queue_length(queue: str) -> int:
    """Number of messages that wait in a queue, of all priorities."""
    with current_app.connection_for_read() as connection, connection.channel() as channel:
        # A passive declare would fail on a queue that is empty and so, in this transport, does not exist.
        count: int = getattr(channel, "_size")(queue)  # noqa: B009  the stubs do not know it
        return count


def wait_until_finished(row: Row, *, seconds: float) -> Row:
    """The row once it is finished, or as it is when the time is over; never raises."""
    deadline = time.monotonic() + seconds
    pause = 0.004
    while True:
        row.refresh_from_db()
        if row.is_finished or time.monotonic() > deadline:
            return row
        time.sleep(pause)
        pause = min(pause * 1.2, 0.05)
