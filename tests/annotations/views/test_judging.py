"""The judging page, its fragments and the review as the server writes them: blind, private, and in few queries."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from annotations.models import Assignment, Session, Showing, Topic
from annotations.selectors import pairs
from engine.imaging import encode_png
from search.files import file_keep, private_storage
from search.models import Figure
from tests.annotation_rows import judgment_make, pool_make, run_make, session_make, topic_set_make
from tests.factories import SHEET_HEIGHT_PX, SHEET_WIDTH_PX, drawing_make, publication_make, user_make
from tests.html import html_of

pytestmark = pytest.mark.django_db

FRAGMENT = {"HX-Request": "true"}
OF_THE_SHOWING = r' (data-position|data-current|data-record-url|data-place-url)="[^"]*"| aria-label="Pair \d+ of 14"'
"""What tells one showing from another in a fragment: its position, and what its assessor said."""


@pytest.fixture(scope="module")
def part_of_module(module_rows: None) -> Assignment:
    """Two topics of six candidates; the first two come again at the end: fourteen showings."""
    for number in range(4):
        publication_make(f"EP{1000001 + number}A1", title=f"Pump {number}")
    figures = list(Figure.objects.order_by("pk")[:7])
    topic_set = topic_set_make(user_make("maker", staff=True), figures[:2])
    run = run_make(topic_set, figures, name="telltale")
    assessor = user_make("assessor")
    session = session_make(pool_make(topic_set, [run]), [assessor, user_make("colleague")], repeats=2)
    return session.assignments.get(assessor=assessor)


@pytest.fixture
def part(part_of_module: Assignment, db: None) -> Assignment:
    return deepcopy(part_of_module)


@pytest.fixture
def assessor(part: Assignment) -> User:
    return part.assessor


@pytest.fixture
def client(assessor: User) -> Client:
    client = Client()
    client.force_login(assessor)
    return client


def judge(client: Client, part: Assignment, at: Any = None, *, fragment: bool = False) -> Any:
    address = reverse("annotations:judge", args=[part.session_id])
    return client.get(address, {} if at is None else {"at": at}, headers=FRAGMENT if fragment else {})


def review(client: Client, part: Assignment, **asked: Any) -> Any:
    return client.get(reverse("annotations:review", args=[part.session_id]), asked)


def test_a_repeat_looks_as_its_first_showing_did(client: Client, part: Assignment) -> None:
    for name, first, again in (("judgment", 1, 13), ("none", 2, 14)):
        if name == "judgment":
            judgment_make(part.showings.get(position=first), 3)
        pages = [html_of(judge(client, part, at, fragment=True)) for at in (first, again)]
        plain = [re.sub(OF_THE_SHOWING, "", page) for page in pages]
        assert plain[0] == plain[1]
        assert 'data-current=""' in pages[1]


def test_nothing_tells_of_runs_ranks_repeats_or_what_others_said(client: Client, part: Assignment) -> None:
    colleague = part.session.assignments.exclude(pk=part.pk).get()
    for showing in colleague.showings.all():
        judgment_make(showing, 3, reason="colleague’s reason")
    judgment_make(part.showings.get(position=13), 1)
    for answer in (
        judge(client, part, 13),
        judge(client, part, 13, fragment=True),
        review(client, part),
        review(client, part, show="1"),
    ):
        assert answer.status_code == 200
        said = html_of(answer).lower() + str(answer.headers).lower()
        for word in ("telltale", "colleague", "score", "rank", "repeat", "again in", "visual", "depth 10", "second"):
            assert word not in said.replace("taken again", ""), word


def test_the_page_goes_on_where_the_assessor_left(client: Client, part: Assignment) -> None:
    assert judge(client, part).headers["Location"].endswith("?at=1")
    Assignment.objects.filter(pk=part.pk).update(place=5)
    assert judge(client, part).headers["Location"].endswith("?at=5")
    judgment_make(part.showings.get(position=5), 2)
    assert judge(client, part).headers["Location"].endswith("?at=1")


def test_the_end_is_told_with_what_could_not_be_judged(client: Client, part: Assignment) -> None:
    for showing in part.showings.all():
        judgment_make(showing, None if showing.position == 3 else 1)
    answer = judge(client, part)
    assert answer.status_code == 200
    done = answer.context["done"]
    assert (done.count, done.judged, done.cannot_judge) == (14, 13, 1)


def test_a_part_without_pairs_says_so(client: Client, part: Assignment) -> None:
    Showing.objects.filter(assignment=part).delete()
    assert "data-empty" in html_of(judge(client, part))
    assert review(client, part).status_code == 200


@pytest.mark.parametrize("at", ["0", "15", "-1", "x", "1\0", "1" * 40, "²", "", "1.0"])
def test_a_pair_that_is_not_there_is_not_found(client: Client, part: Assignment, at: str) -> None:
    assert judge(client, part, at).status_code == 404
    if at not in ("0", "15"):
        assert review(client, part, page=at).status_code == 404
        assert review(client, part, around=at).status_code == 404


def test_others_find_nothing_whoever_they_are(part: Assignment) -> None:
    for name, staff in (("stranger", False), ("head", True)):
        client = Client()
        client.force_login(user_make(name, staff=staff))
        assert judge(client, part, 1).status_code == 404
        assert judge(client, part, 1, fragment=True).status_code == 404
        assert review(client, part).status_code == 404
    assert judge(client, Assignment(session_id=10**30), 1).status_code == 404


def test_pages_are_private_and_kept_by_no_cache(client: Client, part: Assignment) -> None:
    for answer in (judge(client, part, 1), judge(client, part, 1, fragment=True), review(client, part)):
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_pair_shows_both_drawings_with_their_text_and_what_was_said(client: Client, part: Assignment) -> None:
    judgment_make(part.showings.get(position=4), 2, reason="<b>same</b> vanes", region=[100, 200, 3000, 4000])
    showing = part.showings.select_related("candidate__topic").get(position=4)
    said = html_of(judge(client, part, 4))
    for figure_id in (showing.candidate.figure_id, showing.candidate.topic.figure_id):
        assert f"/files/figures/{figure_id}" in said or f"figure:{figure_id}" in said
    assert "Pumps like this one." in said
    assert "<mark" in said
    assert "&lt;b&gt;same&lt;/b&gt; vanes" in said
    assert 'value="2" aria-pressed="true"' in said
    assert 'value="3000"' in said
    assert 'aria-label="12 rotor"' in said


def test_an_uploaded_topic_is_shown_from_its_own_address_and_one_of_words_as_words(
    client: Client, part: Assignment
) -> None:
    drawing = file_keep(encode_png(drawing_make(4)), folder="topics", suffix=".png", storage=private_storage())
    topics = Topic.objects.filter(number=1)
    topics.update(figure=None, image=drawing, width_px=SHEET_WIDTH_PX, height_px=SHEET_HEIGHT_PX)
    topic = topics.get()
    address = reverse("annotations:topic-image", args=[topic.topic_set_id, 1])
    assert f'href="{address}"' in html_of(judge(client, part, 1))
    topics.update(image="", text="a pump with <two> rotors")
    said = html_of(judge(client, part, 1))
    assert "a pump with &lt;two&gt; rotors" in said
    assert address not in said


def test_a_withdrawn_candidate_is_said_to_be_gone(client: Client, part: Assignment) -> None:
    figure = part.showings.get(position=1).candidate.figure
    Figure.objects.filter(pk=figure.pk).update(retired_at=timezone.now())
    assert "data-instead" in html_of(judge(client, part, 1))
    assert "withdrawn" in html_of(review(client, part))


def test_a_closed_session_shows_its_pairs_and_takes_nothing(client: Client, part: Assignment) -> None:
    Session.objects.update(closed_at=timezone.now())
    said = html_of(judge(client, part, 1))
    assert "This session is closed" in said
    assert '<fieldset class="controls" disabled>' in said


def test_facets_are_asked_for_where_the_session_wants_them(client: Client, part: Assignment) -> None:
    assert "Works alike" not in html_of(judge(client, part, 1))
    Session.objects.update(asks_facets=True)
    judgment_make(part.showings.get(position=1), 2, looks=0, works=3)
    said = html_of(judge(client, part, 1))
    assert 'name="looks" value="0" checked' in said
    assert 'name="works" value="3" checked' in said


def test_instructions_are_open_until_something_is_judged(client: Client, part: Assignment) -> None:
    assert re.search(r"<dialog[^>]* open>", html_of(judge(client, part, 1)))
    judgment_make(part.showings.get(position=1), 2)
    assert not re.search(r"<dialog[^>]* open>", html_of(judge(client, part, 1)))


def test_a_review_keeps_the_order_of_showing_so_that_a_repeat_stands_apart(client: Client, part: Assignment) -> None:
    said = html_of(review(client, part))
    shown = [int(one) for one in re.findall(r'id="pair-(\d+)"', said)]
    assert shown == list(range(1, 15))
    headings = re.findall(r'<h2 id="stretch-\d+">Topic (\d+)', said)
    assert headings == ["1", "2", "1"]


def test_a_review_is_narrowed_by_what_was_said(client: Client, part: Assignment) -> None:
    given = {1: 0, 2: 3, 3: None, 4: 3}
    for position, grade in given.items():
        judgment_make(part.showings.get(position=position), grade)
    for shown, wanted in (("3", [2, 4]), ("0", [1]), ("cannot", [3]), ("1", []), ("open", list(range(5, 15)))):
        said = html_of(review(client, part, show=shown))
        assert [int(one) for one in re.findall(r'id="pair-(\d+)"', said)] == wanted
    assert review(client, part, show="9").status_code == 404


def test_a_long_review_has_pages_and_opens_at_the_pair_one_comes_from(
    client: Client, part: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairs, "PAIRS_A_PAGE", 5)
    said = html_of(review(client, part, around=7))
    assert [int(one) for one in re.findall(r'id="pair-(\d+)"', said)] == [6, 7, 8, 9, 10]
    assert "Page 2 of 3" in said
    assert review(client, part, page=4).status_code == 404
    assert review(client, part, page=0).status_code == 404


def test_a_page_takes_as_many_queries_however_many_pairs_there_are(client: Client, part: Assignment) -> None:
    few = _queries(client, part)
    for number in range(3):
        publication_make(f"EP{2000001 + number}A1")
    pool = part.session.pool
    more = Figure.objects.filter(sheet__publication__reference__startswith="EP2")
    topic = pool.candidates.order_by("pk")[0].topic
    for place, figure in enumerate(more, start=15):
        part.showings.create(position=place, candidate=pool.candidates.create(topic=topic, figure=figure))
    judgment_make(part.showings.get(position=15), 1)
    assert _queries(client, part) == few
    assert few[1] <= 11  # a fragment, with the login


def _queries(client: Client, part: Assignment) -> list[int]:
    asked: list[Callable[[], Any]] = [
        lambda: judge(client, part, 2),
        lambda: judge(client, part, 2, fragment=True),
        lambda: review(client, part),
    ]
    counts = []
    for ask in asked:
        with CaptureQueriesContext(connection) as caught:
            assert ask().status_code == 200
        counts.append(len(caught))
    return counts
