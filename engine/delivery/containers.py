"""The protocol of containers of files (zip, tar, folder), and the container that is a folder on disk."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Protocol

from engine.delivery.limits import ArchiveLimits
from engine.delivery.names import is_plainly_shown, matching_key, shown_name
from engine.errors import DeliveryError
from engine.patents.publication import Note


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a container: its name (a label, never a path), its declared size, and notes for the report."""

    name: str
    byte_count: int
    notes: tuple[Note, ...] = ()


class Container(Protocol):
    """Files by name, in the container's order. Folders are left out; names are unique."""

    @property
    def entries(self) -> Sequence[Entry]: ...

    @property
    def ignored(self) -> Sequence[tuple[str, Note]]:
        """Names of entries that are not regular files, such as links in a folder on disk, each with the reason."""
        ...

    def read(self, name: str, max_bytes: int) -> bytes:
        """The whole content. Raises: DeliveryError when it is broken or longer than max_bytes or than declared."""
        ...

    def stream(self, name: str, max_bytes: int) -> BinaryIO:
        """A seekable stream of the content, for archives in archives. The caller closes it. Raises: DeliveryError."""
        ...

    def close(self) -> None: ...


def entry_with_notes(name: str, byte_count: int, notes: tuple[Note, ...] = ()) -> Entry:
    """An entry, with a note when its name holds characters that would mislead a reader."""
    if not is_plainly_shown(name):
        notes += (Note("odd-name", f'The file name is shown as "{shown_name(name)}"; it holds unusual characters.'),)
    return Entry(name, byte_count, notes)


def with_case_notes(entries: Sequence[Entry]) -> list[Entry]:
    """The entries, with a note on each whose name differs from another's only by case or Unicode composition."""
    same = Counter(matching_key(entry.name) for entry in entries)
    return [
        replace(
            entry,
            notes=(*entry.notes, Note("case-collision", "Another entry has the same name in upper or lower case.")),
        )
        if same[matching_key(entry.name)] > 1
        else entry
        for entry in entries
    ]


def read_exactly(stream: BinaryIO, name: str, declared: int, max_bytes: int) -> bytes:
    """Read the whole entry. Raises: DeliveryError when it is longer than max_bytes or not as long as declared."""
    if declared > max_bytes:
        raise too_large(name, declared, max_bytes)
    data = stream.read(declared + 1)
    if len(data) != declared:
        raise DeliveryError(
            "wrong-size", f'"{shown_name(name)}" does not have the {declared} bytes that it declares. Pack it again.'
        )
    return data


def too_large(name: str, byte_count: int, max_bytes: int) -> DeliveryError:
    """The error for an entry that unpacks to more than max_bytes."""
    return DeliveryError(
        "entry-too-large",
        f'"{shown_name(name)}" unpacks to {byte_count:,} bytes; at most {max_bytes:,} are allowed for one file.',
    )


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file on disk under the name it has in the delivery."""

    name: str
    path: Path
    mode: int
    byte_count: int


class FolderContainer:
    """Files on disk. Links are never followed. Raises: DeliveryError."""

    def __init__(self, found: Iterable[FoundFile], limits: ArchiveLimits) -> None:
        self._paths: dict[str, Path] = {}
        self.ignored: list[tuple[str, Note]] = []
        entries: list[Entry] = []
        for file in found:
            if not stat.S_ISREG(file.mode):
                note = Note("not-a-file", f'"{shown_name(file.name)}" is a link or a device; it was left out.')
                self.ignored.append((file.name, note))
                continue
            if file.name in self._paths:
                raise DeliveryError("duplicate-names", f'Two files are named "{shown_name(file.name)}". Rename one.')
            self._paths[file.name] = file.path
            entries.append(entry_with_notes(file.name, file.byte_count))
            if len(entries) > limits.max_entries:
                raise DeliveryError(
                    "too-many-entries", f"The folder holds over {limits.max_entries:,} files. Split it."
                )
        self.entries: Sequence[Entry] = with_case_notes(entries)

    def read(self, name: str, max_bytes: int) -> bytes:
        with self.stream(name, max_bytes) as stream:
            return read_exactly(stream, name, os.fstat(stream.fileno()).st_size, max_bytes)

    def stream(self, name: str, max_bytes: int) -> BinaryIO:
        """The open file. max_bytes is ignored, since nothing is read into memory."""
        return open_regular_file(self._paths[name], name)

    def close(self) -> None:
        """Do nothing: no file is kept open."""


def open_regular_file(path: Path, name: str) -> BinaryIO:
    """Open a regular file without following links. Raises: DeliveryError, which calls the file `name`."""
    try:
        # O_NONBLOCK: opening a named pipe would wait for its writer.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise DeliveryError("unreadable", f'"{shown_name(name)}" is not a regular file.')
        return os.fdopen(handle, "rb")
    except OSError as error:
        raise DeliveryError("unreadable", f'"{shown_name(name)}" cannot be read: {error.strerror}.') from error


def files_below(folder: Path) -> Iterator[FoundFile]:
    """Everything below the folder except folders, in order of name. Raises: DeliveryError."""
    yield from _walk(folder, "")


def _walk(folder: Path, prefix: str) -> Iterator[FoundFile]:
    try:
        found = sorted(os.scandir(folder), key=lambda item: item.name)
    except OSError as error:
        raise DeliveryError("unreadable", f'"{shown_name(folder.name)}" cannot be read: {error.strerror}.') from error
    for item in found:
        name = prefix + storable(item.name)
        if item.is_dir(follow_symlinks=False):
            yield from _walk(Path(item.path), f"{name}/")
        else:
            try:
                status = item.stat(follow_symlinks=False)
            except OSError as error:
                raise DeliveryError("unreadable", f'"{shown_name(name)}" cannot be read: {error.strerror}.') from error
            yield FoundFile(name, Path(item.path), status.st_mode, status.st_size)


def storable(name: str) -> str:
    """The name as valid Unicode text: bytes that are not UTF-8 are read as Latin-1."""
    raw = name.encode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
