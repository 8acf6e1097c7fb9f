"""The filters' page and fragment: counts, links that narrow, chips that drop, and words for what is no filter."""

from __future__ import annotations

import datetime
import html
import re
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.contrib.auth.models import User
from django.test import Client

from search.filters import FILTERS, filters_read
from search.models import Batch, Classification, Document, Party, Publication, Query
from tests.factories import publication_make, query_make

pytestmark = pytest.mark.django_db

FRAGMENT = {"HX-Request": "true"}
GARBAGE = ("\0", "%", "0000-00-00", "9" * 400, "☃", "';--", "A" * 5000, "<script>", "2024-02-30", "-1", "²")


@pytest.fixture
def asking(client: Client, examiner: User) -> Client:
    """An examiner's client; three publications: two of F04, one of B60 by another applicant."""
    client.force_login(examiner)
    publication_make("EP1000001A1")
    publication_make("EP1000002B1")
    other = publication_make("US1000003A1", applicant="Räder AG", title="Wheel")
    Classification.objects.filter(publication=other).update(symbol="B60B 7/00")
    Publication.objects.filter(pk=other.pk).update(date=datetime.date(2011, 3, 4), language="de")
    return client


def links(page: str) -> list[dict[str, list[str]]]:
    """The questions that the links of a page to itself ask."""
    return [parse_qs(html.unescape(found)) for found in re.findall(r'href="/filters/\?([^"]*)"', page)]


def counts_of(page: str) -> tuple[int, int]:
    """The figures and publications that match, as the board counts them."""
    found = re.search(r'id="filter-total"\s+data-figures="(\d+)"\s+data-publications="(\d+)"', page)
    assert found is not None
    return int(found[1]), int(found[2])


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", page)).split())


def test_the_values_of_each_filter_stand_with_their_names_and_counts(asking: Client) -> None:
    content = asking.get("/filters/").content.decode()
    assert counts_of(content) == (6, 3)
    page = text_of(content)
    assert "B Performing operations; transporting 1 publication" in page
    assert "F Mechanical engineering; lighting; heating; weapons; blasting 2 publications" in page
    assert "Pumpwerke GmbH 2 publications" in page
    assert "EP European Patent Office 2 publications" in page
    assert "de German 1 publication" in page
    assert "With linked text only 6 of 6 figures" in page


def test_the_tree_is_walked_down_by_links_to_the_group(asking: Client) -> None:
    address, walked = "", []
    for _ in range(5):
        page = asking.get(f"/filters/?{address}").content.decode()
        below = re.search(r'<ul class="filter-values"[^>]*aria-label="IPC.*?</ul>', page, re.DOTALL)
        assert below is not None
        address = html.unescape(re.findall(r'href="/filters/\?([^"]*)"', below[0])[-1])
        walked.append(parse_qs(address)["ipc"][0])
    assert walked == ["F", "F04", "F04C", "F04C 2/", "F04C 2/08"]
    page = asking.get(f"/filters/?{address}").content.decode()
    assert counts_of(page) == (4, 2)
    assert "(Mechanical engineering › Positive-displacement machines for liquids)" in text_of(page)


def test_another_class_is_begun_at_the_top_and_joined(asking: Client) -> None:
    page = asking.get("/filters/?ipc=F04C&also=ipc").content.decode()
    assert {"ipc": ["F04C,B"]} in links(page)
    assert counts_of(asking.get("/filters/?ipc=F04C,B").content.decode()) == (6, 3)


def test_several_ticks_of_a_form_are_alternatives(asking: Client) -> None:
    page = asking.get("/filters/?kind=B1&kind=A1&country=US").content.decode()
    assert counts_of(page) == (2, 1)


def test_an_applicant_that_is_chosen_is_the_whole_name(asking: Client) -> None:
    page = asking.get("/filters/?applicant=pump").content.decode()
    assert {"applicant": ['"Pumpwerke GmbH"']} in links(page)
    assert "Räder" not in page


def test_proprietors_of_granted_patents_count_as_applicants(asking: Client) -> None:
    Party.objects.filter(publication__reference="EP1000002B1", role="applicant").update(role="proprietor")
    assert "4 figures of 2 publications" in text_of(asking.get("/filters/?applicant=Pumpwerke").content.decode())


def test_bars_lead_to_their_span_of_dates(asking: Client) -> None:
    page = asking.get("/filters/").content.decode()
    assert {"date_from": ["2011-01-01"], "date_to": ["2011-12-31"]} in links(page)
    assert "2011: 1 publication" in text_of(page)
    months = asking.get("/filters/?date_from=2011&date_to=2011").content.decode()
    assert "Mar 2011: 1 publication" in text_of(months)


def test_batches_are_named(asking: Client) -> None:
    batch = Batch.objects.create(sha256="1" * 64, file_name="week 12.zip", stored_as="", size_bytes=1)
    Document.objects.create(
        batch=batch, position=0, member="a", publication=Publication.objects.get(reference="EP1000001A1")
    )
    assert "week 12.zip 1 publication" in text_of(asking.get("/filters/").content.decode())
    assert "Batch week 12.zip" in text_of(asking.get(f"/?batch={batch.pk}").content.decode())


def test_filters_that_exclude_everything_count_nothing(asking: Client) -> None:
    assert counts_of(asking.get("/filters/?ipc=H01&country=EP").content.decode()) == (0, 0)


