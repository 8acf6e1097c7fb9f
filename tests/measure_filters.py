"""Random filters of a running installation's own values: what the search finds under them against a plain search.

    PATENTSEARCH_HOME=… .venv/bin/python -m tests.measure_filters [--filters 200] [--seed 1]

Queries are stored vectors of figures, so no model is loaded. All hits that a page can show are compared, by drawing,
by text and by both. Prints how many filters left something to find, and how many differ; also how long the counts of
the filters take. The exit code is 1 where anything differs.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from typing import Any

import django
import numpy as np


def measure(filters_tried: int, seed: int) -> int:
    """How many filters gave anything but what the plain search gave."""
    # Models can be imported only once Django is set up.
    from engine.ranking.candidates import gather_candidates  # noqa: PLC0415
    from engine.ranking.fusion import Fusion  # noqa: PLC0415
    from search import runtime  # noqa: PLC0415
    from search.filters import filters_checked  # noqa: PLC0415
    from search.models import FigureEmbedding, Modality  # noqa: PLC0415
    from search.question import MOST_HITS  # noqa: PLC0415
    from search.selectors.filter_counts import filter_counts  # noqa: PLC0415
    from search.selectors.filters import figures_allowed  # noqa: PLC0415
    from search.selectors.vectors import active_versions  # noqa: PLC0415
    from search.views.filter_board import prefixes_of  # noqa: PLC0415
    from tests.plain_filters import figure_rows, is_same_order, passes, plain_search, random_filters  # noqa: PLC0415

    chance = random.Random(seed)
    versions = active_versions()
    opened: dict[str, Any] = {}
    vectors: dict[str, dict[int, Any]] = {}
    for side in Modality:
        version = versions[side.value]
        found = runtime.open_figures(encoder_key=version.encoder_key, dim=version.dim)
        assert found is not None
        opened[side] = found.layered
        stored = FigureEmbedding.objects.filter(encoder_key=version.encoder_key)
        vectors[side] = {embedding.figure_id: embedding.as_array()[0] for embedding in stored}
    rows = [row for row in figure_rows() if row.pk in vectors[Modality.VISUAL]]
    drawn, written = vectors[Modality.VISUAL], vectors[Modality.TEXT]
    both = sorted(drawn.keys() & written.keys())
    print(f"{len(rows)} figures, {len(written)} with text")
    not_empty = differing = 0
    counting_ms: list[float] = []
    for _ in range(filters_tried):
        filters = random_filters(rows, chance)
        read = filters_checked(filters)
        started = time.perf_counter()
        counts = filter_counts(read, prefixes=prefixes_of(read))
        counting_ms.append((time.perf_counter() - started) * 1000)
        asked = chance.choice(both)
        query = (drawn[asked][None, :], written[asked][None, :])
        allowed = [row.pk for row in rows if passes(row, filters)]
        passing = figures_allowed(read)
        same = (passing is None or set(passing.tolist()) & drawn.keys() == set(allowed)) and counts.figures >= len(
            allowed
        )
        if allowed:
            not_empty += 1
            candidates = gather_candidates(opened[Modality.VISUAL], opened[Modality.TEXT], *query, allowed_ids=passing)
            for how in (Fusion.VISUAL, Fusion.TEXT, Fusion.AVG):
                wanted = plain_search(allowed, drawn, written, query, how)
                same = same and is_same_order(candidates.ranked(how).ids.tolist(), wanted, MOST_HITS)
        if not same:
            differing += 1
            print("differs:", filters)
    print(f"{filters_tried} filters, {not_empty} non-empty, differing: {differing}")
    p50, p95 = np.percentile(counting_ms, (50, 95))
    print(f"counts of all filters: p50 {p50:.1f} ms, p95 {p95:.1f} ms")
    return differing


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "patentsearch.settings")
    django.setup()
    parser = argparse.ArgumentParser()
    parser.add_argument("--filters", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sys.exit(1 if measure(options.filters, options.seed) else 0)
