"""Queries: checked and stored by the web process, answered by the worker that holds encoders and index."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now

from engine.errors import DocumentError, EngineError
from engine.imaging import decode_png, encode_png, open_image
from engine.labels import normalised_label
from engine.linking import analyse_text, link_sentences
from engine.numerals.settling import settle
from engine.patents import parse_patent
from engine.reading import GrayImage, TextKind
from search import ranking, runtime
from search.files import file_keep, file_read, private_storage
from search.models import Figure, Hit, Query, QueryModality, Verdict
from search.ranking import QueryVectors, Ranked, mean_vector
from search.services.work import work_claim, work_done, work_quarantine, work_reject

logger = logging.getLogger(__name__)

LONGEST_TEXT = 20_000
MOST_HITS = 500


class QueryRefused(EngineError):
    """A query that cannot be asked; `detail` says why and what would do."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks, before it is checked. image and patent_xml are uploaded bytes."""

    image: bytes | None = None
    image_name: str = ""
    figure: Figure | None = None
    text: str = ""
    patent_xml: bytes | None = None
    modality: QueryModality = QueryModality.AVERAGE
    top: int = 50
    filters: dict[str, Any] = field(default_factory=dict)
    include_family: bool = False


@transaction.atomic
def query_create(*, owner: User, question: Question) -> Query:
    """Check a question and store it as a waiting query.

    The image is re-encoded without metadata before it is kept, in the private storage.
    Raises: QueryRefused, ImageError or DocumentError, each saying the mend.
    """
    text = question.text.strip()
    _check(question, text)
    query = Query(
        owner=owner,
        figure=question.figure,
        text=text,
        modality=question.modality,
        top=question.top,
        filters=question.filters,
        include_family=question.include_family,
    )
    if question.patent_xml is not None:
        parse_patent(question.patent_xml, "the patent XML")  # refused while the person looks, before a file is kept
    if question.image is not None:
        _keep_image(query, question.image, question.image_name)
    if question.patent_xml is not None:
        _keep_patent(query, question.patent_xml)
    query.save()
    logger.info("query received query=%s owner=%d modality=%s", query.pk, owner.pk, query.modality)
    return query


def query_answer(*, query_id: str) -> Query | None:
    """Answer a waiting query: encode, search, fuse, store the hits. None when another worker has it."""
    loading = time.perf_counter()
    ranking.load_encoders()  # before the attempt is counted: a worker that is stopped while loading has not tried yet
    loading_seconds = time.perf_counter() - loading
    query = work_claim(model=Query, pk=query_id)
    if query is None:
        return None
    clock = _Clock()
    try:
        vectors = _vectors(query, clock)
        ranked = ranking.rank(
            vectors=vectors,
            modality=QueryModality(query.modality),
            top=query.top,
            filters=query.filters,
            figure=query.figure,
            include_family=query.include_family,
        )
        clock.lap("search")
        _store(query, ranked, clock, loading_seconds)
    except (QueryRefused, DocumentError) as error:
        work_reject(row=query, code=error.code, detail=error.detail)
    except Exception as error:  # of whatever kind: somebody waits for a word
        logger.error("query failed query=%s", query.pk, exc_info=error)
        said = str(error) if isinstance(error, EngineError) else "The search failed, and the log says why. Try again."
        work_quarantine(row=query, code="failed", detail=said)
    return query


def queries_expire() -> int:
    """Delete queries past their retention, images included; returns how many."""
    old = Query.objects.filter(created_at__lt=Now() - timedelta(days=settings.QUERY_RETENTION_DAYS))
    count = 0
    for query in old.iterator():
        query_delete(query=query)
        count += 1
    return count


def query_delete(*, query: Query) -> None:
    """Remove a query and its files. The files go first: a row without its files is found again, not the reverse."""
    storage = private_storage()
    for name in (query.image, query.patent_xml):
        if name:
            storage.delete(name)
    query.delete()


