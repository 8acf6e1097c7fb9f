"""Zip archives, checked before anything is unpacked.

The central directory is checked first: two parsers must not be able to see two archives in one
file, and no entry may cost more than it declares. CPython before 3.11.8 unpacks overlapping entries (CVE-2024-0450).
Layout of the records: PKWARE APPNOTE 6.3.10, sections 4.3.12 to 4.3.16.
"""

from __future__ import annotations

import io
import os
import stat
import struct
import weakref
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from engine.delivery.containers import Entry, entry_with_notes, read_exactly, too_large, with_case_notes
from engine.delivery.limits import MEBIBYTE, ArchiveLimits
from engine.delivery.names import NameKind, kind_of, require_safe_name, shown_name
from engine.delivery.windows import window
from engine.errors import DeliveryError
from engine.patents.publication import Note

_END_SIGNATURE = b"PK\x05\x06"
_END_BYTES = 22
_ZIP64_LOCATOR_BYTES = 20
_MAX_COMMENT_BYTES = 65_535
_LOCAL_HEADER_BYTES = 30
# A data descriptor after a streamed entry: signature, CRC, two sizes of 8 bytes.
_MAX_DESCRIPTOR_BYTES = 24
# Besides its name a directory entry has 46 bytes and a few extra fields.
_DIRECTORY_BYTES_PER_ENTRY = 128
_ENCRYPTED_FLAG = 0x1
_UTF8_FLAG = 0x800
_READ_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, struct.error)


@dataclass(frozen=True, slots=True)
class _Directory:
    """Where the central directory lies and how many entries it declares."""

    start: int
    byte_count: int
    entry_count: int


class ZipContainer:
    """A zip whose entries passed all checks. Raises: DeliveryError when one does not."""

    def __init__(self, stream: BinaryIO, limits: ArchiveLimits) -> None:
        self._stream = stream
        # Documents keep their container alive to read files; the file is closed with the last reference.
        weakref.finalize(self, stream.close)
        directory = _find_directory(stream)
        _require_bounded(directory, limits)
        try:
            self._zip = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OSError) as error:
            raise DeliveryError(
                "broken-archive", f"The zip's list of entries is broken ({error}). Pack it again."
            ) from error
        infos = [info for info in self._zip.infolist() if not _is_folder(info)]
        _require_honest_entries(self._zip.infolist(), limits)
        _require_no_overlap(stream, self._zip.infolist(), directory)
        self._infos = {info.orig_filename: info for info in infos}
        if len(self._infos) != len(infos):
            raise DeliveryError("duplicate-names", "Two entries of the zip have the same name. Rename one.")
        self.entries: Sequence[Entry] = with_case_notes(
            [entry_with_notes(name, info.file_size, _encoding_notes(info)) for name, info in self._infos.items()]
        )
        self.ignored: Sequence[tuple[str, Note]] = ()

    def read(self, name: str, max_bytes: int) -> bytes:
        info = self._infos[name]
        if info.file_size > max_bytes:
            raise too_large(name, info.file_size, max_bytes)
        try:
            # zipfile stops at the declared size and checks the CRC there, so a false size cannot cost more.
            with self._zip.open(info) as stream:
                return read_exactly(stream, name, info.file_size, max_bytes)  # type: ignore[arg-type]
        except _READ_ERRORS as error:
            raise DeliveryError(
                "broken-entry", f'"{shown_name(name)}" is damaged in the archive ({error}). Deliver it again.'
            ) from error

    def stream(self, name: str, max_bytes: int) -> BinaryIO:
        info = self._infos[name]
        if info.file_size <= max_bytes or info.compress_type != zipfile.ZIP_STORED:
            return io.BytesIO(self.read(name, max_bytes))
        # A batch inside a batch. Its checksum is not verified: the documents in it have their own.
        header = _read_at(self._stream, info.header_offset, _LOCAL_HEADER_BYTES)
        start = info.header_offset + _LOCAL_HEADER_BYTES + sum(struct.unpack_from("<HH", header, 26))
        try:
            return window(self._stream, start, info.file_size)
        except OSError as error:
            raise too_large(name, info.file_size, max_bytes) from error

    def close(self) -> None:
        self._zip.close()
        self._stream.close()


def _is_folder(info: zipfile.ZipInfo) -> bool:
    return info.orig_filename.endswith(("/", "\\"))


def _encoding_notes(info: zipfile.ZipInfo) -> tuple[Note, ...]:
    if info.flag_bits & _UTF8_FLAG or info.orig_filename.isascii():
        return ()
    return (Note("name-encoding", "The file name is in an unknown character set and may be shown wrongly."),)


def _size_of(stream: BinaryIO) -> int:
    return stream.seek(0, os.SEEK_END)


def _read_at(stream: BinaryIO, offset: int, byte_count: int) -> bytes:
    stream.seek(offset)
    return stream.read(byte_count)


def _find_directory(stream: BinaryIO) -> _Directory:
    """Find the central directory, which must end where the end record begins. Raises: DeliveryError."""
    byte_count = _size_of(stream)
    tail_start = max(0, byte_count - _END_BYTES - _MAX_COMMENT_BYTES)
    tail = _read_at(stream, tail_start, byte_count - tail_start)
    found = tail.rfind(_END_SIGNATURE, 0, max(0, len(tail) - _END_BYTES + len(_END_SIGNATURE)))
    if found < 0:
        raise DeliveryError("truncated", "The zip has no end record: it was cut off. Copy or download it again.")
    _, _, _, _, count, size, start, comment = struct.unpack_from("<4s4H2LH", tail, found)
    end = tail_start + found
    if end + _END_BYTES + comment != byte_count:
        raise DeliveryError("trailing-data", "The zip is cut off or has other data after its end. Pack it again.")
    if count == 0xFFFF or 0xFFFFFFFF in (size, start):
        directory, end = _zip64_directory(stream, end)
    else:
        directory = _Directory(start, size, count)
    if directory.start + directory.byte_count != end:
        raise DeliveryError("two-views", "The zip has other data before it or a second list of entries. Pack it again.")
    return directory


