"""Find every number of a paragraph that could be a reference sign, with the evidence around it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.linking.figure_labels import FigureMention
from engine.linking.surroundings import Context, Surroundings, surroundings_of
from engine.linking.vocabulary import UNITS
from engine.patents.publication import Span


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A number in paragraph `paragraph`, characters [start, end). words: up to six that may name it, nearest last.

    preposition: the word before it when none names it. after: the following word ("" at punctuation). chain:
    index, among the paragraph's occurrences, of the first of its list, or its own. is_range: the sign
    ends a range ("12 to 16"). leads: others follow in its list, so its words may be plural.
    """

    paragraph: int
    start: int
    end: int
    text: str
    context: Context
    words: tuple[str, ...]
    preposition: str
    after: str
    language: str
    chain: int
    is_range: bool = False
    bracketed: bool = False
    leads: bool = False


# A sign as patents write it: 12, 12a, 12', 10-1, A1, S101, B21S. Not part of a decimal, a date or a longer word;
# adjacent numbers are a table, or a number split by a scan ("2 1 1").
_SIGN = re.compile(
    r"""(?x)(?<![\w.,#$€£+=<>≤≥~^])(?<![^\W\d_][-–])(?<!\d[\s][.,])(?<!\d[ ])
    (?P<sign>(?![2-5][DG]\b)(?:[A-Z]{1,3})?\d{1,4}(?:[A-Za-z]{1,2}(?![A-Za-z]))?
      (?P<variant>-\d{1,3}[a-z]?(?![\w-]))?(?:['′’`]{1,3}|″)?)
    (?![\w+=^]|[.,:]\d|[ ]\d|\s?[%‰°×]|\s?[-–]?\s?[=<>±≤≥])""",
)
# German texts separate the letter: "Gewindeabschnitt 4 b".
_SPACED_SUFFIX = re.compile(r"\s[a-g](?=[\s,;.)])")
# Without a blank after the comma a list in brackets looks like a decimal: "(20,21)".
_TIGHT_LIST = re.compile(r"\(\s?\d{1,4}[a-z]?(?:,\d{1,4}[a-z]?){1,12}\s?\)")
# Cover sheets of scanned US and WO publications have INID codes (WIPO ST.9) that look like signs in brackets.
_COVER_SHEET = re.compile(r"\(54\)\s+[A-Z]{4}|\(57\)\s+(?i:abstract)|\(21\)\s+(?i:appl|int)")
_LIST_LINE = re.compile(
    r"(?m)^\s{0,4}(?P<sign>[A-Z]{0,3}\d{1,4}[a-z]{0,2}['′’]{0,2})[ \t]*[.:=–-]{0,2}[ \t]*"
    r"(?P<name>[^\W\d_][^\n\d]{2,80})$"
)
FEWEST_LIST_LINES = 4
"""This many lines like "12 housing" in one paragraph are a list of reference signs."""

