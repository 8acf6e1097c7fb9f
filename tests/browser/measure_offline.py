"""Judges offline for some minutes in a real browser, at a running installation, and counts what arrives afterwards.

python -m tests.browser.measure_offline http://127.0.0.1:8000 USER PASSWORD SESSION [--judgments 40] [--minutes 5]

Run it with an account and a session of its own, for its grades are random; so many pairs without a judgment must
follow the place where its assessor left it. Prints one JSON line; the exit code is 1 where a judgment is missing or
another one than was given.
"""

from __future__ import annotations

import json
import random
import sys
import time

from playwright.sync_api import Page

from tests.browser.measuring import logged_in, parser_of

# Functions, since pages forbid what evaluates text.
SAVED = "() => document.querySelector('[data-saved]').textContent === 'All saved'"
FETCHED = "count => Number(document.querySelector('[data-ahead]').dataset.ahead) >= count"
LEFT = "position => Number(document.querySelector('[data-pair]').dataset.position) !== position"
PATIENCE_MS = 120_000


def judge_offline(page: Page, judgments: int, minutes: float) -> dict[int, int]:
    """The grades that were given, by position, after the connection was away for so long."""
    chance = random.Random(7)
    page.wait_for_function(FETCHED, arg=judgments)
    page.context.set_offline(True)
    until = time.monotonic() + 60 * minutes
    given: dict[int, int] = {}
    for number in range(judgments):
        position = _position(page)
        given[position] = chance.randrange(4)
        page.keyboard.press(str(given[position]))
        page.wait_for_function(LEFT, arg=position)
        share = (until - time.monotonic()) / (judgments - number)
        page.wait_for_timeout(max(0.0, 1000 * share))
    page.context.set_offline(False)
    return given


def stored_grades(page: Page, session: int) -> dict[int, int | None]:
    """What the server holds, by position."""
    answer = page.request.get(f"/api/sessions/{session}/judgments/", headers={"Accept": "application/json"})
    shown = answer.json()["showings"]
    return {one["position"]: one["current"]["grade"] for one in shown if one["current"]}


def _position(page: Page) -> int:
    return int(page.locator("[data-pair]").get_attribute("data-position") or 0)


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("session", type=int)
    parser.add_argument("--judgments", type=int, default=40)
    parser.add_argument("--minutes", type=float, default=5)
    options = parser.parse_args()
    with logged_in(options.address, options.user, options.password) as page:
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"/sessions/{options.session}/judge/")
        page.wait_for_selector("[data-judging][data-ready]")
        page.keyboard.press("Escape")
        before = len(stored_grades(page, options.session))
        given = judge_offline(page, options.judgments, options.minutes)
        during = time.monotonic()
        page.wait_for_function(SAVED)
        took = time.monotonic() - during
        stored = stored_grades(page, options.session)
    arrived = sum(stored.get(position) == grade for position, grade in given.items())
    figures = {"given": len(given), "arrived_as_given": arrived, "others": len(stored) - before - len(given)}
    print(json.dumps(figures | {"minutes_offline": options.minutes, "seconds_until_saved": round(took, 1)}))
    sys.exit(arrived != len(given) or figures["others"] != 0)


if __name__ == "__main__":
    main()
