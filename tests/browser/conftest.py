"""Chromium, pages of the live server, and where their pictures go.

Models are imported by the fixtures: pytest reads the conftest.py of a folder it is given before Django is set up.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from pytest_django.live_server_helper import LiveServer

SCREENSHOTS = Path(__file__).resolve().parent.parent / "screenshots"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_MS = 20_000  # three test processes share two cores; what is right is seldom waited for so long
USUAL_WIDTH = 1440
NewPage = Callable[..., Page]


@pytest.fixture(scope="session", autouse=True)
def _queries_beside_playwright() -> Iterator[None]:
    """Playwright's own loop runs in the test's thread, where Django would refuse queries for fear of that loop."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        expect.set_options(timeout=PATIENCE_MS)
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    assert found, "chromium is missing: install the package chromium (scripts/require-chromium does it)"
    quiet = ("quic", "background-networking", "component-update", "sync", "gpu")
    return {
        "executable_path": found,
        "args": ["--headless", "--no-sandbox", "--no-first-run", *(f"--disable-{what}" for what in quiet)],
    }


@pytest.fixture(scope="session")
def idle_contexts() -> dict[bool, list[BrowserContext]]:
    """What no test uses just now, by whether it runs scripts: for its next user as empty as a new one, but warm.

    A first page of a new context costs Chromium 2 s of a core, most of them for a process that knows nothing yet.
    """
    return {True: [], False: []}


def _context_made(browser: Browser, root: str, *, scripts: bool) -> BrowserContext:
    """With a page that stays open, so that the process stays which all pages of this context share."""
    context = browser.new_context(
        base_url=root, viewport={"width": USUAL_WIDTH, "height": 900}, color_scheme="light", java_script_enabled=scripts
    )
    context.new_page().goto("/static/icon.svg")
    return context


def _context_emptied(context: BrowserContext, root: str) -> None:
    """Nothing of what a test did in it is left, but the files that it loaded."""
    staying, *pages = context.pages
    for page in pages:
        page.close()
    context.set_offline(False)
    context.clear_permissions()
    session = context.new_cdp_session(staying)
    session.send("Storage.clearDataForOrigin", {"origin": root, "storageTypes": "all"})
    session.detach()
    context.clear_cookies()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console said: faults of scripts and breaches of the Content-Security-Policy."""
    return []


@pytest.fixture
def new_page(
    browser: Browser,
    live_server: LiveServer,
    complaints: list[str],
    idle_contexts: dict[bool, list[BrowserContext]],
) -> Iterator[NewPage]:
    """Opens a page at a size and in a scheme, as a user or as nobody, in a context of its own."""
    contexts: list[tuple[BrowserContext, bool]] = []
    asked: dict[Page, set[Request]] = {}

    def opened(
        user: User | None = None, *, width: int = USUAL_WIDTH, scheme: Any = "light", scripts: bool = True
    ) -> Page:
        idle = idle_contexts[scripts]
        context = idle.pop() if idle else _context_made(browser, live_server.url, scripts=scripts)
        contexts.append((context, scripts))
        if user is not None:
            client = Client()
            client.force_login(user)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        page = context.new_page()
        if width != USUAL_WIDTH:
            page.set_viewport_size({"width": width, "height": 900})
        if scheme != "light":
            page.emulate_media(color_scheme=scheme)
        unanswered = asked[page] = set()
        page.on("request", lambda request: unanswered.add(request))
        page.on("requestfinished", lambda request: unanswered.discard(request))
        page.on("requestfailed", lambda request: unanswered.discard(request))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield opened
    for page, unanswered in asked.items():  # the server still answers what was fetched ahead; its database goes next
        deadline = time.monotonic() + 10
        while unanswered and not page.is_closed() and time.monotonic() < deadline:
            page.wait_for_timeout(50)
    for context, scripts in contexts:
        _context_emptied(context, live_server.url)
        idle_contexts[scripts].append(context)
    _await_idle_database()


def _await_idle_database() -> None:
    """Wait until the server has done what pages sent as they closed: rows it writes later would be the next test's."""
    deadline = time.monotonic() + 10
    calm = 0
    while calm < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
            )
            calm = calm + 1 if cursor.fetchone()[0] == 0 else 0


@pytest.fixture
def shoot(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Writes what a page shows to tests/screenshots/, to be looked at; with `pytest --shoot` alone."""
    is_asked: bool = request.config.getoption("--shoot")

    def shot(page: Page, name: str) -> None:
        if not is_asked:
            return
        SCREENSHOTS.mkdir(exist_ok=True)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=SCREENSHOTS / f"{name}.png")

    return shot


class SeriousFaults(Protocol):
    """What axe finds serious or critical on a page, in its words; of its rules these, or all."""

    def __call__(self, page: Page, *rules: str) -> list[str]: ...


@pytest.fixture
def serious_faults() -> SeriousFaults:
    def found(page: Page, *rules: str) -> list[str]:
        options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
        if page.evaluate("typeof axe") == "undefined":  # once a page: half a megabyte to send and to compile
            page.evaluate(AXE_SCRIPT)
        violations = page.evaluate("options => axe.run(options).then(found => found.violations)", options)
        return [
            f"{violation['id']}: {violation['help']}: {[node['html'][:120] for node in violation['nodes'][:3]]}"
            for violation in violations
            if violation["impact"] in ("serious", "critical")
        ]

    return found


class SoundInBothSchemes(Protocol):
    """Requires that axe finds nothing serious in what a page shows now, light and dark, and that it fits its window."""

    def __call__(self, page: Page, name: str) -> None: ...


@pytest.fixture
def sound_in_both_schemes(serious_faults: SeriousFaults, shoot: Callable[[Page, str], None]) -> SoundInBothSchemes:
    def required(page: Page, name: str) -> None:
        assert page.viewport_size is not None
        expect(page.locator("html"), name).to_have_js_property("scrollWidth", page.viewport_size["width"])
        page.emulate_media(reduced_motion="reduce")  # a colour on its way to the other scheme has no contrast yet
        shoot(page, f"{name}-light")
        faults = serious_faults(page)
        page.emulate_media(color_scheme="dark")
        shoot(page, f"{name}-dark")
        faults += serious_faults(page, "color-contrast")  # all else is as in the other scheme
        page.emulate_media(color_scheme="light", reduced_motion="null")
        assert faults == [], name

    return required


@pytest.fixture
def examiner(transactional_db: None) -> User:
    user: User = import_module("tests.factories").user_make("examiner")
    return user


@pytest.fixture
def administrator(transactional_db: None) -> User:
    user: User = import_module("tests.factories").user_make("administrator", staff=True)
    return user
