"""What stands around every page: login, the foot, refusals."""

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone

from patentsearch.errors import server_error
from search.models import IndexState, IndexVersion, Modality
from tests.factories import PASSWORD, user_make


@pytest.mark.django_db
def test_a_stranger_is_sent_to_the_login_and_comes_back_where_he_wanted_to_be() -> None:
    user_make("examiner")
    client = Client()
    answer = client.get("/publications/")
    assert answer.status_code == 302
    assert answer["Location"] == "/login/?next=/publications/"
    answer = client.post("/login/", {"username": "examiner", "password": PASSWORD, "next": "/publications/"})
    assert answer["Location"] == "/publications/"


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "password"), [("examiner", "wrong"), ("nobody", PASSWORD), ("gone", PASSWORD)])
def test_a_wrong_login_is_refused_without_telling_what_was_wrong(name: str, password: str) -> None:
    user_make("examiner")
    user_make("gone", active=False)
    answer = Client().post("/login/", {"username": name, "password": password})
    assert answer.status_code == 200
    assert "Please enter a correct username and password" in answer.content.decode()


def test_a_deactivated_account_loses_its_session(as_examiner: Client, examiner: User) -> None:
    assert as_examiner.get("/").status_code == 200
    examiner.is_active = False
    examiner.save()
    assert as_examiner.get("/")["Location"] == "/login/?next=/"


def test_logging_out_is_a_form(as_examiner: Client) -> None:
    assert as_examiner.get("/logout/").status_code == 405
    assert as_examiner.post("/logout/")["Location"] == "/login/"
    assert as_examiner.get("/").status_code == 302


def test_the_foot_names_the_models_in_use_and_their_figures(as_examiner: Client) -> None:
    assert "No index yet" in as_examiner.get("/").content.decode()
    IndexVersion.objects.create(
        modality=Modality.VISUAL,
        encoder_key="tests/visual@1",
        dim=4,
        kind="flat",
        state=IndexState.ACTIVE,
        figure_count=17,
        activated_at=timezone.now(),
    )
    page = as_examiner.get("/").content.decode()
    assert "tests/visual@1" in page
    assert "17 figures" in page


def test_administration_is_shown_to_administrators_alone(as_examiner: Client, as_administrator: Client) -> None:
    assert "/batches/" not in as_examiner.get("/").content.decode()
    assert "/batches/" in as_administrator.get("/").content.decode()
    answer = as_examiner.get("/batches/")
    assert answer.status_code == 403
    assert "This is for administrators" in answer.content.decode()


def test_an_unknown_address_says_so_in_the_frame_of_the_pages(as_examiner: Client) -> None:
    answer = as_examiner.get("/nothing/here/")
    assert answer.status_code == 404
    assert "Not found" in answer.content.decode()
    assert "Log out" in answer.content.decode()


def test_a_form_that_expired_is_explained(examiner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(examiner)
    answer = client.post("/", {"text": "a pump"})
    assert answer.status_code == 403
    assert "The form has expired" in answer.content.decode()


def test_more_fields_or_bytes_than_a_form_may_hold_are_413(as_examiner: Client) -> None:
    many = as_examiner.post("/", {f"field{number}": "1" for number in range(1001)})
    assert many.status_code == 413
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        large = as_examiner.post("/", {"text": "x" * 2000})
    assert large.status_code == 413
    assert "more than one form may hold" in large.content.decode()


def test_the_page_of_our_own_faults_needs_no_database(rf: RequestFactory) -> None:
    """No database mark: a query would fail the test."""
    answer = server_error(rf.get("/"))
    assert answer.status_code == 500
    assert "Something went wrong" in answer.content.decode()


def test_no_page_may_run_or_load_what_is_not_ours(as_examiner: Client) -> None:
    answer = as_examiner.get("/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    page = answer.content.decode()
    assert "<style" not in page
    assert "style=" not in page
    assert "onclick" not in page
