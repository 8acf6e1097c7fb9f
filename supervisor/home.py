"""The folder of one installation: data, sockets, logs, secrets."""

import hashlib
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from supervisor.errors import SupervisorError

# Linux allows 108 bytes for a socket's path, including the final NUL (unix(7)).
LONGEST_SOCKET_PATH_BYTES = 107
LONGEST_SOCKET_NAME = "pg/.s.PGSQL.5432.lock"
# With less, PostgreSQL and Valkey may fail to write.
LEAST_FREE_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Home:
    """The paths under one PATENTSEARCH_HOME. root: absolute."""

    root: Path

    @classmethod
    def at(cls, path: str | os.PathLike[str]) -> "Home":
        """The home at `path`, as an absolute path without symbolic links."""
        return cls(Path(path).expanduser().resolve())

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def valkey(self) -> Path:
        return self.root / "valkey"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def run(self) -> Path:
        """Locks and process records."""
        return self.root / "run"

    @property
    def media(self) -> Path:
        return self.root / "media"

    @property
    def private(self) -> Path:
        """Query images, possibly unpublished applications: separate from the collection and not backed up."""
        return self.root / "private"

    @property
    def indexes(self) -> Path:
        return self.root / "indexes"

    @property
    def tmp(self) -> Path:
        return self.root / "tmp"

    @property
    def sockets(self) -> Path:
        """The folder of sockets: `run`, or a folder in /tmp named by the home's hash when `run` is too long.

        /tmp rather than $TMPDIR, so that all processes of the installation use the same folder."""
        if len(os.fsencode(self.run / LONGEST_SOCKET_NAME)) <= LONGEST_SOCKET_PATH_BYTES:
            return self.run
        digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        return Path("/tmp") / f"patentsearch-{digest}"

    @property
    def postgres_sockets(self) -> Path:
        """The folder given to PostgreSQL as unix_socket_directories, and to its clients as host."""
        return self.sockets / "pg"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def static(self) -> Path:
        return self.root / "static"

    @property
    def admin_password(self) -> Path:
        return self.root / "admin-password"

    @property
    def sample_loaded(self) -> Path:
        """A file that exists after the sample batch was ingested."""
        return self.root / "sample-loaded"

    def prepare(self) -> None:
        """Create the folders that are missing, private to this account.

        Raises: SupervisorError when they cannot be created, belong to another account, or the disk is full."""
        try:
            inside = (self.run, self.logs, self.valkey, self.media, self.private, self.indexes, self.tmp, self.static)
            for folder in (self.root, *inside):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in (self.sockets, self.postgres_sockets):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            free_bytes = shutil.disk_usage(self.root).free
        except OSError as error:
            raise SupervisorError(
                f"{self.root} cannot be used ({error.strerror}): set PATENTSEARCH_HOME to a folder you may write to"
            ) from error
        if self.sockets.stat().st_uid != os.geteuid():
            raise SupervisorError(
                f"{self.sockets} belongs to another account: remove it, or set a shorter PATENTSEARCH_HOME"
            )
        if free_bytes < LEAST_FREE_BYTES:
            raise SupervisorError(
                f"only {free_bytes // 2**20} MiB are free under {self.root}: free {LEAST_FREE_BYTES // 2**20} MiB, "
                "or set PATENTSEARCH_HOME to a larger disk"
            )

    def secret(self, name: str) -> str:
        """A random secret in the file `name` (0600), created on first use, also safely by two processes at once."""
        path = self.root / name
        if not path.exists():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            staged = path.with_name(f".{name}.{os.getpid()}.{secrets.token_hex(4)}")
            staged.write_text(secrets.token_urlsafe(48), encoding="ascii")
            staged.chmod(0o600)
            try:
                os.link(staged, path)  # unlike a rename, a link never replaces an existing file
            except FileExistsError:
                pass
            finally:
                staged.unlink()
        return path.read_text(encoding="ascii").strip()
