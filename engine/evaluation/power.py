"""Power of the paired two-sided t test at 5 % for a number of topics, by the noncentral t distribution.

As in Sakai (Topic set size design, Information Retrieval Journal 2016). The deviation of the differences
is the observed one; with few topics it is uncertain, and so are these numbers.
"""

from __future__ import annotations

import numpy as np
from scipy.special import nctdtr, stdtrit  # type: ignore[import-untyped]

ALPHA = 0.05
POWER = 0.8
MOST_TOPICS = 2**17
_HALVINGS = 60


def power_of(topic_count: int, effect_size: float) -> float:
    """The probability that the test finds a true mean difference of effect_size deviations; topic_count from 2."""
    freedom = topic_count - 1
    least = float(stdtrit(freedom, 1 - ALPHA / 2))
    shift = abs(effect_size) * np.sqrt(topic_count)
    return float(1 - nctdtr(freedom, shift, least) + nctdtr(freedom, shift, -least))


def detectable_difference(topic_count: int, deviation: float) -> float | None:
    """The smallest true difference that this many topics show with 80 % power; None for fewer than two topics.

    deviation: standard deviation of the per-topic differences.
    """
    if topic_count < 2:
        return None
    low, high = 0.0, 1 / np.sqrt(topic_count)
    while power_of(topic_count, high) < POWER:  # upwards: undefined far from the middle
        high *= 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if power_of(topic_count, middle) < POWER else (low, middle)
    return float(high * deviation)


def topics_needed(difference: float, deviation: float) -> int | None:
    """The fewest topics that show a true difference with 80 % power; None where it takes more than MOST_TOPICS."""
    effect_size = abs(difference) / deviation if deviation > 0 else 0.0
    if not effect_size:
        return None
    low, high = 1, 2  # low is too few, high is enough in the end
    while power_of(high, effect_size) < POWER:
        low, high = high, high * 2
        if high > MOST_TOPICS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power_of(middle, effect_size) >= POWER else (middle, high)
    return high
