"""Numbers and keys, as they are written in addresses."""

from __future__ import annotations

import pytest
from django.urls import Resolver404, resolve

from search.numbers import LARGEST_KEY, key_written, whole_number


@pytest.mark.parametrize(
    ("written", "number"),
    [("0", 0), ("12", 12), ("007", 7), (str(LARGEST_KEY), LARGEST_KEY), (str(LARGEST_KEY + 1), None)]
    + [(wrong, None) for wrong in ("", "-1", "1.0", " 1", "+1", "١٢", "²", "1" * 5000, "x", "\0")],
)
def test_only_ascii_digits_of_a_possible_key_are_a_number(written: str, number: int | None) -> None:
    assert whole_number(written) == number
    assert key_written(written) == (number or None)


def test_a_number_is_within_its_limits() -> None:
    assert [whole_number(str(number), least=2, most=3) for number in (1, 2, 3, 4)] == [None, 2, 3, None]


@pytest.mark.parametrize("prefix", ["figures", "api/figures", "topics", "api/topic-sets"])
def test_an_address_with_a_key_that_no_row_can_have_is_not_found(prefix: str) -> None:
    resolve(f"/{prefix}/{LARGEST_KEY}/")
    with pytest.raises(Resolver404):
        resolve(f"/{prefix}/{LARGEST_KEY + 1}/")
