"""Deliveries and the documents in them."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from search.models.publications import Publication
from search.models.work import Work, WorkState


class Batch(Work):
    """A delivery, identified by the SHA-256 of its file: a second upload of the same file finds the first."""

    sha256 = models.CharField(max_length=64, unique=True)
    file_name = models.CharField(max_length=255, help_text="As delivered; a label, never a path.")
    stored_as = models.CharField(max_length=255)
    packed_here = models.BooleanField(default=False, help_text="A folder that we packed: one more archive around it.")
    size_bytes = models.BigIntegerField()
    received_at = models.DateTimeField(auto_now_add=True)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    unpacked_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    ignored = models.JSONField(default=list, blank=True, help_text="Members that are no documents.")

    class Meta:
        ordering = ["-received_at", "-pk"]
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        return self.file_name


class Stage(models.TextChoices):
    """The next step in processing a document. The order of steps is in search.services.documents."""

    STORE = "store", "reading the XML and the sheets"
    READ = "read", "reading numerals"
    LINK = "link", "linking sentences"
    ENCODE = "encode", "embedding"
    DONE = "done", "searchable"


class Document(Work):
    """A member of a delivery, with its progress through the pipeline."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="documents")
    position = models.PositiveIntegerField()
    member = models.TextField()
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.STORE)
    publication = models.ForeignKey(
        Publication, null=True, blank=True, on_delete=models.SET_NULL, related_name="documents"
    )
    notes = models.JSONField(default=list, blank=True, help_text="Remarks for the report: code, detail.")
    seconds = models.JSONField(default=dict, blank=True, help_text="Seconds by stage.")

    class Meta:
        ordering = ["batch", "position"]
        constraints = [models.UniqueConstraint(fields=["batch", "position"], name="document_once_per_batch")]
        indexes = [
            models.Index(
                fields=["lease_until"],
                name="document_open",
                condition=models.Q(state__in=[WorkState.WAITING, WorkState.RUNNING]),
            )
        ]

    def __str__(self) -> str:
        return self.member
