"""Fixtures that every test may use."""

from pathlib import Path

import pytest

PROJECT_ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real patents and hostile inputs beside the checkout; the test is skipped where it is absent."""
    folder = PROJECT_ROOT.parent / "shared"
    if not (folder / "corpus").is_dir():
        pytest.skip("the real patents are not beside this checkout (../shared)")
    return folder
