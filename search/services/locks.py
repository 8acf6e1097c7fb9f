"""A row that nobody else changes or deletes until the transaction ends."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model

from engine.errors import NotFound

Row = TypeVar("Row", bound=Model)


def row_lock(row: Row) -> Row:
    """The row as it is now, which nobody else changes or deletes until the transaction ends. Raises: NotFound."""
    held = type(row)._default_manager.select_for_update().filter(pk=row.pk).first()
    if held is None:
        raise NotFound(f"The {row._meta.verbose_name} was deleted meanwhile.")
    return held
