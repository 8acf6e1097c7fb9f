"""Migrations that convert rows: what an earlier release stored is shown by this one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from search.models import Figure, Query
from tests.factories import publication_make, query_make, user_make

BEFORE = [("search", "0007_suggested_weight")]


@pytest.fixture
def latest(transactional_db: None) -> Iterator[None]:
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.usefixtures("latest")
def test_the_history_shows_the_hits_that_were_rows(client: Client) -> None:
    examiner: User = user_make("examiner")
    for number in range(3):
        publication_make(f"EP200000{number}A1")
    figures = list(Figure.objects.order_by("-pk"))
    found, empty = query_make(examiner, text="a pump", hits=figures), query_make(examiner, text="a wheel")
    Query.objects.update(hit_count=0, best_figures=[])

    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    hits = executor.loader.project_state(BEFORE).apps.get_model("search", "Hit").objects
    for rank, figure in sorted(enumerate(figures, start=1), reverse=True):
        hits.create(query_id=found.pk, rank=rank, figure_id=figure.pk, score=1 / rank, visual=0.8)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())

    found.refresh_from_db()
    empty.refresh_from_db()
    assert (found.hit_count, found.best_figures) == (6, [figure.pk for figure in figures[:4]])
    assert (empty.hit_count, empty.best_figures) == (0, [])
    client.force_login(examiner)
    rows = [row for row, _, _ in client.get("/history/").context["rows"]]
    assert {row.query.pk: list(row.best) for row in rows} == {found.pk: figures[:4], empty.pk: []}
