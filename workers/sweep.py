"""Enqueue rows again that no worker processes, so that a lost message causes a delay and no loss."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from annotations.models import FusionFit, Run
from search import queue
from search.models import Batch, Document, Explanation, Query
from search.services.work import is_open, work_free_orphans

LONGEST_QUEUE = 200  # messages in the batch queue: enough for all workers, few enough not to delay others


def sweep_open_work() -> int:
    """Enqueue open rows that no worker has, up to LONGEST_QUEUE, and return how many.

    A row may have a message already; the second one finds nothing to do.
    """
    for model in (Batch, Document, Query, Explanation, Run, FusionFit):
        work_free_orphans(model=model)
    return _sweep_batches() + _sweep_queries()


def _sweep_batches() -> int:
    room = max(0, LONGEST_QUEUE - queue.queue_length(queue.BATCH_QUEUE))
    batches = list(Batch.objects.filter(is_open()).values_list("pk", flat=True)[:room])
    documents = list(_open_documents().values_list("pk", flat=True)[: room - len(batches)])
    return _enqueue_all("unpack_batch", batches, queue.BATCH_QUEUE) + _enqueue_all(
        "advance_document", documents, queue.BATCH_QUEUE
    )


def _sweep_queries() -> int:
    """Enqueue open queries, unless messages are waiting, since searches go first."""
    if queue.queue_length(queue.QUERY_QUEUE) > 0:
        return 0
    recent = is_open() & Q(created_at__gt=Now() - queue.QUERY_PATIENCE)
    queries = [str(pk) for pk in Query.objects.filter(recent).values_list("pk", flat=True)[:LONGEST_QUEUE]]
    enqueued = _enqueue_all("answer_query", queries, queue.QUERY_QUEUE)
    for task, rows in (
        ("explain_hit", Explanation.objects.filter(recent)),
        ("answer_run", Run.objects.filter(is_open()).order_by("pk")),
        ("fit_fusion", FusionFit.objects.filter(is_open()).order_by("pk")),
    ):
        keys = list(rows.values_list("pk", flat=True)[:LONGEST_QUEUE])
        enqueued += _enqueue_all(task, keys, queue.QUERY_QUEUE, priority=queue.BACKGROUND_PRIORITY)
    return enqueued


def _open_documents() -> QuerySet[Document]:
    """Open documents, untried ones first."""
    return Document.objects.filter(is_open(), batch__unpacked_at__isnull=False).order_by("attempts", "pk")


def _enqueue_all(task: str, keys: Iterable[int | str], queue_name: str, *, priority: int = queue.NEW_PRIORITY) -> int:
    count = 0
    for key in keys:
        queue.enqueue(task, key, queue=queue_name, priority=priority)
        count += 1
    return count
