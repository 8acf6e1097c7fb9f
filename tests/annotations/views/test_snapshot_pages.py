"""Qrels are frozen by a form, brought in as files, and taken away again."""

from __future__ import annotations

from copy import deepcopy

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from annotations.models import QrelsSnapshot
from annotations.selectors.scores import ScoreOptions
from annotations.services.scores import scores_complete
from tests.annotation_rows import topic_set_make
from tests.evaluation_rows import Measured, measured_make

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def measured_of_module(module_rows: None) -> Measured:
    return measured_make()


@pytest.fixture
def measured(measured_of_module: Measured, db: None) -> Measured:
    cache.clear()
    return deepcopy(measured_of_module)


@pytest.fixture
def staff(measured: Measured) -> Client:
    client = Client()
    client.force_login(measured.staff)
    return client


def listed(measured: Measured) -> str:
    return reverse("annotations:snapshots", args=[measured.topic_set.pk])


def test_the_form_freezes_and_leads_to_what_was_frozen(measured: Measured, staff: Client) -> None:
    page = staff.get(listed(measured))
    assert page.context["freeze_sessions"] == [str(measured.session.pk)]
    sent = {"session": page.context["freeze_sessions"], "facet": "overall", "name": page.context["freeze_name"]}
    answer = staff.post(listed(measured), sent)
    frozen = QrelsSnapshot.objects.latest("pk")
    assert answer.headers["Location"] == reverse("annotations:snapshot", args=[frozen.pk])
    assert frozen.sha256 == measured.snapshot.sha256
    again = staff.post(listed(measured), sent)  # the button pressed twice
    assert again.headers["Location"] == answer.headers["Location"]
    shown = staff.get(answer.headers["Location"]).content.decode()
    assert frozen.sha256 in shown
    assert "anna" in shown
    assert "First session" in shown


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"session": []}, "session"),
        ({"session": ["999"]}, "sessions"),
        ({"session": ["x"]}, "sessions"),
        ({"session": ["\0"]}, "sessions"),
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "120"),
        ({"name": "a\0b"}, "Null characters"),
        ({"facet": "nothing"}, "nothing"),
        ({"facet": "looks"}, "looks alike"),
    ],
)
def test_what_cannot_be_frozen_is_an_error_beside_the_form(
    measured: Measured, staff: Client, change: dict[str, object], named: str
) -> None:
    sent = {"session": [str(measured.session.pk)], "facet": "overall", "name": "kept"} | change
    answer = staff.post(listed(measured), sent)
    assert answer.status_code == 400
    assert named in answer.context["freeze_problem"]
    assert QrelsSnapshot.objects.count() == 1
    if change.get("facet"):
        assert 'value="kept"' in answer.content.decode()


def test_another_state_needs_another_name(measured: Measured, staff: Client) -> None:
    other = topic_set_make(measured.staff, measured.figures[:1], name="Others")
    wrong = staff.post(
        reverse("annotations:snapshots", args=[other.pk]),
        {"session": [str(measured.session.pk)], "facet": "overall", "name": "kept"},
    )
    assert wrong.status_code == 400


@pytest.mark.parametrize("file_format", ["trec", "csv", "json"])
def test_what_is_taken_away_comes_in_again(measured: Measured, staff: Client, file_format: str) -> None:
    kept = staff.get(reverse("annotations:snapshot-file", args=[measured.snapshot.pk]), {"format": file_format})
    assert kept.headers["Content-Disposition"].startswith("attachment")
    assert kept.content == staff.get(kept.request["PATH_INFO"], {"format": file_format}).content
    answer = staff.post(
        reverse("annotations:snapshot-import", args=[measured.topic_set.pk]),
        {"file": SimpleUploadedFile("q", kept.content), "file_format": file_format, "name": f"from {file_format}"},
    )
    imported = QrelsSnapshot.objects.get(name=f"from {file_format}")
    assert answer.headers["Location"] == reverse("annotations:snapshot", args=[imported.pk])
    for one in (measured.snapshot, imported):
        scores_complete(snapshot=one, runs=measured.runs, options=ScoreOptions())
    tables = [
        staff.get(reverse("annotations:table", args=[measured.topic_set.pk]), {"snapshot": one.pk}).context["table"]
        for one in (measured.snapshot, imported)
    ]
    for name in ("AP@50", "list AP@50", "nDCG@10", "bpref"):
        assert [tables[0].estimates[run.pk, name] for run in measured.runs] == [
            tables[1].estimates[run.pk, name] for run in measured.runs
        ]


@pytest.mark.parametrize(
    ("data", "file_format", "name", "status"),
    [
        (b"\0\xff garbage", "trec", "x", 400),
        (b"1 0 EP9999999A1/1.1/1 2\n", "trec", "x", 400),
        (b"", "trec", "x", 400),
        (b"{}", "json", "x", 400),
        (b"1 0 EP2000002A1/1.1/1 2\n", "xml", "x", 400),
        (b"1 0 EP2000002A1/1.1/1 2\n", "trec", "", 400),
        (b"1 0 EP2000002A1/1.1/1 2\n", "trec", "first", 400),
        (b"1 0 EP2000002A1/1.1/1 2\n", "trec", "mine", 302),
    ],
)
def test_a_file_comes_in_or_is_refused_in_words(
    measured: Measured, staff: Client, data: bytes, file_format: str, name: str, status: int
) -> None:
    answer = staff.post(
        reverse("annotations:snapshot-import", args=[measured.topic_set.pk]),
        {"file": SimpleUploadedFile("q.txt", data), "file_format": file_format, "name": name},
    )
    assert answer.status_code == status
    assert QrelsSnapshot.objects.count() == (2 if status == 302 else 1)
    if status == 400:
        assert answer.context["import_problem"]


def test_no_file_and_an_unknown_format_are_said(measured: Measured, staff: Client) -> None:
    answer = staff.post(
        reverse("annotations:snapshot-import", args=[measured.topic_set.pk]), {"file_format": "trec", "name": "x"}
    )
    assert (answer.status_code, answer.context["import_problem"]) == (400, "Choose a file.")
    file = reverse("annotations:snapshot-file", args=[measured.snapshot.pk])
    assert staff.get(file, {"format": "exe"}).status_code == 400
    assert staff.get(reverse("annotations:snapshot", args=[10**20])).status_code == 404
