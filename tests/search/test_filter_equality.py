"""Results under a filter equal a brute-force search under it: 200 random filters, by drawing, by text and by both."""

from __future__ import annotations

import datetime
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.utils import timezone
from numpy.typing import NDArray
from pytest_django import Settings

from engine.ranking.fusion import Fusion
from search import ranking, runtime
from search.filters import filters_read
from search.models import (
    Batch,
    Classification,
    Document,
    Figure,
    FigureEmbedding,
    Modality,
    Paragraph,
    Party,
    Publication,
    Sentence,
    SentenceLink,
    Sheet,
)
from search.ranking import QueryVectors
from search.selectors.filter_counts import filter_counts
from search.selectors.filters import figures_allowed
from search.services.embeddings import embeddings_store
from search.services.indexes import indexes_refresh
from search.views.filter_board import prefixes_of
from tests.factories import publication_make
from tests.plain_filters import FigureRow, figure_rows, passes, plain_search, random_filters

pytestmark = pytest.mark.django_db

DIM = 16
KEYS = {Modality.VISUAL: "tests/visual@0", Modality.TEXT: "tests/text@0"}
FILTERS_TRIED = 200
SYMBOLS = (
    *("F04C 2/08", "F04C 2/083", "F04C 23/00", "F04B 1/04", "F16H 57/04", "B60W 10/06", "B60K 6/20"),
    *("H04N 21/2385", "H04W 4/02", "G06F 3/01", "A01B 63/32", "A47C 21/08"),
)
NAMES = (
    "Siemens AG",
    "Siemens AG Österreich",
    "Robert Bosch GmbH",
    "BOSCH, Inc.",
    "NIKE, Inc.",
    "100% Pumps_Ltd",
    "Meier",
)
KINDS = ("A", "A1", "A2", "B1", "B2", "S1")
LANGUAGES = ("en", "de", "fr", "")
COUNTRIES = ("EP", "WO", "US", "DE")


class Encoder:
    """Stands for an encoder where only its key and width matter."""

    def __init__(self, side: Modality) -> None:
        self.key, self.dim = KEYS[side], DIM


