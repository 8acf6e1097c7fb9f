"""The keeper of one home: the parent process of its PostgreSQL and Valkey, which ends after the last user.

Every user of the services (`manage.py up`, a command, a test run) has a shared lock on the home's `users` file. The
keeper, a small separate process, tries to get the exclusive lock. It gets it when the last user has ended, even by a
kill, and then shuts both down cleanly. So servers are never left behind and never stopped while in use, in whatever
order users start and stop. If the keeper is killed, its servers end by their death signals; the next user starts a
new keeper."""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType
from typing import Protocol

from supervisor.errors import SupervisorError
from supervisor.home import Home
from supervisor.locks import FileLock
from supervisor.postgres import Postgres
from supervisor.processes import Command, end, open_log, start
from supervisor.valkey import Valkey

LONGEST_START_SECONDS = 60.0  # crash recovery after a kill during a large ingest
LOOK_SECONDS = 0.2
FAILED_STARTS_ALLOWED = 5


class Service(Protocol):
    """A server that the keeper runs."""

    name: str

    @property
    def end_steps(self) -> Sequence[tuple[signal.Signals, float]]: ...

    def prepare(self) -> Command: ...

    def ready(self, process_id: int) -> bool: ...


class Keeper:
    """Starts the services, restarts one that ends, and ends all after the last user."""

    def __init__(self, home: Home, services: Sequence[Service]) -> None:
        self.home = home
        self.services = services
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.asked_to_end = False

    def run(self) -> None:
        """Run the services until the last user has ended. Raises: SupervisorError when a service does not start."""
        mine = FileLock(self.home.run / "keeper.lock")
        if not mine.exclusive():
            return  # the keeper of another user was first
        ready = self.home.run / "services.ready"
        ready.unlink(missing_ok=True)
        users = FileLock(self.home.run / "users.lock")
        try:
            for service in self.services:
                self._start(service)
            for service in self.services:
                self._await(service)
            ready.write_text(str(os.getpid()), encoding="ascii")
            while not self.asked_to_end and not users.exclusive():
                time.sleep(LOOK_SECONDS)
                self._restart_the_dead()
        finally:
            ready.unlink(missing_ok=True)
            for service in reversed(self.services):
                if process := self.running.get(service.name):
                    end(process, service.end_steps)
            mine.release()
            users.release()

    def end_soon(self, _signal: int, _frame: FrameType | None) -> None:
        self.asked_to_end = True

    def _start(self, service: Service) -> None:
        command = service.prepare()
        with open_log(self.home.logs / f"{service.name}.log") as log:
            self.running[service.name] = start(command, output=log)

    def _await(self, service: Service) -> None:
        process = self.running[service.name]
        deadline = time.monotonic() + LONGEST_START_SECONDS
        while not service.ready(process.pid):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SupervisorError(f"{service.name} did not start ({self._last_word(service)})")
            time.sleep(0.02)

    def _restart_the_dead(self) -> None:
        for service in self.services:
            failed = 0
            while self.running[service.name].poll() is not None:
                print(f"{service.name} ended with {self.running[service.name].returncode}, started again", flush=True)
                try:
                    self._start(service)
                    self._await(service)
                except SupervisorError:
                    failed += 1
                    if failed >= FAILED_STARTS_ALLOWED:
                        raise
                    time.sleep(failed)

    def _last_word(self, service: Service) -> str:
        path = self.home.logs / f"{service.name}.log"
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
        faults = [line for line in lines[-20:] if "FATAL" in line or "# " in line] or lines[-1:]
        return f"{faults[-1].strip()}; see {path}" if faults else f"see {path}"


def main() -> int:
    """Run the keeper. On failure, print one line on standard error and return status 1."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home")
    parser.add_argument("--without-postgres", action="store_true")
    parser.add_argument("--without-valkey", action="store_true")
    parser.add_argument("--not-durable", action="store_true")
    options = parser.parse_args()
    home = Home.at(options.home)
    services: list[Service] = []
    if not options.without_postgres:
        services.append(Postgres(home, durable=not options.not_durable))
    if not options.without_valkey:
        services.append(Valkey(home, durable=not options.not_durable))
    keeper = Keeper(home, services)
    for signal_number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(signal_number, keeper.end_soon)
    try:
        home.prepare()
        keeper.run()
    except SupervisorError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        with contextlib.suppress(OSError):
            print(f"the services cannot run: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