class _Clock:
    """Milliseconds by stage."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.milliseconds[stage] = round((now - self._last) * 1000, 2)
        self._last = now


def _check(question: Question, text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise QueryRefused(
            "text-too-long", f"The text has {len(text):,} characters; shorten it to {LONGEST_TEXT:,} or fewer."
        )
    if "\x00" in text:
        raise QueryRefused("text-nul", "The text holds a NUL character; remove it.")
    if question.image is None and question.figure is None and not text:
        raise QueryRefused("empty", "Give a drawing, a figure of the collection, or a text.")
    if question.patent_xml is not None and question.image is None:
        raise QueryRefused("xml-alone", "A patent XML goes with a query image; add the drawing.")
    if not 1 <= question.top <= MOST_HITS:
        raise QueryRefused("top", f"Ask for 1 to {MOST_HITS} hits.")


def _keep_image(query: Query, image: bytes, name: str) -> None:
    page = open_image(image, name or "query image")
    query.notes = [{"code": note.code, "detail": note.detail} for note in page.notes]
    query.image = file_keep(
        encode_png(page.pixels), folder=f"queries/{query.pk}", suffix=".png", storage=private_storage()
    )


def _keep_patent(query: Query, patent_xml: bytes) -> None:
    query.patent_xml = file_keep(patent_xml, folder=f"queries/{query.pk}", suffix=".xml", storage=private_storage())


def _vectors(query: Query, clock: _Clock) -> QueryVectors:
    """The query's vectors. A figure of the collection brings its own; typed text is averaged with linked text."""
    visual = textual = None
    if query.figure is not None:
        visual, textual = ranking.stored_vectors(query.figure)
    elif query.image:
        pixels = decode_png(file_read(query.image, private_storage()))
        clock.lap("decode")
        if query.patent_xml:
            _link(query, pixels)
            clock.lap("numerals")
        if not _is_blank(query):
            visual = ranking.visual_vector(pixels)
            clock.lap("visual")
    sentences = [*query.sentences, *([query.text] if query.text else [])]
    if sentences:
        written = ranking.text_vector(sentences)
        textual = written if textual is None else mean_vector(np.concatenate([textual, written]))
        clock.lap("text")
    if visual is None and textual is None:
        raise QueryRefused("blank", "There is nothing drawn on the image to search for. Choose another, or add text.")
    return QueryVectors(visual, textual)


def _link(query: Query, pixels: GrayImage) -> None:
    """Linked sentences for an uploaded drawing, found in its own patent as for a figure of the collection."""
    parsed = parse_patent(file_read(query.patent_xml, private_storage()), "the patent XML")
    analysis = analyse_text(parsed.paragraphs)
    reader = runtime.numeral_reader()
    reading = settle(reader.read(pixels), analysis.numerals)
    reading = reader.look_again(pixels, reading, analysis.numerals - {box.text for box in reading.numerals()})
    labels = [normalised_label(box.text) for box in reading.boxes if box.kind is TextKind.FIGURE_LABEL]
    numerals = {box.text for box in reading.numerals()}
    links = link_sentences(analysis, numerals, next((label for label in labels if label), ""))
    query.sentences = list(dict.fromkeys(analysis.sentences[link.sentence].text for link in links))
    if not query.sentences:
        note = {"code": "no-links", "detail": "No sentence of the patent XML mentions a numeral read on this drawing."}
        query.notes = [*query.notes, note]


def _is_blank(query: Query) -> bool:
    return any(note["code"] == "blank" for note in query.notes)


@transaction.atomic
def _store(query: Query, ranked: Ranked, clock: _Clock, loading_seconds: float) -> None:
    query.hits.all().delete()
    Hit.objects.bulk_create(
        [
            Hit(query=query, rank=rank, figure_id=hit.figure_id, score=hit.score, visual=hit.visual, text=hit.text)
            for rank, hit in enumerate(ranked.hits, start=1)
        ]
    )
    clock.lap("store")
    query.notes = [*query.notes, *({"code": note.code, "detail": note.detail} for note in ranked.notes)]
    query.encoder_keys = ranked.encoder_keys
    query.index_versions = ranked.index_versions
    query.milliseconds = clock.milliseconds
    if loading_seconds > 0.01:
        query.milliseconds["loading"] = round(loading_seconds * 1000, 2)
    query.save(update_fields=["notes", "encoder_keys", "index_versions", "milliseconds", "sentences"])
    work_done(row=query, verdict=Verdict.WARNED if query.notes else Verdict.ACCEPTED)
    logger.info("query answered query=%s hits=%d milliseconds=%s", query.pk, len(ranked.hits), query.milliseconds)
