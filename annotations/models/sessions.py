"""Pools, candidates, sessions, assignments and showings. None of them reveals to assessors which run found a figure."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from annotations.models.runs import Run
from annotations.models.topics import Topic, TopicSet
from search.models import Figure


class Pool(models.Model):
    """The union of the first `depth` figures of several runs for each topic (Sparck Jones and van Rijsbergen, 1975)."""

    topic_set = models.ForeignKey(TopicSet, on_delete=models.CASCADE, related_name="pools")
    name = models.CharField(max_length=120)
    depth = models.PositiveIntegerField()
    runs = models.ManyToManyField(Run, related_name="pools")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["topic_set", "name"], name="pool_once")]

    def __str__(self) -> str:
        return self.name


class Candidate(models.Model):
    """A figure to be judged for a topic. Rows are stored in the order of figures, so that keys reveal no rank."""

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="candidates")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+")
    figure = models.ForeignKey(Figure, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pool", "topic__number", "figure"]
        constraints = [models.UniqueConstraint(fields=["pool", "topic", "figure"], name="candidate_once")]

    def __str__(self) -> str:
        return f"{self.topic_id} {self.figure_id}"


class Session(models.Model):
    """A pool that assessors judge. `seed` determines who judges what, and in which order.

    overlap_percent: share of the candidates that every assessor judges; the others are divided among the assessors.
    repeat_percent: share of an assessor's candidates that are shown twice, to measure self-agreement.
    """

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="sessions")
    name = models.CharField(max_length=120, unique=True)
    instructions = models.TextField(blank=True)
    seed = models.BigIntegerField()
    overlap_percent = models.PositiveSmallIntegerField(default=100)
    repeat_percent = models.PositiveSmallIntegerField(default=10)
    asks_facets = models.BooleanField(default=False, help_text="Also whether it looks alike and works alike.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="No judgment is taken from then on.")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name


class Assignment(models.Model):
    """An assessor's part of a session. place: the position of the showing that the assessor looked at last.

    withdrawn_at: when the assessor was removed from the session; their judgments still count.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="assignments")
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    place = models.PositiveIntegerField(default=1)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["session", "pk"]
        constraints = [models.UniqueConstraint(fields=["session", "assessor"], name="assignment_once")]

    def __str__(self) -> str:
        return f"{self.session} {self.assessor}"


class Showing(models.Model):
    """A candidate shown to an assessor, at a position from 1. A repeat is the second showing of a candidate.

    current: the judgment that applies, which is the newest event unless that withdraws; None without one.
    seen_at: when the assessor first looked at it. is_passed_on: the candidate was reassigned to another assessor and is
    not to be judged here; it keeps its position, and a judgment sent all the same makes it the assessor's again.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="showings")
    position = models.PositiveIntegerField()
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="showings")
    is_repeat = models.BooleanField(default=False)
    current = models.ForeignKey("Judgment", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)
    is_passed_on = models.BooleanField(default=False)

    class Meta:
        ordering = ["assignment", "position"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "position"], name="showing_once_per_position"),
            models.UniqueConstraint(fields=["assignment", "candidate", "is_repeat"], name="showing_once"),
            models.CheckConstraint(
                condition=models.Q(is_passed_on=False) | models.Q(current=None), name="what_is_said_of_is_not_passed_on"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id} at {self.position}"
