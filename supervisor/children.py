"""The processes that `manage.py up` keeps running: their commands, start, output and end."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from supervisor.errors import SupervisorError
from supervisor.home import Home
from supervisor.processes import LARGEST_LOG_BYTES, Command, kill_group, open_log, start

PROJECT_ROOT = Path(__file__).resolve().parent.parent
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
ROLE_NAMES = ("web", "query", "batch", "beat")
# Marks every process of a home's `up`, so that the next `up` finds those left after a kill.
MARK = "PATENTSEARCH_CHILD_OF"
# A worker is replaced when its memory exceeds this, in addition to the limits of each task.
LARGEST_WORKER_KIB = 3_000_000
TASKS_PER_WORKER = 500
BATCH_NICENESS = 10  # people wait for a search, not for a batch
LONGEST_LINE_BYTES = 64 * 1024
SHORTEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
HEALTHY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Installation:
    """The settings of `up`. web_processes, web_threads: for requests. model_threads: limit of each process.

    reload: restart web server, workers and beat when code changes, for development.
    """

    home: Home
    host: str
    port: int
    web_processes: int = 1
    web_threads: int = 8
    batch_workers: int = 1
    model_threads: int = 1
    own_postgres: bool = True
    own_valkey: bool = True
    with_sample: bool = True
    reload: bool = False
    roles: frozenset[str] = frozenset(ROLE_NAMES)
    project: Path = PROJECT_ROOT

    @property
    def address(self) -> str:
        """The URL for a browser on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{self.port}/"

    def environment(self) -> dict[str, str]:
        """The environment of every child: limited threads, no model hub, the mark of this home."""
        bounded = {name: str(self.model_threads) for name in THREAD_VARIABLES}
        return os.environ | bounded | {
            "PATENTSEARCH_HOME": str(self.home.root),
            MARK: str(self.home.root),
            "DJANGO_SETTINGS_MODULE": "patentsearch.settings",
            "TMPDIR": str(self.home.tmp),
            "HF_HUB_OFFLINE": "1",
            "TRANSFORMERS_OFFLINE": "1",
            "TOKENIZERS_PARALLELISM": "false",
            "TQDM_DISABLE": "1",
            "PYTHONUNBUFFERED": "1",
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Role:
    """One process of the installation. once: it is not started again after it has succeeded."""

    name: str
    arguments: Sequence[str]
    death_signal: signal.Signals = signal.SIGKILL
    niceness: int = 0
    once: bool = False


def roles(installation: Installation) -> list[Role]:
    """The processes of this host in the order of their start, with the web server first.

    Raises: SupervisorError for an unknown role."""
    bind = f"[{installation.host}]" if ":" in installation.host.strip("[]") else installation.host
    # gunicorn's own --reload misses what changes between a module's import and the first look at its file.
    reload = ["-m", "supervisor.reload"] if installation.reload else []
    gunicorn = [*reload, "-m", "gunicorn", "patentsearch.wsgi:application", "--worker-class", "gthread"]
    web = [
        "--no-control-socket",
        *("--bind", f"{bind.replace('[[', '[').replace(']]', ']')}:{installation.port}"),
        *("--workers", str(installation.web_processes), "--threads", str(installation.web_threads)),
        *("--timeout", "120", "--graceful-timeout", "5", "--worker-tmp-dir", str(installation.home.tmp)),
        *("--log-level", "warning", "--error-logfile", "-"),
    ]
    celery = [*reload, "-m", "celery", "--quiet", "-A", "patentsearch"]
    worker = [*celery, "worker", "--pool", "prefork", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    batch = [
        *("--queues", "batch", "--hostname", "batch@%h", "--concurrency", str(installation.batch_workers)),
        *("--max-tasks-per-child", str(TASKS_PER_WORKER), "--max-memory-per-child", str(LARGEST_WORKER_KIB)),
    ]
    # One process that is never replaced, since it has encoders and index in memory.
    query = ["--queues", "query", "--hostname", "query@%h", "--concurrency", "1"]
    schedule = ["--schedule", str(installation.home.run / "celerybeat-schedule"), "--pidfile", ""]
    every = [
        Role("web", [*gunicorn, *web], death_signal=signal.SIGINT),
        Role("query", [*worker, *query]),
        Role("batch", [*worker, *batch], niceness=BATCH_NICENESS),
        Role("beat", [*celery, "beat", "--loglevel", "WARNING", *schedule]),
    ]
    if unknown := installation.roles - {role.name for role in every}:
        raise SupervisorError(
            f"PATENTSEARCH_ROLES contains {', '.join(sorted(unknown))}: "
            f"choose among {', '.join(role.name for role in every)}"
        )
    return [role for role in every if role.name in installation.roles]


def sample_role(installation: Installation) -> Role:
    """The process that loads the sample batch on the first start."""
    return Role(
        "sample", ["-m", "supervisor.first_start", str(installation.home.root)], niceness=BATCH_NICENESS, once=True
    )


class Child:
    """The process of one role: starts it, restarts it after a growing pause, and splits its output into lines."""

    def __init__(self, role: Role, installation: Installation) -> None:
        self.role = role
        self.installation = installation
        self.process: subprocess.Popen[bytes] | None = None
        self.output: int | None = None
        self._log: IO[bytes] | None = None
        self._rest = b""
        self._started = 0.0
        self._pause = SHORTEST_PAUSE_SECONDS
        self.start_at = 0.0
        self.done = False

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the process. Its output can be read from `output` without blocking."""
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        command = Command(
            [sys.executable, *self.role.arguments],
            death_signal=self.role.death_signal,
            environment=self.installation.environment(),
            folder=self.installation.project,
            niceness=self.role.niceness,
        )
        try:
            self.process = start(command, output=writing)
        finally:
            os.close(writing)
        self.output = reading
        self._started = time.monotonic()

    def lines(self) -> list[str]:
        """The complete lines since the last call, also written to the role's log. After the end, all lines."""
        if self.output is None:
            return []
        try:
            read = os.read(self.output, LONGEST_LINE_BYTES)
        except BlockingIOError:
            return []
        if not read:
            os.close(self.output)
            self.output = None
        self._write_log(read)
        *whole, self._rest = re.split(rb"\r?\n", self._rest + read)
        if self.output is None or len(self._rest) > LONGEST_LINE_BYTES:
            whole, self._rest = [*whole, *([self._rest] if self._rest else [])], b""
        return [line.decode("utf-8", errors="replace") for line in whole]

    def plan_a_restart(self) -> float:
        """Note that the process ended, and return the seconds until its restart: more when it failed soon."""
        if time.monotonic() - self._started > HEALTHY_SECONDS:
            self._pause = SHORTEST_PAUSE_SECONDS
        pause, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE_SECONDS)
        self.start_at = time.monotonic() + pause
        return pause

    def send(self, signal_number: signal.Signals) -> None:
        if self.process is not None and self.alive:
            self.process.send_signal(signal_number)

    def clear(self) -> None:
        """Kill the remaining processes of its group and close its log."""
        if self.process is not None:
            kill_group(self.process.pid)
            self.process.wait()
        if self._log is not None:
            self._log.close()
            self._log = None

    def _write_log(self, read: bytes) -> None:
        path = self.installation.home.logs / f"{self.role.name}.log"
        if self._log is not None and self._log.tell() > LARGEST_LOG_BYTES:
            self._log.close()
            self._log = None
        if self._log is None:
            self._log = open_log(path)
        self._log.write(read)


def leftover_of(home: Home, environment: Mapping[str, str]) -> bool:
    """Whether a process with this environment was started by an `up` on this home."""
    return environment.get(MARK) == str(home.root)
