"""A byte range of a file as a stream of its own, to read a large inner archive without copying it."""

from __future__ import annotations

import io
import os
import weakref
from typing import BinaryIO


class _Window(io.RawIOBase):
    """Bytes [start, start + byte_count) of an open file, with a position of its own."""

    def __init__(self, handle: int, start: int, byte_count: int) -> None:
        self.handle = os.dup(handle)
        self.start = start
        self._byte_count = byte_count
        self._position = 0
        self._closing = weakref.finalize(self, os.close, self.handle)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._byte_count}[whence]
        self._position = max(0, origin + offset)
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        wanted = min(len(buffer), max(0, self._byte_count - self._position))
        data = os.pread(self.handle, wanted, self.start + self._position)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def close(self) -> None:
        self._closing()
        super().close()


def window(stream: BinaryIO, start: int, byte_count: int) -> BinaryIO:
    """A stream over byte_count bytes from `start`. The caller closes it; it outlives the outer stream.

    The outer stream is a file on disk or a window of one. Raises: OSError for any other.
    """
    raw = getattr(stream, "raw", None)
    if isinstance(raw, _Window):
        return io.BufferedReader(_Window(raw.handle, raw.start + start, byte_count))
    return io.BufferedReader(_Window(stream.fileno(), start, byte_count))
