"""Hostile deliveries through `manage.py ingest --wait`, with a worker and real models: it lives, and says what was."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile import HostileCorpus

PROJECT_ROOT = Path(__file__).resolve().parent.parent
CASES = {
    "batch/b01_control_good.zip": "accept",
    "batch/b05_symlink_figure.zip": "accept-with-warning",
    "batch/b09_bomb_nested_1TB.zip": "reject",
    "batch/b12_crc_error_one_document.zip": "accept-with-warning",
    "batch/b17_zero_byte.zip": "reject",
    "xml/x01_xxe_file.zip": "accept-with-warning",
    "xml/x19_figure_file_missing.zip": "accept-with-warning",
}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture
def home() -> Iterator[Path]:
    """Short, since a unix socket's address has 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="psh-"))
    yield folder
    shutil.rmtree(folder)


def test_hostile_deliveries_get_their_verdicts_on_the_command_line(hostile_corpus: HostileCorpus, home: Path) -> None:
    canaries = hostile_corpus.canaries()
    own = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BROKER_URL")}
    paths = [str(case.path) for case in hostile_corpus.cases if case.name in CASES]
    done = subprocess.run(
        [sys.executable, "manage.py", "ingest", *paths, "--wait", "--json"],
        cwd=PROJECT_ROOT,
        env=own | {"PATENTSEARCH_HOME": str(home)},
        capture_output=True,
        text=True,
    )
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["verdicts"] == {Path(name).name: verdict for name, verdict in CASES.items()}
    assert done.returncode == 1
    assert (report["publications"], report["refused_deliveries"]) == (2, 2)
    assert report["figures"] >= 2
    assert {problem["code"] for problem in report["rejected"]} >= {
        "special-file", "too-deep", "broken-entry", "empty-file", "entity-declaration",
    }  # fmt: skip
    assert hostile_corpus.canaries() == canaries
    written = [path.read_bytes() for path in (home / "logs").iterdir()] + [done.stdout.encode(), done.stderr.encode()]
    assert not any(hostile_corpus.secret_text.encode() in text for text in written)
    assert not any(b"WorkerLostError" in text or b"Traceback" in text for text in written)
