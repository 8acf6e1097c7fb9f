"""What the API gives, against rows whose content is known."""

import io
import zipfile
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from engine.imaging import encode_png
from engine.ranking.fusion import Fusion
from search.models import Batch, Figure, Material, Query, WorkState
from search.question import Picture
from tests.factories import PASSWORD, batch_make, drawing_make, publication_make, query_make, user_make

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_waiting(settings: Settings) -> None:
    """Nobody answers queries here, so nobody waits for answers."""
    settings.QUERY_TIMEOUT_SECONDS = 0


def test_a_query_that_takes_longer_is_accepted_with_the_address_of_its_answer(
    client_of_examiner: APIClient, examiner: User, no_waiting: None
) -> None:
    figure = publication_make().sheets.first().figures.first()  # type: ignore[union-attr]
    asked = {"figure": "EP1234567A1/1", "modality": "max", "top": 7, "ipc": "F04C", "date_from": "2020-01-31"}
    answer = client_of_examiner.post("/api/search/", asked, format="json")
    query = Query.objects.get(owner=examiner)
    assert answer.status_code == 202
    assert answer.headers["Location"] == answer.json()["location"] == f"http://testserver/api/queries/{query.pk}/"
    question = query.question
    assert question.examples == (Picture("figure", str(figure.pk)),)  # type: ignore[union-attr]
    assert (question.by, question.top) == (Fusion.MAX, 7)
    assert question.filters == {"ipc": "F04C", "date_from": "2020-01-31"}


def test_likes_dislikes_publications_and_weights_are_asked_with(
    client_of_examiner: APIClient, no_waiting: None
) -> None:
    publication_make()
    liked, disliked = Figure.objects.order_by("pk")
    asked = {"publication": "EP1234567A1", "like": [liked.pk], "unlike": [disliked.pk], "weight": 70}
    assert client_of_examiner.post("/api/search/", asked, format="json").status_code == 202
    question = Query.objects.get().question
    assert question.publications == ("EP1234567A1",)
    assert (question.liked, question.disliked) == (
        (Picture("figure", str(liked.pk)),),
        (Picture("figure", str(disliked.pk)),),
    )
    assert question.fusion == (Fusion.WEIGHTED, 0.7)


def test_an_image_is_asked_with_as_multipart(client_of_examiner: APIClient, no_waiting: None) -> None:
    sent = SimpleUploadedFile("drawing.png", encode_png(drawing_make()))
    answer = client_of_examiner.post("/api/search/", {"image": sent, "text": "a pump"}, format="multipart")
    assert answer.status_code == 202
    query = Query.objects.get()
    image = Material.objects.get()
    assert image.file.startswith(f"materials/{image.pk}/")
    assert query.question.examples == (Picture("image", str(image.pk)),)
    assert query.question.text == "a pump"


def test_an_answered_query_gives_its_hits_and_models(client_of_examiner: APIClient, examiner: User) -> None:
    publication_make()
    figures = list(Figure.objects.order_by("pk"))
    query = query_make(examiner, hits=figures)
    answer = client_of_examiner.get(f"/api/queries/{query.pk}/").json()
    assert answer["encoder_keys"] == {"visual": "tests/visual", "text": "tests/text"}
    assert [(hit["rank"], hit["figure"], hit["label"]) for hit in answer["hits"]] == [
        (1, figures[0].pk, "1"),
        (2, figures[1].pk, "2"),
    ]
    assert answer["hits"][1]["text"] is None
    assert {"text": "A pump (10) comprising a rotor (12).", "numerals": ["10", "12"], "reason": "numeral"} in answer[
        "hits"
    ][0]["sentences"]


def test_a_refused_query_says_why(client_of_examiner: APIClient, examiner: User) -> None:
    query = Query.objects.create(
        owner=examiner, state=WorkState.REJECTED, error_code="blank", error_detail="There is nothing drawn."
    )
    answer = client_of_examiner.get(f"/api/queries/{query.pk}/")
    assert answer.status_code == 422
    assert answer.json() == {"code": "blank", "detail": "There is nothing drawn."}


def test_nobody_sees_the_query_of_another(client_of_staff: APIClient, examiner: User) -> None:
    query = query_make(examiner)
    answer = client_of_staff.get(f"/api/queries/{query.pk}/")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not-found"


def test_a_publication_comes_with_sheets_figures_and_text(client_of_examiner: APIClient) -> None:
    publication_make(missing_sheets=1)
    answer = client_of_examiner.get("/api/publications/ep 1234567 a1/").json()
    assert (answer["reference"], answer["title"], answer["date"]) == (
        "EP1234567A1",
        "Pump with a rotor",
        "2024-05-02",
    )
    assert [(sheet["missing"], len(sheet["figures"])) for sheet in answer["sheets"]] == [
        (False, 1),
        (False, 1),
        (True, 0),
    ]
    assert answer["sheets"][2]["image"] is None
    assert client_of_examiner.get(answer["sheets"][0]["image"]).headers["Content-Type"] == "image/png"
    assert answer["parties"][0] == {"role": "applicant", "name": "Pumpwerke GmbH", "country": "DE"}
    assert answer["paragraphs"][0]["text"] == "A pump 10 with a rotor 12 in a housing 14."


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["EP1234567A1", "WO2024000001A1"]),
        ({"reference": "WO2024"}, ["WO2024000001A1"]),
        ({"applicant": "räder"}, ["WO2024000001A1"]),
        ({"ipc": "F04C", "reference": "EP"}, ["EP1234567A1"]),
        ({"cpc": "H01"}, []),
    ],
)
def test_publications_are_listed_by_what_is_wanted(
    client_of_examiner: APIClient, wanted: dict[str, str], found: list[str]
) -> None:
    publication_make()
    publication_make("WO2024000001A1", applicant="Räder AG")
    answer = client_of_examiner.get("/api/publications/", wanted).json()
    assert [one["reference"] for one in answer["results"]] == found
    assert answer["count"] == len(found)


