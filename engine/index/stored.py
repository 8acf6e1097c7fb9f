"""Indexes on disk: immutable, checked on opening, searched from a memory map.

The folder holds ids.npy, vectors.npy, mean.npy, the manifest, and for approximate kinds index.faiss, which only
proposes a shortlist: scores always come from the stored vectors. The paper's kind is "pq" (product quantization).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from engine.errors import IndexMismatch
from engine.index import exact
from engine.index.exact import Floats, Ids
from engine.index.manifest import Manifest, sha256_of, staged_directory
from engine.registry import INDEX_KINDS

KINDS = tuple(INDEX_KINDS)
SELF_TEST_QUERIES = 100
_SHORTLIST_FACTOR = 8
_SHORTLIST_MIN = 400
# With at most this many figures after the filter, the search is exact: faster, and misses none.
_EXACT_BELOW = 50_000
_SUBQUANTIZERS = 64
_MIN_TRAINING_ROWS = 256  # FAISS trains 2^8 centroids for each subquantizer
_MAX_TRAINING_ROWS = 200_000
_PROBED_SHARE = 8  # one list in eight is probed
_SELF_HIT_TOLERANCE = 0.02
_IDENTICAL = np.float32(1e-5)


class StoredIndex:
    """A VectorIndex opened from its folder; immutable and thread-safe."""

    def __init__(self, manifest: Manifest, ids: Ids, vectors: Floats, mean: NDArray[np.float64], shortlister: Any):
        """Use open_index instead, which checks the arrays. shortlister: a faiss.Index over row positions, or None."""
        self._manifest = manifest
        self._ids, self._vectors, self._mean = ids, vectors, mean
        self._shortlister = shortlister

    @property
    def manifest(self) -> Manifest:
        return self._manifest

    @property
    def encoder_key(self) -> str:
        return self._manifest.encoder_key

    @property
    def dim(self) -> int:
        return self._manifest.dim

    @property
    def count(self) -> int:
        return self._manifest.count

    @property
    def ids(self) -> Ids:
        return self._ids

    @property
    def mean(self) -> NDArray[np.float64]:
        return self._mean

    def search(
        self, queries: Floats, k: int, allowed_ids: Ids | None = None, excluded_ids: Ids | None = None
    ) -> tuple[Floats, Ids]:
        """As VectorIndex.search. Exact for kind "flat"; other kinds may miss some of the k best."""
        checked = exact.checked_queries(queries, self.dim)
        positions = exact.admitted_positions(self._ids, allowed_ids, excluded_ids)
        if self._shortlister is None or (positions is not None and len(positions) <= _EXACT_BELOW):
            return exact.search_rows(checked, self._vectors, self._ids, k, positions)
        return self.search_shortlist(checked, k, positions)

    def search_shortlist(
        self, queries: Floats, k: int, positions: NDArray[np.int64] | None = None
    ) -> tuple[Floats, Ids]:
        """Approximate search: FAISS proposes 8 k rows (at least 400), ranked by their stored vectors."""
        length = min(self.count, max(_SHORTLIST_MIN, _SHORTLIST_FACTOR * k))
        parameters = _search_parameters(self._shortlister, positions)
        _, proposed = self._shortlister.search(queries, length, params=parameters)
        rankings = []
        for query, row in zip(queries, proposed, strict=True):
            rows = np.sort(row[row >= 0])
            rankings.append(exact.best(exact.exact_scores(self._vectors[rows], query), self._ids[rows], k))
        return exact.padded(rankings, k)

    def contains(self, ids: Ids) -> NDArray[np.bool_]:
        """As VectorIndex.contains."""
        found: NDArray[np.bool_] = exact.positions_of(self._ids, ids) >= 0
        return found

    def vectors(self, ids: Ids) -> Floats:
        """As VectorIndex.vectors."""
        return exact.stored_rows(self._ids, self._vectors, ids)

    def scores(self, query: Floats, ids: Ids) -> Floats:
        """As VectorIndex.scores."""
        return exact.scores_of(self._ids, self._vectors, query, ids)

    def self_hits(self) -> float:
        """The share of up to 100 stored vectors, evenly spread, that find themselves (or an equal one) first."""
        if not self.count:
            return 1.0
        positions = np.unique(np.linspace(0, self.count - 1, SELF_TEST_QUERIES).astype(np.int64))
        queries = np.array(self._vectors[positions])
        if self._shortlister is None:
            scores, ids = exact.search_rows(queries, self._vectors, self._ids, 1)
        else:
            scores, ids = self.search_shortlist(queries, 1)
        own = np.array([exact.exact_scores(row[np.newaxis], row)[0] for row in queries])
        found = (ids[:, 0] == self._ids[positions]) | (np.abs(scores[:, 0] - own) <= _IDENTICAL)
        return float(found.mean())


def _search_parameters(shortlister: Any, positions: NDArray[np.int64] | None) -> Any:
    """FAISS parameters: the rows that may be proposed, and how many inverted lists are probed."""
    selector = {} if positions is None else {"sel": faiss.IDSelectorBatch(positions)}
    if isinstance(shortlister, faiss.IndexIVF):
        return faiss.SearchParametersIVF(nprobe=max(1, shortlister.nlist // _PROBED_SHARE), **selector)  # type: ignore[call-arg]
    return faiss.SearchParameters(**selector)


def build_index(directory: Path, ids: Ids, vectors: Floats, *, encoder_key: str, kind: str = "flat") -> Manifest:
    """Write a new index folder, atomically, and return its manifest.

    ids: (n,) int64, each once, not negative; vectors: (n, dim) float32 unit vectors; n may be 0 for kind "flat".
    Approximate kinds need at least 256 vectors to train on.

    Raises: ValueError on input that breaks these rules, FileExistsError when the folder exists, IndexMismatch when
    the written index does not pass the checks of open_index.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}")
    checked_ids, checked = exact.checked_vectors(ids, vectors)
    with staged_directory(directory) as staging:
        np.save(staging / "ids.npy", checked_ids)
        np.save(staging / "vectors.npy", checked)
        mean = checked.mean(axis=0, dtype=np.float64) if len(checked_ids) else np.zeros(checked.shape[1])
        np.save(staging / "mean.npy", mean)
        description = INDEX_KINDS[kind]
        shortlister = None if description is None else _train(checked, kind, description)
        if shortlister is not None:
            faiss.write_index(shortlister, str(staging / "index.faiss"))
        manifest = Manifest(
            encoder_key=encoder_key,
            dim=int(checked.shape[1]),
            count=len(checked_ids),
            kind=kind,
            files={path.name: sha256_of(path) for path in staging.iterdir()},
        )
        built = StoredIndex(manifest, checked_ids, checked, mean, shortlister)
        manifest = manifest.with_self_hits(built.self_hits())
        manifest.write(staging)
        open_index(staging, encoder_key=encoder_key, dim=manifest.dim)
    return manifest


