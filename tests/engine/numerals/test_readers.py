"""The readers with their real weights: on drawn sheets, and on real sheets that were read by eye."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from engine.errors import WeightsMissing
from engine.imaging import open_image
from engine.linking import analyse_text
from engine.numerals.settling import settle
from engine.patents import parse_patent
from engine.sheets.reading import GrayImage, TextKind
from sample import sample_document
from tests.lazily import lazily

if TYPE_CHECKING:
    import torch

    from engine.numerals import measure, readers, weights
    from engine.numerals.readers import ComponentReader
else:
    torch = lazily("torch")
    measure = lazily("engine.numerals.measure")
    readers = lazily("engine.numerals.readers")
    weights = lazily("engine.numerals.weights")

pytestmark = pytest.mark.slow

TRUTH = Path(__file__).with_name("read_by_eye.json")
# A few of each sort: upright and sideways, machines, boxes with underlined numerals, hyphens, one degraded scan.
ROUTINE = (
    "US20060085912A1/imgf0003.tif",
    "US11960514B1/imgf0006.tif",
    "WO2017007663A1/imgf0013.tif",
    "US20180364366A1/imgf0001.tif",
    "US20190173122A1/imgf0003.tif",
    "US20190205738A1/imgf0002.tif",
)


@pytest.fixture(scope="module")
def reader() -> ComponentReader:
    return readers.component_reader(threads=1)


def sheet_with(*texts: str) -> GrayImage:
    sheet = np.full((1600, 1200), 255, np.uint8)
    for i, text in enumerate(texts):
        cv2.putText(sheet, text, (150 + 500 * (i % 2), 200 + 150 * i), cv2.FONT_HERSHEY_DUPLEX, 1.6, 0, 3)
    return (sheet > 127).astype(np.uint8) * 255


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_sheet_is_read_whichever_way_it_lies(reader: ComponentReader, turn: int) -> None:
    upright = sheet_with("235", "124", "347", "152", "263")
    stored = np.ascontiguousarray(np.rot90(upright, turn // 90))  # turned counter-clockwise, so `turn` puts it right
    reading = reader.read(stored)
    assert reading.rotation == turn
    assert {box.text for box in reading.numerals()} == {"235", "124", "347", "152", "263"}
    first = next(box for box in reading.numerals() if box.text == "235").box_on_sheet
    ink = stored[first.top : first.bottom, first.left : first.right]
    assert ink.size and (ink == 0).mean() > 0.1


def test_strokes_that_lost_ink_in_grains_are_read(reader: ComponentReader) -> None:
    document = sample_document(1, 0, max_sheets=4)
    sheet = document.truth["sheets"][0]
    assert sheet["wear"] == "broken"
    there = {numeral["text"] for figure in sheet["figures"] for numeral in figure["numerals"]}
    known = analyse_text(parse_patent(document.xml, document.member).paragraphs).numerals
    pixels = open_image(document.files[sheet["file"]], sheet["file"]).pixels
    read = {box.text for box in settle(reader.read(pixels), known).numerals()}
    assert len(there) >= 8
    assert len(read & there) >= 0.9 * len(there)  # without the grains filled it is half of them
    assert len(read & there) >= 0.9 * len(read)


def test_labels_are_read_apart_from_numerals(reader: ComponentReader) -> None:
    reading = reader.read(sheet_with("124", "347", "152", "FIG. 3"))
    assert [box.text for box in reading.boxes if box.kind is TextKind.FIGURE_LABEL] == ["FIG. 3"]
    assert {box.text for box in reading.numerals()} == {"124", "347", "152"}


def test_an_empty_sheet_and_a_black_one_are_read_as_nothing(reader: ComponentReader) -> None:
    for shade in (0, 255):
        reading = reader.read(np.full((400, 300), shade, np.uint8))
        assert reading.numerals() == ()


def test_a_second_look_adds_nothing_that_is_not_drawn(reader: ComponentReader) -> None:
    sheet = sheet_with("124", "347", "152")
    reading = reader.read(sheet)
    again = reader.look_again(sheet, reading, {"901", "88", "5"})
    assert {box.text for box in again.numerals()} == {"124", "347", "152"}


def test_a_second_look_finds_a_numeral_on_a_halftone(reader: ComponentReader) -> None:
    sheet = sheet_with("124", "347", "152")
    ground = np.random.default_rng(3).random((300, 500)) < 0.25
    sheet[1100:1400, 100:600][ground] = 0
    cv2.putText(sheet, "236", (250, 1270), cv2.FONT_HERSHEY_DUPLEX, 1.9, 0, 6)
    known = {"124", "347", "152", "236"}
    reading = settle(reader.read(sheet), known)
    again = reader.look_again(sheet, reading, known - {box.text for box in reading.numerals()})
    assert {box.text for box in again.numerals()} == known
    if "236" not in {box.text for box in reading.numerals()}:
        assert [box.settled_by for box in again.boxes if box.text == "236"] == ["second-look"]


def test_threads_of_the_process_are_given_back(reader: ComponentReader) -> None:
    before = torch.get_num_threads()
    reader.read(sheet_with("124"))
    assert torch.get_num_threads() == before


def test_the_key_names_reader_weights_and_version(reader: ComponentReader) -> None:
    assert reader.key == "components+english_g2@e2272681/2"


def test_weights_that_are_not_the_pinned_ones_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match="install"):
        weights.load_state(tmp_path, weights.RECOGNISER_FILE, "cpu")
    (tmp_path / weights.RECOGNISER_FILE).write_bytes(b"changed")
    with pytest.raises(WeightsMissing, match="pinned"):
        weights.load_state(tmp_path, weights.RECOGNISER_FILE, "cpu")


def test_the_methods_own_reader_reads_a_small_sheet() -> None:
    methods = readers.easyocr_reader(threads=1)
    sheet = np.full((256, 384), 255, np.uint8)
    cv2.putText(sheet, "235", (40, 80), cv2.FONT_HERSHEY_DUPLEX, 1.6, 0, 3)
    cv2.putText(sheet, "FIG. 3", (120, 200), cv2.FONT_HERSHEY_DUPLEX, 1.6, 0, 3)
    reading = methods.read(sheet)
    assert {box.text for box in reading.numerals()} == {"235"}
    assert [box.text for box in reading.boxes if box.kind is TextKind.FIGURE_LABEL] == ["FIG. 3"]
    assert methods.key != readers.component_reader().key


@pytest.mark.corpus
def test_real_sheets_are_read_as_a_person_reads_them(reader: ComponentReader, shared: Path) -> None:
    """PATENTSEARCH_ALL_SHEETS=1 takes every sheet that was read by eye instead of the routine few."""
    only = () if os.environ.get("PATENTSEARCH_ALL_SHEETS") else ROUTINE
    started = time.process_time()
    scores = [
        measure.score_sheet(reader, truth)
        for truth in measure.eye_read_sheets(TRUTH, shared / "corpus" / "utility.zip", only)
    ]
    busy_seconds = (time.process_time() - started) / len(scores)
    print(json.dumps(measure.report(scores)), f"{busy_seconds:.2f} s of one core a sheet, both looks")
    assert all(score.rotation == score.truth.rotation for score in scores)
    upright = [score for score in scores if score.truth.rotation == 0]
    sideways = [score for score in scores if score.truth.rotation != 0]
    precision, recall = measure.precision_recall(scores)
    assert precision >= 0.95
    assert recall >= 0.95
    for at in (0, 1):
        assert measure.precision_recall(sideways)[at] >= measure.precision_recall(upright)[at] - 0.05
    assert busy_seconds < 6  # one core, two looks; the sheet takes half a second on two quiet cores
