"""What a topic set holds out, for engine.evaluation.relatives.without_kin; kin itself is in document_numbers."""

from __future__ import annotations

from annotations.models import TopicSet


def reserved_references(topic_set: TopicSet) -> frozenset[str]:
    """References of the publications that the topic set holds out."""
    return frozenset(topic_set.reserved.values_list("reference", flat=True))
