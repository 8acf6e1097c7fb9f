"""Fusion, held against scores worked out by hand."""

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.fusion import Fusion, FusionQuery, fuse, fused_scores, search_fused
from engine.index import MemoryIndex

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


def unit_vectors(count: int, seed: int, dim: int = 12) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(count, dim)) + 0.3
    unit: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


FIGURES = np.arange(200)
WITH_TEXT = FIGURES[FIGURES % 4 != 0]
DRAWN = MemoryIndex(FIGURES, unit_vectors(200, 0), encoder_key="v")
READ = MemoryIndex(WITH_TEXT, unit_vectors(len(WITH_TEXT), 1), encoder_key="t")
LOOKS, SAYS = unit_vectors(2, 2)


@pytest.mark.parametrize("how", [Fusion.AVG, Fusion.MAX, Fusion.WEIGHTED, Fusion.RRF])
def test_fused_search_equals_scoring_every_figure(how: Fusion) -> None:
    query = FusionQuery(how, LOOKS, SAYS, weight=0.3)
    found = search_fused(DRAWN, READ, query, 20, shortlist=200)
    everything = fuse(
        FIGURES,
        DRAWN.scores(LOOKS, FIGURES),
        READ.scores(SAYS, FIGURES),
        how,
        weight=0.3,
        absent_text=float(SAYS @ READ.mean),
    )
    assert found.ids.tolist() == everything.ids[:20].tolist()
    assert np.array_equal(found.scores, everything.scores[:20])


def test_candidates_of_one_shortlist_are_scored_exactly_in_the_other_modality_too() -> None:
    found = search_fused(DRAWN, READ, FusionQuery(Fusion.AVG, LOOKS, SAYS), 5, shortlist=5)
    assert np.array_equal(found.visual, DRAWN.scores(LOOKS, found.ids))
    assert np.array_equal(found.text, READ.scores(SAYS, found.ids), equal_nan=True)


def test_filters_hold_in_every_modality() -> None:
    allowed, excluded = FIGURES[:60], FIGURES[:10]
    for how in Fusion:
        found = search_fused(
            DRAWN, READ, FusionQuery(how, LOOKS, SAYS), 100, allowed_ids=allowed, excluded_ids=excluded
        )
        assert set(found.ids.tolist()) <= set(range(10, 60))
        assert len(found.ids) == (38 if how is Fusion.TEXT else 50)  # 12, 16, … 56 have no text


def test_a_single_modality_reports_the_other_similarity_without_using_it() -> None:
    found = search_fused(DRAWN, READ, FusionQuery(Fusion.VISUAL, LOOKS, SAYS), 10)
    assert np.array_equal(found.scores, found.visual)
    assert np.array_equal(found.text, READ.scores(SAYS, found.ids), equal_nan=True)


@pytest.mark.parametrize("how", [Fusion.AVG, Fusion.MAX, Fusion.RRF])
def test_a_fused_query_with_an_image_alone_ranks_by_the_image(how: Fusion) -> None:
    found = search_fused(DRAWN, READ, FusionQuery(how, LOOKS), 10)
    assert found.ids.tolist() == DRAWN.search(LOOKS[np.newaxis], 10)[1][0].tolist()
    assert np.isnan(found.text).all()


@pytest.mark.parametrize(
    "query", [FusionQuery(Fusion.TEXT, LOOKS), FusionQuery(Fusion.VISUAL, None, SAYS), FusionQuery(Fusion.AVG)]
)
def test_a_query_that_lacks_what_its_modality_needs_is_refused(query: FusionQuery) -> None:
    with pytest.raises(ValueError, match="lacks"):
        search_fused(DRAWN, READ, query, 10)
