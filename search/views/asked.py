"""A question in a line or two, for lists of questions: its pictures, words, filters and ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User

from engine.ranking.fusion import Fusion
from search.question import GROUPS, Question
from search.views.panel import GROUP_NAMES, Panel, panels_of

FILTER_NAMES = {
    "ipc": "IPC",
    "cpc": "CPC",
    "date_from": "from",
    "date_to": "to",
    "applicant": "applicant",
    "kind": "kind",
    "country": "country",
    "language": "language",
    "batch": "batch",
}


@dataclass(frozen=True, slots=True)
class AskedInWords:
    """A question with its panel; the filters and the ranking as they are said."""

    panel: Panel
    filters: tuple[str, ...]
    ranking: str


def asked_in_words(questions: Sequence[Question], owner: User) -> list[AskedInWords]:
    """Each question in words, by two statements however many they are."""
    panels = panels_of(questions, owner)
    return [AskedInWords(panel, _filters(panel.question), _ranking(panel.question)) for panel in panels]


def _filters(question: Question) -> tuple[str, ...]:
    said = [
        f"{FILTER_NAMES[name]} {', '.join(value.split(','))}"
        for name, value in question.filters.items()
        if name in FILTER_NAMES
    ]
    if question.filters.get("has_text"):
        said.append("with linked text")
    if question.include_family:
        said.append("own family too")
    return tuple(said)


def _ranking(question: Question) -> str:
    if question.by is Fusion.MAX:
        said = "maximum of both"
    elif question.by is Fusion.RRF:
        said = "by ranks"
    elif question.weight in (0, 100):
        said = "by the drawing" if question.weight else "by text"
    else:
        said = f"drawing {question.weight} %, text {100 - question.weight} %"
    grouped = "" if question.group == GROUPS[0] else f", {GROUP_NAMES[question.group]}"
    return f"{said}{grouped}"
