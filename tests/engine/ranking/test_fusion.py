"""Fusion, compared with hand-worked scores."""

import numpy as np
import pytest

from engine.ranking.fusion import Fusion, fuse, fused_scores

NAN = float("nan")
IDS = np.array([10, 11, 12, 13])
VISUAL = np.array([0.88, 0.5, 0.7, NAN], dtype=np.float32)
TEXT = np.array([NAN, 0.6, 0.2, 0.8], dtype=np.float32)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        # A random figure would score 0.4 visually and 0.3 by text: that is what an absent similarity counts.
        (Fusion.AVG, {10: (0.88 + 0.3) / 2, 11: 0.55, 12: 0.45, 13: (0.4 + 0.8) / 2}),
        (Fusion.MAX, {10: 0.88, 11: 0.6, 12: 0.7, 13: 0.8}),
        (Fusion.WEIGHTED, {10: 0.75 * 0.88 + 0.25 * 0.3, 11: 0.525, 12: 0.575, 13: 0.75 * 0.4 + 0.25 * 0.8}),
        # Ranks: visual 10, 12, 11; text 13, 11, 12.
        (Fusion.RRF, {10: 1 / 61, 11: 1 / 63 + 1 / 62, 12: 1 / 62 + 1 / 63, 13: 1 / 61}),
        (Fusion.VISUAL, {10: 0.88, 11: 0.5, 12: 0.7}),
        (Fusion.TEXT, {11: 0.6, 12: 0.2, 13: 0.8}),
    ],
)
def test_each_fusion_gives_the_scores_worked_out_by_hand(how: Fusion, expected: dict[int, float]) -> None:
    ranking = fuse(IDS, VISUAL, TEXT, how, weight=0.75, absent_visual=0.4, absent_text=0.3)
    assert dict(zip(ranking.ids.tolist(), ranking.scores.tolist(), strict=True)) == pytest.approx(expected, abs=1e-6)
    assert ranking.ids.tolist() == sorted(expected, key=lambda figure: (-round(expected[figure], 6), figure))


def test_an_identical_drawing_without_text_beats_a_mediocre_one_with_text_but_not_a_good_one() -> None:
    visual = np.array([1.0, 0.75, 0.95], dtype=np.float32)
    text = np.array([NAN, 0.3, 0.9], dtype=np.float32)
    ranking = fuse(np.array([1, 2, 3]), visual, text, Fusion.AVG, absent_text=0.25)
    # Counting 0 for the absent text would put figure 1 (0.5) below figure 2 (0.525).
    assert ranking.ids.tolist() == [3, 1, 2]


def test_equal_scores_share_the_better_rank_and_are_ordered_by_id() -> None:
    same = np.array([0.5, 0.5, 0.4], dtype=np.float32)
    ranking = fuse(np.array([9, 4, 1]), same, np.full(3, NAN, dtype=np.float32), Fusion.RRF)
    assert ranking.ids.tolist() == [4, 9, 1]
    assert ranking.scores.tolist() == pytest.approx([1 / 61, 1 / 61, 1 / 63])


def test_a_figure_with_neither_similarity_is_not_ranked() -> None:
    nothing = np.array([NAN, 0.5], dtype=np.float32)
    for how in Fusion:
        assert fuse(np.array([1, 2]), nothing, nothing, how).ids.tolist() == [2]


@pytest.mark.parametrize("weight", [-0.1, 1.1])
def test_a_weight_outside_0_to_1_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="weight"):
        fused_scores(VISUAL, TEXT, Fusion.WEIGHTED, weight=weight)
