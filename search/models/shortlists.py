"""Shortlists: figures that an examiner keeps with notes, alone or shared with colleagues."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.db import models

from search.models.drawings import Figure


def text_key(text: str) -> str:
    """Return a hash that is the same for texts that differ only in their line breaks (CRLF or LF)."""
    return hashlib.sha256("\n".join(text.splitlines()).encode()).hexdigest()[:16]


class Shortlist(models.Model):
    """Figures kept under a name. Only the owner may share or delete it; a colleague may be allowed to edit it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shortlists")
    name = models.CharField(max_length=120)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-changed_at"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="shortlist_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def note_key(self) -> str:
        return text_key(self.note)


class ShortlistShare(models.Model):
    """A colleague's permission to view a shortlist and, with may_edit, to change it."""

    shortlist = models.ForeignKey(Shortlist, on_delete=models.CASCADE, related_name="shares")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shortlist_shares")
    may_edit = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shortlist", "user"], name="share_once")]

    def __str__(self) -> str:
        return f"{self.shortlist} with {self.user}"


class Relevance(models.TextChoices):
    """Categories of cited documents in a search report (WIPO Standard ST.14, paragraph 14)."""

    NONE = "", "not rated"
    X = "X", "relevant taken alone"
    Y = "Y", "relevant in combination"
    A = "A", "background"


class ShortlistEntry(models.Model):
    """A figure on a shortlist. `revision` counts changes, so that two people cannot silently overwrite each other."""

    shortlist = models.ForeignKey(Shortlist, on_delete=models.CASCADE, related_name="entries")
    figure = models.ForeignKey(Figure, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()
    relevance = models.CharField(max_length=1, choices=Relevance.choices, blank=True, default=Relevance.NONE)
    note = models.TextField(blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["shortlist", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["shortlist", "figure"], name="entry_once")]
        verbose_name_plural = "shortlist entries"

    def __str__(self) -> str:
        return f"{self.figure} on {self.shortlist}"

    @property
    def note_key(self) -> str:
        return text_key(self.note)


class Pin(models.Model):
    """A note on a region of an entry's drawing, in ten-thousandths of the figure's upright crop."""

    entry = models.ForeignKey(ShortlistEntry, on_delete=models.CASCADE, related_name="pins")
    left = models.PositiveSmallIntegerField()
    top = models.PositiveSmallIntegerField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    note = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["entry", "pk"]

    def __str__(self) -> str:
        return self.note[:40]

    @property
    def note_key(self) -> str:
        return text_key(self.note)
