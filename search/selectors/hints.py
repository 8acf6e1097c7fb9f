"""The hint above the hits: whether they stand out from unrelated figures, by the thresholds below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.ranking.calibration import percentile_of
from search.models import Calibration, CalibrationQuery, Modality, Query
from search.question import Question
from search.selectors.calibrations import calibrations_in_force
from search.selectors.hits import Group, Mosaic


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Percentiles of a calibration below which nothing stands out, or only little."""

    nothing: float
    weak: float


# Chosen by measurement: docs/decisions/0007-nothing-similar-enough.md.
WITH_DRAWING, BY_TEXT_ALONE = Thresholds(50, 80), Thresholds(10, 20)


@dataclass(frozen=True, slots=True)
class CalibratedSide:
    """The best similarity of a query by drawing or by text, with its percentile, 0 to 100, in the calibration."""

    calibration: Calibration
    best: float
    percentile: float

    @property
    def name(self) -> str:
        return "drawing" if self.calibration.modality == Modality.VISUAL else "text"

    def at(self, percentile: float) -> float:
        """Return the similarity at a percentile of the calibration."""
        return float(np.percentile(self.calibration.quantiles, percentile))


@dataclass(frozen=True, slots=True)
class Hint:
    """How far the hits of a query stand out.

    weak_from: the place, from 1, of the first hit after the last one that stands out; 0 when the last hit stands out.
    """

    level: Literal["nothing", "weak", "fine"]
    sides: tuple[CalibratedSide, ...]
    weak_from: int


def text_calibration_query(question: Question) -> CalibrationQuery:
    """Return the kind of calibration to compare the text of a question with.

    SENTENCE for typed words and for parts of figures, also beside whole figures: single sentences are less similar to
    other texts than the mean of many, so that a mixture is called weak too seldom rather than too often.
    """
    parts = any(picture.region is not None for picture in question.examples)
    return CalibrationQuery.SENTENCE if question.text or question.passage or parts else CalibrationQuery.FIGURE


def sides_of(query: Query, question: Question, mosaic: Mosaic) -> tuple[CalibratedSide, ...]:
    """Return the best similarity by drawing and by text, each compared with its calibration.

    A side without hits or without calibration is left out. Takes one database query.
    """
    rows = {(row.modality, row.asked_with): row for row in calibrations_in_force(list(query.encoder_keys.values()))}
    wanted = (
        (rows.get((Modality.VISUAL, CalibrationQuery.FIGURE)), mosaic.best_visual),
        (rows.get((Modality.TEXT, text_calibration_query(question))), mosaic.best_text),
    )
    return tuple(
        CalibratedSide(row, best, percentile_of(best, row.quantiles))
        for row, best in wanted
        if row is not None and best is not None
    )


def hint_of(query: Query, question: Question, mosaic: Mosaic) -> Hint | None:
    """Return how far the hits stand out. None without hits, or when a side of the query was never calibrated."""
    sides = sides_of(query, question, mosaic)
    present = sum(best is not None for best in (mosaic.best_visual, mosaic.best_text))
    if not mosaic.groups or not sides or len(sides) < present:
        return None
    thresholds = WITH_DRAWING if mosaic.best_visual is not None else BY_TEXT_ALONE
    highest = max(side.percentile for side in sides)
    level: Literal["nothing", "weak", "fine"] = "fine"
    if highest < thresholds.weak:
        level = "nothing" if highest < thresholds.nothing else "weak"
    return Hint(level, sides, _weak_from(mosaic.groups, sides, thresholds.nothing))


def _weak_from(groups: Sequence[Group], sides: Sequence[CalibratedSide], percentile: float) -> int:
    """Return the place after the last strong hit. Hits rank by a mixture, so a strong one may follow a weak one."""
    least = {side.calibration.modality: side.at(percentile) for side in sides}
    strong = 0
    for place, group in enumerate(groups, start=1):
        similarities = {Modality.VISUAL: group.best.visual, Modality.TEXT: group.best.text}
        if any(found is not None and found >= least[side] for side, found in similarities.items() if side in least):
            strong = place
    return strong + 1 if strong < len(groups) else 0
