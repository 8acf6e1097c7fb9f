"""Main index, delta and retirements searched as one."""

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.errors import IndexMismatch
from engine.index import LayeredIndex, MemoryIndex, combine

KEY = "family/model@0123456789ab+pad"
DIM = 8


def unit_vectors(count: int, seed: int) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(count, DIM))
    unit: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


MAIN = unit_vectors(40, 0)
NEW = unit_vectors(10, 1)
MAIN_IDS, NEW_IDS = np.arange(40), np.arange(35, 45)  # 35 to 39 are in both: re-embedded
RETIRED = np.array([2, 3, 41, 900])
QUERIES = unit_vectors(6, 2)


@pytest.fixture
def layered() -> LayeredIndex:
    main = MemoryIndex(MAIN_IDS, MAIN, encoder_key=KEY)
    return combine(main, MemoryIndex(NEW_IDS, NEW, encoder_key=KEY), RETIRED)


@pytest.fixture
def flat() -> MemoryIndex:
    """The same figures in one index, as the next full build will hold them."""
    vectors = {int(i): v for i, v in zip(MAIN_IDS, MAIN, strict=True)} | {
        int(i): v for i, v in zip(NEW_IDS, NEW, strict=True)
    }
    kept = sorted(set(vectors) - set(RETIRED.tolist()))
    return MemoryIndex(np.array(kept), np.stack([vectors[i] for i in kept]), encoder_key=KEY)


@pytest.mark.parametrize("k", [1, 7, 60])
@pytest.mark.parametrize("allowed", [None, np.arange(30, 45), np.array([2, 41])])
@pytest.mark.parametrize("excluded", [None, np.array([36, 5])])
def test_layers_answer_like_one_index(
    layered: LayeredIndex,
    flat: MemoryIndex,
    k: int,
    allowed: NDArray[np.int64] | None,
    excluded: NDArray[np.int64] | None,
) -> None:
    for queries in (QUERIES, QUERIES[:1]):
        found, expected = layered.search(queries, k, allowed, excluded), flat.search(queries, k, allowed, excluded)
        assert np.array_equal(found[1], expected[1])
        assert np.array_equal(found[0], expected[0])


def test_ids_counts_and_vectors_are_those_of_one_index(layered: LayeredIndex, flat: MemoryIndex) -> None:
    assert layered.count == flat.count
    assert np.array_equal(layered.ids, flat.ids)
    assert np.array_equal(layered.vectors(flat.ids), flat.vectors(flat.ids))
    asked = np.array([2, 36, 41, 44, 900, 5])
    assert np.array_equal(layered.scores(QUERIES[0], asked), flat.scores(QUERIES[0], asked), equal_nan=True)
    assert np.array_equal(layered.contains(asked), flat.contains(asked))


def test_a_retired_figure_is_never_found_nor_handed_out(layered: LayeredIndex) -> None:
    for id_, vector in ((2, MAIN[2]), (41, NEW[6])):
        assert id_ not in layered.search(vector[np.newaxis], 60)[1]
        with pytest.raises(KeyError, match=str(id_)):
            layered.vectors(np.array([id_]))


def test_before_the_first_build_the_delta_answers_alone() -> None:
    delta = MemoryIndex(NEW_IDS, NEW, encoder_key=KEY)
    combined = combine(None, delta, np.array([35]))
    assert combined.search(NEW[:1], 1)[1][0, 0] != 35
    assert combined.search(NEW[1:2], 1)[1][0, 0] == 36
    assert combined.count == 9


def test_layers_of_two_encoders_never_meet() -> None:
    with pytest.raises(IndexMismatch, match="encoder key"):
        LayeredIndex(MemoryIndex(MAIN_IDS, MAIN, encoder_key=KEY), MemoryIndex(NEW_IDS, NEW, encoder_key="other"))
