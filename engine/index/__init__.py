"""Vector indexes: exact by default, immutable, checked on opening, with a delta for new figures."""

from engine.index.exact import MemoryIndex, VectorIndex
from engine.index.layered import LayeredIndex, combine
from engine.index.manifest import Manifest, staged_directory, sweep_staging
from engine.index.stored import KINDS, StoredIndex, build_index, open_index

__all__ = [
    "KINDS",
    "LayeredIndex",
    "Manifest",
    "MemoryIndex",
    "StoredIndex",
    "VectorIndex",
    "build_index",
    "combine",
    "open_index",
    "staged_directory",
    "sweep_staging",
]
