"""What one examiner has at hand and has looked at."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from search.models.drawings import Figure, Sheet
from search.models.shortlists import Shortlist


class Desk(models.Model):
    """The shortlist that an examiner's keys add to."""

    owner = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="desk")
    shortlist = models.ForeignKey(Shortlist, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"desk of {self.owner}"


class SeenFigure(models.Model):
    """A figure that an examiner has looked at large."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    figure = models.ForeignKey(Figure, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "figure"], name="seen_once")]

    def __str__(self) -> str:
        return f"{self.figure_id} seen by {self.owner_id}"


class SheetTurn(models.Model):
    """How an examiner has turned a sheet, in degrees clockwise beyond upright."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="+")
    turn = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "sheet"], name="sheet_turn_once")]

    def __str__(self) -> str:
        return f"{self.turn}°"
