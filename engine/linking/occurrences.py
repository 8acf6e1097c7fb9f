"""Every number of a paragraph that could be a reference sign, with the words that speak for or against it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum, auto

from engine.linking.figure_labels import FigureMention
from engine.linking.vocabulary import CITED_OR_PART, HARD_HEADS, SIGN_WORDS, STOP_WORDS, UNITS
from engine.publication import Span


class Context(Enum):
    """What stands before a number."""

    NAMED = auto()  # a word that may name a part: "wheel loader 101", "housing (12)"
    LISTED = auto()  # goes on a list: "12, 14 and 16"
    SIGNED = auto()  # announced as a sign: "reference numeral 12", or printed bold
    BARE = auto()  # a function word, punctuation, or nothing
    CITED = auto()  # "claim 1", "Table 2", and what goes on their list
    AGAINST = auto()  # "[0012]", "10 mm", dates, numbers of patents and standards


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One number in paragraph `paragraph`, characters [start, end); words: up to six before it, nearest last.

    after: the word that follows ("" at punctuation). chain: position, among the paragraph's occurrences, of the
    head of the list it goes on, or its own. is_range: the sign before it was a range's ("12 to 16"). leads: others follow on
    its list, so that the words before it may be a plural.
    """

    paragraph: int
    start: int
    end: int
    text: str
    context: Context
    words: tuple[str, ...]
    after: str
    language: str
    chain: int
    is_range: bool = False
    bracketed: bool = False
    leads: bool = False


# A sign as patents write it: 12, 12a, 12', 10-1, A1, S101, B21S. Not a piece of a decimal, a date or a longer word;
# numbers side by side are a table, or a number that a scan has broken ("2 1 1").
_SIGN = re.compile(
    r"""(?x)(?<![\w.,#$€£+=<>≤≥~^])(?<![^\W\d_][-–])(?<!\d[\s][.,])(?<!\d[ ])
    (?P<sign>(?![2-5][DG]\b)(?:[A-Z]{1,3})?\d{1,4}(?:[A-Za-z]{1,2}(?![A-Za-z]))?
      (?P<variant>-\d{1,3}[a-z]?(?![\w-]))?(?:['′’`]{1,3}|″)?)
    (?![\w+=^]|[.,:]\d|[ ]\d|\s?[%‰°×]|\s?[-–]?\s?[=<>±≤≥])""",
)
_INNER_HYPHEN = re.compile(r"\d[A-Za-z]?['′’]*\s?[-–]\s?\Z")
# Cover sheets of scanned US and WO publications carry INID codes (WIPO ST.9) that look like bracketed signs.
_COVER_SHEET = re.compile(r"\(54\)\s+[A-Z]{4}|\(57\)\s+(?i:abstract)|\(21\)\s+(?i:appl|int)")
_SPACED_SUFFIX = re.compile(r"\s(?P<letter>[b-fg])(?=[\s,;.)])|\s(?P<german>a)(?=[\s,;.)])")

