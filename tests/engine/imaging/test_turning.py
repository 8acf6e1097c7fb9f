"""Cut first, then turned clockwise, then mirrored."""

import numpy as np
import pytest

from engine.imaging.turning import part_of

PIXELS = np.arange(12, dtype=np.uint8).reshape(3, 4)


def test_a_part_is_cut_turned_and_mirrored_in_this_order() -> None:
    assert part_of(PIXELS, None).tolist() == PIXELS.tolist()
    assert part_of(PIXELS, (0.5, 0, 0.5, 2 / 3)).tolist() == [[2, 3], [6, 7]]
    assert part_of(PIXELS, (0.5, 0, 0.5, 2 / 3), turn=90).tolist() == [[6, 2], [7, 3]]
    assert part_of(PIXELS, (0.5, 0, 0.5, 2 / 3), turn=90, mirrored=True).tolist() == [[2, 6], [3, 7]]
    assert part_of(PIXELS, None, turn=180).tolist() == PIXELS[::-1, ::-1].tolist()
    assert part_of(PIXELS, None, turn=270).tolist() == np.rot90(PIXELS).tolist()


def test_the_smallest_part_is_one_pixel() -> None:
    for region in ((0.0, 0.0, 0.0001, 0.0001), (0.9999, 0.9999, 0.0001, 0.0001)):
        assert part_of(PIXELS, region).shape == (1, 1)


def test_other_turns_are_refused() -> None:
    with pytest.raises(ValueError, match="45"):
        part_of(PIXELS, None, turn=45)
