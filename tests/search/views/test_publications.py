"""The list of publications, and the page of one."""

import re

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from search.models import Figure, Publication
from tests.factories import publication_make, query_make, user_make
from tests.html import Html, html_of


def test_a_publication_shows_its_sheets_text_and_numerals(as_examiner: Client) -> None:
    publication_make(missing_sheets=1)
    page = html_of(as_examiner.get("/publications/EP1234567A1/"))
    for said in ("Pump with a rotor", "Pumpe mit Läufer", "Pumpwerke GmbH", "F04C 2/08", "US 63123456", "US5000000A"):
        assert said in page
    assert page.count("/files/thumbnails/") == 2
    assert "not delivered" in page
    assert "The delivery lacks imgf0003.tif." in page
    assert '<mark class="numeral" data-numeral="12" title="rotor">12</mark>' in page
    assert "Claims (en)" in page
    assert '<span title="drain">99</span>' in page


def test_claims_come_before_abstract_and_description(as_examiner: Client) -> None:
    publication_make()
    page = html_of(as_examiner.get("/publications/EP1234567A1/"))
    assert re.findall(r'data-section-title="(\w+)', page) == ["Claims", "Abstract", "Description"]


def test_it_leads_to_a_search_with_all_its_figures_and_to_the_offices(as_examiner: Client) -> None:
    publication_make()
    page = html_of(as_examiner.get("/publications/EP1234567A1/"))
    assert 'href="/?publication=EP1234567A1" data-key="f"' in page
    for address in ("https://worldwide.espacenet.com/", "https://register.epo.org/"):
        assert re.search(rf'href="{re.escape(address)}[^"]+" target="_blank" rel="noopener noreferrer external"', page)


def test_the_figures_that_show_a_part_are_named_beside_it(as_examiner: Client) -> None:
    publication_make()
    page = html_of(as_examiner.get("/publications/EP1234567A1/"))
    row = page[page.index('data-part="12"') : page.index('data-part="14"')]
    assert re.findall(r'aria-label="(12 in FIG\. \d)"', row) == ["12 in FIG. 1", "12 in FIG. 2"]
    assert "in FIG." not in page[page.index('data-part="99"') : page.index("</table>")]


def test_terms_are_marked_counted_and_stepped_through_without_scripts(as_examiner: Client) -> None:
    publication_make()
    page = html_of(as_examiner.get("/publications/EP1234567A1/", {"find": 'ROTOR "pump 10"', "at": "2"}))
    # In the order of the page: claim, abstract, description.
    assert re.findall(r'id="found-(\d+)"', page) == [str(number) for number in range(1, 7)]
    assert '<mark class="term term-1 is-current" id="found-2">rotor</mark>' not in page  # the second is the phrase
    assert '<mark class="term term-2 is-current" id="found-2">pump </mark>' in page
    assert '<mark class="numeral term term-2 is-current" data-numeral="10" title="pump">10</mark>' in page
    assert "2 of 6" in page
    assert "at=1#found-1" in page
    assert "at=3#found-3" in page
    terms = Html(page[page.index("data-terms") : page.index("</ul>", page.index("data-terms"))])
    assert re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", terms)).count("rotor") == 0  # written as it was asked
    assert '<li class="term-1"><b>ROTOR</b> <span class="number">4</span>' in terms
    assert "<span>Claims (en) 1</span> <span>Abstract (en) 1</span> <span>Description (en) 2</span>" in terms


def test_a_word_that_is_not_there_is_said(as_examiner: Client) -> None:
    publication_make()
    page = html_of(as_examiner.get("/publications/EP1234567A1/", {"find": "submarine"}))
    assert "not found" in page
    assert 'id="found-' not in page


def test_marks_leave_the_text_and_its_signs_as_they_are(as_examiner: Client) -> None:
    publication = publication_make()
    text = 'A <b>pump</b> & a "rotor" 12.'
    publication.paragraphs.filter(section="abstract").update(text=text)
    publication.sentences.filter(paragraph__section="abstract").delete()
    page = html_of(as_examiner.get("/publications/EP1234567A1/", {"find": "<b>pump</b>"}))
    assert "&lt;b&gt;pump&lt;/b&gt;</mark> &amp; a &quot;rotor&quot; 12." in page


def test_odd_searches_within_the_text_are_no_fault(as_examiner: Client) -> None:
    publication_make()
    for find in ("(", "[a-", "\\", "*", '"', "a\x00b", "x" * 10_000, " " * 50, "a " * 500):
        for at in ("", "-1", "0", "many", "9" * 40, "٣"):
            answer = as_examiner.get("/publications/EP1234567A1/", {"find": find, "at": at})
            assert answer.status_code == 200


def test_words_of_the_query_it_was_reached_from_are_offered_to_their_owner_alone(
    as_examiner: Client, examiner: User
) -> None:
    publication_make()
    mine = query_make(examiner, text="a rotor with the housing of this rotor")
    theirs = query_make(user_make("stranger"), text="secret submarine")
    page = html_of(as_examiner.get("/publications/EP1234567A1/", {"query": str(mine.pk), "find": "rotor"}))
    assert re.findall(r'data-offered="(\w+)"', page) == ["housing"]
    assert f"?query={mine.pk}&amp;find=rotor%20housing#find" in page
    for key in (str(theirs.pk), "x", "\0"):
        page = html_of(as_examiner.get("/publications/EP1234567A1/", {"query": key}))
        assert "submarine" not in page
        assert "data-offered" not in page


def test_a_repaired_document_says_so(as_examiner: Client) -> None:
    publication = publication_make()
    publication.notes = [{"code": "repaired", "detail": "The XML was not well-formed and was mended."}]
    publication.save()
    assert "not well-formed" in html_of(as_examiner.get("/publications/EP1234567A1/"))


def test_a_number_is_found_however_it_is_written(as_examiner: Client) -> None:
    publication_make()
    for written in ("EP1234567A1", "ep 1234567 a1", " EP 1 234 567 A1 "):
        assert as_examiner.get("/publications/", {"q": written})["Location"] == "/publications/EP1234567A1/"


def test_publications_are_found_by_part_of_number_title_or_applicant(as_examiner: Client) -> None:
    publication_make("EP2000001A1", title="Bicycle", applicant="Radwerke")
    publication_make("EP2000002A1", title="Turbine", applicant="Turbinen AG")
    for wanted, found in (("0002", "Turbine"), ("bicy", "Bicycle"), ("radw", "Bicycle")):
        page = html_of(as_examiner.get("/publications/", {"q": wanted}))
        assert f"<bdi>{found}</bdi>" in page
        assert page.count('<th scope="row">') == 1
    assert "No publication has" in html_of(as_examiner.get("/publications/", {"q": "nothing like it"}))


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
    assert "The collection is empty" in html_of(as_examiner.get("/publications/"))


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
