"""manage.py bench: measure how much faster moving the slider is than searching again."""

from __future__ import annotations

import random
import statistics
import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from typing import Any

from django.core.management.base import CommandError

from engine.ranking.candidates import candidates_as_bytes
from search import ranking
from search.management.services import ServiceCommand
from search.models import Modality, Query
from search.question import Question
from search.ranking import QueryVectors
from search.selectors.figures import figures_to_show
from search.selectors.hits import hits_ranked

SEED = 20_261_125
WEIGHTS = (0, 20, 35, 50, 65, 80, 100)


class Command(ServiceCommand):
    help = (
        "Compare the time of a fast path with the time of the plain way, alternating in one run. rank: moving the "
        "slider between text and drawing, which fuses stored candidates, against searching again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("path", choices=["rank"])
        parser.add_argument("--rounds", type=int, default=100)

    def run(self, **options: Any) -> dict[str, Any]:
        if options["rounds"] < 3:
            raise CommandError("--rounds must be 3 or more; quartiles need at least 3 measurements")
        ranking.warm_up()
        pairs = [_search_and_slider(vectors) for vectors in _queries(options["rounds"])]
        if not pairs:
            raise CommandError(
                "The collection has no searchable figures. Ingest a delivery first: manage.py ingest PATH --wait"
            )
        plain, fast = _in_turns(pairs)
        ratios = [slow / quick for slow, quick in zip(plain, fast, strict=True)]
        low, middle, high = statistics.quantiles(ratios, n=4)
        result = {
            "path": options["path"],
            "rounds": len(ratios),
            "ratio": round(middle, 2),
            "quartiles": [round(low, 2), round(high, 2)],
            "milliseconds": {
                "search": round(statistics.median(plain), 2),
                "slider": round(statistics.median(fast), 2),
            },
        }
        if not options["json"]:
            self.stdout.write(
                f"slider {result['milliseconds']['slider']} ms, search {result['milliseconds']['search']} ms: "
                f"{result['ratio']} times as fast, quartiles {low:.2f} to {high:.2f}, {len(ratios)} rounds"
            )
        return result


def _queries(rounds: int) -> list[QueryVectors]:
    """Return one query per round: the stored vectors of a random figure that has both. The seed is fixed."""
    figure_ids = list(figures_to_show().order_by("pk").values_list("pk", flat=True))
    stored = {side: ranking.stored_vectors(figure_ids, side) for side in Modality}
    both = sorted(stored[Modality.VISUAL].keys() & stored[Modality.TEXT].keys())
    if not both:
        return []
    drawn = random.Random(SEED).choices(both, k=rounds)
    return [QueryVectors(stored[Modality.VISUAL][pk], stored[Modality.TEXT][pk]) for pk in drawn]


def _search_and_slider(vectors: QueryVectors) -> tuple[Callable[[Question], list[int]], ...]:
    """Return two functions that rank a query's figures: one searches again, one fuses the stored candidates."""
    query = Query(candidates=_candidates(vectors))

    def search(question: Question) -> list[int]:
        return _ranked(Query(candidates=_candidates(vectors)), question)

    def slider(question: Question) -> list[int]:
        return _ranked(query, question)

    return search, slider


def _candidates(vectors: QueryVectors) -> bytes:
    found = ranking.find(query=vectors, before_feedback=None, filters={}, excluded_ids=None)
    assert found.candidates is not None  # there is at least the figure itself
    return candidates_as_bytes(found.candidates, None)


def _ranked(query: Query, question: Question) -> list[int]:
    return [hit.figure_id for hit in hits_ranked(query, question)]


def _in_turns(pairs: Sequence[tuple[Callable[[Question], list[int]], ...]]) -> tuple[list[float], list[float]]:
    """Return the milliseconds of each search and of each slider. Which of the two goes first alternates.

    Raises: CommandError when the two rank differently.
    """
    plain: list[float] = []
    fast: list[float] = []
    for place, (search, slider) in enumerate(pairs):
        question = Question(weight=WEIGHTS[place % len(WEIGHTS)])
        ways = [(search, plain), (slider, fast)]
        answers = []
        for way, spent in ways if place % 2 else reversed(ways):
            begun = time.perf_counter()
            answers.append(way(question))
            spent.append(1000 * (time.perf_counter() - begun))
        if answers[0] != answers[1]:
            raise CommandError(
                f"At weight {question.weight} % the slider and a search rank differently. Report this as a bug."
            )
    return plain, fast
