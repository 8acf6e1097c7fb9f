"""Locks of one home. A lock is a flock on a file: it ends with its holder, however the holder ends."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


class FileLock:
    """One holder's view of a lock file; `shared` and `exclusive` never wait."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def shared(self) -> bool:
        """Hold it beside other sharers. False where someone holds it alone."""
        return self._take(fcntl.LOCK_SH)

    def exclusive(self) -> bool:
        """Hold it alone. False where anyone else holds it."""
        return self._take(fcntl.LOCK_EX)

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def write(self, text: str) -> None:
        """Leave a note in the file for those who find it held."""
        if self._descriptor is None:
            raise ValueError(f"{self.path} is not held")
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text.encode(), 0)

    def read(self) -> str:
        """The note of the holder, or of the last one."""
        with contextlib.suppress(FileNotFoundError):
            return self.path.read_text(encoding="utf-8")
        return ""

    def _take(self, kind: int) -> bool:
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            return False
        return True


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock alone."""
    with probing(path) as lock:
        return lock.shared()


@contextlib.contextmanager
def probing(path: Path) -> Iterator[FileLock]:
    """A lock that is let go at once."""
    lock = FileLock(path)
    try:
        yield lock
    finally:
        lock.release()
