"""Batches with their progress and their report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Q, QuerySet, When

from search.models import Batch, Document, Figure, Publication, Sheet, Verdict, WorkState


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """Counts of a batch's documents. accepted + warned + rejected + open is always count."""

    count: int
    accepted: int
    warned: int
    rejected: int

    @property
    def finished(self) -> int:
        return self.accepted + self.warned + self.rejected

    @property
    def open(self) -> int:
        return self.count - self.finished

    @property
    def percent(self) -> int:
        return 100 * self.finished // self.count if self.count else 100


def batches_with_progress() -> QuerySet[Batch]:
    """Return all batches, newest first, with counts of documents by verdict."""
    counted = Batch.objects.select_related("received_by").annotate(
        document_count=Count("documents"),
        accepted_count=Count("documents", filter=Q(documents__verdict=Verdict.ACCEPTED)),
        warned_count=Count("documents", filter=Q(documents__verdict=Verdict.WARNED)),
        rejected_count=Count("documents", filter=Q(documents__verdict=Verdict.REJECTED)),
    )
    return counted.order_by("-received_at", "-pk")


def is_unfinished(batch: Batch) -> bool:
    """Return whether a batch is still being processed."""
    return batch.finished_at is None and batch.state not in (WorkState.REJECTED, WorkState.QUARANTINED)


def progress_of(batch: Batch) -> BatchProgress:
    """Return the progress of a batch. Takes a query unless it comes from `batches_with_progress`."""
    counted: Any = batch if hasattr(batch, "document_count") else batches_with_progress().get(pk=batch.pk)
    return BatchProgress(
        count=counted.document_count,
        accepted=counted.accepted_count,
        warned=counted.warned_count,
        rejected=counted.rejected_count,
    )


def batch_report(batches: Sequence[Batch]) -> dict[str, Any]:
    """Return the report of deliveries as `manage.py ingest --json` and the API give it.

    publications, sheets and figures: counts of what the deliveries' documents became, each counted once.
    """
    keys = [batch.pk for batch in batches]
    publications = Publication.objects.filter(documents__batch__in=keys).distinct()
    documents = Document.objects.filter(batch__in=keys)
    refused = Batch.objects.filter(pk__in=keys, state__in=[WorkState.REJECTED, WorkState.QUARANTINED])
    seconds: Counter[str] = Counter()
    for by_stage in documents.values_list("seconds", flat=True):
        seconds.update(by_stage)
    return {
        "batch": keys[0] if len(keys) == 1 else keys,
        "verdicts": dict(Batch.objects.filter(pk__in=keys).values_list("file_name", "verdict")),
        "publications": publications.count(),
        "sheets": Sheet.objects.filter(publication__in=publications, missing=False).count(),
        "figures": Figure.objects.filter(sheet__publication__in=publications, retired_at=None).count(),
        "warned": documents.filter(verdict=Verdict.WARNED).count(),
        "documents": _verdicts(documents),
        "rejected": [
            {"member": document.member, "code": document.error_code, "detail": document.error_detail}
            for document in documents.filter(verdict=Verdict.REJECTED)
        ]
        + [
            {"member": batch.file_name, "code": batch.error_code, "detail": batch.error_detail} for batch in refused
        ],
        "refused_deliveries": refused.count(),
        "ignored": [member for ignored in Batch.objects.filter(pk__in=keys).values_list("ignored", flat=True)
                    for member in ignored],
        "seconds": {stage: round(spent, 2) for stage, spent in seconds.items()},
    }  # fmt: skip


def _verdicts(documents: QuerySet[Document]) -> dict[str, str]:
    """Return verdicts by publication, or by file name for a document without publication.

    A document whose publication or file name was used before is listed by its full member name.
    """
    named: dict[str, str] = {}
    for document in documents.select_related("publication").order_by("batch_id", "position"):
        name = document.publication.reference if document.publication else document.member.rpartition("/")[2]
        named[document.member if name in named else name] = document.verdict
    return named


@dataclass(frozen=True, slots=True)
class BatchPage:
    """What the page of a batch shows.

    strays: ignored members that do not belong in a delivery. companions: how many expected members were ignored.
    """

    batch: Batch
    progress: BatchProgress
    documents: Page[Document]
    report: dict[str, Any]
    strays: list[dict[str, str]]
    companions: int


def batch_page(batch: Batch, *, page: str | None, per_page: int) -> BatchPage:
    """Return one page of a batch's report: refused documents first, then those with remarks."""
    documents = batch.documents.select_related("publication").order_by(
        Case(When(verdict=Verdict.REJECTED, then=0), When(verdict=Verdict.WARNED, then=1), default=2), "position"
    )
    return BatchPage(
        batch=batch,
        progress=progress_of(batch),
        documents=Paginator(documents, per_page).get_page(page),
        report=batch_report([batch]),
        strays=[member for member in batch.ignored if member["stray"]],
        companions=sum(not member["stray"] for member in batch.ignored),
    )
