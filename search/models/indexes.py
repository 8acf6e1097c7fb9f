"""Vectors and the versions of the indexes over them."""

from __future__ import annotations

import numpy as np
from django.db import models

from engine.encoders.protocols import Vectors
from search.models.drawings import Figure


class Modality(models.TextChoices):
    VISUAL = "visual", "visual"
    TEXT = "text", "text"


class FigureEmbedding(models.Model):
    """One unit vector of a figure: float32, little-endian. Vectors of two encoder keys never meet."""

    figure = models.ForeignKey(Figure, on_delete=models.CASCADE, related_name="embeddings")
    modality = models.CharField(max_length=6, choices=Modality.choices)
    encoder_key = models.CharField(max_length=160)
    source = models.CharField(max_length=64, help_text="SHA-256 of what was embedded: the crop, or the sentences.")
    vector = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["encoder_key", "figure"], name="embedding_once")]
        indexes = [models.Index(fields=["encoder_key", "id"], name="embedding_delta")]

    def __str__(self) -> str:
        return f"{self.figure_id} {self.encoder_key}"

    def as_array(self) -> Vectors:
        """(1, dim) float32."""
        return np.frombuffer(self.vector, dtype="<f4").reshape(1, -1)


class IndexState(models.TextChoices):
    BUILDING = "building", "building"
    ACTIVE = "active", "active"
    SUPERSEDED = "superseded", "superseded"
    FAILED = "failed", "failed"


class IndexVersion(models.Model):
    """An immutable index directory. At most one version per encoder key is active; one row decides which."""

    modality = models.CharField(max_length=6, choices=Modality.choices)
    encoder_key = models.CharField(max_length=160)
    dim = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=IndexState.choices, default=IndexState.BUILDING)
    directory = models.CharField(max_length=255, blank=True, help_text="Below the index root.")
    figure_count = models.PositiveIntegerField(default=0)
    last_embedding_id = models.BigIntegerField(default=0, help_text="Embeddings beyond it are in the delta.")
    created_at = models.DateTimeField(auto_now_add=True)
    activated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["encoder_key"], name="one_active_index", condition=models.Q(state=IndexState.ACTIVE)
            )
        ]

    def __str__(self) -> str:
        return f"{self.encoder_key} v{self.pk}"


class CalibrationQuery(models.TextChoices):
    """What sampled figures asked with: their own vector, or one of their linked sentences as somebody may type it."""

    FIGURE = "figure", "figure"
    SENTENCE = "sentence", "sentence"


class Calibration(models.Model):
    """How similar strangers are: quantiles of what sampled figures reach with the nearest figure of no kin.

    quantiles: 101 similarities, from the 0th to the 100th percentile. A hit that is no more similar than that is
    nothing out of the ordinary.
    """

    modality = models.CharField(max_length=6, choices=Modality.choices)
    asked_with = models.CharField(
        max_length=8,
        choices=CalibrationQuery.choices,
        default=CalibrationQuery.FIGURE,
        db_default=CalibrationQuery.FIGURE,
    )
    encoder_key = models.CharField(max_length=160)
    index_version = models.ForeignKey(IndexVersion, on_delete=models.CASCADE, related_name="calibrations")
    sampled_count = models.PositiveIntegerField()
    figure_count = models.PositiveIntegerField()
    quantiles = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.encoder_key} over {self.sampled_count}"
