"""Numerals of the text settle readings, and none is invented."""

from engine.numerals.settling import settle
from engine.sheets.geometry import Box
from engine.sheets.reading import SheetReading, TextBox, TextKind


def reading(*boxes: TextBox, rotation: int = 0) -> SheetReading:
    return SheetReading("reader", rotation, boxes)


def box(text: str, confidence: float = 0.95, left: int = 0, kind: TextKind = TextKind.NUMERAL, top: int = 0) -> TextBox:
    return TextBox(text, text, Box(left, top, 20 * len(text), 40), confidence, kind)


def texts(settled: SheetReading) -> list[str]:
    return [one.text for one in settled.numerals()]


def test_letters_of_like_shape_become_the_known_numeral_and_what_was_seen_is_kept() -> None:
    (settled,) = settle(reading(box("1o8B")), {"1088", "120"}).boxes
    assert (settled.seen, settled.text, settled.settled_by) == ("1o8B", "1088", "known-numeral")


def test_a_digit_is_changed_only_where_the_reading_is_doubtful() -> None:
    assert texts(settle(reading(box("153", confidence=0.6)), {"155", "120"})) == ["155"]
    assert texts(settle(reading(box("153", confidence=0.99)), {"155", "120"})) == ["153"]


def test_two_equally_near_numerals_settle_nothing() -> None:
    (settled,) = settle(reading(box("l0O", confidence=0.6)), {"10O", "l00"}).boxes
    assert settled.settled_by == ""


def test_a_known_numeral_nobody_read_does_not_appear() -> None:
    assert texts(settle(reading(box("101"), box("hello", kind=TextKind.WORD)), {"101", "102", "103"})) == ["101"]


def test_pieces_of_a_known_numeral_are_joined_on_sheets_of_any_turn() -> None:
    upright = reading(box("1", left=0), box("02", left=28))
    sideways = reading(
        TextBox("1", "1", Box(0, 100, 40, 20), 0.9), TextBox("02", "02", Box(0, 52, 40, 40), 0.9), rotation=90
    )
    for pieces in (upright, sideways):
        (joined,) = settle(pieces, {"102", "104"}).boxes
        assert (joined.text, joined.settled_by) == ("102", "known-numeral")
    assert settle(upright, {"102"}).boxes[0].box_on_sheet == Box(0, 0, 68, 40)


def test_a_list_read_as_one_text_gives_its_numerals() -> None:
    assert texts(settle(reading(box("12,14", kind=TextKind.WORD)), {"12", "14"})) == ["12", "14"]


def test_a_single_digit_that_the_text_never_names_is_no_numeral() -> None:
    (settled,) = settle(reading(box("7")), {"12", "14"}).boxes
    assert settled.kind is TextKind.WORD


def test_a_sure_numeral_that_the_text_forgot_stays() -> None:
    assert texts(settle(reading(box("118", confidence=0.97)), {"112", "114"})) == ["118"]


def test_bare_strokes_read_as_digits_are_no_numeral() -> None:
    assert texts(settle(reading(box("111", confidence=0.99)), {"112", "114"})) == []


def test_a_doubtful_word_that_is_a_known_numeral_becomes_one() -> None:
    (settled,) = settle(reading(box("236", confidence=0.3, kind=TextKind.WORD)), {"236"}).boxes
    assert (settled.kind, settled.settled_by) == (TextKind.NUMERAL, "known-numeral")


def test_numbers_of_a_scale_stay_unless_the_text_names_them() -> None:
    scale = reading(*(box(text, kind=TextKind.SCALE) for text in ("20", "40", "60")))
    assert texts(settle(scale, {"12", "20"})) == []
    assert texts(settle(scale, {"20", "40", "60"})) == ["20", "40", "60"]


def test_without_known_numerals_the_reading_is_returned_as_it_is() -> None:
    as_read = reading(box("118", confidence=0.2))
    assert settle(as_read, ()) == as_read


def test_settling_twice_changes_nothing_more() -> None:
    once = settle(reading(box("1o8B"), box("1", left=200), box("02", left=228), box("9", left=400)), {"1088", "102"})
    assert settle(once, {"1088", "102"}) == once


def test_where_the_text_names_no_numeral_strokes_that_recur_are_no_numerals() -> None:
    hatching = [box("1", left=place * 100) for place in range(5)]
    assert texts(settle(reading(*hatching, box("12", left=900), box("3", left=1000)), set())) == ["12", "3"]
