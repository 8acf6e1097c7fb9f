"""Whole numbers and primary keys, as addresses, forms and files write them."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import IntConverter

LARGEST_KEY = 2**63 - 1
"""The largest value of a bigint column, which primary keys are."""


def whole_number(written: str, *, least: int = 0, most: int = LARGEST_KEY) -> int | None:
    """Return the number that is written in ASCII digits, or None if it is none or not within `least` and `most`."""
    if not (written.isascii() and written.isdecimal() and len(written) <= len(str(LARGEST_KEY))):
        return None
    number = int(written)
    return number if least <= number <= most else None


def key_written(written: str) -> int | None:
    """Return the primary key that is written, or None if no row can have it."""
    return whole_number(written, least=1)


class KeyConverter(IntConverter):
    """`<key:name>` of an address: an int that a primary key can be. The address is not found for a larger one."""

    def to_python(self, value: str) -> int:
        number = whole_number(value)
        if number is None:
            raise ValueError(f"{value[:40]} is larger than any primary key")
        return number


register_converter(KeyConverter, "key")
