"""Receive deliveries, unpack them into documents, and finish them when every document is finished."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from engine.delivery import ArchiveLimits, Delivery, DocumentMember, IgnoredMember, open_delivery
from engine.errors import DeliveryError
from search.files import delivery_keep, delivery_path, sha256_of
from search.models import Batch, Document, Verdict, WorkState
from search.services.work import work_claim, work_done, work_reject, work_requeue_after_failure, work_restart

logger = logging.getLogger(__name__)


def batch_receive(
    *, path: Path, file_name: str, received_by: User | None, packed_here: bool = False
) -> tuple[Batch, bool]:
    """Return the batch of a delivered file, and whether it is new. The same bytes always give the same batch.

    The file is stored and fsynced before its row is committed.
    """
    digest = sha256_of(path)
    known = Batch.objects.filter(sha256=digest).first()
    if known is not None:
        return known, False
    stored_as = delivery_keep(path, digest)
    batch, created = Batch.objects.get_or_create(
        sha256=digest,
        defaults={
            "file_name": _label(file_name),
            "stored_as": stored_as,
            "packed_here": packed_here,
            "size_bytes": path.stat().st_size,
            "received_by": received_by,
        },
    )
    if created:
        logger.info("batch received batch=%d bytes=%d", batch.pk, batch.size_bytes)
    return batch, created


@contextmanager
def batch_open(batch: Batch) -> Iterator[Delivery]:
    """Open the stored delivery of a batch. Raises: DeliveryError when the whole delivery is refused."""
    limits = ArchiveLimits()
    if batch.packed_here:
        limits = replace(limits, max_depth=limits.max_depth + 1)
    name = f"{batch.file_name}.zip" if batch.packed_here else batch.file_name
    with delivery_path(batch.stored_as) as path, open_delivery(path, limits, given_name=name) as delivery:
        yield delivery


def batch_unpack(*, batch_id: int) -> Batch | None:
    """Create a row for each document of a delivery. A refused delivery keeps its row, with the reason.

    Returns the batch, or None when it is already unpacked or another worker is unpacking it.
    """
    batch = work_claim(model=Batch, pk=batch_id)
    if batch is None:
        Batch.objects.filter(pk=batch_id, state=WorkState.QUARANTINED, finished_at=None).update(finished_at=Now())
        return None
    try:
        with batch_open(batch) as delivery:
            members = list(delivery.members())
    except DeliveryError as error:
        logger.warning("batch refused batch=%d code=%s", batch.pk, error.code)
        work_reject(row=batch, code=error.code, detail=error.detail)
        Batch.objects.filter(pk=batch.pk, finished_at=None).update(finished_at=Now())
        return batch
    except Exception as error:  # any kind: the row must not stay marked as running
        work_requeue_after_failure(row=batch, error=error)
        return None
    documents = [member for member in members if isinstance(member, DocumentMember)]
    ignored = [member for member in members if isinstance(member, IgnoredMember)]
    with transaction.atomic():
        Document.objects.bulk_create(
            [Document(batch=batch, position=position, member=member.name) for position, member in enumerate(documents)],
            ignore_conflicts=True,
            batch_size=1000,
        )
        Batch.objects.filter(pk=batch.pk).update(
            unpacked_at=Now(),
            ignored=[
                {"member": member.name, "code": member.reason.code, "detail": member.reason.detail,
                 "stray": member.stray}
                for member in ignored
            ],
        )  # fmt: skip
        work_done(row=batch, verdict=Verdict.OPEN)
    logger.info("batch unpacked batch=%d documents=%d ignored=%d", batch.pk, len(documents), len(ignored))
    batch_finish_if_complete(batch_id=batch.pk)
    return batch


@transaction.atomic
def batch_finish_if_complete(*, batch_id: int) -> bool:
    """Set the batch's verdict once every document has one. Returns whether this call did it."""
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    if batch.unpacked_at is None or batch.finished_at is not None:
        return False
    unfinished = Q(state__in=[WorkState.WAITING, WorkState.RUNNING])
    if batch.documents.filter(unfinished).exists():
        return False
    if not batch.documents.exclude(state=WorkState.REJECTED).exists():
        work_reject(
            row=batch,
            code="no-usable-document",
            detail="None of its documents can be used. See the reason at each document.",
        )
    else:
        verdicts = set(batch.documents.values_list("verdict", flat=True))
        stray = any(member["stray"] for member in batch.ignored)
        clean = verdicts <= {Verdict.ACCEPTED} and not stray
        batch.verdict = Verdict.ACCEPTED if clean else Verdict.WARNED
    batch.finished_at = Now()
    batch.save(update_fields=["verdict", "finished_at"])
    logger.info("batch finished batch=%d verdict=%s", batch.pk, batch.verdict)
    return True


@transaction.atomic
def document_retry(*, document_id: int) -> Document:
    """Retry a quarantined document, from the stage at which it was given up. Any other document stays as it is."""
    document = Document.objects.select_for_update().get(pk=document_id)
    if document.state == WorkState.QUARANTINED:
        work_restart(row=document)
        Document.objects.filter(pk=document.pk).update(verdict=Verdict.OPEN)
        Batch.objects.filter(pk=document.batch_id).update(finished_at=None, verdict=Verdict.OPEN)
    document.refresh_from_db()
    return document


def _label(file_name: str) -> str:
    """Return a file name for display: its last part, without control characters, at most 255 characters."""
    last = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(character for character in last if character.isprintable())
    return printable[:255] or "delivery"
