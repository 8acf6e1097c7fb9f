"""The list of publications, and the page of one."""

from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from search.models import Figure, Publication
from tests.factories import publication_make


def test_a_publication_shows_its_sheets_text_and_numerals(as_examiner: Client) -> None:
    publication_make(missing_sheets=1)
    page = as_examiner.get("/publications/EP1234567A1/").content.decode()
    for said in ("Pump with a rotor", "Pumpe mit Läufer", "Pumpwerke GmbH", "F04C 2/08", "US 63123456", "US5000000A"):
        assert said in page
    assert page.count("/files/thumbnails/") == 2
    assert "not delivered" in page
    assert "The delivery lacks imgf0003.tif." in page
    assert '<mark title="rotor">12</mark>' in page
    assert "Claims (en)" in page
    assert '<span title="drain">99</span>' in page


def test_a_repaired_document_says_so(as_examiner: Client) -> None:
    publication = publication_make()
    publication.notes = [{"code": "repaired", "detail": "The XML was not well-formed and was mended."}]
    publication.save()
    assert "not well-formed" in as_examiner.get("/publications/EP1234567A1/").content.decode()


def test_a_number_is_found_however_it_is_written(as_examiner: Client) -> None:
    publication_make()
    for written in ("EP1234567A1", "ep 1234567 a1", " EP 1 234 567 A1 "):
        assert as_examiner.get("/publications/", {"q": written})["Location"] == "/publications/EP1234567A1/"


def test_publications_are_found_by_part_of_number_title_or_applicant(as_examiner: Client) -> None:
    publication_make("EP2000001A1", title="Bicycle", applicant="Radwerke")
    publication_make("EP2000002A1", title="Turbine", applicant="Turbinen AG")
    for wanted, found in (("0002", "Turbine"), ("bicy", "Bicycle"), ("radw", "Bicycle")):
        page = as_examiner.get("/publications/", {"q": wanted}).content.decode()
        assert f"<bdi>{found}</bdi>" in page
        assert page.count('<th scope="row">') == 1
    assert "No publication has" in as_examiner.get("/publications/", {"q": "nothing like it"}).content.decode()


def test_odd_words_are_looked_for_without_a_fault(as_examiner: Client) -> None:
    publication_make()
    for wanted in ("%", "_", "\\", "'", '"', "a\x00b", "x" * 10_000):
        assert as_examiner.get("/publications/", {"q": wanted}).status_code in (200, 400)
    assert as_examiner.get("/publications/?q=%ED%A0%80%FF").status_code == 200  # a surrogate, and no UTF-8
    for page in ("0", "-1", "many", "9" * 40):
        assert as_examiner.get("/publications/", {"page": page}).status_code == 200


def test_retired_and_unknown_publications_are_not_there(as_examiner: Client) -> None:
    publication = publication_make()
    Publication.objects.filter(pk=publication.pk).update(retired_at=timezone.now())
    assert as_examiner.get("/publications/EP1234567A1/").status_code == 404
    assert as_examiner.get("/publications/EP0000000A1/").status_code == 404
    assert "The collection is empty" in as_examiner.get("/publications/").content.decode()


def test_the_list_asks_no_more_for_many(as_examiner: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    publication_make("EP2000001A1")
    with django_assert_num_queries(6):
        as_examiner.get("/publications/")
    for number in range(2, 12):
        publication_make(f"EP20000{number:02}A1")
    with django_assert_num_queries(6):
        as_examiner.get("/publications/")


def test_a_publication_asks_no_more_for_many_sheets(
    as_examiner: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    publication_make("EP2000001A1", sheets=1)
    publication_make("EP2000002A1", sheets=12, missing_sheets=2)
    for reference in ("EP2000001A1", "EP2000002A1"):
        with django_assert_num_queries(13):
            as_examiner.get(f"/publications/{reference}/")
    assert Figure.objects.count() == 13
