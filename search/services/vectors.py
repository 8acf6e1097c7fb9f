"""The vectors of a question: of its pictures, its words, what is liked and what is not."""

from __future__ import annotations

import time
from dataclasses import dataclass
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
from search.models import Figure, Material, Modality
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


Note = dict[str, str]
"""What the examiner is to know about an answer: {code, detail}."""


@dataclass(frozen=True, slots=True)
class QuestionVectors:
    """The vectors of a question, and what is to be stored with its answer.

    before_feedback: without the likes and dislikes; None where there are none. compared: the token of the picture
    behind each visual vector. sentences: of the patent XML, linked to the uploaded drawing.
    """

    vectors: QueryVectors
    before_feedback: QueryVectors | None
    compared: tuple[str, ...]
    sentences: tuple[str, ...]
    notes: tuple[Note, ...]
    clock: Clock


def vectors_of_question(question: Question, *, owner: User | None) -> QuestionVectors:
    """Return all vectors of a question. owner: of its pictures; None for one of whole figures and text alone.

    Raises Problem where nothing of it can be searched for.
    """
    return _Encoding(question, owner).result()


class _Encoding:
    """The encoding of one question: collects notes, linked sentences and times on the way."""

    def __init__(self, question: Question, owner: User | None) -> None:
        self._question = question
        self._uploader = owner
        self._clock = Clock()
        self._notes: list[Note] = []
        self._sentences: tuple[str, ...] = ()

    def result(self) -> QuestionVectors:
        question = self._question
        pictures = _pictures(question)
        drawn = [(picture.token, vector) for picture in pictures if (vector := self._drawn(picture)) is not None]
        text = self._texts(pictures, self._written())
        plain = QueryVectors(_rows([vector for _, vector in drawn]), _rows(text))
        if not (question.liked or question.disliked):
            vectors, before = plain, None
        else:
            vectors, before = self._with_feedback(plain), plain
        if vectors.is_empty:
            raise Problem("blank", "There is nothing drawn on the image to search for. Choose another, or add text.")
        self._notes += _missing_side(vectors, question)
        compared = tuple(token for token, _ in drawn)
        return QuestionVectors(vectors, before, compared, self._sentences, tuple(self._notes), self._clock)

    @property
    def _owner(self) -> User:
        assert self._uploader is not None  # only stored vectors of whole figures need no owner
        return self._uploader

    def _drawn(self, picture: Picture) -> Vectors | None:
        """Return the visual vector of a picture: the stored one of a whole figure; everything else is encoded."""
        if picture.source == "figure" and picture.is_whole:
            stored = ranking.stored_vectors([int(picture.key)], Modality.VISUAL)
            self._clock.lap("search")
            if not stored:
                detail = "The model in use has not embedded this figure yet: hits are ranked by its text alone."
                self._notes.append({"code": "not-embedded", "detail": detail})
            return stored.get(int(picture.key))
        if picture.source == "image":
            notes = Material.objects.values_list("notes", flat=True).get(pk=picture.key)
            self._notes += [note for note in notes if note not in self._notes]
            if any(note["code"] == "blank" for note in notes):
                return None
        vector = self._encoded(picture)
        self._clock.lap("visual")
        return vector

    def _encoded(self, picture: Picture) -> Vectors:
        return _encoded(self._owner, picture, _content(picture))

    def _written(self) -> Vectors | None:
        """Return one vector (1, dim) of the typed text and of what the patent XML says of the drawing."""
        question = self._question
        sentences = [question.text] if question.text else []
        if question.passage:
            passage = Material.objects.get(owner=self._owner, pk=question.passage)
            sentences.append(file_read(passage.file, private_storage()).decode())
        if question.patent_xml:
            image = next(picture for picture in question.examples if picture.source == "image")
            self._sentences = _linked(self._owner, image, question.patent_xml)
            self._clock.lap("numerals")
            if not self._sentences:
                detail = "No sentence of the patent XML mentions a numeral read on this drawing."
                self._notes.append({"code": "no-links", "detail": detail})
            sentences = [*self._sentences, *sentences]
        if not sentences:
            return None
        vector = ranking.text_vector(sentences)
        self._clock.lap("text")
        return vector

    def _texts(self, pictures: tuple[Picture, ...], written: Vectors | None) -> list[Vectors]:
        """Return a text vector for each figure with linked text, averaged with `written`; else `written` alone."""
        whole = [int(picture.key) for picture in pictures if picture.source == "figure" and picture.region is None]
        linked = list(ranking.stored_vectors(whole, Modality.TEXT).values()) if whole else []
        for picture in pictures:
            if picture.source == "figure" and picture.region is not None:
                sentences = sentences_of_region(int(picture.key), picture.region)
                linked += [ranking.text_vector(sentences)] if sentences else []
        self._clock.lap("text")
        if written is None:
            return linked
        return [mean_vector(np.concatenate([vector, written])) for vector in linked] or [written]

    def _with_feedback(self, plain: QueryVectors) -> QueryVectors:
        sides: list[Vectors | None] = []
        for side, vectors in ((Modality.VISUAL, plain.visual), (Modality.TEXT, plain.text)):
            liked, disliked = self._feedback(self._question.liked, side), self._feedback(self._question.disliked, side)
            if vectors is not None:
                sides.append(shifted(vectors, liked, disliked))
            else:
                sides.append(None if liked is None else shifted(liked[:0], liked, disliked))
        self._clock.lap("feedback")
        return QueryVectors(*sides)

    def _feedback(self, pictures: tuple[Picture, ...], side: Modality) -> Vectors | None:
        whole = [int(picture.key) for picture in pictures if picture.region is None]
        found = list(ranking.stored_vectors(whole, side).values())
        if side is Modality.VISUAL:
            found += [self._encoded(picture) for picture in pictures if picture.region is not None]
        return _rows(found)


def _pictures(question: Question) -> tuple[Picture, ...]:
    """The examples, with the figures of the publications that are asked with."""
    sets = figures_of_publications(question.publications) if question.publications else []
    pictures = (*question.examples, *(Picture("figure", str(figure_id)) for figure_id in sets))
    return tuple(dict.fromkeys(pictures))[:MOST_EXAMPLES]


def _content(picture: Picture) -> str:
    """Return what changes with the picture's bytes. A figure can be delivered again; an upload never changes."""
    return Figure.objects.get(pk=int(picture.key)).crop if picture.source == "figure" else picture.key


@lru_cache(maxsize=MOST_KEPT)
def _encoded(owner: User, picture: Picture, content: str) -> Vectors:
    """Kept for the next question with the same picture: another filter, another like."""
    return ranking.visual_vector(picture_pixels(picture, owner=owner))


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


def _rows(vectors: list[Vectors]) -> Vectors | None:
    return np.concatenate(vectors) if vectors else None


def _missing_side(vectors: QueryVectors, question: Question) -> list[Note]:
    """Return a note where the query lacks a side that its hits were to be ranked by."""
    how, _ = question.fusion
    if vectors.text is None and how.value != "visual":
        return [{"code": "no-text", "detail": "The query has no text: hits are ranked by the drawing alone."}]
    if vectors.visual is None and how.value != "text":
        return [{"code": "no-drawing", "detail": "The query has no drawing: hits are ranked by text alone."}]
    return []
