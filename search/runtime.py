"""Models and indexes, loaded once per process as the settings say.

The loaders are called by workers only: the web process never loads a model or an index.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from engine.encoders.protocols import SentenceEncoder, VisualEncoder
from engine.errors import IndexMismatch
from engine.index import LayeredIndex, MemoryIndex, StoredIndex, combine, open_index
from engine.registry import READERS, maker
from engine.sheets.reading import NumeralReader
from search.models import IndexVersion
from search.selectors import vectors

logger = logging.getLogger(__name__)


def _encoders() -> Any:
    # Importing torch takes seconds and a gigabyte. The web process imports this module too and must not pay for it.
    return import_module("engine.encoders.factory")


@cache
def visual_encoder() -> VisualEncoder:
    """Return the configured visual encoder. Raises: WeightsMissing, with what to install or set."""
    module = _encoders()
    name = module.resolve_visual(settings.VISUAL_ENCODER)
    encoder: VisualEncoder = module.visual_encoder(name, device=settings.MODEL_DEVICE, threads=settings.MODEL_THREADS)
    logger.info("visual encoder loaded key=%s", encoder.key)
    return encoder


@cache
def sentence_encoder() -> SentenceEncoder:
    """Return the configured sentence encoder. Raises: WeightsMissing, with what to install or set."""
    module = _encoders()
    name = module.resolve_sentences(settings.SENTENCE_ENCODER)
    encoder: SentenceEncoder = module.sentence_encoder(
        name, device=settings.MODEL_DEVICE, threads=settings.MODEL_THREADS
    )
    logger.info("sentence encoder loaded key=%s", encoder.key)
    return encoder


@cache
def numeral_reader() -> NumeralReader:
    """Return the configured reader of reference numerals. Raises: WeightsMissing, with what to install or set."""
    make = maker(READERS[settings.NUMERAL_READER])
    reader: NumeralReader = make(threads=settings.MODEL_THREADS, device=settings.MODEL_DEVICE)
    logger.info("numeral reader loaded key=%s", reader.key)
    return reader


@dataclass(slots=True)
class OpenIndex:
    """The open index of one encoder: a version, with the figures that were embedded or retired since it was built.

    state: what `layered` was built from; it changes when embeddings or retired figures do.
    """

    version: IndexVersion
    main: StoredIndex
    layered: LayeredIndex
    state: tuple[object, ...] = ()


open_indexes: dict[str, OpenIndex] = {}
"""The indexes that this process has open, by encoder key."""
_open_lock = threading.Lock()


def open_figures(*, encoder_key: str, dim: int) -> OpenIndex | None:
    """Return the active index of an encoder with everything embedded since, or None before the first version.

    The active version is read from the database at each call, so that a search uses a new version at once and never
    mixes two. If a version cannot be opened, that is logged and the previous one is used.

    Raises: IndexMismatch when no version of this encoder can be opened.
    """
    with _open_lock:
        current = open_indexes.get(encoder_key)
        versions = vectors.servable_versions(encoder_key)
        if not versions:
            return None
        if current is None or current.version.pk != versions[0].pk:
            current = _open_newest(versions, dim, current)
            open_indexes[encoder_key] = current
        _catch_up(current)
        return current


def _open_newest(versions: list[IndexVersion], dim: int, current: OpenIndex | None) -> OpenIndex:
    fault: IndexMismatch | None = None
    for version in versions:
        if current is not None and current.version.pk == version.pk:
            return current
        try:
            main = open_index(index_directory(version), encoder_key=version.encoder_key, dim=dim)
        except IndexMismatch as error:
            fault = fault or error
            logger.error("index not opened version=%d: %s; the previous version is used", version.pk, error)
            continue
        logger.info("index open version=%d encoder=%s figures=%d", version.pk, version.encoder_key, main.count)
        nothing = np.empty((0, dim), dtype=np.float32)
        empty = MemoryIndex(np.empty(0, dtype=np.int64), nothing, encoder_key=version.encoder_key)
        return OpenIndex(version, main, combine(main, empty))
    raise fault or IndexMismatch("versions", "one that opens", "none")


def _catch_up(opened: OpenIndex) -> None:
    """Rebuild the layers over the main index if embeddings or retired figures have changed since."""
    version = opened.version
    retired = vectors.retired_figures()
    state = (*vectors.embedding_state(version.encoder_key, version.last_embedding_id), retired)
    if state == opened.state:
        return
    ids, added = vectors.embeddings_after(
        encoder_key=version.encoder_key, after=version.last_embedding_id, dim=version.dim
    )
    delta = MemoryIndex(ids, added, encoder_key=version.encoder_key)
    # A figure whose text was removed has lost its vector in the database, but not in the built index.
    removed = np.setdiff1d(opened.main.ids, vectors.embedded_figures(version.encoder_key))
    hidden = np.union1d(removed, np.fromiter(retired, dtype=np.int64, count=len(retired)))
    opened.layered = combine(opened.main, delta, hidden)
    opened.state = state


def figures_as_of(*, encoder_key: str, dim: int, newest: int) -> MemoryIndex | None:
    """Return an exact index over the embeddings with pk <= newest: what a search could find at that time.

    None without such embeddings. Figures that were retired or embedded again since then are left out.
    """
    ids, stored = vectors.embeddings_until(encoder_key=encoder_key, newest=newest, dim=dim)
    return MemoryIndex(ids, stored, encoder_key=encoder_key) if len(ids) else None


def index_directory(version: IndexVersion) -> Path:
    """Return the directory of an index version, below the configured root."""
    return Path(settings.INDEX_ROOT) / version.directory
