"""A second, more thorough search for numerals that the text names but the first look did not find."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import cv2
import numpy as np

from engine.numerals.ink import Mask, components_of, ink_of, solid_and_shown, without_rules
from engine.numerals.kinds import tidied
from engine.numerals.proposals import Rendering, crop_of, words_of
from engine.numerals.recogniser import Recogniser, Recognition
from engine.numerals.selection import worth_reading
from engine.numerals.settling import DOUBTFUL, settle
from engine.sheets.geometry import Box
from engine.sheets.reading import GrayImage, SheetReading, TextBox, TextKind

SECOND_LOOK = "second-look"
MAX_CROPS = 160  # limits the cost to about that of the first look
SURE, SURE_SINGLE = 0.35, 0.95
DRAWN_OUT = Rendering(margin=0.3, blur_px=1.2, stretch=1.4)


def second_look(
    sheet: GrayImage, reading: SheetReading, missing: Collection[str], recogniser: Recogniser
) -> SheetReading:
    """Search for the numerals `missing` with further binarisations and wider proposals, and add those found."""
    wanted = frozenset(missing) - {box.text for box in reading.numerals()}
    if not wanted:
        return reading
    height, width = sheet.shape
    upright = np.ascontiguousarray(np.rot90(sheet, -(reading.rotation // 90)))
    taken = [box for box in reading.boxes if box.kind is not TextKind.WORD or _surely_a_word(box)]
    places: list[Box] = []
    crops: list[GrayImage] = []
    for box, crop in _candidates(upright, max(len(numeral) for numeral in wanted)):
        place = box.turned_back(reading.rotation, width, height)
        if all(_may_be_more(place, other, wanted) for other in taken if _meet(place, other)):
            crops.append(crop)
            places.append(place)
    best: dict[tuple[str, int, int], TextBox] = {}
    for place, one in zip(places, recogniser.read(crops[:MAX_CROPS]), strict=False):
        found = _found(place, one, wanted)
        if found is None or not all(_extends(found, other) for other in taken if _meet(place, other)):
            continue
        spot = (found.text, place.left // 40, place.top // 40)
        if spot not in best or best[spot].confidence < found.confidence:
            best[spot] = found
    kept = [box for box in reading.boxes if not _replaced(box, list(best.values()))]
    return replace(reading, boxes=(*kept, *best.values()))


def _surely_a_word(box: TextBox) -> bool:
    return len(box.text) >= 3 and box.text.isalpha() and box.confidence >= DOUBTFUL


def _may_be_more(place: Box, old: TextBox, wanted: frozenset[str]) -> bool:
    """Whether the reading at a place may be part of a wanted numeral (3 of 3c), or is uncertain."""
    if old.kind is not TextKind.NUMERAL:
        return False
    return old.confidence < DOUBTFUL or any(numeral != old.text and old.text in numeral for numeral in wanted)


def _extends(found: TextBox, old: TextBox) -> bool:
    """Whether a new reading may replace an old one: it contains it, or is more confident."""
    longer = old.text in found.text and found.text != old.text
    return longer or (found.confidence > old.confidence and len(found.text) >= len(old.text))


def _meet(place: Box, box: TextBox) -> bool:
    """Whether the overlap of a place and a reading covers most of the smaller one."""
    other = box.box_on_sheet
    return place.intersection_area(other) > 0.4 * min(place.area, other.area)


def _found(place: Box, one: Recognition, wanted: frozenset[str]) -> TextBox | None:
    """The wanted numeral that a recognition matches, or None."""
    box = TextBox(one.text.strip(), tidied(one.text), place, one.confidence, TextKind.WORD)
    settled = settle(SheetReading("", 0, (box,)), wanted).boxes[0]
    if settled.kind is not TextKind.NUMERAL or settled.text not in wanted:
        return None
    sure = SURE_SINGLE if len(settled.text) == 1 else SURE
    return replace(settled, settled_by=SECOND_LOOK) if one.confidence >= sure else None


def _replaced(box: TextBox, found: Sequence[TextBox]) -> bool:
    """Whether the second look replaced this reading of the first look by another numeral."""
    text_kinds = (TextKind.WORD, TextKind.NUMERAL)
    return box.kind in text_kinds and any(box.box_on_sheet.overlap(new.box_on_sheet) > 0.5 for new in found)


def _candidates(upright: GrayImage, longest: int) -> list[tuple[Box, GrayImage]]:
    """Boxes and crops: the first look's words stretched, and words of other binarisations (rules kept, halftones
    smoothed, wider gaps closed)."""
    ink = ink_of(upright)
    smooth: Mask = (cv2.GaussianBlur(upright, (0, 0), 2.2) < 96).astype(np.uint8)
    solid, shown_ink = solid_and_shown(ink)
    result: list[tuple[Box, GrayImage]] = []
    done: set[tuple[int, int, int, int]] = set()
    for variant, shown in ((without_rules(solid), shown_ink), (ink, ink), (without_rules(smooth), smooth)):
        components = components_of(variant)
        words = [word for word in words_of(components) if len(word.members) <= longest + 2]
        for word in worth_reading(words, components, variant):
            box = word.box
            spot = (box.left // 8, box.top // 8, box.width // 8, box.height // 8)
            if spot not in done and (box.width >= 0.9 * box.height or longest == 1):
                done.add(spot)
                result.append((box, crop_of(components, word, shown, DRAWN_OUT)))
    return result
