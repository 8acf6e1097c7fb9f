"""Work is rows: a state, a count of attempts and a lease. The broker only says that there is some."""

from __future__ import annotations

from django.db import models


class WorkState(models.TextChoices):
    WAITING = "waiting", "waiting"
    RUNNING = "running", "in work"
    DONE = "done", "done"
    REJECTED = "rejected", "refused"
    QUARANTINED = "quarantined", "quarantined"


class Verdict(models.TextChoices):
    """What became of a delivery or of one of its documents."""

    OPEN = "", "open"
    ACCEPTED = "accept", "accepted"
    WARNED = "accept-with-warning", "accepted with remarks"
    REJECTED = "reject", "refused"


class Work(models.Model):
    """A row that a worker takes under a lease.

    `attempts` is raised and committed before the work starts, so that a row which kills its worker is given up
    after a few tries instead of for ever. `lease_until` is compared with the database's clock only.
    """

    state = models.CharField(max_length=12, choices=WorkState.choices, default=WorkState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Of a running row: until when it is its worker's. Of a waiting one: not before then.
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
