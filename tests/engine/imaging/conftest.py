"""The hostile images."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.hostile import HostileCorpus


@pytest.fixture(scope="session")
def hostile_images(hostile_corpus: HostileCorpus) -> tuple[Path, Mapping[str, dict[str, Any]]]:
    """The folder of the hostile corpus, and what is expected of each of its image/ cases."""
    return hostile_corpus.folder, hostile_corpus.part("image")
