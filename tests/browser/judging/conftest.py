"""A session that the examiner judges. Rows are imported by the fixtures, for the reason that ../conftest.py gives."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from annotations.models import Assignment, Session


@pytest.fixture
def session(administrator: User, examiner: User) -> Session:
    """Two topics of twelve candidates each, all before the examiner."""
    rows, factories = import_module("tests.annotation_rows"), import_module("tests.factories")
    for number in range(7):
        factories.publication_make(f"EP{2000000 + number}A1", title=f"Pump number {number}")
    figures = list(import_module("search.models").Figure.objects.order_by("pk")[:13])
    topic_set = rows.topic_set_make(administrator, figures[:2])
    run = rows.run_make(topic_set, figures, name="secret-run")
    made: Session = rows.session_make(rows.pool_make(topic_set, [run], depth=12), [examiner])
    return made


@pytest.fixture
def part(session: Session, examiner: User) -> Assignment:
    return session.assignments.get(assessor=examiner)
