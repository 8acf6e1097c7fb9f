"""A question in a line or two, as lists of questions show it: its pictures, words, filters and ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User

from engine.ranking.fusion import Fusion
from search.filters import FILTERS, values_of
from search.filters.kinds import LinkedText
from search.question import GROUPS, Question
from search.views.panel import GROUP_NAMES, Panel, panels_of


@dataclass(frozen=True, slots=True)
class QuerySummary:
    """A question with its panel, and texts of its filters and its ranking."""

    panel: Panel
    filters: tuple[str, ...]
    ranking: str


def query_summaries(questions: Sequence[Question], owner: User) -> list[QuerySummary]:
    """Return the summary of each question. Takes two database queries, however many questions there are."""
    panels = panels_of(questions, owner)
    return [QuerySummary(panel, _filters(panel.question), _ranking(panel.question)) for panel in panels]


def _filters(question: Question) -> tuple[str, ...]:
    found = []
    for name, one in FILTERS.items():
        if name in question.filters:
            values = "" if isinstance(one.kind, LinkedText) else ", ".join(values_of(name, question.filters[name]))
            found.append(f"{one.chip} {values}".strip())
    if question.include_family:
        found.append("own family too")
    return tuple(found)


def _ranking(question: Question) -> str:
    if question.by is Fusion.MAX:
        text = "maximum of both"
    elif question.by is Fusion.RRF:
        text = "by ranks"
    elif question.weight in (0, 100):
        text = "by the drawing" if question.weight else "by text"
    else:
        text = f"drawing {question.weight} %, text {100 - question.weight} %"
    grouped = "" if question.group == GROUPS[0] else f", {GROUP_NAMES[question.group]}"
    return f"{text}{grouped}"
