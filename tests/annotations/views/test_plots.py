"""Where marks stand: axes with round ends, stacked dots, whiskers."""

from __future__ import annotations

import pytest

from annotations.templatetags.evaluation import p_value, signed
from annotations.views.plots import Axis, polyline, strip, whisker


def test_an_axis_has_round_ends_around_all_values() -> None:
    axis = Axis.around([0.412, 0.783])
    assert (round(axis.low, 6), round(axis.high, 6), axis.step) == (0.4, 0.8, 0.1)
    assert [(tick.at, tick.text) for tick in axis.ticks] == [
        (0.0, "0.4"),
        (25.0, "0.5"),
        (50.0, "0.6"),
        (75.0, "0.7"),
        (100.0, "0.8"),
    ]
    assert axis.at(0.6) == 50.0


def test_an_axis_never_leaves_what_can_be() -> None:
    assert (Axis.around([0.0, 1.0]).low, Axis.around([0.0, 1.0]).high) == (0.0, 1.0)
    assert Axis.around([1.0]).high == 1.0
    assert Axis.around([-0.3, 0.1], least=-1.0).low <= -0.3
    assert Axis.around([]).ticks[0].text == "0.0"


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_a_single_value_has_room_around_it(value: float) -> None:
    axis = Axis.around([value, value])
    assert axis.low < axis.high
    assert 0 <= axis.at(value) <= 100
    assert len({tick.text for tick in axis.ticks}) == len(axis.ticks)


def test_dots_that_would_cover_one_another_are_stacked() -> None:
    axis = Axis(0.0, 1.0, 0.2)
    assert [(dot.at, dot.level) for dot in strip(axis, [0.5, 0.9, 0.5, 0.505])] == [
        (50.0, 0),
        (90.0, 0),
        (50.0, 1),
        (50.5, 2),
    ]
    assert strip(axis, []) == ()


def test_a_whisker_ends_where_its_interval_does() -> None:
    found = whisker(Axis(0.0, 1.0, 0.2), 0.2, 0.3, 0.7)
    assert (found.low, found.mean, found.high) == (20.0, 30.0, 70.0)


def test_lines_go_up_where_values_do() -> None:
    assert polyline([(0.0, 0.0), (1.0, 1.0)], 640, 400) == "0.0,400.0 640.0,0.0"


def test_differences_have_a_true_minus_and_zero_has_no_sign() -> None:
    assert [signed(value) for value in (0.0451, -0.0124, 0.0, -0.0001)] == ["+0.045", "−0.012", "0.000", "0.000"]


def test_a_p_value_is_never_written_as_nothing() -> None:
    assert [p_value(value) for value in (0.0499, 0.00001, None)] == ["0.0499", "< 0.0001", "–"]
