"""The default reader of reference numerals, and the factories of both readers."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np

from engine.numerals.craft import EasyOcrReader
from engine.numerals.ink import Mask, components_of, ink_of, solid_and_shown, without_rules
from engine.numerals.layout import classified, sheet_reading
from engine.numerals.orientation import upright_rotation
from engine.numerals.proposals import words_of
from engine.numerals.recogniser import Recogniser
from engine.numerals.second_look import second_look
from engine.numerals.selection import worth_reading
from engine.numerals.tokens import read_words, tokens_of
from engine.numerals.weights import RECOGNISER_FILE, packaged_folder, short_hash
from engine.sheets.reading import GrayImage, SheetReading

COMPONENT_READER_VERSION = 2


class ComponentReader:
    """Reads text-sized connected components with english_g2: the default on a CPU."""

    def __init__(self, weights: Path, device: str, threads: int) -> None:
        """weights: the folder with english_g2.pth. Raises: WeightsMissing."""
        self._recogniser = Recogniser(weights, device, threads)

    @property
    def key(self) -> str:
        return f"components+english_g2@{short_hash(RECOGNISER_FILE)}/{COMPONENT_READER_VERSION}"

    def read(self, sheet: GrayImage) -> SheetReading:
        """Read the sheet. Boxes are in the stored sheet's frame; uncertain readings are kept as words."""
        solid, shown = solid_and_shown(ink_of(sheet))
        rotation = upright_rotation(components_of(solid), self._recogniser)
        solid, shown = _turned(solid, rotation), _turned(shown, rotation)
        clean = without_rules(solid)
        components = components_of(clean)
        words = worth_reading(words_of(components), components, clean)
        seen = read_words(self._recogniser, components, words, shown)
        reads = [read for word, one in zip(words, seen, strict=True) for read in tokens_of(word.box, one, word.line)]
        return sheet_reading(self.key, rotation, sheet, classified(reads, solid))

    def look_again(self, sheet: GrayImage, reading: SheetReading, missing: Collection[str]) -> SheetReading:
        """Search again, more thoroughly, for the numerals `missing`; add those found, settled_by "second-look"."""
        return second_look(sheet, reading, missing, self._recogniser)


def _turned(ink: Mask, rotation: int) -> Mask:
    return np.ascontiguousarray(np.rot90(ink, -(rotation // 90)))


def component_reader(threads: int = 1, device: str = "cpu") -> ComponentReader:
    """The default reader, with the weights of the installed package. Raises: WeightsMissing."""
    return ComponentReader(packaged_folder(), device, threads)


def easyocr_reader(threads: int = 1, device: str = "cpu") -> EasyOcrReader:
    """The reader of the original method, with the weights of the installed package. Raises: WeightsMissing."""
    return EasyOcrReader(packaged_folder(), device, threads)
