"""Queries and their hits. A query image may be an unpublished application: only its owner sees it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from search.models.drawings import Figure
from search.models.work import Work


class QueryModality(models.TextChoices):
    VISUAL = "visual", "drawing"
    TEXT = "text", "text"
    AVERAGE = "avg", "both, average"
    MAXIMUM = "max", "both, maximum"
    RANKS = "rrf", "both, by rank"


class Query(Work):
    """One question: an image, a figure of the collection, text, or image and text."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="queries")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    image = models.CharField(max_length=255, blank=True, help_text="Re-encoded PNG in the private storage.")
    patent_xml = models.CharField(max_length=255, blank=True, help_text="The XML beside the image, private too.")
    figure = models.ForeignKey(Figure, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(blank=True)
    sentences = models.JSONField(
        default=list, blank=True, help_text="Linked sentences of the patent XML that came with the image."
    )
    modality = models.CharField(max_length=6, choices=QueryModality.choices, default=QueryModality.AVERAGE)
    top = models.PositiveSmallIntegerField(default=50)
    filters = models.JSONField(default=dict, blank=True)
    include_family = models.BooleanField(default=False, help_text="Also hits of the own publication and its family.")
    notes = models.JSONField(default=list, blank=True)
    encoder_keys = models.JSONField(default=dict, blank=True)
    index_versions = models.JSONField(default=dict, blank=True)
    milliseconds = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "queries"

    def __str__(self) -> str:
        return str(self.pk)


class Hit(models.Model):
    """A figure found, with both similarities; higher is better. `text` is null without linked text."""

    query = models.ForeignKey(Query, on_delete=models.CASCADE, related_name="hits")
    rank = models.PositiveSmallIntegerField()
    figure = models.ForeignKey(Figure, on_delete=models.CASCADE, related_name="+")
    score = models.FloatField()
    visual = models.FloatField(null=True)
    text = models.FloatField(null=True)

    class Meta:
        ordering = ["query", "rank"]
        constraints = [models.UniqueConstraint(fields=["query", "rank"], name="hit_once_per_rank")]

    def __str__(self) -> str:
        return f"{self.rank}. {self.figure_id}"
