"""What is looked for: topics, in sets that runs are made over."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from search.models import Figure, Publication


class TopicSet(models.Model):
    """Topics that are measured together. Once a run was made over it, its topics stay as they are.

    reserved: publications held out: their figures may be asked with and are in no run, as though the collection lacked
    them. seed: what random topics were drawn with.
    """

    name = models.CharField(max_length=120, unique=True)
    note = models.TextField(blank=True)
    seed = models.BigIntegerField(null=True, blank=True)
    reserved = models.ManyToManyField(Publication, blank=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name


class Topic(models.Model):
    """An information need: a figure of the collection or an uploaded drawing, words beside it, and the need in prose.

    text is asked with; need is for assessors alone. An uploaded drawing lies in the private storage: whoever made the
    set and the assessors of its sessions see it, nobody else.
    """

    topic_set = models.ForeignKey(TopicSet, on_delete=models.CASCADE, related_name="topics")
    number = models.PositiveIntegerField(help_text="From 1; the topic's name in TREC files.")
    title = models.CharField(max_length=200, blank=True)
    need = models.TextField(blank=True)
    text = models.TextField(blank=True)
    figure = models.ForeignKey(Figure, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    image = models.CharField(max_length=255, blank=True, help_text="Name in the private storage, a PNG.")
    width_px = models.PositiveIntegerField(default=0)
    height_px = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["topic_set", "number"]
        constraints = [models.UniqueConstraint(fields=["topic_set", "number"], name="topic_once")]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}" if self.title else f"topic {self.number}"