def unit(drawn: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.asarray(drawn / np.linalg.norm(drawn, axis=-1, keepdims=True), dtype=np.float32)


@pytest.fixture
def vectors(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[Modality, dict[int, Any]]:
    """A collection of some hundred figures with random data, indexed; the last fifth is embedded after the index."""
    settings.INDEX_ROOT = tmp_path
    monkeypatch.setattr(runtime, "open_indexes", {})
    monkeypatch.setattr(ranking, "_encoder", Encoder)
    chance = random.Random(3)
    batches = [
        Batch.objects.create(sha256=f"{n:064d}", file_name=f"{n}.zip", stored_as="", size_bytes=1) for n in range(4)
    ]
    for number in range(120):
        _publication(number, chance, batches)
    figures = list(Figure.objects.order_by("pk"))
    linked = set(SentenceLink.objects.values_list("figure_id", flat=True))
    drawn = np.random.default_rng(5)
    found: dict[Modality, dict[int, Any]] = {side: {} for side in Modality}
    for part in (figures[: len(figures) * 4 // 5], figures[len(figures) * 4 // 5 :]):
        for side in Modality:
            chosen = [figure for figure in part if side is Modality.VISUAL or figure.pk in linked]
            rows = unit(drawn.normal(size=(len(chosen), DIM)))
            sources = {figure.pk: "0" * 64 for figure in chosen}
            embeddings_store(modality=side, encoder_key=KEYS[side], figures=chosen, vectors=rows, sources=sources)
            found[side] |= {figure.pk: row for figure, row in zip(chosen, rows, strict=True)}
        if part is not figures and not found[Modality.VISUAL].keys() >= {figure.pk for figure in figures}:
            indexes_refresh()
    _retire_some(figures, chance)
    return found


def _publication(number: int, chance: random.Random, batches: list[Batch]) -> None:
    country, kind = chance.choice(COUNTRIES), chance.choice(KINDS)
    publication = Publication.objects.create(
        country=country,
        doc_number=str(1000 + number),
        kind_code=kind,
        reference=f"{country}{1000 + number}{kind}",
        language=chance.choice(LANGUAGES),
        date=datetime.date(chance.randint(1998, 2024), chance.randint(1, 12), chance.randint(1, 28))
        if chance.random() < 0.95
        else None,
        xml_sha256="0" * 64,
    )
    for scheme in ("IPC", "CPC", "LOC"):
        for symbol in chance.sample(SYMBOLS, chance.randint(0, 3)):
            Classification.objects.create(publication=publication, scheme=scheme, symbol=symbol)
    for role in ("applicant", "proprietor", "inventor"):
        for name in chance.sample(NAMES, chance.choice((0, 1, 1, 2))):
            Party.objects.create(publication=publication, role=role, name=name)
    for batch in chance.sample(batches, chance.choice((0, 1, 1, 2))):
        Document.objects.create(batch=batch, position=number, member="x", publication=publication)
    paragraph = Paragraph.objects.create(publication=publication, position=0, section="description", text="A pump 1.")
    sentence = Sentence.objects.create(publication=publication, paragraph=paragraph, position=0, start=0, end=9)
    for position in range(chance.choice((0, 1, 2, 4, 6))):
        sheet = Sheet.objects.create(publication=publication, position=position, file_name=f"{position}.tif")
        figure = Figure.objects.create(sheet=sheet, position=0, left=0, top=0, width=9, height=9, crop="", thumbnail="")
        for reason in chance.choice(((), ("numeral",), ("numeral", "figure-label"))):
            SentenceLink.objects.create(figure=figure, sentence=sentence, reason=reason, numerals=["1"], spans=[])


def _retire_some(figures: list[Figure], chance: random.Random) -> None:
    now = timezone.now()
    Figure.objects.filter(pk__in=[figure.pk for figure in chance.sample(figures, 12)]).update(retired_at=now)
    gone = {figure.sheet.publication_id for figure in chance.sample(figures, 4)}
    Publication.objects.filter(pk__in=gone).update(retired_at=now)


@pytest.fixture
def rows(vectors: dict[Modality, dict[int, Any]]) -> list[FigureRow]:
    return figure_rows()


def test_results_under_200_random_filters_equal_a_plain_search_under_them(
    vectors: dict[Modality, dict[int, Any]], rows: list[FigureRow]
) -> None:
    chance = random.Random(11)
    assert FigureEmbedding.objects.count() == sum(map(len, vectors.values())) > 300
    sides = (vectors[Modality.VISUAL], vectors[Modality.TEXT])
    not_empty = 0
    for _ in range(FILTERS_TRIED):
        filters = random_filters(rows, chance)
        allowed = [row.pk for row in rows if passes(row, filters)]
        read, faults = filters_read(filters)
        assert not faults
        passing = figures_allowed(read)
        assert passing is None or passing.tolist() == allowed, filters
        drawn, written = (unit(np.random.default_rng(chance.randrange(10**6)).normal(size=(1, DIM))) for _ in range(2))
        query = (drawn, written)
        found = ranking.find(
            query=QueryVectors(*query), before_feedback=None, filters=read, excluded_ids=None
        ).candidates
        assert (found is not None) == bool(allowed), filters
        if found is None:
            continue
        not_empty += 1
        for how in (Fusion.VISUAL, Fusion.TEXT, Fusion.AVG):
            wanted = plain_search(allowed, *sides, query, how)
            ranked = found.ranked(how).ids.tolist()[: len(wanted)]
            assert ranked == list(wanted), (filters, how)
    assert not_empty > FILTERS_TRIED * 0.6


def test_what_is_counted_for_a_value_passes_once_it_is_chosen(rows: list[FigureRow]) -> None:
    chance = random.Random(17)
    compared = 0
    for _ in range(12):
        filters, _ = filters_read(random_filters(rows, chance))
        counts = filter_counts(filters, prefixes=prefixes_of(filters))
        assert counts.figures == sum(passes(row, filters) for row in rows)
        without_text = {name: value for name, value in filters.items() if name != "has_text"}
        assert counts.figures_with_text == sum(row.has_text and passes(row, without_text) for row in rows)
        for name in ("ipc", "cpc", "kind", "country", "language", "batch", "applicant"):
            for one in chance.sample(counts.values.get(name, ()), min(2, len(counts.values.get(name, ())))):
                if not one.value:
                    continue
                value = f'"{one.value}"' if name == "applicant" else one.value
                chosen, faults = filters_read({**filters, name: value})
                assert not faults
                if name == "kind" and one.value == "A":
                    continue  # A chosen is every A too
                assert filter_counts(chosen, prefixes={}).publications == one.count, (filters, name, one)
                compared += 1
    assert compared > 50


def test_the_counts_are_two_statements_whatever_is_filtered(django_assert_num_queries: Any) -> None:
    for reference in ("EP1234567A1", "EP2000002A1"):
        publication_make(reference)
    for filters in ({}, {"ipc": "F04,B", "applicant": "a", "has_text": "1", "date_from": "2000-01-01", "batch": "1"}):
        with django_assert_num_queries(2):
            filter_counts(filters, prefixes=prefixes_of(filters))
