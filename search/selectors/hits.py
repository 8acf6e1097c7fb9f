"""Hits of a query, with what a mosaic shows of each."""

from __future__ import annotations

from typing import Any

from search.models import Hit, Query, SentenceLink
from search.selectors.figures import links_of_figures

SENTENCES_PER_HIT = 5


def hits_of_query(query: Query, sentences_per_hit: int = SENTENCES_PER_HIT) -> list[Hit]:
    """Hits by rank, each with figure, sheet and publication, and `sentence_links` set on it. Retired ones are gone."""
    hits = list(
        query.hits.filter(figure__retired_at=None, figure__sheet__publication__retired_at=None)
        .select_related("figure__sheet__publication")
        .order_by("rank")
    )
    links = links_of_figures([hit.figure_id for hit in hits], sentences_per_hit)
    for hit in hits:
        hit.sentence_links = links[hit.figure_id]  # type: ignore[attr-defined]
    return hits


def hit_as_json(hit: Hit) -> dict[str, Any]:
    """One hit as the command line and the API give it."""
    publication = hit.figure.sheet.publication
    links: list[SentenceLink] = hit.sentence_links  # type: ignore[attr-defined]
    return {
        "rank": hit.rank,
        "figure": hit.figure_id,
        "label": hit.figure.label,
        "publication": publication.reference,
        "title": publication.title,
        "score": hit.score,
        "visual": hit.visual,
        "text": hit.text,
        "sentences": [{"text": link.sentence.text, "numerals": link.numerals, "reason": link.reason} for link in links],
    }


def answer_as_json(query: Query) -> dict[str, Any]:
    """The answer to a query as the command line and the API give it."""
    return {
        "query": str(query.pk),
        "modality": query.modality,
        "encoder_keys": query.encoder_keys,
        "index_version": query.index_versions,
        "notes": query.notes,
        "milliseconds": query.milliseconds,
        "hits": [hit_as_json(hit) for hit in hits_of_query(query)],
    }
