"""Explanations: asked for by the web process, worked out by the worker that holds the sentence encoder."""

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
_SIDES_KEPT = 32


def explanation_request(*, query: Query, figure_id: int) -> tuple[Explanation, bool]:
    """The explanation of a hit, and whether it is new and somebody has to be rung for."""
    return Explanation.objects.get_or_create(query=query, figure_id=figure_id)


@transaction.atomic
def explanation_retry(*, query: Query, figure_id: int) -> Explanation:
    """Put an explanation that failed, or that nobody worked out in time, back into the queue; a good one stays."""
    explanation, _ = explanation_request(query=query, figure_id=figure_id)
    if explanation.state != WorkState.DONE:
        work_restart(row=explanation)
        Explanation.objects.filter(pk=explanation.pk).update(created_at=Now())
        explanation.refresh_from_db()
    return explanation


def explanation_compute(*, explanation_id: int) -> Explanation | None:
    """Work out the sentence pairs of an explanation. None when another worker has it, or it is done."""
    runtime.sentence_encoder()  # before the attempt is counted: a worker stopped while loading has not tried yet
    explanation = work_claim(model=Explanation, pk=explanation_id)
    if explanation is None:
        return None
    try:
        pairs = _pairs(explanation)
    except Exception as error:  # of whatever kind: somebody waits for a word
        logger.error("explanation failed explanation=%s", explanation.pk, exc_info=error)
        work_quarantine(
            row=explanation,
            code="failed",
            detail="The sentences could not be compared, and the log says why. Try again.",
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
    """The best pairs as they are stored, best first; none where either side has no sentence."""
    query = explanation.query
    question = query.question
    hit = next((one for one in hits_ranked(query, question) if one.figure_id == explanation.figure_id), None)
    if hit is None:  # candidates that no longer hold it: the figure was retired since
        return []
    asked = [one.text for one in query_sentences(query, question, hit)]
    found = found_sentences(explanation.figure_id)
    if not asked or not found:
        return []
    similarities = _vectors(tuple(asked)) @ _vectors(tuple(found)).T
    return [
        {"asked": asked[row], "found": found[column], "similarity": round(similarity, 4)}
        for row, column, similarity in best_pairs(similarities, MOST_PAIRS)
    ]


@lru_cache(maxsize=_SIDES_KEPT)
def _vectors(sentences: tuple[str, ...]) -> Vectors:
    """(n, dim) float32, kept: the next hit of the same query is explained with the same sentences."""
    return runtime.sentence_encoder().encode(sentences)
