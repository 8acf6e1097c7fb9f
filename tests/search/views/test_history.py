"""The history, the answer of then beside today's, and saved searches, as pages."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from search.models import Figure, IndexVersion, Material, Query, SavedSearch, WorkState
from search.views import replays
from tests.factories import material_make, publication_make, query_make, search_make, user_make
from tests.html import html_of

NOBODYS = uuid.UUID("8e8d3f1c-6d7c-4d0e-9a57-6f3f0f4f2b11")
GARBAGE = ("", "\0", "%00", "x" * 5000, "-1", "9" * 40, "<b>", "é")


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker runs in these tests, so that waiting for one is in vain."""
    monkeypatch.setattr(replays, "WAIT_SECONDS", 0.0)


@pytest.fixture
def figures(db: None) -> list[Figure]:
    publication_make()
    return list(Figure.objects.order_by("pk"))


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return str(html_of(answer))


# The history.


def test_each_query_leads_back_and_says_what_was_asked_and_found(
    as_examiner: Client, examiner: User, figures: list[Figure], settings: Settings
) -> None:
    settings.QUERY_RETENTION_DAYS = 9
    query = query_make(examiner, figure=figures[0], hits=figures)
    Query.objects.filter(pk=query.pk).update(
        query_string=f"{query.query_string}&text=pump+wheel&ipc=F04C&weight=80&group=figure"
    )
    page = text_of(as_examiner, "/history/").replace("&amp;", "&")
    assert f'href="/?figure={figures[0].pk}&text=pump+wheel&ipc=F04C&weight=80&group=figure"' in page
    for said in (
        "FIG. 1 of EP1234567A1",
        "pump wheel",
        "IPC F04C",
        "drawing 80 %, text 20 %, single figures",
        "2 hits",
    ):
        assert said in page
    assert "9 days" in page
    assert "index" in page
    assert page.count(f"/files/thumbnails/{figures[1].pk}.png") == 1


def test_a_refused_and_an_open_query_are_told_apart_from_answers(as_examiner: Client, examiner: User) -> None:
    refused, waiting = query_make(examiner, text="a"), query_make(examiner, text="b")
    Query.objects.filter(pk=refused.pk).update(state=WorkState.REJECTED, error_code="x", error_detail="Too blank.")
    Query.objects.filter(pk=waiting.pk).update(state=WorkState.WAITING)
    page = text_of(as_examiner, "/history/")
    assert "Too blank." in page and "data-open" in page
    assert "/compare/" not in page


