"""Classify texts on a sheet by their spelling."""

from __future__ import annotations

import re

# Reference signs as patents write them: 12, 12a, 12', 100A, 10-1, 12-a; A1, S101, Rf2.
NUMERAL = re.compile(
    r"[1-9]\d{0,3}(?:[A-Za-z]{1,2})?(?:-\d{1,3}|-[A-Za-z])?'{0,3}|[A-Z][A-Za-z]?[1-9]\d{0,3}[a-z]?'{0,3}"
)
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
SHEET_FRACTION = re.compile(r"\d{1,3}\s*/\s*\d{1,3}")
SHEET_OF = re.compile(r"sheet\s*\d+\s*of\s*\d+", re.IGNORECASE)
HEADER = re.compile(r"patent|publication|sheet\b|\bof\s+\d+|US\s*20\d\d/|(?:19|20)\d\d/\d{6,7}", re.IGNORECASE)
FIGURE_NUMBER = re.compile(r"([1-9]\d{0,2}\s?[A-Za-z]{0,2}'{0,2}(?:\s?\([A-Za-z0-9]{1,3}\))?)")
FIGURE_WORD = re.compile(
    r"(F\s*[I1il|]\s*G\s*(?:[UVu]\s*R\s*E)?\s*S?|F[i1lI][gq9]\s?ure?s?|F[i1lI][gq9]s?|Abb(?:ildung)?)\s*[.,:;]?\s*"
)
_UNITS = (
    r"mm|cm|km|dm|um|nm|m|in|inch|inches|ft|deg|kg|mg|g|Hz|kHz|MHz|GHz|V|kV|mV|A|mA|W|kW|K|C|s|ms|us|min|h|ppm|%|dB"
)
UNIT = re.compile(rf"(?:{_UNITS})\.?")
DIMENSION = re.compile(
    r"[+-]?\d+(?:[.,]\d+)?\s?(?:mm|cm|[up]m|nm|km|kg|Hz|kHz|MHz|GHz|kV|kW|ms|ppm|dB|%|°)|[ØøR]\s?\d+[.,]\d+"
)

_TIDY = str.maketrans({"’": "'", "′": "'", "`": "'", "´": "'", "‘": "'", "–": "-", "—": "-", "−": "-"})


def tidied(text: str) -> str:
    """The text with one kind of prime and dash, without stray punctuation that dirt beside a numeral causes."""
    text = text.translate(_TIDY).replace('"', "''").strip()
    text = text.strip(".,:;-_/+=%&").lstrip("'").strip()
    bracketed = re.fullmatch(r"\(([^()]+)\)", text)
    return bracketed.group(1) if bracketed else text.strip("()")


def looks_like_numeral(text: str) -> bool:
    """Whether a tidied text has the form of a reference numeral."""
    return NUMERAL.fullmatch(text) is not None


def figure_label(text: str) -> tuple[str, str] | None:
    """A figure label as (word, number), such as ("FIG.", "3a"); the number is empty when only the word is present."""
    match = FIGURE_WORD.match(text)
    if not match:
        return None
    rest = text[match.end() :]
    number = FIGURE_NUMBER.match(rest)
    if number:
        return _label_word(match.group(1)), number.group(1).replace(" ", "")
    return (_label_word(match.group(1)), "") if not rest.strip(" .,:;'-") else None


def _label_word(seen: str) -> str:
    """The corrected word of a label: spaced letters joined, and l or 1 in place of i replaced."""
    letters = re.sub(r"\s", "", seen)
    if letters.startswith("Abb"):
        return "Abbildung" if len(letters) > 3 else "Abb."
    upper = letters[-1].isupper() and letters[0].isupper()
    if len(letters) >= 5:
        word = "FIGURE" if upper else "Figur" if letters.endswith("r") else "Figure"
        return word
    return "FIG." if upper else "Fig."
