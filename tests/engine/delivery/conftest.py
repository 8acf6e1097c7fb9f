"""The hostile batches."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.hostile import HostileCorpus


@pytest.fixture(scope="session")
def hostile_batches(hostile_corpus: HostileCorpus) -> tuple[Path, Mapping[str, dict[str, Any]]]:
    """The folder of the hostile corpus, and what is expected of each of its batch/ cases."""
    return hostile_corpus.folder, hostile_corpus.part("batch")
