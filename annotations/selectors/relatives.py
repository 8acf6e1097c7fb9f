"""Reserved publications of topic sets, for engine.evaluation.relatives; relatives of figures: document_numbers."""

from __future__ import annotations

from annotations.models import TopicSet


def reserved_references(topic_set: TopicSet) -> frozenset[str]:
    """Return the references of the reserved publications of a topic set."""
    return frozenset(topic_set.reserved.values_list("reference", flat=True))
