"""Waiting in a browser test for what the page does not show: rows that it sends, drawings that come to rest."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from playwright.sync_api import Page

from tests.browser.conftest import PATIENCE_MS

Seen = TypeVar("Seen")


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Return once this holds; the page goes on meanwhile. Raises AssertionError when it never does."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not holds():
        assert time.monotonic() < deadline, "what was waited for has not come"
        page.wait_for_timeout(50)


def at_rest(page: Page, look: Callable[[], Seen], before: Seen) -> Seen:
    """What is seen once it is no longer what was before and has stopped changing."""
    seen = [before, before]

    def rests() -> bool:
        seen[:] = [look(), *seen[:1]]
        return seen[0] == seen[1] != before

    until(page, rests)
    return seen[0]
