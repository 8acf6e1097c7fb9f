"""Asking, and the page of hits."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from engine.imaging import encode_png
from search.files import private_storage
from search.models import Figure, Query, Verdict, WorkState
from search.views import queries
from tests.factories import drawing_make, publication_make, query_make, user_make


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker runs in these tests, so that waiting for one is in vain."""
    monkeypatch.setattr(queries, "WAIT_SECONDS", 0.0)


def drawing_upload(name: str = "drawing.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, encode_png(drawing_make()), content_type="image/png")


def test_a_question_becomes_a_waiting_query_of_its_owner(as_examiner: Client, examiner: User) -> None:
    asked = {
        "image": drawing_upload(),
        "text": "a pump",
        "modality": "max",
        "top": "7",
        "ipc": "F04C",
        "has_text": "on",
    }
    answer = as_examiner.post("/", asked)
    query = Query.objects.get()
    assert answer["Location"] == f"/queries/{query.pk}/"
    assert (query.owner, query.text, query.modality, query.top) == (examiner, "a pump", "max", 7)
    assert query.filters == {"ipc": "F04C", "has_text": True}
    assert private_storage().exists(query.image)


def test_dates_are_kept_as_the_filter_takes_them(as_examiner: Client) -> None:
    as_examiner.post("/", {"text": "a pump", "date_from": "2001-02-03", "date_to": "2020-01-01"})
    assert Query.objects.get().filters == {"date_from": "2001-02-03", "date_to": "2020-01-01"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "Give a drawing, a figure of the collection, or a text."),
        ({"text": "x" * 1_000_000}, "at most 20000 characters"),
        ({"text": "a pump", "top": "0"}, "greater than or equal to 1"),
        ({"text": "a pump", "top": "many"}, "Enter a whole number"),
        ({"text": "a pump", "modality": "smell"}, "Select a valid choice"),
        ({"text": "a pump", "date_from": "yesterday"}, "Enter a valid date"),
        ({"text": "a pump\x00"}, "Null characters are not allowed"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_with_the_reason(
    as_examiner: Client, asked: dict[str, str], said: str
) -> None:
    answer = as_examiner.post("/", asked)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not Query.objects.exists()


@pytest.mark.parametrize("content", [b"", b"no image", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40])
def test_an_image_that_is_none_is_refused_and_nothing_is_kept(as_examiner: Client, content: bytes) -> None:
    answer = as_examiner.post("/", {"image": SimpleUploadedFile("drawing.png", content), "text": "a pump"})
    assert answer.status_code == 400
    assert 'class="fault"' in answer.content.decode()
    assert not Query.objects.exists()


def test_a_patent_xml_that_is_none_is_refused(as_examiner: Client) -> None:
    xml = SimpleUploadedFile("patent.xml", b"<html>no patent</html>")
    answer = as_examiner.post("/", {"image": drawing_upload(), "patent_xml": xml})
    assert answer.status_code == 400
    assert not Query.objects.exists()


def test_the_kept_drawing_has_none_of_its_metadata(as_examiner: Client) -> None:
    picture = Image.fromarray(drawing_make())
    exif = Image.Exif()
    exif[0x010E] = "secret description"
    file = BytesIO()
    picture.save(file, "JPEG", exif=exif)
    as_examiner.post("/", {"image": SimpleUploadedFile("drawing.jpg", file.getvalue())})
    shown = as_examiner.get(f"/queries/{Query.objects.get().pk}/image.png")
    data = b"".join(shown)
    assert data.startswith(b"\x89PNG")
    assert b"secret" not in data
    assert shown["Cache-Control"] == "private, no-store"
    assert "sandbox" in shown["Content-Security-Policy"]


@pytest.mark.django_db
def test_a_figure_of_the_collection_asks_by_itself(as_examiner: Client) -> None:
    publication_make()
    figure = Figure.objects.earliest("pk")
    as_examiner.post(f"/figures/{figure.pk}/search/", {"modality": "text"})
    query = Query.objects.get()
    assert (query.figure, query.modality) == (figure, "text")
    assert as_examiner.post("/figures/999999/search/").status_code == 404


def test_hits_show_numbers_scores_and_marked_sentences(as_examiner: Client, examiner: User) -> None:
    publication_make()
    query = query_make(examiner, hits=list(Figure.objects.order_by("pk")))
    page = as_examiner.get(f"/queries/{query.pk}/").content.decode()
    assert "2 hits" in page
    assert page.count('class="hit"') == 2
    assert "EP1234567A1" in page
    assert "Pump with a rotor" in page
    assert "0.890" in page
    assert '<mark data-numerals="12">12</mark>' in page
    assert "74 ms" in page  # 61.5 + 8.25 + 3.5 + 1.25, as stored


def test_remarks_on_an_answer_are_said(as_examiner: Client, examiner: User) -> None:
    query = query_make(examiner, text="a pump")
    query.notes = [{"code": "no-drawing", "detail": "The query has no drawing: hits are ranked by text alone."}]
    query.save()
    page = as_examiner.get(f"/queries/{query.pk}/").content.decode()
    assert "ranked by text alone" in page
    assert "Nothing was found" in page


def test_a_query_is_seen_by_its_owner_alone(as_administrator: Client, examiner: User) -> None:
    query = query_make(examiner)
    assert as_administrator.get(f"/queries/{query.pk}/").status_code == 404
    assert as_administrator.get(f"/queries/{query.pk}/image.png").status_code == 404


def test_hits_of_retired_publications_are_not_shown(as_examiner: Client, examiner: User) -> None:
    publication = publication_make()
    query = query_make(examiner, hits=list(Figure.objects.order_by("pk")))
    publication.retired_at = timezone.now()
    publication.save()
    assert "Nothing was found" in as_examiner.get(f"/queries/{query.pk}/").content.decode()


def test_a_page_of_hits_asks_the_database_no_more_for_many(
    as_examiner: Client, examiner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    publication_make()
    one = query_make(examiner, hits=[Figure.objects.earliest("pk")])
    with django_assert_num_queries(7):
        as_examiner.get(f"/queries/{one.pk}/")
    for number in range(2, 8):
        publication_make(f"EP200000{number}A1")
    many = query_make(examiner, hits=list(Figure.objects.all()))
    with django_assert_num_queries(7):
        as_examiner.get(f"/queries/{many.pk}/")


def test_the_search_page_asks_no_more_for_many_recent_queries(
    as_examiner: Client, examiner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    publication_make()
    query_make(examiner, figure=Figure.objects.earliest("pk"))
    with django_assert_num_queries(6):
        as_examiner.get("/")
    for figure in Figure.objects.all():
        query_make(examiner, figure=figure)
    with django_assert_num_queries(6):
        as_examiner.get("/")


def test_recent_queries_of_others_are_not_listed(as_examiner: Client, examiner: User) -> None:
    own = query_make(examiner)
    other = query_make(user_make("other"))
    page = as_examiner.get("/").content.decode()
    assert str(own.pk) in page
    assert str(other.pk) not in page


def test_an_unfinished_query_is_waited_for(as_examiner: Client, examiner: User, unhurried: None) -> None:
    for text in ("first", "second"):
        query = query_make(examiner, text=text)
        Query.objects.filter(pk=query.pk).update(state=WorkState.WAITING, verdict="")
    answer = as_examiner.get(f"/queries/{query.pk}/")
    assert answer.status_code == 202
    page = answer.content.decode()
    assert "behind 1 other" in page
    assert "data-reload-seconds" in page


@pytest.mark.parametrize(
    ("age", "said", "reloads"),
    [
        (timedelta(seconds=40), "The search worker does not answer", True),
        (timedelta(minutes=3), "Nobody answered", False),
    ],
)
def test_a_query_that_nobody_takes_says_so(
    as_examiner: Client, examiner: User, unhurried: None, age: timedelta, said: str, reloads: bool
) -> None:
    query = query_make(examiner, text="a pump")
    Query.objects.filter(pk=query.pk).update(state=WorkState.WAITING, verdict="", created_at=timezone.now() - age)
    page = as_examiner.get(f"/queries/{query.pk}/").content.decode()
    assert said in page
    assert ("data-reload-seconds" in page) is reloads


def test_a_query_that_could_not_be_answered_says_why(as_examiner: Client, examiner: User) -> None:
    query = query_make(examiner)
    Query.objects.filter(pk=query.pk).update(
        state=WorkState.REJECTED, verdict=Verdict.REJECTED, error_code="blank", error_detail="There is nothing drawn."
    )
    answer = as_examiner.get(f"/queries/{query.pk}/")
    assert answer.status_code == 422
    assert "There is nothing drawn." in answer.content.decode()


def test_hostile_text_of_a_patent_is_only_text(as_examiner: Client, examiner: User) -> None:
    publication_make(title="<script>alert(1)</script>\u202e", applicant='"><img src=x onerror=alert(1)>')
    query = query_make(examiner, hits=list(Figure.objects.all()))
    for address in (f"/queries/{query.pk}/", "/publications/", "/publications/EP1234567A1/"):
        page = as_examiner.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;\u202e</bdi>" in page
