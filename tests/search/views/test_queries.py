"""Asking, and the page of hits, on one address."""

import html
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from search.files import file_read, private_storage
from search.models import Figure, Material, MaterialKind, Query, Verdict, WorkState
from search.question import LONGEST_TEXT_IN_ADDRESS
from search.views import queries
from tests.factories import publication_make, query_make, user_make
from tests.html import html_of


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker runs in these tests, so that waiting for one is in vain."""
    monkeypatch.setattr(queries, "WAIT_SECONDS", 0.0)


def address(query: Query) -> str:
    return f"/?{query.query_string}"


def test_a_sent_question_leads_to_its_address(as_examiner: Client) -> None:
    asked = {"text": " a pump ", "figure": "3~r90", "by": "max", "top": "7", "ipc": "F04C", "has_text": "1"}
    answer = as_examiner.post("/", asked)
    assert answer.status_code == 302
    assert answer["Location"] == "/?figure=3~r90&text=a+pump&ipc=F04C&has_text=1&by=max&top=7"
    assert not Query.objects.exists()


def test_the_address_asks_once_and_reloading_it_asks_nothing_more(
    as_examiner: Client, examiner: User, unhurried: None
) -> None:
    for _ in range(2):
        assert as_examiner.get("/?text=a+pump&weight=80").status_code == 202
    assert as_examiner.get("/?text=a+pump&weight=20&by=max").status_code == 202
    query = Query.objects.get()
    assert (query.owner, query.question.text) == (examiner, "a pump")


def test_a_text_too_long_for_an_address_is_kept_and_named(as_examiner: Client, examiner: User) -> None:
    text = "a pump with a rotor " * 200
    assert len(text) > LONGEST_TEXT_IN_ADDRESS
    answer = as_examiner.post("/", {"text": text})
    kept = Material.objects.get(owner=examiner, kind=MaterialKind.TEXT)
    assert answer["Location"] == f"/?passage={kept.pk}"
    assert file_read(kept.file, private_storage()).decode() == text.strip()


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"text": "x" * 20_001}, "20,001"),
        ({"text": "a pump", "top": "0"}, "500"),
        ({"text": "a pump", "top": "many"}, "top"),
        ({"figure": "wheel"}, "“wheel”"),
        ({"text": "a pump\x00"}, "NUL"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_with_the_reason(
    as_examiner: Client, asked: dict[str, str], named: str
) -> None:
    for answer in (as_examiner.post("/", asked), as_examiner.get("/", asked)):
        assert answer.status_code == 400
        assert named in answer.context["fault"] and answer.context["fault"] in html.unescape(html_of(answer))
    assert not Query.objects.exists()
    assert not Material.objects.exists()


def test_a_figure_that_is_not_there_is_said(as_examiner: Client) -> None:
    answer = as_examiner.get("/?figure=999999")
    assert answer.status_code == 400
    assert "999999" in answer.context["fault"] and answer.context["fault"] in html_of(answer)


def test_hits_show_numbers_scores_and_marked_sentences(as_examiner: Client, examiner: User) -> None:
    publication_make()
    query = query_make(examiner, hits=list(Figure.objects.order_by("pk")), figure=Figure.objects.earliest("pk"))
    page = html_of(as_examiner.get(f"{address(query)}&group=figure"))
    assert "2 of 2 single figures" in page
    assert "2 figures compared" in page
    assert page.count('id="hit-') == 2
    assert "EP1234567A1" in page
    assert "Pump with a rotor" in page
    assert "0.90" in page
    assert '<mark data-numerals="12">12</mark>' in page
    assert "74 ms" in page  # 61.5 + 8.25 + 3.5 + 1.25, as stored
    grouped = html_of(as_examiner.get(address(query)))
    assert "1 of 1 publications" in grouped
    assert grouped.count('id="hit-') == 1
    assert "1 more figure" in grouped


def test_a_moving_slider_asks_for_the_first_hits_and_is_told_of_all(as_examiner: Client, examiner: User) -> None:
    publication_make(sheets=5)
    query = query_make(examiner, text="a pump", hits=list(Figure.objects.order_by("pk")))
    asked = f"{address(query)}&group=figure&query={query.pk}"
    for first, shown in (("2", 2), ("", 5), ("many", 5), ("0", 0), ("9999999", 5)):
        fragment = html_of(as_examiner.get(f"{asked}&first={first}", headers={"HX-Request": "true"}))
        assert fragment.count('id="hit-') == shown
        assert "5 of 5 single figures" in fragment


def test_the_others_of_a_hit_are_a_page_and_a_fragment(as_examiner: Client, examiner: User) -> None:
    publication_make(sheets=3)
    first, *others = Figure.objects.order_by("pk")
    query = query_make(examiner, hits=[first, *others])
    place = reverse("search:others", args=[query.pk, first.pk])
    page = html_of(as_examiner.get(f"{place}?weight=100"))
    fragment = html_of(as_examiner.get(f"{place}?weight=100", headers={"HX-Request": "true"}))
    assert "<html" in page and "<html" not in fragment
    for shown in (page, fragment):
        assert [shown.count(f"/figures/{other.pk}/?query={query.pk}&amp;weight=100") for other in others] == [1, 1]
    assert as_examiner.get(f"{place}?weight=heavy").status_code == 400


def test_the_fragment_on_the_same_address_holds_the_hits_alone(as_examiner: Client, examiner: User) -> None:
    publication_make()
    query = query_make(examiner, text="a pump", hits=list(Figure.objects.all()))
    answer = as_examiner.get(f"{address(query)}&weight=70&top=50&query={query.pk}", headers={"HX-Request": "true"})
    fragment = html_of(answer)
    assert "<html" not in fragment
    assert "data-mosaic" in fragment
    assert answer["HX-Replace-Url"] == f"{address(query)}&weight=70"
    assert "HX-Request" in answer["Vary"]
    assert Query.objects.count() == 1


def test_ranking_anew_brings_the_links_of_the_panel_anew(as_examiner: Client, examiner: User) -> None:
    publication_make()
    figure, other = Figure.objects.order_by("pk")
    query = query_make(examiner, figure=figure, liked=other, hits=[figure])
    fragment = as_examiner.get(f"{address(query)}&weight=70&query={query.pk}", headers={"HX-Request": "true"})
    page = html_of(fragment).replace("&amp;", "&")
    assert page.count('hx-swap-oob="true"') == 3  # the tools of two pictures, and what else is asked with
    for link in (
        f"?figure={figure.pk}~r90&like={other.pk}&weight=70",
        f"?figure={figure.pk}&weight=70",
        f"?figure={figure.pk}&like={other.pk}&weight=70&unlike={figure.pk}",
    ):
        assert f'href="{link}"' in page


def test_an_answer_is_ranked_anew_though_the_collection_has_grown(
    as_examiner: Client, examiner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a delivery comes in, the slider must not search anew at each move."""
    publication_make()
    query = query_make(examiner, text="a pump", hits=list(Figure.objects.all()))
    Query.objects.update(last_embedding_ids={"visual": -1, "text": -1})
    answer = as_examiner.get(f"{address(query)}&weight=70&query={query.pk}", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert Query.objects.count() == 1


@pytest.mark.parametrize("named", ["", "0", "00000000-0000-0000-0000-000000000000"])
def test_a_page_whose_answer_is_gone_is_loaded_anew(as_examiner: Client, named: str) -> None:
    answer = as_examiner.get(f"/?text=a+pump&weight=70&query={named}", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/?text=a+pump&weight=70")
    assert not Query.objects.exists()


def test_an_answer_of_others_is_not_ranked(as_examiner: Client) -> None:
    query = query_make(user_make("other"), text="a pump")
    answer = as_examiner.get(f"/?text=a+pump&query={query.pk}", headers={"HX-Request": "true"})
    assert answer.status_code == 204


def test_a_publication_or_figure_is_asked_with_by_its_number(as_examiner: Client) -> None:
    publication_make("EP1234567A1")
    publication_make("EP1234567B1")
    publication_make("US20190003215A1")
    second = Figure.objects.get(sheet__publication__reference="EP1234567B1", label="2")
    for written, led_to in (
        ("EP 1 234 567 A1", "publication=EP1234567A1"),
        ("ep1234567", "publication=EP1234567A1&publication=EP1234567B1"),
        ("US 2019/0003215 A1", "publication=US20190003215A1"),
        ("EP1234567B1/2", f"figure={second.pk}"),
        ("EP 1234567 B1 / FIG. 2; EP1234567A1", f"figure={second.pk}&publication=EP1234567A1"),
    ):
        answer = as_examiner.post("/", {"written": written, "weight": "70"})
        assert answer["Location"] == f"/?{led_to}&weight=70", written


@pytest.mark.parametrize("written", ["EP9999999A1", "EP1234567A1/77", "/", "a\0b", "x" * 401, "’"])
def test_a_number_that_the_collection_lacks_is_said_and_stays_in_its_field(as_examiner: Client, written: str) -> None:
    publication_make()
    answer = as_examiner.post("/", {"written": written, "text": "a pump", "top": "20"})
    assert answer.status_code == 400
    page = html_of(answer)
    assert "Write" in page
    assert ">a pump</textarea>" in page
    assert 'name="top" min="1" max="500" value="20"' in page
    assert f'value="{escape(written)}"' in page


def test_what_can_be_read_of_a_refused_question_stays(as_examiner: Client) -> None:
    publication_make()
    figure = Figure.objects.earliest("pk")
    answer = as_examiner.get(f"/?figure={figure.pk}&figure=wheel&text=a+pump&top=0&weight=70")
    page = html_of(answer)
    assert "“wheel”" in answer.context["fault"]
    assert f'name="figure" value="{figure.pk}"' in page
    assert ">a pump</textarea>" in page
    assert 'name="weight" min="0" max="100" step="5" value="70"' in page


def test_what_likes_have_changed_is_counted(as_examiner: Client, examiner: User) -> None:
    for number in range(24):
        publication_make(f"EP20000{number:02}A1", sheets=1)
    figures = list(Figure.objects.order_by("pk"))
    query = query_make(examiner, text="a pump", liked=figures[0], hits=[*figures[5:], *figures[:5]], before=figures)
    answer = as_examiner.get(address(query))
    assert answer.context["mosaic"].new_count == 4
    assert 'href="?text=a+pump"' in html_of(answer)


def test_more_hits_are_one_link_away(as_examiner: Client, examiner: User) -> None:
    for number in range(3):
        publication_make(f"EP20000{number:02}A1", sheets=1)
    query = query_make(examiner, text="a pump", hits=list(Figure.objects.order_by("pk")))
    assert 'href="?text=a+pump&amp;top=52" data-more' in html_of(as_examiner.get(f"{address(query)}&top=2"))
    assert "data-more" not in html_of(as_examiner.get(address(query)))


def test_the_size_of_the_drawings_is_kept(as_examiner: Client, examiner: User) -> None:
    publication_make()
    query = query_make(examiner, text="a pump", hits=list(Figure.objects.all()))
    for cookie, shown in (("4", 4), ("17", 2), ("x", 2), ("", 2)):
        as_examiner.cookies["density"] = cookie
        assert f"mosaic tiles-{shown}" in html_of(as_examiner.get(address(query)))


def test_every_change_of_the_question_is_a_link(as_examiner: Client, examiner: User) -> None:
    publication_make()
    figure, other = Figure.objects.order_by("pk")
    query = query_make(examiner, figure=figure, liked=other, hits=[figure])
    page = html_of(as_examiner.get(address(query))).replace("&amp;", "&")
    for link in (
        f"?figure={figure.pk}~r90&like={other.pk}",
        f"?figure={figure.pk}~m&like={other.pk}",
        f"?figure={figure.pk}&like={other.pk}&unlike={figure.pk}",
    ):
        assert f'href="{link}"' in page
    assert f'href="?figure={figure.pk}"' in page  # without the like


def test_remarks_on_an_answer_are_said(as_examiner: Client, examiner: User) -> None:
    query = query_make(examiner, text="a pump")
    query.notes = [{"code": "no-drawing", "detail": "The query has no drawing: hits are ranked by text alone."}]
    query.save()
    page = html_of(as_examiner.get(address(query)))
    assert "ranked by text alone" in page
    assert "data-empty" in page


def test_a_query_is_seen_by_its_owner_alone(as_administrator: Client, as_examiner: Client, examiner: User) -> None:
    query = query_make(examiner)
    assert as_administrator.get(f"/queries/{query.pk}/").status_code == 404
    assert as_administrator.get(address(query)).status_code == 400  # its drawing is not theirs
    assert as_examiner.get(f"/queries/{query.pk}/")["Location"] == address(query)


def test_hits_of_retired_publications_are_not_shown(as_examiner: Client, examiner: User) -> None:
    publication = publication_make()
    query = query_make(examiner, text="a pump", hits=list(Figure.objects.order_by("pk")))
    publication.retired_at = timezone.now()
    publication.save()
    assert "data-empty" in html_of(as_examiner.get(address(query)))


def test_a_page_of_hits_asks_the_database_no_more_for_many(
    as_examiner: Client, examiner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(2, 12):
        publication_make(f"EP200000{number}A1")
    Figure.objects.update(label="")  # their names take in the sheet
    one = query_make(examiner, text="one", hits=list(Figure.objects.order_by("pk")[:2]))
    many = query_make(examiner, text="many", hits=list(Figure.objects.all()))
    as_examiner.get(address(one))
    with django_assert_max_num_queries(24) as of_one:
        as_examiner.get(address(one))
    with django_assert_max_num_queries(24) as of_many:
        as_examiner.get(address(many))
    assert len(of_many) == len(of_one)


def test_the_search_page_asks_no_more_for_many_recent_queries(
    as_examiner: Client, examiner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    publication_make()
    query_make(examiner, figure=Figure.objects.earliest("pk"))
    as_examiner.get("/")
    with django_assert_max_num_queries(20) as few:
        as_examiner.get("/")
    for figure in Figure.objects.all():
        query_make(examiner, figure=figure)
    with django_assert_max_num_queries(20) as more:
        as_examiner.get("/")
    assert len(more) == len(few)


def test_recent_queries_of_others_are_not_listed(as_examiner: Client, examiner: User) -> None:
    own = query_make(examiner)
    other = query_make(user_make("other"))
    page = html_of(as_examiner.get("/"))
    assert own.query_string in page
    assert other.query_string not in page


def test_an_unfinished_query_is_waited_for(as_examiner: Client, examiner: User, unhurried: None) -> None:
    for text in ("first", "second"):
        query = query_make(examiner, text=text)
        Query.objects.filter(pk=query.pk).update(state=WorkState.WAITING, verdict="")
    answer = as_examiner.get(address(query))
    assert answer.status_code == 202
    assert answer.context["ahead"] == 1
    assert "data-reload-seconds" in html_of(answer)


@pytest.mark.parametrize(
    ("age", "reloads"),
    [(timedelta(seconds=40), True), (timedelta(minutes=3), False)],
)
def test_a_query_that_nobody_takes_says_so(
    as_examiner: Client, examiner: User, unhurried: None, age: timedelta, reloads: bool
) -> None:
    query = query_make(examiner, text="a pump")
    Query.objects.filter(pk=query.pk).update(state=WorkState.WAITING, verdict="", created_at=timezone.now() - age)
    answer = as_examiner.get(address(query))
    assert answer.context["unanswered"] and answer.context["given_up"] is not reloads
    assert ("data-reload-seconds" in html_of(answer)) is reloads
    # What was given up is asked anew by the next request, what still waits is not.
    assert as_examiner.get(address(query)).status_code == 202
    assert Query.objects.count() == (1 if reloads else 2)


def test_a_query_that_could_not_be_answered_says_why(as_examiner: Client, examiner: User) -> None:
    query = query_make(examiner)
    Query.objects.filter(pk=query.pk).update(
        state=WorkState.REJECTED, verdict=Verdict.REJECTED, error_code="blank", error_detail="There is nothing drawn."
    )
    answer = as_examiner.get(address(query))
    assert answer.status_code == 422
    assert "There is nothing drawn." in html_of(answer)
