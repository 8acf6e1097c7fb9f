"""Readings of a sheet, and the protocol of readers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.sheets.geometry import Box

GrayImage = NDArray[np.uint8]
"""(height, width) uint8, 0 is ink and 255 is paper."""


class TextKind(StrEnum):
    """The kind of a piece of text on a sheet."""

    NUMERAL = "numeral"  # reference numeral: 12, 12a, 12', A1, S101, 10-1
    FIGURE_LABEL = "figure-label"  # FIG. 3a
    SHEET_NUMBER = "sheet-number"  # 3/14
    SCALE = "scale"  # numbers along the axis of a graph
    DIMENSION = "dimension"  # 10 mm, 45°
    WORD = "word"  # any other text


@dataclass(frozen=True, slots=True)
class TextBox:
    """One reading. seen: as recognised. text: as settled by the publication's text (equal when not settled)."""

    seen: str
    text: str
    box_on_sheet: Box
    confidence: float  # 0 to 1
    kind: TextKind = TextKind.NUMERAL
    settled_by: str = ""  # "" | "known-numeral" | "second-look": why text is more certain than its confidence


@dataclass(frozen=True, slots=True)
class SheetReading:
    """All text read on one sheet. rotation: degrees clockwise (0/90/180/270) that turn the sheet upright."""

    reader_key: str
    rotation: int
    boxes: tuple[TextBox, ...]

    def numerals(self) -> tuple[TextBox, ...]:
        return tuple(box for box in self.boxes if box.kind is TextKind.NUMERAL)


class NumeralReader(Protocol):
    """Reads a sheet. `key` names the reader, its weights and its version; readings of different keys are not mixed."""

    @property
    def key(self) -> str: ...

    def read(self, sheet: GrayImage) -> SheetReading:
        """Read the sheet. Boxes are in the stored sheet's frame."""
        ...

    def look_again(self, sheet: GrayImage, reading: SheetReading, missing: Collection[str]) -> SheetReading:
        """Search again, more thoroughly, for the numerals `missing`, and add those that are drawn."""
        ...
