"""Why a hit was found: its page and fragments, whose it is, and what is said where something is not known."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from search import queue
from search.models import (
    Calibration,
    CalibrationQuery,
    Explanation,
    Figure,
    IndexState,
    IndexVersion,
    PartName,
    Publication,
    Query,
    SentenceLink,
    WorkState,
)
from search.views import why
from tests.factories import publication_make, query_make, user_make

PAIR = {"asked": "The rotor 12 turns.", "found": "A rotor 12 is turned by hand.", "similarity": 0.83}


@pytest.fixture(autouse=True)
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Messages that would be sent; no worker runs in these tests, so that waiting for one is in vain."""
    monkeypatch.setattr(why, "WAIT_SECONDS", 0.0)
    monkeypatch.setattr(why, "FRAGMENT_WAIT_SECONDS", 0.0)
    sent: list[Any] = []
    monkeypatch.setattr(queue, "enqueue", lambda task, pk, **_: sent.append((task, pk)))
    return sent


@pytest.fixture
def figures(db: None) -> list[Figure]:
    """Figure 1 of two publications that are no family."""
    publication_make()
    other = publication_make("EP2000002A1", title="Turbine")
    Publication.objects.filter(pk=other.pk).update(family_key="another", application_number="another")
    PartName.objects.filter(publication=other, numeral="14").update(name="casing")
    PartName.objects.filter(publication=other, numeral="10").update(name="vane pump")
    return list(Figure.objects.filter(label="1").order_by("pk"))


@pytest.fixture
def query(examiner: User, figures: list[Figure]) -> Query:
    return query_make(examiner, figure=figures[0], hits=[figures[1], figures[0]])


def address(query: Query, figure: Figure) -> str:
    return f"/queries/{query.pk}/why/{figure.pk}/"


def said(client: Client, where: str, **headers: str) -> str:
    answer = client.get(where, headers=headers)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def explained(query: Query, figure: Figure, pairs: Sequence[Any] = (PAIR,)) -> None:
    Explanation.objects.create(query=query, figure=figure, state=WorkState.DONE, sentence_pairs=list(pairs))


