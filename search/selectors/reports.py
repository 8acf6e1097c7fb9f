"""A shortlist as a report for export."""

from __future__ import annotations

import datetime

from django.contrib.auth.models import User

from engine.patents.publication import PublicationNumber
from engine.report import Passage, PinNote, Report, ReportEntry
from engine.sheets.geometry import Box
from search.files import file_read
from search.models import Figure, SentenceLink, Shortlist, ShortlistEntry
from search.selectors.figures import links_of_figures
from search.selectors.shortlists import applicants_of, entries_with_everything, is_to_show

MOST_PASSAGES = 5  # per figure, the best first


def shortlist_report(shortlist: Shortlist, *, examiner: User, date: datetime.date, with_drawings: bool) -> Report:
    """Return a shortlist with its entries as a report. Takes a constant number of queries.

    examiner: the user who exports it. with_drawings: include the PNG of each figure.
    """
    entries = entries_with_everything(shortlist.entries.all())
    links = links_of_figures([entry.figure_id for entry in entries], MOST_PASSAGES)
    return Report(
        name=shortlist.name,
        note=shortlist.note,
        owner=_name(shortlist.owner),
        examiner=_name(examiner),
        date=date,
        entries=tuple(_entry(entry, links[entry.figure_id], with_drawings) for entry in entries),
    )


def references_of(shortlist: Shortlist) -> list[str]:
    """Return the references of the publications of a shortlist's figures, in its order."""
    ordered = shortlist.entries.order_by("position", "pk")
    return list(ordered.values_list("figure__sheet__publication__reference", flat=True))


def _entry(entry: ShortlistEntry, links: list[SentenceLink], with_drawing: bool) -> ReportEntry:
    figure = entry.figure
    publication = figure.sheet.publication
    classes = [(item.scheme, item.symbol) for item in publication.classifications.all()]
    return ReportEntry(
        publication=PublicationNumber(publication.country, publication.doc_number, publication.kind_code),
        figure=_figure(figure),
        label=figure.label,
        title=publication.title,
        applicants=applicants_of(publication.parties.all()),
        date=publication.date,
        ipc=tuple(symbol for scheme, symbol in classes if scheme == "IPC"),
        cpc=tuple(symbol for scheme, symbol in classes if scheme == "CPC"),
        relevance=entry.relevance,
        note=entry.note,
        pins=tuple(
            PinNote(number, Box(pin.left, pin.top, pin.width, pin.height), pin.note, _name(pin.author))
            for number, pin in enumerate(entry.pins.all(), start=1)
        ),
        passages=tuple(_passage(link) for link in links),
        added_by=_name(entry.added_by),
        added_on=entry.added_at.date(),
        espacenet=publication.espacenet,
        register=publication.register or "",
        drawing=_drawing(figure) if with_drawing else b"",
    )


def _figure(figure: Figure) -> str:
    if figure.label:
        return f"FIG. {figure.label}"
    return f"figure {figure.position + 1} of sheet {figure.sheet.position + 1}"


def _passage(link: SentenceLink) -> Passage:
    paragraph = link.sentence.paragraph
    return Passage(paragraph.section, paragraph.number, link.sentence.text)


def _drawing(figure: Figure) -> bytes:
    if not is_to_show(figure):
        return b""
    try:
        return file_read(figure.crop)
    except FileNotFoundError:
        return b""  # the report prints a remark instead


def _name(user: User | None) -> str:
    return (user.get_full_name() or user.get_username()) if user is not None else ""
