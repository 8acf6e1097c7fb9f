"""The vectors of a question: of its pictures, its words, what is liked and what is not."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from django.contrib.auth.models import User

from engine.encoders.protocols import Vectors
from engine.errors import Problem
from engine.linking import analyse_text, link_sentences
from engine.numerals.settling import settle
from engine.patents import parse_patent
from engine.ranking.candidates import shifted
from engine.sheets.labels import normalised_label
from engine.sheets.reading import TextKind
from search import ranking, runtime
from search.files import file_read, private_storage
from search.models import Figure, Material, Modality, Query
from search.question import MOST_EXAMPLES, Picture, Question
from search.ranking import QueryVectors, mean_vector
from search.selectors.figures import figures_of_publications, sentences_of_region
from search.services.pictures import picture_pixels

MOST_KEPT = 256


class Clock:
    """Milliseconds by stage."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.milliseconds[stage] = round(self.milliseconds.get(stage, 0) + (now - self._last) * 1000, 2)
        self._last = now


@dataclass(frozen=True, slots=True)
class Asked:
    """What is searched with. compared: the token of the picture behind each visual vector."""

    vectors: QueryVectors
    before_feedback: QueryVectors | None
    compared: tuple[str, ...]
    clock: Clock = field(default_factory=Clock)


def vectors_of_question(query: Query, question: Question) -> Asked:
    """All vectors of a question; notes and linked sentences are set on the query, which is not saved.

    Raises: Problem where nothing of it can be searched for.
    """
    clock = Clock()
    pictures = _pictures(question)
    drawn = [(picture.token, vector) for picture in pictures if (vector := _drawn(picture, query, clock)) is not None]
    written = _written(query, question, clock)
    text = _texts(pictures, written, clock)
    plain = QueryVectors(_rows([vector for _, vector in drawn]), _rows(text))
    if not (question.liked or question.disliked):
        vectors, before = plain, None
    else:
        vectors, before = _with_feedback(plain, question, query, clock), plain
    if vectors.is_empty:
        raise Problem("blank", "There is nothing drawn on the image to search for. Choose another, or add text.")
    query.notes = [*query.notes, *_lacks(vectors, question)]
    return Asked(vectors, before, tuple(token for token, _ in drawn), clock)


def _pictures(question: Question) -> tuple[Picture, ...]:
    """The examples, with the figures of the publications that are asked with."""
    sets = figures_of_publications(question.publications) if question.publications else []
    pictures = (*question.examples, *(Picture("figure", str(figure_id)) for figure_id in sets))
    return tuple(dict.fromkeys(pictures))[:MOST_EXAMPLES]


def _drawn(picture: Picture, query: Query, clock: Clock) -> Vectors | None:
    """The visual vector of a picture: a whole figure brings its own, everything else is encoded."""
    if picture.source == "figure" and picture.is_whole:
        stored = ranking.stored_vectors([int(picture.key)], Modality.VISUAL)
        clock.lap("search")
        if not stored:
            detail = "The model in use has not embedded this figure yet: hits are ranked by its text alone."
            query.notes = [*query.notes, {"code": "not-embedded", "detail": detail}]
        return stored.get(int(picture.key))
    if picture.source == "image":
        notes = Material.objects.values_list("notes", flat=True).get(pk=picture.key)
        query.notes = [*query.notes, *(note for note in notes if note not in query.notes)]
        if any(note["code"] == "blank" for note in notes):
            return None
    vector = _encoded(query.owner, picture, _content(picture))
    clock.lap("visual")
    return vector


def _content(picture: Picture) -> str:
    """What changes with the picture's bytes: the crop of a figure delivered anew. An upload never changes."""
    return Figure.objects.get(pk=int(picture.key)).crop if picture.source == "figure" else picture.key


@lru_cache(maxsize=MOST_KEPT)
def _encoded(owner: User, picture: Picture, content: str) -> Vectors:
    """Kept for the next question with the same picture: another filter, another like."""
    return ranking.visual_vector(picture_pixels(picture, owner=owner))


