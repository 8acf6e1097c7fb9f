"""Who judges what, in which order: what is dealt follows from a stored seed alone, and can be dealt again anywhere.

Every shuffle sorts by SHA-256 of the seed, a salt and the item, so that no version of a random generator matters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

LEAST_FOR_A_REPEAT = 5  # candidates of a topic; with fewer, a repeat would be remembered


@dataclass(frozen=True, slots=True)
class Shown:
    """A candidate in an assessor's order; is_repeat where it comes a second time."""

    candidate: int
    is_repeat: bool


def shuffled(items: Sequence[int], *salt: object) -> list[int]:
    """The items in an order that follows from the salt alone, however they came."""
    said = "/".join(map(str, salt))
    return sorted(items, key=lambda item: hashlib.sha256(f"{said}/{item}".encode()).digest())


def shared(candidates: Mapping[int, Sequence[int]], *, percent: int, seed: int) -> set[int]:
    """The candidates that every assessor judges: percent of all, of each topic as nearly as whole ones allow.

    candidates: of each topic. The total is exact, half a candidate counting as one; a topic has its own share rounded
    down or up, up first where most would be lost.
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
    """What each assessor judges: the shared candidates, and an even part of the others, by whole topics.

    The others are laid end to end, topic after topic, and cut into parts of equal length, one more or less: so that at
    most one topic is split at each cut. An assessor is quicker and more constant within one topic, and systems are
    compared within topics, where one assessor's severity meets all of them alike.
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
    """What an assessor sees, in order: topic after topic, the repeats of each after the first sight of the next.

    candidates: of each topic, the assessor's own. With a topic's repeats come as many of its candidates for the first
    time, held back until then, so that a topic that returns does not tell a repeat. Where there is no next topic, the
    repeats come at the end; those seen first are repeated, so that as much as possible lies between.
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
    """How many of a topic's candidates come again: percent of them, one at least where it has LEAST_FOR_A_REPEAT."""
    if not percent or candidate_count < LEAST_FOR_A_REPEAT:
        return 0
    return max(1, (2 * percent * candidate_count + 100) // 200)


def taken_over(
    open_counts: Mapping[int, int], unseen: Mapping[int, Sequence[int]], *, own_count: int, seed: int
) -> dict[int, list[int]]:
    """What somebody who comes late takes over of each assessor, the last of their unseen candidates first.

    open_counts: of how many candidates each assessor has still to judge. unseen: those of them that may be taken, in
    the assessor's order. own_count: how many the late one has already. One after the other is taken from whoever has
    most left, as long as nobody comes to have less than the late one: so all end at about the same time.
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
    """What each assessor gets of candidates that nobody has any more, by whole topics as in `dealt`.

    open_counts: of how many candidates each assessor has still to judge. Whoever has least left gets most, so that
    what all have to do comes to be as even as it can.
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
    """All candidates, topic after topic."""
    topics = shuffled(list(candidates), seed, "topics")
    return [one for topic in topics for one in shuffled(candidates[topic], seed, "rest")]
