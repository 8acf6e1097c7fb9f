"""A batch whose workers, services and supervisor are killed ends with the same rows as an undisturbed one."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import psycopg
import pytest

from sample import write_sample
from search.models import Stage
from search.selectors.batches import batch_report
from search.services.batches import batch_receive, batch_unpack
from search.services.documents import document_process
from search.services.work import MAX_ATTEMPTS
from supervisor.home import Home
from tests.rows import dump

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS, SHEETS = 3, 2
PATIENCE_SECONDS = 150.0

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def environment(home: Path, port: int = 0) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BROKER_URL")}
    return own | {
        "PATENTSEARCH_HOME": str(home),
        "PATENTSEARCH_PORT": str(port or free_port()),
        "PATENTSEARCH_SAMPLE": "false",
        "PATENTSEARCH_ROLES": "batch,beat",
    }


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def manage(home: Path, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT_ROOT,
        env=environment(home),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1]) if "--json" in arguments else {}


def rows(home: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.rows"], cwd=PROJECT_ROOT, env=environment(home), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    held: dict[str, Any] = json.loads(done.stdout)
    return held


@contextmanager
def installation(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    log = (home / "up.log").open("ab")
    process = subprocess.Popen(
        [sys.executable, "manage.py", "up"], cwd=PROJECT_ROOT, env=environment(home), stdout=log, stderr=log
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
        log.close()


def children_of(home: Path, name: str) -> list[psutil.Process]:
    """Processes of this home whose command line holds `name`, oldest first."""
    found = []
    for process in psutil.process_iter(["cmdline", "create_time"]):
        try:
            mine = process.environ().get("PATENTSEARCH_HOME") == str(home)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        words = process.info["cmdline"] or []
        mine = mine or any(str(home) in word for word in words)
        if mine and any(name in word for word in words):
            found.append(process)
    return sorted(found, key=lambda process: process.info["create_time"])


@dataclass(frozen=True, slots=True)
class Held:
    """A document that a process works on. lease_until: later, whenever a document is taken or a part of it is done."""

    process: int
    lease_until: Any


def asked(home: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Rows of a home's database. Raises: psycopg.OperationalError while it is down."""
    sockets = str(Home.at(home).postgres_sockets)
    with psycopg.connect(host=sockets, dbname="patentsearch", user="patentsearch", autocommit=True) as connection:
        cursor = connection.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


def at_work(home: Path, *stages: Stage, after: Held | None, sheets_read: int = 0) -> Held:
    """A document that was taken since `after` was held, at one of the stages (none: at any), and may be lost again."""
    statement = """
        SELECT split_part(worker, '/', 2)::int, lease_until FROM search_document
        WHERE state = 'running' AND stage = ANY(%s) AND attempts < %s AND (%s::timestamptz IS NULL OR lease_until > %s)
        AND (SELECT count(*) FROM search_sheet WHERE reader_key <> '') >= %s"""
    since = after.lease_until if after else None
    wanted = [stage.value for stage in stages or Stage]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            held = asked(home, statement, wanted, MAX_ATTEMPTS, since, since, sheets_read)
        except psycopg.Error:  # not up yet, or not migrated
            held = []
        if held:
            return Held(*held[0])
        time.sleep(0.02)
    raise AssertionError(f"nobody took a document to {wanted} within {PATIENCE_SECONDS} s: {up_log(home)}")


def await_the_end(home: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not asked(home, "SELECT 1 FROM search_batch WHERE finished_at IS NOT NULL"):
        assert time.monotonic() < deadline, up_log(home)
        time.sleep(0.05)


def up_log(home: Path) -> str:
    return (home / "up.log").read_text(encoding="utf-8", errors="replace")[-3000:]


def end_pauses(home: Path) -> None:
    """What a fault was given back with waits for a minute: as if that were over."""
    asked(home, "UPDATE search_document SET lease_until = now() WHERE state = 'waiting' AND lease_until IS NOT NULL")


def kill_oldest(home: Path, name: str) -> None:
    processes = children_of(home, name)
    assert processes, f"nothing to kill is called {name}"
    processes[0].kill()


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    return write_sample(folder, documents=DOCUMENTS, seed=7, max_sheets_per_document=SHEETS).batch


def five_kills(home: Path, supervisor: subprocess.Popen[bytes]) -> Held:
    """Each falls on work that was taken, by whoever still lived or came anew, after the kill before it.

    Returns what was held when the last one fell."""
    held = at_work(home, Stage.READ, after=None)
    kill_oldest(home, "valkey")
    held = at_work(home, Stage.READ, after=held)
    os.kill(held.process, signal.SIGKILL)  # the pool child
    held = at_work(home, Stage.READ, after=held, sheets_read=1)
    kill_oldest(home, "postgres")
    held = at_work(home, Stage.ENCODE, after=held)
    kill_oldest(home, "batch@")  # the whole worker
    held = at_work(home, after=held)
    supervisor.kill()
    return held


def undisturbed(delivery: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The report and the rows of the delivery, worked through in this process alone."""
    batch, _ = batch_receive(path=delivery, file_name=delivery.name, received_by=None)
    batch_unpack(batch_id=batch.pk)
    for document in batch.documents.all():
        while document_process(document_id=document.pk):
            pass
    batch.refresh_from_db()
    assert batch.finished_at is not None
    return batch_report([batch]), dump()


@pytest.mark.django_db
def test_five_kills_change_nothing(delivery: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    expected_report, expected = undisturbed(delivery)

    home = tmp_path_factory.mktemp("d")
    with installation(home) as supervisor:
        manage(home, "ingest", str(delivery))
        held = five_kills(home, supervisor)
    with installation(home):
        at_work(home, after=held)
        end_pauses(home)
        await_the_end(home)
        report = manage(home, "ingest", str(delivery), "--json")
        found = rows(home)

    assert report["rejected"] == []
    for count in ("publications", "sheets", "figures", "warned"):
        assert report[count] == expected_report[count], count
    for table in ("publications", "sentences", "figures", "readings", "links"):
        assert found[table] == expected[table], table
    assert found["vectors"].keys() == expected["vectors"].keys()
    for key, vector in expected["vectors"].items():
        # Which figures share a forward pass depends on what was stored before the kill; the last bits may differ.
        np.testing.assert_allclose(found["vectors"][key], vector, atol=1e-5)
