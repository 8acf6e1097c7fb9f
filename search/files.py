"""Stored files, named by the SHA-256 of their content, in Django's storages.

Two storages: "default" has the deliveries and the pictures of publications, "private" has uploads for queries, which
may be unpublished applications. A file is written before the row that names it is committed.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage, storages

PRIVATE_FILES_OF_OTHERS: list[Callable[[], Iterable[str]]] = []
"""Functions that return the names of private files which rows of other Django apps use. Each app adds its own."""


class DurableFileSystemStorage(FileSystemStorage):
    """A local storage that survives power cuts and two simultaneous writers of the same content.

    Each file is written to a temporary file in the same folder, fsynced and renamed; then the folder is fsynced.
    """

    def _save(self, name: str, content: File[bytes]) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, staging = tempfile.mkstemp(dir=target.parent, prefix=".staging-")
        try:
            with os.fdopen(handle, "wb") as staged:
                for chunk in content.chunks():
                    staged.write(chunk)
                staged.flush()
                os.fsync(staged.fileno())
            os.chmod(staging, 0o600)
            os.replace(staging, target)
        except BaseException:
            Path(staging).unlink(missing_ok=True)
            raise
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return name

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name  # names are content hashes: the same name is the same bytes


def collection_storage() -> Storage:
    """Return the storage of deliveries and of publications' pictures."""
    return storages["default"]


def private_storage() -> Storage:
    """Return the storage of uploads, which only their owner may see."""
    return storages["private"]


def file_keep(data: bytes, *, folder: str, suffix: str, storage: Storage | None = None) -> str:
    """Store bytes as folder/ab/cd…suffix, where abcd… is their SHA-256, and return that name.

    A file that is already stored is not written again.
    """
    digest = hashlib.sha256(data).hexdigest()
    name = f"{folder}/{digest[:2]}/{digest[2:]}{suffix}"
    target = storage or collection_storage()
    if not target.exists(name):
        target.save(name, ContentFile(data))
    return name


def version_of(name: str) -> str:
    """Return the first 16 characters of a stored file's hash, for addresses that change with the content."""
    return name.rsplit("/", 1)[-1][:16]


def file_read(name: str, storage: Storage | None = None) -> bytes:
    """Return the bytes of a stored file. Raises: FileNotFoundError when it is not in the storage."""
    with (storage or collection_storage()).open(name, "rb") as stored:
        data: bytes = stored.read()
        return data


def delivery_keep(path: Path, sha256: str) -> str:
    """Store a delivery's file in chunks and return its name."""
    name = f"deliveries/{sha256[:2]}/{sha256[2:]}"
    storage = collection_storage()
    if not storage.exists(name):
        with path.open("rb") as stream:
            storage.save(name, File(stream))
    return name


@contextmanager
def delivery_path(name: str) -> Iterator[Path]:
    """Yield a local path of a stored delivery: a temporary copy when the storage is not on this machine."""
    storage = collection_storage()
    try:
        yield Path(storage.path(name))
        return
    except NotImplementedError:
        pass
    with tempfile.NamedTemporaryFile(prefix="delivery-") as copy, storage.open(name, "rb") as stored:
        for chunk in stored.chunks():
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


def sha256_of(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file, which is read in chunks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
