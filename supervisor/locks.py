"""Locks of one home. A lock is a flock on a file, which ends with its process, even if that is killed."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


class FileLock:
    """A lock file opened by one process. `shared` and `exclusive` never wait."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def shared(self) -> bool:
        """Take a shared lock. Returns False when another process has the exclusive lock."""
        return self._take(fcntl.LOCK_SH)

    def exclusive(self) -> bool:
        """Take the exclusive lock. Returns False when any other process has a lock."""
        return self._take(fcntl.LOCK_EX)

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def write(self, text: str) -> None:
        """Write a note into the file for processes that find it locked."""
        if self._descriptor is None:
            raise ValueError(f"{self.path} is not locked")
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text.encode(), 0)

    def read(self) -> str:
        """Read the note of the process that has the lock, or had it last."""
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
    """Whether no process has the exclusive lock."""
    with probing(path) as lock:
        return lock.shared()


@contextlib.contextmanager
def probing(path: Path) -> Iterator[FileLock]:
    """A FileLock that is closed at the end of the block."""
    lock = FileLock(path)
    try:
        yield lock
    finally:
        lock.release()
