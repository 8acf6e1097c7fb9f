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
    """One unit vector of a figure, float32, little-endian. Vectors of different encoder keys are never compared."""

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
        """Return the vector as (1, dim) float32."""
        return np.frombuffer(self.vector, dtype="<f4").reshape(1, -1)


class IndexState(models.TextChoices):
    BUILDING = "building", "building"
    ACTIVE = "active", "active"
    SUPERSEDED = "superseded", "superseded"
    FAILED = "failed", "failed"


class IndexVersion(models.Model):
    """An index directory that is never changed once built. At most one version per encoder key is active."""

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
    """What a sampled figure is searched with: its own vector, or one of its linked sentences, like typed text."""

    FIGURE = "figure", "figure"
    SENTENCE = "sentence", "sentence"


class Calibration(models.Model):
    """The distribution of similarities between unrelated figures under one encoder.

    Each of `sampled_count` figures is searched with, its relatives left out, and the similarity of the best hit is
    taken. quantiles: the 0th to 100th percentile of these, 101 numbers. A hit in this range may be chance.
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
