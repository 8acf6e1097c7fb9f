"""Dealing: every candidate is assigned as often as requested, reproducibly, with a topic between repeats."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from engine.evaluation.dealing import (
    LEAST_FOR_A_REPEAT,
    Shown,
    dealt,
    handed_round,
    order_of,
    repeat_count,
    shared,
    shuffled,
    taken_over,
)

Candidates = dict[int, list[int]]


@st.composite
def pools(draw: st.DrawFn) -> Candidates:
    """Topics numbered from 1, each with up to 24 candidates of its own."""
    sizes = draw(st.lists(st.integers(0, 24), min_size=1, max_size=8))
    return {topic: [1000 * topic + place for place in range(size)] for topic, size in enumerate(sizes, start=1)}


percents = st.integers(0, 100)
seeds = st.integers(-(2**63), 2**63 - 1)
people = st.lists(st.integers(1, 10_000), min_size=1, max_size=6, unique=True)


def every(candidates: Candidates) -> list[int]:
    return [one for some in candidates.values() for one in some]


def topics_of(candidates: Candidates) -> dict[int, int]:
    return {one: topic for topic, some in candidates.items() for one in some}


def test_a_shuffle_is_the_same_on_every_machine_and_whatever_order_it_starts_from() -> None:
    assert shuffled([1, 2, 3, 4, 5, 6, 7, 8], 7, "topics") == [1, 4, 2, 8, 6, 7, 5, 3]
    assert shuffled([8, 7, 6, 5, 4, 3, 2, 1], 7, "topics") == [1, 4, 2, 8, 6, 7, 5, 3]
    assert shuffled([1, 2, 3, 4, 5, 6, 7, 8], 8, "topics") != [1, 4, 2, 8, 6, 7, 5, 3]


@given(pools(), percents, seeds)
def test_the_shared_part_is_exact_and_fair_to_each_topic(candidates: Candidates, percent: int, seed: int) -> None:
    for_all = shared(candidates, percent=percent, seed=seed)
    assert abs(100 * len(for_all) - percent * len(every(candidates))) <= 50
    for some in candidates.values():
        exact = percent * len(some) / 100
        assert exact - 1 < len(for_all.intersection(some)) < exact + 1


@given(pools(), people, percents, seeds)
def test_everything_is_dealt_the_shared_to_all_and_the_others_to_one(
    candidates: Candidates, assessors: list[int], percent: int, seed: int
) -> None:
    parts = dealt(candidates, assessors, overlap_percent=percent, seed=seed)
    for_all = shared(candidates, percent=percent, seed=seed)
    dealt_to = Counter(one for part in parts.values() for one in part)
    assert parts.keys() == set(assessors)
    assert dealt_to == {one: len(assessors) if one in for_all else 1 for one in every(candidates)}


@given(pools(), people, percents, seeds)
def test_parts_differ_by_one_candidate_and_split_a_topic_at_each_cut_at_most(
    candidates: Candidates, assessors: list[int], percent: int, seed: int
) -> None:
    parts = dealt(candidates, assessors, overlap_percent=percent, seed=seed)
    for_all = shared(candidates, percent=percent, seed=seed)
    sizes = [len(part) for part in parts.values()]
    assert max(sizes) - min(sizes) <= 1
    topics = topics_of(candidates)
    holders = Counter(topic for part in parts.values() for topic in {topics[one] for one in part - for_all})
    assert sum(count - 1 for count in holders.values()) <= len(assessors) - 1


@given(pools(), people, percents, seeds)
def test_the_same_seed_deals_the_same_however_things_come(
    candidates: Candidates, assessors: list[int], percent: int, seed: int
) -> None:
    turned = {topic: some[::-1] for topic, some in reversed(candidates.items())}
    parts = dealt(candidates, assessors, overlap_percent=percent, seed=seed)
    assert dealt(turned, assessors[::-1], overlap_percent=percent, seed=seed) == parts
    order = order_of(candidates, repeat_percent=percent, seed=seed, assessor=assessors[0])
    assert order_of(turned, repeat_percent=percent, seed=seed, assessor=assessors[0]) == order


@given(pools(), percents, seeds)
def test_an_order_shows_everything_once_and_the_right_share_again_later(
    candidates: Candidates, percent: int, seed: int
) -> None:
    order = order_of(candidates, repeat_percent=percent, seed=seed, assessor=3)
    firsts = [one.candidate for one in order if not one.is_repeat]
    assert sorted(firsts) == sorted(every(candidates))
    place = {one.candidate: at for at, one in enumerate(order) if not one.is_repeat}
    again = [(at, one.candidate) for at, one in enumerate(order) if one.is_repeat]
    assert all(place[candidate] < at for at, candidate in again)
    topics = topics_of(candidates)
    counts = Counter(topics[candidate] for _, candidate in again)
    assert len({candidate for _, candidate in again}) == len(again)
    assert counts == Counter({topic: repeat_count(len(some), percent) for topic, some in candidates.items()})


@given(pools(), st.integers(1, 50), seeds)
def test_another_topic_lies_between_a_candidate_and_its_repeat(candidates: Candidates, percent: int, seed: int) -> None:
    order = order_of(candidates, repeat_percent=percent, seed=seed, assessor=3)
    topics = topics_of(candidates)
    place = {one.candidate: at for at, one in enumerate(order) if not one.is_repeat}
    begun = list(dict.fromkeys(topics[one.candidate] for one in order))
    for at, one in enumerate(order):
        if one.is_repeat and topics[one.candidate] != begun[-1]:
            between = {topics[seen.candidate] for seen in order[place[one.candidate] : at]}
            assert len(between) > 1


@given(st.integers(LEAST_FOR_A_REPEAT, 24), st.integers(1, 20), seeds)
def test_within_one_topic_alone_the_earliest_are_repeated_last(size: int, percent: int, seed: int) -> None:
    candidates = {1: list(range(size))}
    order = order_of(candidates, repeat_percent=percent, seed=seed, assessor=3)
    count = repeat_count(size, percent)
    assert {one.candidate for one in order if one.is_repeat} == {one.candidate for one in order[:count]}
    assert not any(one.is_repeat for one in order[: size - count])


@given(st.integers(LEAST_FOR_A_REPEAT, 24), seeds)
def test_a_topic_that_returns_shows_new_candidates_too(size: int, seed: int) -> None:
    candidates = {1: list(range(size)), 2: list(range(100, 100 + size))}
    order = order_of(candidates, repeat_percent=10, seed=seed, assessor=3)
    count = repeat_count(size, 10)
    first = order[0].candidate // 100
    returned = [one for one in order[2 * (size - count) :] if one.candidate // 100 == first]
    assert sorted(one.is_repeat for one in returned) == [False] * count + [True] * count


def test_few_candidates_are_not_repeated_and_no_percent_is_none() -> None:
    assert [repeat_count(count, 10) for count in (0, 4, 5, 14, 15, 24, 25)] == [0, 0, 1, 1, 2, 2, 3]
    assert repeat_count(24, 0) == 0


def test_two_assessors_see_two_orders() -> None:
    candidates = {topic: list(range(10 * topic, 10 * topic + 10)) for topic in range(1, 6)}
    orders = [order_of(candidates, repeat_percent=10, seed=5, assessor=one) for one in (1, 2)]
    assert orders[0] != orders[1]
    assert [Shown(one.candidate, one.is_repeat) for one in orders[0]] == orders[0]


def test_who_comes_late_takes_from_the_end_of_whoever_has_most_left() -> None:
    unseen = {1: [11, 12, 13, 14], 2: [21, 22, 23, 24], 3: []}
    taken = taken_over({1: 9, 2: 5, 3: 20}, unseen, own_count=2, seed=7)
    assert taken == {1: [14, 13, 12]}  # nine and two become six and five; the second has five already
    assert taken_over({1: 9, 2: 5}, {1: [11], 2: [21, 22]}, own_count=0, seed=7) == {1: [11], 2: [22, 21]}
    assert taken_over({1: 4, 2: 3}, {1: [11, 12, 13, 14], 2: [21, 22, 23]}, own_count=3, seed=7) == {}
    assert taken_over({}, {}, own_count=0, seed=7) == {}


def test_what_is_taken_over_follows_from_the_seed_however_the_assessors_come() -> None:
    counts, unseen = {1: 6, 2: 6, 3: 6}, {one: [10 * one + at for at in range(6)] for one in (1, 2, 3)}
    turned = {one: counts[one] for one in (3, 1, 2)}
    drawn = [taken_over(counts, unseen, own_count=4, seed=seed) for seed in range(30)]
    assert drawn == [taken_over(turned, unseen, own_count=4, seed=seed) for seed in range(30)]
    assert {str(one) for one in drawn} == {"{1: [15]}", "{2: [25]}", "{3: [35]}"}


def test_what_is_handed_round_makes_what_is_left_even_and_keeps_topics_together() -> None:
    candidates = {topic: [100 * topic + at for at in range(10)] for topic in range(1, 5)}
    parts = handed_round(candidates, {1: 0, 2: 10, 3: 25}, seed=3)
    assert {one: len(part) for one, part in parts.items()} == {1: 25, 2: 15}
    assert set.union(*parts.values()) == {one for some in candidates.values() for one in some}
    split = [some for some in candidates.values() if sum(not part.isdisjoint(some) for part in parts.values()) > 1]
    assert len(split) <= 1
    assert handed_round(candidates, {}, seed=3) == {}
    assert handed_round({1: []}, {1: 3}, seed=3) == {}
