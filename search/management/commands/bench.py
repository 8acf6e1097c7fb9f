"""manage.py bench: hot paths against the plain way of doing the same, interleaved in one run."""

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
        "Time a hot path against the plain way, taking turns in one run. rank: moving the slider between text and "
        "drawing, which fuses stored candidates, against searching anew."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("path", choices=["rank"])
        parser.add_argument("--rounds", type=int, default=100)

    def run(self, **options: Any) -> dict[str, Any]:
        if options["rounds"] < 3:
            raise CommandError("--rounds must be 3 or more, or there is no spread to tell")
        ranking.warm_up()
        pairs = [_search_and_slider(vectors) for vectors in _queries(options["rounds"])]
        if not pairs:
            raise CommandError("the collection has no embedded figures; ingest a delivery first")
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
                f"{result['ratio']} times, quartiles {low:.2f} to {high:.2f}, {len(ratios)} rounds"
            )
        return result


def _queries(rounds: int) -> list[QueryVectors]:
    """The stored vectors of figures that have both, drawn by a fixed seed; one for each round."""
    figure_ids = list(figures_to_show().order_by("pk").values_list("pk", flat=True))
    stored = {side: ranking.stored_vectors(figure_ids, side) for side in Modality}
    both = sorted(stored[Modality.VISUAL].keys() & stored[Modality.TEXT].keys())
    if not both:
        return []
    drawn = random.Random(SEED).choices(both, k=rounds)
    return [QueryVectors(stored[Modality.VISUAL][one], stored[Modality.TEXT][one]) for one in drawn]


def _search_and_slider(vectors: QueryVectors) -> tuple[Callable[[Question], list[int]], ...]:
    """Two ways to the ranked figures of a query: searching again, and fusing what the first search stored."""
    found = _found(vectors)
    query = Query(candidates=found)

    def search(question: Question) -> list[int]:
        return _ranked(Query(candidates=_found(vectors)), question)

    def slider(question: Question) -> list[int]:
        return _ranked(query, question)

    return search, slider


def _found(vectors: QueryVectors) -> bytes:
    found = ranking.find(query=vectors, before_feedback=None, filters={}, excluded_ids=None)
    assert found.candidates is not None  # the figure itself is one
    return candidates_as_bytes(found.candidates, None)


def _ranked(query: Query, question: Question) -> list[int]:
    return [hit.figure_id for hit in hits_ranked(query, question)]


def _in_turns(pairs: Sequence[tuple[Callable[[Question], list[int]], ...]]) -> tuple[list[float], list[float]]:
    """Milliseconds of each search and each slider, one after the other, whoever was first being second next.

    Raises: CommandError where the two rank differently.
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
            raise CommandError(f"the slider ranks otherwise than a search at {question.weight} %: report this fault")
    return plain, fast
