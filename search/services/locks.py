"""Lock rows until the end of the transaction."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model

from engine.errors import NotFound

Row = TypeVar("Row", bound=Model)


def row_lock(row: Row) -> Row:
    """Return the row as it is now, locked against changes and deletion until the transaction ends.

    Raises: NotFound when it was deleted.
    """
    locked = type(row)._default_manager.select_for_update().filter(pk=row.pk).first()
    if locked is None:
        raise NotFound(f"The {row._meta.verbose_name} was deleted meanwhile.")
    return locked
