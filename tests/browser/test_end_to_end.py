"""From a delivery to a hit with its linked text, with real models and workers, through the pages alone."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from celery import current_app
from django.conf import settings
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from sample import write_sample
from search.management.services import worker_for
from search.models import Document, Figure
from tests.browser.conftest import NewPage
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

DOCUMENTS, SEED = 3, 7
SLOWLY_MS = 300_000
SCHEMES_AND_WIDTHS = (("light", 1440), ("light", 1024), ("dark", 1440), ("dark", 1024))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    return write_sample(folder, documents=DOCUMENTS, seed=SEED, max_sheets_per_document=1).batch


@pytest.fixture
def workers(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A worker for batches and one for queries, on the test's own database."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{settings.DATABASES['default']['NAME']}")
    monkeypatch.setenv("DATABASE_URL", database.geturl())
    with worker_for("batch"), worker_for("query"):
        yield


def first_sheet(batch: Path) -> tuple[str, bytes]:
    """The member that is the first document of a batch, and the TIFF of its first sheet."""
    with zipfile.ZipFile(batch) as delivery:
        document = sorted(name for name in delivery.namelist() if name.endswith(".zip"))[0]
        with zipfile.ZipFile(io.BytesIO(delivery.read(document))) as inner:
            sheet = sorted(name for name in inner.namelist() if name.endswith(".tif") and "imgf" in name)[0]
            return document, inner.read(sheet)


def log_in(page: Page, name: str) -> None:
    page.goto("/login/")
    page.fill("#id_username", name)
    page.fill("#id_password", PASSWORD)
    page.click("button.primary")
    expect(page.locator("h1")).to_contain_text("Find drawings")


def test_a_delivery_is_uploaded_searched_and_read(
    workers: None,
    sample: Path,
    administrator: User,
    examiner: User,
    new_page: NewPage,
    shoot: Callable[[Page, str], None],
    complaints: list[str],
    pytestconfig: pytest.Config,
) -> None:
    batch_address = _upload(new_page(), sample, shoot)
    current_app.send_task("workers.tasks.refresh_indexes", queue="batch")
    page = new_page()
    log_in(page, examiner.username)
    query_address = _ask_with_an_upload(page, sample, shoot)
    figure_address = _read_the_first_hit(page)
    _ask_with_the_figure(page)
    assert not complaints
    refused = page.request.get(batch_address)
    assert refused.status == 403
    if not pytestconfig.getoption("--shoot"):
        return
    addresses = {"hits": query_address, "figure": figure_address, "search": "/", "publications": "/publications/"}
    publication = Figure.objects.earliest("pk").sheet.publication.reference
    _picture(new_page, examiner, addresses | {"publication": f"/publications/{publication}/"}, shoot)
    _picture(new_page, administrator, {"batches": "/batches/", "batch": batch_address}, shoot)


def _upload(page: Page, sample: Path, shoot: Callable[[Page, str], None]) -> str:
    """An administrator uploads the batch and sees it through; returns the address of its report."""
    log_in(page, "administrator")
    page.click("text=Batches")
    page.set_input_files("#id_deliveries", sample)
    page.click("button.primary")
    shoot(page, "batch-in-work")
    expect(page.locator("[data-refresh-ended]")).to_be_attached(timeout=SLOWLY_MS)
    expect(page.locator("table .state-accept")).to_have_count(DOCUMENTS)
    return page.url


def _ask_with_an_upload(page: Page, sample: Path, shoot: Callable[[Page, str], None]) -> str:
    """The first sheet of a document, uploaded, finds that document first; returns the address of the answer."""
    document, tiff = first_sheet(sample)
    page.wait_for_selector("html[data-attached]")
    page.set_input_files("#id_files", {"name": "sheet.tif", "mimeType": "image/tiff", "buffer": tiff})
    page.wait_for_selector(".mosaic", timeout=SLOWLY_MS)
    first = page.locator(".hit").first
    own = Document.objects.select_related("publication").get(member=document).publication
    assert first.locator(".hit-head a").text_content() == str(own)
    assert page.locator(".hit").count() == DOCUMENTS  # one for each publication
    return page.url


def _read_the_first_hit(page: Page) -> str:
    """The figure of the first hit with its numerals and sentences; returns its address."""
    page.locator(".hit-picture").first.click()
    page.wait_for_selector("html[data-attached]")
    box = page.locator(".numeral-box").first
    numeral = box.get_attribute("data-numerals") or ""
    box.hover()
    lit = page.locator(".linked li.is-lit").all_inner_texts()
    assert lit
    assert all(numeral in text for text in lit)
    return page.url


def _ask_with_the_figure(page: Page) -> None:
    """Hits for a figure of the collection come from other publications, with both similarities."""
    own = Figure.objects.get(pk=urlsplit(page.url).path.split("/")[2]).sheet.publication.reference
    page.keyboard.press("f")
    page.wait_for_selector(".mosaic", timeout=SLOWLY_MS)
    found = [(text or "").strip() for text in page.locator(".hit-head a").all_text_contents()]
    assert found
    assert own not in found
    expect(page.locator(".hit").first.locator("svg.bar")).to_have_count(2)


def _picture(new_page: NewPage, user: User, addresses: dict[str, str], shoot: Callable[[Page, str], None]) -> None:
    for scheme, width in SCHEMES_AND_WIDTHS:
        page = new_page(user, width=width, scheme=scheme)
        for name, address in addresses.items():
            page.goto(address)
            shoot(page, f"{name}-{width}-{scheme}")
