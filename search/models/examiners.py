"""Per examiner: the current shortlist, the figures seen, and how sheets were turned."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from search.models.drawings import Figure, Sheet
from search.models.shortlists import Shortlist


class Desk(models.Model):
    """An examiner's current shortlist: the one that the keys of the page add to."""

    owner = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="desk")
    shortlist = models.ForeignKey(Shortlist, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"desk of {self.owner}"


class SeenFigure(models.Model):
    """A figure that an examiner has opened at full size."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    figure = models.ForeignKey(Figure, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "figure"], name="seen_once")]

    def __str__(self) -> str:
        return f"{self.figure_id} seen by {self.owner_id}"


class SheetTurn(models.Model):
    """How far an examiner has turned a sheet, in degrees clockwise from upright."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="+")
    turn = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "sheet"], name="sheet_turn_once")]

    def __str__(self) -> str:
        return f"{self.turn}°"
