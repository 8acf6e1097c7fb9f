"""No acknowledged judgment is lost, doubled or another's, whatever is killed meanwhile. See measure_judgments."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT_ROOT = Path(__file__).resolve().parent.parent
JUDGMENTS, KILLS = 150, 3

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_judgments_of_eight_writers_survive_kills_of_the_web_process_and_of_postgres() -> None:
    arguments = ("--judgments", str(JUDGMENTS), "--writers", "8", "--kills", str(KILLS))
    done = subprocess.run(
        [sys.executable, "-m", "tests.measure_judgments", *arguments], cwd=PROJECT_ROOT, capture_output=True, text=True
    )
    assert done.stdout, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["acknowledged"] >= JUDGMENTS, found
    assert found["web_kills"] == KILLS, found
    assert found["postgres_stops"] == 2, found
    assert (found["lost"], found["duplicated"], found["misattributed"]) == (0, 0, 0), found
    assert (found["answered_in_two_ways"], found["overwritten_unseen"], found["faults"]) == (0, 0, []), found
    assert found["unacknowledged_but_stored_more_than_once"] == 0, found
    assert found["odd_answers"] == [], found
    assert found["answers"].get("503"), found  # while PostgreSQL was stopped
    assert "500" not in found["answers"], found
    assert done.returncode == 0, done.stderr[-3000:]
