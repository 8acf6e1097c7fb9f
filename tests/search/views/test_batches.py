"""Deliveries: uploaded, reported, tried again."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from search.models import Batch, Document, Verdict, WorkState
from search.services.batches import batch_unpack
from tests.factories import batch_make, publication_make
from tests.html import html_of


def numbers_of(page: str) -> dict[str, float]:
    """The tally at the head of a report, by name."""
    return {name: float(value) for name, value in re.findall(r"<dt>([^<]+)</dt><dd>([\d.]+)</dd>", page)}


def test_the_counts_of_a_report_add_up(as_administrator: Client) -> None:
    batch = batch_make(accepted=[publication_make()], rejected=2, quarantined=1)
    Document.objects.create(batch=batch, position=9, member="late.zip")
    page = html_of(as_administrator.get(f"/batches/{batch.pk}/"))
    numbers = numbers_of(page)
    assert numbers["Documents"] == 5
    assert numbers["accepted"] + numbers["with remarks"] + numbers["refused"] + numbers["open"] == 5
    assert (numbers["Publications"], numbers["Sheets"], numbers["Figures"]) == (1, 2, 2)
    assert numbers["store (s)"] == 1.3  # 0.5 + 3 × 0.25, to one decimal


def test_a_report_says_what_became_of_each_member(as_administrator: Client) -> None:
    batch = batch_make(accepted=[publication_make()], rejected=1)
    page = html_of(as_administrator.get(f"/batches/{batch.pk}/"))
    assert '<a href="/publications/EP1234567A1/">' in page
    assert "not-xml" in page
    assert "XML is no XML." in page
    assert "holiday.jpg" in page
    assert "1 other file skipped" in page


def test_the_part_that_changes_comes_alone_from_the_same_address(as_administrator: Client) -> None:
    batch = batch_make(accepted=[publication_make()])
    for address in ("/batches/", f"/batches/{batch.pk}/"):
        part = html_of(as_administrator.get(address, {"fragment": ""}))
        assert "<html" not in part
        assert part in html_of(as_administrator.get(address)) or "csrfmiddlewaretoken" in part


def test_a_report_refreshes_itself_until_it_is_complete(as_administrator: Client) -> None:
    batch = batch_make(accepted=[publication_make()])
    assert "data-refresh-seconds" not in html_of(as_administrator.get(f"/batches/{batch.pk}/"))
    Batch.objects.filter(pk=batch.pk).update(finished_at=None, verdict="")
    assert "data-refresh-seconds" in html_of(as_administrator.get(f"/batches/{batch.pk}/"))
    assert "data-refresh-seconds" in html_of(as_administrator.get("/batches/"))


def test_an_upload_is_a_batch_and_the_same_file_again_is_the_same_one(as_administrator: Client) -> None:
    places = set()
    for name in ("delivery.zip", "the same.zip"):
        upload = SimpleUploadedFile(name, b"PK\x05\x06" + b"\x00" * 18)
        places.add(as_administrator.post("/batches/", {"deliveries": upload})["Location"])
    batch = Batch.objects.get()
    assert places == {f"/batches/{batch.pk}/"}
    assert (batch.file_name, batch.size_bytes, batch.state) == ("delivery.zip", 22, WorkState.WAITING)
    assert batch.received_by is not None
    page = as_administrator.get(places.pop())
    assert len(page.context["messages"]) == 1


def test_several_deliveries_may_come_at_once(as_administrator: Client) -> None:
    uploads = [SimpleUploadedFile(f"{number}.zip", b"PK" + bytes([number])) for number in range(3)]
    answer = as_administrator.post("/batches/", {"deliveries": uploads})
    assert answer["Location"] == "/batches/"
    assert Batch.objects.count() == 3


def test_an_empty_file_or_none_is_refused_at_once(as_administrator: Client) -> None:
    for uploads in ({"deliveries": SimpleUploadedFile("delivery.zip", b"")}, {}):
        answer = as_administrator.post("/batches/", uploads)
        assert answer.status_code == 400
        assert 'class="fault"' in html_of(answer)
    assert not Batch.objects.exists()


def test_a_file_that_is_no_archive_has_a_row_that_says_so(as_administrator: Client) -> None:
    place = as_administrator.post("/batches/", {"deliveries": SimpleUploadedFile("delivery.zip", b"no zip at all")})[
        "Location"
    ]
    batch_unpack(batch_id=Batch.objects.get().pk)
    batch = Batch.objects.get()
    assert batch.verdict == Verdict.REJECTED
    page = html_of(as_administrator.get(place))
    assert batch.error_code in page
    assert "refused" in page
    assert "data-refresh-seconds" not in page


def test_a_quarantined_document_can_be_tried_again(as_administrator: Client) -> None:
    batch = batch_make(quarantined=1, rejected=1)
    page = html_of(as_administrator.get(f"/batches/{batch.pk}/"))
    document = Document.objects.get(state=WorkState.QUARANTINED)
    assert page.count("Try again") == 1
    answer = as_administrator.post(f"/batches/{batch.pk}/documents/{document.pk}/retry/")
    assert answer["Location"] == f"/batches/{batch.pk}/"
    document.refresh_from_db()
    assert (document.state, document.verdict, document.attempts) == (WorkState.WAITING, Verdict.OPEN, 0)
    other = batch_make("other.zip")
    assert as_administrator.post(f"/batches/{other.pk}/documents/{document.pk}/retry/").status_code == 404


def test_examiners_neither_see_nor_send_deliveries(as_examiner: Client) -> None:
    batch = batch_make(quarantined=1)
    document = batch.documents.get()
    upload = {"deliveries": SimpleUploadedFile("delivery.zip", b"PK")}
    assert as_examiner.get(f"/batches/{batch.pk}/").status_code == 403
    assert as_examiner.post("/batches/", upload).status_code == 403
    assert as_examiner.post(f"/batches/{batch.pk}/documents/{document.pk}/retry/").status_code == 403
    assert Batch.objects.count() == 1


def test_the_list_and_a_report_ask_no_more_for_many(
    as_administrator: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    few = batch_make("few.zip", rejected=1)
    with django_assert_num_queries(5):
        as_administrator.get("/batches/")
    with django_assert_num_queries(16):
        as_administrator.get(f"/batches/{few.pk}/")
    publications = [publication_make(f"EP200000{number}A1") for number in range(1, 6)]
    many = batch_make("many.zip", accepted=publications, rejected=9)
    with django_assert_num_queries(5):
        as_administrator.get("/batches/")
    with django_assert_num_queries(16):
        as_administrator.get(f"/batches/{many.pk}/")
