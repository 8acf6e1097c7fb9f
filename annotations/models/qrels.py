"""Snapshots of qrels: frozen judgments."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from annotations.models.sessions import Session
from annotations.models.topics import TopicSet


class Facet(models.TextChoices):
    OVERALL = "overall", "relevant"
    LOOKS = "looks", "looks alike"
    WORKS = "works", "works alike"


class QrelsSnapshot(models.Model):
    """The judgments of sessions at one moment, as one text that never changes. engine.evaluation reads the content.

    sha256: hash of the content in UTF-8. sessions: the sessions that were frozen; none for imported qrels.
    last_judgment, last_ruling: the newest sequences that were counted.
    """

    topic_set = models.ForeignKey(TopicSet, on_delete=models.CASCADE, related_name="snapshots")
    name = models.CharField(max_length=120)
    facet = models.CharField(max_length=7, choices=Facet.choices, default=Facet.OVERALL)
    sessions = models.ManyToManyField(Session, blank=True, related_name="snapshots")
    content = models.TextField()
    sha256 = models.CharField(max_length=64, db_index=True)
    last_judgment = models.BigIntegerField(default=0)
    last_ruling = models.BigIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["topic_set", "name"], name="snapshot_once")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row. Raises: TypeError for a row that is stored already."""
        if self.pk is not None:
            raise TypeError("A qrels snapshot never changes. Freeze another one.")
        super().save(*args, **kwargs)
