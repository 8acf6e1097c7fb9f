"""The hostile images, written once per run."""

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def hostile_images(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mapping[str, dict[str, Any]]]:
    """The folder of the hostile corpus with its image/ cases written, and what is expected of each."""
    source = shared / "hostile" / "make_hostile.py"
    spec = importlib.util.spec_from_file_location("make_hostile_images", source)
    assert spec is not None and spec.loader is not None
    maker: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    folder = tmp_path_factory.mktemp("hostile")
    maker.OUT = str(folder)
    maker.images()
    return folder, maker.EXP