_NUMBER = r"\d+(?:[.,]\d+)*"
_JOIN = r"\s*(?:to|and|or|bis|und|oder|à|et|ou|through|,|x|×|[-–~/±])\s*"
_AGAINST = re.compile(
    rf"""(?x)
      (?:{_NUMBER}{_JOIN})*{_NUMBER}\s*-?\s*(?:{UNITS})(?![\w'′])                     # quantities and their ranges
    | \[\s?\d{{3,5}}\s?\]                                                          # paragraph numbers
    | \b(?:19|20)\d\d\s?[-/.]\s?\d\d?\s?[-/.]\s?\d\d?\b | \b\d\d?\s?[-/.]\s?\d\d?\s?[-/.]\s?(?:19|20)?\d\d\b   # dates
    | \b\d+\s?(?:st|nd|rd|th)\b
    | \b[A-Z0-9]{{4}}\s?\d{{1,4}}\s?/\s?\d{{2,6}} | \(\s?(?:19|20)\d\d\s?\.\s?\d\d\s?\) # symbols misread in scans, their dates
    | \b[A-HY]\s?\d\s?\d\s?[A-Z]\s?\d{{1,4}}\s?/\s?\d{{2,6}}\b  # IPC and CPC symbols
    | \b(?:US|EP|WO|JP|DE|FR|GB|CN|KR|AT|CH|CA|PCT)\b[\s/-]?(?:[A-Z]{{1,2}}[\s-]?)?\d[\d\s,./]*\d
      (?:\s?[ABCUE]\d?\b)?  # patents
    | \b\d{{1,3}}(?:,\d{{3}})+\b | \b\d{{2}}/\d{{3}},?\d{{3}}\b | \b\d{{5,}}\b  # thousands, serial and long numbers
    | \b(?:ISO|DIN|EN|IEC|ASTM|IEEE|RFC|JIS|AISI|SAE|ANSI|BS|VDE|ETSI)(?:[\s/-](?:ISO|EN|IEC))*[\s-]?[A-Z]?\d[\d.:-]*
    | \bSEQ\s+ID\s+NOS?\s?[.:]?\s?\d+(?:\s?(?:-|to|and|,)\s?\d+)*
    | \bbetween\s+{_NUMBER}\s+and\s+{_NUMBER}(?=\s+[a-z])
    | (?:\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)[a-z]*\s?\.?\s?\d{{1,2}}\s?,\s?\d{{4}}\b)
    | \b\d+\s?/\s?\d+\b(?=\s(?:of|inch|of\s+the))
    """,
)
_UNIT = re.compile(UNITS)
_SEPARATOR = re.compile(
    r"\s*\)?\s*(?P<s>,\s*(?:and/or|and|or|und|oder|et|ou)\b|,|;|/|and/or\b|and\b|or\b|und\b|oder\b|sowie\b|et\b|ou\b"
    r"|to\b|bis\b|à\b|through\b|[-–])\s*\(?\s*(?:respectively\s)?\Z"
)
_RANGES = frozenset({"to", "bis", "à", "through", "-", "–"})
_BOUNDARY = re.compile(r"""[,;:.!?()\[\]{}"“”„«»<>=*|•\n\t/]""")
_WORD_AFTER = re.compile(r"\s*([^\W\d_]+)")
_ELISION = re.compile(r"\b([ldnsLDNS]|qu|Qu)['’]")
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[-‐’'](?=[^\W\d_]))*(?:\([es]{1,2}\))?\Z")
_THREE_DIGITS = re.compile(r"\d{3,4}[a-z]?\b")
_YEAR = re.compile(r"(?:19|20)\d\d\b")
_STEP = re.compile(
    r"(?:(?:^|[.;:]\s*)(?:At|In)|\b(?:respect|regard|performed|described|identified|obtained)\s+(?:to|at|in))\Z"
)
_CITING = frozenset(
    {"in", "of", "see", "and", "or", "from", "to", "at", "by", "with", "under", "per", "siehe", "gemäß", "nach", "voir"}
)
_WINDOW = 100


def occurrences_of(
    paragraph: int, text: str, language: str, figures: list[FigureMention], emphasised: tuple[Span, ...]
) -> list[Occurrence]:
    """Return the numbers of one paragraph in order, those of figure labels left out."""
    if _COVER_SHEET.search(text):
        return []
    labels = _covered(text, ((mention.start, mention.end) for mention in figures))
    blocked = _covered(text, (match.span() for match in _AGAINST.finditer(text)))
    bold = _covered(text, ((span.start, span.end) for span in emphasised))
    found: list[Occurrence] = []
    position = 0
    while match := _SIGN.search(text, position):
        start, end = match.span("sign")
        position = end
        if match["variant"] and not _is_variant(match["sign"]):
            position = end = match.start("variant")  # "140-149" is a range
        if labels[start]:
            continue
        if not blocked[start]:
            end = _with_suffix(text, end, language)
        context, words, chain, separator, bracketed = _surroundings(
            text,
            start,
            language,
            found,
            against=bool(blocked[start]),
            bold=bool(bold[start]) and not _is_item(text, span=(start, end)),
        )
        after = _WORD_AFTER.match(text, end)
        found.append(
            Occurrence(
                paragraph,
                start,
                end,
                normalised_numeral(text[start:end]),
                context,
                words,
                after[1] if after else "",
                language,
                chain,
                separator in _RANGES,
                bracketed,
            )
        )
    return _with_leaders(found)


def _surroundings(
    text: str, start: int, language: str, found: list[Occurrence], *, against: bool, bold: bool
) -> tuple[Context, tuple[str, ...], int, str, bool]:
    """Context, words, chain, separator and brackets of the number at `start`, told from what stands before it."""
    own = len(found)
    if against:
        return Context.AGAINST, (), own, "", False
    previous = found[-1] if found else None
    if previous and start - previous.end < 20 and previous.context not in (Context.AGAINST, Context.BARE):
        joined = _SEPARATOR.match(text, previous.end, start)
        if joined:
            context = Context.CITED if previous.context is Context.CITED else Context.LISTED
            return context, previous.words, previous.chain, joined["s"], previous.bracketed
    before = text[max(0, start - _WINDOW) : start].rstrip()
    bracketed = before.endswith("(")
    before = before[:-1].rstrip() if bracketed else before
    last = before[before.rfind(" ") + 1 :].lstrip("([")
    if _is_citation(before, last):
        return Context.CITED, (), own, "", bracketed
    words = words_before(before, language)
    if last.lower() in SIGN_WORDS or (not words and _is_step(before, text, start)):
        return Context.SIGNED, (), own, "", bracketed
    if bold:
        return Context.SIGNED, words, own, "", bracketed
    return Context.NAMED if words else Context.BARE, words, own, "", bracketed


def _is_citation(before: str, last: str) -> bool:
    """Whether the word before a number cites something ("claim", "No.", "Table") and names no part."""
    plain = last.lower().rstrip(".")
    if plain in HARD_HEADS or (plain in ("no", "p", "l", "art") and (last.endswith(".") or last[0].isupper())):
        return True
    if plain not in CITED_OR_PART:
        return False
    others = before[: -len(last)].split()
    return last[0].isupper() or not others or not _WORD.match(others[-1]) or others[-1].lower() in _CITING


def _is_step(before: str, text: str, start: int) -> bool:
    """Whether a number of three or four digits is a box of a flow chart: "At 205, a view is made", "respect to 209"."""
    digits = _THREE_DIGITS.match(text, start)
    return bool(digits and not _YEAR.match(text, start) and _STEP.search(before))


def _is_variant(sign: str) -> bool:
    """Whether "1308-1" is one sign; "140-149" and "2-4" are ranges."""
    base, variant = sign.split("-", 1)
    return int(re.sub(r"\D", "", base)) > int(re.sub(r"\D", "", variant))


def _is_item(text: str, span: tuple[int, int]) -> bool:
    """Whether a bold number only counts a claim or a list: "<b>4.</b> Procedure"."""
    return span[0] == 0 or text[span[1] : span[1] + 1] in (".", ")") and not text[: span[0]].strip()


def _with_leaders(found: list[Occurrence]) -> list[Occurrence]:
    for position in {one.chain for one in found if one.context is Context.LISTED}:
        found[position] = replace(found[position], leads=True)
    return found


def words_before(before: str, language: str) -> tuple[str, ...]:
    """Return up to six words directly before a number that may name a part, nearest last; () where none may."""
    edge = 0
    for boundary in _BOUNDARY.finditer(before):
        edge = boundary.end()
    pieces = _ELISION.sub(r"\1 ", before[edge:]).split()
    stop = STOP_WORDS.get(language, STOP_WORDS["en"])
    words: list[str] = []
    for piece in reversed(pieces):
        if len(words) == 6 or not _WORD.match(piece) or piece.lower() in stop:
            break
        if not words and (len(piece) == 1 or _UNIT.fullmatch(piece)):
            break
        words.append(piece)
    return tuple(reversed(words))


def normalised_numeral(text: str) -> str:
    """Return a reference sign with blanks gone and one kind of prime and hyphen: "12 ′" is "12'"; case is kept."""
    plain = re.sub(r"\s", "", text).replace("″", "''").replace("–", "-")
    return re.sub(r"[′’`]", "'", plain)


def _with_suffix(text: str, end: int, language: str) -> int:
    """The end of a sign whose letter stands apart, as German texts print it: "Gewindeabschnitt 4 b"."""
    if language != "de" or not text[end - 1].isdigit():
        return end
    match = _SPACED_SUFFIX.match(text, end)
    return match.end() if match else end


def _covered(text: str, spans: Iterable[tuple[int, int]]) -> bytearray:
    """One byte per character, 1 inside a span: a look-up stays cheap in a paragraph of any length."""
    marks = bytearray(len(text))
    for start, end in spans:
        marks[start:end] = b"\x01" * (end - start)
    return marks
