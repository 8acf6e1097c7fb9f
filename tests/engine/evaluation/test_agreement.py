"""Agreement, compared with published examples, scikit-learn and hand-worked cases."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from engine.evaluation.agreement import agreement_of, self_agreement_of
from engine.evaluation.coefficients import FEWEST_TOPICS, Statistic, kappa, squared
from tests.engine.evaluation.plain_agreement import plain_agreement
from tests.lazily import lazily

metrics = lazily("sklearn.metrics")

# Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section D: four observers, twelve units.
FOUR_OBSERVERS = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
# Krippendorff's alpha in Wikipedia: three coders, fifteen units.
THREE_CODERS = [".....34121133.3", "1.213343.......", "..21344.21133.4"]


def graded(*lines: str) -> dict[str, dict[int, int | None]]:
    """One line of figures per assessor, one per candidate; a full stop: not judged, x: cannot judge."""
    return {
        f"assessor {row}": {place: None if mark == "x" else int(mark) for place, mark in enumerate(line) if mark != "."}
        for row, line in enumerate(lines, start=1)
    }


ONE_TOPIC = dict.fromkeys(range(1000), 1)
FIFTY_TOPICS = {item: item % 50 for item in range(1000)}


@pytest.mark.parametrize(("lines", "ordinal"), [(FOUR_OBSERVERS, 0.815), (THREE_CODERS, 0.807)])
def test_alpha_is_that_of_the_published_examples(lines: list[str], ordinal: float) -> None:
    found = agreement_of(graded(*lines), ONE_TOPIC, scale=(1, 2, 3, 4, 5))
    assert found.alpha.value == pytest.approx(ordinal, abs=0.0005)


def test_kappa_is_that_of_cohens_own_example() -> None:
    """Cohen 1960, and 1968, table 1: 200 cases, kappa .492; with the weights given there .348."""
    table = np.array([[88.0, 14, 18], [10, 40, 10], [2, 6, 12]])
    assert kappa(table, 1 - np.eye(3)) == pytest.approx(0.492, abs=0.0005)
    weights = np.array([[0.0, 1, 3], [1, 0, 6], [3, 6, 0]])
    assert kappa(table, weights) == pytest.approx(0.348, abs=0.0005)


def test_kappas_are_those_of_scikit_learn() -> None:
    generator = np.random.default_rng(3)
    first = generator.integers(0, 4, 300)
    second = np.clip(first + generator.integers(-1, 2, 300), 0, 3)
    found = agreement_of(
        {"a": dict(enumerate(first.tolist())), "b": dict(enumerate(second.tolist()))}, FIFTY_TOPICS
    ).pairs[0]
    assert found.kappa.value == pytest.approx(metrics.cohen_kappa_score(first, second), abs=1e-6)
    assert found.weighted_kappa.value == pytest.approx(
        metrics.cohen_kappa_score(first, second, weights="quadratic"), abs=1e-6
    )
    assert found.percent.value == pytest.approx(100 * (first == second).mean(), abs=1e-6)
    assert sum(map(sum, found.matrix)) == found.candidate_count == 300
    assert found.matrix[1][2] == int(((first == 1) & (second == 2)).sum())


def test_two_assessors_worked_out_by_hand() -> None:
    # 5 of 6 alike; by chance (3·2 + 3·4) / 36 = 1/2. With the grades 0 and 3 alone, weights change nothing.
    pair = agreement_of(graded("000333", "003333"), ONE_TOPIC).pairs[0]
    assert pair.matrix == ((2, 0, 0, 1), (0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 3))
    assert pair.percent.value == pytest.approx(100 * 5 / 6, abs=1e-6)
    assert pair.kappa.value == pair.weighted_kappa.value == pytest.approx((5 / 6 - 1 / 2) / (1 / 2), abs=1e-6)


def test_cannot_judge_is_no_grade_and_is_counted_apart() -> None:
    with_it = agreement_of(graded("0123x0x", "0123xx."), ONE_TOPIC)
    without = agreement_of(graded("0123", "0123"), ONE_TOPIC)
    assert (with_it.percent, with_it.alpha, with_it.pairs[0].matrix) == (
        without.percent,
        without.alpha,
        without.pairs[0].matrix,
    )
    assert [(one.graded, one.cannot_judge) for one in with_it.assessors] == [(5, 2), (4, 2)]
    assert with_it.assessors[0].cannot_judge_percent == pytest.approx(100 * 2 / 7)
    # Of the six shared candidates, no assessor could judge the fifth, and one of two the sixth.
    said = with_it.cannot_judge
    assert (said.shared, said.one, said.all) == (6, 2, 1)
    assert said.percent == pytest.approx(100 * 5 / 6, abs=1e-6)


def test_three_assessors_are_averaged_over_their_pairs_and_missing_ones_are_no_disagreement() -> None:
    found = agreement_of(graded("01230123....", "0123........", "....0122...."), ONE_TOPIC)
    assert [pair.candidate_count for pair in found.pairs] == [4, 4, 0]
    kappas = [pair.kappa.value for pair in found.pairs]
    assert kappas[0] == 1 and kappas[2] is None and kappas[1] is not None
    assert found.kappa.value == pytest.approx((1 + kappas[1]) / 2, abs=1e-6)
    assert found.candidate_count == 8
    assert found.percent.value == pytest.approx(100 * 7 / 8, abs=1e-6)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["0000", "0000"], "all grades are the same"),
        (["01..", "..01"], "no candidate was graded by two"),
        (["0123"], "no candidate was graded by two"),
        (["xxxx", "0123"], "no candidate was graded by two"),
        ([], "no candidate was graded by two"),
    ],
)
def test_what_cannot_be_told_is_none_with_its_reason(lines: list[str], reason: str) -> None:
    with np.errstate(all="raise"):
        found = agreement_of(graded(*lines), ONE_TOPIC)
    assert found.alpha.value is None and found.kappa.value is None
    assert found.alpha.reason.startswith(reason)
    assert "NaN" not in json.dumps(asdict(found), allow_nan=False)


def test_unanimity_has_no_interval() -> None:
    percent = agreement_of(graded("0123012301230123", "0123012301230123"), FIFTY_TOPICS).percent
    assert (percent.value, percent.low) == (100, None)
    assert "all grades agree" in percent.reason


def noisy(count: int, seed: int) -> dict[str, dict[int, int | None]]:
    """Two assessors who differ on whole topics, of ten candidates each."""
    generator = np.random.default_rng(seed)
    first = generator.integers(0, 4, count)
    shift = np.repeat(generator.integers(0, 2, count // 10), 10)
    return {
        "a": dict(enumerate(first.tolist())),
        "b": dict(enumerate(np.clip(first + shift, 0, 3).tolist())),
    }


def test_topics_are_drawn_whole_so_that_the_interval_tells_how_they_differ() -> None:
    grades = noisy(400, seed=5)
    by_topic = agreement_of(grades, {item: item // 10 for item in range(400)})
    alone = agreement_of(grades, {item: item for item in range(400)})
    few = agreement_of(grades, {item: item % (FEWEST_TOPICS - 1) for item in range(400)})
    assert (by_topic.drawn, few.drawn) == ("topics", "candidates")

    def width(found: object) -> float:
        statistic = found.weighted_kappa  # type: ignore[attr-defined]
        assert statistic.low < statistic.value < statistic.high
        return float(statistic.high - statistic.low)

    assert width(by_topic) > 1.3 * width(alone)
    assert width(few) == pytest.approx(width(alone), rel=0.1)


def test_intervals_are_seeded_and_know_no_order() -> None:
    grades = noisy(200, seed=6)
    topic_of = {item: item // 10 for item in range(200)}
    backwards = {name: dict(reversed(given.items())) for name, given in grades.items()}
    found = agreement_of(grades, topic_of, seed=1)
    assert found == agreement_of(backwards, topic_of, seed=1)
    assert found.alpha != agreement_of(grades, topic_of, seed=2).alpha


def test_the_interval_of_percent_agreement_is_the_normal_one_for_many() -> None:
    generator = np.random.default_rng(8)
    first = generator.integers(0, 4, 1000)
    second = np.where(generator.random(1000) < 0.7, first, 3 - first)
    found = agreement_of(
        {"a": dict(enumerate(first.tolist())), "b": dict(enumerate(second.tolist()))}, {n: n for n in range(1000)}
    ).percent
    assert found.value is not None and found.low is not None and found.high is not None
    share = found.value / 100
    assert found.high - found.low == pytest.approx(2 * 196 * np.sqrt(share * (1 - share) / 1000), rel=0.08)


def test_repeats_tell_how_constant_an_assessor_is() -> None:
    first, second = "0123012x0", "012301310"
    repeats = {
        "a": {place: (value(one), value(two)) for place, (one, two) in enumerate(zip(first, second, strict=True))}
    }
    found = self_agreement_of(repeats | {"b": {9: (0, 0), 10: (3, 3)}}, ONE_TOPIC)
    one = found.assessors[0]
    assert (one.assessor, one.repeat_count, one.changed) == ("a", 8, 1)
    assert one.percent.value == pytest.approx(100 * 7 / 8, abs=1e-6)
    assert one.matrix[2] == (0, 0, 1, 1)
    assert one.weighted_kappa.value == pytest.approx(
        metrics.cohen_kappa_score([0, 1, 2, 3, 0, 1, 2, 0], [0, 1, 2, 3, 0, 1, 3, 0], weights="quadratic"), abs=1e-6
    )
    assert found.together.repeat_count == 10
    assert self_agreement_of({"a": {}}, ONE_TOPIC).assessors[0].percent.reason == "no candidate was graded twice"


def value(mark: str) -> int | None:
    return None if mark == "x" else int(mark)


def test_a_grade_off_the_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="4 is not a grade"):
        agreement_of(graded("4", "0"), ONE_TOPIC)


def test_squared_distances_grow_with_the_square() -> None:
    assert squared((0, 1, 2, 3))[0].tolist() == [0, 1, 4, 9]


@pytest.mark.parametrize(
    ("count", "assessors", "topics", "seen"),
    [(300, 2, 20, 1.0), (300, 4, 60, 0.5), (120, 3, 3, 0.7), (12, 4, 2, 0.3), (40, 1, 8, 1.0), (0, 2, 1, 1.0)],
)
def test_it_is_what_is_gathered_candidate_by_candidate(count: int, assessors: int, topics: int, seen: float) -> None:
    rng = np.random.default_rng(count)
    true = rng.integers(0, 4, count)
    grades: dict[str, dict[int, int | None]] = {
        f"assessor {one}": {
            int(item): None if rng.random() < 0.1 else int(np.clip(true[item] + rng.integers(-1, 2), 0, 3))
            for item in rng.permutation(count)
            if rng.random() < seen
        }
        for one in range(assessors)
    }
    topic_of = {item: item % topics for item in range(count)}
    found, plain = agreement_of(grades, topic_of, seed=7), plain_agreement(grades, topic_of, seed=7)
    for name in ("alpha", "percent"):
        assert_same(getattr(found, name), plain[name])
    for pair, (statistics, matrix) in zip(found.pairs, plain["pairs"], strict=True):
        assert pair.matrix == tuple(map(tuple, matrix))
        for name, statistic in statistics.items():
            assert_same(getattr(pair, name), statistic)
    told = [found.cannot_judge, *(pair.cannot_judge for pair in found.pairs)]
    assert [(one.shared, one.one, one.all) for one in told] == [one[:3] for one in plain["cannot_judge"]]
    assert [one.percent for one in told] == [pytest.approx(one[3], abs=1e-12) for one in plain["cannot_judge"]]


def assert_same(found: Statistic, plain: Statistic) -> None:
    assert found.reason == plain.reason
    for name in ("value", "low", "high"):
        assert getattr(found, name) == pytest.approx(getattr(plain, name), abs=1e-12)
