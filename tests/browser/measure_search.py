"""Time from a dropped drawing to its painted hits, from a moved slider to the re-ranked hits, and bytes over the wire.

    python -m tests.browser.measure_search http://127.0.0.1:8000 USER PASSWORD IMAGE [IMAGE …]

It runs against an installation that runs and holds figures. Every upload is another crop of the images, so that no
answer of before serves. Times are of the browser: from the event that the page gets to the frame after which all
pictures in view are decoded.
"""

from __future__ import annotations

import io
import random
import statistics
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page

from tests.browser.measuring import logged_in, parser_of

UPLOADS, MOVES = 20, 50
SMALLEST_SHARE = 0.6  # of the drawing that a crop keeps
SIZE = {"width": 1440, "height": 900}
# Resolves when the pictures in view are decoded and a frame with them is on its way to the screen.
PAINTED = """async () => {
    const inView = ({ top, bottom }) => bottom > 0 && top < innerHeight;
    await Promise.all([...document.querySelectorAll(".hit-picture img")]
      .filter((image) => inView(image.getBoundingClientRect())).map((image) => image.decode()));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.timeOrigin + performance.now();
}"""
DROP = """(bytes) => {
    const carried = new DataTransfer();
    carried.items.add(new File([new Uint8Array(bytes)], "drawing.png", { type: "image/png" }));
    const at = performance.timeOrigin + performance.now();
    document.querySelector(".drop").dispatchEvent(
      new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
    return at;
}"""
MOVE = """async (weight) => {
    const slider = document.querySelector("#id_weight");
    const settled = new Promise((done) => document.addEventListener("htmx:afterSettle", done, { once: true }));
    const begun = performance.now();
    slider.value = weight;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await settled;
    const inView = ({ top, bottom }) => bottom > 0 && top < innerHeight;
    await Promise.all([...document.querySelectorAll(".hit-picture img")]
      .filter((image) => inView(image.getBoundingClientRect())).map((image) => image.decode()));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now() - begun;
}"""


def main(arguments: Sequence[str]) -> None:
    parser = parser_of(__doc__)
    parser.add_argument("images", nargs="+", type=Path)
    asked = parser.parse_args(arguments)
    with logged_in(asked.address, asked.user, asked.password) as page:
        uploads = [uploaded(page, image) for image in distinct(asked.images, UPLOADS + 1)][1:]  # the first one warms up
        say("drop to painted hits", uploads)
        hits = page.url
        say("slider to re-ranked hits", moved(page))
        figure = page.locator("[data-hit-open]").first.get_attribute("href")
        for name, address in (("hits", hits), ("reader", f"{asked.address}{figure}")):
            for visit, weight in zip(("first", "repeat"), weighed(page, address), strict=True):
                print(
                    f"{name}, {visit} view: "
                    + ", ".join(f"{kind} {size / 1000:.1f} kB" for kind, size in weight.items())
                )


def distinct(paths: Sequence[Path], count: int) -> Iterator[bytes]:
    """PNG bytes of crops, no two the same."""
    chance = random.Random(7)
    images = [Image.open(path).convert("L") for path in paths]
    for number in range(count):
        image = images[number % len(images)]
        share = chance.uniform(SMALLEST_SHARE, 1)
        width, height = int(image.width * share), int(image.height * share)
        left, top = chance.randint(0, image.width - width), chance.randint(0, image.height - height)
        data = io.BytesIO()
        image.crop((left, top, left + width, top + height)).save(data, format="PNG")
        yield data.getvalue()


def uploaded(page: Page, image: bytes) -> float:
    """Milliseconds from the drop to the painted hits."""
    page.goto("/")
    page.wait_for_selector("html[data-attached]")
    begun: float = page.evaluate(DROP, list(image))
    page.wait_for_selector(".mosaic", timeout=120_000)
    painted: float = page.evaluate(PAINTED)
    return painted - begun


def moved(page: Page) -> list[float]:
    """Milliseconds of each move of the slider on the page of hits."""
    page.goto(f"{page.url}&text=a+device+with+a+housing")
    page.wait_for_selector(".mosaic", timeout=120_000)
    page.wait_for_selector("html[data-attached]")
    page.evaluate(PAINTED)
    weights = [5 * (7 * move % 20) for move in range(1, MOVES + 1)]  # no two neighbours alike
    return [page.evaluate(MOVE, weight) for weight in weights]


def weighed(known: Page, address: str) -> Iterator[dict[str, float]]:
    """Bytes over the wire by kind, at the first visit of a browser and at the second."""
    browser = known.context.browser
    assert browser is not None  # it was launched
    context = browser.new_context(viewport=SIZE)  # type: ignore[arg-type]  # a ViewportSize
    context.add_cookies(known.context.cookies())  # type: ignore[arg-type]  # what one context gives another takes
    for _ in range(2):
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        kinds: dict[str, str] = {}
        ended: list[tuple[str, float]] = []
        session.on("Network.responseReceived", partial(_note_kind, kinds))
        session.on("Network.loadingFinished", partial(_note_size, ended))
        page.goto(address)
        page.wait_for_load_state("networkidle")
        sizes: dict[str, float] = {}
        for request, size in ended:
            kind = kinds.get(request, "Other")
            sizes[kind] = sizes.get(kind, 0) + size
        yield dict(sorted(sizes.items())) | {"all": sum(sizes.values())}
        page.close()
    context.close()


def _note_kind(kinds: dict[str, str], event: dict[str, Any]) -> None:
    kinds[event["requestId"]] = event["type"]


def _note_size(ended: list[tuple[str, float]], event: dict[str, Any]) -> None:
    ended.append((event["requestId"], event["encodedDataLength"]))


def say(what: str, milliseconds: Sequence[float]) -> None:
    ordered = sorted(milliseconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    print(f"{what}: p50 {statistics.median(ordered):.0f} ms, p95 {p95:.0f} ms, n = {len(ordered)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
