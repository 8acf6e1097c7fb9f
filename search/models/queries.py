"""Queries, explanations of their hits, and saved searches. Only the owner sees any of them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.http import QueryDict

from search.models.drawings import Figure
from search.models.work import Work
from search.question import Question


class QueryModality(models.TextChoices):
    """Ways to rank, by the names that command line and API use for them."""

    VISUAL = "visual", "drawing"
    TEXT = "text", "text"
    AVERAGE = "avg", "both, average"
    MAXIMUM = "max", "both, maximum"
    RANKS = "rrf", "both, by rank"


class Query(Work):
    """A question that was asked once, with all candidates found. Another ranking of them needs no new query."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="queries")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    query_string = models.TextField(db_column="asked", help_text="The question; search.question reads it.")
    search_key = models.CharField(max_length=64, help_text="The same for questions that find the same figures.")
    examples = models.JSONField(
        default=list, blank=True, help_text="Tokens of the pictures compared, in the order that candidates count them."
    )
    sentences = models.JSONField(
        default=list, blank=True, help_text="Linked sentences of the patent XML that came with the image."
    )
    notes = models.JSONField(default=list, blank=True)
    encoder_keys = models.JSONField(default=dict, blank=True)
    index_versions = models.JSONField(default=dict, blank=True)
    last_embedding_ids = models.JSONField(
        default=dict, blank=True, help_text="By modality: the newest embedding that the search knew."
    )
    milliseconds = models.JSONField(default=dict, blank=True)
    candidates = models.BinaryField(null=True, editable=False, help_text="engine.ranking.candidates reads it.")
    hit_count = models.PositiveSmallIntegerField(
        default=0, help_text="Of the best candidates that the question asked for; lists of queries show it."
    )
    best_figures = models.JSONField(
        default=list, blank=True, help_text="Primary keys of the best hits; lists of queries show them."
    )
    replay_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="replays")

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "queries"
        indexes = [models.Index(fields=["owner", "search_key", "-created_at"], name="query_asked_before")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def question(self) -> Question:
        """The question, without the parts that this release does not take any more."""
        return Question.parse(QueryDict(self.query_string))[0]


class Explanation(Work):
    """Why a figure answers a query: pairs of similar sentences. The query worker makes it when a user opens it."""

    query = models.ForeignKey(Query, on_delete=models.CASCADE, related_name="explanations")
    figure = models.ForeignKey(Figure, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    sentence_pairs = models.JSONField(default=list, blank=True, help_text="asked, found, similarity; best first.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["query", "figure"], name="explanation_once")]

    def __str__(self) -> str:
        return f"{self.query_id} {self.figure_id}"


class SavedSearch(models.Model):
    """A question saved by name, with the pictures that it names."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=120)
    query_string = models.TextField(db_column="asked")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_search_once")]
        verbose_name_plural = "saved searches"

    def __str__(self) -> str:
        return self.name

    @property
    def question(self) -> Question:
        """The question, without the parts that this release does not take any more."""
        return Question.parse(QueryDict(self.query_string))[0]
