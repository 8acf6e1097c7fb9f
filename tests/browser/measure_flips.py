"""Measures how long it takes from a key to the painted sheet, at a running installation.

python -m tests.browser.measure_flips http://127.0.0.1:8000 USER PASSWORD [--flips 200] [--pace 250] [--figure KEY]

It logs in, asks with a figure, opens the first hit and flips as an examiner does: mostly to the next hit, now and then
to the next sheet or figure, and back when there is no next hit. Time runs from the key's own stamp to the frame
after the one in which the sheet was drawn.
"""

from __future__ import annotations

import json
import random
import statistics

from playwright.sync_api import Page

from tests.browser.measuring import logged_in, parser_of, spread

OBSERVE = """() => {
    window.flips = [];
    window.shifts = [];
    let pressed = 0;
    document.addEventListener("keydown", (event) => (pressed = event.timeStamp), { capture: true });
    document.addEventListener("reader:shown", () => {
        const from = pressed;
        requestAnimationFrame(() => requestAnimationFrame((now) => window.flips.push(now - from)));
    });
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            const moved = entry.sources.map(({ node }) => node?.className?.baseVal ?? node?.className);
            window.shifts.push({ value: entry.value, moved });
        }
    }).observe({ type: "layout-shift" });
}"""


def key_for(page: Page, way: str, chance: random.Random) -> tuple[str, str]:
    """The key pressed next, and whether hits are walked through with j or back with k."""
    there = set(page.eval_on_selector_all("a[data-flip][data-key]", "all => all.map((one) => one.dataset.key)"))
    if way not in there:
        way = "k" if way == "j" else "j"
    wanted = chance.choices([way, "n", "]"], [8, 1, 1])[0]
    return (wanted if wanted in there else way), way


def flip(page: Page, flips: int, pace_ms: int) -> dict[str, object]:
    """Flips, and what was measured: milliseconds of each flip by its key, and layout shifts."""
    chance, way, pressed = random.Random(3), "j", []
    page.evaluate(OBSERVE)
    for number in range(flips):
        key, way = key_for(page, way, chance)
        page.keyboard.press(key)
        pressed.append(key)
        page.wait_for_function("count => window.flips.length > count", arg=number, timeout=60_000)
        page.wait_for_timeout(pace_ms)
    times = page.evaluate("window.flips")
    by_key = {
        key: [time for time, one in zip(times, pressed, strict=True) if one == key] for key in sorted(set(pressed))
    }
    return {
        "flips": len(times),
        "pace_ms": pace_ms,
        **spread(times),
        "over_100_ms": sum(time > 100 for time in times),
        "p50_by_key": {key: round(statistics.median(some), 1) for key, some in by_key.items()},
        "count_by_key": {key: len(some) for key, some in by_key.items()},
        "layout_shifts": page.evaluate("window.shifts"),
    }


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("--flips", type=int, default=200)
    parser.add_argument("--pace", type=int, default=250, help="milliseconds between a painted sheet and the next key")
    parser.add_argument("--figure", default="", help="key of the figure asked with; the first publication's without it")
    options = parser.parse_args()
    with logged_in(options.address, options.user, options.password) as page:
        if not options.figure:
            page.goto("/publications/")
            page.click("tbody a >> nth=0")
            options.figure = page.get_attribute('a[href^="/figures/"]', "href").strip("/").split("/")[1]  # type: ignore[union-attr]
        page.goto(f"/?figure={options.figure}")
        page.click("[data-hit-open] >> nth=0", timeout=120_000)
        page.wait_for_selector("[data-reading]", timeout=60_000)
        page.wait_for_timeout(1500)
        print(json.dumps(flip(page, options.flips, options.pace), indent=2))


if __name__ == "__main__":
    main()
