"""Links to Espacenet and the European Patent Register."""

from __future__ import annotations

from engine.patents.offices import espacenet_address, register_address


def test_a_publication_is_found_by_number_and_kind_in_espacenet() -> None:
    assert espacenet_address("EP", "1234567", "A1").endswith("?q=pn%3DEP1234567A1")


def test_only_european_publications_are_in_the_register() -> None:
    address = register_address("EP", "1234567")
    assert address is not None
    assert address.endswith("query=pn%3DEP1234567")
    assert register_address("US", "20250204297") is None


def test_a_number_cannot_leave_its_place_in_the_address() -> None:
    assert espacenet_address("EP", "1&q=x#", "A1").endswith("pn%3DEP1%26q%3Dx%23A1")
