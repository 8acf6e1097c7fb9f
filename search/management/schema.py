"""Migrate the database, once even if several processes start at the same time."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

MIGRATION_LOCK = 7_203_010


def migrate_where_needed() -> bool:
    """Apply outstanding migrations. Returns whether there were any. Simultaneous callers wait for each other."""
    if not _is_behind():
        return False
    with connection.cursor() as cursor:
        # Building an index, or waiting for another process's migration, takes longer than the timeouts for requests.
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
    try:
        if _is_behind():
            call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    finally:
        connection.close()  # this releases the lock and resets the timeouts
    return True


def _is_behind() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
