"""The manifest of an index folder, and the writing of such a folder: built under another name, then renamed.

An index folder is written once. Its manifest names the encoder, the shape and the SHA-256 of every file.
FAISS loads incomplete or changed files without an error, so every file is checked before it is opened.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from engine.errors import IndexMismatch

MANIFEST_NAME = "manifest.json"
CODE_VERSION = "1"
"""Version of the layout on disk; an index of another version is refused and rebuilt."""
METRIC = "inner-product-of-unit-vectors"
_STAGING_SUFFIX = ".building"


def sha256_of(path: Path) -> str:
    """The file's SHA-256 as 64 lower-case hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Manifest:
    """The description of an index. kind: flat, pq, ivfpq or sq8. files: name → SHA-256 of all other files.

    self_hits: the share of stored vectors that found themselves first when the index was built.
    """

    encoder_key: str
    dim: int
    count: int
    kind: str
    files: dict[str, str]
    self_hits: float = 1.0
    metric: str = METRIC
    code_version: str = CODE_VERSION

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest's contents, which identifies the whole index."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    def with_self_hits(self, self_hits: float) -> Manifest:
        """A copy of the manifest with the result of the self-test."""
        return replace(self, self_hits=self_hits)

    def to_bytes(self) -> bytes:
        """The manifest as stored: canonical JSON with its own digest."""
        return (json.dumps(asdict(self) | {"digest": self.digest}, sort_keys=True, indent=1) + "\n").encode()

    def write(self, directory: Path) -> None:
        """Write manifest.json into the folder and fsync it."""
        with (directory / MANIFEST_NAME).open("xb") as file:
            file.write(self.to_bytes())
            file.flush()
            os.fsync(file.fileno())

    @classmethod
    def read(cls, directory: Path) -> Manifest:
        """Read the folder's manifest. Raises: IndexMismatch when it is missing, unreadable or changed."""
        try:
            written = (directory / MANIFEST_NAME).read_bytes()
        except OSError as error:
            raise IndexMismatch("manifest", "a readable manifest.json", type(error).__name__) from error
        try:
            fields = json.loads(written)
            fields.pop("digest")
            manifest = cls(**fields)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise IndexMismatch("manifest", "the manifest of an index", repr(written[:80])) from error
        # The stored form is canonical: any changed byte is found, even where the JSON means the same.
        if manifest.to_bytes() != written:
            raise IndexMismatch("manifest", "unchanged bytes", "changed bytes")
        return manifest

    def require(self, encoder_key: str, dim: int) -> None:
        """Raise IndexMismatch unless the index is of this encoder, dimension and format version."""
        for what, expected, found in (
            ("encoder key", encoder_key, self.encoder_key),
            ("dimension", dim, self.dim),
            ("metric", METRIC, self.metric),
            ("code version", CODE_VERSION, self.code_version),
        ):
            if expected != found:
                raise IndexMismatch(what, expected, found)

    def require_files(self, directory: Path) -> None:
        """Raise IndexMismatch unless the folder holds exactly the manifest's files with their contents."""
        present = {path.name for path in directory.iterdir()} - {MANIFEST_NAME}
        if present != set(self.files):
            raise IndexMismatch("files", sorted(self.files), sorted(present))
        for name, expected in sorted(self.files.items()):
            found = sha256_of(directory / name)
            if found != expected:
                raise IndexMismatch(f"file {name}", expected, found)


def fsync_path(path: Path) -> None:
    """fsync a file or a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def staged_directory(final: Path) -> Iterator[Path]:
    """A temporary folder, renamed to `final` when the block succeeds and removed when it fails.

    All contents are on the disk before the rename. The lock on the folder lasts as long as this
    process, so that sweep_staging can tell what a killed process left behind.

    Raises: FileExistsError when `final` exists: an index is never overwritten.
    """
    if final.exists():
        raise FileExistsError(f"{final} exists: an index is never overwritten")
    final.parent.mkdir(parents=True, exist_ok=True)
    staging = final.parent / f".{final.name}.{uuid.uuid4().hex}{_STAGING_SUFFIX}"
    staging.mkdir()
    lock = os.open(staging, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield staging
        for path in sorted(staging.rglob("*")):
            fsync_path(path)
        os.fsync(lock)
        _rename_new(staging, final)
        fsync_path(final.parent)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    finally:
        os.close(lock)


def _rename_new(staging: Path, final: Path) -> None:
    """Rename, unless `final` appeared meanwhile: POSIX does not rename over a folder that holds files."""
    if final.exists():
        raise FileExistsError(f"{final} appeared while it was being built")
    try:
        staging.rename(final)
    except OSError as error:
        raise FileExistsError(f"{final} appeared while it was being built") from error


def sweep_staging(parent: Path) -> list[Path]:
    """Remove and return the folders that killed processes left under `parent`; those still locked stay."""
    removed = []
    for staging in sorted(parent.glob(f".*{_STAGING_SUFFIX}")):
        lock = os.open(staging, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(staging)
            removed.append(staging)
        except BlockingIOError:
            continue
        finally:
            os.close(lock)
    return removed
