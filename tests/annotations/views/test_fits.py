"""Fits on pages: asked for, followed, offered in search with the reason where they cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from annotations.models import FusionFit, QrelsSnapshot, Run, TopicSet
from annotations.services.fits import fit_process
from annotations.templatetags.evaluation import signed
from search.models import SuggestedWeight, WorkState
from search.services.work import work_reject
from tests.annotation_collection import collection_make, use_stand_ins
from tests.annotation_fits import fit_make, judged_by_weight, run_done_make
from tests.annotation_rows import run_make, topic_set_make
from tests.factories import publication_make
from tests.form_errors import error_codes
from tests.html import html_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_administrator(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


@pytest.fixture
def topic_set(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, administrator: User) -> TopicSet:
    """Six topics over a small searchable collection."""
    use_stand_ins(settings, tmp_path, monkeypatch)
    return topic_set_make(administrator, collection_make(publications=7)[:12:2])


@pytest.fixture
def average(topic_set: TopicSet, administrator: User) -> Run:
    return run_done_make(topic_set, administrator)


@pytest.fixture
def snapshot(average: Run) -> QrelsSnapshot:
    return judged_by_weight(average, 0.8)


@pytest.fixture
def done(administrator: User) -> FusionFit:
    """A fit whose gain holds, without a collection."""
    publication = publication_make()
    figures = [figure for sheet in publication.sheets.all() for figure in sheet.figures.all()]
    topic_set = topic_set_make(administrator, figures[:1], name="Rotors")
    baseline, run = run_make(topic_set, figures), run_make(topic_set, figures, name="fitted-70", system="fitted")
    return fit_make(baseline, run)


def address_of(topic_set: TopicSet) -> str:
    return reverse("annotations:fits", args=[topic_set.pk])


def page_of(fit: FusionFit) -> str:
    return reverse("annotations:fit", args=[fit.pk])


def test_a_fit_is_requested_enqueued_and_followed(
    as_administrator: Client,
    topic_set: TopicSet,
    snapshot: QrelsSnapshot,
    average: Run,
    enqueued: list[tuple[str, Any]],
) -> None:
    sent = {"snapshot": snapshot.pk, "baseline": average.pk, "relevant_from": "1"}
    for _ in range(2):
        answer = as_administrator.post(address_of(topic_set), sent)
        fit = FusionFit.objects.get()
        assert answer["Location"] == page_of(fit)
    assert set(enqueued) == {("fit_fusion", fit.pk)}
    waiting = html_of(as_administrator.get(page_of(fit)))
    assert "data-refresh-seconds" in waiting and "0 of 6" in waiting
    assert "data-refresh-ended" not in as_administrator.get(f"{page_of(fit)}?fragment").content.decode()
    fit_process(fit_id=fit.pk)
    fit.refresh_from_db()
    assert fit.run is not None
    Run.objects.filter(pk=fit.run.pk).update(state=WorkState.DONE)
    shown = html_of(as_administrator.get(f"{page_of(fit)}?fragment"))
    assert "data-refresh-ended" in shown
    assert fit.gain is not None and signed(fit.gain) in shown
    assert f"Offer {round(100 * fit.fitted['weight'])} % in search" in shown


def test_the_average_is_what_one_wants_to_be_better_than_at_first(
    as_administrator: Client, topic_set: TopicSet, snapshot: QrelsSnapshot, average: Run
) -> None:
    run_make(topic_set, [], name="newer")
    page = html_of(as_administrator.get(address_of(topic_set)))
    assert f'<option value="{average.pk}" selected>avg</option>' in page


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"snapshot": "999999"}, {"snapshot": ["invalid_choice"]}),
        ({"snapshot": "x"}, {"snapshot": ["invalid_choice"]}),
        ({"baseline": "9" * 30}, {"baseline": ["invalid_choice"]}),
        ({"baseline": ""}, {"baseline": ["required"]}),
        ({"relevant_from": "7"}, {"relevant_from": ["invalid_choice"]}),
        ({"relevant_from": "3"}, {"__all__": ["too-few-topics"]}),
    ],
)
def test_a_wrong_choice_has_an_error_at_its_field(
    as_administrator: Client,
    topic_set: TopicSet,
    snapshot: QrelsSnapshot,
    average: Run,
    enqueued: list[tuple[str, Any]],
    wrong: dict[str, str],
    errors: object,
) -> None:
    sent = {"snapshot": str(snapshot.pk), "baseline": str(average.pk), "relevant_from": "1"}
    answer = as_administrator.post(address_of(topic_set), sent | wrong)
    assert answer.status_code == 400
    assert error_codes(answer.context["form"]) == errors
    assert not FusionFit.objects.exists() and not enqueued


def test_damaged_qrels_are_said_and_not_fitted_to(
    as_administrator: Client,
    topic_set: TopicSet,
    snapshot: QrelsSnapshot,
    average: Run,
    enqueued: list[tuple[str, Any]],
) -> None:
    QrelsSnapshot.objects.update(content="{}")
    sent = {"snapshot": snapshot.pk, "baseline": average.pk, "relevant_from": "1"}
    answer = as_administrator.post(address_of(topic_set), sent)
    assert answer.status_code == 400
    assert error_codes(answer.context["form"]) == {"__all__": ["snapshot-damaged"]}
    assert not FusionFit.objects.exists() and not enqueued


def test_what_is_missing_before_anything_can_be_fitted_is_linked(as_administrator: Client, administrator: User) -> None:
    topic_set = topic_set_make(administrator, [])
    assert "Freeze judgments" in html_of(as_administrator.get(address_of(topic_set)))


def test_the_weight_is_offered_and_withdrawn_again(as_administrator: Client, done: FusionFit) -> None:
    for _ in range(2):
        assert as_administrator.post(f"{page_of(done)}promote/")["Location"] == page_of(done)
    offered = SuggestedWeight.objects.get()
    assert offered.percent == round(100 * done.fitted["weight"])
    page = html_of(as_administrator.get(page_of(done)))
    assert "offered in search" in page and "Withdraw" in page
    kept = as_administrator.post(f"{page_of(done)}delete/")
    assert kept.status_code == 409 and kept.context["problem"] in kept.content.decode()
    assert FusionFit.objects.filter(pk=done.pk).exists()
    for _ in range(2):
        assert as_administrator.post(f"{page_of(done)}withdraw/")["Location"] == page_of(done)
    assert not SuggestedWeight.objects.exists()


def test_what_does_not_hold_has_a_dead_button_with_the_reason_and_is_refused(
    as_administrator: Client, done: FusionFit
) -> None:
    FusionFit.objects.update(low=-0.012)
    page = html_of(as_administrator.get(page_of(done)))
    assert 'disabled aria-describedby="promotion-problem"' in page
    assert "-0.0120" in page
    answer = as_administrator.post(f"{page_of(done)}promote/")
    assert answer.status_code == 409
    assert "-0.0120" in answer.content.decode()
    assert not SuggestedWeight.objects.exists()


def test_the_page_tells_in_sample_and_held_out_apart_and_every_number_of_the_plot(
    as_administrator: Client, done: FusionFit
) -> None:
    page = html_of(as_administrator.get(page_of(done)))
    for told in (done.fitted["in_sample_gain"], done.gain, done.low, done.high, done.fitted["over_usual"]["gain"]):
        assert told is not None and signed(told) in page
    for place in (9, 49, 89):
        assert f'<td class="number">{done.fitted["curve"][place]:.3f}</td>' in page
    assert page.count("<line x1=") == 12  # a tick for each fold
    assert done.snapshot.sha256 in page


def test_a_failed_fit_says_why_and_is_tried_again(
    as_administrator: Client, done: FusionFit, enqueued: list[tuple[str, Any]]
) -> None:
    work_reject(row=done, code="models-changed", detail="Another model is in use.")
    assert "Another model is in use." in html_of(as_administrator.get(page_of(done)))
    assert as_administrator.post(f"{page_of(done)}retry/")["Location"] == page_of(done)
    assert enqueued == [("fit_fusion", done.pk)]
    done.refresh_from_db()
    assert done.state == WorkState.WAITING


def test_a_deleted_fit_is_gone_and_its_run_stays(as_administrator: Client, done: FusionFit) -> None:
    run, topic_set = done.run, done.snapshot.topic_set
    assert run is not None
    assert as_administrator.post(f"{page_of(done)}delete/")["Location"] == address_of(topic_set)
    assert as_administrator.get(page_of(done)).status_code == 404
    assert Run.objects.filter(pk=run.pk).exists()


def test_the_pages_ask_no_more_for_many(
    as_administrator: Client, done: FusionFit, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = address_of(done.snapshot.topic_set)
    as_administrator.get(address)
    with CaptureQueriesContext(connection) as of_one:
        as_administrator.get(address)
    assert done.run is not None
    for name in ("second", "third"):
        fit_make(done.baseline, done.run, name=name)
    with django_assert_num_queries(len(of_one)):
        as_administrator.get(address)


@pytest.mark.parametrize("name", ["fit", "promote-fit", "withdraw-fit", "retry-fit", "delete-fit"])
def test_a_fit_that_there_is_not_is_404(as_administrator: Client, name: str) -> None:
    ask = as_administrator.get if name == "fit" else as_administrator.post
    for wrong in (1, 2**63 - 1, 2**70):
        assert ask(reverse(f"annotations:{name}", args=[wrong])).status_code == 404
