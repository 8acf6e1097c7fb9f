"""Deliveries and their documents: the result does not depend on order and repetition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages

from search.models import Batch, Document, Paragraph, Publication, Sheet, Stage, Verdict, WorkState
from search.selectors.batches import batch_report
from search.services import documents
from search.services.batches import batch_receive, batch_unpack, document_retry
from search.services.documents import document_process
from tests.deliveries import document_zip, packed, patent_xml
from tests.factories import drawing_make

pytestmark = pytest.mark.django_db

FIRST, COPY = "A.zip", "B.zip"


@pytest.fixture(autouse=True)
def _store_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Finish documents after the stage STORE; the other stages have their own tests."""
    for stage in (Stage.READ, Stage.LINK, Stage.ENCODE):
        monkeypatch.setitem(documents.STAGES, stage, lambda _: Stage.DONE)


def deliver(members: Mapping[str, bytes], folder: Path, order: Sequence[int] | None = None) -> Batch:
    """Receive a delivery and process its documents, in the order of the container or in `order`."""
    path = folder / "delivery.zip"
    path.write_bytes(packed(members))
    batch, _ = batch_receive(path=path, file_name=path.name, received_by=None)
    batch_unpack(batch_id=batch.pk)
    found = list(batch.documents.order_by("position"))
    for position in order or range(len(found)):
        document_process(document_id=found[position].pk)
    batch.refresh_from_db()
    return batch


def all_rows() -> dict[str, list[Any]]:
    models = (Batch, Document, Publication, Paragraph, Sheet)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_a_delivery_received_twice_adds_nothing(tmp_path: Path) -> None:
    members = {FIRST: document_zip(patent_xml()), COPY: document_zip(patent_xml("1000002"))}
    deliver(members, tmp_path)
    before = all_rows()
    again = deliver(members, tmp_path)
    assert all_rows() == before
    assert (again.verdict, Publication.objects.count()) == (Verdict.ACCEPTED, 2)


def test_storing_a_document_twice_changes_nothing(tmp_path: Path) -> None:
    deliver({FIRST: document_zip(patent_xml())}, tmp_path)
    document = Document.objects.get()
    before = all_rows()
    Document.objects.update(state=WorkState.WAITING, stage=Stage.STORE, verdict=Verdict.OPEN)
    Batch.objects.update(finished_at=None)
    document_process(document_id=document.pk)
    after = all_rows()
    assert {name: after[name] for name in ("Publication", "Paragraph", "Sheet")} == {
        name: before[name] for name in ("Publication", "Paragraph", "Sheet")
    }


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_documents_with_one_number_the_first_in_the_container_wins(
    tmp_path: Path, order: tuple[int, int]
) -> None:
    members = {
        FIRST: document_zip(patent_xml(title="First"), {"imgf0001.png": drawing_make(1)}),
        COPY: document_zip(patent_xml(title="Second"), {"imgf0001.png": drawing_make(2)}),
    }
    batch = deliver(members, tmp_path, order)
    publication = Publication.objects.get()
    assert publication.title == "First"
    assert batch.verdict == Verdict.WARNED
    assert batch_report([batch])["documents"] == {"EP1000001A1": "accept", COPY: "accept-with-warning"}
    loser = Document.objects.get(member=COPY)
    assert [note["code"] for note in loser.notes] == ["other-contents"]
    with storages["default"].open(Sheet.objects.get().png) as stored:
        alone = deliver({FIRST: members[FIRST]}, tmp_path)
        assert stored.read() == storages["default"].open(Sheet.objects.get().png).read()
    assert alone.verdict == Verdict.ACCEPTED


def test_a_later_delivery_corrects_an_earlier_one(tmp_path: Path) -> None:
    deliver({FIRST: document_zip(patent_xml(title="Pump"))}, tmp_path)
    key = Publication.objects.get().pk
    Sheet.objects.update(reader_key="a reader", looked_again=True)
    deliver({FIRST: document_zip(patent_xml(title="Pump, corrected", body="The pump 20 turns."))}, tmp_path)
    publication = Publication.objects.get()
    assert (publication.pk, publication.title) == (key, "Pump, corrected")
    assert [paragraph.text for paragraph in publication.paragraphs.filter(section="description")] == [
        "The pump 20 turns."
    ]
    # The readings were corrected with the numerals of the old text.
    assert Sheet.objects.get().reader_key == ""


