"""Compare files, rows, vectors and indexes with each other. Only reads: nothing is changed or deleted here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.core.files.storage import Storage
from django.db.models import F, Q

from engine.errors import IndexMismatch
from engine.index import open_index
from search.files import PRIVATE_FILES_OF_OTHERS, collection_storage, private_storage
from search.models import Batch, Document, Figure, FigureEmbedding, IndexState, IndexVersion, Material, Sheet, Stage
from search.runtime import index_directory


@dataclass(frozen=True, slots=True)
class Fault:
    """A mismatch between two places that should agree.

    kind: missing, changed, orphan, unfinished, no-vector, bad-vector, index or judgment.
    where: the file or row concerned, for example "figure 12".
    """

    kind: str
    where: str
    detail: str


def faults() -> Iterator[Fault]:
    """Yield every fault, in the order files, rows, vectors, indexes."""
    yield from _file_faults()
    yield from _row_faults()
    yield from _vector_faults()
    yield from _index_faults()


def _file_faults() -> Iterator[Fault]:
    collection = collection_storage()
    named = set(Batch.objects.values_list("stored_as", flat=True))
    named.update(Sheet.objects.exclude(png="").values_list("png", flat=True))
    named.update(Sheet.objects.exclude(preview="").values_list("preview", flat=True))
    for crop, thumbnail in Figure.objects.values_list("crop", "thumbnail"):
        named.update((crop, thumbnail))
    yield from _check_files(collection, named)
    private = set(Material.objects.values_list("file", flat=True))
    private.update(*(names() for names in PRIVATE_FILES_OF_OTHERS))
    yield from _check_files(private_storage(), private)


def _check_files(storage: Storage, named: set[str]) -> Iterator[Fault]:
    for name in sorted(named):
        try:
            with storage.open(name, "rb") as stored:
                digest = hashlib.sha256()
                for chunk in stored.chunks():
                    digest.update(chunk)
        except FileNotFoundError:
            yield Fault(
                "missing", name, "A row names this file, but it is not in the storage. Restore it from a backup."
            )
            continue
        if digest.hexdigest() != _digest_of(name):
            yield Fault(
                "changed", name, "Its content does not match the SHA-256 in its name. Restore it from a backup."
            )
    for name in _files_below(storage, ""):
        if name not in named:
            yield Fault("orphan", name, "No row names this file. It may be left over from interrupted work.")


def _digest_of(name: str) -> str:
    """Return the SHA-256 that a stored file's name contains: folder/ab/cd….suffix."""
    first, last = name.rsplit("/", 2)[-2:]
    return first + last.split(".", 1)[0]


def _files_below(storage: Storage, folder: str) -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for file in sorted(files):
        yield f"{folder}/{file}".lstrip("/")
    for below in sorted(folders):
        yield from _files_below(storage, f"{folder}/{below}".lstrip("/"))


def _row_faults() -> Iterator[Fault]:
    finished = Document.objects.filter(stage=Stage.DONE, publication__isnull=False)
    unread = Sheet.objects.filter(publication__documents__in=finished, missing=False).filter(
        Q(reader_key="") | Q(looked_again=False)
    )
    for sheet in unread.distinct().select_related("publication"):
        yield Fault("unfinished", f"{sheet.publication} {sheet}", "The document is done, but this sheet was not read.")
    beyond = Figure.objects.filter(retired_at=None).filter(
        Q(left__gt=F("sheet__width_px") - F("width")) | Q(top__gt=F("sheet__height_px") - F("height"))
    )
    for figure in beyond.select_related("sheet"):
        yield Fault("unfinished", f"figure {figure.pk}", "Its box extends beyond its sheet.")


def _vector_faults() -> Iterator[Fault]:
    active = list(IndexVersion.objects.filter(state=IndexState.ACTIVE))
    for version in active:
        stored = FigureEmbedding.objects.filter(encoder_key=version.encoder_key)
        for embedding in stored.iterator(chunk_size=2000):
            vector = np.frombuffer(embedding.vector, dtype="<f4")
            if vector.size != version.dim or not np.isclose(np.linalg.norm(vector), 1.0, atol=1e-3):
                yield Fault(
                    "bad-vector", f"figure {embedding.figure_id}", f"Not a unit vector of {version.dim} numbers."
                )
        if version.modality == "visual":
            without_vector = Figure.objects.filter(
                retired_at=None, sheet__publication__documents__stage=Stage.DONE
            ).exclude(embeddings__encoder_key=version.encoder_key)
            for figure_id in without_vector.values_list("pk", flat=True).distinct():
                yield Fault(
                    "no-vector", f"figure {figure_id}", f"It has no vector for the encoder {version.encoder_key}."
                )


def _index_faults() -> Iterator[Fault]:
    for version in IndexVersion.objects.filter(state=IndexState.ACTIVE):
        try:
            index = open_index(index_directory(version), encoder_key=version.encoder_key, dim=version.dim)
        except IndexMismatch as error:
            yield Fault("index", f"version {version.pk}", str(error))
            continue
        if index.count != version.figure_count:
            yield Fault(
                "index",
                f"version {version.pk}",
                f"The index has {index.count} vectors, but its row says {version.figure_count}.",
            )
        stored = dict(
            FigureEmbedding.objects.filter(
                encoder_key=version.encoder_key, pk__lte=version.last_embedding_id
            ).values_list("figure_id", "vector")
        )
        for figure_id, vector in zip(index.ids, index.vectors(index.ids), strict=True):
            expected = stored.get(int(figure_id))
            if expected is not None and vector.astype("<f4").tobytes() != bytes(expected):
                yield Fault(
                    "index", f"figure {figure_id}", "Its vector in the index differs from the one in the database."
                )
        for figure_id in sorted(set(stored) - {int(figure_id) for figure_id in index.ids}):
            yield Fault(
                "index", f"figure {figure_id}", f"Its vector is in the database, but not in index version {version.pk}."
            )
