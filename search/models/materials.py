"""Uploads to search with. They may be unpublished applications: only their owner sees them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class MaterialKind(models.TextChoices):
    IMAGE = "image", "drawing"
    DOCUMENT = "document", "document with pages"
    PATENT_XML = "patent-xml", "patent XML"
    TEXT = "text", "text"


class Material(models.Model):
    """An uploaded image, document, patent XML or long text in the private storage. Questions refer to it by its id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="materials")
    kind = models.CharField(max_length=10, choices=MaterialKind.choices)
    file = models.CharField(max_length=255, help_text="Name in the private storage; images re-encoded as PNG.")
    name = models.CharField(max_length=255, blank=True, help_text="As uploaded; a label, never a path.")
    width_px = models.PositiveIntegerField(default=0)
    height_px = models.PositiveIntegerField(default=0)
    page_count = models.PositiveIntegerField(default=0, help_text="Of a document.")
    document = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="images")
    page = models.PositiveIntegerField(default=0, help_text="From 1: the page of the document that this image shows.")
    notes = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name or str(self.pk)
