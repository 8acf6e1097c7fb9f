"""The measures again in plain Python, from their definitions and from exported TREC files alone.

Nothing of the engine, of numpy or of ir-measures is used, so that an error there cannot be here too.
Buckley and Voorhees 2004 define bpref, Yilmaz and Aslam 2006 infAP; both as trec_eval 9 counts them.
"""

from __future__ import annotations

import math
import struct

EPSILON = 0.00001  # trec_eval's, in infAP


def qrels_read(text: str) -> dict[str, dict[str, int]]:
    """Topic → figure → grade, -1 for pooled and unjudged."""
    qrels: dict[str, dict[str, int]] = {}
    for line in text.splitlines():
        topic, _, figure, grade = line.split()
        qrels.setdefault(topic, {})[figure] = int(grade)
    return qrels


def run_read(text: str) -> dict[str, list[str]]:
    """Topic → figures, by score as a C float and then by name, both falling."""
    run: dict[str, list[tuple[float, str]]] = {}
    for line in text.splitlines():
        topic, _, figure, _, score, _ = line.split()
        single: float = struct.unpack("f", struct.pack("f", float(score)))[0]
        run.setdefault(topic, []).append((single, figure))
    return {topic: [figure for _, figure in sorted(found, reverse=True)] for topic, found in run.items()}


def measures_of(ranked: list[str], grades: dict[str, int], k: int, relevant_from: int = 1) -> dict[str, float]:
    """Every measure of one topic by name."""
    relevant = [grades.get(figure, -1) >= relevant_from for figure in ranked]
    relevant_count = sum(grade >= relevant_from for grade in grades.values())
    values = {
        f"AP@{k}": _share(_precisions(relevant[:k]), relevant_count),
        f"list AP@{k}": _share(_precisions(relevant[:k]), sum(relevant[:k])),
        "AP": _share(_precisions(relevant), relevant_count),
        f"R@{k}": _share(sum(relevant[:k]), relevant_count),
        "RR": 1 / (relevant.index(True) + 1) if True in relevant else 0.0,
        "bpref": _bpref(ranked, grades, relevant_count, relevant_from),
        "infAP": _inferred(ranked, grades, relevant_count, relevant_from),
    }
    for depth in {5, 10, k}:
        values[f"P@{depth}"] = sum(relevant[:depth]) / depth
    for depth in {10, k}:
        values[f"nDCG@{depth}"] = _share(
            _gain([max(grades.get(figure, 0), 0) for figure in ranked[:depth]]),
            _gain(sorted((max(grade, 0) for grade in grades.values()), reverse=True)[:depth]),
        )
        judged = [grades.get(figure, -1) >= 0 for figure in ranked[:depth]]
        values[f"Judged@{depth}"] = _share(sum(judged), len(judged))
    return values


def _precisions(relevant: list[bool]) -> float:
    return sum(sum(relevant[: place + 1]) / (place + 1) for place, found in enumerate(relevant) if found)


def _gain(grades: list[int]) -> float:
    return sum(grade / math.log2(place + 2) for place, grade in enumerate(grades))


def _share(of: float, all_of_it: float) -> float:
    return of / all_of_it if all_of_it else 0.0


def _bpref(ranked: list[str], grades: dict[str, int], relevant_count: int, relevant_from: int) -> float:
    irrelevant_count = sum(0 <= grade < relevant_from for grade in grades.values())
    total, above = 0.0, 0
    for figure in ranked:
        grade = grades.get(figure, -1)
        if grade >= relevant_from:
            total += 1 - (min(above, relevant_count) / min(relevant_count, irrelevant_count) if above else 0)
        elif grade >= 0:
            above += 1
    return _share(total, relevant_count)


def _inferred(ranked: list[str], grades: dict[str, int], relevant_count: int, relevant_from: int) -> float:
    total, relevant, irrelevant, unjudged = 0.0, 0, 0, 0
    for above, figure in enumerate(ranked):
        if figure not in grades:
            continue
        if grades[figure] < 0:
            unjudged += 1
        elif grades[figure] < relevant_from:
            irrelevant += 1
        else:
            expected = (relevant + EPSILON) / (relevant + irrelevant + 2 * EPSILON)
            pooled = (relevant + irrelevant + unjudged) / above if above else 0.0
            total += 1 / (above + 1) + above / (above + 1) * pooled * expected
            relevant += 1
    return _share(total, relevant_count)
