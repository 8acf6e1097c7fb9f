"""The supervisor of `manage.py up`: one thread with one loop, which ends all its processes."""

import contextlib
import errno
import os
import selectors
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import psutil

from supervisor.children import Child, Installation, leftover_of, roles, sample_role
from supervisor.embedded import EmbeddedServices
from supervisor.errors import SupervisorError
from supervisor.locks import FileLock
from supervisor.processes import end_leftovers

LOOK_SECONDS = 0.2
SERVICES_LOOK_SECONDS = 1.0
# Ctrl-C: let short tasks finish, then return tasks to the queue, then kill.
END_STEPS = ((signal.SIGTERM, 5.0), (signal.SIGQUIT, 5.0))
PORT_PATIENCE_SECONDS = 3.0
HEAD_START_SECONDS = 8.0
SWEPT_AFTER_SECONDS = 3600.0


class Supervisor:
    """Runs an installation until it is stopped. say: prints one line for people."""

    def __init__(self, installation: Installation, say: Callable[[str], None]) -> None:
        self.installation = installation
        self._say = say
        self._selector = selectors.DefaultSelector()
        self._children: list[Child] = []
        self._signals = 0
        self._probe: WebProbe | None = None

    def run(self, prepare: Callable[[], bool], greeting: Callable[[], list[str]]) -> None:
        """Start all processes, keep them running, and return when all have ended.

        prepare: called when the services run; migrates the database and returns whether this is the first start.
        greeting: lines to print when the web server answers.
        Raises: SupervisorError, one line with the remedy."""
        home = self.installation.home
        home.prepare()
        with self._alone(), self._hearing_signals():
            end_leftovers(self._is_leftover, ((None, 0.5), (signal.SIGKILL, 5.0)))
            wanted = roles(self.installation)
            if "web" in self.installation.roles:
                require_free_port(self.installation)
            sweep(home.tmp)
            with EmbeddedServices(
                home, postgres=self.installation.own_postgres, valkey=self.installation.own_valkey
            ) as services:
                first = prepare()
                if first and self.installation.with_sample:
                    wanted.append(sample_role(self.installation))
                self._children = [Child(role, self.installation) for role in wanted]
                self._probe = WebProbe(self.installation, greeting) if "web" in self.installation.roles else None
                try:
                    self._watch(services)
                finally:
                    self._end()

    def _watch(self, services: EmbeddedServices) -> None:
        self._let_the_web_server_start_first()
        look_at_services = time.monotonic()
        while not self._signals:
            for child in self._children:
                self._look_after(child)
            self._pump(LOOK_SECONDS)
            if self._probe is not None and (lines := self._probe.look()):
                self._probe = None
                for line in lines:
                    self._say(line)
                for child in self._children:
                    child.start_at = min(child.start_at, time.monotonic())
            if time.monotonic() > look_at_services:
                look_at_services = time.monotonic() + SERVICES_LOOK_SECONDS
                if not services.running():
                    self._say("up | the keeper of PostgreSQL and Valkey has ended; starting another")
                    services.ensure()

    def _let_the_web_server_start_first(self) -> None:
        """Delay the other processes until the web server answers, since workers use all cores while loading models."""
        later = time.monotonic() + (HEAD_START_SECONDS if self._probe is not None else 0.0)
        for child in self._children:
            child.start_at = 0.0 if child.role.name == "web" else later

    def _look_after(self, child: Child) -> None:
        if child.alive or child.done:
            return
        if child.process is None:
            if time.monotonic() >= child.start_at:
                self._start(child)
            return
        status = child.process.returncode
        child.clear()
        child.process = None
        child.done = child.role.once
        if not child.role.once:
            pause = child.plan_a_restart()
            self._say(f"up | {child.role.name} ended with {status}; started again in {pause:.1f} s")
        elif status:
            self._say(
                f"up | {child.role.name} ended with {status}; see {self.installation.home.logs}/{child.role.name}.log"
            )

    def _start(self, child: Child) -> None:
        self._drop_output(child)
        child.start()
        if child.output is not None:
            self._selector.register(child.output, selectors.EVENT_READ, child)

    def _pump(self, seconds: float) -> None:
        """Print the output of the children for up to `seconds`."""
        for key, _ in self._selector.select(seconds):
            child: Child = key.data
            for line in child.lines():
                self._say(f"{child.role.name} | {line}")
            if child.output is None:
                self._selector.unregister(key.fd)

    def _drop_output(self, child: Child) -> None:
        if child.output is not None:
            self._selector.unregister(child.output)
            os.close(child.output)
            child.output = None

    def _end(self) -> None:
        heard = self._signals
        for signal_number, seconds in END_STEPS:
            for child in self._children:
                child.send(signal_number)
            deadline = time.monotonic() + seconds
            # A second Ctrl-C kills at once.
            while (
                any(child.alive for child in self._children)
                and time.monotonic() < deadline
                and self._signals <= heard + 1
            ):
                self._pump(LOOK_SECONDS / 4)
        for child in self._children:
            child.clear()
            self._drop_output(child)
        end_leftovers(self._is_leftover, ((signal.SIGKILL, 5.0),))

    def _is_leftover(self, process: psutil.Process) -> bool:
        return process.pid != os.getpid() and leftover_of(self.installation.home, process.environ())

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        lock = FileLock(self.installation.home.run / "up.lock")
        if not lock.exclusive():
            raise SupervisorError(f"already running on {self.installation.home.root}: {lock.read()}")
        lock.write(f"{self.installation.address}, process {os.getpid()}")
        try:
            yield
        finally:
            lock.release()

    @contextlib.contextmanager
    def _hearing_signals(self) -> Iterator[None]:
        def hear(_signal: int, _frame: FrameType | None) -> None:
            self._signals += 1

        before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class WebProbe:
    """Requests a page of the web server, without blocking, until it answers."""

    def __init__(self, installation: Installation, greeting: Callable[[], list[str]]) -> None:
        self._greeting = greeting
        self._address = (installation.host.strip("[]").replace("0.0.0.0", "127.0.0.1"), installation.port)
        self._asked: socket.socket | None = None

    def look(self) -> list[str]:
        """The greeting when the server has answered, else nothing."""
        try:
            if self._asked is None:
                self._asked = socket.create_connection(self._address, timeout=0.2)
                self._asked.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
                self._asked.setblocking(False)
            answered = self._asked.recv(64).startswith(b"HTTP/")
        except BlockingIOError:
            return []
        except OSError:
            answered = False
        if self._asked is not None:
            self._asked.close()
            self._asked = None
        return self._greeting() if answered else []


