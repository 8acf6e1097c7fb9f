"""A shortlist as a report: its entries with all that is cited of them."""

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

MOST_PASSAGES = 5  # of a figure: the most telling ones


def shortlist_report(shortlist: Shortlist, *, examiner: User, date: datetime.date, with_drawings: bool) -> Report:
    """The list as it stands, in a constant number of queries; drawings are read where they are wanted."""
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
    """The publications of a list's figures, in its order."""
    ordered = shortlist.entries.order_by("position", "pk")
    return list(ordered.values_list("figure__sheet__publication__reference", flat=True))


def _entry(entry: ShortlistEntry, links: list[SentenceLink], with_drawing: bool) -> ReportEntry:
    figure = entry.figure
    publication = figure.sheet.publication
    classes = [(one.scheme, one.symbol) for one in publication.classifications.all()]
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
        return b""  # the report says so in its place


def _name(user: User | None) -> str:
    return (user.get_full_name() or user.get_username()) if user is not None else ""
