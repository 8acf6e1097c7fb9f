"""Fusion weights fitted to judgments."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from annotations.models.qrels import QrelsSnapshot
from annotations.models.runs import Run
from search.models import SuggestedWeight, Work


class FusionFit(Work):
    """A fusion weight fitted to a snapshot, cross-validated by topic, and the run that ranks with it.

    baseline: the run that the gain is measured against; the fit searches the same state of the collection.
    relevant_from: the lowest relevant grade. evidence: topic number → average precision by weight, for the topics
    processed so far. fitted: the number of topics, then weight, calibration and the results by topic. folds: weight and
    topics of each fold. gain, low, high: gain in held-out AP@50 over `baseline`, with its 95 % interval over topics.
    suggestion: the weight offered in search while the fit is promoted.
    """

    snapshot = models.ForeignKey(QrelsSnapshot, on_delete=models.CASCADE, related_name="fits")
    baseline = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    relevant_from = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(3)])
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.CASCADE, related_name="fits")
    evidence = models.JSONField(default=dict, blank=True)
    fitted = models.JSONField(default=dict, blank=True)
    folds = models.JSONField(default=list, blank=True)
    gain = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    suggestion = models.OneToOneField(
        SuggestedWeight, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "baseline", "relevant_from"], name="fusion_fit_once")
        ]

    def __str__(self) -> str:
        return f"fit to {self.snapshot}"
