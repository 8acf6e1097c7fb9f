"""A topic set of two figures with two runs over it, a session of two assessors, and clients of the API.

The fixtures import what makes rows: pytest reads the conftest.py of a folder it is given before Django is set up.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from rest_framework.test import APIClient

    from annotations.models import Run, Session, TopicSet
    from search.models import Figure


@pytest.fixture
def maker(db: None) -> User:
    return _factories().user_make("maker", staff=True)  # type: ignore[no-any-return]


@pytest.fixture
def assessor(db: None) -> User:
    return _factories().user_make("assessor")  # type: ignore[no-any-return]


@pytest.fixture
def figures(db: None) -> list[Figure]:
    """Three of each of two publications that are not kin."""
    for reference in ("EP1A1", "EP2A1"):
        publication = _factories().publication_make(reference, sheets=3)
        publication.family_key = publication.application_number = reference
        publication.save()
    return list(import_module("search.models").Figure.objects.order_by("pk"))


@pytest.fixture
def topic_set(maker: User, figures: list[Figure]) -> TopicSet:
    return _rows().topic_set_make(maker, figures[:2])  # type: ignore[no-any-return]


@pytest.fixture
def runs(topic_set: TopicSet, figures: list[Figure]) -> list[Run]:
    make = _rows().run_make
    return [make(topic_set, figures), make(topic_set, figures[::-1], name="text", system="text")]


@pytest.fixture
def session(topic_set: TopicSet, runs: list[Run], assessor: User) -> Session:
    pool, colleague = _rows().pool_make(topic_set, runs), _factories().user_make("colleague")
    return _rows().session_make(pool, [assessor, colleague], repeats=1)  # type: ignore[no-any-return]


@pytest.fixture
def admin(maker: User) -> APIClient:
    return import_module("tests.api_calls").client_of(maker)  # type: ignore[no-any-return]


def _factories() -> Any:
    return import_module("tests.factories")


def _rows() -> Any:
    return import_module("tests.annotation_rows")
