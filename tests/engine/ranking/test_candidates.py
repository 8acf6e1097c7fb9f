"""Candidates, compared with scoring every figure."""

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.index import MemoryIndex
from engine.ranking.candidates import (
    candidates_as_bytes,
    candidates_from_bytes,
    gather_candidates,
    score_candidates,
    shifted,
)
from engine.ranking.fusion import Fusion, fuse


def unit_vectors(count: int, seed: int, dim: int = 12) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(count, dim)) + 0.3
    unit: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


FIGURES = np.arange(200)
WITH_TEXT = FIGURES[FIGURES % 4 != 0]
DRAWN = MemoryIndex(FIGURES, unit_vectors(200, 0), encoder_key="v")
READ = MemoryIndex(WITH_TEXT, unit_vectors(len(WITH_TEXT), 1), encoder_key="t")
LOOKS, SAYS = unit_vectors(2, 2)[:1], unit_vectors(2, 2)[1:]


@pytest.mark.parametrize("how", [Fusion.AVG, Fusion.MAX, Fusion.WEIGHTED, Fusion.RRF])
def test_ranked_candidates_equal_scoring_every_figure(how: Fusion) -> None:
    found = gather_candidates(DRAWN, READ, LOOKS, SAYS, shortlist=200).ranked(how, 0.3)
    everything = fuse(
        FIGURES,
        DRAWN.scores(LOOKS[0], FIGURES),
        READ.scores(SAYS[0], FIGURES),
        how,
        weight=0.3,
        absent_text=float(SAYS[0] @ READ.mean),
    )
    assert np.array_equal(found.ids, everything.ids)
    assert np.array_equal(found.scores, everything.scores)


def test_candidates_of_one_shortlist_are_scored_exactly_in_the_other_modality_too() -> None:
    found = gather_candidates(DRAWN, READ, LOOKS, SAYS, shortlist=5)
    assert 5 <= len(found.ids) <= 10
    assert np.array_equal(found.visual, DRAWN.scores(LOOKS[0], found.ids))
    assert np.array_equal(found.text, READ.scores(SAYS[0], found.ids), equal_nan=True)


def test_filters_hold_whatever_ranks() -> None:
    allowed, excluded = FIGURES[:60], FIGURES[:10]
    found = gather_candidates(DRAWN, READ, LOOKS, SAYS, allowed_ids=allowed, excluded_ids=excluded)
    for how in Fusion:
        ids = found.ranked(how).ids
        assert set(ids.tolist()) <= set(range(10, 60))
        assert len(ids) == (38 if how is Fusion.TEXT else 50)  # 12, 16, … 56 have no text


@pytest.mark.parametrize(("how", "side"), [(Fusion.VISUAL, 0), (Fusion.TEXT, 1)])
def test_one_modality_alone_ranks_as_its_index_does(how: Fusion, side: int) -> None:
    index, query = ((DRAWN, LOOKS), (READ, SAYS))[side]
    found = gather_candidates(DRAWN, READ, LOOKS, SAYS, shortlist=30).ranked(how)
    scores, ids = index.search(query, 30)
    assert np.array_equal(found.ids[:30], ids[0])
    assert np.array_equal(found.scores[:30], scores[0])


@pytest.mark.parametrize("how", [Fusion.AVG, Fusion.MAX, Fusion.RRF])
def test_a_query_with_an_image_alone_ranks_by_the_image(how: Fusion) -> None:
    found = gather_candidates(DRAWN, READ, LOOKS, None, shortlist=10).ranked(how)
    assert found.ids.tolist() == DRAWN.search(LOOKS, 10)[1][0].tolist()
    assert np.isnan(found.text).all()


def test_a_query_without_any_vector_is_refused() -> None:
    for visual, text in ((None, None), (LOOKS, None)):
        with pytest.raises(ValueError, match="neither"):
            gather_candidates(None, READ, visual, text)


def test_several_examples_find_what_is_nearest_to_any_of_them() -> None:
    examples = unit_vectors(3, 7)
    every = np.stack([DRAWN.scores(example, FIGURES) for example in examples])
    found = gather_candidates(DRAWN, None, examples, None, shortlist=20)
    best = np.lexsort((FIGURES, -every.max(axis=0)))[:20]
    assert found.ranked(Fusion.VISUAL).ids.tolist() == best.tolist()
    assert found.nearest.tolist() == every.argmax(axis=0)[found.ids].tolist()


def test_examples_are_shifted_as_rocchio_says() -> None:
    liked, disliked = unit_vectors(2, 8), unit_vectors(1, 9)
    moved = shifted(LOOKS, liked, disliked)
    by_hand = LOOKS[0] + 0.75 * (liked[0] + liked[1]) / 2 - 0.25 * disliked[0]
    assert moved[0] == pytest.approx(by_hand / np.linalg.norm(by_hand), abs=1e-6)
    alone = shifted(np.empty((0, 12), np.float32), liked[:1], None)
    assert alone[0] == pytest.approx(liked[0], abs=1e-6)


def test_what_is_liked_rises_and_what_is_not_sinks() -> None:
    ids = np.array([20, 21])
    liked = score_candidates(DRAWN, None, shifted(LOOKS, DRAWN.vectors(ids[:1]), None), None, ids)
    disliked = score_candidates(DRAWN, None, shifted(LOOKS, None, DRAWN.vectors(ids[:1])), None, ids)
    plain = score_candidates(DRAWN, None, LOOKS, None, ids)
    assert liked.visual[0] > plain.visual[0] > disliked.visual[0]


def test_packed_candidates_come_back_as_they_were() -> None:
    found = gather_candidates(DRAWN, READ, LOOKS, SAYS, shortlist=9)
    plain = score_candidates(DRAWN, READ, SAYS, None, found.ids)
    for given in (None, plain):
        back, plain_back = candidates_from_bytes(candidates_as_bytes(found, given))
        assert np.array_equal(back.ids, found.ids)
        assert np.array_equal(back.text, found.text, equal_nan=True)
        assert (back.absent_visual, back.absent_text) == (found.absent_visual, found.absent_text)
        assert (plain_back is None) == (given is None)
        if plain_back is not None:
            assert np.array_equal(plain_back.visual, plain.visual)
