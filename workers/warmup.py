"""Prepare each worker process before its first task."""

from __future__ import annotations

import logging
from typing import Any

import cv2
from celery import current_app
from celery.signals import worker_process_init
from django.conf import settings

from search import ranking

logger = logging.getLogger(__name__)


@worker_process_init.connect
def make_ready(**_: Any) -> None:
    """Limit OpenCV's threads; a query worker also loads its encoders and opens the indexes."""
    cv2.setNumThreads(settings.MODEL_THREADS)
    if "query" in current_app.amqp.queues.consume_from:
        ranking.warm_up()
        logger.info("query worker ready")
