"""Taking and giving back work. Only the database's clock decides whether a lease is over."""

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

LEASE = timedelta(seconds=150)  # longer than the hard time limit of a task, so that a live worker never loses its row
MAX_ATTEMPTS = 3
PAUSE = timedelta(seconds=60)


def worker_name() -> str:
    """host/pid of this process: enough to see on the same host whether the holder of a lease still lives."""
    return f"{socket.gethostname()}/{os.getpid()}"


@transaction.atomic
def work_claim(*, model: type[Row], pk: object) -> Row | None:
    """Take a row for this process and count the attempt, or None when it is finished or somebody else's.

    The attempt is committed before the work begins: a row that kills its worker is quarantined after MAX_ATTEMPTS.
    """
    row = model._default_manager.select_for_update(skip_locked=True).filter(pk=pk).first()
    if row is None or row.is_finished:
        return None
    if row.state == WorkState.RUNNING and not _is_free(row):
        return None
    if row.state == WorkState.WAITING and not _is_over(row):
        return None
    if row.attempts >= MAX_ATTEMPTS:
        work_quarantine(
            row=row,
            code="gave-up",
            detail=f"Given up after {row.attempts} attempts: {row.error_detail or 'each time the worker was lost'}. "
            "Retry it, or look at the log.",
        )
        return None
    _set(row, state=WorkState.RUNNING, attempts=F("attempts") + 1, lease_until=Now() + LEASE, worker=worker_name())
    row.refresh_from_db()
    return row


def work_extend(*, row: Work) -> None:
    """A part is done and committed: a new lease, and the attempts start again."""
    _set(row, lease_until=Now() + LEASE, attempts=0)


def work_requeue(*, row: Work) -> None:
    """Put a row back into the queue after a part of its work; its next part starts with no attempts."""
    _set(row, state=WorkState.WAITING, lease_until=None, worker="", attempts=0, error_code="", error_detail="")


def work_requeue_after_failure(*, row: Row, error: Exception) -> None:
    """Give a row back after a fault that is not its own, with the reason in people's view.

    What the installation lacks (weights, disk, a service) counts no attempt: the row waits until it is there. Anything
    else keeps its attempt, so that it is given up after MAX_ATTEMPTS.
    """
    logger.error("work given back %s=%s", row._meta.model_name, row.pk, exc_info=error)
    lacking = isinstance(error, INSTALLATION_FAULTS)
    detail = str(error) if lacking else f"{type(error).__name__}: {error}"
    _set(
        row,
        state=WorkState.WAITING,
        lease_until=Now() + PAUSE,  # not before: a fault that stays would fill the log
        worker="",
        attempts=0 if lacking else F("attempts"),
        error_code="waiting" if lacking else "retry",
        error_detail=detail,
    )


def work_done(*, row: Work, verdict: Verdict) -> None:
    _set(
        row, state=WorkState.DONE, lease_until=None, worker="", attempts=0, verdict=verdict, error_code="",
        error_detail="",
    )  # fmt: skip


def work_reject(*, row: Work, code: str, detail: str) -> None:
    """The input is unusable, and would be the next time."""
    _end(row, WorkState.REJECTED, code, detail)


def work_quarantine(*, row: Work, code: str, detail: str) -> None:
    """The work could not be done for a reason that is not the input's as far as known; an administrator may retry."""
    _end(row, WorkState.QUARANTINED, code, detail)


def work_restart(*, row: Work) -> None:
    """An administrator's retry of a quarantined row."""
    _set(row, state=WorkState.WAITING, attempts=0, lease_until=None, worker="", error_code="", error_detail="")


def work_free_orphans(*, model: type[Work]) -> int:
    """Put rows back whose worker on this host is gone, without waiting for the lease; the attempt stays counted.

    Called between tasks: a row that this very process seems to hold was let go of, say when the database was away.
    """
    held = model._default_manager.filter(state=WorkState.RUNNING, worker__startswith=f"{socket.gethostname()}/")
    count = 0
    for row in held.only("worker", "lease_until"):
        _, _, pid = row.worker.partition("/")
        if not _process_lives(int(pid)):
            orphan = model._default_manager.filter(pk=row.pk, worker=row.worker, state=WorkState.RUNNING)
            count += orphan.update(state=WorkState.WAITING, lease_until=None, worker="")
    return count


def is_open() -> Q:
    """Rows that should be worked on and that nobody holds a live lease on."""
    over = Q(lease_until__lt=Now())
    return (Q(state=WorkState.WAITING) & (Q(lease_until=None) | over)) | (Q(state=WorkState.RUNNING) & over)


def _is_free(row: Work) -> bool:
    host, _, pid = row.worker.partition("/")
    if host == socket.gethostname() and pid.isdigit() and not _process_lives(int(pid)):
        return True
    return _is_over(row)


def _is_over(row: Work) -> bool:
    if row.lease_until is None:
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT now() > %s", [row.lease_until])
        return bool(cursor.fetchone()[0])


def _process_lives(pid: int) -> bool:
    if pid == os.getpid():
        return False  # this process works on one row at a time: a row it seems to hold is from before it was reborn
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
