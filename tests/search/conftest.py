"""The people of the search's tests.

Models are imported by the fixtures: pytest reads the conftest.py of a folder it is given before Django is set up.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@pytest.fixture
def examiner(db: None) -> User:
    user: User = import_module("tests.factories").user_make("examiner")
    return user


@pytest.fixture
def administrator(db: None) -> User:
    user: User = import_module("tests.factories").user_make("administrator", staff=True)
    return user
