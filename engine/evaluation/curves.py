"""Data of the evaluation plots: precision-recall curves, and the distribution of a measure over topics."""

from __future__ import annotations

from dataclasses import dataclass

import ir_measures
import numpy as np
from numpy.typing import NDArray

from engine.evaluation.measures import CountedLists, MeasureOptions, Values, ir_values
from engine.evaluation.qrels import in_topic_order

RECALL_POINTS = tuple(point / 10 for point in range(11))


@dataclass(frozen=True, slots=True)
class PrecisionRecall:
    """Interpolated precision at the recall points 0, 0.1, … 1: the best precision at that recall or more.

    topics: those with a relevant figure. precisions: (topics, 11) float64.
    """

    topics: tuple[str, ...]
    precisions: Values

    @property
    def mean(self) -> Values:
        """The mean curve over the topics, (11,) float64; 0 without topics."""
        points: Values = self.precisions.mean(axis=0) if len(self.topics) else np.zeros(len(RECALL_POINTS))
        return points


@dataclass(frozen=True, slots=True)
class Spread:
    """A histogram of values from 0 to 1. counts: (bins,) values in each bin of equal width, 1 in the last."""

    counts: tuple[int, ...]
    least: float
    lower_quartile: float
    median: float
    upper_quartile: float
    greatest: float


def precision_recall(counted: CountedLists, options: MeasureOptions) -> PrecisionRecall:
    """The precision-recall curve of a run by trec_eval's interpolation, over whole lists; unjudged is irrelevant.

    counted: made with the unit of the options.
    """
    topics = tuple(
        topic
        for topic in in_topic_order(counted.grades)
        if any((grade or 0) >= options.relevant_from for grade in counted.grades[topic].values())
    )
    place_of = {topic: place for place, topic in enumerate(topics)}
    precisions = np.zeros((len(topics), len(RECALL_POINTS)))
    named = {f"{point}": ir_measures.IPrec(rel=options.relevant_from) @ point for point in RECALL_POINTS}
    kept_grades = {topic: counted.grades[topic] for topic in topics}
    for name, topic, value in ir_values(named, counted.ranked, kept_grades):
        precisions[place_of[topic], RECALL_POINTS.index(float(name))] = value
    return PrecisionRecall(topics, precisions)


def spread(values: NDArray[np.float64], *, bins: int = 10) -> Spread | None:
    """The histogram of the topics' values; None without values."""
    if not len(values):
        return None
    counts, _ = np.histogram(values, bins=bins, range=(0.0, 1.0))
    return Spread(tuple(map(int, counts)), *map(float, np.percentile(values, [0, 25, 50, 75, 100])))
