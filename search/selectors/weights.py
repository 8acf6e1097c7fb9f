"""The weight that judgments suggest, as it is offered beside the slider."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.ranking.fusion import Fusion
from search.models import SuggestedWeight
from search.question import Question


@dataclass(frozen=True, slots=True)
class OfferedWeight:
    """address: the question ranked by it. is_chosen: whether the question is ranked by it already."""

    suggested: SuggestedWeight
    address: str
    is_chosen: bool


def weight_offered(question: Question) -> OfferedWeight | None:
    """The newest suggested weight for a question; None while nothing is suggested."""
    newest = SuggestedWeight.objects.order_by("-pk").first()
    if newest is None:
        return None
    ranked = replace(question, by=Fusion.WEIGHTED, weight=newest.percent)
    return OfferedWeight(newest, ranked.address, ranked == question)
