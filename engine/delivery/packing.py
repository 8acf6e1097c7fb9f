"""Pack a folder, or an XML and the images beside it, into one zip, so that every delivery has one content hash."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

from engine.delivery.containers import FoundFile, files_below, storable
from engine.delivery.limits import ArchiveLimits
from engine.delivery.names import NameKind, kind_of
from engine.errors import DeliveryError

# A fixed time, so that the same files pack to the same bytes.
_PACKED_AT = (1980, 1, 1, 0, 0, 0)


def pack_folder(path: Path, target: Path, limits: ArchiveLimits = ArchiveLimits()) -> None:  # noqa: B008
    """Write `path` (a folder, or an XML) to `target` as a zip, the same bytes for the same files. Links are left out.

    Raises: DeliveryError when there is nothing to pack or too much.
    """
    found = [file for file in _files(path) if stat.S_ISREG(file.mode)]
    if not found:
        raise DeliveryError("nothing-to-ingest", "The folder holds no files. Choose one with patent documents.")
    if len(found) > limits.max_entries or sum(file.byte_count for file in found) > limits.max_total_bytes:
        raise DeliveryError("too-many-entries", "The folder is too large for one delivery. Split it.")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as packed:
        for file in sorted(found, key=lambda file: file.name):
            with file.path.open("rb") as source, packed.open(_entry(file), "w") as entry:
                while chunk := source.read(1 << 20):
                    entry.write(chunk)


def _files(path: Path) -> Iterator[FoundFile]:
    if path.is_dir():
        yield from files_below(path)
        return
    for item in sorted(os.scandir(path.parent), key=lambda item: item.name):
        wanted = item.name == path.name or kind_of(item.name) is NameKind.IMAGE
        if wanted and item.is_file(follow_symlinks=False):
            status = item.stat(follow_symlinks=False)
            yield FoundFile(storable(item.name), Path(item.path), status.st_mode, status.st_size)


def _entry(file: FoundFile) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(file.name, _PACKED_AT)
    entry.file_size = file.byte_count
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    return entry
