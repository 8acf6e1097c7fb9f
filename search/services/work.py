"""Claim, requeue and finish rows of work. Whether a lease has expired is decided by the database's clock."""

from __future__ import annotations

import logging
import os
import socket
from datetime import timedelta
from typing import TypeVar

from django.db import OperationalError, connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from engine.errors import WeightsMissing
from search.models import Verdict, Work, WorkState

Row = TypeVar("Row", bound=Work)
logger = logging.getLogger(__name__)

INSTALLATION_FAULTS = (WeightsMissing, OSError, OperationalError)

LEASE = timedelta(seconds=150)  # longer than the hard time limit of a task, so a running worker never loses its row
MAX_ATTEMPTS = 3
PAUSE = timedelta(seconds=60)


def worker_name() -> str:
    """Return host/pid of this process. On the same host it shows whether the worker of a row still runs."""
    return f"{socket.gethostname()}/{os.getpid()}"


@transaction.atomic
def work_claim(*, model: type[Row], pk: object) -> Row | None:
    """Claim a row for this process and count the attempt. None when it is finished or another process has it.

    The attempt is committed before the work begins: a row that crashes its worker is quarantined after MAX_ATTEMPTS.
    """
    row = model._default_manager.select_for_update(skip_locked=True).filter(pk=pk).first()
    if row is None or row.is_finished:
        return None
    if row.state == WorkState.RUNNING and not _is_free(row):
        return None
    if row.state == WorkState.WAITING and not _is_expired(row):
        return None
    if row.attempts >= MAX_ATTEMPTS:
        work_quarantine(
            row=row,
            code="gave-up",
            detail=f"Given up after {row.attempts} attempts: {row.error_detail or 'the worker ended each time'}. "
            "Look at the log, then retry it.",
        )
        return None
    _set(row, state=WorkState.RUNNING, attempts=F("attempts") + 1, lease_until=Now() + LEASE, worker=worker_name())
    row.refresh_from_db()
    return row


def work_extend(*, row: Work) -> None:
    """Renew the lease after a committed part of the work, and reset the attempts."""
    _set(row, lease_until=Now() + LEASE, attempts=0)


def work_requeue(*, row: Work) -> None:
    """Requeue a row after a part of its work, for any worker to continue. Resets the attempts."""
    _set(row, state=WorkState.WAITING, lease_until=None, worker="", attempts=0, error_code="", error_detail="")


def work_requeue_after_failure(*, row: Row, error: Exception) -> None:
    """Requeue a row after a failure, with the reason shown to users. Installation errors do not count as an attempt.

    Installation errors are missing weights, a full disk or an unreachable service: the row waits until that is fixed.
    After any other error it is quarantined at MAX_ATTEMPTS.
    """
    logger.error("work requeued after an error %s=%s", row._meta.model_name, row.pk, exc_info=error)
    is_installation = isinstance(error, INSTALLATION_FAULTS)
    detail = str(error) if is_installation else f"{type(error).__name__}: {error}"
    _set(
        row,
        state=WorkState.WAITING,
        lease_until=Now() + PAUSE,  # a pause, so that a lasting error does not fill the log
        worker="",
        attempts=0 if is_installation else F("attempts"),
        error_code="waiting" if is_installation else "retry",
        error_detail=detail,
    )


def work_done(*, row: Work, verdict: Verdict) -> None:
    """Mark a row as done, with its verdict, and end the lease."""
    _set(
        row, state=WorkState.DONE, lease_until=None, worker="", attempts=0, verdict=verdict, error_code="",
        error_detail="",
    )  # fmt: skip


def work_reject(*, row: Work, code: str, detail: str) -> None:
    """Refuse a row whose input is unusable; trying again would not help."""
    _end(row, WorkState.REJECTED, code, detail)


def work_quarantine(*, row: Work, code: str, detail: str) -> None:
    """Set a row aside after repeated errors whose cause is not known. An administrator can retry it."""
    _end(row, WorkState.QUARANTINED, code, detail)


def work_restart(*, row: Work) -> None:
    """Let a quarantined row be processed again, with its attempts reset."""
    _set(row, state=WorkState.WAITING, attempts=0, lease_until=None, worker="", error_code="", error_detail="")


def work_free_orphans(*, model: type[Work]) -> int:
    """Requeue rows whose worker process on this host has ended, without waiting for their lease. Returns how many.

    The attempt stays counted. Call it between tasks only: rows of the calling process are requeued too.
    """
    running = model._default_manager.filter(state=WorkState.RUNNING, worker__startswith=f"{socket.gethostname()}/")
    count = 0
    for row in running.only("worker", "lease_until"):
        _, _, pid = row.worker.partition("/")
        if not _process_runs(int(pid)):
            orphan = model._default_manager.filter(pk=row.pk, worker=row.worker, state=WorkState.RUNNING)
            count += orphan.update(state=WorkState.WAITING, lease_until=None, worker="")
    return count


def is_open() -> Q:
    """Return the condition for rows that can be claimed: waiting, or running with an expired lease."""
    expired = Q(lease_until__lt=Now())
    return (Q(state=WorkState.WAITING) & (Q(lease_until=None) | expired)) | (Q(state=WorkState.RUNNING) & expired)


def _is_free(row: Work) -> bool:
    host, _, pid = row.worker.partition("/")
    if host == socket.gethostname() and pid.isdigit() and not _process_runs(int(pid)):
        return True
    return _is_expired(row)


def _is_expired(row: Work) -> bool:
    if row.lease_until is None:
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT now() > %s", [row.lease_until])
        return bool(cursor.fetchone()[0])


def _process_runs(pid: int) -> bool:
    if pid == os.getpid():
        return False  # a process handles one row at a time, so this is a row of an earlier process with the same id
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _end(row: Work, state: WorkState, code: str, detail: str) -> None:
    _set(
        row, state=state, lease_until=None, worker="", verdict=Verdict.REJECTED, error_code=code[:60],
        error_detail=detail,
    )  # fmt: skip


def _set(row: Work, **values: object) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(**values)
    for name, value in values.items():
        if not hasattr(value, "resolve_expression"):
            setattr(row, name, value)
