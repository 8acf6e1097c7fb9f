"""What somebody else deletes while one acts on it is not found, by page and by API, and never a fault of ours."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from annotations.models import FusionFit, Run, RunScores, System, TopicSet
from annotations.selectors.document_numbers import numbers_of_figures
from annotations.services.fits import fit_delete, fit_request
from annotations.services.runs import Plan, run_delete, runs_make
from annotations.services.snapshots import snapshot_store
from annotations.services.topics import topic_delete, topic_set_delete
from engine.evaluation.qrels import RULE_IMPORTED, JudgedFigure, JudgedTopic, Qrels
from engine.evaluation.relatives import Relatives
from search.models import Figure, Verdict, WorkState
from tests.annotation_collection import use_stand_ins
from tests.annotation_fits import fit_make, judged_make
from tests.annotation_rows import run_make, topic_set_make
from tests.factories import publication_make, user_make
from tests.overlapping import second_during_first

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def maker() -> User:
    return user_make("maker", staff=True)


@pytest.fixture
def figures() -> list[Figure]:
    publication_make("EP1A1", sheets=3)
    return list(Figure.objects.order_by("pk"))


def answered(
    maker: User, address: str, delete: Callable[[], object], sent: dict[str, str] | None = None, method: str = "post"
) -> object:
    """The status of what is sent to an address while another transaction deletes; with the code, where the API says it.

    The row is found, for its deletion is not committed yet, and is gone once it can be held.
    """
    is_api = address.startswith("/api/")
    client = APIClient(raise_request_exception=False) if is_api else Client(raise_request_exception=False)
    client.force_login(maker)

    def act() -> object:
        options = {"format": "json"} if is_api else {}
        answer = getattr(client, method)(address, sent or {}, **options)
        return (answer.status_code, answer.json()["code"]) if is_api else answer.status_code

    _, gave = second_during_first(delete, act)
    return gave


def failed(row: Model) -> Model:
    """The row as an administrator finds it who may retry it."""
    type(row)._default_manager.filter(pk=row.pk).update(state=WorkState.QUARANTINED, verdict=Verdict.REJECTED)
    return row


def test_a_run_that_is_deleted_while_it_is_retried_is_not_found(maker: User, figures: list[Figure]) -> None:
    topic_set = topic_set_make(maker, figures)
    for address, wanted in (("/runs/{}/retry/", 404), ("/api/runs/{}/retry/", (404, "not-found"))):
        run = run_make(topic_set, figures)
        failed(run)
        assert answered(maker, address.format(run.pk), partial(run_delete, run=run)) == wanted, address
        assert not Run.objects.exists()


@pytest.mark.parametrize("act", ["retry", "promote", "withdraw"])
def test_a_fit_that_is_deleted_while_something_is_done_to_it_is_not_found(
    act: str, maker: User, figures: list[Figure]
) -> None:
    run = run_make(topic_set_make(maker, figures), figures)
    for address, wanted in (("/evaluation/fits/{}/{}/", 404), ("/api/fits/{}/{}/", (404, "not-found"))):
        fit = fit_make(run, run)
        if act == "retry":
            failed(fit)
        assert answered(maker, address.format(fit.pk, act), partial(fit_delete, fit=fit)) == wanted, address
        assert not FusionFit.objects.exists()


def test_a_topic_that_is_deleted_while_it_is_described_is_not_found(maker: User, figures: list[Figure]) -> None:
    topic_set = topic_set_make(maker, figures)
    for number, address, method, wanted in (
        (1, "/topics/{}/topics/{}/", "post", 404),
        (2, "/api/topic-sets/{}/topics/{}/", "patch", (404, "not-found")),
    ):
        topic = topic_set.topics.get(number=number)
        gave = answered(
            maker,
            address.format(topic_set.pk, number),
            partial(topic_delete, topic=topic),
            {"title": "Seal", "need": "Seals like it."},
            method,
        )
        assert gave == wanted, address
    assert not topic_set.topics.filter(number__in=(1, 2)).exists()


def test_a_topic_set_that_is_deleted_while_it_is_described_stays_deleted(maker: User, figures: list[Figure]) -> None:
    for address, method, wanted in (
        ("/topics/{}/", "post", 404),
        ("/api/topic-sets/{}/", "patch", (404, "not-found")),
    ):
        row = topic_set_make(maker, figures)
        gave = answered(
            maker,
            address.format(row.pk),
            partial(topic_set_delete, topic_set=row),
            {"name": "Seals", "note": ""},
            method,
        )
        assert gave == wanted, address
        assert not TopicSet.objects.exists()


def test_a_run_that_is_deleted_while_it_is_scored_is_not_found(maker: User) -> None:
    publication_make("EP2A1", sheets=3)
    figures = list(Figure.objects.order_by("pk"))
    topic_set = topic_set_make(maker, figures[:1])
    number = numbers_of_figures([figures[1].pk])[figures[1].pk]
    judged = {"1": JudgedTopic("1", "", None, {number: JudgedFigure(2, Relatives(number))})}
    snapshot_store(
        topic_set=topic_set,
        name="Judged",
        qrels=Qrels(topic_set.name, "overall", RULE_IMPORTED, judged),
        stored_by=maker,
    )
    for address, wanted in (("/evaluation/{}/scores/", 404), ("/api/topic-sets/{}/scores/", (404, "not-found"))):
        run = run_make(topic_set, figures)
        gave = answered(maker, address.format(topic_set.pk), partial(run_delete, run=run))
        assert gave == wanted, address
        assert not RunScores.objects.exists()


def test_a_run_and_a_fit_that_are_asked_for_again_while_they_are_deleted_are_made_anew(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_stand_ins(settings, tmp_path, monkeypatch)
    judged = judged_make()
    staff, topic_set = judged.staff, judged.topic_set
    plan = Plan(systems=(System.VISUAL,))
    (run,) = runs_make(topic_set=topic_set, plan=plan, made_by=staff)
    _, made = second_during_first(
        lambda: run_delete(run=run), lambda: runs_make(topic_set=topic_set, plan=plan, made_by=staff)
    )
    assert made == list(Run.objects.filter(system=System.VISUAL))
    assert made != [run]
    fit = fit_request(snapshot=judged.snapshot, baseline=judged.average, requested_by=staff)
    _, asked = second_during_first(
        lambda: fit_delete(fit=fit),
        lambda: fit_request(snapshot=judged.snapshot, baseline=judged.average, requested_by=staff),
    )
    assert asked == FusionFit.objects.get()
    assert asked != fit
