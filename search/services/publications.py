"""Store publications and their text from parsed documents."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import asdict

from django.db import connection, transaction

from engine.linking import TextAnalysis, analyse_text
from engine.patents.publication import Note, PatentDocument, PublicationNumber, Span
from engine.patents.publication import Paragraph as ParsedParagraph
from search.models import Classification, Document, Paragraph, PartName, Party, Publication, Sentence, Verdict

logger = logging.getLogger(__name__)


@transaction.atomic
def publication_store(*, parsed: PatentDocument, xml: bytes, document: Document) -> tuple[Publication, bool]:
    """Return the publication of a document, and whether its contents are those of this document.

    The result does not depend on the order of the workers. Of several documents with the same number in one delivery
    the first one counts, and the others get a note. A later delivery replaces an earlier one, since offices republish
    to correct.
    """
    _lock(parsed.number)
    digest = hashlib.sha256(xml).hexdigest()
    publication = Publication.objects.filter(reference=parsed.number.reference).first()
    if publication is not None:
        is_source = _supersedes(document, publication)
        if not is_source or publication.xml_sha256 == digest:
            return publication, is_source
        _displace(publication, document)
        publication.paragraphs.all().delete()
        publication.classifications.all().delete()
        publication.parties.all().delete()
        publication.part_names.all().delete()
    publication = _row(parsed, digest, publication)
    _store_names(publication, parsed)
    _store_text(publication, parsed.paragraphs)
    return publication, True


def _lock(number: PublicationNumber) -> None:
    """Lock a publication number until the end of the transaction, also before the publication has a row."""
    key = int.from_bytes(hashlib.sha256(number.reference.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def _supersedes(document: Document, publication: Publication) -> bool:
    others = Document.objects.filter(publication=publication).exclude(pk=document.pk)
    places = others.values_list("batch_id", "position")
    if not places:
        return True
    latest_batch = max(batch_id for batch_id, _ in places)
    if document.batch_id != latest_batch:
        return document.batch_id > latest_batch
    return document.position < min(position for batch_id, position in places if batch_id == latest_batch)


def _displace(publication: Publication, document: Document) -> None:
    """Prepare a publication for the contents of `document`: documents of the same delivery that lose get a note."""
    losers = Document.objects.filter(publication=publication, batch_id=document.batch_id).exclude(pk=document.pk)
    for loser in losers.select_for_update().order_by("pk"):
        document_note(document=loser, note=other_contents(publication))
    # The readings of the sheets were corrected with the numerals of the old text.
    publication.sheets.update(reader_key="", looked_again=False)


def other_contents(publication: Publication) -> Note:
    """Return the note for a document whose contents differ from those stored for its publication."""
    return Note(
        "other-contents",
        f"Another document for {publication.reference} has different contents, and those are used.",
    )


def document_note(*, document: Document, note: Note) -> None:
    """Add a note to a document unless it has it. An accepted document becomes accepted with remarks."""
    if asdict(note) not in document.notes:
        document.notes = [*document.notes, asdict(note)]
    if document.verdict == Verdict.ACCEPTED:
        document.verdict = Verdict.WARNED
    document.save(update_fields=["notes", "verdict"])


def _row(parsed: PatentDocument, digest: str, publication: Publication | None) -> Publication:
    number = parsed.number
    publication = publication or Publication(
        country=number.country, doc_number=number.doc_number, kind_code=number.kind_code, reference=number.reference
    )
    publication.xml_sha256 = digest
    publication.language = parsed.language
    publication.date = parsed.date
    publication.titles = [asdict(title) for title in parsed.titles]
    publication.application_number = parsed.application_number
    publication.application_date = parsed.application_date
    publication.family_key = _family_key(parsed)
    publication.priorities = [
        {"country": priority.country, "number": priority.number,
         "date": priority.date.isoformat() if priority.date else None}
        for priority in parsed.priorities
    ]  # fmt: skip
    publication.citations = [asdict(citation) for citation in parsed.citations]
    publication.related = list(parsed.family)
    publication.dtd_version = parsed.dtd_version
    publication.repaired = parsed.repaired
    publication.notes = [asdict(note) for note in parsed.notes]
    publication.save()
    return publication


def _family_key(parsed: PatentDocument) -> str:
    """Return the first priority, as the EPO defines a simple family; without priorities, the application number."""
    if parsed.priorities:
        first = min(
            parsed.priorities, key=lambda priority: (str(priority.date or "9999"), priority.country, priority.number)
        )
        return f"{first.country}{first.number}"[:60]
    return parsed.application_number[:60]


def _store_names(publication: Publication, parsed: PatentDocument) -> None:
    Classification.objects.bulk_create(
        [
            Classification(publication=publication, scheme=item.scheme, symbol=item.symbol[:40])
            for item in parsed.classifications
        ],
        ignore_conflicts=True,
    )
    Party.objects.bulk_create(
        [
            Party(publication=publication, role=party.role, name=party.name, country=party.country)
            for party in parsed.parties
        ]
    )


def _store_text(publication: Publication, paragraphs: tuple[ParsedParagraph, ...]) -> None:
    analysis = analyse_text(paragraphs)
    rows = Paragraph.objects.bulk_create(
        [
            Paragraph(
                publication=publication,
                position=position,
                section=paragraph.section.value,
                number=paragraph.number[:20],
                language=paragraph.language,
                text=paragraph.text,
                heading=paragraph.heading,
                figure_references=_spans(paragraph.figure_references),
                emphasised=_spans(paragraph.emphasised),
            )
            for position, paragraph in enumerate(paragraphs)
        ],
        batch_size=1000,
    )
    _store_sentences(publication, rows, analysis)
    PartName.objects.bulk_create(
        [
            PartName(publication=publication, numeral=numeral[:20], name=name[:200])
            for numeral, name in sorted(analysis.part_names.items())
        ],
        ignore_conflicts=True,
    )


def _store_sentences(publication: Publication, paragraphs: list[Paragraph], analysis: TextAnalysis) -> None:
    Sentence.objects.bulk_create(
        [
            Sentence(
                publication=publication,
                paragraph=paragraphs[sentence.paragraph],
                position=position,
                start=sentence.start,
                end=sentence.end,
                mentions=[[mention.text, mention.start, mention.end, mention.kind.value] for mention in mentions],
            )
            for position, (sentence, mentions) in enumerate(zip(analysis.sentences, analysis.mentions, strict=True))
        ],
        batch_size=2000,
    )


def _spans(spans: tuple[Span, ...]) -> list[list[object]]:
    return [[span.start, span.end, span.value] for span in spans]
