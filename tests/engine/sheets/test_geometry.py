"""Boxes, from the sheet into the crop of a figure."""

import numpy as np
import pytest

from engine.sheets.figures import FigureRegion, crop_figure
from engine.sheets.geometry import Box, box_on_crop, crop_size

FIGURE = Box(30, 20, 100, 60)
NUMERAL = Box(40, 25, 12, 6)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_box_of_the_sheet_is_found_where_the_crop_shows_it(rotation: int) -> None:
    sheet = np.full((200, 300), 255, dtype=np.uint8)
    sheet[NUMERAL.top : NUMERAL.bottom, NUMERAL.left : NUMERAL.right] = 0
    crop = crop_figure(sheet, FigureRegion("1", FIGURE, rotation, ()))
    rows, columns = np.nonzero(crop < 128)
    top, left = int(rows.min()), int(columns.min())
    shown = Box(left, top, int(columns.max()) - left + 1, int(rows.max()) - top + 1)
    assert box_on_crop(NUMERAL, FIGURE, rotation) == shown
    assert crop_size(FIGURE, rotation) == (crop.shape[1], crop.shape[0])


def test_what_is_drawn_beside_a_figure_lies_outside_its_crop() -> None:
    assert box_on_crop(Box(0, 0, 5, 5), FIGURE, 0).right < 0
