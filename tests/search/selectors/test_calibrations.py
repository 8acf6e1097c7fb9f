"""Hints: levels by thresholds, the line between the hits, and the calibration that text is compared with."""

from __future__ import annotations

import numpy as np
import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries

from engine.ranking.candidates import Candidates, candidates_as_bytes
from search.models import Calibration, CalibrationQuery, Figure, IndexVersion, Modality, Publication, Query
from search.question import Picture, Question
from search.selectors.hints import Hint, hint_of, text_calibration_query
from search.selectors.hits import mosaic_of
from tests.factories import publication_make, query_make, user_make

pytestmark = pytest.mark.django_db
NAN = float("nan")


@pytest.fixture
def owner() -> User:
    return user_make("examiner")


@pytest.fixture
def figures() -> list[int]:
    for number in range(4):
        made = publication_make(f"EP100000{number}A1", sheets=1)
        Publication.objects.filter(pk=made.pk).update(family_key=f"F{number}")
    return list(Figure.objects.order_by("pk").values_list("pk", flat=True))


def calibrate(
    modality: Modality, low: float, high: float, asked_with: CalibrationQuery = CalibrationQuery.FIGURE
) -> Calibration:
    """Percentiles that rise evenly from low to high."""
    key = f"tests/{modality.value}"
    version, _ = IndexVersion.objects.get_or_create(
        modality=modality, encoder_key=key, defaults={"dim": 8, "kind": "exact", "figure_count": 500}
    )
    return Calibration.objects.create(
        modality=modality,
        encoder_key=key,
        asked_with=asked_with,
        index_version=version,
        sampled_count=500,
        figure_count=1000,
        quantiles=np.linspace(low, high, 101).tolist(),
    )


def answered(owner: User, figures: list[int], visual: list[float], text: list[float], words: str = "") -> Query:
    query = query_make(owner, figure=None if words else Figure.objects.get(pk=figures[0]), text=words)
    candidates = Candidates(
        ids=np.array(figures),
        visual=np.array(visual, dtype=np.float32),
        text=np.array(text, dtype=np.float32),
        nearest=np.full(len(figures), -1, dtype=np.int16),
        absent_visual=0.5,
        absent_text=0.1,
    )
    query.candidates = candidates_as_bytes(candidates, None)
    query.save()
    return query


def hint(query: Query) -> Hint | None:
    return hint_of(query, query.question, mosaic_of(query, query.question))


@pytest.mark.parametrize(
    ("drawing", "text", "level"),
    [
        (0.89, 0.20, "nothing"),  # 45th and 20th percentile
        (0.91, 0.20, "weak"),  # 55th
        (0.89, 0.60, "weak"),  # the text is at the 60th
        (0.97, 0.20, "fine"),
        (0.70, 0.95, "fine"),
    ],
)
def test_the_higher_percentile_decides(
    owner: User, figures: list[int], drawing: float, text: float, level: str
) -> None:
    calibrate(Modality.VISUAL, 0.8, 1.0)
    calibrate(Modality.TEXT, 0.0, 1.0)
    found = hint(answered(owner, figures, [drawing, 0.5, 0.4, 0.3], [text, NAN, 0.1, 0.05]))
    assert found is not None
    assert found.level == level
    assert [side.name for side in found.sides] == ["drawing", "text"]


def test_the_line_is_drawn_after_the_last_strong_hit(owner: User, figures: list[int]) -> None:
    calibrate(Modality.VISUAL, 0.8, 1.0)  # the 50th is .9
    calibrate(Modality.TEXT, 0.0, 1.0)  # the 50th is .5
    # By the mean: .97+.1, .7+.6, .85+.3, .85+.2; the second is strong by its text.
    found = hint(answered(owner, figures, [0.99, 0.7, 0.85, 0.85], [0.4, 0.6, 0.3, 0.2]))
    assert found is not None and found.weak_from == 3
    found = hint(answered(owner, figures, [0.89, 0.7, 0.85, 0.85], [0.4, 0.4, 0.3, 0.2]))
    assert found is not None and (found.level, found.weak_from) == ("nothing", 1)
    found = hint(answered(owner, figures, [0.99, 0.98, 0.97, 0.96], [NAN] * 4))
    assert found is not None and found.weak_from == 0


def test_text_alone_is_compared_with_single_sentences_and_has_lower_thresholds(owner: User, figures: list[int]) -> None:
    calibrate(Modality.TEXT, 0.5, 1.0)
    calibrate(Modality.TEXT, 0.0, 1.0, CalibrationQuery.SENTENCE)
    levels = []
    for best in (0.08, 0.15, 0.25):
        found = hint(answered(owner, figures, [NAN] * 4, [best, 0.01, 0.01, 0.01], words=f"a pump {best}"))
        assert found is not None
        levels.append(found.level)
    assert levels == ["nothing", "weak", "fine"]


def test_a_query_with_a_side_that_was_never_calibrated_has_no_hint(owner: User, figures: list[int]) -> None:
    query = answered(owner, figures, [0.1, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.1])
    assert hint(query) is None
    calibrate(Modality.VISUAL, 0.8, 1.0)
    assert hint(query) is None
    calibrate(Modality.TEXT, 0.5, 1.0)
    assert hint(query) is not None


def test_a_query_without_hits_has_no_hint(owner: User, figures: list[int]) -> None:
    calibrate(Modality.VISUAL, 0.8, 1.0)
    query = query_make(owner, text="a pump")
    query.candidates = None
    assert hint(query) is None


def test_the_newest_calibration_is_used_and_takes_one_query(
    owner: User, figures: list[int], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    calibrate(Modality.VISUAL, 0.0, 0.1)
    newest = calibrate(Modality.VISUAL, 0.8, 1.0)
    query = answered(owner, figures, [0.9, 0.1, 0.1, 0.1], [NAN] * 4)
    mosaic = mosaic_of(query, query.question)
    with django_assert_num_queries(1):
        found = hint_of(query, query.question, mosaic)
    assert found is not None
    assert found.sides[0].calibration == newest
    assert found.sides[0].percentile == pytest.approx(50)


@pytest.mark.parametrize(
    ("question", "asked_with"),
    [
        (Question(examples=(Picture("figure", "1"),)), CalibrationQuery.FIGURE),
        (Question(examples=(Picture("figure", "1"),), text="a pump"), CalibrationQuery.SENTENCE),
        (Question(examples=(Picture("figure", "1", (0, 0, 10, 10)),)), CalibrationQuery.SENTENCE),
        (Question(text="a pump"), CalibrationQuery.SENTENCE),
        (Question(passage="8e8d3f1c-6d7c-4d0e-9a57-6f3f0f4f2b11"), CalibrationQuery.SENTENCE),
    ],
)
def test_text_is_compared_with_the_calibration_of_its_kind(question: Question, asked_with: CalibrationQuery) -> None:
    assert text_calibration_query(question) is asked_with
