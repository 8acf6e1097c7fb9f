"""Concurrent writers judge over HTTP while the web process and PostgreSQL are killed: which judgment is gone?

    .venv/bin/python -m tests.measure_judgments [--judgments 10000] [--writers 50] [--kills-every 5 | --kills N]
        [--seed 1]

Starts an installation of its own in a temporary folder. Every fifth assessor has two writers: two tabs. Each request is
sent one to three times, shuffled, from two connections, some copies much later. Every few seconds the process that
serves the web dies by kill -9; every thirteenth time the whole web server with its parent, which the supervisor starts
again. With --kills it dies so many times, spread evenly over the acknowledged judgments instead of over time. After a
third and after two thirds of the judgments PostgreSQL is stopped at once (SIGQUIT). At the end the database is held
against what the writers were told. Prints one JSON line; the exit code is 1 where anything acknowledged is lost, stored
twice, or another's.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
import psutil
from django.db import connection

from tests.judging_writers import PASSWORD, Browser, Entry, Writer

PROJECT_ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120.0
LEAST_SERVED_SECONDS = 2.0  # on a busy machine it may take longer to start than it lives
WHOLE_SERVER_EVERY = 13
LOGINS_AT_ONCE = 4
FIGURES, TOPICS = 40, 5


@contextmanager
def installation(home: Path, port: int) -> Iterator[None]:
    """An `up` that serves the web alone."""
    own = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BROKER_URL")}
    more = {
        "PATENTSEARCH_HOME": str(home),
        "PATENTSEARCH_PORT": str(port),
        "PATENTSEARCH_SAMPLE": "false",
        "PATENTSEARCH_ROLES": "web",
        "PATENTSEARCH_LOG_LEVEL": "WARNING",
    }
    with (home / "up.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "up"], cwd=PROJECT_ROOT, env=own | more, stdout=log, stderr=log
        )
        try:
            await_web(port)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def answers(port: int) -> bool:
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5.0)
    try:
        asked.request("GET", "/login/")
        return asked.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def await_web(port: int) -> None:
    """Raises: TimeoutError."""
    deadline = time.monotonic() + START_SECONDS
    while not answers(port):
        if time.monotonic() > deadline:
            raise TimeoutError("the web server does not answer")
        time.sleep(0.1)


def web_processes(port: int) -> list[psutil.Process]:
    """The processes of our web server: its parent first, then those that serve."""
    found = []
    for process in psutil.process_iter(["cmdline", "create_time"]):
        words = process.info["cmdline"] or []
        if f"127.0.0.1:{port}" in words and "gunicorn" in words:
            found.append(process)
    return sorted(found, key=lambda process: process.info["create_time"])


class Killer(threading.Thread):
    """Ends what serves, by SIGKILL: as a thread every few seconds, and not before it has served for a moment again."""

    def __init__(self, home: Path, port: int, every_seconds: float) -> None:
        super().__init__(daemon=True)
        self.home = home
        self.port = port
        self.every_seconds = every_seconds
        self.worker_kills = self.server_kills = self.postgres_stops = 0
        self.ended = threading.Event()

    def run(self) -> None:
        next_at = time.monotonic() + self.every_seconds
        while not self.ended.wait(max(next_at - time.monotonic(), 0.0)):
            next_at = time.monotonic() + self.every_seconds
            self.kill_web()
            self._await_answers()
            next_at = max(next_at, time.monotonic() + LEAST_SERVED_SECONDS)

    def stop_postgres(self) -> None:
        """PostgreSQL's immediate shutdown: no checkpoint, clients cut off."""
        with contextlib.suppress(OSError):  # it is on its way up since the last time
            pid = int((self.home / "postgres" / "postmaster.pid").read_text(encoding="utf-8").split()[0])
            os.kill(pid, signal.SIGQUIT)
            self.postgres_stops += 1

    def kill_web(self) -> None:
        """What serves, once it serves."""
        self._await_answers()
        processes = web_processes(self.port)
        whole = (self.worker_kills + self.server_kills + 1) % WHOLE_SERVER_EVERY == 0
        for process in processes if whole else processes[1:]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        if whole:
            self.server_kills += 1
        else:
            self.worker_kills += 1

    def _await_answers(self) -> None:
        while not answers(self.port) and not self.ended.wait(0.1):
            pass


