"""Similarities of strangers: hand-worked numbers, and comparison with a plain computation."""

from __future__ import annotations

import numpy as np
import pytest

from engine.index import MemoryIndex
from engine.ranking.calibration import QUANTILES, nearest_strangers, percentile_of, quantiles_of, sample

KEY = "tests/visual@0"
NOBODY = np.empty(0, dtype=np.int64)


def index_of(vectors: list[list[float]]) -> MemoryIndex:
    """Figures 1, 2, … with these unit vectors."""
    return MemoryIndex(np.arange(1, len(vectors) + 1), np.array(vectors, dtype=np.float32), encoder_key=KEY)


def ids(*found: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(found, dtype=np.int64)


def test_the_nearest_that_is_no_relatives_counts() -> None:
    index = index_of([[1, 0], [0.8, 0.6], [0.6, 0.8], [0, 1]])
    vectors = index.vectors(ids(1, 1, 4))
    # 1·2 = .8, 1·3 = .6; without its kin 2 the nearest of 1 is 3; of 4 without 3 it is 2 with .6.
    reached = nearest_strangers(index, vectors, [ids(1), ids(1, 2), ids(3, 4)])
    assert reached.tolist() == pytest.approx([0.8, 0.6, 0.6])


def test_a_figure_among_relatives_alone_reaches_nobody() -> None:
    index = index_of([[1, 0], [0.8, 0.6]])
    assert np.isnan(nearest_strangers(index, index.vectors(ids(1)), [ids(1, 2)])).all()


def test_strangers_are_found_behind_many_relatives_as_by_looking_at_all() -> None:
    drawn = np.random.default_rng(3).normal(size=(300, 8)).astype(np.float32)
    vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    index = MemoryIndex(np.arange(300), vectors, encoder_key=KEY)
    relatives = [np.argsort(-(vectors @ vectors[0]))[:100].astype(np.int64), ids(1), np.arange(300)]
    reached = nearest_strangers(index, vectors[[0, 1, 2]], relatives)
    plain = vectors @ vectors[[0, 1]].T
    plain[relatives[0], 0] = -1
    plain[1, 1] = -1
    assert reached[:2].tolist() == pytest.approx(plain.max(axis=0).tolist(), abs=1e-6)
    assert np.isnan(reached[2])


def test_each_vector_wants_its_relatives() -> None:
    index = index_of([[1, 0], [0, 1]])
    with pytest.raises(ValueError, match="relatives of 1"):
        nearest_strangers(index, index.vectors(ids(1, 2)), [ids(1)])


def test_quantiles_run_from_the_least_to_the_most() -> None:
    quantiles = quantiles_of(np.array([0.2, 0.4, 0.6, 0.8, np.nan], dtype=np.float32))
    assert len(quantiles) == QUANTILES
    assert (quantiles[0], quantiles[50], quantiles[100]) == pytest.approx((0.2, 0.5, 0.8))
    with pytest.raises(ValueError, match="no similarities"):
        quantiles_of(np.array([np.nan], dtype=np.float32))


@pytest.mark.parametrize(
    ("similarity", "percentile"), [(0.1, 0), (0.2, 0), (0.5, 50), (0.65, 75), (0.8, 100), (0.95, 100)]
)
def test_a_similarity_has_its_place_among_the_quantiles(similarity: float, percentile: float) -> None:
    assert percentile_of(similarity, np.linspace(0.2, 0.8, QUANTILES).tolist()) == pytest.approx(percentile)


def test_a_similarity_that_many_reach_stands_in_the_middle_of_them() -> None:
    assert percentile_of(1.0, [0.5] * 50 + [1.0] * 51) == pytest.approx(75)


def test_a_sample_is_drawn_by_its_seed_each_once() -> None:
    drawn = sample(1000, 50, seed=4)
    assert len(set(drawn.tolist())) == 50
    assert drawn.tolist() == sorted(drawn.tolist()) == sample(1000, 50, seed=4).tolist()
    assert drawn.tolist() != sample(1000, 50, seed=5).tolist()
    assert sample(3, 50).tolist() == [0, 1, 2]
