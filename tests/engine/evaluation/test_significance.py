"""Significance tests, compared with hand-worked cases and scipy.stats."""

from dataclasses import asdict

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats  # type: ignore[import-untyped]

from engine.evaluation.estimates import bootstrap_columns
from engine.evaluation.significance import MOST_EXACT, compare_runs, holm, paired_t_p, randomization_p


def column(*values: float) -> NDArray[np.float64]:
    return np.array(values, dtype=np.float64)[:, np.newaxis]


def test_three_topics_all_won_worked_out_by_hand() -> None:
    # Of 8 assignments of signs, all plus and all minus reach the observed sum: 2 / 8.
    assert randomization_p(column(0.1, 0.2, 0.3)) == [(0.25, True)]
    # |0.1 - 0.2 + 0.3| = 0.2 is reached by ± of (+++), (-++), (+-+), (++-) is 0: 6 / 8.
    assert randomization_p(column(0.1, -0.2, 0.3)) == [(0.75, True)]


def test_topics_without_a_difference_change_nothing() -> None:
    assert randomization_p(column(0.1, 0, 0.2, 0, 0.3, 0)) == [(0.25, True)]
    assert randomization_p(column(0, 0, 0)) == [(1.0, True)]
    assert randomization_p(np.empty((0, 1))) == [(1.0, True)]


def random_pairs(topics: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    generator = np.random.default_rng(seed)
    first = generator.random(topics)
    return first, np.clip(first + generator.normal(0.05, 0.1, topics), 0, 1)


@pytest.mark.parametrize("seed", range(5))
def test_the_exact_p_is_that_of_scipy(seed: int) -> None:
    first, second = random_pairs(10, seed)
    known = stats.permutation_test(
        (first, second), lambda x, y, axis: np.mean(x - y, axis=axis), permutation_type="samples", vectorized=True
    )
    ((p, is_exact),) = randomization_p((first - second)[:, np.newaxis])
    assert is_exact
    assert p == pytest.approx(known.pvalue, abs=1e-12)


def test_the_drawn_p_comes_near_the_exact_one_and_is_never_0() -> None:
    first, second = random_pairs(MOST_EXACT + 2, seed=1)
    differences = first - second
    signs = 1 - 2 * ((np.arange(2 ** len(differences))[:, np.newaxis] >> np.arange(len(differences))) & 1)
    exact = float((np.abs(signs @ differences) >= abs(differences.sum()) - 1e-12).mean())
    ((p, is_exact),) = randomization_p(differences[:, np.newaxis])
    assert not is_exact
    assert p == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 100_000))
    ((least, _),) = randomization_p(np.full((60, 1), 0.5))
    assert least == pytest.approx(1 / 100_001)


@pytest.mark.parametrize("topics", [2, 20, 100])
def test_the_t_test_is_that_of_scipy(topics: int) -> None:
    first, second = random_pairs(topics, seed=topics)
    assert paired_t_p(first - second) == pytest.approx(stats.ttest_rel(first, second).pvalue, rel=1e-9)


def test_the_t_test_says_nothing_where_differences_do_not_vary() -> None:
    assert paired_t_p(np.array([0.1, 0.1, 0.1])) is None
    assert paired_t_p(np.array([0.1])) is None
    assert paired_t_p(np.zeros(4)) == 1


def test_holm_worked_out_by_hand() -> None:
    # Smallest first: .01 · 4 = .04; .02 · 3 = .06; .03 · 2 = .06; .04 · 1 = .04, which may not fall below .06.
    assert holm([0.03, 0.01, 0.04, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_runs_are_compared_in_pairs_with_one_family() -> None:
    first, second = random_pairs(20, seed=3)
    found = compare_runs({"a": first, "b": second, "c": first}, seed=4)
    assert [(pair.first, pair.second) for pair in found.pairs] == [("a", "b"), ("a", "c"), ("b", "c")]
    pair = found.pair("b", "a")
    differences = first - second
    assert pair.difference.mean == pytest.approx(differences.mean())
    assert asdict(pair.difference) == pytest.approx(
        asdict(bootstrap_columns(differences[:, None], seed=4)[0]), abs=1e-9
    )
    assert found.means["a"] == found.means["c"]
    assert (pair.wins, pair.losses, pair.ties) == (int((differences > 0).sum()), int((differences < 0).sum()), 0)
    assert pair.effect_size == pytest.approx(differences.mean() / differences.std(ddof=1), rel=1e-6)
    assert pair.adjusted_randomization == pytest.approx(min(1, 3 * pair.p_randomization))
    same = found.pair("a", "c")
    assert (same.p_randomization, same.p_t, same.ties, same.effect_size) == (1, 1, 20, None)
    assert (same.detectable, same.topics_needed) == (None, None)


def test_the_same_values_and_seed_give_the_same_result() -> None:
    first, second = random_pairs(40, seed=5)
    assert compare_runs({"a": first, "b": second}, seed=1) == compare_runs({"a": first, "b": second}, seed=1)
    one, other = (compare_runs({"a": first, "b": second}, seed=seed) for seed in (1, 2))
    assert one.pairs[0].difference != other.pairs[0].difference


def test_a_t_test_that_cannot_be_made_is_no_member_of_the_family() -> None:
    found = compare_runs(
        {"a": np.array([0.2, 0.4, 0.9]), "b": np.array([0.1, 0.3, 0.8]), "c": np.array([0.0, 0.5, 0.1])}
    )
    assert found.pair("a", "b").p_t is None and found.pair("a", "b").adjusted_t is None
    others = [found.pair("a", "c"), found.pair("b", "c")]
    assert [one.adjusted_t for one in others] == holm([one.p_t or 0 for one in others])


def test_one_run_one_topic_and_none_are_compared_without_a_division_by_zero() -> None:
    with np.errstate(all="raise"):
        assert compare_runs({}).pairs == ()
        assert compare_runs({"a": np.array([0.5])}).means["a"].mean == 0.5
        alone = compare_runs({"a": np.array([0.5]), "b": np.array([0.4])}).pairs[0]
        none = compare_runs({"a": np.empty(0), "b": np.empty(0)}).pairs[0]
    assert (alone.p_randomization, alone.p_t, alone.detectable) == (1, None, None)
    assert (none.topic_count, none.p_randomization, none.difference.mean) == (0, 1, 0)


def test_runs_over_different_topics_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be paired"):
        compare_runs({"a": np.zeros(3), "b": np.zeros(4)})
