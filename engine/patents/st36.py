"""The bibliographic data of <bibliographic-data>, which the DTDs allow in place of <SDOBI> (WIPO ST.36)."""

from __future__ import annotations

from lxml import etree

from engine.patents.bibliography import (
    NUMBER_CHARACTERS,
    Bibliography,
    DateReader,
    classifications_of,
    country_of,
    number_with_country,
)
from engine.patents.flow import FlowNotes, text_of
from engine.patents.publication import Citation, Note, Party, Priority, Title

_PARTIES = (
    (".//parties/applicants/applicant", "applicant"),
    (".//parties/inventors/inventor", "inventor"),
    (".//assignees/assignee", "proprietor"),
    (".//parties/agents/agent", "representative"),
)
_NAMES = ("orgname", "last-name", "first-name", "name")
_RELATED = (".//related-documents//document-id", ".//pct-or-regional-filing-data/document-id",
            ".//pct-or-regional-publishing-data/document-id")  # fmt: skip


def read_st36(head: etree._Element, country: str, notes: FlowNotes) -> Bibliography:
    """Read the bibliography from ST.36 elements; otherwise as bibliography.read_bibliography."""
    dates = DateReader()
    application = head.find("application-reference/document-id")
    return Bibliography(
        titles=tuple(
            Title((element.get("lang") or "").lower()[:2], text)
            for element in head.iterfind("invention-title")
            if (text := text_of(element, notes))
        ),
        parties=_parties(head, notes),
        classifications=classifications_of(head, notes),
        application_number="" if application is None else _number(application, country, notes),
        application_date=None
        if application is None
        else dates.read(text_of(application.find("date"), notes), "application date"),
        priorities=_priorities(head, dates, notes),
        citations=_citations(head, notes),
        family=tuple(dict.fromkeys(_number(one, country, notes) for path in _RELATED for one in head.iterfind(path))),
        notes=(*dates.notes, *_unread(head)),
    )


def _number(document_id: etree._Element, country: str, notes: FlowNotes) -> str:
    own = country_of(document_id.find("country"), notes) or country
    return number_with_country(text_of(document_id.find("doc-number"), notes), own)


def _parties(head: etree._Element, notes: FlowNotes) -> tuple[Party, ...]:
    found = []
    for path, role in _PARTIES:
        for element in head.iterfind(path):
            book = element.find("addressbook")
            if book is None:
                continue
            name = ", ".join(text for tag in _NAMES if (text := text_of(book.find(tag), notes)))
            if name := name or text_of(book.find("text"), notes):
                found.append(Party(role, name, country_of(book.find("address/country"), notes)))
    return tuple(dict.fromkeys(found))


def _priorities(head: etree._Element, dates: DateReader, notes: FlowNotes) -> tuple[Priority, ...]:
    return tuple(
        Priority(
            country_of(claim.find("country"), notes),
            text_of(claim.find("doc-number"), notes)[:NUMBER_CHARACTERS],
            dates.read(text_of(claim.find("date"), notes), "priority date"),
        )
        for claim in head.iterfind("priority-claims/priority-claim")
    )


def _citations(head: etree._Element, notes: FlowNotes) -> tuple[Citation, ...]:
    found = []
    for citation in head.iterfind("references-cited/citation"):
        for element in citation:
            kind = {"patcit": "patent", "nplcit": "npl"}.get(str(element.tag))
            if kind and (text := text_of(element, notes)):
                found.append(Citation(kind, text))
    return tuple(dict.fromkeys(found))


def _unread(head: etree._Element) -> tuple[Note, ...]:
    if head.find("references-cited/text") is None:
        return ()
    return (Note("citations-as-text", "the citations are one running text and were not split"),)
