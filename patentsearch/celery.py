"""The Celery app. Tasks are in `workers.tasks`, settings (CELERY_*) in `patentsearch.settings`."""

import ctypes
import logging.config
import os
import signal
import warnings
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import setup_logging, worker_process_init
from django.conf import settings

from patentsearch.start import require_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "patentsearch.settings")

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>

# Celery warns against root because pickled messages can run code; here messages are JSON (CELERY_ACCEPT_CONTENT).
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("patentsearch")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def configure_logging(**_: Any) -> None:
    """Check the settings, then log as Django does: short lines on standard error. Workers and beat call this before
    they take a task, and end here when a setting is wrong."""
    require_settings()
    logging.config.dictConfig(settings.LOGGING)


@worker_process_init.connect
def die_with_the_worker(**_: Any) -> None:
    """End a pool child together with its worker, so that after `kill -9` no orphan works on a task that the broker
    delivers again."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