def _train(vectors: Floats, kind: str, description: str) -> Any:
    """A trained FAISS index that holds every row under its position."""
    count, dim = vectors.shape
    if count < _MIN_TRAINING_ROWS:
        raise ValueError(f'kind "{kind}" needs at least {_MIN_TRAINING_ROWS} vectors, not {count}: use "flat"')
    parts = next(parts for parts in range(min(_SUBQUANTIZERS, dim), 0, -1) if dim % parts == 0)
    lists = max(1, min(int(4 * count**0.5), count // 39))  # FAISS wants 39 training points for each list
    index = faiss.index_factory(dim, description.format(lists=lists, parts=parts), faiss.METRIC_INNER_PRODUCT)
    step = -(-count // _MAX_TRAINING_ROWS)
    index.train(np.ascontiguousarray(vectors[::step]))
    index.add(vectors)
    return index


def open_index(directory: Path, *, encoder_key: str, dim: int) -> StoredIndex:
    """Open the index in the folder. Checks every file against the manifest and repeats the self-test.

    Raises IndexMismatch, naming what was expected and found, when the index is of another encoder or dimension, when
    a file is missing, incomplete or changed, or when the self-test finds less than when it was built.
    """
    manifest = Manifest.read(directory)
    manifest.require(encoder_key, dim)
    manifest.require_files(directory)
    if manifest.kind not in INDEX_KINDS:
        raise IndexMismatch("kind", " or ".join(KINDS), manifest.kind)
    try:
        ids = np.load(directory / "ids.npy", allow_pickle=False)
        vectors = np.load(directory / "vectors.npy", mmap_mode="r" if manifest.count else None, allow_pickle=False)
        mean = np.load(directory / "mean.npy", allow_pickle=False)
        shortlister = None if INDEX_KINDS[manifest.kind] is None else faiss.read_index(str(directory / "index.faiss"))
    except (OSError, ValueError, EOFError, RuntimeError, MemoryError) as error:
        raise IndexMismatch("files", "files that load", f"{type(error).__name__}: {error}"[:300]) from error
    index = StoredIndex(manifest, ids, np.asarray(vectors), mean, shortlister)
    _require_shapes(manifest, ids, vectors, mean, shortlister)
    hits = index.self_hits()
    if hits < manifest.self_hits - _SELF_HIT_TOLERANCE:
        raise IndexMismatch("self-test", manifest.self_hits, hits)
    return index


def _require_shapes(manifest: Manifest, ids: Ids, vectors: Floats, mean: NDArray[np.float64], faiss_: Any) -> None:
    """Raise IndexMismatch unless the arrays and the FAISS index have the manifest's shape."""
    shapes: list[tuple[str, object, object]] = [
        ("ids", ((manifest.count,), "int64"), (ids.shape, str(ids.dtype))),
        ("vectors", ((manifest.count, manifest.dim), "float32"), (vectors.shape, str(vectors.dtype))),
        ("mean", ((manifest.dim,), "float64"), (mean.shape, str(mean.dtype))),
        ("order of ids", True, bool((np.diff(ids) > 0).all())),
    ]
    if faiss_ is not None:
        loaded = (faiss_.d, faiss_.ntotal)
        shapes.append(("index.faiss (dimension, count)", (manifest.dim, manifest.count), loaded))
    for what, expected, found in shapes:
        if expected != found:
            raise IndexMismatch(what, expected, found)
