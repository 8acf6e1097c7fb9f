"""A second, harder look for numerals that the text names but the first look did not find. None is invented."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import cv2
import numpy as np

from engine.geometry import Box
from engine.numerals.ink import Mask, components_of, ink_of, mended, without_rules
from engine.numerals.kinds import tidied
from engine.numerals.proposals import crop_of, words_of
from engine.numerals.recogniser import Recogniser, Recognition
from engine.numerals.settling import settle
from engine.reading import GrayImage, SheetReading, TextBox, TextKind

SECOND_LOOK = "second-look"
MAX_CROPS = 160  # a second look costs at most about as much as the first
SURE, SURE_SINGLE = 0.35, 0.9


def second_look(
    sheet: GrayImage, reading: SheetReading, missing: Collection[str], recogniser: Recogniser
) -> SheetReading:
    """The reading with what further binarisations and wider proposals show of `missing`."""
    wanted = frozenset(missing) - {box.text for box in reading.numerals()}
    if not wanted:
        return reading
    height, width = sheet.shape
    upright = np.ascontiguousarray(np.rot90(sheet, -(reading.rotation // 90)))
    taken = [box.box_on_sheet for box in reading.boxes if box.kind is not TextKind.WORD]
    places: list[Box] = []
    crops: list[GrayImage] = []
    for box, crop in _candidates(upright, max(len(numeral) for numeral in wanted)):
        place = box.turned_back(reading.rotation, width, height)
        if all(place.intersection_area(other) < 0.5 * min(place.area, other.area) for other in taken):
            crops.append(crop)
            places.append(place)
    seen = recogniser.read(crops[:MAX_CROPS])
    best: dict[tuple[str, int, int], TextBox] = {}
    for place, one in zip(places, seen, strict=False):
        found = _found(place, one, wanted)
        if found is None:
            continue
        spot = (found.text, place.left // 40, place.top // 40)
        if spot not in best or best[spot].confidence < found.confidence:
            best[spot] = found
    kept = [box for box in reading.boxes if not _replaced(box, list(best.values()))]
    return replace(reading, boxes=(*kept, *best.values()))


def _found(place: Box, one: Recognition, wanted: frozenset[str]) -> TextBox | None:
    """The wanted numeral that a recognition shows, if it does."""
    box = TextBox(one.text.strip(), tidied(one.text), place, one.confidence, TextKind.WORD)
    settled = settle(SheetReading("", 0, (box,)), wanted).boxes[0]
    if settled.kind is not TextKind.NUMERAL or settled.text not in wanted:
        return None
    sure = SURE_SINGLE if len(settled.text) == 1 else SURE
    return replace(settled, settled_by=SECOND_LOOK) if one.confidence >= sure else None


def _replaced(box: TextBox, found: Sequence[TextBox]) -> bool:
    """Whether a word of the first look is what the second look found to be a numeral."""
    return box.kind is TextKind.WORD and any(box.box_on_sheet.overlap(new.box_on_sheet) > 0.5 for new in found)


def _candidates(upright: GrayImage, longest: int) -> list[tuple[Box, GrayImage]]:
    """Boxes and crops from other binarisations: halftones smoothed away, gaps closed wider, rules left in."""
    ink = ink_of(upright)
    smooth = (cv2.GaussianBlur(upright, (0, 0), 2.2) < 96).astype(np.uint8)
    variants: list[Mask] = [ink, without_rules(smooth), without_rules(mended(mended(ink)))]
    result: list[tuple[Box, GrayImage]] = []
    for variant in variants:
        components = components_of(variant)
        for word in words_of(components):
            if len(word.members) <= longest + 2:
                result.append((word.box, crop_of(components, word, variant)))
    return result
