"""Use the home's own PostgreSQL and Valkey from a command, a test run or the supervisor."""

import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from supervisor.errors import SupervisorError
from supervisor.home import Home
from supervisor.locks import FileLock, is_free, probing

PROJECT_ROOT = Path(__file__).resolve().parent.parent
LONGEST_WAIT_SECONDS = 90.0
LOOK_SECONDS = 0.05


class EmbeddedServices:
    """The home's PostgreSQL and Valkey for the duration of a `with` block.

    The first user of a home starts them, later ones share them, and they are shut down cleanly when the last one
    ends, even if it is killed (see `supervisor.keeper`). Raises: SupervisorError, one line with the remedy.

    home: PATENTSEARCH_HOME. postgres, valkey: False when an external service is used. durable: False for tests that
    do not need their data after a power failure."""

    def __init__(
        self, home: str | os.PathLike[str] | Home, *, postgres: bool = True, valkey: bool = True, durable: bool = True
    ) -> None:
        self.home = home if isinstance(home, Home) else Home.at(home)
        self._wanted = postgres or valkey
        self._options = [
            *([] if postgres else ["--without-postgres"]),
            *([] if valkey else ["--without-valkey"]),
            *([] if durable else ["--not-durable"]),
        ]
        self._use = FileLock(self.home.run / "users.lock")
        self._keeper: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        if self._wanted:
            self.home.prepare()
            self._enter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._wanted:
            self._use.release()
            self._await_the_end()

    def running(self) -> bool:
        """Whether the services are running, according to their keeper."""
        if not self._wanted:
            return True
        try:
            keeper = int((self.home.run / "services.ready").read_text(encoding="ascii"))
            os.kill(keeper, 0)
        except (OSError, ValueError):
            return False
        return not is_free(self.home.run / "keeper.lock")

    def ensure(self) -> None:
        """Start the services again if their keeper was killed. Raises: SupervisorError."""
        deadline = time.monotonic() + LONGEST_WAIT_SECONDS
        while not self.running():
            if self._keeper is None or self._keeper.poll() is not None:
                self._hear_the_keeper()
                self._start_a_keeper()
            if time.monotonic() > deadline:
                raise SupervisorError(f"the services of {self.home.root} did not start: see {self.home.logs}/")
            time.sleep(LOOK_SECONDS)

    def _enter(self) -> None:
        deadline = time.monotonic() + LONGEST_WAIT_SECONDS
        while not self._use.shared():  # a keeper that is shutting down has the exclusive lock
            if time.monotonic() > deadline:
                raise SupervisorError(f"the services of {self.home.root} do not shut down: see {self.home.logs}/")
            time.sleep(LOOK_SECONDS)
        try:
            self.ensure()
        except BaseException:
            self._use.release()
            raise

    def _start_a_keeper(self) -> None:
        if not is_free(self.home.run / "keeper.lock"):
            return  # the keeper of another user is starting
        self._keeper = subprocess.Popen(
            [sys.executable, "-m", "supervisor.keeper", str(self.home.root), *self._options],
            cwd=PROJECT_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a terminal's Ctrl-C must not reach the keeper, which ends after its last user
        )

    def _hear_the_keeper(self) -> None:
        if self._keeper is not None and self._keeper.returncode == 1 and self._keeper.stderr is not None:
            output = self._keeper.stderr.read().strip().splitlines()
            self._keeper.stderr.close()
            self._keeper = None
            raise SupervisorError(output[-1] if output else f"the services did not start: see {self.home.logs}/")

    def _await_the_end(self) -> None:
        """Wait until the services are down, or another user is found."""
        users = self.home.run / "users.lock"
        deadline = time.monotonic() + LONGEST_WAIT_SECONDS
        while time.monotonic() < deadline and not is_free(self.home.run / "keeper.lock"):
            with probing(users) as alone:
                is_unused = alone.exclusive()
            with probing(users) as beside:
                if not is_unused and beside.shared():
                    return
            time.sleep(LOOK_SECONDS)
        if self._keeper is not None:
            self._keeper.wait(LONGEST_WAIT_SECONDS)
            if self._keeper.stderr is not None:
                self._keeper.stderr.close()
