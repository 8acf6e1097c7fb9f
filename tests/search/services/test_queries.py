"""Questions: what is refused, what is kept of those that are taken, and that they go away in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from engine.errors import DocumentError, ImageError, Problem
from engine.imaging import encode_png
from search.files import file_read, private_storage
from search.models import Figure, FigureEmbedding, Material, MaterialKind, Query, WorkState
from search.question import LONGEST_TEXT, Picture, Question
from search.services.queries import QuestionWithFiles, queries_expire, query_ask, query_ask_once, query_ask_with_files
from tests.deliveries import patent_xml
from tests.factories import drawing_make, material_make, publication_make, query_make, user_make

pytestmark = pytest.mark.django_db

IMAGE = encode_png(drawing_make())
NOBODYS = "8e8d3f1c-6d7c-4d0e-9a57-6f3f0f4f2b11"


@pytest.fixture
def owner() -> User:
    return user_make("examiner")


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (Question(), "empty"),
        (Question(disliked=(Picture("figure", "1"),)), "empty"),
        (Question(text="a" * (LONGEST_TEXT + 1)), "text-too-long"),
        (Question(text="a\0b"), "text-nul"),
        (Question(text="a", patent_xml=NOBODYS), "xml-alone"),
        (Question(text="a", top=0), "top"),
        (Question(text="a", top=501), "top"),
        (Question(examples=(Picture("figure", "999"),)), "figure-gone"),
        (Question(text="a", liked=(Picture("figure", "999"),)), "figure-gone"),
        (Question(examples=(Picture("image", NOBODYS),)), "material-gone"),
        (Question(passage=NOBODYS), "material-gone"),
        (Question(publications=("EP9A1",)), "publication-gone"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_with_the_mend(owner: User, question: Question, code: str) -> None:
    with pytest.raises(Problem) as problem:
        query_ask(owner=owner, question=question)
    assert problem.value.code == code
    assert problem.value.detail.endswith(".")
    assert not Query.objects.exists()


def test_nobody_asks_with_what_another_brought(owner: User) -> None:
    theirs = material_make(user_make("other"))
    with pytest.raises(Problem, match="material-gone"):
        query_ask(owner=owner, question=Question(examples=(Picture("image", str(theirs.pk)),)))


def test_an_image_that_is_none_and_an_xml_that_is_none_leave_nothing(owner: User) -> None:
    with pytest.raises(ImageError):
        query_ask_with_files(owner=owner, sent=QuestionWithFiles(Question(), image=b"hello", image_name="hello.png"))
    with pytest.raises(DocumentError):
        query_ask_with_files(owner=owner, sent=QuestionWithFiles(Question(), image=IMAGE, patent_xml=b"<html/>"))
    with pytest.raises(Problem, match="xml-alone"):
        query_ask_with_files(owner=owner, sent=QuestionWithFiles(Question(text="a"), patent_xml=patent_xml()))
    assert not Query.objects.exists()
    assert not Material.objects.exists()


def test_what_is_brought_is_kept_as_our_own_in_the_private_storage(owner: User) -> None:
    query = query_ask_with_files(owner=owner, sent=QuestionWithFiles(Question(), IMAGE, "../../x.png", patent_xml()))
    assert query.state == WorkState.WAITING
    image = Material.objects.get(kind=MaterialKind.IMAGE)
    xml = Material.objects.get(kind=MaterialKind.PATENT_XML)
    assert query.question.examples == (Picture("image", str(image.pk)),)
    assert query.question.patent_xml == str(xml.pk)
    assert file_read(image.file, private_storage()).startswith(b"\x89PNG")
    assert file_read(xml.file, private_storage()) == patent_xml()


def test_the_same_search_is_asked_once_however_it_is_ranked(owner: User) -> None:
    publication_make()
    figure = Figure.objects.earliest("pk")
    query = query_make(owner, figure=figure, hits=[figure])
    examples = (Picture("figure", str(figure.pk)),)
    for question in (Question(examples=examples), Question(examples=examples, weight=80, group="figure")):
        assert query_ask_once(owner=owner, question=question) == (query, False)
    again, is_new = query_ask_once(owner=owner, question=Question(examples=examples, text="other"))
    assert is_new and again != query
    assert query_ask_once(owner=user_make("other"), question=Question(examples=examples))[1]


def test_a_search_is_asked_anew_once_there_is_more_to_find_or_it_had_failed(owner: User) -> None:
    publication_make()
    figure = Figure.objects.earliest("pk")
    query = query_make(owner, figure=figure)
    question = query.question
    Query.objects.filter(pk=query.pk).update(state=WorkState.QUARANTINED)
    assert query_ask_once(owner=owner, question=question)[1]
    Query.objects.filter(replay_of=None).exclude(pk=query.pk).delete()
    Query.objects.filter(pk=query.pk).update(state=WorkState.DONE)
    assert not query_ask_once(owner=owner, question=question)[1]
    FigureEmbedding.objects.create(
        figure=figure, modality="visual", encoder_key="tests/visual", source="", vector=b"\0" * 8
    )
    assert query_ask_once(owner=owner, question=question)[1]


def test_old_queries_are_deleted_and_new_ones_stay(owner: User, settings: Settings) -> None:
    publication_make()
    old = query_make(owner, text="a pump", hits=list(Figure.objects.all()))
    new = query_make(owner, text="a rotor")
    days = settings.QUERY_RETENTION_DAYS
    Query.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=days, minutes=1))
    assert queries_expire() == 1
    assert list(Query.objects.all()) == [new]
    assert queries_expire() == 0
