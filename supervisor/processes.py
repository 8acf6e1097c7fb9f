"""Start processes that end with their parent, end them, and find those left by an earlier run."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
LARGEST_LOG_BYTES = 16 * 1024 * 1024
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Command:
    """A command to start. death_signal: sent to the process when this one dies, even if it is killed."""

    arguments: Sequence[str]
    death_signal: signal.Signals = signal.SIGKILL
    environment: Mapping[str, str] | None = None
    folder: Path | None = None
    account: str | None = None
    niceness: int = 0
    # File descriptors that the process inherits, such as a listening socket.
    keep_open: Sequence[int] = field(default=())


def start(command: Command, *, output: int | IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a process in a new session, so that it gets no Ctrl-C of the terminal. output: for stdout and stderr.

    Call it from the main thread: Linux sends the death signal when the *thread* that forked ends (prctl(2))."""
    parent = os.getpid()

    def in_the_child() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(command.death_signal))
        if os.getppid() != parent:  # the parent died before the signal was set
            os.kill(os.getpid(), signal.SIGKILL)
        if command.niceness:
            os.nice(command.niceness)

    return subprocess.Popen(
        list(command.arguments),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=dict(command.environment) if command.environment is not None else None,
        cwd=command.folder,
        user=command.account,
        group=pwd.getpwnam(command.account).pw_gid if command.account else None,
        extra_groups=[] if command.account else None,
        start_new_session=True,
        preexec_fn=in_the_child,
        pass_fds=tuple(command.keep_open),
    )


def end(process: subprocess.Popen[bytes], steps: Iterable[tuple[signal.Signals, float]]) -> None:
    """Send each signal in turn and wait its seconds, then kill the whole process group."""
    for signal_number, seconds in steps:
        if process.poll() is not None:
            break
        process.send_signal(signal_number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    kill_group(process.pid)
    process.wait()


def kill_group(group: int) -> None:
    """Kill the remaining processes of a group that `start` created."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def processes_where(belongs: Callable[[psutil.Process], bool]) -> list[psutil.Process]:
    """The running processes for which `belongs` is true, without those that this account may not inspect."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.status() != psutil.STATUS_ZOMBIE and belongs(process):
                found.append(process)
    return found


def end_leftovers(
    belongs: Callable[[psutil.Process], bool], steps: Iterable[tuple[signal.Signals | None, float]]
) -> None:
    """End every process for which `belongs` is true: each step sends a signal (or none) and waits its seconds."""
    for signal_number, seconds in steps:
        deadline = time.monotonic() + seconds
        left = processes_where(belongs)
        for process in left if signal_number is not None else []:
            with contextlib.suppress(psutil.Error):
                process.send_signal(int(signal_number or 0))
        while left and time.monotonic() < deadline:
            time.sleep(0.05)
            left = [process for process in left if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
        if not left and not processes_where(belongs):
            return


def open_log(path: Path) -> IO[bytes]:
    """Open the log at `path` for appending; a long one is renamed to `.1` first."""
    if path.exists() and path.stat().st_size > LARGEST_LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab", buffering=0)
