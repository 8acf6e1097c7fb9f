"""What figures are kin by, for engine.evaluation.kin.without_kin."""

from __future__ import annotations

from collections.abc import Collection

from annotations.models import TopicSet
from engine.evaluation.kin import Kin
from search.models import Figure


def kin_of_figures(figure_ids: Collection[int]) -> dict[int, Kin]:
    """What each of these figures is kin by, in one query; figures that are gone have no entry."""
    rows = Figure.objects.filter(pk__in=figure_ids).values_list(
        "pk",
        "sheet__publication__reference",
        "sheet__publication__family_key",
        "sheet__publication__application_number",
    )
    return {pk: Kin(reference, family, application) for pk, reference, family, application in rows}


def reserved_references(topic_set: TopicSet) -> frozenset[str]:
    """References of the publications that the topic set holds out."""
    return frozenset(topic_set.reserved.values_list("reference", flat=True))