def test_a_missing_sheet_is_filled_in_by_a_later_delivery(tmp_path: Path) -> None:
    xml = patent_xml(images=("imgf0001.png", "imgf0002.png"))
    first = deliver({FIRST: document_zip(xml)}, tmp_path)
    assert first.verdict == Verdict.WARNED
    assert list(Sheet.objects.values_list("file_name", "missing")) == [("imgf0001.png", False), ("imgf0002.png", True)]
    keys = list(Sheet.objects.values_list("pk", flat=True))
    both = {"imgf0001.png": drawing_make(), "imgf0002.png": drawing_make(2)}
    second = deliver({FIRST: document_zip(xml, both)}, tmp_path)
    assert second.verdict == Verdict.ACCEPTED
    assert list(Sheet.objects.values_list("pk", "missing")) == [(key, False) for key in keys]
    assert Sheet.objects.get(file_name="imgf0002.png").notes == []


def test_a_later_delivery_without_a_sheet_keeps_the_sheet(tmp_path: Path) -> None:
    xml = patent_xml(images=("imgf0001.png", "imgf0002.png"))
    both = {"imgf0001.png": drawing_make(), "imgf0002.png": drawing_make(2)}
    deliver({FIRST: document_zip(xml, both)}, tmp_path)
    deliver({FIRST: document_zip(xml)}, tmp_path)
    assert not Sheet.objects.filter(missing=True).exists()


def test_a_sheet_with_a_changed_image_is_marked_to_be_read_again(tmp_path: Path) -> None:
    deliver({FIRST: document_zip(patent_xml())}, tmp_path)
    Sheet.objects.update(reader_key="a reader", looked_again=True)
    key = Sheet.objects.get().pk
    deliver({FIRST: document_zip(patent_xml(), {"imgf0001.png": drawing_make(5)})}, tmp_path)
    sheet = Sheet.objects.get()
    assert (sheet.pk, sheet.reader_key, sheet.looked_again) == (key, "", False)


def test_a_delivery_without_a_usable_document_is_refused(tmp_path: Path) -> None:
    batch = deliver({FIRST: b"no archive", COPY: document_zip(b"<html/>")}, tmp_path)
    assert (batch.state, batch.verdict, batch.error_code) == (WorkState.REJECTED, "reject", "no-usable-document")
    report = batch_report([batch])
    assert report["documents"] == {FIRST: "reject", COPY: "reject"}
    assert (report["publications"], report["refused_deliveries"]) == (0, 1)


def test_a_good_document_beside_a_bad_one_is_stored(tmp_path: Path) -> None:
    batch = deliver({FIRST: b"no archive", COPY: document_zip(patent_xml())}, tmp_path)
    assert (batch.verdict, Publication.objects.get().reference) == (Verdict.WARNED, "EP1000001A1")


def test_a_quarantined_document_can_be_retried(tmp_path: Path) -> None:
    batch = deliver({FIRST: document_zip(patent_xml()), COPY: document_zip(patent_xml("1000002"))}, tmp_path, order=[0])
    document = Document.objects.get(member=COPY)
    Document.objects.filter(pk=document.pk).update(attempts=3)
    assert document_process(document_id=document.pk) is False
    document.refresh_from_db()
    assert (document.state, document.error_code) == (WorkState.QUARANTINED, "gave-up")
    document_retry(document_id=document.pk)
    document_process(document_id=document.pk)
    batch.refresh_from_db()
    assert (batch.verdict, Publication.objects.count()) == (Verdict.ACCEPTED, 2)


def test_a_batch_is_finished_when_its_last_document_is_quarantined(tmp_path: Path) -> None:
    batch = deliver({FIRST: document_zip(patent_xml()), COPY: document_zip(patent_xml("1000002"))}, tmp_path, order=[0])
    Document.objects.filter(member=COPY).update(attempts=3)
    document_process(document_id=Document.objects.get(member=COPY).pk)
    batch.refresh_from_db()
    assert batch.finished_at is not None
    assert batch.verdict == Verdict.WARNED


def test_a_delivery_that_crashes_its_worker_is_quarantined_and_finished(tmp_path: Path) -> None:
    path = tmp_path / "delivery.zip"
    path.write_bytes(packed({FIRST: document_zip(patent_xml())}))
    batch, _ = batch_receive(path=path, file_name=path.name, received_by=None)
    Batch.objects.update(attempts=3)
    assert batch_unpack(batch_id=batch.pk) is None
    batch.refresh_from_db()
    assert (batch.state, batch.verdict) == (WorkState.QUARANTINED, Verdict.REJECTED)
    assert batch.finished_at is not None
