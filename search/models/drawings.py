"""Sheets, the figures on them, and the text that was read on them."""

from __future__ import annotations

from django.db import models

from engine.sheets.geometry import Box
from search.models.publications import Publication


class Sheet(models.Model):
    """One page of an image file of a publication. `missing`: the XML names it, but no delivery contained it."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="sheets")
    position = models.PositiveIntegerField()
    file_name = models.CharField(max_length=255)
    page = models.PositiveSmallIntegerField(default=1)
    xml_label = models.CharField(max_length=120, blank=True)
    width_mm = models.FloatField(null=True, blank=True)
    height_mm = models.FloatField(null=True, blank=True)
    missing = models.BooleanField(default=False)
    original_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    png = models.CharField(max_length=255, blank=True, help_text="Name in the storage, by content.")
    preview = models.CharField(
        max_length=255,
        blank=True,
        default="",
        db_default="",
        help_text="Smaller and grey; empty until looked at.",
    )
    width_px = models.PositiveIntegerField(default=0)
    height_px = models.PositiveIntegerField(default=0)
    dpi = models.FloatField(null=True, blank=True)
    blank = models.BooleanField(default=False)
    rotation = models.PositiveSmallIntegerField(default=0, help_text="Degrees clockwise that turn it upright.")
    reader_key = models.CharField(max_length=120, blank=True, help_text="Empty until the sheet is read.")
    looked_again = models.BooleanField(default=False, help_text="The second look for missing numerals is done.")
    notes = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["publication", "position", "page"]
        constraints = [models.UniqueConstraint(fields=["publication", "file_name", "page"], name="sheet_once")]

    def __str__(self) -> str:
        return f"{self.file_name} p. {self.page}" if self.page > 1 else self.file_name


class Figure(models.Model):
    """A drawing on a sheet. Indexes identify it by its primary key, so it is retired and never deleted."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="figures")
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=40, blank=True, help_text='"3a" for FIG. 3a; empty when the sheet says none.')
    left = models.PositiveIntegerField()
    top = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    rotation = models.PositiveSmallIntegerField(default=0)
    crop = models.CharField(max_length=255, help_text="The figure alone, upright: PNG in the storage, by content.")
    thumbnail = models.CharField(max_length=255)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["sheet", "position"]
        constraints = [models.UniqueConstraint(fields=["sheet", "position"], name="figure_once")]

    def __str__(self) -> str:
        return f"FIG. {self.label}" if self.label else f"figure {self.position + 1} of {self.sheet}"

    @property
    def box_on_sheet(self) -> Box:
        return Box(self.left, self.top, self.width, self.height)


class Reading(models.Model):
    """A piece of text on a sheet, as it was recognised (`seen`) and as it was corrected (`text`)."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="readings")
    figure = models.ForeignKey(Figure, null=True, blank=True, on_delete=models.SET_NULL, related_name="readings")
    seen = models.CharField(max_length=120)
    text = models.CharField(max_length=120, help_text="The settled reading.")
    kind = models.CharField(max_length=14)
    left = models.PositiveIntegerField()
    top = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    confidence = models.FloatField()
    settled_by = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["sheet", "top", "left", "pk"]

    def __str__(self) -> str:
        return self.text

    @property
    def box_on_sheet(self) -> Box:
        return Box(self.left, self.top, self.width, self.height)
