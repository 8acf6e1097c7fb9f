"""Agreement computed candidate by candidate in plain Python: slow, but easy to check."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np

from engine.evaluation.agreement import SCALE
from engine.evaluation.coefficients import (
    Statistic,
    Tables,
    estimates,
    kappa,
    nominal,
    ordinal_alpha,
    percent_agreement,
    squared,
)

Grades = Mapping[str, Mapping[int, int | None]]


def plain_agreement(grades: Grades, topic_of: Mapping[int, int], *, seed: int) -> dict[str, Any]:
    """Coefficients of all, coefficients and matrix of each pair, and who cannot judge, by the names of Agreement."""
    named = list(combinations(grades, 2))
    order = [item for given in grades.values() for item, grade in given.items() if grade is not None]
    shared = [item for item in dict.fromkeys(order) if len(_given(grades, item)) > 1]
    tables = np.zeros((len(shared), 1 + len(named), len(SCALE), len(SCALE)))
    for row, item in enumerate(shared):
        given = _given(grades, item)
        for place, one in enumerate(given):
            for other in given[:place] + given[place + 1 :]:
                tables[row, 0, one, other] += 1
        tables[row, 0] /= len(given) - 1
        for column, (first, second) in enumerate(named, start=1):
            pair = _given({name: grades[name] for name in (first, second)}, item)
            if len(pair) == 2:
                tables[row, column, pair[0], pair[1]] = 1
    topics = [topic_of[item] for item in shared]
    every, _ = estimates(
        tables,
        topics,
        {
            "alpha": lambda drawn: ordinal_alpha(drawn[..., 0, :, :]),
            "percent": lambda drawn: percent_agreement(drawn[..., 1:, :, :].sum(axis=-3)),
        },
        seed=seed,
        without="no candidate was graded by two assessors",
    )
    pairs = [_pair(tables[:, column], topics, seed) for column in range(1, 1 + len(named))]
    return {**every, "pairs": pairs, "cannot_judge": [_cannot_judge(grades, names) for names in [grades, *named]]}


def _given(grades: Grades, item: int) -> list[int]:
    return [grade for given in grades.values() if (grade := given.get(item)) is not None]


def _pair(tables: Tables, topics: list[int], seed: int) -> tuple[dict[str, Statistic], list[list[int]]]:
    both = [row for row in range(len(tables)) if tables[row].any()]
    found, _ = estimates(
        tables[both],
        [topics[row] for row in both],
        {
            "percent": percent_agreement,
            "kappa": lambda drawn: kappa(drawn, nominal(SCALE)),
            "weighted_kappa": lambda drawn: kappa(drawn, squared(SCALE)),
        },
        seed=seed,
        without="no candidate was graded by two assessors",
    )
    return found, [[int(sum(tables[both, a, b])) for b in range(len(SCALE))] for a in range(len(SCALE))]


def _cannot_judge(grades: Grades, names: Any) -> tuple[int, int, int, float | None]:
    """Candidates seen by two or more assessors, those that one or all cannot judge, and the percentage of agreement."""
    words: dict[int, list[bool]] = {}
    for name in names:
        for item, grade in grades[name].items():
            words.setdefault(item, []).append(grade is None)
    shared = [some for some in words.values() if len(some) > 1]
    alike = [one == other for some in shared for one, other in combinations(some, 2)]
    percent = round(100 * sum(alike) / len(alike), 6) if alike else None
    return len(shared), sum(map(any, shared)), sum(map(all, shared)), percent
