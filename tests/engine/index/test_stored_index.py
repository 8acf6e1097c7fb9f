"""Indexes on disk: search results, refused files, and leftovers of killed processes."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.errors import IndexMismatch
from engine.index import KINDS, build_index, open_index, staged_directory, sweep_staging
from engine.index.manifest import MANIFEST_NAME, Manifest, sha256_of
from tests.hostile import HostileCorpus

KEY = "family/model@0123456789ab+pad"
DIM = 16
COUNT = 700
PROJECT_ROOT = Path(__file__).resolve().parents[3]


def unit_vectors(count: int, dim: int = DIM, seed: int = 0) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(count, dim))
    unit: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


IDS = np.arange(COUNT, dtype=np.int64) * 7 + 3
VECTORS = unit_vectors(COUNT)
QUERIES = unit_vectors(9, seed=1)


def plain_search(
    query: NDArray[np.float32], k: int, allowed: set[int] | None = None, excluded: set[int] | None = None
) -> list[int]:
    """Plain search: score all, filter, sort."""
    scored = [
        (-float(np.dot(row.astype(float), query.astype(float))), int(id_))
        for row, id_ in zip(VECTORS, IDS, strict=True)
    ]
    kept = [pair for pair in scored if (allowed is None or pair[1] in allowed) and pair[1] not in (excluded or set())]
    return [id_ for _, id_ in sorted(kept)[:k]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("indexes")
    for kind in KINDS:
        build_index(root / kind, IDS[::-1], VECTORS[::-1], encoder_key=KEY, kind=kind)
    return root


def copy_of(index: Path, target: Path) -> Path:
    target.mkdir()
    for path in index.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
    return target


@pytest.mark.parametrize("query_count", [1, 9])
def test_flat_search_equals_the_plain_one_with_and_without_filters(built: Path, query_count: int) -> None:
    index = open_index(built / "flat", encoder_key=KEY, dim=DIM)
    few, many, outside = IDS[5:20], IDS[50:650], IDS[::3]
    for allowed, excluded in (
        (None, None),
        (few, None),
        (many, None),
        (None, outside),
        (many, outside),
        (None, IDS[:4]),
    ):
        scores, ids = index.search(QUERIES[:query_count], 10, allowed, excluded)
        for row, query in enumerate(QUERIES[:query_count]):
            expected = plain_search(
                query,
                10,
                None if allowed is None else set(allowed.tolist()),
                set() if excluded is None else set(excluded.tolist()),
            )
            assert ids[row].tolist() == expected
        assert (np.diff(scores, axis=1) <= 0).all()


@pytest.mark.parametrize("kind", ["pq", "ivfpq", "sq8"])
def test_an_approximate_kind_scores_exactly_what_it_finds_and_obeys_the_filter(built: Path, kind: str) -> None:
    index = open_index(built / kind, encoder_key=KEY, dim=DIM)
    scores, ids = index.search_shortlist(QUERIES, 10)
    for query, row_scores, row_ids in zip(QUERIES, scores, ids, strict=True):
        assert np.array_equal(row_scores, index.scores(query, row_ids))
    found = np.mean(
        [len(set(row) & set(plain_search(q, 10))) / 10 for q, row in zip(QUERIES, ids.tolist(), strict=True)]
    )
    # 400 of 700 rows are proposed; inverted lists read one list in eight.
    assert found >= (0.3 if kind == "ivfpq" else 0.95)
    positions = np.arange(100, 300)
    _, filtered = index.search_shortlist(QUERIES, 10, positions)
    assert set(filtered[filtered >= 0].tolist()) <= set(IDS[positions].tolist())
    assert index.search(QUERIES[:1], 10, IDS[:30])[1][0].tolist() == plain_search(
        QUERIES[0], 10, set(IDS[:30].tolist())
    )


def test_fewer_figures_than_asked_for_are_padded(built: Path) -> None:
    scores, ids = open_index(built / "flat", encoder_key=KEY, dim=DIM).search(QUERIES[:1], 5, IDS[:2])
    assert sorted(ids[0, :2].tolist()) == IDS[:2].tolist()
    assert ids[0, 2:].tolist() == [-1, -1, -1]
    assert np.isneginf(scores[0, 2:]).all()


@pytest.mark.parametrize("query_count", [1, 6])
def test_equal_vectors_come_in_the_order_of_their_ids(tmp_path: Path, query_count: int) -> None:
    repeated = np.repeat(unit_vectors(3, seed=5), 200, axis=0)
    ids = np.random.default_rng(0).permutation(600).astype(np.int64)
    build_index(tmp_path / "i", ids, repeated, encoder_key=KEY)
    scores, found = open_index(tmp_path / "i", encoder_key=KEY, dim=DIM).search(
        np.repeat(repeated[:1], query_count, axis=0), 50
    )
    for row in range(query_count):
        assert found[row].tolist() == sorted(ids[:200].tolist())[:50]
        assert len(set(scores[row].tolist())) == 1


def test_vectors_come_back_as_stored_and_an_unknown_id_is_named(built: Path) -> None:
    index = open_index(built / "pq", encoder_key=KEY, dim=DIM)
    assert np.array_equal(index.vectors(IDS[[5, 2, 5]]), VECTORS[[5, 2, 5]])
    with pytest.raises(KeyError, match="4"):
        index.vectors(np.array([IDS[0], 4]))
    assert np.isnan(index.scores(QUERIES[0], np.array([4, IDS[0]]))).tolist() == [True, False]
    assert np.allclose(index.mean, VECTORS.mean(axis=0), atol=1e-7)


def test_an_empty_index_opens_and_finds_nothing(tmp_path: Path) -> None:
    build_index(tmp_path / "i", IDS[:0], VECTORS[:0], encoder_key=KEY)
    index = open_index(tmp_path / "i", encoder_key=KEY, dim=DIM)
    assert index.count == 0
    assert index.search(QUERIES, 3)[1].tolist() == [[-1] * 3] * len(QUERIES)


@pytest.mark.parametrize(
    ("ids", "vectors", "message"),
    [
        (IDS[[0, 0]], VECTORS[:2], "twice"),
        (IDS[:2], VECTORS[:2] * 2, "length 2"),
        (IDS[:2], VECTORS[:2] * np.nan, "length nan"),
        (IDS[:3], VECTORS[:2], "must be"),
        (-IDS[:2], VECTORS[:2], "negative"),
    ],
)
def test_what_cannot_be_indexed_is_refused_and_leaves_nothing(
    tmp_path: Path, ids: NDArray[np.int64], vectors: NDArray[np.float32], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        build_index(tmp_path / "i", ids, vectors, encoder_key=KEY)
    assert list(tmp_path.iterdir()) == []


def test_too_few_vectors_to_train_on_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 256"):
        build_index(tmp_path / "i", IDS[:100], VECTORS[:100], encoder_key=KEY, kind="pq")
    assert list(tmp_path.iterdir()) == []


def test_an_index_of_another_encoder_is_refused_naming_both(built: Path) -> None:
    with pytest.raises(IndexMismatch) as caught:
        open_index(built / "flat", encoder_key="another/key", dim=DIM)
    assert (caught.value.expected, caught.value.found) == ("another/key", KEY)
    with pytest.raises(IndexMismatch, match="dimension"):
        open_index(built / "flat", encoder_key=KEY, dim=DIM + 1)


def test_queries_of_another_shape_or_not_finite_are_refused(built: Path) -> None:
    index = open_index(built / "flat", encoder_key=KEY, dim=DIM)
    with pytest.raises(ValueError, match="must be"):
        index.search(QUERIES[:, :8], 3)
    with pytest.raises(ValueError, match="finite"):
        index.search(QUERIES * np.inf, 3)


def test_an_index_is_never_overwritten(built: Path) -> None:
    before = sha256_of(built / "flat" / MANIFEST_NAME)
    with pytest.raises(FileExistsError):
        build_index(built / "flat", IDS, VECTORS, encoder_key=KEY)
    assert sha256_of(built / "flat" / MANIFEST_NAME) == before


@pytest.mark.parametrize("kind", ["flat", "sq8"])
def test_one_hundred_random_bit_flips_are_all_refused(built: Path, tmp_path: Path, kind: str) -> None:
    index = copy_of(built / kind, tmp_path / "i")
    files = sorted(index.iterdir())
    sizes = np.array([path.stat().st_size for path in files])
    generator = np.random.default_rng(11)
    for round_ in range(100):
        # Half of the flips by size, half file by file, so that the small ones are hit too.
        path = files[generator.choice(len(files), p=sizes / sizes.sum()) if round_ % 2 else round_ // 2 % len(files)]
        sound = path.read_bytes()
        torn = bytearray(sound)
        torn[generator.integers(len(torn))] ^= 1 << int(generator.integers(8))
        path.write_bytes(torn)
        with pytest.raises(IndexMismatch):
            open_index(index, encoder_key=KEY, dim=DIM)
        path.write_bytes(sound)
    assert open_index(index, encoder_key=KEY, dim=DIM).count == COUNT


@pytest.mark.parametrize("spoil", ["truncate", "empty", "remove", "add"])
@pytest.mark.parametrize("name", ["vectors.npy", "ids.npy", "mean.npy", MANIFEST_NAME])
def test_a_torn_missing_or_foreign_file_is_refused(built: Path, tmp_path: Path, name: str, spoil: str) -> None:
    index = copy_of(built / "flat", tmp_path / "i")
    path = index / name
    if spoil == "truncate":
        path.write_bytes(path.read_bytes()[:-7])
    elif spoil == "empty":
        path.write_bytes(b"")
    elif spoil == "remove":
        path.unlink()
    else:
        (index / "stray").write_bytes(b"?")
    with pytest.raises(IndexMismatch):
        open_index(index, encoder_key=KEY, dim=DIM)


def sign_again(index: Path) -> None:
    """Write a manifest that vouches for whatever lies in the folder now: a builder's mistake, not a torn file."""
    old = Manifest.read(index)
    (index / MANIFEST_NAME).unlink()
    files = {path.name: sha256_of(path) for path in index.iterdir()}
    Manifest(old.encoder_key, old.dim, old.count, old.kind, files, old.self_hits).write(index)