def test_the_fragment_is_the_form_s_part_alone(asking: Client) -> None:
    answer = asking.get("/filters/?ipc=F04&text=pump", headers=FRAGMENT)
    assert answer.content.decode().lstrip().startswith("<div")
    assert "HX-Request" in answer["Vary"]
    assert "no-store" in answer["Cache-Control"]


def test_links_keep_the_rest_of_the_question(asking: Client) -> None:
    page = asking.get("/filters/?text=a+pump&weight=80&publication=EP1000001A1").content.decode()
    assert all(one["text"] == ["a pump"] and one["weight"] == ["80"] for one in links(page))


@pytest.mark.parametrize("name", FILTERS)
def test_garbage_is_refused_in_place_with_the_mend_and_never_fails(asking: Client, name: str) -> None:
    for garbage in GARBAGE:
        _, faults = filters_read({name: garbage})
        for path in ("/filters/", *(["/"] if faults else [])):
            answer = asking.get(path, {name: garbage, "text": "a pump"})
            assert answer.status_code == (400 if faults else 200), garbage
            assert "a pump" in answer.content.decode()  # the rest is kept
            assert faults.get(name, "") in text_of(answer.content.decode())
            assert faults.get(name, ".").endswith(".")
        fragment = asking.get("/filters/", {name: garbage}, headers=FRAGMENT)
        assert fragment.status_code == 200
        assert faults.get(name, "") in text_of(fragment.content.decode())


def test_what_was_typed_stays_in_its_field(asking: Client) -> None:
    page = asking.get("/?ipc=F4C&cpc=F04").content.decode()
    assert 'value="F4C"' in page
    assert 'aria-invalid="true"' in page
    assert '<details class="filters" data-filters open>' in page
    assert 'value="F04"' in page


@pytest.mark.parametrize(
    ("written", "name", "read"),
    [
        ({"date_from": "2019"}, "date_from", "2019-01-01"),
        ({"date_to": "2019"}, "date_to", "2019-12-31"),
        ({"date_to": "2020-02"}, "date_to", "2020-02-29"),
        ({"date_to": "9999-12"}, "date_to", "9999-12-31"),
        ({"kind": "a1; b , A1"}, "kind", "A1,B"),
        ({"language": "EN"}, "language", "en"),
        ({"batch": "007"}, "batch", "7"),
        ({"ipc": "b60w, f04c2/08"}, "ipc", "B60W,F04C 2/08"),
        ({"has_text": "true"}, "has_text", "1"),
    ],
)
def test_a_filter_has_one_spelling(written: dict[str, str], name: str, read: str) -> None:
    assert filters_read(written) == ({name: read}, {})


@pytest.mark.parametrize(
    "written",
    [
        {"date_from": "2020-01-01", "date_to": "2019-01-01"},
        {"ipc": "Y02"},
        {"batch": str(2**63)},
        {"kind": ",".join(f"A{n}" for n in range(10)) + "," + ",".join(f"B{c}{n}" for c in "ABCD" for n in range(10))},
        {"applicant": "x" * 201},
        {"applicant": "\ud800"},
        {"has_text": "perhaps"},
    ],
)
def test_what_no_filter_can_be_is_a_fault(written: dict[str, str]) -> None:
    _, faults = filters_read(written)
    assert len(faults) == 1
    assert faults.keys() <= written.keys()


def test_dates_that_end_before_they_begin_keep_the_rest(asking: Client) -> None:
    answer = asking.get("/?ipc=F04&date_from=2020-01-01&date_to=2019-01-01")
    assert answer.status_code == 400
    assert "end before they begin" in answer.content.decode()
    assert 'value="F04"' in answer.content.decode()


def test_a_query_with_a_filter_of_earlier_releases_is_listed_without_it(asking: Client, examiner: User) -> None:
    query = query_make(examiner, text="a pump")
    Query.objects.filter(pk=query.pk).update(query_string="text=a+pump&ipc=xyz&kind=A")
    assert asking.get("/").status_code == 200
    assert Query.objects.get(pk=query.pk).question.filters == {"kind": "A"}


def test_a_chip_drops_one_alternative_and_keeps_the_rest(asking: Client) -> None:
    page = asking.get("/?ipc=F04C,B60&kind=A").content.decode()
    chips = re.search(r'<ul class="filter-chips".*?</ul>', page, re.DOTALL)
    assert chips is not None
    dropped = [parse_qs(html.unescape(found)) for found in re.findall(r'href="/\?([^"]*)"', chips[0])]
    assert dropped == [
        {"ipc": ["B60"], "kind": ["A"]},
        {"ipc": ["F04C"], "kind": ["A"]},
        {"ipc": ["F04C,B60"]},
    ]
    assert "IPC B60 – Vehicles in general" in text_of(chips[0])


def test_the_page_costs_the_same_however_much_there_is(asking: Client, django_assert_max_num_queries: Any) -> None:
    asking.get("/filters/")
    with django_assert_max_num_queries(12):
        asking.get("/filters/?ipc=F&batch=1&applicant=a&has_text=1")


def test_the_api_refuses_a_filter_by_its_name_and_takes_alternatives(asking: Client, settings: Any) -> None:
    settings.QUERY_TIMEOUT_SECONDS = 0  # no worker answers here
    refused = asking.post("/api/search/", {"text": "a", "ipc": "F4C"}, content_type="application/json")
    assert refused.status_code == 400
    assert refused.json()["faults"].keys() == {"ipc"}
    taken = asking.post("/api/search/", {"text": "a", "ipc": "f04c, B60W"}, content_type="application/json")
    assert taken.status_code != 400
