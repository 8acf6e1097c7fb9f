"""Stored scores of runs: computing them takes seconds."""

from __future__ import annotations

from django.db import models

from annotations.models.qrels import QrelsSnapshot
from annotations.models.runs import Run


class RunScores(models.Model):
    """The scores of a run by a snapshot, topic by topic. A deleted row is computed again when it is needed.

    scored_by: version of the code that computed the scores, since another version may give other figures. values: see
    annotations.services.scores.
    """

    snapshot = models.ForeignKey(QrelsSnapshot, on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    unit = models.CharField(max_length=12)
    relevant_from = models.PositiveSmallIntegerField()
    k = models.PositiveIntegerField()
    scored_by = models.CharField(max_length=120)
    values = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "run", "unit", "relevant_from", "k", "scored_by"], name="run_scores_once"
            )
        ]
        verbose_name_plural = "run scores"

    def __str__(self) -> str:
        return f"{self.run_id} by {self.snapshot_id}"
