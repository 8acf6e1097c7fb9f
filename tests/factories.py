"""Small real rows for tests of pages and the API: a publication with sheets, figures, readings, links and stored PNGs.

The text, the numerals and their boxes are the same for each publication, so that a test can say what a page must show.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from io import BytesIO

import numpy as np
from django.contrib.auth.models import User
from django.utils import timezone
from PIL import Image

from engine.imaging import encode_png
from engine.ranking.candidates import Candidates, candidates_as_bytes
from engine.sheets.reading import GrayImage
from search.files import file_keep, private_storage
from search.models import (
    Batch,
    Calibration,
    Classification,
    Document,
    Figure,
    IndexState,
    IndexVersion,
    Material,
    MaterialKind,
    Modality,
    Paragraph,
    PartName,
    Party,
    Publication,
    Query,
    Reading,
    SavedSearch,
    Sentence,
    SentenceLink,
    Sheet,
    Stage,
    Verdict,
    WorkState,
)
from search.question import Picture, Question
from search.selectors.history import BEST_SHOWN
from search.services.materials import material_receive

PASSWORD = "a-long-enough-passphrase"
SHEET_WIDTH_PX, SHEET_HEIGHT_PX = 240, 320
PART_NAMES = {"10": "pump", "12": "rotor", "14": "housing", "99": "drain"}
DRAWN = {"10": (20, 20, 18, 12), "12": (120, 60, 18, 12), "14": (60, 200, 18, 12)}
"""Numerals on every sheet, with left, top, width and height; 99 is in the text alone."""
PARAGRAPHS = (
    ("abstract", "", "A pump 10 with a rotor 12 in a housing 14."),
    ("description", "0001", "FIG. 1 shows the pump 10 from the side. The rotor 12 turns in the housing 14."),
    ("description", "0002", "FIG. 2 shows the rotor 12 alone. A drain 99 is not drawn."),
    ("claim", "1", "A pump (10) comprising a rotor (12)."),
)


def user_make(name: str, *, staff: bool = False, active: bool = True) -> User:
    """An examiner, or an administrator; the password is PASSWORD."""
    return User.objects.create_user(name, password=PASSWORD, is_staff=staff, is_active=active)


def drawing_make(shade: int = 0, width_px: int = SHEET_WIDTH_PX, height_px: int = SHEET_HEIGHT_PX) -> GrayImage:
    """A frame with a diagonal whose place depends on `shade`: two shades are two files. (height, width) uint8."""
    pixels = np.full((height_px, width_px), 255, dtype=np.uint8)
    pixels[[10, height_px - 11], 10 : width_px - 10] = 0
    pixels[10 : height_px - 10, [10, width_px - 11]] = 0
    for step in range(min(width_px, height_px) - 40):
        pixels[20 + step, (20 + step + 7 * shade) % width_px] = 0
    return pixels


def publication_make(
    reference: str = "EP1234567A1",
    *,
    title: str = "Pump with a rotor",
    sheets: int = 2,
    rotation: int = 0,
    missing_sheets: int = 0,
    applicant: str = "Pumpwerke GmbH",
) -> Publication:
    """A searchable publication: its text, and `sheets` sheets with one figure each, labelled from 1."""
    publication = Publication.objects.create(
        country=reference[:2],
        doc_number=reference[2:-2],
        kind_code=reference[-2:],
        reference=reference,
        language="en",
        date=datetime.date(2024, 5, 2),
        titles=[{"language": "en", "text": title}, {"language": "de", "text": "Pumpe mit Läufer"}],
        application_number="EP20123456",
        application_date=datetime.date(2022, 11, 3),
        family_key="US63123456",
        priorities=[{"country": "US", "number": "63123456", "date": "2021-11-04"}],
        citations=[{"kind": "patent", "text": "US5000000A"}],
        xml_sha256="0" * 64,
        unlinked_in_text=["99"],
    )
    Party.objects.create(publication=publication, role="applicant", name=applicant, country="DE")
    Party.objects.create(publication=publication, role="inventor", name="Erika Mustermann", country="DE")
    Classification.objects.create(publication=publication, scheme="IPC", symbol="F04C 2/08")
    Classification.objects.create(publication=publication, scheme="CPC", symbol="F04C 2/084")
    PartName.objects.bulk_create(
        PartName(publication=publication, numeral=numeral, name=name) for numeral, name in PART_NAMES.items()
    )
    sentences = _text_make(publication)
    for number in range(1, sheets + 1):
        figure_make(sheet_make(publication, position=number - 1, rotation=rotation), str(number), sentences)
    for number in range(sheets, sheets + missing_sheets):
        Sheet.objects.create(
            publication=publication,
            position=number,
            file_name=f"imgf{number + 1:04d}.tif",
            missing=True,
            notes=[{"code": "sheet-missing", "detail": f"The delivery lacks imgf{number + 1:04d}.tif."}],
        )
    return publication


def sheet_make(publication: Publication, *, position: int = 0, rotation: int = 0) -> Sheet:
    """A stored sheet of SHEET_WIDTH_PX × SHEET_HEIGHT_PX."""
    pixels = drawing_make(publication.pk + position)
    return Sheet.objects.create(
        publication=publication,
        position=position,
        file_name=f"imgf{position + 1:04d}.tif",
        original_sha256="1" * 64,
        png=file_keep(encode_png(pixels), folder="sheets", suffix=".png"),
        width_px=SHEET_WIDTH_PX,
        height_px=SHEET_HEIGHT_PX,
        dpi=300.0,
        rotation=rotation,
        reader_key="tests",
        looked_again=True,
    )


def figure_make(sheet: Sheet, label: str, sentences: Sequence[Sentence], position: int = 0) -> Figure:
    """A figure that fills its sheet, with the readings of DRAWN and the links that follow from them."""
    crop = encode_png(drawing_make(sheet.pk, 200, 280))
    figure = Figure.objects.create(
        sheet=sheet,
        position=position,
        label=label,
        left=5,
        top=5,
        width=SHEET_WIDTH_PX - 10,
        height=SHEET_HEIGHT_PX - 10,
        rotation=sheet.rotation,
        crop=file_keep(crop, folder="figures", suffix=".png"),
        thumbnail=file_keep(crop, folder="thumbnails", suffix=".png"),
    )
    Reading.objects.bulk_create(
        Reading(
            sheet=sheet,
            figure=figure,
            seen=numeral,
            text=numeral,
            kind="numeral",
            left=left,
            top=top,
            width=width,
            height=height,
            confidence=0.97,
        )
        for numeral, (left, top, width, height) in DRAWN.items()
    )
    links = []
    for sentence in sentences:
        numerals = [text for text, _, _, kind in sentence.mentions if kind == "numeral" and text in DRAWN]
        labels = [text for text, _, _, kind in sentence.mentions if kind == "figure" and text == label]
        if numerals or labels:
            spans = [[start, end] for text, start, end, _ in sentence.mentions if text in numerals + labels]
            reason = "numeral" if numerals else "figure-label"
            links.append(SentenceLink(figure=figure, sentence=sentence, reason=reason, numerals=numerals, spans=spans))
    SentenceLink.objects.bulk_create(links)
    return figure


def material_make(owner: User, *, shade: int = 3) -> Material:
    """An uploaded drawing."""
    material = Material(owner=owner, kind=MaterialKind.IMAGE, name="drawing.png")
    material.width_px, material.height_px = SHEET_WIDTH_PX, SHEET_HEIGHT_PX
    image = encode_png(drawing_make(shade))
    material.file = file_keep(image, folder=f"materials/{material.pk}", suffix=".png", storage=private_storage())
    material.save()
    return material


def document_make(owner: User, *, pages: int = 2) -> Material:
    """An uploaded TIFF of several pages."""
    data = BytesIO()
    images = [Image.fromarray(drawing_make(shade)) for shade in range(pages)]
    images[0].save(data, format="TIFF", save_all=True, append_images=images[1:])
    return material_receive(owner=owner, data=data.getvalue(), name="drawings.tif")


def query_make(
    owner: User,
    *,
    hits: Sequence[Figure] = (),
    figure: Figure | None = None,
    text: str = "",
    liked: Figure | None = None,
    before: Sequence[Figure] = (),
) -> Query:
    """An answered query with these hits; without figure and text it has an image of its own.

    before: the hits as they stood before the like.
    """
    image = None if figure is not None or text else material_make(owner)
    pictures = [Picture("image", str(image.pk))] if image else []
    pictures += [Picture("figure", str(figure.pk))] if figure else []
    likes = (Picture("figure", str(liked.pk)),) if liked else ()
    question = Question(examples=tuple(pictures), text=text, liked=likes)
    query = Query.objects.create(owner=owner, query_string=question.address, search_key=question.search_key)
    query_answered(query, hits=hits, before=before)
    return query


def query_answered(query: Query, *, hits: Sequence[Figure], before: Sequence[Figure] = ()) -> None:
    """Answer a waiting query as a worker would that finds these hits."""
    query.state, query.verdict = WorkState.DONE, Verdict.ACCEPTED
    query.encoder_keys = {"visual": "tests/visual", "text": "tests/text"}
    query.index_versions = {"visual": 1, "text": 1}
    query.last_embedding_ids = {"visual": 0, "text": 0}
    query.milliseconds = {"visual": 61.5, "text": 8.25, "search": 3.5, "store": 1.25}
    query.examples = [picture.token for picture in query.question.examples]
    query.hit_count, query.best_figures = len(hits), [hit.pk for hit in hits[:BEST_SHOWN]]
    query.candidates = candidates_as_bytes(_candidates_make(hits), _candidates_make(before) if before else None)
    query.save()


def search_make(
    owner: User, *, name: str = "pumps", text: str = "a pump", image: Material | None = None
) -> SavedSearch:
    """A saved search for a text, or for an uploaded drawing."""
    pictures = (Picture("image", str(image.pk)),) if image is not None else ()
    question = Question(examples=pictures) if pictures else Question(text=text)
    return SavedSearch.objects.create(owner=owner, name=name, query_string=question.address)


def _candidates_make(hits: Sequence[Figure]) -> Candidates:
    """Candidates that rank as the hits stand, however they are ranked; every second has no text."""
    falling = 0.9 - np.arange(len(hits)) / 100
    order = np.argsort([hit.pk for hit in hits])
    text = np.where(np.arange(len(hits)) % 2 == 0, falling, np.nan)
    return Candidates(
        ids=np.array([hit.pk for hit in hits], dtype=np.int64)[order],
        visual=falling.astype(np.float32)[order],
        text=text.astype(np.float32)[order],
        nearest=np.zeros(len(hits), dtype=np.int16),
        absent_visual=0.5,
        absent_text=0.0,
    )


def calibrations_make() -> None:
    """A calibration of each side by which the hits of query_make stand at the lower end."""
    for modality in Modality.values:
        key = f"tests/{modality}"
        version = IndexVersion.objects.create(
            modality=modality, encoder_key=key, dim=8, kind="exact", figure_count=400, state=IndexState.ACTIVE
        )
        quantiles = np.linspace(0.85, 0.99, 101).round(4).tolist()
        calibration = Calibration(modality=modality, encoder_key=key, index_version=version, quantiles=quantiles)
        calibration.sampled_count, calibration.figure_count = 321, 400
        calibration.save()


def batch_make(
    name: str = "delivery.zip", *, accepted: Sequence[Publication] = (), rejected: int = 0, quarantined: int = 0
) -> Batch:
    """A finished batch with its documents; the publications given are its accepted ones."""
    batch = Batch.objects.create(
        sha256=f"{Batch.objects.count():064d}",
        file_name=name,
        stored_as="deliveries/none",
        size_bytes=123_456,
        state=WorkState.DONE,
        unpacked_at=timezone.now(),
        finished_at=timezone.now(),
        verdict=Verdict.WARNED if rejected or quarantined else Verdict.ACCEPTED,
        ignored=[
            {"member": "TOC.xml", "code": "contents", "detail": "A table of contents.", "stray": False},
            {"member": "holiday.jpg", "code": "stray", "detail": "No document names it.", "stray": True},
        ],
    )
    states = [(WorkState.DONE, Verdict.ACCEPTED, publication) for publication in accepted]
    refused = [(WorkState.REJECTED, Verdict.REJECTED, None)] * rejected
    given_up = [(WorkState.QUARANTINED, Verdict.REJECTED, None)] * quarantined
    for position, (state, verdict, publication) in enumerate([*states, *refused, *given_up]):
        Document.objects.create(
            batch=batch,
            position=position,
            member=f"DOC/EPNWA1/EP{position:07d}NWA1.zip",
            stage=Stage.DONE if publication else Stage.STORE,
            state=state,
            verdict=verdict,
            publication=publication,
            attempts=3 if state == WorkState.QUARANTINED else 1,
            error_code="" if publication else "not-xml",
            error_detail="" if publication else "The document's XML is no XML.",
            seconds={"store": 0.5, "read": 1.5} if publication else {"store": 0.25},
        )
    return batch


def _text_make(publication: Publication) -> list[Sentence]:
    """Paragraphs and sentences of PARAGRAPHS, with every mention of a numeral or figure."""
    sentences: list[Sentence] = []
    paragraphs = Paragraph.objects.bulk_create(
        Paragraph(publication=publication, position=position, section=section, number=number, language="en", text=text)
        for position, (section, number, text) in enumerate(PARAGRAPHS)
    )
    for paragraph in paragraphs:
        text, start = paragraph.text, 0
        for part in text.replace("FIG. ", "FIG.\N{NO-BREAK SPACE}").split(". "):
            end = start + len(part.rstrip(".")) + 1
            sentences.append(
                Sentence(
                    publication=publication,
                    paragraph=paragraph,
                    position=len(sentences),
                    start=start,
                    end=end,
                    mentions=_mentions(text[start:end]),
                )
            )
            start = end + 1
    return Sentence.objects.bulk_create(sentences)


def _mentions(sentence: str) -> list[list[object]]:
    found: list[list[object]] = []
    for label in ("1", "2"):
        at = sentence.find(f"FIG. {label}")
        if at >= 0:
            found.append([label, at, at + len(f"FIG. {label}"), "figure"])
    for numeral in PART_NAMES:
        at = sentence.find(numeral)
        if at >= 0:
            found.append([numeral, at, at + len(numeral), "numeral"])
    return found