# Every repetition is bounded, so that a paragraph of digits does not take quadratic time.
_NUMBER = r"\d{1,9}(?:[.,]\d{1,9})?"
_JOIN = r"\s?(?:to|and|or|bis|und|oder|à|et|ou|through|,|x|×|[-–~/±])\s?"
_AGAINST = re.compile(
    rf"""(?x)(?=[\s\d(\[A-Zb])(?:
      (?<!\d)(?<!\d[.,])(?:{_NUMBER}{_JOIN}){{0,4}}{_NUMBER}(?![A-Za-z]\b)\s?-?\s?(?:{UNITS})(?![\w'′])  # 5-10 mm
    | \[\s?\d{{3,5}}\s?\]  # paragraph numbers
    | \b(?:19|20)\d\d\s?[-/.]\s?\d\d?\s?[-/.]\s?\d\d?\b | \b\d\d?\s?[-/.]\s?\d\d?\s?[-/.]\s?(?:19|20)?\d\d\b  # dates
    | \b\d{{1,4}}\s?(?:st|nd|rd|th)\b | \b\d{{1,4}}-[a-z]{{3,}}  # 1st, 3-block
    | \b[A-Z0-9]{{4}}\s?\d{{1,4}}\s?/\s?\d{{2,6}}  # classification symbols misread in scans
    | \(\s?(?:19|20)\d\d\s?\.\s?\d\d\s?\)  # their dates
    | \([\w',]{{1,12}}\)-(?=[\w(])  # (3R)-methyl
    | \b[A-HY]\s?\d\s?\d\s?[A-Z]\s?\d{{1,4}}\s?/\s?\d{{2,6}}\b  # IPC and CPC symbols
    | \b(?:US|EP|WO|JP|DE|FR|GB|CN|KR|AT|CH|CA|PCT)\b[\s/-]?(?:[A-Z]{{1,2}}[\s-]?)?\d[\d\s,./]{{0,24}}\d
      (?:\s?[ABCUE]\d?\b)?  # patents
    | \b\d{{1,3}}(?:,\d{{3}}){{1,4}}\b | \b\d{{2}}/\d{{3}},?\d{{3}}\b | \b\d{{5,40}}\b  # thousands, serial numbers
    | \b(?:ISO|DIN|EN|IEC|ASTM|IEEE|RFC|JIS|AISI|SAE|ANSI|BS|VDE|ETSI)(?:[\s/-](?:ISO|EN|IEC)){{0,2}}[\s-]?
      [A-Z]?\d[\d.:-]{{0,16}}
    | \bSEQ\s+ID\s+NOS?\s?[.:]?\s?\d{{1,5}}(?:\s?(?:-|to|and|,)\s?\d{{1,5}}){{0,20}}
    | \bbetween\s+{_NUMBER}\s+and\s+{_NUMBER}(?=\s+[a-z])
    | \b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)[a-z]{{0,6}}\s?\.?\s?\d{{1,2}}\s?,\s?\d{{4}}\b
    | \b\d{{1,4}}\s?/\s?\d{{1,4}}\b(?=\s(?:of|inch|of\s+the))
    | (?:\A|(?<=[.;:]\s)|(?<=[.;:]\n))\s?\(?\d{{1,3}}\s?[.)](?=\s)  # items of a list, numbers of claims
    )""",
)
_SEPARATOR = re.compile(
    r"\s*\)?\s*(?P<s>,\s*(?:and\s?/\s?or|and|or|und|oder|et|ou)\b|,|;|and\s?/\s?or\b|/|and\b|or\b|und\b|oder\b|sowie\b|et\b|ou\b"
    r"|to\b|bis\b|à\b|through\b|[-–])\s*\(?\s*(?:respectively\s)?\Z"
)
_RANGES = frozenset({"to", "bis", "à", "through", "-", "–"})
_FARTHEST = 20
"""The most characters between two signs of one list."""

_WORD_AFTER = re.compile(r"\s{0,3}([^\W\d_]+)")


def occurrences_of(
    paragraph: int, text: str, language: str, figures: list[FigureMention], emphasised: tuple[Span, ...]
) -> list[Occurrence]:
    """Return the numbers of one paragraph in order, without those of figure labels."""
    if _COVER_SHEET.search(text):
        return []
    text = _TIGHT_LIST.sub(_with_semicolons, text)
    labels = _covered(text, ((mention.start, mention.end) for mention in figures))
    blocked = _covered(text, (match.span() for match in _AGAINST.finditer(text)))
    bold = _covered(text, ((span.start, span.end) for span in emphasised))
    lines = _list_lines(text)
    found: list[Occurrence] = []
    position = 0
    while match := _SIGN.search(text, position):
        start, end = match.span("sign")
        position = end
        if match["variant"] and not _is_variant(match["sign"]):
            position = end = match.start("variant")  # "140-149" is a range
        if labels[start]:
            continue
        joined = _joined(text, start, found)
        if start in lines:
            around = Surroundings(Context.SIGNED, lines[start])
        elif blocked[start]:
            around = Surroundings(Context.AGAINST)
        elif joined:
            end = _with_suffix(text, end, language)
            around = _continued(found[-1])
        else:
            end = _with_suffix(text, end, language)
            around = surroundings_of(text, start, language, bool(bold[start]))
        chain = found[-1].chain if joined and around.context in (Context.LISTED, Context.CITED) else len(found)
        separator = joined["s"] if joined else ""
        found.append(_occurrence(paragraph, text, (start, end), language, around, chain, separator))
    return _with_leaders(found)


