"""Runs a Python program and starts it again when code changes: `python -m supervisor.reload -m celery …`.

For development only: a program that ends by itself, such as on a half-written file, is started at the next change.
Changes that come while it is being ended and started are seen afterwards; none is missed.
"""

import contextlib
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from watchfiles import PythonFilter, watch

from supervisor.processes import Command, end, start

PROJECT_ROOT = Path(__file__).resolve().parent.parent
FOLDERS = tuple(PROJECT_ROOT / name for name in ("annotations", "engine", "patentsearch", "search", "workers"))
LOOK_MILLISECONDS = 300
# Finish what takes a moment, then give the tasks back to the queue, then kill.
END_STEPS = ((signal.SIGTERM, 2.0), (signal.SIGQUIT, 2.0))


def run(arguments: Sequence[str]) -> None:
    """Run `python arguments` until a signal ends this process; restart it after each change of our .py files."""
    command = Command([sys.executable, *arguments], folder=PROJECT_ROOT)
    process = None
    seen = watch(
        *FOLDERS, watch_filter=PythonFilter(), debounce=400, rust_timeout=LOOK_MILLISECONDS, yield_on_timeout=True
    )
    try:
        for changes in seen:  # an empty set where nothing has changed: the first says that the folders are watched
            if process is not None and changes:
                names = sorted({str(Path(path).relative_to(PROJECT_ROOT)) for _, path in changes})
                print(f"{', '.join(names)} changed: starting again", flush=True)
                end(process, END_STEPS)
            if process is None or changes:
                process = start(command, output=sys.stdout.fileno())
    finally:
        if process is not None:
            end(process, END_STEPS)


def main() -> None:
    """End the program and ourselves on the supervisor's first signal; the later ones are for what does not end."""

    def ignore(_signal: int, _frame: FrameType | None) -> None:
        """A function, since programs that we start would inherit SIG_IGN."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, ignore)
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGQUIT, ignore)
    with contextlib.suppress(KeyboardInterrupt):
        run(sys.argv[1:])


if __name__ == "__main__":
    main()
