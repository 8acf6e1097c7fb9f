"""What the measurements at a running installation have in common: arguments, a browser that is logged in, figures."""

from __future__ import annotations

import argparse
import shutil
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def parser_of(description: str | None) -> argparse.ArgumentParser:
    """A parser that takes address, user and password first."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("address", "user", "password"):
        parser.add_argument(name)
    return parser


@contextmanager
def logged_in(address: str, user: str, password: str) -> Iterator[Page]:
    """A page of 1440 × 900 of that user; `page.context.browser` opens more."""
    with sync_playwright() as playwright:
        chromium = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900}).new_page()
        page.goto("/login/")
        page.fill("#id_username", user)
        page.fill("#id_password", password)
        page.click("button.primary")
        page.wait_for_selector("html[data-attached]")
        yield page
        browser.close()


def spread(times: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and the worst of milliseconds."""
    return {
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1], 1),
        "worst_ms": round(max(times), 1),
    }