def test_vectors_that_lie_under_a_right_hash_fail_the_self_test(built: Path, tmp_path: Path) -> None:
    index = copy_of(built / "sq8", tmp_path / "i")
    np.save(index / "vectors.npy", unit_vectors(COUNT, seed=9))
    sign_again(index)
    # The shortlist now belongs to other vectors than the re-scoring: figures no longer find themselves.
    with pytest.raises(IndexMismatch, match="self-test"):
        open_index(index, encoder_key=KEY, dim=DIM)


def test_shuffled_ids_under_a_right_hash_are_refused(built: Path, tmp_path: Path) -> None:
    index = copy_of(built / "flat", tmp_path / "i")
    np.save(index / "ids.npy", IDS[::-1].copy())
    sign_again(index)
    with pytest.raises(IndexMismatch, match="order of ids"):
        open_index(index, encoder_key=KEY, dim=DIM)


HOSTILE = [
    "n02_truncated",
    "n03_ntotal_lies",
    "n04_size_lies",
    "n05_wrong_dim",
    "n06_bit_flip",
    "n07_zero_byte",
    "n08_count_mismatch",
]


@pytest.fixture(scope="module")
def hostile(hostile_corpus: HostileCorpus) -> Path:
    """The hostile index files."""
    return hostile_corpus.folder / "index"


