"""Rows that others cannot delete until the transaction ends.

Foreign keys are checked at the commit alone: without a hold, the database would refuse a row over one that is just
being deleted, or the deletion, when it is too late to say so.
"""

from __future__ import annotations

from collections.abc import Collection

from annotations.models import Run, Session
from engine.errors import NotFound


class RunNotFound(NotFound):
    """One of the runs was deleted meanwhile."""

    def __init__(self) -> None:
        super().__init__("One of the runs was deleted meanwhile; take the others.")


def runs_lock(runs: Collection[Run]) -> bool:
    """Whether all the runs are there, and stay; nobody else holds them meanwhile."""
    wanted = {run.pk for run in runs}
    return len(Run.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")) == len(wanted)


def sessions_lock(sessions: Collection[Session]) -> bool:
    """Whether all the sessions are there, and stay; people judge in them meanwhile, but none is closed or opened."""
    wanted = sorted({session.pk for session in sessions})
    table = Session._meta.db_table
    held = Session.objects.raw(f"SELECT id FROM {table} WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [wanted])
    return len(list(held)) == len(wanted)
