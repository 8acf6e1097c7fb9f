"""Topic sets on pages: drawn, put together, undone, locked; an uploaded drawing shown to few."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from annotations.models import Topic, TopicSet
from annotations.services.topics import NewTopic, topic_add, topic_set_make
from engine.imaging import encode_png
from search.models import Figure
from tests.annotation_collection import collection_make, use_stand_ins
from tests.annotation_rows import pool_make, run_make, session_make
from tests.annotation_rows import topic_set_make as rows_make
from tests.factories import drawing_make, publication_make, user_make
from tests.form_errors import error_codes
from tests.html import html_of

pytestmark = pytest.mark.django_db

PNG = encode_png(drawing_make())
DRAW = {"topics": "4", "seed": "7", "reserve": "0", "one_each": "on", "name": "Pumps", "note": ""}


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def as_maker(administrator: User) -> Client:
    return logged_in(administrator)


@pytest.fixture
def collection(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    use_stand_ins(settings, tmp_path, monkeypatch)
    return collection_make()


@pytest.fixture
def topic_set(administrator: User) -> TopicSet:
    return topic_set_make(name="Pumps", made_by=administrator)


def pictures_of(page: str) -> list[str]:
    return re.findall(r'<img src="(/files/thumbnails/\d+)', page)


def test_a_draw_is_looked_at_and_then_made_with_the_same_figures(as_maker: Client, collection: list[Figure]) -> None:
    preview = as_maker.post("/topics/", {**DRAW, "name": "", "act": "preview"})
    assert preview.status_code == 200
    assert not TopicSet.objects.exists()
    shown = pictures_of(html_of(preview))
    assert len(shown) == 4
    made = as_maker.post("/topics/", {**DRAW, "act": "draw"})
    topic_set = TopicSet.objects.get()
    assert made["Location"] == f"/topics/{topic_set.pk}/"
    assert pictures_of(html_of(as_maker.get(made["Location"]))) == shown
    assert topic_set.seed == 7


@pytest.mark.parametrize(
    ("fields", "errors", "named"),
    [
        ({"topics": "13"}, {"topics": ["too-few"]}, "12 figures"),
        ({"topics": "0"}, {"topics": ["min_value"]}, ""),
        ({"topics": "9" * 30}, {"topics": ["max_value"]}, ""),
        ({"seed": ""}, {"seed": ["required"]}, ""),
        ({"seed": "-1"}, {"seed": ["min_value"]}, ""),
        ({"reserve": "40"}, {"reserve": ["reserved-count"]}, "12 publications"),
        ({"name": ""}, {"name": ["required"]}, ""),
        ({"name": "a\0b"}, {"name": ["null_characters_not_allowed"]}, ""),
        ({"country": "Mars"}, {"__all__": ["country"]}, "“Mars”"),
        ({"batch": "9" * 40}, {"__all__": ["batch"]}, ""),
    ],
)
def test_a_draw_that_cannot_be_made_has_an_error_where_it_is_wrong(
    as_maker: Client, collection: list[Figure], fields: dict[str, str], errors: object, named: str
) -> None:
    answer = as_maker.post("/topics/", {**DRAW, **fields, "act": "draw"})
    page = html_of(answer)
    assert answer.status_code == 400
    assert 'class="fault"' in page
    assert error_codes(answer.context["form"]) == errors
    assert named in page
    assert not TopicSet.objects.exists()


def test_without_topic_sets_evaluation_says_how_to_begin(as_maker: Client) -> None:
    assert "data-empty" in html_of(as_maker.get("/evaluation/"))


def test_an_empty_set_is_made_once_by_its_name(as_maker: Client) -> None:
    assert as_maker.post("/topics/", {"name": "By hand", "act": "empty"}).status_code == 302
    again = as_maker.post("/topics/", {"name": "By hand", "act": "empty"})
    assert again.status_code == 400
    assert error_codes(again.context["empty"]) == {"name": ["name-taken"]}
    assert TopicSet.objects.count() == 1


@pytest.mark.parametrize("written", ["EP1234567A1/1", "ep 1234567 a1/FIG. 1", "key"])
def test_a_figure_is_added_by_its_number_as_people_write_it(
    as_maker: Client, topic_set: TopicSet, written: str
) -> None:
    publication_make()
    figure = Figure.objects.get(label="1")
    number = str(figure.pk) if written == "key" else written
    answer = as_maker.post(
        f"/topics/{topic_set.pk}/topics/", {"figure": number, "title": "Rotor", "need": "Rotors with three lobes."}
    )
    assert answer["Location"] == f"/topics/{topic_set.pk}/#topic-1"
    topic = topic_set.topics.get()
    assert (topic.figure, topic.title, topic.need) == (figure, "Rotor", "Rotors with three lobes.")
    page = html_of(as_maker.get(f"/topics/{topic_set.pk}/"))
    assert "Rotors with three lobes." in page
    assert 'class="hit-sentence" dir="auto"' in page


@pytest.mark.parametrize(
    ("sent", "field", "code"),
    [
        ({}, "__all__", "empty"),
        ({"figure": "EP9999999A1/1"}, "figure", "publication-gone"),
        ({"figure": "EP1234567A1"}, "figure", "publication"),
        ({"figure": "EP1234567A1/1, EP1234567A1/2"}, "figure", "publication"),
        ({"figure": "99999999999"}, "figure", "figure-gone"),
        ({"figure": "9" * 400}, "figure", "figure-gone"),
        ({"figure": "EP1234567A1/1", "title": "a" * 201}, "title", "max_length"),
        ({"figure": "EP1234567A1/1", "drawing": PNG}, "__all__", "empty"),
        ({"drawing": b""}, "drawing", "empty"),
        ({"drawing": b"hello"}, "drawing", "format"),
        ({"drawing": PNG[:200]}, "drawing", "damaged"),
        ({"drawing": encode_png(drawing_make() * 0 + 255)}, "drawing", "blank"),
    ],
)
def test_what_is_no_topic_has_an_error_at_its_field(
    as_maker: Client, topic_set: TopicSet, sent: dict[str, str | bytes], field: str, code: str
) -> None:
    publication_make()
    fields = {
        name: SimpleUploadedFile("drawing.png", value) if isinstance(value, bytes) else value
        for name, value in sent.items()
    }
    answer = as_maker.post(f"/topics/{topic_set.pk}/topics/", {**fields, "need": "What I typed."})
    assert answer.status_code == 400
    assert error_codes(answer.context["adding"]) == {field: [code]}
    assert "What I typed." in answer.content.decode()
    assert not topic_set.topics.exists()


def test_a_topic_is_described_taken_out_and_put_back(as_maker: Client, topic_set: TopicSet) -> None:
    publication_make(sheets=3)
    for figure in Figure.objects.order_by("pk"):
        topic_add(topic_set=topic_set, new=NewTopic(figure=figure, text="with a seal"))
    address = f"/topics/{topic_set.pk}/topics/2/"
    as_maker.post(address, {"title": "Seal", "need": "Seals."})
    kept = Topic.objects.get(number=2)
    assert (kept.title, kept.need) == ("Seal", "Seals.")
    refused = as_maker.post(address, {"title": "a" * 201, "need": "Typed at length."})
    assert refused.status_code == 400
    assert "Typed at length." in html_of(refused)
    page = html_of(as_maker.post(address, {"act": "delete"}, follow=True))
    assert not Topic.objects.filter(number=2).exists()
    assert 'value="restore"' in page
    assert as_maker.post(f"/topics/{topic_set.pk}/topics/3/", {"act": "restore"}).status_code == 404
    page = html_of(as_maker.post(address, {"act": "restore"}, follow=True))
    assert 'value="restore"' not in page
    back = Topic.objects.get(number=2)
    assert (back.figure, back.title, back.need, back.text) == (kept.figure, "Seal", "Seals.", "with a seal")


def test_a_locked_set_offers_and_takes_no_change(as_maker: Client, administrator: User) -> None:
    publication_make()
    figures = list(Figure.objects.order_by("pk"))
    topic_set = rows_make(administrator, figures)
    run_make(topic_set, figures)
    page = html_of(as_maker.get(f"/topics/{topic_set.pk}/"))
    assert "data-locked" in page
    assert "topic-edit" not in page and "topic-add" not in page and "set-delete" not in page
    for address, fields in (
        ("topics/", {"figure": str(figures[0].pk), "text": "other"}),
        ("topics/1/", {"title": "Other", "need": ""}),
        ("topics/1/", {"act": "delete"}),
    ):
        answer = as_maker.post(f"/topics/{topic_set.pk}/{address}", fields)
        assert answer.status_code == 400
        if address == "topics/":
            assert error_codes(answer.context["adding"]) == {"__all__": ["topics-locked"]}
    assert topic_set.topics.get(number=1).title == "Need 1"
    kept = as_maker.post(f"/topics/{topic_set.pk}/delete/", follow=True)
    assert [message.level_tag for message in kept.context["messages"]] == ["warning"]
    assert topic_set.topics.count() == 2


def test_a_set_without_runs_is_deleted_and_described(as_maker: Client, topic_set: TopicSet) -> None:
    as_maker.post(f"/topics/{topic_set.pk}/", {"name": "Rotors", "note": "Of 2024."})
    topic_set.refresh_from_db()
    assert (topic_set.name, topic_set.note) == ("Rotors", "Of 2024.")
    topic_set_make(name="Taken", made_by=topic_set.created_by)
    taken = as_maker.post(f"/topics/{topic_set.pk}/", {"name": "Taken", "note": "What I typed."})
    assert taken.status_code == 400
    assert "What I typed." in html_of(taken)
    assert as_maker.post(f"/topics/{topic_set.pk}/delete/")["Location"] == "/topics/"
    assert as_maker.post(f"/topics/{topic_set.pk}/delete/").status_code == 404


def test_an_uploaded_drawing_is_seen_by_its_maker_and_those_who_judge_alone(administrator: User) -> None:
    publication_make()
    figures = list(Figure.objects.order_by("pk"))
    topic_set = topic_set_make(name="Unpublished", made_by=administrator)
    for new in (NewTopic(image=PNG), NewTopic(figure=figures[0])):
        topic_add(topic_set=topic_set, new=new)
    assessor, adjudicator, other_assessor, colleague = (
        user_make(name, staff=name in ("adjudicator", "colleague"))
        for name in ("assessor", "adjudicator", "other", "colleague")
    )
    session = session_make(pool_make(topic_set, [run_make(topic_set, figures)]), [assessor])
    session.created_by = adjudicator
    session.save()
    other = rows_make(administrator, figures, name="Another set")
    session_make(pool_make(other, [run_make(other, figures)]), [other_assessor], name="Second session")
    image = f"/topics/{topic_set.pk}/topics/1/image/"
    seen = {
        user.username: logged_in(user).get(image).status_code
        for user in (administrator, assessor, adjudicator, other_assessor, colleague)
    }
    assert seen == {"administrator": 200, "assessor": 200, "adjudicator": 200, "other": 404, "colleague": 404}
    assert Client().get(image).status_code == 302
    answer = logged_in(assessor).get(image)
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")  # type: ignore[attr-defined]
    assert answer["Cache-Control"] == "private, no-store"
    assert logged_in(administrator).get(f"/topics/{topic_set.pk}/topics/2/image/").status_code == 404  # a figure
    assert logged_in(administrator).get(f"/topics/{topic_set.pk}/topics/{'9' * 30}/image/").status_code == 404
    page = html_of(logged_in(colleague).get(f"/topics/{topic_set.pk}/"))
    assert image not in page
    assert 'class="hit-picture absent"' in page
    assert image in html_of(logged_in(administrator).get(f"/topics/{topic_set.pk}/"))


def test_a_figures_page_leads_administrators_to_a_topic(as_maker: Client, topic_set: TopicSet) -> None:
    publication_make()
    figure = Figure.objects.earliest("pk")
    link = f"/topics/?figure={figure.pk}"
    assert link in html_of(as_maker.get(f"/figures/{figure.pk}/"))
    assert link not in html_of(logged_in(user_make("examiner")).get(f"/figures/{figure.pk}/"))
    page = html_of(as_maker.get(link))
    assert f'action="/topics/{topic_set.pk}/topics/"' in page
    for wanted in ("0", "x", "9" * 40):
        assert as_maker.get("/topics/", {"figure": wanted}).status_code == 200


def test_pages_ask_no_more_for_many(
    as_maker: Client, administrator: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    publication_make(sheets=2)
    few = rows_make(administrator, list(Figure.objects.order_by("pk")), name="Few")
    with django_assert_num_queries(4):
        as_maker.get("/topics/")
    with django_assert_num_queries(10):
        as_maker.get(f"/topics/{few.pk}/")
    for number in range(5):
        publication_make(f"EP200000{number}A1", sheets=4)
    figures = list(Figure.objects.order_by("pk"))
    many = rows_make(administrator, figures, name="Many")
    many.reserved.set([figure.sheet.publication for figure in figures[:8]])
    with django_assert_num_queries(4):
        as_maker.get("/topics/")
    with django_assert_num_queries(10):
        as_maker.get(f"/topics/{many.pk}/")
