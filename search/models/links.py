"""Links between sentences and figures."""

from __future__ import annotations

from django.db import models

from search.models.drawings import Figure
from search.models.texts import Sentence


class SentenceLink(models.Model):
    """A sentence that mentions a numeral drawn in the figure, or names the figure by its label.

    spans: [start, end] of each mention, in characters of the sentence.
    """

    figure = models.ForeignKey(Figure, on_delete=models.CASCADE, related_name="links")
    sentence = models.ForeignKey(Sentence, on_delete=models.CASCADE, related_name="links")
    reason = models.CharField(max_length=14)
    numerals = models.JSONField(default=list)
    spans = models.JSONField(default=list)

    class Meta:
        ordering = ["figure", "sentence__position"]
        constraints = [models.UniqueConstraint(fields=["figure", "sentence", "reason"], name="link_once")]

    def __str__(self) -> str:
        return f"{self.figure}: {self.reason}"
