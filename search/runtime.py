"""The one place that reads settings and holds loaded models and open indexes, one set per process.

Only workers call the loaders: the web process never loads a model or an index.
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
from engine.sheets.reading import NumeralReader
from search.models import IndexVersion
from search.selectors import vectors

logger = logging.getLogger(__name__)


def _encoders() -> Any:
    # The model stack costs seconds and a gigabyte to import; the web process, which imports this module, must not pay.
    return import_module("engine.encoders.factory")


@cache
def visual_encoder() -> VisualEncoder:
    """The visual encoder of the settings, loaded once. Raises WeightsMissing, saying the mend."""
    module = _encoders()
    name = module.resolve_visual(settings.VISUAL_ENCODER)
    encoder: VisualEncoder = module.visual_encoder(name, device=settings.MODEL_DEVICE, threads=settings.MODEL_THREADS)
    logger.info("visual encoder loaded key=%s", encoder.key)
    return encoder


@cache
def sentence_encoder() -> SentenceEncoder:
    """The sentence encoder of the settings, loaded once. Raises WeightsMissing, saying the mend."""
    module = _encoders()
    name = module.resolve_sentences(settings.SENTENCE_ENCODER)
    encoder: SentenceEncoder = module.sentence_encoder(
        name, device=settings.MODEL_DEVICE, threads=settings.MODEL_THREADS
    )
    logger.info("sentence encoder loaded key=%s", encoder.key)
    return encoder


@cache
def numeral_reader() -> NumeralReader:
    """The reader of the settings, loaded once. Raises WeightsMissing, saying the mend."""
    module = import_module("engine.numerals.readers")
    build = {"components": module.component_reader, "easyocr": module.easyocr_reader}[settings.NUMERAL_READER]
    reader: NumeralReader = build(threads=settings.MODEL_THREADS, device=settings.MODEL_DEVICE)
    logger.info("numeral reader loaded key=%s", reader.key)
    return reader


@dataclass(slots=True)
class OpenIndex:
    """What one process searches for one encoder: a version, with everything embedded or retired since."""

    version: IndexVersion
    main: StoredIndex
    layered: LayeredIndex
    state: tuple[object, ...] = ()


_open: dict[str, OpenIndex] = {}
_open_lock = threading.Lock()


def open_figures(*, encoder_key: str, dim: int) -> OpenIndex | None:
    """The active index of an encoder with everything embedded since, or None before the first version.

    The pointer row is read at each call, so that a search sees a swap at once and never mixes two versions. A version
    that does not open is reported and the one before it serves.

    Raises: IndexMismatch when no version of this encoder can be opened.
    """
    with _open_lock:
        current = _open.get(encoder_key)
        versions = vectors.servable_versions(encoder_key)
        if not versions:
            return None
        if current is None or current.version.pk != versions[0].pk:
            current = _open_newest(versions, dim, current)
            _open[encoder_key] = current
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
            logger.error("index refused version=%d: %s; the version before it serves", version.pk, error)
            continue
        logger.info("index open version=%d encoder=%s figures=%d", version.pk, version.encoder_key, main.count)
        nothing = np.empty((0, dim), dtype=np.float32)
        empty = MemoryIndex(np.empty(0, dtype=np.int64), nothing, encoder_key=version.encoder_key)
        return OpenIndex(version, main, combine(main, empty))
    raise fault or IndexMismatch("versions", "one that opens", "none")


def _catch_up(opened: OpenIndex) -> None:
    """Bring the layers up to date; two counts and the retired figures tell whether anything came or went."""
    version = opened.version
    retired = vectors.retired_figures()
    state = (*vectors.embedding_state(version.encoder_key, version.last_embedding_id), retired)
    if state == opened.state:
        return
    ids, added = vectors.embeddings_after(
        encoder_key=version.encoder_key, after=version.last_embedding_id, dim=version.dim
    )
    delta = MemoryIndex(ids, added, encoder_key=version.encoder_key)
    # A figure whose vector went away, since its text did, is in the version and no longer in a row.
    gone = np.setdiff1d(opened.main.ids, vectors.embedded_figures(version.encoder_key))
    hidden = np.union1d(gone, np.fromiter(retired, dtype=np.int64, count=len(retired)))
    opened.layered = combine(opened.main, delta, hidden)
    opened.state = state


def figures_as_of(*, encoder_key: str, dim: int, newest: int) -> MemoryIndex | None:
    """An exact index over the embeddings up to `newest`, read from their rows: what could be searched then.

    None where there were none. Figures retired since stay out; those embedded anew since have a newer row.
    """
    ids, stored = vectors.embeddings_until(encoder_key=encoder_key, newest=newest, dim=dim)
    return MemoryIndex(ids, stored, encoder_key=encoder_key) if len(ids) else None


def index_directory(version: IndexVersion) -> Path:
    return Path(settings.INDEX_ROOT) / version.directory