def index_around(faiss_file: Path, good: Path, target: Path) -> Path:
    """An index of the 64 vectors of n01 with the file in the place of its shortlist."""
    raw = np.frombuffer(good.read_bytes()[-64 * DIM * 4 :], dtype="<f4").reshape(64, DIM)
    vectors = np.tile(raw, (5, 1))[:256] + np.random.default_rng(0).normal(scale=0.01, size=(256, DIM))
    vectors = np.concatenate([raw, vectors])[:256]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    build_index(target, np.arange(256, dtype=np.int64), vectors.astype(np.float32), encoder_key=KEY, kind="sq8")
    for name in ("ids.npy", "vectors.npy"):
        np.save(target / name, np.load(target / name)[:64])
    (target / "index.faiss").write_bytes(faiss_file.read_bytes())
    old = Manifest.read(target)
    (target / MANIFEST_NAME).unlink()
    files = {path.name: sha256_of(path) for path in target.iterdir()} | {"index.faiss": sha256_of(good)}
    Manifest(old.encoder_key, DIM, 64, "sq8", files).write(target)
    return target


def test_the_good_hostile_control_opens(hostile: Path, tmp_path: Path) -> None:
    good = hostile / "n01_flat_good.faiss"
    assert open_index(index_around(good, good, tmp_path / "i"), encoder_key=KEY, dim=DIM).count == 64


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_index_file_is_refused_by_the_manifest(hostile: Path, tmp_path: Path, case: str) -> None:
    index = index_around(hostile / f"{case}.faiss", hostile / "n01_flat_good.faiss", tmp_path / "i")
    with pytest.raises(IndexMismatch, match=r"file index\.faiss"):
        open_index(index, encoder_key=KEY, dim=DIM)


