"""Clients of the API.

Models are imported by the fixtures: pytest reads the conftest.py of a folder it is given before Django is set up.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from rest_framework.test import APIClient


@pytest.fixture(autouse=True)
def _no_throttle_left_over() -> None:
    cache.clear()


@pytest.fixture
def client_of_examiner(examiner: User) -> APIClient:
    return _client(examiner)


@pytest.fixture
def client_of_staff(administrator: User) -> APIClient:
    return _client(administrator)


def _client(user: User) -> APIClient:
    client: APIClient = import_module("rest_framework.test").APIClient()
    client.force_login(user)
    return client
