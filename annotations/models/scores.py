"""What runs scored: computed once, since it takes seconds, and told again alike."""

from __future__ import annotations

from django.db import models

from annotations.models.qrels import QrelsSnapshot
from annotations.models.runs import Run


class RunScores(models.Model):
    """A run measured by a snapshot, topic by topic. Deleting a row costs the time to compute it again.

    scored_by: the code that computed it, since another may compute other figures. values: see selectors.scores.
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
