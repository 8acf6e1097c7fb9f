"""Fitting the fusion: hand-worked cases, and random ones with a known best weight."""

import numpy as np
import pytest

from engine.evaluation.binary import per_query_measures
from engine.evaluation.fitting import (
    FOLDS,
    MOST_LEFT_OUT_ALONE,
    WEIGHTS,
    Evidence,
    Moments,
    calibrated_share,
    fit_weight,
    folds_of,
    topic_evidence,
)
from engine.ranking.candidates import Candidates
from engine.ranking.fusion import Fusion

NONE = Moments(0, 0.0, 0.0)


def candidates_of(visual: list[float], text: list[float]) -> Candidates:
    """Figures 1, 2, … with these similarities."""
    return Candidates(
        ids=np.arange(1, len(visual) + 1, dtype=np.int64),
        visual=np.array(visual, dtype=np.float32),
        text=np.array(text, dtype=np.float32),
        nearest=np.zeros(len(visual), dtype=np.int16),
        absent_visual=0.1,
        absent_text=0.1,
    )


def ids(*figures: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.array(figures, dtype=np.int64)


def test_precision_by_weight_worked_out_by_hand() -> None:
    # Figure 1 leads by drawing, figure 2 by text: 0.9 w + 0.2 (1 - w) > 0.4 w + 0.6 (1 - w) from w = 4/9 on.
    candidates = candidates_of([0.9, 0.4, 0.1], [0.2, 0.6, 0.1])
    found = topic_evidence(candidates, ids(1, 2, 3), ids(1), relevant_count=1)
    by_weight = dict(zip(WEIGHTS, found.precisions, strict=True))
    assert (by_weight[0.44], by_weight[0.45]) == (0.5, 1.0)
    assert found.visual.mean == pytest.approx(1.4 / 3)
    assert found.visual.deviation == pytest.approx(np.std([0.9, 0.4, 0.1]))


def test_what_may_not_count_is_neither_ranked_nor_calibrated_by_and_what_was_not_found_is_missed() -> None:
    candidates = candidates_of([0.9, 0.8, 0.1], [0.9, 0.8, 0.1])
    found = topic_evidence(candidates, ids(2, 3), ids(2), relevant_count=2)
    assert set(found.precisions) == {0.5}  # first of two relevant ones; the other is no candidate
    assert found.text.count == 2
    assert set(topic_evidence(None, ids(), ids(2), relevant_count=2).precisions) == {0.0}


def test_precision_is_that_of_the_ranking_that_a_run_has() -> None:
    generator = np.random.default_rng(1)
    text = np.where(generator.random(200) < 0.3, np.nan, generator.random(200))
    candidates = candidates_of(generator.random(200).tolist(), text.tolist())
    relevant = ids(*generator.choice(200, 30, replace=False).tolist())
    found = topic_evidence(candidates, candidates.ids, relevant, relevant_count=30)
    for place in (0, 36, 98):
        ranked = candidates.ranked(Fusion.WEIGHTED, WEIGHTS[place]).ids
        known = per_query_measures(np.isin(ranked, relevant)[np.newaxis, :50], np.array([30]))["ap"][0]
        assert found.precisions[place] == pytest.approx(known)


def peak(at: float, height: float = 1.0) -> Evidence:
    """A topic whose AP falls from its best weight to both sides."""
    return Evidence(tuple(height - abs(weight - at) for weight in WEIGHTS), NONE, NONE)


def test_each_topic_is_tried_with_the_weight_that_the_others_chose() -> None:
    # Of an even number of peaks every weight between the middle two is as good; the nearest to a half is taken.
    evidence = {str(number): peak(at) for number, at in enumerate([0.6, 0.6, 0.6, 0.7, 0.8], start=1)}
    found = fit_weight(evidence, dict.fromkeys(evidence, 0.9))
    assert found.weight == 0.6
    assert [fold.topics for fold in found.folds] == [("1",), ("2",), ("3",), ("4",), ("5",)]
    assert [fold.weight for fold in found.folds] == [0.6, 0.6, 0.6, 0.6, 0.6]
    assert [one.held_out for one in found.topics] == pytest.approx([1, 1, 1, 0.9, 0.8])
    assert found.gain.mean == pytest.approx(4.7 / 5 - 0.9)
    assert found.curve[59] == pytest.approx(4.7 / 5)


def test_the_gain_in_sample_is_told_apart_and_flatters() -> None:
    # Nothing but noise: every topic likes some weight, and none says anything of another.
    generator = np.random.default_rng(4)
    noise = {str(number): Evidence(tuple(generator.random(99)), NONE, NONE) for number in range(12)}
    found = fit_weight(noise, dict.fromkeys(noise, 0.5))
    assert found.in_sample_gain > 0.1
    assert found.gain.mean < found.in_sample_gain - 0.05
    assert found.gain.low < 0


def test_a_gain_that_all_topics_have_holds() -> None:
    evidence = {str(number): peak(0.7, height=0.8 + number / 100) for number in range(10)}
    baseline = {number: one.precisions[49] for number, one in evidence.items()}
    found = fit_weight(evidence, baseline)
    assert found.weight == 0.7
    assert found.gain.mean == pytest.approx(0.2)
    assert found.gain.low > 0
    assert found.over_usual.difference == found.gain
    assert found.usual_mean == pytest.approx(found.baseline_mean)
    assert found.held_out.p_randomization == pytest.approx(2 / 2**10)


def test_of_weights_that_do_equally_well_the_nearest_to_a_half_is_taken() -> None:
    flat = {str(number): Evidence((0.4,) * 99, NONE, NONE) for number in range(5)}
    assert fit_weight(flat, dict.fromkeys(flat, 0.4)).weight == 0.5


def test_too_few_topics_are_refused() -> None:
    with pytest.raises(ValueError, match="5 topics"):
        fit_weight({"1": peak(0.5)}, {"1": 0.5})


@pytest.mark.parametrize("count", [5, MOST_LEFT_OUT_ALONE, MOST_LEFT_OUT_ALONE + 1, 104])
def test_every_topic_is_left_out_once(count: int) -> None:
    folds = folds_of(count)
    assert sorted(np.concatenate(folds).tolist()) == list(range(count))
    assert len(folds) == (count if count <= MOST_LEFT_OUT_ALONE else FOLDS)
    assert [fold.tolist() for fold in folds_of(count)] == [fold.tolist() for fold in folds]


def test_a_weight_of_raw_similarities_ranks_as_its_share_of_calibrated_ones() -> None:
    generator = np.random.default_rng(7)
    visual, text = generator.normal(0.8, 0.05, 50), generator.normal(0.3, 0.2, 50)
    share = calibrated_share(0.7, float(visual.std()), float(text.std()))
    calibrated = share * (visual - visual.mean()) / visual.std() + (1 - share) * (text - text.mean()) / text.std()
    assert np.argsort(calibrated).tolist() == np.argsort(0.7 * visual + 0.3 * text).tolist()
    assert calibrated_share(0.7, 0, 0) == 0.7
