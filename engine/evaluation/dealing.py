"""Assign candidates to assessors, in an order. The result depends only on a stored seed and can be reproduced.

Shuffles sort by SHA-256 of the seed, a salt and the item, so they do not depend on a random generator's version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

LEAST_FOR_A_REPEAT = 5  # candidates of a topic; with fewer, the assessor would remember the first grade


@dataclass(frozen=True, slots=True)
class Shown:
    """A candidate in an assessor's order. is_repeat: it is shown for the second time."""

    candidate: int
    is_repeat: bool


def shuffled(items: Sequence[int], *salt: object) -> list[int]:
    """The items in an order that depends only on the salt, not on their order."""
    prefix = "/".join(map(str, salt))
    return sorted(items, key=lambda item: hashlib.sha256(f"{prefix}/{item}".encode()).digest())


def shared(candidates: Mapping[int, Sequence[int]], *, percent: int, seed: int) -> set[int]:
    """Choose the candidates that every assessor judges: `percent` of all, spread evenly over the topics.

    candidates: by topic. The total is percent of all, half rounded up; the share of a topic is rounded
    down or up, up first where the remainder is largest.
    """
    total = (2 * percent * sum(map(len, candidates.values())) + 100) // 200
    counts = {topic: percent * len(some) // 100 for topic, some in candidates.items()}
    lost = {topic: percent * len(some) % 100 for topic, some in candidates.items()}
    ties = shuffled(list(candidates), seed, "rounding")
    for topic in sorted(ties, key=lambda one: -lost[one])[: total - sum(counts.values())]:
        counts[topic] += 1
    return {one for topic, some in candidates.items() for one in shuffled(some, seed, "shared")[: counts[topic]]}


def dealt(
    candidates: Mapping[int, Sequence[int]], assessors: Sequence[int], *, overlap_percent: int, seed: int
) -> dict[int, set[int]]:
    """Assign to each assessor the shared candidates and an equal part of the others, by whole topics.

    The others are concatenated, topic after topic, and cut into parts whose lengths differ by one at most, so that at
    most one topic is split at each cut. An assessor is quicker and more consistent within a topic, and systems are
    compared within topics, where one assessor's strictness affects all of them alike.
    """
    for_all = shared(candidates, percent=overlap_percent, seed=seed)
    rest = [one for one in _end_to_end(candidates, seed) if one not in for_all]
    order = shuffled(assessors, seed, "assessors")
    count = len(order)
    cuts = [len(rest) * at // count for at in range(count + 1)] if count else []
    return {
        assessor: for_all.union(rest[start:end])
        for assessor, start, end in zip(order, cuts, cuts[1:], strict=False)
    }  # fmt: skip


def order_of(
    candidates: Mapping[int, Sequence[int]], *, repeat_percent: int, seed: int, assessor: int
) -> list[Shown]:  # fmt: skip
    """Order an assessor's candidates topic by topic, with the repeats of a topic after the next topic.

    candidates: the assessor's, by topic. The repeats of a topic are mixed with as many candidates shown for the first
    time, kept back until then, so that the return of a topic does not reveal a repeat. Without a next topic, the
    repeats come at the end. The first candidates are repeated, so that the distance is as large as possible.
    """
    salt = (seed, assessor)
    order: list[Shown] = []
    returning: list[Shown] = []
    for topic in shuffled([topic for topic, some in candidates.items() if some], *salt, "topics"):
        block = shuffled(candidates[topic], *salt, "candidates")
        repeats = block[: repeat_count(len(block), repeat_percent)]
        held_back = block[max(len(repeats), len(block) - len(repeats)) :]
        order += [Shown(one, False) for one in block if one not in held_back]
        order += returning
        again = shuffled([*repeats, *held_back], *salt, "again")
        returning = [Shown(one, one in repeats) for one in again]
    return order + returning


def repeat_count(candidate_count: int, percent: int) -> int:
    """The number of repeats of a topic: `percent` of its candidates, at least one from LEAST_FOR_A_REPEAT on."""
    if not percent or candidate_count < LEAST_FOR_A_REPEAT:
        return 0
    return max(1, (2 * percent * candidate_count + 100) // 200)


def taken_over(
    open_counts: Mapping[int, int], unseen: Mapping[int, Sequence[int]], *, own_count: int, seed: int
) -> dict[int, list[int]]:
    """Choose what an assessor who joins late takes over from each of the others, their last unseen candidates first.

    open_counts: assessor → candidates still to judge. unseen: assessor → those that may be taken, in
    the assessor's order. own_count: candidates that the new assessor has already. Each is taken from the assessor with
    most left, while all keep at least as many as the new one, so that all finish at about the same time.
    """
    counts = dict(open_counts)
    left = {assessor: list(unseen.get(assessor, ())) for assessor in shuffled(list(open_counts), seed, "taken over")}
    taken: dict[int, list[int]] = {assessor: [] for assessor in left}
    while giving := [assessor for assessor, some in left.items() if some]:
        most = max(giving, key=counts.__getitem__)
        if counts[most] < own_count + 2:
            break
        taken[most].append(left[most].pop())
        counts[most] -= 1
        own_count += 1
    return {assessor: some for assessor, some in taken.items() if some}


def handed_round(
    candidates: Mapping[int, Sequence[int]], open_counts: Mapping[int, int], *, seed: int
) -> dict[int, set[int]]:
    """Distribute candidates without an assessor among the assessors, by whole topics as in `dealt`.

    open_counts: assessor → candidates still to judge. Those with fewest left get most, so that
    the remaining work is as equal as possible.
    """
    if not open_counts:
        return {}
    laid = _end_to_end(candidates, seed)
    order = shuffled(list(open_counts), seed, "handed round")
    gets = dict.fromkeys(order, 0)
    for _ in laid:
        gets[min(order, key=lambda assessor: open_counts[assessor] + gets[assessor])] += 1
    left = iter(laid)
    return {assessor: set(islice(left, count)) for assessor, count in gets.items() if count}


def _end_to_end(candidates: Mapping[int, Sequence[int]], seed: int) -> list[int]:
    """All candidates, topic by topic."""
    topics = shuffled(list(candidates), seed, "topics")
    return [one for topic in topics for one in shuffled(candidates[topic], seed, "rest")]
