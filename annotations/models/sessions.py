"""What is judged, by whom, in which order. Nothing here tells an assessor which run found a candidate."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from annotations.models.runs import Run
from annotations.models.topics import Topic, TopicSet
from search.models import Figure


class Pool(models.Model):
    """The first `depth` figures of each of its runs, united for each topic (Sparck Jones and van Rijsbergen, 1975)."""

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
    """A figure to be judged for a topic. Stored in the order of figures, so that its key tells nothing of a rank."""

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="candidates")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+")
    figure = models.ForeignKey(Figure, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pool", "topic__number", "figure"]
        constraints = [models.UniqueConstraint(fields=["pool", "topic", "figure"], name="candidate_once")]

    def __str__(self) -> str:
        return f"{self.topic_id} {self.figure_id}"


class Session(models.Model):
    """A pool that people judge. `seed` decides the order that each of them sees.

    overlap_percent: of the candidates, how many every assessor judges; the others are dealt out among them.
    repeat_percent: of what an assessor judges, how many come a second time, to tell how constant the assessor is.
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
    """An assessor's part of a session. place: the position of the showing that was looked at last.

    withdrawn_at: since when the assessor judges no more here; what they judged counts on.
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
    """One candidate before one assessor, at a position from 1. A repeat is the second showing of a candidate.

    current: the judgment that holds, the newest event of this showing that says something; None while there is none.
    seen_at: when it was first known to be looked at. is_passed_on: another assessor has the candidate instead, and it
    is no work here any more; it keeps its position, and what is said of it all the same makes it the assessor's again.
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
