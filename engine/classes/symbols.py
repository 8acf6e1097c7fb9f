"""Class symbols as people write them, in the spelling that publications are stored with: "F04C 2/08".

A symbol (WIPO, Guide to the IPC, 29 ff.) is a section F, a class F04, a subclass F04C, a main group F04C 2/00 and a
group F04C 2/08. A prefix is compared character by character: "F04C 2" begins F04C 2/08 and F04C 23/00; "F04C 2/" is
main group 2 alone.
"""

from __future__ import annotations

import re
from enum import Enum

_WRITTEN = re.compile(
    r"(?P<head>[A-HY](?:[0-9]{2}[A-Z]?|[0-9])?)(?:(?P<group>0{0,3}[1-9][0-9]{0,3})(?P<subgroup>/[0-9]{0,6})?)?"
)
_PADDED = re.compile(r"(?P<head>[A-HY][0-9]{2}[A-Z])(?P<group>[0-9]{4})(?P<subgroup>[0-9]{6})")  # ST.8: F04C0002080000
_EDITION = re.compile(r"\([0-9]{4}\.[0-9]{2}\)$")  # "F04C 2/08 (2006.01)"
SUBCLASS_CHARACTERS = 4


class Level(Enum):
    """A level of the hierarchy. The value is the length of the symbol where that is fixed, else a name."""

    SECTION = 1
    CLASS = 3
    SUBCLASS = SUBCLASS_CHARACTERS
    MAIN_GROUP = "main group"
    GROUP = "group"


def prefix_as_stored(written: str) -> str | None:
    """The start of a symbol in the stored spelling, or None when no symbol starts like this.

    "f04c 2/08", "F04C2/08", "F04C0002080000" and "F04C 2/08 (2006.01)" are all "F04C 2/08".
    """
    compact = _EDITION.sub("", "".join(written.split()).upper())
    padded = _PADDED.fullmatch(compact)
    if padded and int(padded["group"]):
        subgroup = padded["subgroup"]
        return f"{padded['head']} {int(padded['group'])}/{subgroup[:2]}{subgroup[2:].rstrip('0')}"
    found = _WRITTEN.fullmatch(compact)
    if found is None or (found["group"] and len(found["head"]) < SUBCLASS_CHARACTERS):
        return None
    if not found["group"]:
        return found["head"]
    # Four digits that begin with zeros are a whole main group, as ST.8 pads it.
    end = found["subgroup"] or ("/" if found["group"].startswith("0") and len(found["group"]) == 4 else "")
    return f"{found['head']} {int(found['group'])}{end}"


def levels_of(prefix: str) -> tuple[str, ...]:
    """The levels of the hierarchy down to a prefix, itself last: F, F04, F04C, "F04C 2/", "F04C 2/08"."""
    found = [prefix[:length] for length in (1, 3, SUBCLASS_CHARACTERS) if length <= len(prefix)]
    if "/" in prefix:
        found.append(prefix[: prefix.index("/") + 1])
    if prefix and (not found or found[-1] != prefix):
        found.append(prefix)
    return tuple(found)


def child_level(prefix: str) -> Level:
    """The level of the children of a prefix. The children of an incomplete class ("F0") are classes."""
    if "/" in prefix:
        return Level.GROUP
    if len(prefix) >= SUBCLASS_CHARACTERS:
        return Level.MAIN_GROUP
    if len(prefix) == Level.CLASS.value:
        return Level.SUBCLASS
    return Level.CLASS if prefix else Level.SECTION
