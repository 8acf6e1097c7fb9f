"""manage.py bench: the ratio of the two times, with its quartiles."""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from search import ranking, runtime
from search.models import Figure, Modality
from search.selectors import hits
from search.services.embeddings import embeddings_store
from search.services.indexes import indexes_refresh
from tests.factories import publication_make

pytestmark = pytest.mark.django_db

DIM = 8


@dataclass(frozen=True)
class StandIn:
    """An encoder with a key and a dimension; its vectors are already stored."""

    key: str
    dim: int = DIM


@pytest.fixture(autouse=True)
def _stand_ins(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.INDEX_ROOT = tmp_path
    monkeypatch.setattr(runtime, "open_indexes", {})
    monkeypatch.setattr(ranking, "_encoder", lambda side: StandIn(f"tests/{side.value}@0"))


def embed_all() -> None:
    figures = list(Figure.objects.order_by("pk"))
    for seed, side in enumerate(Modality):
        drawn = np.random.default_rng(seed).normal(size=(len(figures), DIM)).astype(np.float32)
        vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
        sources = {figure.pk: "0" * 64 for figure in figures}
        embeddings_store(
            modality=side, encoder_key=f"tests/{side.value}@0", figures=figures, vectors=vectors, sources=sources
        )
    indexes_refresh()


def test_the_slider_is_timed_against_a_search() -> None:
    publication_make(sheets=4)
    embed_all()
    out = StringIO()
    call_command("bench", "rank", "--rounds", "14", "--json", stdout=out)
    result = json.loads(out.getvalue().splitlines()[-1])
    assert result["rounds"] == 14
    assert result["quartiles"][0] <= result["ratio"] <= result["quartiles"][1]
    assert result["milliseconds"]["slider"] > 0


def test_rankings_that_differ_end_the_benchmark(monkeypatch: pytest.MonkeyPatch) -> None:
    publication_make(sheets=4)
    embed_all()
    calls: list[int] = []

    def shuffled(query: object, question: object) -> list[hits.RankedHit]:
        calls.append(len(calls))
        return [hits.RankedHit(calls[-1], 1, 1.0, 1.0, 1.0, 1, 1, None, "")]

    monkeypatch.setattr("search.management.commands.bench.hits_ranked", shuffled)
    with pytest.raises(CommandError, match="rank differently"):
        call_command("bench", "rank", "--rounds", "3", stdout=StringIO())


def test_an_empty_collection_ends_the_benchmark() -> None:
    with pytest.raises(CommandError, match="ingest PATH"):
        call_command("bench", "rank", "--rounds", "3", stdout=StringIO())
