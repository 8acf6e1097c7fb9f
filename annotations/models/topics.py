"""Topics, in the topic sets that runs are made for."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from search.models import Figure, Publication


class TopicSet(models.Model):
    """Topics that are measured together. They cannot change once a run, a pool or a snapshot was made of them.

    reserved: held-out publications. Their figures can be topics, but no run finds them. seed: the seed that random
    topics were drawn with.
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
    """An information need: a figure of the collection or an uploaded drawing, optional text, and a description.

    text: part of the query. need: the description, which only people read. image: an uploaded drawing is kept in the
    private storage; only the user who made the set and the assessors of its sessions can see it.
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
