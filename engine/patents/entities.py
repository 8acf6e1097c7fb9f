"""Resolve the named entities of the ISO sets that patent DTDs declare.

The EPO's DTDs include the sets of ISO 8879 annex D and ISO 9573; the DTD is not read, so the names are
resolved here. HTML 5 has nearly all of them (html.entities.html5: ISOlat, ISOnum, ISOpub, ISOtech, ISOams*,
ISOcyr, ISObox, ISOdia, ISOgrk3). Added here: ISOgrk1 and ISOgrk2 (Greek text letters: &agr;, &aacgr;) and ISOgrk4
(bold Greek: &b.alpha;), which HTML lacks.
"""

from __future__ import annotations

import re
from html.entities import html5

# ISOgrk1: short name → position after alpha in Unicode, ς between ρ and σ.
_GREEK = "a b g d e z ee th i k l m n x o p r sfgr s t u ph kh ps oh"
_ACCENTED = {  # ISOgrk2
    "aacgr": "ά", "Aacgr": "Ά", "eacgr": "έ", "Eacgr": "Έ", "eeacgr": "ή", "EEacgr": "Ή", "idigr": "ϊ", "Idigr": "Ϊ",
    "iacgr": "ί", "Iacgr": "Ί", "idiagr": "ΐ", "oacgr": "ό", "Oacgr": "Ό", "udigr": "ϋ", "Udigr": "Ϋ", "uacgr": "ύ",
    "Uacgr": "Ύ", "udiagr": "ΰ", "ohacgr": "ώ", "OHacgr": "Ώ",
}  # fmt: skip
_BOLD = (
    "alpha beta gamma delta epsi zeta eta thetas iota kappa lambda mu nu xi omicron pi rho sigmav sigma tau upsi phi "
    "chi psi omega"
)
_BOLD_CAPITALS = {"Gamma": 2, "Delta": 3, "Theta": 7, "Lambda": 10, "Xi": 13, "Pi": 15, "Sigma": 18, "Upsi": 20,
                  "Phi": 21, "Psi": 23, "Omega": 24}  # fmt: skip


def _greek() -> dict[str, str]:
    names = dict(_ACCENTED)
    for offset, name in enumerate(_GREEK.split()):
        lower = chr(0x3B1 + offset)
        if name == "sfgr":
            names["sfgr"] = lower
            continue
        names[f"{name}gr"] = lower
        names[f"{name.upper()}gr"] = lower.upper()
    for offset, name in enumerate(_BOLD.split()):
        names[f"b.{name}"] = chr(0x1D6C2 + offset)
    for name, offset in _BOLD_CAPITALS.items():
        names[f"b.{name}"] = chr(0x1D6A8 + offset)
    return names


CHARACTERS: dict[str, str] = _greek() | {name[:-1]: text for name, text in html5.items() if name.endswith(";")}
"""Entity name without & and ; → its characters (one, rarely two)."""


PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})
_NAMED = re.compile(r"&([A-Za-z][\w.]{0,31});")


def character_of(name: str) -> str | None:
    """The characters of a named entity, or None when no ISO set has the name."""
    return CHARACTERS.get(name)


def escaped_character_of(name: str) -> str:
    """The replacement of an entity in XML text: its characters, or its name as text."""
    characters = character_of(name)
    if characters is None:
        return f"&amp;{name};"
    return characters.translate({ord("&"): "&amp;", ord("<"): "&lt;", ord('"'): "&quot;"})


def resolve_named(markup: str) -> str:
    """Resolve every named entity except XML's five, since the parser drops them from attribute values."""
    return _NAMED.sub(
        lambda found: found.group() if found.group(1) in PREDEFINED else escaped_character_of(found.group(1)), markup
    )
