"""Figures that never count as found: those of the topic's own publication or family, and reserved ones.

Every ranking, pool and measure leaves out the same figures: own publication, the same simple family, the same
application, and reserved publications. `left_out` applies this rule to codes, for a whole collection at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

NONE = -1
"""The code for no family, application or group."""

Ranked = TypeVar("Ranked")


@dataclass(frozen=True, slots=True)
class Relatives:
    """What relates a figure to others: its publication, and keys of family and application, empty where unknown."""

    publication: str
    family: str = ""
    application: str = ""


def is_related(a: Relatives, b: Relatives) -> bool:
    """Whether two figures share the publication, family or application. Unknown keys are never equal."""
    return (
        (a.publication != "" and a.publication == b.publication)
        or (a.family != "" and a.family == b.family)
        or (a.application != "" and a.application == b.application)
    )


def without_relatives(
    ranked: Iterable[Ranked],
    topic_relatives: Relatives | None,
    relatives_of: Callable[[Ranked], Relatives],
    reserved: Collection[str] = frozenset(),
) -> list[Ranked]:
    """The figures that may count for a topic, in the given order.

    topic_relatives: None for a drawing of no publication. reserved: references of the reserved publications.
    """
    kept = []
    for one in ranked:
        relatives = relatives_of(one)
        if relatives.publication in reserved or (
            topic_relatives is not None and is_related(topic_relatives, relatives)
        ):
            continue
        kept.append(one)
    return kept


def left_out(
    queries: NDArray[np.int64], publication: NDArray[np.int64], *apart: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which of N figures are relatives of each query: (len(queries), N) bool. queries: positions.

    publication, apart: (N,) int64 codes; apart are families or applications, NONE where unknown.
    """
    barred: NDArray[np.bool_] = publication[queries, np.newaxis] == publication
    for codes in apart:
        barred |= (codes[queries, np.newaxis] == codes) & (codes != NONE)
    return barred
