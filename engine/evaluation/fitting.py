"""The weight of a weighted sum, fitted to judgments, and what it gains on topics that it was not fitted to.

Calibrating both sides to one mean and deviation and weighting them afterwards ranks as one weight of the raw
similarities does: w = (a / d) / (a / d + (1 - a) / t), where a is the share of the calibrated drawings, d and t the
deviations of the drawings' and the texts' similarities. So the weight that engine.ranking.fusion knows is fitted, and a
is told beside it. What the best weight scores on the topics that chose it flatters it; only the held-out topics tell
the gain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.evaluation.binary import DEFAULT_K, per_query_measures
from engine.evaluation.estimates import Estimate
from engine.evaluation.significance import Comparison, compare_runs
from engine.ranking.candidates import Candidates
from engine.ranking.fusion import Fusion

WEIGHTS = tuple(percent / 100 for percent in range(1, 100))
"""Weights that are tried. The ends are systems of their own, which do not rank what lacks their side."""
USUAL = 0.5
"""What a search ranks by when nobody moves the slider."""
FEWEST_TOPICS = 5
MOST_LEFT_OUT_ALONE = 30
"""With up to so many topics each is a fold of its own; with more there are FOLDS."""
FOLDS = 10
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Moments:
    """Count, sum and sum of squares of similarities, which add up over topics."""

    count: int
    total: float
    squares: float

    @classmethod
    def of(cls, similarities: NDArray[np.float32]) -> Moments:
        """NaN, where there is no such side, are not counted."""
        known = similarities[~np.isnan(similarities)].astype(np.float64)
        return cls(len(known), float(known.sum()), float(np.square(known).sum()))

    def __add__(self, other: Moments) -> Moments:
        return Moments(self.count + other.count, self.total + other.total, self.squares + other.squares)

    @property
    def mean(self) -> float:
        return self.total / self.count if self.count else 0.0

    @property
    def deviation(self) -> float:
        """Of the similarities themselves; 0 without any."""
        return float(np.sqrt(max(0.0, self.squares / self.count - self.mean**2))) if self.count else 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one topic says of the weights. precisions: AP@k for each of WEIGHTS. visual, text: of its candidates."""

    precisions: tuple[float, ...]
    visual: Moments
    text: Moments


@dataclass(frozen=True, slots=True)
class TopicFit:
    """AP of one topic: of the baseline; by the weight of all topics (in_sample); by that of the others (held_out)."""

    number: str
    baseline: float
    in_sample: float
    held_out: float
    fold_weight: float


@dataclass(frozen=True, slots=True)
class Fold:
    """The weight that the other topics chose, and the topics that it was tried on."""

    weight: float
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """weight: the drawing's share of the raw similarities, chosen by all topics. calibrated_share: that of similarities
    brought to one deviation. curve: mean AP@k of all topics by each of WEIGHTS. held_out, over_usual: the fitted over
    held-out topics against the baseline, and against the weight USUAL. in_sample_gain: what the topics that chose the
    weight would make one believe.
    """

    weight: float
    calibrated_share: float
    visual: Moments
    text: Moments
    curve: tuple[float, ...]
    folds: tuple[Fold, ...]
    topics: tuple[TopicFit, ...]
    held_out: Comparison
    over_usual: Comparison
    held_out_mean: float
    baseline_mean: float
    usual_mean: float
    in_sample_gain: float

    @property
    def gain(self) -> Estimate:
        """In held-out mean AP over the baseline, with its 95 % interval over topics."""
        return self.held_out.difference


def topic_evidence(
    candidates: Candidates | None,
    counting: NDArray[np.int64],
    relevant: NDArray[np.int64],
    *,
    relevant_count: int,
    k: int = DEFAULT_K,
) -> Evidence:
    """AP@k of a topic's candidates by every weight; candidates are None where nothing was found.

    counting: ids that may count; relevant: ids of the relevant ones, of which there are relevant_count to find, those
    without an id among them.
    """
    if candidates is None or not len(counting):
        return Evidence((0.0,) * len(WEIGHTS), Moments(0, 0.0, 0.0), Moments(0, 0.0, 0.0))
    counted, is_relevant = np.isin(candidates.ids, counting), np.isin(candidates.ids, relevant)
    hits = np.zeros((len(WEIGHTS), k), dtype=bool)
    for row, weight in enumerate(WEIGHTS):
        places = np.searchsorted(candidates.ids, candidates.ranked(Fusion.WEIGHTED, weight).ids)
        first = places[counted[places]][:k]
        hits[row, : len(first)] = is_relevant[first]
    precisions = per_query_measures(hits, np.full(len(WEIGHTS), relevant_count))["ap"]
    return Evidence(
        tuple(precisions.tolist()), Moments.of(candidates.visual[counted]), Moments.of(candidates.text[counted])
    )


