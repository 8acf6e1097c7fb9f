"""Runs: the ranked lists of one system for every topic of a set."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from annotations.models.topics import Topic, TopicSet
from search.models import Work


class System(models.TextChoices):
    """How a run ranks. The first four are the systems of the paper."""

    VISUAL = "visual", "drawing"
    TEXT = "text", "text"
    MAXIMUM = "max", "maximum of both"
    AVERAGE = "avg", "average of both"
    RANKS = "rrf", "reciprocal ranks of both"
    WEIGHTED = "weighted", "weighted sum of both"
    FITTED = "fitted", "weighted sum, fitted to judgments"
    IMPORTED = "imported", "another system"


class Run(Work):
    """One system's rankings for the topics of a set, with everything that determined them. Final once it is done.

    weight: the drawing's share of a weighted sum, 0 to 1. sha256: hash of the ranked lists of a run that is done.
    """

    topic_set = models.ForeignKey(TopicSet, on_delete=models.CASCADE, related_name="runs")
    name = models.CharField(max_length=60, help_text="The tag in TREC files: letters, digits, - _ and full stop.")
    system = models.CharField(max_length=8, choices=System.choices)
    weight = models.FloatField(null=True, blank=True)
    filters = models.JSONField(default=dict, blank=True)
    depth = models.PositiveIntegerField(default=100, help_text="The most figures kept of a topic.")
    encoder_keys = models.JSONField(default=dict, blank=True)
    index_versions = models.JSONField(default=dict, blank=True)
    last_embedding_ids = models.JSONField(default=dict, blank=True)
    note = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["topic_set", "pk"]
        constraints = [models.UniqueConstraint(fields=["topic_set", "name"], name="run_once")]

    def __str__(self) -> str:
        return self.name


class RankedList(models.Model):
    """The figures that a run found for a topic, best first, without the topic's own publication and family.

    figure_ids and scores have the same length; scores are in descending order.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="lists")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+")
    figure_ids = ArrayField(models.BigIntegerField(), default=list)
    scores = ArrayField(models.FloatField(), default=list)

    class Meta:
        ordering = ["run", "topic__number"]
        constraints = [models.UniqueConstraint(fields=["run", "topic"], name="ranked_list_once")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.topic_id}"