def session_prepare(assessors: int) -> tuple[int, dict[int, str], int]:
    """A session over made-up figures; its key, its assessors' names by key, and how many pairs each has."""
    from django.contrib.auth.hashers import make_password  # noqa: PLC0415
    from django.contrib.auth.models import User  # noqa: PLC0415

    from search.models import Figure  # noqa: PLC0415
    from tests.annotation_rows import pool_make, run_make, session_make, topic_set_make  # noqa: PLC0415
    from tests.factories import publication_make, user_make  # noqa: PLC0415

    publication_make(sheets=FIGURES)
    figures = list(Figure.objects.order_by("pk"))
    topic_set = topic_set_make(user_make("maker", staff=True), figures[:TOPICS])
    pool = pool_make(topic_set, [run_make(topic_set, figures)], depth=FIGURES)
    password = make_password(PASSWORD)
    users = User.objects.bulk_create(
        User(username=f"assessor{number}", password=password) for number in range(assessors)
    )
    session = session_make(pool, users)
    return session.pk, {user.pk: user.username for user in users}, pool.candidates.count()


def shares(wanted: int, count: int) -> list[int]:
    """`wanted` in `count` parts as even as can be."""
    return [wanted // count + (at < wanted % count) for at in range(count)]


def held_against(ledger: Sequence[Entry]) -> dict[str, Any]:
    """What the database has, against what was sent and acknowledged."""
    from annotations.integrity import judgment_faults  # noqa: PLC0415
    from annotations.models import Judgment  # noqa: PLC0415

    events = list(Judgment.objects.select_related("showing__assignment", "base", "takes_back").order_by("sequence"))
    stored: dict[str, list[Judgment]] = {}
    for event in events:
        stored.setdefault(str(event.client_id), []).append(event)
    sent = {entry.client_id: entry for entry in ledger}
    told = {client_id: entry for client_id, entry in sent.items() if entry.told}
    unacknowledged = stored.keys() & sent.keys() - told.keys()
    return {
        "sent": len(sent),
        "acknowledged": len(told),
        "lost": len(told.keys() - stored.keys()),
        "duplicated": sum(len(some) - 1 for some in stored.values()) + _taken_back_twice(events),
        "misattributed": sum(not _is_as_sent(event, sent.get(str(event.client_id))) for event in events),
        "answered_in_two_ways": sum(len(entry.told) > 1 for entry in told.values()),
        "overwritten_unseen": _overwritten(events),
        "unacknowledged_but_stored_once": len(unacknowledged),
        "unacknowledged_but_stored_more_than_once": sum(len(stored[one]) > 1 for one in unacknowledged),
        "stored": len(events),
        "undos_stored": sum(event.takes_back_id is not None for event in events),
        "faults": [fault.detail for fault in judgment_faults()],
    }


def _is_as_sent(event: Any, entry: Entry | None) -> bool:
    """Whether an event is of who sent it, on the pair and with the grade that were sent, and as it was acknowledged."""
    if entry is None or {event.assessor_id, event.showing.assignment.assessor_id} != {entry.assessor}:
        return False
    for text in entry.told:
        answer = json.loads(text)
        current = answer["current"] or {"grade": None, "cannot_judge": False, "reason": ""}
        as_told = (answer["position"], current["grade"], current["cannot_judge"], current["reason"])
        if as_told != (event.showing.position, event.grade, event.cannot_judge, event.reason):
            return False
    if entry.kind == "undo":
        return event.takes_back is not None
    as_sent = (entry.position, entry.body["grade"], entry.body["cannot_judge"], entry.body["reason"])
    return as_sent == (event.showing.position, event.grade, event.cannot_judge, event.reason)


def _taken_back_twice(events: Sequence[Any]) -> int:
    taken = [event.takes_back_id for event in events if event.takes_back_id is not None]
    return len(taken) - len(set(taken))


def _overwritten(events: Sequence[Any]) -> int:
    """Events that replaced something else than their base: updates lost without a 409."""
    holds: dict[int, Any] = {}
    count = 0
    for event in events:
        count += holds.get(event.showing_id) != event.base
        holds[event.showing_id] = None if event.says_nothing else event
    return count


def measure(
    judgments: int, writer_count: int, seed: int, home: Path, *, kills_every: float, kills: int
) -> dict[str, Any]:
    """The figures of the JSON line. kills: 0 where they come every `kills_every` seconds."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    with installation(home, port):
        django.setup()
        assessors = -(-writer_count * 5 // 6)
        session_id, names, pairs = session_prepare(assessors)
        connection.close()  # PostgreSQL will be stopped
        writers = make_writers(judgments, writer_count, names, session_id, pairs, port, seed)
        killer = Killer(home, port, kills_every)
        started = time.monotonic()
        for thread in (*writers, *([] if kills else [killer])):
            thread.start()
        of_the_web = [((at + 0.5) / kills, killer.kill_web) for at in range(kills)]
        of_postgres = [(share, killer.stop_postgres) for share in (1 / 3, 2 / 3)]
        for share, end in sorted([*of_the_web, *of_postgres], key=lambda one: one[0]):
            while sum(one.acknowledged for one in writers) < share * judgments and any_alive(writers):
                time.sleep(0.02)
            end()
        for writer in writers:
            writer.join()
        seconds = time.monotonic() - started
        killer.ended.set()
        if killer.is_alive():
            killer.join()
        await_web(port)
        figures = held_against([entry for writer in writers for entry in writer.ledger])
    return {
        "writers": writer_count,
        "assessors": assessors,
        "shared_by_two_writers": writer_count - assessors,
        **figures,
        "requests": sum(one.requests for one in writers),
        "answers": total(one.answers for one in writers),
        "odd_answers": [odd for one in writers for odd in one.odd][:5],
        "given_up": sum(one.given_up for one in writers),
        "web_kills": killer.worker_kills + killer.server_kills,
        "of_them_whole_server": killer.server_kills,
        "postgres_stops": killer.postgres_stops,
        "seconds": round(seconds, 1),
        "seed": seed,
    }


def make_writers(
    judgments: int, count: int, names: dict[int, str], session_id: int, pairs: int, port: int, seed: int
) -> list[Writer]:
    """One writer for each assessor, who is logged in, then second ones for the first of them: two tabs of one login."""
    keys = list(names)
    browsers = {key: Browser(port, name, session_id) for key, name in names.items()}
    with ThreadPoolExecutor(LOGINS_AT_ONCE) as pool:  # a login is slow on purpose
        list(pool.map(Browser.log_in, browsers.values()))
    return [
        Writer(
            browsers[keys[at % len(keys)]].twin(),
            keys[at % len(keys)],
            range(1, min(pairs, 3 * wanted) + 1),
            wanted,
            seed * 1000 + at,
        )
        for at, wanted in enumerate(shares(judgments, count))
    ]


def any_alive(writers: Sequence[Writer]) -> bool:
    return any(writer.is_alive() for writer in writers)


def total(counts: Iterator[dict[int, int]]) -> dict[str, int]:
    summed: dict[str, int] = {}
    for one in counts:
        for status, number in one.items():
            summed[str(status)] = summed.get(str(status), 0) + number
    return dict(sorted(summed.items()))


def is_sound(figures: dict[str, Any], judgments: int) -> bool:
    nothing = ("lost", "duplicated", "misattributed", "answered_in_two_ways", "overwritten_unseen", "faults")
    more = ("unacknowledged_but_stored_more_than_once", "odd_answers")
    return figures["acknowledged"] >= judgments and not any(figures[name] for name in (*nothing, *more))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--judgments", type=int, default=10_000)
    parser.add_argument("--writers", type=int, default=50)
    parser.add_argument("--kills-every", type=float, default=5.0)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the installation ends, too
    with tempfile.TemporaryDirectory(prefix="psj-", ignore_cleanup_errors=True) as folder:
        os.environ["PATENTSEARCH_HOME"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "patentsearch.settings")
        for name in ("DATABASE_URL", "BROKER_URL"):
            os.environ.pop(name, None)
        figures = measure(
            options.judgments,
            options.writers,
            options.seed,
            Path(folder),
            kills_every=options.kills_every,
            kills=options.kills,
        )
    print(json.dumps(figures))
    return 0 if is_sound(figures, options.judgments) else 1


if __name__ == "__main__":
    sys.exit(main())
