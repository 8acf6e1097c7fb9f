"""TAR and TAR.GZ archives of older products, checked by the same rules as zips."""

from __future__ import annotations

import io
import tarfile
import tempfile
import weakref
import zlib
from collections.abc import Sequence
from typing import BinaryIO

from engine.delivery.containers import (
    Entry,
    entry_with_notes,
    storable,
    too_large,
    with_case_notes,
)
from engine.delivery.limits import MEBIBYTE, ArchiveLimits
from engine.delivery.names import NameKind, kind_of, require_safe_name, shown_name
from engine.delivery.windows import window
from engine.errors import DeliveryError
from engine.patents.publication import Note

_BLOCK_BYTES = 512
_TAR_ERRORS = (tarfile.TarError, EOFError, OSError, ValueError, OverflowError, RecursionError)


class _BoundedReads:
    """A stream that limits the size of one read: tarfile loads a header of any declared length into memory."""

    def __init__(self, stream: BinaryIO, most_bytes: int) -> None:
        self._stream = stream
        self._most_bytes = most_bytes
        self.seek = stream.seek
        self.tell = stream.tell

    def read(self, byte_count: int = -1) -> bytes:
        if byte_count < 0 or byte_count > self._most_bytes:
            raise DeliveryError("broken-archive", "A header of the tar declares an impossible length. Pack it again.")
        return self._stream.read(byte_count)


def is_tar(stream: BinaryIO) -> bool:
    """Whether the stream starts with a tar header, by its checksum: ustar, GNU or V7."""
    stream.seek(0)
    block = stream.read(_BLOCK_BYTES)
    if len(block) != _BLOCK_BYTES or not any(block):
        return False
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.TarError:
        return False
    return True


def inflated(stream: BinaryIO, limits: ArchiveLimits) -> BinaryIO:
    """Unpack the tar of a gzip stream to an unnamed temporary file: gzip offers no random access.

    Raises: DeliveryError when the unpacked bytes, not the declared ones, exceed a limit.
    """
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - the container that reads it closes it
    try:
        _inflate_into(spool, stream, limits)
    except BaseException:
        spool.close()
        raise
    return spool


def _inflate_into(spool: BinaryIO, stream: BinaryIO, limits: ArchiveLimits) -> None:
    stream.seek(0)
    inflater = zlib.decompressobj(wbits=31)
    consumed = produced = 0
    ended = False
    while chunk := stream.read(MEBIBYTE):
        consumed += len(chunk)
        while chunk:
            try:
                data = inflater.decompress(chunk, MEBIBYTE)
            except zlib.error as error:
                raise DeliveryError("broken-archive", "The gzip stream is damaged. Deliver it again.") from error
            produced += len(data)
            if produced > limits.max_total_bytes:
                raise DeliveryError(
                    "total-too-large", f"The tar.gz unpacks to over {limits.max_total_bytes:,} bytes. Split it."
                )
            if produced > 16 * MEBIBYTE and produced > limits.max_ratio * consumed:
                raise DeliveryError(
                    "ratio",
                    "The tar.gz unpacks to far more than its size, like a decompression bomb. Compress it less.",
                )
            spool.write(data)
            chunk = inflater.unconsumed_tail
            ended = inflater.eof
            if ended:
                # gzip allows members one behind the other; tar writers make one, zero padding may follow it.
                chunk = inflater.unused_data.lstrip(b"\0")
                inflater = zlib.decompressobj(wbits=31)
    if not ended:
        raise DeliveryError("truncated", "The gzip stream is cut off. Copy or download it again.")


class TarContainer:
    """An uncompressed tar whose entries passed all checks. Raises: DeliveryError when one does not."""

    def __init__(self, stream: BinaryIO, limits: ArchiveLimits) -> None:
        self._stream = stream
        # Documents keep their container alive to read files; the file is closed with the last reference.
        weakref.finalize(self, stream.close)
        self._infos: dict[str, tarfile.TarInfo] = {}
        self.ignored: Sequence[tuple[str, Note]] = ()
        stream.seek(0)
        bounded = _BoundedReads(stream, MEBIBYTE)
        entries: list[Entry] = []
        total = count = 0
        try:
            with tarfile.open(fileobj=bounded, mode="r:") as archive:  # type: ignore[call-overload]
                for info in archive:
                    count += 1
                    if count > limits.max_entries:
                        raise DeliveryError(
                            "too-many-entries", f"The tar has over {limits.max_entries:,} entries. Split it."
                        )
                    total += info.size
                    entry = _checked(info, limits)
                    if entry is None:
                        continue
                    if entry.name in self._infos:
                        raise DeliveryError("duplicate-names", "Two entries of the tar have the same name. Rename one.")
                    self._infos[entry.name] = info
                    entries.append(entry)
        except _TAR_ERRORS as error:
            raise DeliveryError("broken-archive", f"The tar is damaged or cut off ({error}).") from error
        if total > limits.max_total_bytes:
            raise DeliveryError("total-too-large", f"The tar unpacks to {total:,} bytes. Split it.")
        self.entries: Sequence[Entry] = with_case_notes(entries)

    def read(self, name: str, max_bytes: int) -> bytes:
        info = self._infos[name]
        if info.size > max_bytes:
            raise too_large(name, info.size, max_bytes)
        try:
            self._stream.seek(info.offset_data)
            data = self._stream.read(info.size)
        except OSError as error:
            raise DeliveryError("broken-entry", f'"{shown_name(name)}" cannot be read ({error}).') from error
        if len(data) != info.size:
            raise DeliveryError("broken-entry", f'"{shown_name(name)}" is cut off in the archive. Deliver it again.')
        return data

    def stream(self, name: str, max_bytes: int) -> BinaryIO:
        info = self._infos[name]
        if info.size <= max_bytes:
            return io.BytesIO(self.read(name, max_bytes))
        try:
            return window(self._stream, info.offset_data, info.size)
        except OSError as error:
            raise too_large(name, info.size, max_bytes) from error

    def close(self) -> None:
        self._stream.close()


def _checked(info: tarfile.TarInfo, limits: ArchiveLimits) -> Entry | None:
    """The entry of a tar header, None for a folder. Raises: DeliveryError for an unsafe one."""
    name = storable(info.name)
    require_safe_name(name, limits)
    if info.isdir():
        return None
    if not info.isreg() or info.issparse():
        raise DeliveryError("special-file", f'"{shown_name(name)}" is a link or a device. Leave it out.')
    # Page PDFs and strays are never read; an inner archive is read in place, since a tar does not compress.
    if kind_of(name) in (NameKind.XML, NameKind.IMAGE) and info.size > limits.max_entry_bytes:
        raise too_large(name, info.size, limits.max_entry_bytes)
    return entry_with_notes(name, info.size)