@pytest.mark.parametrize("case", [case for case in HOSTILE if case != "n06_bit_flip"])
def test_a_hostile_index_file_is_refused_even_when_the_manifest_vouches_for_it(
    hostile: Path, tmp_path: Path, case: str
) -> None:
    index = index_around(hostile / f"{case}.faiss", hostile / "n01_flat_good.faiss", tmp_path / "i")
    sign_again(index)
    with pytest.raises(IndexMismatch):
        open_index(index, encoder_key=KEY, dim=DIM)


def test_a_failed_build_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="disk"), staged_directory(tmp_path / "i") as staging:
        (staging / "half").write_bytes(b"half")
        raise RuntimeError("disk full")
    assert list(tmp_path.iterdir()) == []


BUILDER = """
import sys, time
from pathlib import Path
from engine.index import staged_directory
with staged_directory(Path(sys.argv[1])) as staging:
    (staging / "vectors.npy").write_bytes(b"half")
    print("building", flush=True)
    time.sleep(60)
"""


def test_a_killed_builder_leaves_the_old_version_and_is_swept(tmp_path: Path) -> None:
    build_index(tmp_path / "1", IDS, VECTORS, encoder_key=KEY)
    builder = subprocess.Popen(
        [sys.executable, "-c", BUILDER, str(tmp_path / "2")], stdout=subprocess.PIPE, cwd=PROJECT_ROOT, text=True
    )
    try:
        assert builder.stdout is not None
        assert builder.stdout.readline() == "building\n"
        assert sweep_staging(tmp_path) == []  # the builder lives: its folder is left alone
        os.kill(builder.pid, signal.SIGKILL)
    finally:
        builder.kill()
        builder.wait(timeout=10)
    assert not (tmp_path / "2").exists()
    deadline = time.monotonic() + 5
    swept: list[Path] = []
    while not swept and time.monotonic() < deadline:
        swept = sweep_staging(tmp_path)
    assert len(swept) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["1"]
    assert open_index(tmp_path / "1", encoder_key=KEY, dim=DIM).count == COUNT
    build_index(tmp_path / "2", IDS, VECTORS, encoder_key=KEY)


def test_a_kind_that_this_version_does_not_know_is_named(built: Path, tmp_path: Path) -> None:
    index = copy_of(built / "flat", tmp_path / "other")
    manifest = replace(Manifest.read(index), kind="hnsw")
    (index / MANIFEST_NAME).unlink()  # a manifest is written once
    manifest.write(index)
    with pytest.raises(IndexMismatch, match=r"kind.*flat or pq or ivfpq or sq8.*hnsw"):
        open_index(index, encoder_key=KEY, dim=DIM)
