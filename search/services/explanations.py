"""Explain hits by pairs of similar sentences: requested by the web process, computed by a worker."""

from __future__ import annotations

import logging
from functools import lru_cache

from django.db import transaction
from django.db.models.functions import Now

from engine.encoders.protocols import Vectors
from engine.ranking.explaining import best_pairs
from search import runtime
from search.models import Explanation, Query, Verdict, WorkState
from search.selectors.hits import hits_ranked
from search.selectors.why import found_sentences, query_sentences
from search.services.work import work_claim, work_done, work_quarantine, work_restart

logger = logging.getLogger(__name__)

MOST_PAIRS = 3
_CACHED_TEXTS = 32


def explanation_request(*, query: Query, figure_id: int) -> tuple[Explanation, bool]:
    """Return the explanation of a hit, and whether it is new and must be enqueued."""
    return Explanation.objects.get_or_create(query=query, figure_id=figure_id)


@transaction.atomic
def explanation_retry(*, query: Query, figure_id: int) -> Explanation:
    """Reset an explanation that failed or was not computed in time, so that it can be enqueued again."""
    explanation, _ = explanation_request(query=query, figure_id=figure_id)
    if explanation.state != WorkState.DONE:
        work_restart(row=explanation)
        Explanation.objects.filter(pk=explanation.pk).update(created_at=Now())
        explanation.refresh_from_db()
    return explanation


def explanation_compute(*, explanation_id: int) -> Explanation | None:
    """Compute the sentence pairs of an explanation. Returns None when it is done or another worker has it."""
    runtime.sentence_encoder()  # loaded before the attempt is counted
    explanation = work_claim(model=Explanation, pk=explanation_id)
    if explanation is None:
        return None
    try:
        pairs = _pairs(explanation)
    except Exception as error:  # any kind: the examiner waits for an answer
        logger.error("explanation failed explanation=%s", explanation.pk, exc_info=error)
        work_quarantine(
            row=explanation,
            code="failed",
            detail="The sentences could not be compared. Try again; the server log has the cause.",
        )
        return explanation
    _store(explanation, pairs)
    return explanation


@transaction.atomic
def _store(explanation: Explanation, pairs: list[dict[str, object]]) -> None:
    Explanation.objects.filter(pk=explanation.pk).update(sentence_pairs=pairs)
    explanation.sentence_pairs = pairs
    work_done(row=explanation, verdict=Verdict.ACCEPTED)
    logger.info("explanation done explanation=%s pairs=%d", explanation.pk, len(pairs))


def _pairs(explanation: Explanation) -> list[dict[str, object]]:
    """Return the best pairs as they are stored, best first. Empty if either side has no sentence."""
    query = explanation.query
    question = query.question
    hit = next((hit for hit in hits_ranked(query, question) if hit.figure_id == explanation.figure_id), None)
    if hit is None:  # the figure was retired since
        return []
    queried = [sentence.text for sentence in query_sentences(query, question, hit)]
    found = found_sentences(explanation.figure_id)
    if not queried or not found:
        return []
    similarities = sentence_vectors(tuple(queried)) @ sentence_vectors(tuple(found)).T
    return [
        {"asked": queried[row], "found": found[column], "similarity": round(similarity, 4)}
        for row, column, similarity in best_pairs(similarities, MOST_PAIRS)
    ]


@lru_cache(maxsize=_CACHED_TEXTS)
def sentence_vectors(sentences: tuple[str, ...]) -> Vectors:
    """Return (n, dim) float32. Cached, since all hits of a query are explained with the same sentences."""
    return runtime.sentence_encoder().encode(sentences)
