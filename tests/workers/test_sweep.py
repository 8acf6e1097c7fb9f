"""The order in which the batch queue is served, on the real broker."""

from typing import Any

import pytest
from celery import current_app

from search.models import Batch, Document
from search.queue import CONTINUED_PRIORITY, NEW_PRIORITY, enqueue_document
from workers.sweep import LONGEST_QUEUE, sweep_open_work

pytestmark = pytest.mark.django_db


def waiting(priority: int) -> list[str]:
    """Tasks that wait at one priority, the first to be served first."""
    with current_app.connection_for_read() as connection, connection.channel() as opened:
        channel: Any = opened  # the transport's own names, which the stubs do not know
        key = channel._q_for_pri("batch", priority)
        return [message.decode() for message in reversed(channel.client.lrange(key, 0, -1))]


@pytest.fixture(autouse=True)
def empty_queue() -> None:
    with current_app.connection_for_read() as connection:
        channel: Any = connection.default_channel
        channel.queue_purge("batch")


@pytest.fixture
def batch() -> Batch:
    batch = Batch.objects.create(sha256="1" * 64, file_name="b.zip", stored_as="deliveries/11/11", size_bytes=1)
    Batch.objects.update(state="done", unpacked_at=batch.received_at)
    Document.objects.bulk_create(
        [Document(batch=batch, position=position, member=f"{position}.zip") for position in range(300)]
    )
    return batch


def test_a_document_that_is_begun_goes_before_those_that_are_not(
    batch: Batch, django_capture_on_commit_callbacks: Any
) -> None:
    sweep_open_work()
    with django_capture_on_commit_callbacks(execute=True):
        enqueue_document(7)
    assert len(waiting(CONTINUED_PRIORITY)) == 1
    assert waiting(0) == []  # upkeep's place


def test_the_queue_is_kept_short_however_often_it_is_swept(batch: Batch) -> None:
    for _ in range(3):
        sweep_open_work()
    assert len(waiting(NEW_PRIORITY)) == LONGEST_QUEUE