def test_links_are_those_of_the_command(client_of_examiner: APIClient) -> None:
    publication_make()
    answer = client_of_examiner.get("/api/publications/EP1234567A1/links/").json()
    assert answer["unlinked_in_text"] == ["99"]
    assert [numeral["text"] for numeral in answer["sheets"][0]["numerals"]] == ["10", "12", "14"]
    assert answer["sheets"][0]["numerals"][0]["box"] == [20, 20, 18, 12]


def test_a_figure_names_its_parts_and_its_neighbours(client_of_examiner: APIClient) -> None:
    publication_make()
    first, second = Figure.objects.order_by("pk")
    answer = client_of_examiner.get(f"/api/figures/{first.pk}/").json()
    assert {numeral["text"]: numeral["part"] for numeral in answer["numerals"]} == {
        "10": "pump",
        "12": "rotor",
        "14": "housing",
    }
    assert (answer["previous"], answer["following"]) == (None, second.pk)
    assert answer["box"] == [5, 5, 230, 310]
    assert client_of_examiner.get(answer["thumbnail"]).status_code == 200


def test_lists_cost_the_same_however_long(
    client_of_staff: APIClient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for address in ("/api/publications/", "/api/batches/"):
        counts = []
        for _ in range(2):
            batch_make(accepted=[publication_make(f"EP{Batch.objects.count():07d}A1")])
            with django_assert_max_num_queries(6) as seen:
                client_of_staff.get(address)
            counts.append(len(seen))
        assert counts[0] == counts[1], address


def test_a_publication_costs_the_same_however_many_sheets(
    client_of_examiner: APIClient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    counts = []
    for reference, sheets in (("EP0000001A1", 1), ("EP0000002A1", 5)):
        publication_make(reference, sheets=sheets)
        with django_assert_max_num_queries(12) as seen:
            client_of_examiner.get(f"/api/publications/{reference}/")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def _delivery() -> SimpleUploadedFile:
    """The same bytes each time: a member that bears no time of day."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("readme.txt"), "nothing")
    return SimpleUploadedFile("../delivery.zip", packed.getvalue())


def test_an_upload_is_a_batch_with_a_report(client_of_staff: APIClient) -> None:
    first = client_of_staff.post("/api/batches/", {"delivery": _delivery()}, format="multipart")
    second = client_of_staff.post("/api/batches/", {"delivery": _delivery()}, format="multipart")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.headers["Location"] == second.headers["Location"]
    batch = Batch.objects.get()
    assert (batch.file_name, batch.received_by.username) == ("delivery.zip", "administrator")  # type: ignore[union-attr]
    report = client_of_staff.get(first.headers["Location"]).json()
    assert report["state"] == "waiting"
    assert report["report"]["rejected"] == []


def test_the_counts_of_a_batch_add_up(client_of_staff: APIClient) -> None:
    batch = batch_make(accepted=[publication_make()], rejected=2, quarantined=1)
    answer: dict[str, Any] = client_of_staff.get(f"/api/batches/{batch.pk}/").json()
    progress = answer["progress"]
    assert progress == {"documents": 4, "accepted": 1, "warned": 0, "rejected": 3, "open": 0}
    assert (answer["report"]["publications"], answer["report"]["sheets"], answer["report"]["figures"]) == (1, 2, 2)
    assert len(answer["report"]["rejected"]) == 3


def test_a_token_opens_the_api_and_a_wrong_password_none() -> None:
    user_make("program")
    given = Client().post("/api/token/", {"username": "program", "password": PASSWORD}, content_type="application/json")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {given.json()['token']}")
    assert client.get("/api/publications/").status_code == 200
    wrong = APIClient().post("/api/token/", {"username": "program", "password": "x"}, format="json")
    assert wrong.status_code in (401, 403)
    assert set(wrong.json()) == {"code", "detail"}


def test_a_deactivated_account_gets_no_token_and_its_token_stops() -> None:
    user = user_make("gone")
    token = APIClient().post("/api/token/", {"username": "gone", "password": PASSWORD}, format="json").json()["token"]
    user.is_active = False
    user.save()
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert client.get("/api/publications/").status_code == 401
    again = APIClient().post("/api/token/", {"username": "gone", "password": PASSWORD}, format="json")
    assert again.status_code in (401, 403)


def test_passwords_are_not_guessed_by_the_hundred() -> None:
    wrong = {"username": "examiner", "password": "guess"}
    statuses = [APIClient().post("/api/token/", wrong, format="json").status_code for _ in range(22)]
    assert statuses[-1] == 429


def test_health_needs_no_login_and_tells_no_secret(client: Client) -> None:
    batch_make()
    answer = client.get("/healthz")
    assert answer.status_code == 200
    state = answer.json()
    assert state["database"] is True
    assert (state["documents_waiting"], state["queries_waiting"], state["lease_overdue_seconds"]) == (0, 0, 0.0)
    assert all(isinstance(value, bool | int | float | dict) for value in state.values())


def test_health_says_so_when_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.views.health.health", lambda: {"database": False})
    assert client.get("/healthz").status_code == 503