def test_the_history_is_paged_found_in_and_takes_constant_statements(
    as_examiner: Client, examiner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(45):
        query_make(examiner, text=f"pump {number}")
    for address, count in (("/history/", 40), ("/history/?page=2", 5), ("/history/?q=pump+4", 9)):
        with django_assert_max_num_queries(17):  # the frame's own among them
            page = text_of(as_examiner, address)
        assert page.count('class="entry"') == count
    assert "data-empty" in text_of(as_examiner, "/history/?q=wheel")
    for garbage in GARBAGE:
        assert as_examiner.get("/history/", {"q": garbage, "page": garbage}).status_code == 200


def test_an_empty_history_says_so(as_examiner: Client, examiner: User) -> None:
    query_make(user_make("other"), text="theirs")
    page = text_of(as_examiner, "/history/")
    assert "data-empty" in page and "theirs" not in page


def test_a_query_is_forgotten_at_its_place(as_examiner: Client, examiner: User) -> None:
    query, following = query_make(examiner), query_make(examiner, text="a")
    sent = {"q": "draw ing", "page": "2", "following": str(following.pk)}
    answer = as_examiner.post(f"/history/{query.pk}/forget/", sent)
    assert answer["Location"] == f"/history/?q=draw+ing&page=2#entry-{following.pk}"
    assert list(Query.objects.all()) == [following]
    assert not Material.objects.exists()
    assert as_examiner.post(f"/history/{query.pk}/forget/", sent).status_code == 404
    again = query_make(examiner)
    answer = as_examiner.post(f"/history/{again.pk}/forget/", {"q": "\0", "following": "//evil.example"})
    assert answer["Location"] == "/history/"


def test_nobody_forgets_or_compares_what_is_anothers(as_examiner: Client) -> None:
    theirs = query_make(user_make("other"), text="a")
    assert as_examiner.post(f"/history/{theirs.pk}/forget/").status_code == 404
    assert as_examiner.get(f"/history/{theirs.pk}/compare/").status_code == 404
    assert as_examiner.get(f"/history/{NOBODYS}/compare/").status_code == 404
    assert Query.objects.get() == theirs


def test_the_whole_history_is_forgotten_by_a_post_alone(as_examiner: Client, examiner: User) -> None:
    query_make(examiner)
    session = as_examiner.session
    session["deleted_search"] = {"name": "pumps", "asked": "text=secret"}
    session.save()
    assert as_examiner.get("/history/forget/").status_code == 405
    assert Query.objects.exists()
    assert as_examiner.post("/history/forget/").status_code == 302
    assert not Query.objects.exists() and "deleted_search" not in as_examiner.session


# Then and today.


def replayed(query: Query, hits: list[Figure]) -> Query:
    """An answered replay of the query, and what it found."""
    other = query_make(query.owner, text="x", hits=hits)
    fields = {"query_string": query.query_string, "search_key": query.search_key, "replay_of": query}
    Query.objects.filter(pk=other.pk).update(**fields)
    return other


def test_an_answer_that_is_todays_says_so(as_examiner: Client, examiner: User, figures: list[Figure]) -> None:
    query = query_make(examiner, figure=figures[0], hits=figures)
    page = text_of(as_examiner, f"/history/{query.pk}/compare/")
    assert "data-newest" in page
    assert Query.objects.count() == 1  # nothing was asked


def test_two_answers_stand_side_by_side_with_what_they_were_found_by(
    as_examiner: Client, examiner: User, figures: list[Figure]
) -> None:
    then = query_make(examiner, text="a pump", hits=figures)
    Query.objects.filter(pk=then.pk).update(last_embedding_ids={"visual": 3, "text": 4}, index_versions={"visual": 7})
    today = query_make(examiner, text="a pump", hits=figures[::-1])
    page = text_of(as_examiner, f"/history/{then.pk}/compare/?group=figure&then=stored")
    assert page.count('class="tile mark-up"') == 2 and page.count('class="tile mark-down"') == 2
    assert page.count('value="1" data-other="2"') == page.count('value="2" data-other="1"') == 2
    assert "index 7, up to embedding 3" in page and "tests/visual" in page
    assert f"?query={then.pk}&amp;group=figure" in page and f"?query={today.pk}&amp;group=figure" in page
    assert text_of(as_examiner, f"/history/{then.pk}/compare/?group=figure&show=changes").count('class="tile ') == 4
    grouped = text_of(as_examiner, f"/history/{then.pk}/compare/?show=changes")
    assert "data-identical" in grouped and 'class="tile ' not in grouped


def test_the_replay_of_then_is_asked_waited_for_and_shown(
    as_examiner: Client, examiner: User, figures: list[Figure]
) -> None:
    then = query_make(examiner, text="a pump", hits=figures)
    address = f"/history/{then.pk}/compare/?then=again"
    for _ in range(2):
        answer = as_examiner.get(address)
        assert answer.status_code == 202 and b"data-reload-seconds" in answer.content
    replay = Query.objects.get(replay_of=then)
    assert as_examiner.get(f"/history/{replay.pk}/compare/")["Location"] == f"/history/{then.pk}/compare/"
    replay.delete()
    replay = replayed(then, figures)
    page = text_of(as_examiner, address)
    assert "data-identical" in page and f"?query={replay.pk}" in page
    Query.objects.filter(pk=replay.pk).update(
        state=WorkState.REJECTED, error_code="models-changed", error_detail="Another model is in use."
    )
    assert "Another model is in use." in text_of(as_examiner, address)


def test_a_changed_model_is_said(as_examiner: Client, examiner: User, figures: list[Figure]) -> None:
    then = query_make(examiner, text="a pump", hits=figures)
    IndexVersion.objects.create(modality="text", encoder_key="tests/text@2", dim=8, kind="flat", state="active")
    today = query_make(examiner, text="a pump", hits=figures)
    Query.objects.filter(pk=today.pk).update(encoder_keys={"visual": "tests/visual", "text": "tests/text@2"})
    page = text_of(as_examiner, f"/history/{then.pk}/compare/")
    assert "tests/text@2" in page and 'data-kept="0"' in page


def test_what_can_be_asked_no_more_is_said_beside_what_was_found(
    as_examiner: Client, examiner: User, figures: list[Figure]
) -> None:
    then = query_make(examiner, hits=figures)
    Query.objects.filter(pk=then.pk).update(last_embedding_ids={"visual": 9})
    Material.objects.all().delete()
    answer = as_examiner.get(f"/history/{then.pk}/compare/")
    assert answer.context["today"].query is None and answer.context["today"].fault in html_of(answer)
    assert answer.context["then"].query == then


def test_a_garbled_ranking_of_a_comparison_is_refused(as_examiner: Client, examiner: User) -> None:
    query = query_make(examiner, text="a")
    for garbage in GARBAGE[1:]:
        answer = as_examiner.get(f"/history/{query.pk}/compare/", {"top": garbage, "then": garbage, "show": garbage})
        assert answer.status_code == 400
    assert as_examiner.get("/history/nothing/compare/").status_code == 404


def test_the_comparison_takes_constant_statements(
    as_examiner: Client,
    examiner: User,
    figures: list[Figure],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    then = query_make(examiner, text="a pump", hits=figures[:1])
    Query.objects.filter(pk=then.pk).update(last_embedding_ids={"visual": 3})
    publication_make("EP2000002A1", sheets=12)
    query_make(examiner, text="a pump", hits=list(Figure.objects.all()))
    with django_assert_max_num_queries(28):  # the frame's own among them
        page = text_of(as_examiner, f"/history/{then.pk}/compare/?group=figure")
    assert page.count('class="tile ') == 1 + 14


# Saved searches.


def test_a_search_is_saved_listed_and_leads_to_its_address(as_examiner: Client, examiner: User) -> None:
    answer = as_examiner.post("/searches/", {"question": "text=a+pump&weight=80", "name": "  my   pumps "})
    assert answer["Location"] == "/?text=a+pump&weight=80"
    page = text_of(as_examiner, "/searches/")
    assert "my pumps" in page and 'href="/?text=a+pump&amp;weight=80"' in page
    assert SavedSearch.objects.get().owner == examiner


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"question": "text=a", "name": " "}, 400, "Enter a name"),
        ({"question": "text=a", "name": "x" * 121}, 400, "shorten it to 120"),
        ({"question": "text=a", "name": "a\0b"}, 400, "Null characters"),
        ({"question": "", "name": "a"}, 400, "Add a drawing"),
        ({"question": "top=0&text=a", "name": "a"}, 400, "top must be"),
        ({"question": "figure=999", "name": "a"}, 400, "999"),
        ({"name": "a"}, 400, "Add a drawing"),
    ],
)
def test_what_cannot_be_saved_is_refused_with_the_mend(
    as_examiner: Client, sent: dict[str, str], status: int, said: str
) -> None:
    answer = as_examiner.post("/searches/", sent)
    assert answer.status_code == status
    assert said in html_of(answer)
    assert not SavedSearch.objects.exists()


