"""The state of work that workers do: state, attempts and lease. The message queue only signals that there is some."""

from __future__ import annotations

from django.db import models


class WorkState(models.TextChoices):
    """How far the work on a row is."""

    WAITING = "waiting", "waiting"
    RUNNING = "running", "in work"
    DONE = "done", "done"
    REJECTED = "rejected", "refused"
    QUARANTINED = "quarantined", "quarantined"


class Verdict(models.TextChoices):
    """The result for a delivery or for one of its documents."""

    OPEN = "", "open"
    ACCEPTED = "accept", "accepted"
    WARNED = "accept-with-warning", "accepted with remarks"
    REJECTED = "reject", "refused"


class Work(models.Model):
    """A row that a worker processes under a lease.

    `attempts` is increased and committed before the work starts, so that a row which crashes its worker is quarantined
    after a few attempts. `lease_until` is compared with the database's clock only.
    """

    state = models.CharField(max_length=12, choices=WorkState.choices, default=WorkState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    # While running: when the worker's lease ends. While waiting: the earliest time of the next attempt.
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=120, blank=True)
    verdict = models.CharField(max_length=20, choices=Verdict.choices, blank=True, default=Verdict.OPEN)
    error_code = models.CharField(max_length=60, blank=True)
    error_detail = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def is_finished(self) -> bool:
        return self.state in (WorkState.DONE, WorkState.REJECTED, WorkState.QUARANTINED)
