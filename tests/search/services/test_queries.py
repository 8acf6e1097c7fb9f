"""Questions: what is refused, what is kept of those that are taken, and that they go away in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from engine.errors import DocumentError, ImageError
from engine.imaging import encode_png
from search.files import file_read, private_storage
from search.models import Figure, Query, WorkState
from search.services.queries import LONGEST_TEXT, QueryRefused, Question, queries_expire, query_create
from tests.deliveries import patent_xml
from tests.factories import drawing_make, publication_make, user_make

pytestmark = pytest.mark.django_db

IMAGE = encode_png(drawing_make())


@pytest.fixture
def owner() -> User:
    return user_make("examiner")


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (Question(), "empty"),
        (Question(text="  \n"), "empty"),
        (Question(text="a" * (LONGEST_TEXT + 1)), "text-too-long"),
        (Question(text="a\0b"), "text-nul"),
        (Question(text="a", patent_xml=patent_xml()), "xml-alone"),
        (Question(text="a", top=0), "top"),
        (Question(text="a", top=501), "top"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_with_the_mend(owner: User, question: Question, code: str) -> None:
    with pytest.raises(QueryRefused) as refusal:
        query_create(owner=owner, question=question)
    assert refusal.value.code == code
    assert refusal.value.detail.endswith(".")
    assert not Query.objects.exists()


def test_an_image_that_is_none_and_an_xml_that_is_none_leave_nothing(owner: User) -> None:
    files = set(files_kept())
    with pytest.raises(ImageError):
        query_create(owner=owner, question=Question(image=b"hello", image_name="hello.png"))
    with pytest.raises(DocumentError):
        query_create(owner=owner, question=Question(image=IMAGE, patent_xml=b"<html/>"))
    assert not Query.objects.exists()
    assert set(files_kept()) == files


def test_a_query_image_is_kept_as_our_own_png_in_the_private_storage(owner: User) -> None:
    query = query_create(owner=owner, question=Question(image=IMAGE, image_name="../../x.png", patent_xml=patent_xml()))
    assert query.state == WorkState.WAITING
    assert query.image.startswith(f"queries/{query.pk}/")
    assert file_read(query.image, private_storage()).startswith(b"\x89PNG")
    assert file_read(query.patent_xml, private_storage()) == patent_xml()


def test_a_figure_alone_is_a_question(owner: User) -> None:
    publication_make()
    figure = Figure.objects.earliest("pk")
    assert query_create(owner=owner, question=Question(figure=figure)).figure == figure


def test_old_queries_go_with_their_files_and_new_ones_stay(owner: User, settings: Settings) -> None:
    old = query_create(owner=owner, question=Question(image=IMAGE, patent_xml=patent_xml()))
    new = query_create(owner=owner, question=Question(image=IMAGE))
    days = settings.QUERY_RETENTION_DAYS
    Query.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=days, minutes=1))
    assert queries_expire() == 1
    assert list(Query.objects.all()) == [new]
    assert not private_storage().exists(old.image)
    assert not private_storage().exists(old.patent_xml)
    assert private_storage().exists(new.image)
    assert queries_expire() == 0


def files_kept() -> list[str]:
    """Every file below queries/ in the private storage."""
    storage = private_storage()
    if not storage.exists("queries"):
        return []
    folders, _ = storage.listdir("queries")
    found = []
    for folder in folders:
        inner, files = storage.listdir(f"queries/{folder}")
        found += [f"{folder}/{name}" for name in [*inner, *files]]
    return found