def normalised_numeral(text: str) -> str:
    """Return a reference sign without blanks and with one kind of prime and hyphen: "12 ′" is "12'". Case is kept."""
    plain = re.sub(r"\s", "", text).replace("″", "''").replace("–", "-")
    return re.sub(r"[′’`]", "'", plain)


def _occurrence(
    paragraph: int,
    text: str,
    span: tuple[int, int],
    language: str,
    around: Surroundings,
    chain: int,
    separator: str,
) -> Occurrence:
    start, end = span
    after = _WORD_AFTER.match(text, end)
    return Occurrence(
        paragraph=paragraph,
        start=start,
        end=end,
        text=normalised_numeral(text[start:end]),
        context=around.context,
        words=around.words,
        preposition=around.preposition,
        after=after[1] if after else "",
        language=language,
        chain=chain,
        is_range=separator in _RANGES,
        bracketed=around.bracketed,
    )


def _joined(text: str, start: int, found: list[Occurrence]) -> re.Match[str] | None:
    """The separator between the last number and this one when both are in one list."""
    if not found or start - found[-1].end >= _FARTHEST or found[-1].context in (Context.AGAINST, Context.BARE):
        return None
    return _SEPARATOR.match(text, found[-1].end, start)


def _continued(previous: Occurrence) -> Surroundings:
    context = Context.CITED if previous.context is Context.CITED else Context.LISTED
    return Surroundings(context, previous.words, previous.bracketed)


def _list_lines(text: str) -> dict[int, tuple[str, ...]]:
    """The start and name of each sign in a list of reference signs, one per line; empty for other paragraphs."""
    if "\n" not in text:
        return {}
    lines = list(_LIST_LINE.finditer(text))
    if len(lines) < FEWEST_LIST_LINES:
        return {}
    return {line.start("sign"): tuple(line["name"].strip(" ,;.").split()[:6]) for line in lines}


def _with_semicolons(match: re.Match[str]) -> str:
    """A list in brackets with semicolons for commas, unless it is a decimal; its numbers must ascend."""
    values = [int(re.sub(r"\D", "", value)) for value in match[0].split(",")]
    return match[0].replace(",", ";") if values[0] and values == sorted(set(values)) else match[0]


def _is_variant(sign: str) -> bool:
    """Whether "1308-1" is one sign; "140-149" and "2-4" are ranges."""
    base, variant = sign.split("-", 1)
    return int(re.sub(r"\D", "", base)) > int(re.sub(r"\D", "", variant))


def _with_leaders(found: list[Occurrence]) -> list[Occurrence]:
    for position in {one.chain for one in found if one.context is Context.LISTED}:
        found[position] = replace(found[position], leads=True)
    return found


def _with_suffix(text: str, end: int, language: str) -> int:
    """The end of a sign, including its separate letter in German text."""
    if language != "de" or not text[end - 1].isdigit():
        return end
    match = _SPACED_SUFFIX.match(text, end)
    return match.end() if match else end


def _covered(text: str, spans: Iterable[tuple[int, int]]) -> bytearray:
    """One byte per character, 1 inside a span, for fast look-up in long paragraphs."""
    marks = bytearray(len(text))
    for start, end in spans:
        marks[start:end] = b"\x01" * (end - start)
    return marks
