"""What is brought to ask with: files of a question, pages of documents, and what their pictures show."""

from __future__ import annotations

import io
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from engine.imaging import decode_png, encode_png
from search.models import Figure, Material, MaterialKind, Query
from search.views import queries
from tests.factories import drawing_make, publication_make, query_answered

pytestmark = pytest.mark.django_db
IMAGE_SOURCE = re.compile(r'<img[^>]* src="([^"]*)"')


def document(name: str, page_count: int) -> SimpleUploadedFile:
    """A PDF or TIFF by the ending of its name."""
    data = io.BytesIO()
    first, *others = [Image.fromarray(drawing_make(shade)) for shade in range(page_count)]
    image_format = {"pdf": "PDF", "tif": "TIFF"}[name.rsplit(".")[-1]]
    first.save(data, format=image_format, save_all=True, append_images=others)
    return SimpleUploadedFile(name, data.getvalue())


def picture(shade: int = 5) -> SimpleUploadedFile:
    return SimpleUploadedFile("third.png", encode_png(drawing_make(shade)))


def bring(client: Client, *files: SimpleUploadedFile, **fields: str) -> Any:
    return client.post(reverse("search:upload"), {"files": list(files), **fields})


def images(location: str) -> list[Material]:
    """The pictures of the question that an address asks."""
    tokens = parse_qs(urlsplit(location).query)["image"]
    return [Material.objects.get(pk=token.split("~")[0]) for token in tokens]


@pytest.mark.parametrize("name", ["plan.pdf", "plan.tif"])
def test_a_document_of_one_page_is_searched_with_directly(as_examiner: Client, name: str) -> None:
    answer = bring(as_examiner, document(name, 1), text="a pump", weight="70")
    assert answer.status_code == 302
    (image,) = images(answer["Location"])
    assert (image.kind, image.name) == (MaterialKind.IMAGE, name)
    assert parse_qs(urlsplit(answer["Location"]).query)["text"] == ["a pump"]


def test_pages_of_two_documents_are_chosen_one_after_the_other(as_examiner: Client) -> None:
    answer = bring(as_examiner, document("first.pdf", 2), document("second.tif", 2), picture(), text="a pump")
    for name in ("first.pdf", "second.tif"):
        assert answer.status_code == 302
        choice = as_examiner.get(answer["Location"])
        assert choice.context["document"].name == name
        assert list(choice.context["pages"]) == [1, 2]
        answer = as_examiner.post(answer["Location"], _hidden(choice) | {"page": "1"})
    assert [image.name for image in images(answer["Location"])] == ["third.png", "first.pdf p. 1", "second.tif p. 1"]
    assert parse_qs(urlsplit(answer["Location"]).query)["text"] == ["a pump"]


def test_several_pages_of_a_document_join_the_question_together(as_examiner: Client) -> None:
    answer = bring(as_examiner, document("plans.pdf", 3))
    choice = as_examiner.get(answer["Location"])
    for number in (1, 2, 3):
        material = choice.context["document"]
        small = as_examiner.get(reverse("search:material-page", args=[material.pk, number]))
        assert 100 < max(decode_png(small.content).shape) <= 240
    answer = as_examiner.post(answer["Location"], _hidden(choice) | {"page": ["1", "3"]})
    assert [image.page for image in images(answer["Location"])] == [1, 3]


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """Every query is answered at once with these figures."""
    publication_make(sheets=3)
    figures = list(Figure.objects.order_by("pk"))

    def answer(query: Query) -> None:
        query_answered(query, hits=figures)

    monkeypatch.setattr(queries, "enqueue_query", answer)
    return figures


def test_what_a_picture_of_the_panel_shows_is_what_is_searched_with(
    as_examiner: Client, answered: list[Figure]
) -> None:
    """It is the part, turned, as the encoder gets it."""
    file = SimpleUploadedFile("drawing.png", encode_png(drawing_make(9, 300, 200)))
    (image,) = images(bring(as_examiner, file)["Location"])
    token = f"{image.pk}~c0-0-5000-10000~r90"
    page = as_examiner.get(f"/?image={token}").content.decode()
    sources = {
        source.replace("&amp;", "&") for source in re.findall(r'<img[^>]* src="([^"]*)"', page) if token in source
    }
    assert sources
    for source in sources:
        assert decode_png(as_examiner.get(source).content).shape == (150, 200)


def test_the_address_of_a_picture_asks_the_same_in_another_browser(
    as_examiner: Client, examiner: User, answered: list[Figure]
) -> None:
    address = bring(as_examiner, picture())["Location"]
    other = Client()
    other.force_login(examiner)
    hits = [re.findall(r'id="hit-(\d+)"', client.get(address).content.decode()) for client in (as_examiner, other)]
    assert hits[0] == hits[1] != []
    assert Query.objects.count() == 1


def _hidden(page: Any) -> dict[str, Any]:
    """The hidden fields of the form that chooses pages."""
    return {"question": page.context["question"], "then": page.context["then"]}
