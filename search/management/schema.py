"""Bringing the database up to date, whoever comes first."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

MIGRATION_LOCK = 7_203_010


def migrate_where_needed() -> bool:
    """Bring the schema up to date; true when there was anything to do. Two at once wait for each other."""
    if not _is_behind():
        return False
    with connection.cursor() as cursor:
        # An index over a large table takes longer than any request may, and so does waiting for another's migration.
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
    try:
        if _is_behind():
            call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    finally:
        connection.close()  # the lock and the timeouts go with it
    return True


def _is_behind() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
