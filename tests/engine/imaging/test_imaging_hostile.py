"""Every hostile image is refused or accepted as expected, and only pixels are stored."""

import resource
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.imaging import ImageError, Page, encode_png, open_image, open_pages

Hostile = tuple[Path, Mapping[str, dict[str, Any]]]
NEIGHBOUR = {"accept": "accept-with-warning", "reject": "accept-with-warning"}


def pages_of(data: bytes, name: str) -> list[Page]:
    return open_pages(data, name)


def query_of(data: bytes, name: str) -> list[Page]:
    return [open_image(data, name)]


def allowed(expected: Mapping[str, Any]) -> set[str]:
    verdict = expected["verdict"]
    if expected.get("either"):
        return {"accept", "accept-with-warning", "reject"}
    return {verdict, NEIGHBOUR[verdict]} if expected.get("either_warn") else {verdict}


@pytest.mark.parametrize("opened", [pages_of, query_of])
def test_every_hostile_image_gets_its_verdict(
    hostile_images: Hostile, opened: Callable[[bytes, str], list[Page]]
) -> None:
    folder, expectations = hostile_images
    wrong = {}
    for case, expected in expectations.items():
        data = (folder / case).read_bytes()
        started = time.monotonic()
        try:
            pages = opened(data, case)
            verdict = "accept-with-warning" if any(page.notes for page in pages) else "accept"
        except ImageError as error:
            pages = []
            verdict = "reject"
            assert error.detail.endswith("."), case
        if verdict not in allowed(expected):
            wrong[case] = (expected["verdict"], verdict)
        assert time.monotonic() - started < 5, case
        for page in pages:
            assert page.pixels.dtype == np.uint8 and page.pixels.ndim == 2, case
    assert len(expectations) == 61
    assert wrong == {}


def test_what_is_known_of_each_picture_holds(hostile_images: Hostile) -> None:
    folder, expectations = hostile_images
    checked = 0
    for case, expected in expectations.items():
        if expected["verdict"] == "reject":
            continue
        page = open_image((folder / case).read_bytes(), case)
        height, width = page.pixels.shape
        if "top_dark" in expected:
            halves = page.pixels[: height // 2].mean(), page.pixels[height // 2 :].mean()
            assert sorted(halves) == [0, 255] and bool(halves[0] == 0) is expected["top_dark"], case
            checked += 1
        if size := expected.get("dims_after", expected.get("dims")):
            assert [width, height] == size, case
            checked += 1
        if forbidden := expected.get("stored_must_not_contain"):
            raw = (folder / case).read_bytes()
            assert forbidden.encode() in raw, case
            assert forbidden.encode() not in encode_png(page.pixels), case
            checked += 1
    assert checked >= 13


def test_a_rotated_photo_shows_its_dark_bar_on_the_right(hostile_images: Hostile) -> None:
    pixels = open_image((hostile_images[0] / "image/i23_exif_orientation6.jpg").read_bytes(), "x.jpg").pixels
    assert pixels[:, -50:].mean() < 10 and pixels[:, :100].mean() > 245


def test_every_colour_model_shows_the_same_drawing(hostile_images: Hostile) -> None:
    folder = hostile_images[0] / "image"
    plain = open_image((folder / "i04_deflate.tif").read_bytes(), "i04.tif").pixels < 128
    same = (2, 3, 5, 6, 22, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 59, 60)
    for number in same:
        (path,) = folder.glob(f"i{number:02}_*")
        drawn = open_image(path.read_bytes(), path.name).pixels < 128
        shared = (drawn & plain).sum() / (drawn | plain).sum()
        assert shared > 0.95, (path.name, shared)


def test_min_is_white_and_min_is_black_are_the_same_picture(hostile_images: Hostile) -> None:
    folder = hostile_images[0] / "image"
    pages = [open_image((folder / name).read_bytes(), name) for name in ("i52_minisblack.tif", "i53_miniswhite.tif")]
    assert np.array_equal(pages[0].pixels, pages[1].pixels)


def test_a_refused_kind_is_named_with_what_would_do(hostile_images: Hostile) -> None:
    folder = hostile_images[0] / "image"
    words = {
        "i19_script.svg": "SVG",
        "i34_icon.ico": "ICO",
        "i36_eps_named.tif": "EPS",
        "i37_document.pdf": "PDF",
        "i38_header_only.psd": "PSD",
        "i45_heic_header.heic": "HEIC",
    }
    for name, word in words.items():
        with pytest.raises(ImageError, match=f"{word}.*Accepted are TIFF, PNG, JPEG, GIF, WEBP and BMP") as problem:
            open_pages((folder / name).read_bytes(), name)
        assert problem.value.code == "format"


def test_hostile_images_stay_small_in_memory(hostile_images: Hostile) -> None:
    folder, expectations = hostile_images
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for case in expectations:
        try:
            open_pages((folder / case).read_bytes(), case)
        except ImageError:
            continue
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 300
