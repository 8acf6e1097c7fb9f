"""Judgments and rulings: events that are added and never changed, ordered by a sequence of the database."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotations.models.sessions import Candidate, Session, Showing

GRADES = ((0, "not relevant"), (1, "marginally relevant"), (2, "relevant"), (3, "highly relevant"))
_GRADED = Q(grade__isnull=True) | Q(grade__range=(0, 3))
_FACETS = (Q(looks__isnull=True) | Q(looks__range=(0, 3))) & (Q(works__isnull=True) | Q(works__range=(0, 3)))


class Assessment(models.Model):
    """A grade of a candidate, or that it cannot be judged; with neither, the event withdraws an earlier one.

    looks, works: grades of the facets "looks alike" and "works alike". region: left, top, width, height in
    ten-thousandths of the candidate's drawing; None for the whole drawing.
    """

    client_id = models.UUIDField(unique=True, help_text="Made by the client: sent twice, it is one event.")
    grade = models.PositiveSmallIntegerField(null=True, blank=True, choices=GRADES)
    cannot_judge = models.BooleanField(default=False)
    looks = models.PositiveSmallIntegerField(null=True, blank=True, choices=GRADES)
    works = models.PositiveSmallIntegerField(null=True, blank=True, choices=GRADES)
    reason = models.TextField(blank=True)
    region = models.JSONField(null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=_GRADED & _FACETS, name="%(class)s_grades"),
            models.CheckConstraint(
                condition=Q(cannot_judge=False) | Q(grade__isnull=True), name="%(class)s_grade_or_cannot_judge"
            ),
        ]

    @property
    def says_nothing(self) -> bool:
        """Whether the event withdraws an earlier one without replacing it."""
        return self.grade is None and not self.cannot_judge


class Judgment(Assessment):
    """An assessor's judgment of a showing.

    base: the current judgment when the client sent this one. takes_back: the judgment that this one undoes; this one
    then repeats the values that applied before it. seconds: how long the assessor looked at the pair.
    """

    sequence = models.BigAutoField(primary_key=True)
    showing = models.ForeignKey(Showing, on_delete=models.PROTECT, related_name="judgments")
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    base = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    takes_back = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="taken_back_by"
    )
    seconds = models.FloatField(null=True, blank=True)

    class Meta(Assessment.Meta):
        ordering = ["sequence"]

    def __str__(self) -> str:
        return str(self.client_id)


class Ruling(Assessment):
    """An adjudicator's decision on a candidate. The newest of a session applies; the assessors' judgments stay.

    takes_back: the ruling that this one undoes; this one then repeats the values that applied before it.
    """

    sequence = models.BigAutoField(primary_key=True)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="rulings")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="rulings")
    adjudicator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    takes_back = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="taken_back_by"
    )

    class Meta(Assessment.Meta):
        ordering = ["sequence"]

    def __str__(self) -> str:
        return str(self.client_id)
