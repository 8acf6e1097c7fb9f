"""Build index versions beside the active one, activate them, and remove old ones."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from engine.errors import IndexMismatch
from engine.index import build_index, open_index
from search import runtime
from search.models import FigureEmbedding, IndexState, IndexVersion, Modality
from search.selectors import vectors
from search.services.embeddings import EMBEDDING_LOCK

logger = logging.getLogger(__name__)

BUILD_LOCK = 7_203_012
KEPT_GENERATIONS = 1
SMALLEST_REBUILD = 1000
REBUILD_SHARE = 0.1  # newer embeddings are searched in memory; a rebuild pays off at a tenth of the index


def indexes_refresh(*, force: bool = False) -> list[IndexVersion]:
    """Build a new version for each encoder that has none, or enough newer embeddings; with `force`, for every encoder.

    Safe to call at any time. Returns the versions built.
    """
    built = []
    for modality in Modality:
        for encoder_key in vectors.embedded_keys(modality):
            if force or _is_due(encoder_key):
                version = index_build(modality=modality, encoder_key=encoder_key)
                if version is not None:
                    built.append(version)
    return built


def index_build(*, modality: Modality, encoder_key: str) -> IndexVersion | None:
    """Build, check and activate a version over all embeddings of a key. None while another process is building."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [BUILD_LOCK])
        if not cursor.fetchone()[0]:
            return None
    try:
        return _build(modality, encoder_key)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [BUILD_LOCK])


def _build(modality: Modality, encoder_key: str) -> IndexVersion:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [EMBEDDING_LOCK])
        newest = FigureEmbedding.objects.filter(encoder_key=encoder_key).latest("pk")
        dim = newest.as_array().shape[1]
        ids, stored = vectors.embeddings_after(encoder_key=encoder_key, after=0, dim=dim)
    version = IndexVersion.objects.create(
        modality=modality,
        encoder_key=encoder_key,
        dim=dim,
        kind=settings.INDEX_KIND,
        figure_count=len(ids),
        last_embedding_id=newest.pk,
    )
    version.directory = f"{modality}/{version.pk}"
    version.save(update_fields=["directory"])
    directory = runtime.index_directory(version)
    try:
        build_index(directory, ids, stored, encoder_key=encoder_key, kind=version.kind)
        open_index(directory, encoder_key=encoder_key, dim=dim)
    except (OSError, IndexMismatch):
        IndexVersion.objects.filter(pk=version.pk).update(state=IndexState.FAILED)
        shutil.rmtree(directory, ignore_errors=True)
        raise
    index_version_activate(version=version)
    _remove_old(encoder_key)
    return version


@transaction.atomic
def index_version_activate(*, version: IndexVersion) -> None:
    """Make this version the one that all processes search."""
    IndexVersion.objects.filter(encoder_key=version.encoder_key, state=IndexState.ACTIVE).update(
        state=IndexState.SUPERSEDED
    )
    IndexVersion.objects.filter(pk=version.pk).update(state=IndexState.ACTIVE, activated_at=Now())
    version.refresh_from_db()
    logger.info("index active version=%d encoder=%s figures=%d", version.pk, version.encoder_key, version.figure_count)


def _is_due(encoder_key: str) -> bool:
    versions = vectors.servable_versions(encoder_key)
    if not versions:
        return True
    waiting = vectors.delta_count(versions[0])
    return waiting >= max(SMALLEST_REBUILD, REBUILD_SHARE * versions[0].figure_count)


def _remove_old(encoder_key: str) -> None:
    superseded = IndexVersion.objects.filter(encoder_key=encoder_key, state=IndexState.SUPERSEDED).order_by("-pk")
    abandoned = IndexVersion.objects.filter(encoder_key=encoder_key, state=IndexState.BUILDING)
    for version in [*superseded[KEPT_GENERATIONS:], *abandoned]:
        directory = runtime.index_directory(version)
        IndexVersion.objects.filter(pk=version.pk).update(state=IndexState.FAILED)
        if version.directory and directory.resolve().is_relative_to(Path(settings.INDEX_ROOT).resolve()):
            shutil.rmtree(directory, ignore_errors=True)
