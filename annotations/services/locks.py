"""Locks that keep others from deleting rows until the transaction ends.

Foreign keys are checked only at the commit. Without a lock, a new row that refers to one being deleted would fail
there, too late for a message.
"""

from __future__ import annotations

from collections.abc import Collection

from annotations.models import Run, Session
from engine.errors import NotFound


class RunNotFound(NotFound):
    """One of the runs was deleted meanwhile."""

    def __init__(self) -> None:
        super().__init__("One of the runs was deleted meanwhile; choose among the others.")


def runs_lock(runs: Collection[Run]) -> bool:
    """Lock runs against changes and deletion. Return whether all of them exist."""
    wanted = {run.pk for run in runs}
    return len(Run.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")) == len(wanted)


def sessions_lock(sessions: Collection[Session]) -> bool:
    """Lock sessions against deletion and closing; judging goes on. Return whether all of them exist."""
    wanted = sorted({session.pk for session in sessions})
    table = Session._meta.db_table
    locked = Session.objects.raw(f"SELECT id FROM {table} WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [wanted])
    return len(list(locked)) == len(wanted)