def test_the_page_asks_the_worker_once(
    as_examiner: Client,
    query: Query,
    figures: list[Figure],
    enqueued: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        page = said(as_examiner, address(query, figures[1]))
        assert 'data-progress="comparing"' in page
        assert '<noscript><meta http-equiv="refresh"' in page
        said(as_examiner, address(query, figures[1]), **{"HX-Request": "true", "HX-Target": "why-body"})
    assert enqueued == [("explain_hit", Explanation.objects.get().pk)]


def test_pairs_scores_parts_and_numerals_are_shown(as_examiner: Client, query: Query, figures: list[Figure]) -> None:
    explained(query, figures[1])
    page = said(as_examiner, address(query, figures[1]))
    assert "<h1" in page
    assert '<mark data-numerals="rotor">rotor</mark>' in page
    assert "0.83" in page
    assert "The query: FIG. 1 of <bdi>EP1234567A1</bdi>" in page
    assert '<bdi>rotor</bdi> <b>12</b></span> <span aria-hidden="true">↔</span>' in page
    assert "<bdi>vane pump</bdi> <b>10</b>" in page and "1 more with the same noun" in page
    assert '<li class="is-same"><b>12</b>' in page
    assert '<bdi>housing</bdi> <span class="faint">in the query,</span> <bdi>casing</bdi>' in page
    assert "data-other-family" in page


def test_numerals_of_one_family_need_no_warning(as_examiner: Client, query: Query, figures: list[Figure]) -> None:
    Publication.objects.update(family_key="one")
    explained(query, figures[1])
    assert "data-other-family" not in said(as_examiner, address(query, figures[1]))


def test_the_fragment_steps_through_the_hits_only_over_them(
    as_examiner: Client, query: Query, figures: list[Figure]
) -> None:
    explained(query, figures[1])
    over = said(as_examiner, address(query, figures[1]), **{"HX-Request": "true", "HX-Target": "why-body"})
    beside = said(
        as_examiner, address(query, figures[1]), **{"HX-Request": "true", "HX-Target": f"why-{figures[1].pk}"}
    )
    assert "<html" not in over + beside
    assert 'data-key="j"' in over and "data-why-close" not in over
    assert 'data-key="j"' not in beside and "data-why-close" in beside


def test_the_sentences_come_alone_when_they_are_asked_for(
    as_examiner: Client, query: Query, figures: list[Figure]
) -> None:
    where = f"{address(query, figures[1])}?part=sentences"
    assert "part=sentences" in said(as_examiner, where, **{"HX-Request": "true"})  # it asks again
    Explanation.objects.update(state=WorkState.DONE, sentence_pairs=[PAIR])
    part = said(as_examiner, where, **{"HX-Request": "true"})
    assert "0.83" in part and "why-parts" not in part and "hx-get" not in part


def test_a_figure_without_text_was_found_by_its_drawing(
    as_examiner: Client, query: Query, figures: list[Figure]
) -> None:
    SentenceLink.objects.filter(figure=figures[0]).delete()
    page = said(as_examiner, address(query, figures[0]))  # the second hit has no text similarity
    assert "found by its drawing alone" in page
    assert not Explanation.objects.exists()


def test_a_query_without_text_and_parts_says_so(as_examiner: Client, examiner: User, figures: list[Figure]) -> None:
    query = query_make(examiner, hits=figures)  # an uploaded drawing
    page = said(as_examiner, address(query, figures[1]))
    assert 'data-without-text="query"' in page
    assert "data-parts-unknown" in page
    assert not Explanation.objects.exists()


def test_a_failure_is_said_and_asked_again_by_a_post(
    as_examiner: Client,
    query: Query,
    figures: list[Figure],
    enqueued: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    Explanation.objects.create(
        query=query, figure=figures[1], state=WorkState.QUARANTINED, error_code="failed", error_detail="It failed."
    )
    page = said(as_examiner, address(query, figures[1]))
    assert "It failed." in page and "Try again" in page
    with django_capture_on_commit_callbacks(execute=True):
        answer = as_examiner.post(address(query, figures[1]))
    assert answer.status_code == 302
    assert enqueued == [("explain_hit", Explanation.objects.get().pk)]
    assert 'data-progress="comparing"' in said(as_examiner, address(query, figures[1]))


def test_a_worker_that_does_not_answer_is_spoken_of(as_examiner: Client, query: Query, figures: list[Figure]) -> None:
    said(as_examiner, address(query, figures[1]))
    Explanation.objects.update(created_at=timezone.now() - timedelta(seconds=60))
    assert 'data-progress="unanswered"' in said(as_examiner, address(query, figures[1]))
    Explanation.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    page = said(as_examiner, address(query, figures[1]))
    assert "data-given-up" in page and "Try again" in page


def test_only_the_owner_may_look_and_only_at_hits(as_examiner: Client, query: Query, figures: list[Figure]) -> None:
    stranger = Client()
    stranger.force_login(user_make("other"))
    assert stranger.get(address(query, figures[1])).status_code == 404
    assert stranger.post(address(query, figures[1])).status_code == 404
    assert stranger.get(f"/calibration/?query={query.pk}").status_code == 404
    no_hit = Figure.objects.filter(label="2").earliest("pk")
    assert as_examiner.get(address(query, no_hit)).status_code == 404
    assert as_examiner.get(f"/queries/{query.pk}/why/{10**30}/").status_code == 404
    assert as_examiner.get(f"/queries/{uuid.uuid4()}/why/{figures[1].pk}/").status_code == 404
    figures[1].retired_at = timezone.now()
    figures[1].save()
    assert as_examiner.get(address(query, figures[1])).status_code == 404


@pytest.mark.parametrize("ranking", ["weight=abc", "weight=101", "top=0", "weight=%00"])
def test_a_ranking_that_is_none_is_a_bad_request(
    as_examiner: Client, query: Query, figures: list[Figure], ranking: str
) -> None:
    assert as_examiner.get(f"{address(query, figures[1])}?{ranking}").status_code == 400


def test_the_page_asks_the_database_as_often_however_much_is_shared(
    as_examiner: Client, query: Query, figures: list[Figure], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    explained(query, figures[1], [PAIR] * 3)
    with django_assert_max_num_queries(26):
        said(as_examiner, address(query, figures[1]))


def calibrated() -> Calibration:
    version = IndexVersion.objects.create(
        modality="visual", encoder_key="tests/visual", dim=8, kind="exact", figure_count=400, state=IndexState.ACTIVE
    )
    return Calibration.objects.create(
        modality="visual",
        encoder_key="tests/visual",
        asked_with=CalibrationQuery.FIGURE,
        index_version=version,
        sampled_count=321,
        figure_count=432,
        quantiles=np.linspace(0.89, 0.99, 101).round(4).tolist(),
    )


def test_the_calibration_page_shows_where_a_query_stands(
    as_examiner: Client, examiner: User, figures: list[Figure]
) -> None:
    assert "data-empty" in said(as_examiner, "/calibration/")
    calibrated()
    page = said(as_examiner, "/calibration/")
    assert "321 of 432 figures" in page and "tests/visual" in page and "0.940" in page
    assert "This query" not in page
    query = query_make(examiner, hits=figures[:1])
    SentenceLink.objects.all().delete()
    # The made candidates have a text too, which was never calibrated: then the query is not compared.
    assert "This query" not in said(as_examiner, f"/calibration/?query={query.pk}")
    fragment = said(as_examiner, "/calibration/", **{"HX-Request": "true"})
    assert "321 of 432" in fragment and "<html" not in fragment


@pytest.mark.parametrize("wanted", ["abc", "%00", "1" * 5000])
def test_a_query_that_is_none_is_not_found(as_examiner: Client, wanted: str) -> None:
    assert as_examiner.get(f"/calibration/?query={wanted}").status_code == 404


def test_the_hits_are_headed_by_the_hint(as_examiner: Client, examiner: User, figures: list[Figure]) -> None:
    calibrated()
    query = query_make(examiner, hits=figures[:2])  # drawings .90 and .89, of 10 and 0 in 100
    Calibration.objects.create(
        modality="text",
        encoder_key="tests/text",
        index_version=IndexVersion.objects.get(),
        sampled_count=100,
        figure_count=100,
        quantiles=np.linspace(0.85, 1.0, 101).round(4).tolist(),
    )
    page = said(as_examiner, f"/?{query.query_string}")
    assert 'data-hint="nothing"' in page
    assert f"/calibration/?query={query.pk}" in page
    assert said(as_examiner, f"/calibration/?query={query.pk}").count('data-best="') == 2  # drawing and text
    assert page.count('class="hit ') + page.count('class="hit"') == 2  # they are shown all the same
    Calibration.objects.update(quantiles=np.linspace(0.1, 0.2, 101).tolist())
    assert "data-hint" not in said(as_examiner, f"/?{query.query_string}")
