"""Fits: a known weight is found, the gain is that of the runs as they are measured, only what holds is offered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import timedelta

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from annotations.models import FusionFit, QrelsSnapshot, Run, System, TopicSet
from annotations.selectors.ranked import documents_of_runs
from annotations.selectors.snapshots import snapshot_qrels
from annotations.services import fits
from annotations.services.fits import (
    fit_delete,
    fit_process,
    fit_promote,
    fit_request,
    fit_retry,
    fit_withdraw,
    promotion_problem,
)
from annotations.services.runs import run_delete
from engine.errors import Problem
from engine.evaluation import fitting
from engine.evaluation.measures import MeasureOptions, measure_run
from search.models import SuggestedWeight, WorkState
from search.services.work import worker_name
from tests.annotation_collection import StandInDrawings, collection_make, index_reopen, standing_in
from tests.annotation_fits import BEST, Judged, fit_done_make, judged_by_weight, judged_make, run_done_make
from tests.annotation_rows import topic_set_make

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def judged(module_rows: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    with standing_in(tmp_path_factory.mktemp("indexes")):
        yield judged_make()


@pytest.fixture(autouse=True)
def rows(judged: Judged, db: None, monkeypatch: pytest.MonkeyPatch) -> Judged:
    index_reopen(monkeypatch)
    return deepcopy(judged)


@pytest.fixture
def staff(rows: Judged) -> User:
    return rows.staff


@pytest.fixture
def topic_set(rows: Judged) -> TopicSet:
    return rows.topic_set


@pytest.fixture
def average(rows: Judged) -> Run:
    return rows.average


@pytest.fixture
def snapshot(rows: Judged) -> QrelsSnapshot:
    return rows.snapshot


@pytest.fixture
def fit(snapshot: QrelsSnapshot, average: Run, staff: User) -> FusionFit:
    return fit_done_make(snapshot, average, staff)


def precisions(run: Run, snapshot: QrelsSnapshot) -> np.ndarray:
    """AP@50 by topic, as the table has it."""
    measured = measure_run(documents_of_runs([run])[run.pk], snapshot_qrels(snapshot), MeasureOptions())
    return measured.values["AP@50"]


def test_the_weight_that_decided_the_judgments_is_found_and_gains_on_held_out_topics(fit: FusionFit) -> None:
    assert fit.state == WorkState.DONE
    assert fit.fitted["weight"] == pytest.approx(BEST, abs=0.06)
    assert fit.low is not None and fit.gain is not None
    assert 0 < fit.low < fit.gain
    assert fit.fitted["held_out_mean"] == pytest.approx(1, abs=0.05)


def test_the_gain_is_that_of_the_runs_as_they_are_measured(
    fit: FusionFit, average: Run, snapshot: QrelsSnapshot
) -> None:
    assert fit.run is not None
    assert (fit.run.system, fit.run.weight, fit.run.state) == (System.FITTED, fit.fitted["weight"], WorkState.DONE)
    before, after = precisions(average, snapshot), precisions(fit.run, snapshot)
    topics = fit.fitted["topics"]
    assert [one["baseline"] for one in topics] == pytest.approx(before.tolist())
    assert [one["in_sample"] for one in topics] == pytest.approx(after.tolist())
    assert fit.fitted["in_sample_gain"] == pytest.approx(float((after - before).mean()))
    # The average is the weighted sum with 0.5, so that both gains are one.
    assert fit.fitted["over_usual"]["gain"] == pytest.approx(fit.gain)
    assert fit.fitted["usual_mean"] == pytest.approx(float(before.mean()))


def test_every_topic_is_held_out_once(fit: FusionFit) -> None:
    left_out = [topic for fold in fit.folds for topic in fold["topics"]]
    assert sorted(left_out, key=int) == [str(number) for number in range(1, 13)]


def test_a_fit_searches_the_collection_that_its_baseline_searched(
    snapshot: QrelsSnapshot, average: Run, staff: User
) -> None:
    collection_make(publications=2, first=100)
    fit = fit_done_make(snapshot, average, staff)
    assert fit.run is not None
    assert fit.run.last_embedding_ids == average.last_embedding_ids
    assert fit.fitted["usual_mean"] == pytest.approx(float(precisions(average, snapshot).mean()))


def test_noise_is_not_offered_however_well_it_fits(average: Run, staff: User) -> None:
    fit = fit_done_make(judged_by_weight(average, BEST, name="noise", noise=3), average, staff)
    assert fit.gain is not None and fit.low is not None
    assert fit.fitted["in_sample_gain"] >= 0 > fit.low
    assert fit.fitted["in_sample_gain"] > fit.gain
    with pytest.raises(Problem, match=r"^not-promoted: .*-?\d\.\d{4}"):
        fit_promote(fit=fit, promoted_by=staff)
    assert not SuggestedWeight.objects.exists()


def test_a_gain_over_a_weak_baseline_alone_is_not_offered(average: Run, topic_set: TopicSet, staff: User) -> None:
    """Judged by the average itself: far better than the text alone, and no better than what everybody has."""
    text = run_done_make(topic_set, staff, System.TEXT)
    fit = fit_done_make(judged_by_weight(average, 0.5, name="by average"), text, staff)
    assert fit.low is not None and fit.low > 0
    assert "usual 50 %" in promotion_problem(fit)
    with pytest.raises(Problem):
        fit_promote(fit=fit, promoted_by=staff)


def test_asking_twice_is_one_fit_and_promoting_twice_one_suggestion(
    fit: FusionFit, snapshot: QrelsSnapshot, average: Run, staff: User
) -> None:
    assert fit_request(snapshot=snapshot, baseline=average, requested_by=staff).pk == fit.pk
    assert fit_process(fit_id=fit.pk) is None
    first = fit_promote(fit=fit, promoted_by=staff).suggestion
    assert fit_promote(fit=fit, promoted_by=staff).suggestion == first
    offered = SuggestedWeight.objects.get()
    assert offered.percent == round(100 * fit.fitted["weight"])
    assert (offered.gain, offered.low) == (fit.fitted["over_usual"]["gain"], fit.fitted["over_usual"]["low"])
    assert (offered.topic_count, offered.source, offered.set_by) == (12, snapshot.name, staff)


def test_withdrawing_undoes_promoting_and_the_one_before_is_offered_again(fit: FusionFit, staff: User) -> None:
    before = SuggestedWeight.objects.create(
        percent=60, gain=0.1, low=0.05, high=0.2, topic_count=9, source="before", set_by=staff
    )
    fit_promote(fit=fit, promoted_by=staff)
    assert SuggestedWeight.objects.first() != before
    for _ in range(2):
        assert fit_withdraw(fit=fit).suggestion is None
    assert list(SuggestedWeight.objects.all()) == [before]


def test_a_promoted_fit_is_not_deleted_and_a_withdrawn_one_is_with_its_run_left(fit: FusionFit, staff: User) -> None:
    run = fit.run
    assert run is not None
    fit_promote(fit=fit, promoted_by=staff)
    with pytest.raises(Problem, match=r"^fit-promoted: "):
        fit_delete(fit=fit)
    with pytest.raises(Problem, match=r"^run-in-use: "):
        run_delete(run=run)
    fit_withdraw(fit=fit)
    for _ in range(2):
        fit_delete(fit=fit)
    assert Run.objects.filter(pk=run.pk).exists()


def test_a_worker_goes_on_where_another_was_killed(
    snapshot: QrelsSnapshot, average: Run, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fits, "BUDGET_SECONDS", -1.0)  # one topic a task
    fit = fit_request(snapshot=snapshot, baseline=average, requested_by=staff)
    assert fit_process(fit_id=fit.pk) is not None
    fit.refresh_from_db()
    assert (fit.state, len(fit.evidence)) == (WorkState.WAITING, 1)
    # The next one dies with its lease: the row is somebody else's until that is over.
    FusionFit.objects.update(state=WorkState.RUNNING, worker="elsewhere/1", lease_until=timezone.now() + timedelta(1))
    assert fit_process(fit_id=fit.pk) is None
    FusionFit.objects.update(lease_until=timezone.now() - timedelta(1))
    while not fit.is_finished:
        fit_process(fit_id=fit.pk)
        fit.refresh_from_db()
    assert len(fit.evidence) == 12
    assert fit.fitted["weight"] == pytest.approx(BEST, abs=0.06)


def before_each_topic(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Somebody else does this while a fit looks at a topic."""
    plain = fitting.topic_evidence

    def disturbed(*args: object, **kwargs: object) -> object:
        act()
        return plain(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(fits, "topic_evidence", disturbed)


def test_whoever_lost_the_lease_writes_nothing(
    snapshot: QrelsSnapshot, average: Run, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit = fit_request(snapshot=snapshot, baseline=average, requested_by=staff)
    before_each_topic(monkeypatch, lambda: FusionFit.objects.update(worker="elsewhere/1"))
    fit_process(fit_id=fit.pk)
    fit.refresh_from_db()
    assert (fit.evidence, fit.worker) == ({}, "elsewhere/1")
    assert worker_name() != "elsewhere/1"


def test_a_fit_that_is_deleted_while_it_is_answered_leaves_nothing(
    snapshot: QrelsSnapshot, average: Run, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit = fit_request(snapshot=snapshot, baseline=average, requested_by=staff)
    before_each_topic(monkeypatch, lambda: fit_delete(fit=fit))
    assert fit_process(fit_id=fit.pk) is None
    assert list(Run.objects.all()) == [average]
    assert not FusionFit.objects.exists()


def test_other_models_are_refused_with_the_mend_and_a_retry_goes_on(
    snapshot: QrelsSnapshot, average: Run, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit = fit_request(snapshot=snapshot, baseline=average, requested_by=staff)
    monkeypatch.setattr(StandInDrawings, "key", "tests/other@1")
    fit_process(fit_id=fit.pk)
    fit.refresh_from_db()
    assert (fit.state, fit.error_code) == (WorkState.REJECTED, "models-changed")
    assert promotion_problem(fit) == "The fit is not done yet."
    monkeypatch.undo()
    assert fit_retry(fit=fit).state == WorkState.WAITING


def test_what_cannot_be_fitted_is_refused_with_the_mend(
    snapshot: QrelsSnapshot, average: Run, topic_set: TopicSet, staff: User, rows: Judged
) -> None:
    few = judged_by_weight(average, BEST, name="few", topics=4)
    with pytest.raises(Problem, match=r"^too-few-topics: 4 "):
        fit_request(snapshot=few, baseline=average, requested_by=staff)
    with pytest.raises(Problem, match=r"^too-few-topics: 0 "):
        fit_request(snapshot=snapshot, baseline=average, relevant_from=3, requested_by=staff)
    with pytest.raises(Problem, match=r"^relevant-from: "):
        fit_request(snapshot=snapshot, baseline=average, relevant_from=0, requested_by=staff)
    short = run_done_make(topic_set, staff, System.VISUAL, depth=10)
    with pytest.raises(Problem, match=r"^run-too-short: .* 10,"):
        fit_request(snapshot=snapshot, baseline=short, requested_by=staff)
    Run.objects.filter(pk=short.pk).update(state=WorkState.RUNNING)
    short.refresh_from_db()
    with pytest.raises(Problem, match=r"^run-not-done: "):
        fit_request(snapshot=snapshot, baseline=short, requested_by=staff)
    other = run_done_make(topic_set_make(staff, rows.figures[:5], name="Others"), staff)
    with pytest.raises(Problem, match=r"^other-topics: "):
        fit_request(snapshot=snapshot, baseline=other, requested_by=staff)
    gone = run_done_make(topic_set, staff, System.TEXT)
    Run.objects.filter(pk=gone.pk).delete()
    with pytest.raises(Problem, match=r"^run-gone: "):
        fit_request(snapshot=snapshot, baseline=gone, requested_by=staff)
    assert not FusionFit.objects.exists()


def test_a_run_of_another_system_may_be_the_baseline(snapshot: QrelsSnapshot, average: Run, staff: User) -> None:
    Run.objects.filter(pk=average.pk).update(
        system=System.IMPORTED, encoder_keys={}, index_versions={}, last_embedding_ids={}
    )
    average.refresh_from_db()
    fit = fit_done_make(snapshot, average, staff)
    assert fit.fitted["weight"] == pytest.approx(BEST, abs=0.06)
    assert fit.run is not None and fit.run.encoder_keys
