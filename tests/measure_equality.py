"""Measures how far `manage.py evaluate` is from plain Python over the exported TREC files, at a running installation.

python -m tests.measure_equality SNAPSHOT [--k 50] [--relevant-from 1]

Every per-topic value of every finished run of the topic set is computed twice: by `evaluate --protocol qrels`,
and by tests.independent_measures from what `export_qrels` and `export_run` write. Prints one JSON line.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.independent_measures import measures_of, qrels_read, run_read

MANAGE = Path(__file__).resolve().parent.parent / "manage.py"


def written_by(*arguments: str) -> str:
    """What a management command writes to standard output."""
    command = [sys.executable, str(MANAGE), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def compare(snapshot: str, k: int, relevant_from: int) -> dict[str, Any]:
    """How many values there are, and the largest difference of each measure."""
    options = ["--k", str(k), "--relevant-from", str(relevant_from), "--json"]
    told = json.loads(
        written_by("evaluate", "--protocol", "qrels", "--snapshot", snapshot, *options).splitlines()[-1],
    )
    qrels = qrels_read(written_by("export_qrels", snapshot))
    differences: dict[str, float] = {}
    count = 0
    for name, scores in told["modalities"].items():
        run = run_read(written_by("export_run", name, "--topic-set", scores["made_with"]["topic_set"]))
        for topic, values in scores["topics"].items():
            plain = measures_of(run.get(topic, []), qrels[topic], k, relevant_from)
            for measure, value in values.items():
                differences[measure] = max(differences.get(measure, 0.0), abs(value - plain[measure]))
                count += 1
    return {"runs": len(told["modalities"]), "values": count, "largest": max(differences.values()), "by": differences}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("snapshot")
    parser.add_argument("--k", type=int, default=50)
    parser.add_argument("--relevant-from", type=int, default=1)
    given = parser.parse_args()
    print(json.dumps(compare(given.snapshot, given.k, given.relevant_from)))