def _written(query: Query, question: Question, clock: Clock) -> Vectors | None:
    """One vector (1, dim) of the typed text and of what the patent XML says of the drawing."""
    sentences = [question.text] if question.text else []
    if question.passage:
        sentences.append(file_read(_material(query, question.passage).file, private_storage()).decode())
    if question.patent_xml:
        image = next(picture for picture in question.examples if picture.source == "image")
        query.sentences = list(_linked(query.owner, image, question.patent_xml))
        clock.lap("numerals")
        if not query.sentences:
            detail = "No sentence of the patent XML mentions a numeral read on this drawing."
            query.notes = [*query.notes, {"code": "no-links", "detail": detail}]
        sentences = [*query.sentences, *sentences]
    if not sentences:
        return None
    vector = ranking.text_vector(sentences)
    clock.lap("text")
    return vector


def _material(query: Query, key: str) -> Material:
    return Material.objects.get(owner=query.owner, pk=key)


@lru_cache(maxsize=MOST_KEPT)
def _linked(owner: User, image: Picture, patent_xml: str) -> tuple[str, ...]:
    """Linked sentences for an uploaded drawing, found in its own patent as for a figure of the collection."""
    stored = Material.objects.get(owner=owner, pk=patent_xml)
    pixels = picture_pixels(image, owner=owner)
    analysis = analyse_text(parse_patent(file_read(stored.file, private_storage()), "the patent XML").paragraphs)
    reader = runtime.numeral_reader()
    reading = settle(reader.read(pixels), analysis.numerals)
    reading = reader.look_again(pixels, reading, analysis.numerals - {box.text for box in reading.numerals()})
    labels = [normalised_label(box.text) for box in reading.boxes if box.kind is TextKind.FIGURE_LABEL]
    numerals = {box.text for box in reading.numerals()}
    links = link_sentences(analysis, numerals, next((label for label in labels if label), ""))
    return tuple(dict.fromkeys(analysis.sentences[link.sentence].text for link in links))


def _texts(pictures: tuple[Picture, ...], written: Vectors | None, clock: Clock) -> list[Vectors]:
    """A text vector for each figure that has linked text, averaged with what is written; else that alone."""
    whole = [int(picture.key) for picture in pictures if picture.source == "figure" and picture.region is None]
    linked = list(ranking.stored_vectors(whole, Modality.TEXT).values()) if whole else []
    for picture in pictures:
        if picture.source == "figure" and picture.region is not None:
            sentences = sentences_of_region(int(picture.key), picture.region)
            linked += [ranking.text_vector(sentences)] if sentences else []
    clock.lap("text")
    if written is None:
        return linked
    return [mean_vector(np.concatenate([vector, written])) for vector in linked] or [written]


def _with_feedback(plain: QueryVectors, question: Question, query: Query, clock: Clock) -> QueryVectors:
    sides: list[Vectors | None] = []
    for side, vectors in ((Modality.VISUAL, plain.visual), (Modality.TEXT, plain.text)):
        liked, disliked = (_feedback(pictures, side, query) for pictures in (question.liked, question.disliked))
        if vectors is not None:
            sides.append(shifted(vectors, liked, disliked))
        else:
            sides.append(None if liked is None else shifted(liked[:0], liked, disliked))
    clock.lap("feedback")
    return QueryVectors(*sides)


def _feedback(pictures: tuple[Picture, ...], side: Modality, query: Query) -> Vectors | None:
    whole = [int(picture.key) for picture in pictures if picture.region is None]
    found = list(ranking.stored_vectors(whole, side).values())
    if side is Modality.VISUAL:
        found += [
            _encoded(query.owner, picture, _content(picture)) for picture in pictures if picture.region is not None
        ]
    return _rows(found)


def _rows(vectors: list[Vectors]) -> Vectors | None:
    return np.concatenate(vectors) if vectors else None


def _lacks(vectors: QueryVectors, question: Question) -> list[dict[str, str]]:
    """Notes on a side that the query lacks, where it was to be ranked by."""
    how, _ = question.fusion
    if vectors.text is None and how.value != "visual":
        return [{"code": "no-text", "detail": "The query has no text: hits are ranked by the drawing alone."}]
    if vectors.visual is None and how.value != "text":
        return [{"code": "no-drawing", "detail": "The query has no drawing: hits are ranked by text alone."}]
    return []
