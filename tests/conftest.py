"""Fixtures that every test may use.

Each test process has a PATENTSEARCH_HOME of its own; all of them share one PostgreSQL and one Valkey, started by the
first test that asks for the database. The variables are set when this file is imported, before Django's settings are.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import TransactionTestCase
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from supervisor.embedded import EmbeddedServices
from supervisor.home import Home
from tests.hostile import HostileCorpus, corpus_kept_in

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from pytest_django.plugin import DjangoDbBlocker

PROJECT_ROOT = Path(__file__).resolve().parent.parent
RUN_FOLDER_VARIABLE = "PATENTSEARCH_TEST_RUN"  # how xdist's workers find the folder of the run that started them
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")


def _set_the_environment() -> tuple[Path, bool]:
    """The run's folder, and whether this process made it; points every setting at it."""
    made_here = RUN_FOLDER_VARIABLE not in os.environ
    if made_here:
        os.environ[RUN_FOLDER_VARIABLE] = tempfile.mkdtemp(prefix="pst-")
    run_folder = Path(os.environ[RUN_FOLDER_VARIABLE])
    services = Home.at(run_folder / "services")
    os.environ["PATENTSEARCH_HOME"] = str(run_folder / WORKER)
    os.environ["DATABASE_URL"] = f"postgres://patentsearch@/patentsearch?host={services.postgres_sockets}"
    # One of Valkey's 16 databases for each test process, so that no worker takes another's tasks.
    os.environ["BROKER_URL"] = f"redis+socket://{services.valkey_socket}?virtual_host={int(WORKER[2:]) % 16}"
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "patentsearch.settings"
    return run_folder, made_here


RUN_FOLDER, MADE_HERE = _set_the_environment()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shoot", action="store_true", help="write what pages show to tests/screenshots/")


def pytest_configure(config: pytest.Config) -> None:
    """Read the settings now, so that pytest-django finds them and sets Django up."""
    if config.pluginmanager.has_plugin("django"):
        assert settings.PATENTSEARCH_HOME == RUN_FOLDER / WORKER
        settings.HOME.prepare()
        # Passwords are hashed slowly on purpose; the tests' hundreds of accounts need not wait for that.
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        # Each new client would list all static files; so they are found when one is asked for.
        settings.WHITENOISE_AUTOREFRESH = True
    if config.getoption("numprocesses", None):
        # xdist's workers get our environment, and pytest-django would read the settings by it before this file is
        # imported there and names that worker's own home.
        del os.environ["DJANGO_SETTINGS_MODULE"]


LONGEST_FIRST = {
    "test_judging_pages.py",
    "test_outbox.py",
    "test_disturbed_batch.py",
    "test_end_to_end.py",
    "test_hostile_ingest.py",
    "test_pages.py",
    "test_judgments_under_kill.py",
    "test_up.py",
    "test_every_page.py",
    "test_schema.py",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: a file is one process' work, and the last to begin decides when the run ends."""
    items.sort(key=lambda item: item.path.name not in LONGEST_FIRST)


MODEL_TESTS = ("encoders/test_visual.py", "encoders/test_sentences.py", "numerals/test_readers.py")


class ByFile(LoadFileScheduling):  # type: ignore[misc]
    """Give each file to one process, and all files that load the models into their own process to the same one."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "models" if file.endswith(MODEL_TESTS) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile | None:
    """For --dist loadfile alone."""
    return ByFile(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_unconfigure() -> None:
    """Take the run's folder away with the process that made it."""
    if MADE_HERE:
        shutil.rmtree(RUN_FOLDER, ignore_errors=True)


@pytest.fixture(scope="session")
def embedded_services() -> Iterator[EmbeddedServices]:
    """PostgreSQL and Valkey of this test run."""
    with EmbeddedServices(RUN_FOLDER / "services", durable=False) as services:
        yield services


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    embedded_services: EmbeddedServices, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """pytest-django's place to prepare the database's settings: by then the server must run."""


@pytest.fixture(scope="session", autouse=True)
def _tables_emptied_by_delete() -> Iterator[None]:
    """After a test that commits, Django truncates every table and makes all permissions anew: 0.5 s where the few rows
    of a test are deleted in 0.02 s."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: _empty_tables())
        yield


def _empty_tables() -> None:
    kept = {"django_content_type", "auth_permission"}  # made by the migrations
    tables = set(connection.introspection.django_table_names(include_views=False)) - kept
    deleted = "; ".join(f"DELETE FROM {connection.ops.quote_name(table)}" for table in sorted(tables))
    with connection.cursor() as cursor:  # as a replica: neither append-only triggers nor foreign keys are asked
        cursor.execute(f"SET session_replication_role = replica; {deleted}; SET session_replication_role = DEFAULT")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real patents and hostile inputs beside the checkout; the test is skipped where it is absent."""
    folder = PROJECT_ROOT.parent / "shared"
    if not (folder / "corpus").is_dir():
        pytest.skip("the real patents are not beside this checkout (../shared)")
    return folder


@pytest.fixture(scope="session")
def hostile_corpus(shared: Path, pytestconfig: pytest.Config) -> HostileCorpus:
    """The hostile inputs, kept between runs (26 s to write), and what is expected of each."""
    assert pytestconfig.cache is not None, "pytest runs without its cache, where the hostile inputs are kept"
    return corpus_kept_in(pytestconfig.cache.mkdir("hostile"), shared / "hostile" / "make_hostile.py")


@pytest.fixture(scope="module")
def module_rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Rows of fixtures that ask for this last for the module: each test's own transaction lies within this one.

    No test of such a module is transactional, and what tests get of the rows are copies: they change them.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def examiner(db: None) -> User:
    """Models are imported by the fixture: pytest reads this file before Django is set up."""
    user: User = import_module("tests.factories").user_make("examiner")
    return user


@pytest.fixture
def administrator(db: None) -> User:
    user: User = import_module("tests.factories").user_make("administrator", staff=True)
    return user


@pytest.fixture
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Tasks that the test enqueues, as (task, key of the row), instead of sending them to the broker."""
    found: list[tuple[str, Any]] = []
    queue = import_module("search.queue")
    monkeypatch.setattr(queue, "enqueue_on_commit", lambda task, row_id, **_: found.append((task, row_id)))
    return found
