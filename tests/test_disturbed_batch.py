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
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = 3

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


def kill(home: Path, name: str, which: int) -> None:
    processes = children_of(home, name)
    assert processes, f"nothing to kill is called {name}"
    processes[which].kill()


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    manage(tmp_path_factory.mktemp("h"), "make_sample", str(folder), "--documents", str(DOCUMENTS), "--seed", "7")
    return folder / "batch.zip"


def test_five_kills_change_nothing(delivery: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    calm, disturbed = tmp_path_factory.mktemp("c"), tmp_path_factory.mktemp("d")
    with installation(calm):
        expected_report = manage(calm, "ingest", str(delivery), "--wait", "--json")
        expected = rows(calm)

    with installation(disturbed):
        manage(disturbed, "ingest", str(delivery))
        for pause_seconds, name, which in (
            (12.0, "celery", -1),  # the pool child at its work
            (4.0, "valkey", 0),
            (6.0, "postgres", 0),
            (6.0, "batch@", 0),  # the whole worker
        ):
            time.sleep(pause_seconds)
            kill(disturbed, name, which)
        time.sleep(4.0)
        kill(disturbed, "up", 0)  # the supervisor itself
    with installation(disturbed):
        report = manage(disturbed, "ingest", str(delivery), "--wait", "--json")
        found = rows(disturbed)

    assert report["rejected"] == []
    for count in ("publications", "sheets", "figures", "warned"):
        assert report[count] == expected_report[count], count
    for table in ("publications", "sentences", "figures", "readings", "links"):
        assert found[table] == expected[table], table
    assert found["vectors"].keys() == expected["vectors"].keys()
    for key, vector in expected["vectors"].items():
        # Which figures share a forward pass depends on what was stored before the kill; the last bits may differ.
        np.testing.assert_allclose(found["vectors"][key], vector, atol=1e-5)
