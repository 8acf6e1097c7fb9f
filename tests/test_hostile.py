"""The hostile corpus through the application: every verdict right, nothing leaks, no connection, the control stored."""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from engine.imaging import decode_png
from search.files import file_read, private_storage
from search.models import Batch, Material, MaterialKind, Publication, Query, Sheet, Stage, Verdict
from search.selectors.batches import batch_report, progress_of
from search.services import documents
from search.services.batches import batch_unpack
from search.services.documents import document_process
from search.services.materials import material_page
from tests.factories import user_make
from tests.hostile import HostileCase, HostileCorpus

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

CONTROL = "EP3000001A1"
HOSTILE = "EP3000002A1"
LONGEST_SECONDS = 20  # of this process: what else runs on the machine is not the application's fault
OK, FOUND, BAD_REQUEST = 200, 302, 400


@pytest.fixture
def corpus(hostile_corpus: HostileCorpus) -> HostileCorpus:
    return hostile_corpus


@pytest.fixture(autouse=True)
def nothing_escapes(
    corpus: HostileCorpus, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """No canary, no connection, and the secret in no log, row or stored file."""
    canaries = corpus.canaries()
    connect = socket.socket.connect

    def local_alone(self: socket.socket, address: Any) -> None:
        assert self.family == socket.AF_UNIX, f"something connected to {address}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local_alone)
    caplog.set_level(logging.INFO)
    yield
    assert corpus.canaries() == canaries
    assert corpus.secret_text not in caplog.text
    assert rows_with(corpus.secret_text) == []
    secret = corpus.secret_text.encode()
    leaks = [path for path in settings.PATENTSEARCH_HOME.rglob("*") if path.is_file() and secret in path.read_bytes()]
    assert leaks == []


@pytest.fixture
def stored_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are finished when they are stored: what comes after costs seconds a sheet and reads no input."""
    for stage in (Stage.READ, Stage.LINK, Stage.ENCODE):
        monkeypatch.setitem(documents.STAGES, stage, lambda _: Stage.DONE)


def rows_with(text: str) -> list[str]:
    """The tables that hold a text in any column of any row."""
    tables = [model._meta.db_table for model in apps.get_models()]
    quoted = [(name, connection.ops.quote_name(name)) for name in tables]
    found = " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {table} AS row WHERE row::text LIKE %(like)s)"
        for name, table in quoted
    )
    with connection.cursor() as cursor:
        cursor.execute(found, {"like": f"%{text}%"})
        return [name for (name,) in cursor.fetchall()]


def uploaded(name: str, content: bytes, administrator: Client) -> Batch | None:
    """A delivery through the upload page, unpacking and every document's stages; None when the page refuses it."""
    answer = administrator.post(reverse("search:batches"), {"deliveries": SimpleUploadedFile(name, content)})
    if answer.status_code == BAD_REQUEST:
        assert not Batch.objects.exists()
        return None
    assert answer.status_code == FOUND
    batch = Batch.objects.latest("pk")
    batch_unpack(batch_id=batch.pk)
    for document in batch.documents.order_by("position"):
        while document_process(document_id=document.pk):
            pass
    batch.refresh_from_db()
    return batch


def verdict_of_document(report: dict[str, str], named: str) -> str:
    """By publication, or by the member's file name; a refused one is known by the digits of its number alone."""
    if named in report:
        return report[named]
    digits = named.removeprefix("EP").removesuffix("A1")
    verdicts = {verdict for name, verdict in report.items() if digits in name}
    assert len(verdicts) == 1, (named, report)
    return verdicts.pop()


def faults_of(case: HostileCase, batch: Batch, secret: str) -> list[Any]:
    """What is not as the corpus expects it."""
    faults: list[Any] = []
    if batch.verdict not in case.verdicts:
        faults.append(("verdict", batch.verdict, case.verdicts, batch.error_code))
    report = batch_report([batch])["documents"]
    for named, wanted in case.facts.get("documents", {}).items():
        found = verdict_of_document(report, named)
        if found != wanted and not case.facts.get("either"):
            faults.append((named, found, wanted))
    if batch.verdict != Verdict.REJECTED and not Publication.objects.filter(reference=CONTROL).exists():
        faults.append("the control is not stored")
    if batch.verdict == Verdict.REJECTED and (Publication.objects.exists() or not batch.error_detail.endswith(".")):
        faults.append(("half stored, or no sentence", batch.error_detail))
    wanted_sheets = case.facts.get("figures_of_hostile")
    present = Sheet.objects.filter(publication__reference=HOSTILE, missing=False).count()
    if wanted_sheets is not None and present != wanted_sheets:
        faults.append(("sheets", present, wanted_sheets))
    text = text_of(HOSTILE)
    faults.extend(("text lacks", part) for part in case.facts.get("text_must_contain", ()) if part not in text)
    faults.extend(("leak", table) for table in rows_with(secret))
    progress = progress_of(batch)
    if progress.open or progress.finished != batch.documents.count():
        faults.append(("counts", progress))
    problems = batch.documents.filter(verdict=Verdict.REJECTED).values_list("error_detail", flat=True)
    faults.extend(("no sentence", problem) for problem in problems if not problem.endswith("."))
    return faults


def faults_of_pages(case: HostileCase, batch: Batch, administrator: Client) -> list[Any]:
    """The batch's report, and the publication's page with the markup of its text harmless."""
    faults: list[Any] = []
    addresses = [reverse("search:batch", args=[batch.pk]), reverse("api:batch", args=[batch.pk])]
    if Publication.objects.filter(reference=HOSTILE).exists():
        addresses.append(reverse("search:publication", args=[HOSTILE]))
    for address in addresses:
        answer = administrator.get(address)
        shown = answer.content.decode()
        if answer.status_code != OK:
            faults.append((address, answer.status_code))
        if answer["Content-Type"].startswith("text/html"):
            faults.extend((address, markup) for markup in case.facts.get("must_not_render", ()) if markup in shown)
    return faults


def text_of(reference: str) -> str:
    publication = Publication.objects.filter(reference=reference).first()
    if publication is None:
        return ""
    paragraphs = publication.paragraphs.values_list("text", flat=True)
    return "\n".join([*(title["text"] for title in publication.titles), *paragraphs])


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(user_make("administrator", staff=True))
    return client


def test_every_hostile_delivery_gets_its_verdicts(
    corpus: HostileCorpus, stored_alone: None, administrator: Client
) -> None:
    wrong: dict[str, Any] = {}
    cases = corpus.of("batch")
    for case in cases:
        started = time.process_time()
        with transaction.atomic():
            batch = uploaded(case.path.name, case.path.read_bytes(), administrator)
            if batch is not None:
                faults = faults_of(case, batch, corpus.secret_text) + faults_of_pages(case, batch, administrator)
            else:
                faults = [] if "reject" in case.verdicts else ["refused by the upload page"]
            transaction.set_rollback(True)
        if time.process_time() - started > LONGEST_SECONDS:
            faults.append(("seconds", time.process_time() - started))
        if faults:
            wrong[case.name] = faults
    assert len(cases) == 76
    assert wrong == {}


def test_every_hostile_query_image_is_taken_or_refused(corpus: HostileCorpus, client: Client) -> None:
    client.force_login(user_make("examiner"))
    wrong: dict[str, Any] = {}
    cases = corpus.of("query")
    for case in cases:
        with transaction.atomic():
            started = time.process_time()
            image = SimpleUploadedFile(case.path.name, case.path.read_bytes())
            answer = client.post(reverse("search:upload"), {"files": image})
            faults = faults_of_query(case, answer.status_code)
            if time.process_time() - started > LONGEST_SECONDS:
                faults.append(("seconds", time.process_time() - started))
            transaction.set_rollback(True)
        if faults:
            wrong[case.name] = faults
    assert len(cases) == 61
    assert wrong == {}


def faults_of_query(case: HostileCase, status: int) -> list[Any]:
    """A refused image leaves nothing; one that is taken is stored as a PNG of our own, with its notes.

    Of several pages one is to be chosen: then the first is looked at.
    """
    statuses = {BAD_REQUEST if verdict == "reject" else FOUND for verdict in case.verdicts}
    image = Material.objects.first()
    if status not in statuses:
        return [("status", status, statuses)]
    if image is None or status == BAD_REQUEST:
        return [] if image is None and status == BAD_REQUEST else ["half stored"]
    has_pages = image.kind == MaterialKind.DOCUMENT
    if has_pages:
        image = material_page(document=image, page=1)
    stored = file_read(image.file, private_storage())
    faults: list[Any] = []
    if case.verdicts == {"accept-with-warning"} and not image.notes and not has_pages:
        faults.append("no note")
    if case.verdicts == {"accept"} and image.notes:
        faults.append(("notes", image.notes))
    if case.facts.get("stored_must_not_contain", "\0\0\0 no such thing").encode() in stored:
        faults.append("metadata survived")
    width, height = case.facts.get("dims_after", (0, 0))
    if width and decode_png(stored).shape != (height, width):
        faults.append(("shape", decode_png(stored).shape))
    if not stored.startswith(b"\x89PNG") or Path(image.file).name.startswith(case.path.stem):
        faults.append(("stored as", image.file))
    return faults


@pytest.mark.parametrize(
    ("image", "is_missing"),
    [
        ("i10_truncated.tif", True),
        ("i11_bomb_g4_60000x60000.tif", True),
        ("i36_eps_named.tif", True),
        ("i46_jpeg_named.png", False),
        ("i51_big_endian.tif", False),
    ],
)
def test_a_hostile_sheet_leaves_its_publication_searchable(
    corpus: HostileCorpus, stored_alone: None, administrator: Client, tmp_path: Path, image: str, is_missing: bool
) -> None:
    (case,) = [case for case in corpus.of("batch-figure") if case.path.name == image]
    batch = uploaded("wrapped.zip", corpus.wrapped(case, tmp_path), administrator)
    assert batch is not None
    sheet = Sheet.objects.get()
    assert sheet.publication.reference == "EP3000009A1"
    assert sheet.missing is is_missing
    assert batch.verdict == (Verdict.ACCEPTED if case.facts["verdict"] == "accept" else Verdict.WARNED)
    assert bool(sheet.notes) is (batch.verdict == Verdict.WARNED)


def test_hostile_bodies_are_refused_by_page_and_api(corpus: HostileCorpus, client: Client) -> None:
    client.force_login(user_make("examiner"))
    wrong: list[Any] = []
    cases = corpus.of("http")
    for case in cases:
        is_json = case.facts["content_type"] == "application/json"
        pages = [] if is_json else [reverse("search:query"), reverse("search:upload")]
        for address in [reverse("api:search"), *pages]:
            answer = client.generic("POST", address, case.path.read_bytes(), content_type=case.facts["content_type"])
            if answer.status_code not in case.facts["status"]:
                wrong.append((case.name, address, answer.status_code, answer.content[:200]))
    assert len(cases) == 9
    assert wrong == []
    assert not Query.objects.exists()


def test_what_belongs_elsewhere_is_no_query(corpus: HostileCorpus, client: Client) -> None:
    client.force_login(user_make("examiner"))
    sent = [body for case in corpus.of("http-list") for body in json.loads(case.path.read_bytes())]
    for body in sent:
        answer = client.post(reverse("api:search"), json.dumps(body), content_type="application/json")
        assert answer.status_code == BAD_REQUEST, (body, answer.content)
    assert len(sent) == 22
    assert not Query.objects.exists()


def test_hostile_file_names_are_labels(corpus: HostileCorpus, stored_alone: None, administrator: Client) -> None:
    (names,) = corpus.of("multipart-filename")
    (image,) = [case for case in corpus.of("query") if case.path.name == "i32_good.webp"]
    (delivery,) = [case for case in corpus.of("batch") if case.path.name == "b01_control_good.zip"]
    listed = json.loads(names.path.read_bytes())
    taken = 0
    for name in (one["filename"] for one in listed):
        answer = post_file(administrator, reverse("search:upload"), "files", name, image.path.read_bytes())
        assert answer.status_code in (FOUND, BAD_REQUEST), name
        assert "Set-Cookie" not in answer.headers
        with transaction.atomic():
            answer = post_file(administrator, reverse("search:batches"), "deliveries", name, delivery.path.read_bytes())
            assert answer.status_code in (FOUND, BAD_REQUEST), name
            for batch in Batch.objects.all():
                taken += 1
                assert batch.file_name.isprintable() and not set(batch.file_name) & set("/\\")
                shown = administrator.get(reverse("search:batch", args=[batch.pk])).content.decode()
                assert "<script>alert" not in shown and "<img src=x" not in shown
            transaction.set_rollback(True)
    assert len(listed) == 25
    assert taken > 15
    kept = list(Material.objects.all())
    assert len(kept) > 15
    assert all(Path(one.file).parts[:2] == ("materials", str(one.pk)) for one in kept)
    assert all(one.name.isprintable() and not set(one.name) & set("/\\") for one in kept)


def post_file(client: Client, address: str, field: str, name: str, content: bytes) -> Any:
    """A multipart request with the file's name byte for byte, as no honest browser sends it."""
    head = f'--cut\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'.encode()
    body = head + content + b"\r\n--cut--\r\n"
    return client.generic("POST", address, body, content_type="multipart/form-data; boundary=cut")
