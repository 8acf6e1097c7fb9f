"""The bibliographic data of <SDOBI>: titles, parties, classes, application, priorities, citations, family.

B-numbers are WIPO ST.32 tags (INID codes with a B): B110 number, B210 application, B310–B330 priority, B510 IPC,
B520EP CPC, B540 title, B561 and B562 citations, B600 related documents, B710–B740 parties, B860 and B870 PCT.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from itertools import chain

from lxml import etree

from engine.patents.flow import FlowNotes, text_of
from engine.patents.publication import Citation, Classification, Note, Party, Priority, Title

_SYMBOL = re.compile(r"([A-HY])\s*(\d{2})\s*([A-Z])(?:\s*(\d{1,4})\s*/\s*(\d{2,6}))?")
_EDITION = re.compile(r"^[/\s]*\d?\s*(?=[A-HY])")  # "7C 07C 29/44": the edition of IPC 1 to 7 comes first
_LOCARNO = re.compile(r"^\s*(\d{2})\s*-?\s*(\d{2})\b")
NUMBER_CHARACTERS = 40
_PARTIES = (
    ("B710/B711", "applicant"),
    ("B720/B721", "inventor"),
    ("B730/B731", "proprietor"),
    ("B740/B741", "representative"),
    ("B780/B781", "opponent"),
)
_RELATED = ("B610", "B620", "B620EP", "B630", "B640", "B645", "B650", "B655", "B660", "B670")


@dataclass(frozen=True, slots=True)
class Bibliography:
    """The bibliographic data of a patent XML, as fields of PatentDocument."""

    titles: tuple[Title, ...] = ()
    parties: tuple[Party, ...] = ()
    classifications: tuple[Classification, ...] = ()
    application_number: str = ""
    application_date: datetime.date | None = None
    priorities: tuple[Priority, ...] = ()
    citations: tuple[Citation, ...] = ()
    family: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


class DateReader:
    """Reads dates YYYYMMDD; an invalid date becomes None and a note."""

    def __init__(self) -> None:
        self.notes: list[Note] = []

    def read(self, text: str | None, what: str) -> datetime.date | None:
        digits = (text or "").strip()
        if not digits:
            return None
        if re.fullmatch(r"[0-9]{8}", digits):
            try:
                return datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
            except ValueError:
                pass
        self.notes.append(Note("impossible-date", f"the {what} {digits[:20]!r} is not a date; it was left empty"))
        return None


def read_bibliography(sdobi: etree._Element, country: str, notes: FlowNotes) -> Bibliography:
    """Read everything from the <SDOBI>. country: ST.3 code of the root, for numbers without one."""
    dates = DateReader()
    application = text_of(sdobi.find(".//B210"), notes)
    return Bibliography(
        titles=_titles(sdobi, notes),
        parties=_parties(sdobi, notes),
        classifications=classifications_of(sdobi, notes),
        application_number=number_with_country(application, country) if application else "",
        application_date=dates.read(text_of(sdobi.find(".//B220/date"), notes), "application date"),
        priorities=_priorities(sdobi, dates, notes),
        citations=_citations(sdobi, notes),
        family=_family(sdobi, country, notes),
        notes=tuple(dates.notes),
    )


def _titles(sdobi: etree._Element, notes: FlowNotes) -> tuple[Title, ...]:
    titles, language = [], (sdobi.get("lang") or "").lower()
    for element in chain.from_iterable(sdobi.iterfind(".//B540")):
        if element.tag == "B541":
            language = text_of(element, notes).lower()
        elif element.tag == "B542" and (text := text_of(element, notes)):
            titles.append(Title(language[:2], text))
    return tuple(titles)


def country_of(element: etree._Element | None, notes: FlowNotes) -> str:
    """The ST.3 code in an element, or an empty text."""
    code = text_of(element, notes).upper()
    return code if re.fullmatch(r"[A-Z]{2}", code) else ""


def _parties(sdobi: etree._Element, notes: FlowNotes) -> tuple[Party, ...]:
    found = []
    for path, role in _PARTIES:
        for element in sdobi.iterfind(f".//{path}"):
            name = ", ".join(text for tag in ("snm", "fnm", "onm") if (text := text_of(element.find(tag), notes)))
            if name:
                found.append(Party(role, name, country_of(element.find("adr/ctry"), notes)))
    return tuple(dict.fromkeys(found))


def symbol_of(text: str) -> str:
    """The class symbol at the start of a text, as "F04C 2/08" or "F04C"; empty when there is none.

    Accepts the padded forms of ST.8 ("F04C   2/08        20060101AFI…"), those of IPC 1 to 7 with the edition first
    ("7C 07C  29/44   A", "2C 07D 307/12 A") and "// A01N43/08".
    """
    match = _SYMBOL.match(text, _end(_EDITION, text))
    if match is None:
        return ""
    section, klass, subclass, group, subgroup = match.groups()
    head = f"{section}{klass}{subclass}"
    return f"{head} {int(group)}/{subgroup}" if group else head


def _end(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0


def classifications_of(sdobi: etree._Element, notes: FlowNotes) -> tuple[Classification, ...]:
    """IPC of every edition, CPC and Locarno ("LOC", "28-03"), each symbol once, in the order of the schemes."""
    found: list[Classification] = []
    for tag in ("B511", "B512", "B513", "B514", "B515", "B517EP"):
        for element in sdobi.iterfind(f".//B510/{tag}"):
            found.append(Classification("IPC", symbol_of(text_of(element, notes))))
    for tag in ("main-classification", "further-classification"):
        for element in sdobi.iterfind(f".//classification-ipc/{tag}"):
            found.append(Classification("IPC", symbol_of(text_of(element, notes))))
    for tag, scheme in (("classification-ipcr", "IPC"), ("classification-cpc", "CPC")):
        for element in sdobi.iterfind(f".//{tag}"):
            found.append(Classification(scheme, _structured_symbol(element, notes)))
    for element in sdobi.iterfind(".//classification-locarno"):
        for part in (*element.iterfind("main-classification"), *element.iterfind("further-classification")):
            match = _LOCARNO.match(text_of(part, notes))
            found.append(Classification("LOC", f"{match.group(1)}-{match.group(2)}" if match else ""))
    return tuple(dict.fromkeys(one for one in found if one.symbol))


def _structured_symbol(element: etree._Element, notes: FlowNotes) -> str:
    text = element.find("text")
    if text is not None:
        return symbol_of(text_of(text, notes))
    parts = {
        tag: text_of(element.find(tag), notes) for tag in ("section", "class", "subclass", "main-group", "subgroup")
    }
    group = f" {parts['main-group']}/{parts['subgroup']}" if parts["main-group"] else ""
    return symbol_of(f"{parts['section']}{parts['class']}{parts['subclass']}{group}" or text_of(element, notes))


def _priorities(sdobi: etree._Element, dates: DateReader, notes: FlowNotes) -> tuple[Priority, ...]:
    rows: list[dict[str, str]] = []
    for element in chain.from_iterable(sdobi.iterfind(".//B300")):
        if element.tag == "B310":
            rows.append({"number": text_of(element, notes)})
        elif rows and element.tag == "B320":
            rows[-1]["date"] = text_of(element.find("date"), notes)
        elif rows and element.tag == "B330":
            rows[-1]["country"] = country_of(element.find("ctry"), notes)
    return tuple(
        Priority(
            row.get("country", ""), row["number"][:NUMBER_CHARACTERS], dates.read(row.get("date"), "priority date")
        )
        for row in rows
        if row["number"]
    )


def _citations(sdobi: etree._Element, notes: FlowNotes) -> tuple[Citation, ...]:
    found = []
    for element in chain.from_iterable(sdobi.iterfind(".//B560")):
        kind = {"B561": "patent", "B562": "npl"}.get(str(element.tag))
        if kind and (text := text_of(element, notes)):
            found.append(Citation(kind, text))
    return tuple(dict.fromkeys(found))


def _family(sdobi: etree._Element, country: str, notes: FlowNotes) -> tuple[str, ...]:
    """Numbers of parents, divisionals, corrections and the PCT application and publication, in document order."""
    found: list[str] = []
    related = [element for tag in _RELATED for element in sdobi.iterfind(f".//{tag}")]
    for element in (*related, *sdobi.iterfind(".//B860/B861"), *sdobi.iterfind(".//B870/B871")):
        international = element.tag in ("B861", "B871")
        for number in element.iter("anum", "pnum"):
            text = text_of(number, notes)
            document = next(number.iterancestors("pdoc", "cdoc", "B861", "B871"), element)
            own = country_of(document.find("ctry"), notes)
            if text:
                found.append(number_with_country(text, own or ("WO" if international else country)))
        for dnum in element.iter("dnum"):
            if not len(dnum) and (text := text_of(dnum, notes)):
                found.append(number_with_country(text, country))
    return tuple(dict.fromkeys(found))


def number_with_country(number: str, country: str) -> str:
    """The number with its country and without check digit and blanks: "07012363.9" → "EP07012363".

    WO numbers of two-digit years get their century (PCT started in 1978): "WO02020444" → "WO2002020444".
    """
    compact = re.sub(r"[\s/-]", "", number.strip())
    compact = re.sub(r"\.\d$", "", compact)[:NUMBER_CHARACTERS]
    compact = compact if re.match(r"[A-Z]{2}", compact) else f"{country}{compact}"
    short = re.fullmatch(r"WO(\d{2})(\d{5,6})", compact)
    if short is None:
        return compact
    year = int(short.group(1))
    return f"WO{1900 + year if year >= 78 else 2000 + year}{short.group(2).zfill(6)}"
