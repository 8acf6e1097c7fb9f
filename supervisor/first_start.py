"""Load the sample batch on the first start: write it, then ingest it like any delivery."""

import subprocess
import sys
from pathlib import Path

from supervisor.home import Home

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS, SEED = 24, 1


def load_sample(home: Home) -> int:
    """Write the sample under the home and ingest it. Returns the first exit status that is not 0, else 0.

    Can be repeated after a kill: the same seed gives the same bytes, which are ingested once."""
    folder = home.root / "sample"
    commands = [
        ["make_sample", str(folder), "--documents", str(DOCUMENTS), "--seed", str(SEED)],
        ["ingest", str(folder / "batch.zip")],
    ]
    for command in commands:
        status = subprocess.run([sys.executable, "manage.py", *command], cwd=PROJECT_ROOT, check=False).returncode
        if status:
            return status
    home.sample_loaded.touch(mode=0o600)
    return 0


if __name__ == "__main__":
    sys.exit(load_sample(Home.at(sys.argv[1])))
