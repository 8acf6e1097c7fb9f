"""Measures how long it takes from a grade's key to the next pair on the screen, at a running installation.

python -m tests.browser.measure_judging http://127.0.0.1:8000 USER PASSWORD SESSION [--judgments 200] [--pace 1000]

It logs in, opens the session where its assessor left it, and grades as fast as `--pace` says; run it with an account
and a session of its own, for its grades are random. Time runs from the key's own stamp to the frame after the one in
which both drawings were drawn; a judgment is acknowledged once the server has committed it.
"""

from __future__ import annotations

import json
import random
import statistics
import time

from playwright.sync_api import Page

from tests.browser.measuring import logged_in, parser_of, spread

OBSERVE = """() => {
    window.flips = [];
    window.shifts = [];
    window.committed = [];
    let pressed = 0;
    document.addEventListener("keydown", (event) => (pressed = event.timeStamp), { capture: true });
    document.addEventListener("judging:shown", () => {
        const from = pressed;
        requestAnimationFrame(() => requestAnimationFrame((now) => window.flips.push(now - from)));
    });
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shifts.push(entry.value);
    }).observe({ type: "layout-shift" });
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            if (entry.name.includes("/judgments/")) window.committed.push(entry.duration);
        }
    }).observe({ type: "resource" });
}"""


def judge(page: Page, judgments: int, pace_ms: int) -> dict[str, object]:
    """Grades, and what was measured: milliseconds from key to pair, and seconds of the whole."""
    chance = random.Random(3)
    page.evaluate("performance.setResourceTimingBufferSize(5000)")
    page.evaluate(OBSERVE)
    began = time.monotonic()
    for number in range(judgments):
        page.keyboard.press(chance.choice("00112233x"))
        page.wait_for_function("count => window.flips.length > count", arg=number, timeout=60_000)
        page.wait_for_timeout(pace_ms)
    took = time.monotonic() - began
    page.wait_for_function("() => document.querySelector('[data-saved]').textContent === 'All saved'", timeout=60_000)
    times = page.evaluate("window.flips")
    answers = page.evaluate("window.committed")
    return {
        "judgments": len(times),
        "pace_ms": pace_ms,
        **spread(times),
        "over_50_ms": sum(time > 50 for time in times),
        "seconds_per_judgment": round(took / len(times), 3),
        "acknowledged": len(answers),
        "acknowledged_p50_ms": round(statistics.median(answers), 1),
        "acknowledged_p95_ms": round(statistics.quantiles(answers, n=20)[-1], 1),
        "layout_shifts": page.evaluate("window.shifts"),
    }


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("session", type=int)
    parser.add_argument("--judgments", type=int, default=200)
    parser.add_argument("--pace", type=int, default=1000, help="milliseconds between a painted pair and the next key")
    options = parser.parse_args()
    with logged_in(options.address, options.user, options.password) as page:
        page.goto(f"/sessions/{options.session}/judge/")
        page.wait_for_selector("[data-judging][data-ready]", timeout=60_000)
        page.keyboard.press("Escape")
        page.wait_for_timeout(3000)
        print(json.dumps(judge(page, options.judgments, options.pace), indent=2))


if __name__ == "__main__":
    main()
