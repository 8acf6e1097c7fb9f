"""Figures for monitoring: open work, overdue leases, index versions, free disk space."""

from __future__ import annotations

import shutil
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from search.models import Batch, Document, IndexState, IndexVersion, Query, WorkState


def health() -> dict[str, Any]:
    """Return counts of open work, the longest overdue lease in seconds, active index versions and free disk bytes.

    {"database": False} when the database does not answer.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(max(extract(epoch FROM now() - lease_until)), 0) FROM search_document"
                " WHERE state = %s AND lease_until < now()",
                [WorkState.RUNNING],
            )
            overdue = float(cursor.fetchone()[0])
        return {
            "database": True,
            "batches_open": Batch.objects.filter(finished_at=None).exclude(state=WorkState.REJECTED).count(),
            "documents_waiting": Document.objects.filter(state=WorkState.WAITING).count(),
            "documents_running": Document.objects.filter(state=WorkState.RUNNING).count(),
            "lease_overdue_seconds": round(overdue, 1),
            "queries_waiting": Query.objects.filter(state__in=[WorkState.WAITING, WorkState.RUNNING]).count(),
            "index_versions": {
                version.encoder_key: version.pk for version in IndexVersion.objects.filter(state=IndexState.ACTIVE)
            },
            "disk_free_bytes": shutil.disk_usage(settings.PATENTSEARCH_HOME).free,
        }
    except DatabaseError:
        return {"database": False}