def _zip64_directory(stream: BinaryIO, end: int) -> tuple[_Directory, int]:
    """The directory that the zip64 records describe, and the offset of the first such record."""
    locator = _read_at(stream, max(0, end - _ZIP64_LOCATOR_BYTES), _ZIP64_LOCATOR_BYTES)
    if locator[:4] != b"PK\x06\x07" or len(locator) != _ZIP64_LOCATOR_BYTES:
        # Exactly 65,535 entries need no zip64 but exceed the entry limit; sizes of 4 GiB need it.
        raise DeliveryError("broken-archive", "The zip declares zip64 records but has none. Pack it again.")
    record_at = struct.unpack("<4sLQL", locator)[2]
    record = _read_at(stream, record_at, 56) if record_at < end else b""
    if len(record) != 56 or record[:4] != b"PK\x06\x06":
        raise DeliveryError("broken-archive", "The zip64 record of the zip is missing. Pack it again.")
    count, size, start = struct.unpack_from("<QQQ", record, 32)
    return _Directory(start, size, count), record_at


def _require_bounded(directory: _Directory, limits: ArchiveLimits) -> None:
    """Raise DeliveryError when the list of entries is too long to be read safely."""
    most = limits.max_entries * (limits.max_name_bytes + _DIRECTORY_BYTES_PER_ENTRY)
    if directory.entry_count > limits.max_entries or directory.byte_count > most:
        raise DeliveryError(
            "too-many-entries",
            f"The zip lists {directory.entry_count:,} entries; at most {limits.max_entries:,} are allowed. Split it.",
        )


def _require_honest_entries(infos: Sequence[zipfile.ZipInfo], limits: ArchiveLimits) -> None:
    """Check each entry by the central directory alone. Raises: DeliveryError."""
    if len(infos) > limits.max_entries:
        raise DeliveryError("too-many-entries", f"The zip has over {limits.max_entries:,} entries. Split it.")
    for info in infos:
        require_safe_name(info.orig_filename, limits)
        shown = shown_name(info.orig_filename)
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise DeliveryError("special-file", f'"{shown}" is a link or a device. Leave it out.')
        if info.flag_bits & _ENCRYPTED_FLAG:
            raise DeliveryError("encrypted", f'"{shown}" is encrypted. Deliver the archive without a password.')
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise DeliveryError(
                "compression",
                f'"{shown}" uses compression method {info.compress_type}. Pack with "stored" or "deflate".',
            )
        _require_bounded_entry(info, limits)
    total = sum(info.file_size for info in infos)
    if total > limits.max_total_bytes:
        raise DeliveryError(
            "total-too-large",
            f"The zip unpacks to {total:,} bytes; at most {limits.max_total_bytes:,} are allowed. Split it.",
        )


def _require_bounded_entry(info: zipfile.ZipInfo, limits: ArchiveLimits) -> None:
    kind = kind_of(info.orig_filename)
    # Page PDFs and strays are never unpacked, so only the total is limited.
    if kind in (NameKind.COMPANION, NameKind.STRAY):
        return
    # An uncompressed inner archive is read in place and cannot grow.
    if kind is NameKind.ARCHIVE and info.compress_type == zipfile.ZIP_STORED and info.file_size == info.compress_size:
        return
    if info.file_size > limits.max_entry_bytes:
        raise too_large(info.orig_filename, info.file_size, limits.max_entry_bytes)
    if info.file_size > MEBIBYTE and info.file_size > limits.max_ratio * max(1, info.compress_size):
        raise DeliveryError(
            "ratio",
            f'"{shown_name(info.orig_filename)}" unpacks to over {limits.max_ratio} times its packed size, '
            "like a decompression bomb. Compress it less.",
        )


def _require_no_overlap(stream: BinaryIO, infos: Sequence[zipfile.ZipInfo], directory: _Directory) -> None:
    """Raise DeliveryError unless the entries follow each other from the first byte to the directory without gaps."""
    reached = 0
    for position, info in enumerate(sorted(infos, key=lambda info: info.header_offset)):
        if info.header_offset < reached:
            raise DeliveryError("overlap", "Entries of the zip overlap, like a decompression bomb. Pack it again.")
        if position == 0 and info.header_offset != 0:
            raise DeliveryError("two-views", "The zip has other data before it. Pack it again.")
        header = _read_at(stream, info.header_offset, _LOCAL_HEADER_BYTES)
        if len(header) != _LOCAL_HEADER_BYTES or header[:4] != b"PK\x03\x04":
            raise DeliveryError(
                "broken-archive", f'"{shown_name(info.orig_filename)}" is not where the zip lists it. Pack it again.'
            )
        name_bytes, extra_bytes = struct.unpack_from("<HH", header, 26)
        reached = info.header_offset + _LOCAL_HEADER_BYTES + name_bytes + extra_bytes + info.compress_size
    if reached > directory.start:
        raise DeliveryError("overlap", "An entry of the zip overlaps its list of entries. Pack it again.")
    if directory.start - reached > _MAX_DESCRIPTOR_BYTES:
        raise DeliveryError("two-views", "The zip holds hidden data before its list of entries. Pack it again.")
