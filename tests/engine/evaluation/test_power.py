"""Power, compared with published tables and with simulated tests."""

import numpy as np
import pytest

from engine.evaluation.power import MOST_TOPICS, detectable_difference, power_of, topics_needed
from engine.evaluation.significance import paired_t_p


@pytest.mark.parametrize(("effect_size", "topics"), [(0.2, 199), (0.5, 34), (0.8, 15)])
def test_topics_needed_are_those_of_g_power(effect_size: float, topics: int) -> None:
    """G*Power 3.1, difference of two dependent means, two-sided 5 %, 80 % power, for Cohen's three effect sizes."""
    assert topics_needed(effect_size, 1.0) == topics
    assert topics_needed(-effect_size / 10, 0.1) == topics


def test_what_can_be_seen_is_what_needs_so_many_topics() -> None:
    seen = detectable_difference(34, 0.2)
    assert seen is not None
    assert power_of(34, seen / 0.2) == pytest.approx(0.8, abs=1e-9)
    assert topics_needed(seen + 1e-6, 0.2) == 34
    assert seen < 0.5 * 0.2


def test_more_topics_see_less_and_one_sees_nothing() -> None:
    sizes = [detectable_difference(count, 0.2) for count in (2, 5, 20, 50, 1000)]
    assert None not in sizes
    assert sizes == sorted(sizes, reverse=True)  # type: ignore[type-var]
    assert detectable_difference(1, 0.2) is None


def test_no_difference_needs_more_topics_than_there_are() -> None:
    assert topics_needed(0.0, 0.2) is None
    assert topics_needed(0.1, 0.0) is None
    assert topics_needed(1e-6, 1.0) is None
    assert power_of(MOST_TOPICS, 0.0) == pytest.approx(0.05)


def test_the_power_is_how_often_drawn_topics_are_found_to_differ() -> None:
    generator = np.random.default_rng(2)
    p_values = [paired_t_p(generator.normal(0.5, 1.0, 34)) for _ in range(2000)]
    found = np.mean([p is not None and p < 0.05 for p in p_values])
    assert found == pytest.approx(0.8, abs=0.03)
