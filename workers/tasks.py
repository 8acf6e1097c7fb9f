"""Celery tasks: log, call one service, enqueue what follows."""

from __future__ import annotations

import logging

from celery import shared_task
from django.conf import settings

from annotations.queue import enqueue_fit, enqueue_run
from annotations.services.answering import run_process
from annotations.services.fits import fit_process
from search.queue import enqueue_document
from search.services.batches import batch_unpack
from search.services.calibrations import calibrations_refresh
from search.services.documents import document_process, documents_reopen_for_encoders
from search.services.explanations import explanation_compute
from search.services.indexes import indexes_refresh
from search.services.materials import materials_expire
from search.services.queries import queries_expire, query_answer
from workers import warmup  # noqa: F401  registers its signal handler
from workers.sweep import sweep_open_work

logger = logging.getLogger(__name__)


@shared_task
def unpack_batch(batch_id: int) -> None:
    logger.info("unpacking batch=%d", batch_id)
    if batch_unpack(batch_id=batch_id) is not None:
        sweep_open_work()


@shared_task
def advance_document(document_id: int) -> None:
    logger.info("advancing document=%d", document_id)
    if document_process(document_id=document_id):
        enqueue_document(document_id)
    else:
        refresh_indexes.apply_async(queue="batch", priority=settings.UPKEEP_PRIORITY)


@shared_task
def answer_query(query_id: str) -> None:
    query_answer(query_id=query_id)


@shared_task
def explain_hit(explanation_id: int) -> None:
    logger.info("explaining explanation=%d", explanation_id)
    explanation_compute(explanation_id=explanation_id)


@shared_task
def answer_run(run_id: int) -> None:
    logger.info("answering run=%d", run_id)
    if run_process(run_id=run_id):
        enqueue_run(run_id)


@shared_task
def fit_fusion(fit_id: int) -> None:
    logger.info("fitting fit=%d", fit_id)
    fit = fit_process(fit_id=fit_id)
    if fit is not None and not fit.is_finished:
        enqueue_fit(fit.pk)
    elif fit is not None and fit.run_id is not None:
        enqueue_run(fit.run_id)


@shared_task
def refresh_indexes() -> None:
    indexes_refresh()
    refresh_calibrations.apply_async(queue="batch", priority=settings.UPKEEP_PRIORITY)


@shared_task
def refresh_calibrations() -> None:
    calibrations_refresh()


@shared_task
def catch_up_with_encoders() -> None:
    if documents_reopen_for_encoders():
        sweep_open_work()


@shared_task
def sweep_work() -> None:
    count = sweep_open_work()
    if count:
        logger.info("sweep enqueued=%d", count)


@shared_task
def expire_queries() -> None:
    count = queries_expire()
    if count:
        logger.info("queries expired count=%d", count)
    count = materials_expire()
    if count:
        logger.info("materials expired count=%d", count)
