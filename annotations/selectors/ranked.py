"""Ranked lists of runs by document numbers, for evaluation and files."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from annotations.models import RankedList, Run, Topic
from annotations.selectors.document_numbers import numbers_of_figures
from engine.evaluation.files import Scored


@dataclass(frozen=True, slots=True)
class RankedFigure:
    """A figure that a run found. rank: from 1. document: its number in TREC files. score: higher is better."""

    rank: int
    figure: int
    document: str
    score: float


def ranked_figures(run: Run, topic: Topic) -> list[RankedFigure]:
    """Return what a run found for a topic, best first; nothing while it has not asked for it."""
    ranked = RankedList.objects.filter(run=run, topic=topic).first()
    pairs = list(zip(ranked.figure_ids, ranked.scores, strict=True)) if ranked else []
    documents = numbers_of_figures([figure for figure, _ in pairs])
    return [RankedFigure(rank, figure, documents[figure], score) for rank, (figure, score) in enumerate(pairs, 1)]


def lists_of_runs(runs: Collection[Run]) -> dict[int, dict[str, list[Scored]]]:
    """Run → topic number → document numbers with scores, best first, in a constant number of queries."""
    lists = list(RankedList.objects.filter(run__in=runs).select_related("topic").order_by("run", "topic__number"))
    numbers = numbers_of_figures({figure_id for one in lists for figure_id in one.figure_ids})
    found: dict[int, dict[str, list[Scored]]] = {run.pk: {} for run in runs}
    for one in lists:
        found[one.run_id][str(one.topic.number)] = [
            (numbers[figure_id], score) for figure_id, score in zip(one.figure_ids, one.scores, strict=True)
        ]
    return found


def documents_of_runs(runs: Collection[Run]) -> dict[int, dict[str, list[str]]]:
    """Run → topic number → document numbers, best first: the input of engine.evaluation.measures.measure_run."""
    return {
        run: {topic: [number for number, _ in ranked] for topic, ranked in lists.items()}
        for run, lists in lists_of_runs(runs).items()
    }
