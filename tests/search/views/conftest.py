"""Who looks at the pages.

Models are imported by the fixtures: pytest reads the conftest.py of a folder it is given before Django is set up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@pytest.fixture
def as_examiner(examiner: User) -> Client:
    client = Client()
    client.force_login(examiner)
    return client


@pytest.fixture
def as_administrator(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator)
    return client
