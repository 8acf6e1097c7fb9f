"""Topics asked of the collection as an examiner would ask: for runs, and for what is learned from judgments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotations.models import Run, System, Topic
from annotations.selectors.document_numbers import relatives_of_figures
from annotations.selectors.relatives import reserved_references
from engine.errors import Problem
from engine.evaluation.relatives import without_relatives
from engine.imaging import decode_png
from engine.ranking.candidates import Candidates
from search import ranking
from search.files import file_read, private_storage
from search.models import Figure
from search.question import Picture, Question
from search.ranking import Collection, QueryVectors
from search.selectors.figures import figures_of_families
from search.selectors.filters import figures_allowed
from search.services.vectors import vectors_of_question


@dataclass(frozen=True, slots=True)
class Answer:
    """found: all candidates of a topic, None where nothing could be compared. counting: ids of those that may count."""

    found: Candidates | None
    counting: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TopicSearch:
    """The collection as a run searches it. held_out: figures of the reserved publications."""

    collection: Collection
    allowed: NDArray[np.int64] | None
    held_out: NDArray[np.int64]
    reserved: frozenset[str]

    @classmethod
    def of_run(cls, run: Run) -> TopicSearch:
        """The collection of the run, under its filters; that of today for a run that was made elsewhere.

        Raises: Problem when it was searched with other models than those in use.
        """
        if run.system == System.IMPORTED:
            collection = ranking.collection_now()
        else:
            _refuse_other_models(run)
            collection = ranking.collection_at(run.last_embedding_ids)
        reserved = reserved_references(run.topic_set)
        return cls(collection, figures_allowed(run.filters), _figures_of(reserved), reserved)

    def ask(self, topic: Topic) -> Answer:
        """Return what is found for a topic. Raises: Problem when the topic cannot be searched, with the fix."""
        own = figures_of_families([topic.figure_id]) if topic.figure_id is not None else self.held_out[:0]
        found = self.collection.candidates(vectors_of_topic(topic), self.allowed, np.union1d(self.held_out, own))
        return Answer(found, self._may_count(topic, found))

    def _may_count(self, topic: Topic, found: Candidates | None) -> NDArray[np.int64]:
        """By the rule that pools and measures go by."""
        if found is None:
            return np.empty(0, dtype=np.int64)
        own = [topic.figure_id] if topic.figure_id is not None else []
        relatives = relatives_of_figures([*found.ids.tolist(), *own])
        topic_relatives = relatives[own[0]] if own else None
        kept = without_relatives(found.ids.tolist(), topic_relatives, relatives.__getitem__, self.reserved)
        return np.array(kept, dtype=np.int64)


def _refuse_other_models(run: Run) -> None:
    """Vectors of two models never meet: what was planned for one is not searched with another."""
    now = ranking.encoder_keys()
    for side, key in run.encoder_keys.items():
        if now[side] != key:
            raise Problem(
                "models-changed",
                f"The run {run} was planned for the {side} model {key}, and {now[side]} is in use. Make it again with "
                "the model of today, or bring back the model of then and retry.",
            )


def vectors_of_topic(topic: Topic) -> QueryVectors:
    """A topic's vectors: of a figure those that a search with it has, of an uploaded drawing its own."""
    try:
        if topic.figure_id is not None:
            question = Question(examples=(Picture("figure", str(topic.figure_id)),), text=topic.text)
            return vectors_of_question(question, owner=None).vectors
        pixels = decode_png(file_read(topic.image, private_storage()))
    except Problem as problem:
        raise Problem(
            "topic-unasked",
            f"Topic {topic.number} cannot be asked: its figure is not embedded by the models in use. Wait until the "
            "batches are done, and retry.",
        ) from problem
    except FileNotFoundError as error:
        raise Problem(
            "topic-image-gone", f"The drawing of topic {topic.number} is gone from the storage. Restore it, and retry."
        ) from error
    return QueryVectors(ranking.visual_vector(pixels), ranking.text_vector([topic.text]) if topic.text else None)


def _figures_of(references: frozenset[str]) -> NDArray[np.int64]:
    figures = Figure.objects.filter(sheet__publication__reference__in=references)
    return np.fromiter(figures.order_by("pk").values_list("pk", flat=True), dtype=np.int64)