def fit_weight(evidence: Mapping[str, Evidence], baseline: Mapping[str, float], *, seed: int = 0) -> Fit:
    """The weight with the best mean AP, and its gain by cross-validation over topics.

    evidence, baseline: by topic, the same topics, each with something relevant. Of weights that do equally well the one
    nearest to USUAL is taken. Raises: ValueError for fewer than FEWEST_TOPICS topics.
    """
    if len(evidence) < FEWEST_TOPICS:
        raise ValueError(f"a fit needs {FEWEST_TOPICS} topics with something relevant, and there are {len(evidence)}")
    numbers = list(evidence)
    table = np.array([evidence[number].precisions for number in numbers])
    best = _best(table)
    held_out, weights, folds = np.zeros(len(numbers)), np.zeros(len(numbers)), []
    for left_out in folds_of(len(numbers), seed=seed):
        chosen = _best(np.delete(table, left_out, axis=0))
        held_out[left_out], weights[left_out] = table[left_out, chosen], WEIGHTS[chosen]
        folds.append(Fold(WEIGHTS[chosen], tuple(numbers[place] for place in left_out)))
    before, usual = np.array([baseline[number] for number in numbers]), table[:, WEIGHTS.index(USUAL)]
    visual = sum((one.visual for one in evidence.values()), Moments(0, 0.0, 0.0))
    text = sum((one.text for one in evidence.values()), Moments(0, 0.0, 0.0))
    rows = zip(numbers, before.tolist(), table[:, best].tolist(), held_out.tolist(), weights.tolist(), strict=True)
    return Fit(
        weight=WEIGHTS[best],
        calibrated_share=calibrated_share(WEIGHTS[best], visual.deviation, text.deviation),
        visual=visual,
        text=text,
        curve=tuple(table.mean(axis=0).tolist()),
        folds=tuple(folds),
        topics=tuple(TopicFit(*row) for row in rows),
        held_out=_against(held_out, before, seed),
        over_usual=_against(held_out, usual, seed),
        held_out_mean=float(held_out.mean()),
        baseline_mean=float(before.mean()),
        usual_mean=float(usual.mean()),
        in_sample_gain=float(table[:, best].mean() - before.mean()),
    )


def folds_of(topic_count: int, *, seed: int = 0) -> list[NDArray[np.int64]]:
    """Positions of the topics that each fold leaves out: each topic in one fold."""
    places = np.arange(topic_count, dtype=np.int64)
    if topic_count <= MOST_LEFT_OUT_ALONE:
        return list(places[:, np.newaxis])
    shuffled = np.random.default_rng(seed).permutation(places)
    return [np.sort(shuffled[fold::FOLDS]) for fold in range(FOLDS)]


def calibrated_share(weight: float, visual_deviation: float, text_deviation: float) -> float:
    """The drawing's share once both sides have one deviation; the weight itself where neither side varies."""
    drawn, written = weight * visual_deviation, (1 - weight) * text_deviation
    return drawn / (drawn + written) if drawn + written > 0 else weight


def _against(fitted: NDArray[np.float64], other: NDArray[np.float64], seed: int) -> Comparison:
    return compare_runs({"fitted": fitted, "other": other}, seed=seed).pairs[0]


def _best(table: NDArray[np.float64]) -> int:
    """The place of the weight with the best mean of (topics, weights)."""
    means = table.mean(axis=0)
    equal: Sequence[int] = np.flatnonzero(means >= means.max() - _TOLERANCE).tolist()
    return min(equal, key=lambda place: (round(abs(WEIGHTS[place] - USUAL), 6), place))