def require_free_port(installation: Installation) -> None:
    """Raise SupervisorError when the address is in use or not of this machine. Waits for a server that is ending."""
    host = installation.host.strip("[]")
    deadline = time.monotonic() + PORT_PATIENCE_SECONDS
    while True:
        try:
            with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trial.bind((host, installation.port))
            return
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise SupervisorError(
                    f"cannot listen on {host} port {installation.port} ({error.strerror}): "
                    "set PATENTSEARCH_HOST and PATENTSEARCH_PORT to an address of this machine"
                ) from error
            if time.monotonic() > deadline:
                raise SupervisorError(
                    f"port {installation.port} is in use: stop the program that listens there, or choose another with "
                    "PATENTSEARCH_PORT=8001 make up"
                ) from error
        time.sleep(0.1)


def sweep(folder: Path) -> None:
    """Delete files of killed uploads in the temporary folder, except recently changed ones, which may be in use."""
    oldest = time.time() - SWEPT_AFTER_SECONDS
    for entry in os.scandir(folder):
        if entry.stat(follow_symlinks=False).st_mtime > oldest:
            continue
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            os.unlink(entry.path)


def print_line(line: str) -> None:
    """Print a line, ignoring a closed terminal."""
    with contextlib.suppress(OSError, ValueError):
        print(line, flush=True)
