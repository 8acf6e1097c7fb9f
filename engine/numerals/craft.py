"""The reader of the original method: EasyOCR's CRAFT detects text, english_g2 reads it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import cv2
import numpy as np
from easyocr.craft import CRAFT
from easyocr.detection import get_textbox
from easyocr.utils import get_image_list, group_text_box

from engine.numerals.ink import components_of, ink_of
from engine.numerals.layout import classified, sheet_reading
from engine.numerals.orientation import upright_rotation
from engine.numerals.recogniser import Recogniser, torch_threads
from engine.numerals.second_look import second_look
from engine.numerals.tokens import tokens_of
from engine.numerals.weights import CRAFT_FILE, RECOGNISER_FILE, load_state, short_hash
from engine.sheets.geometry import Box
from engine.sheets.reading import GrayImage, SheetReading

EASYOCR_READER_VERSION = 1

# Defaults of easyocr.Reader.readtext (1.7.2), as used by the method.
CANVAS_PX = 2560
TEXT_THRESHOLD, LOW_TEXT, LINK_THRESHOLD = 0.7, 0.4, 0.4
SLOPE, Y_CENTRE, HEIGHT, WIDTH, MARGIN = 0.1, 0.5, 0.5, 0.5, 0.1
MIN_SIZE_PX = 20


class EasyOcrReader:
    """EasyOCR's detection and recognition, except that weights load safely and a sideways sheet is turned first
    (EasyOCR itself reads a page at one angle)."""

    def __init__(self, weights: Path, device: str, threads: int) -> None:
        """weights: the folder with craft_mlt_25k.pth and english_g2.pth. Raises: WeightsMissing."""
        self._recogniser = Recogniser(weights, device, threads)
        self._device = device
        self._threads = threads
        detector = CRAFT()
        detector.load_state_dict(load_state(weights, CRAFT_FILE, device))
        self._detector = detector.to(device).eval()

    @property
    def key(self) -> str:
        craft, english = short_hash(CRAFT_FILE), short_hash(RECOGNISER_FILE)
        return f"easyocr-craft@{craft}+english_g2@{english}/{EASYOCR_READER_VERSION}"

    def read(self, sheet: GrayImage) -> SheetReading:
        """Read the sheet. Boxes are in the stored sheet's frame."""
        rotation = upright_rotation(components_of(ink_of(sheet)), self._recogniser)
        upright = np.ascontiguousarray(np.rot90(sheet, -(rotation // 90)))
        places, crops = self._detected(upright)
        seen = self._recogniser.read(crops)
        reads = [
            read
            for line, (place, one) in enumerate(zip(places, seen, strict=True))
            for read in tokens_of(place, one, line)
        ]
        return sheet_reading(self.key, rotation, sheet, classified(reads, ink_of(upright)))

    def look_again(self, sheet: GrayImage, reading: SheetReading, missing: Collection[str]) -> SheetReading:
        """Search again, more thoroughly, for the numerals `missing`; add those found, settled_by "second-look"."""
        return second_look(sheet, reading, missing, self._recogniser)

    def _detected(self, upright: GrayImage) -> tuple[list[Box], list[GrayImage]]:
        """CRAFT's boxes on the upright sheet, and their crops as EasyOCR makes them."""
        with torch_threads(self._threads):
            found = get_textbox(
                self._detector,
                cv2.cvtColor(upright, cv2.COLOR_GRAY2RGB),
                canvas_size=CANVAS_PX,
                mag_ratio=1.0,
                text_threshold=TEXT_THRESHOLD,
                link_threshold=LINK_THRESHOLD,
                low_text=LOW_TEXT,
                poly=False,
                device=self._device,
            )[0]
        level, tilted = group_text_box(found, SLOPE, Y_CENTRE, HEIGHT, WIDTH, MARGIN, True)
        level = [box for box in level if max(box[1] - box[0], box[3] - box[2]) > MIN_SIZE_PX]
        cut, _ = get_image_list(level, tilted, upright, model_height=64)
        places, crops = [], []
        for corners, crop in cut:
            x, y = [int(corner[0]) for corner in corners], [int(corner[1]) for corner in corners]
            left, top = max(0, min(x)), max(0, min(y))
            places.append(Box(left, top, max(1, max(x) - left), max(1, max(y) - top)))
            crops.append(np.asarray(crop, np.uint8))
        return places, crops
