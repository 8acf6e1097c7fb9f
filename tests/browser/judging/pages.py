"""The judging page as tests go about it."""

from __future__ import annotations

from playwright.sync_api import Dialog, Page, expect

from annotations.models import Assignment, Session

PAIRS = 24  # 2 topics, each with the 12 other figures


def opened(page: Page, session: Session, at: int | None = None) -> Page:
    """The judging page, ready, its instructions read."""
    page.goto(f"/sessions/{session.pk}/judge/" + (f"?at={at}" if at else ""))
    page.wait_for_selector("html[data-attached] [data-judging][data-ready]")
    if page.locator("dialog[open]").count():
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
    return page


def at_pair(page: Page, position: int, count: int = PAIRS) -> None:
    expect(page.locator("[data-place]")).to_have_text(f"Pair {position} of {count}")
    expect(page.locator("[data-pair]")).to_have_attribute("data-position", str(position))


def fetched(page: Page, count: int) -> None:
    """Until so many pairs ahead are there."""
    page.wait_for_function(
        "count => Number(document.querySelector('[data-judging]').dataset.ahead) >= count", arg=count
    )


def saved(page: Page) -> None:
    """Until nothing waits any more, and the page says so."""
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.startsWith('judging '))")
    expect(page.locator("[data-saved]")).to_have_text("All saved")


def grades(part: Assignment) -> dict[int, int | str]:
    """By position what holds."""
    held = part.showings.filter(current__isnull=False).select_related("current")
    return {one.position: "x" if one.current.cannot_judge else one.current.grade for one in held}  # type: ignore[union-attr,misc]


def accept_leaving(page: Page) -> list[str]:
    """Leave the page whenever it asks whether to; returns what kind of question was asked."""
    asked: list[str] = []

    def accepted(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", accepted)
    return asked
