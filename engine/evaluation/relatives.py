"""What never counts as found: a topic's own publication, its family, and what the topic set holds out.

Every ranking, pool and measure leaves out by this one rule: own publication, or the same simple family, or the same
application, or a reserved publication. `left_out` is the same rule over codes, for whole collections at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

NONE = -1
"""The code of a figure without a family, an application or a group."""

Ranked = TypeVar("Ranked")


@dataclass(frozen=True, slots=True)
class Relatives:
    """What a figure is kin by: its publication, and the keys of family and application, empty where unknown."""

    publication: str
    family: str = ""
    application: str = ""


def is_related(a: Relatives, b: Relatives) -> bool:
    """Whether both are of one publication, one family or one application. Two unknown keys are not the same."""
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
    """What may count for a topic, in the order given.

    topic_kin: None for a drawing that is of no publication. reserved: references of the publications held out.
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
    """(len(queries), N): which of N figures are kin of each query, given by position.

    publication, apart: (N,) int64 codes; apart are families or applications, NONE where unknown.
    """
    barred: NDArray[np.bool_] = publication[queries, np.newaxis] == publication
    for codes in apart:
        barred |= (codes[queries, np.newaxis] == codes) & (codes != NONE)
    return barred
