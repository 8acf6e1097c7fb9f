"""Suggested weights for the ranking, fitted to judgments."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class SuggestedWeight(models.Model):
    """A fitted weight that also improved held-out topics. The newest one is offered beside the slider.

    percent: the drawing's share of the score. gain, low, high: the gain in average precision on held-out topics, with
    its 95 % confidence interval.
    """

    percent = models.PositiveSmallIntegerField()
    gain = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    topic_count = models.PositiveIntegerField()
    source = models.CharField(max_length=200, help_text="The judgments that it was fitted to.")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.percent} %"
