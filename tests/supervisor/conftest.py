"""A whole installation in a folder of its own, run and ended as a person would."""

import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from supervisor.home import Home

PROJECT_ROOT = Path(__file__).resolve().parent.parent.parent


class Running:
    """One `manage.py up` and what it prints."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._arrived: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def line_with(self, words: str, seconds: float = 40.0) -> str:
        """The first line that holds `words`; fails with everything printed when it does not come in time."""
        deadline = time.monotonic() + seconds
        for line in self.lines:
            if words in line:
                return line
        while time.monotonic() < deadline:
            try:
                line = self._arrived.get(timeout=0.1)
            except queue.Empty:
                continue
            self.lines.append(line)
            if words in line:
                return line
        raise AssertionError(f"{words!r} did not come in {seconds} s; printed:\n" + "\n".join(self.lines))

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._arrived.put(line.rstrip())


class InstallationOnDisk:
    """A home, a free port, and the commands on them."""

    def __init__(self, root: Path) -> None:
        self.home = Home.at(root)
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            self.port = int(trial.getsockname()[1])

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "BROKER_URL"}}
        own = {"PATENTSEARCH_HOME": str(self.home.root), "PATENTSEARCH_PORT": str(self.port)}
        return kept | own | {"PATENTSEARCH_SAMPLE": "false", "PYTHONUNBUFFERED": "1"} | more

    def up(self, *options: str, project: Path = PROJECT_ROOT, **more: str) -> Running:
        return Running(
            subprocess.Popen(
                [sys.executable, "manage.py", "up", *options],
                cwd=project,
                env=self.environment(**more),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        )

    def processes(self) -> list[psutil.Process]:
        """Every live process that has this home in its environment or its command line."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.status() == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
                    continue
                named = str(self.home.root) in " ".join(process.cmdline())
                if named or process.environ().get("PATENTSEARCH_HOME") == str(self.home.root):
                    found.append(process)
            except (psutil.Error, OSError):
                continue
        return found

    def gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.1)
        return not self.processes()

    def end_all(self) -> None:
        for process in self.processes():
            process.send_signal(signal.SIGKILL)
        self.gone_within(10)


@pytest.fixture
def installation() -> Iterator[InstallationOnDisk]:
    """An installation that leaves nothing behind, whatever the test did to it."""
    # Short: a test's own folder is too long for a socket's path, which has a test of its own.
    with tempfile.TemporaryDirectory(prefix="psi-", ignore_cleanup_errors=True) as folder:
        installed = InstallationOnDisk(Path(folder))
        yield installed
        installed.end_all()


@pytest.fixture(scope="module")
def lasting_home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="psi-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def used_installation(lasting_home: Path) -> Iterator[InstallationOnDisk]:
    """An installation that tests of a file use one after another: it may be new, or hold what others left on disk."""
    installed = InstallationOnDisk(lasting_home)
    yield installed
    installed.end_all()
