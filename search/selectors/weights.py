"""The suggested weight that is offered beside the slider."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.ranking.fusion import Fusion
from search.models import SuggestedWeight
from search.question import Question


@dataclass(frozen=True, slots=True)
class OfferedWeight:
    """A suggested weight. address: the question ranked with it. is_chosen: the question is already ranked with it."""

    suggested: SuggestedWeight
    address: str
    is_chosen: bool


def weight_offered(question: Question) -> OfferedWeight | None:
    """Return the newest suggested weight for a question, or None."""
    newest = SuggestedWeight.objects.order_by("-pk").first()
    if newest is None:
        return None
    ranked = replace(question, by=Fusion.WEIGHTED, weight=newest.percent)
    return OfferedWeight(newest, ranked.address, ranked == question)