def test_another_question_under_a_name_is_asked_for_before_it_is_replaced(as_examiner: Client, examiner: User) -> None:
    search = search_make(examiner)
    sent = {"question": "text=a+rotor", "name": search.name}
    answer = as_examiner.post("/searches/", sent)
    assert answer.status_code == 409
    page = html_of(answer)
    assert "a pump" in page and "a rotor" in page and 'name="replace"' in page
    assert SavedSearch.objects.get().query_string == "text=a+pump"
    assert as_examiner.post("/searches/", {**sent, "replace": "1"}).status_code == 302
    assert SavedSearch.objects.get().query_string == "text=a+rotor"


def test_a_search_is_renamed_and_a_taken_name_is_said_where_it_was_typed(as_examiner: Client, examiner: User) -> None:
    search = search_make(examiner)
    search_make(examiner, name="rotors", text="a rotor")
    answer = as_examiner.post(f"/searches/{search.pk}/rename/", {"name": "rotors"})
    assert answer.status_code == 400
    page = html_of(answer)
    assert "You have another search “rotors”" in page
    assert page.count('value="rotors"') == 2  # typed there, and its own
    assert as_examiner.post(f"/searches/{search.pk}/rename/", {"name": "wheels"}).status_code == 302
    search.refresh_from_db()
    assert search.name == "wheels"


def test_a_deleted_search_is_brought_back_once(as_examiner: Client, examiner: User) -> None:
    search = search_make(examiner)
    assert "“<bdi>pumps</bdi>”" in html_of(as_examiner.post(f"/searches/{search.pk}/delete/", follow=True))
    assert not SavedSearch.objects.exists()
    addresses = []
    for _ in range(2):
        addresses.append(as_examiner.post("/searches/undo/").headers["Location"])
        assert SavedSearch.objects.get().name == "pumps"
    assert addresses == [f"/searches/#search-{SavedSearch.objects.get().pk}", "/searches/"]


def test_a_saved_search_is_nobody_elses(as_examiner: Client, as_administrator: Client) -> None:
    theirs = search_make(user_make("other"), name="their secret")
    for client in (as_examiner, as_administrator):
        assert "their secret" not in text_of(client, "/searches/")
        for what in ("rename", "delete"):
            for key in (theirs.pk, 0, 10**30):
                assert client.post(f"/searches/{key}/{what}/", {"name": "mine"}).status_code == 404
    assert SavedSearch.objects.get().name == "their secret"


def test_saved_searches_take_constant_statements(
    as_examiner: Client, examiner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        search_make(examiner, name=f"search {number}", image=material_make(examiner))
    with django_assert_max_num_queries(12):  # the frame's own among them
        assert text_of(as_examiner, "/searches/").count('class="entry"') == 12
