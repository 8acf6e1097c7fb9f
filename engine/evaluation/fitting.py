"""Fit the weight of a weighted sum to judgments, and measure its gain on held-out topics.

Scaling both similarities to the same mean and deviation before weighting ranks like one weight of the raw
similarities does: w = (a / d) / (a / d + (1 - a) / t), where a is the share of the calibrated drawings, d and t the
deviations of the drawings' and the texts' similarities. So the weight that engine.ranking.fusion knows is fitted, and a
is reported beside it. The score of the best weight on the topics that chose it is too high; only held-out topics show
the real gain.
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
"""Weights that are tried. 0 and 1 are left out: they are separate systems, which rank no figure without their side."""
USUAL = 0.5
"""The default weight of a search."""
FEWEST_TOPICS = 5
MOST_LEFT_OUT_ALONE = 30
"""Up to this many topics, each is its own fold; with more there are FOLDS."""
FOLDS = 10
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Moments:
    """Count, sum and sum of squares of similarities, which can be added over topics."""

    count: int
    total: float
    squares: float

    @classmethod
    def of(cls, similarities: NDArray[np.float32]) -> Moments:
        """The moments of similarities; NaN (no such similarity) is not counted."""
        known = similarities[~np.isnan(similarities)].astype(np.float64)
        return cls(len(known), float(known.sum()), float(np.square(known).sum()))

    def __add__(self, other: Moments) -> Moments:
        return Moments(self.count + other.count, self.total + other.total, self.squares + other.squares)

    @property
    def mean(self) -> float:
        return self.total / self.count if self.count else 0.0

    @property
    def deviation(self) -> float:
        """The standard deviation of the similarities; 0 without any."""
        return float(np.sqrt(max(0.0, self.squares / self.count - self.mean**2))) if self.count else 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """One topic's AP@k for each of WEIGHTS (precisions), and its candidates' similarities (visual, text)."""

    precisions: tuple[float, ...]
    visual: Moments
    text: Moments


@dataclass(frozen=True, slots=True)
class TopicFit:
    """AP of one topic: baseline, with the weight of all topics (in_sample), with that of the others (held_out)."""

    number: str
    baseline: float
    in_sample: float
    held_out: float
    fold_weight: float


@dataclass(frozen=True, slots=True)
class Fold:
    """The held-out topics of a fold, and the weight that the other topics chose."""

    weight: float
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted weight with its gain.

    weight: the visual share of raw similarities, chosen by all topics. calibrated_share: the share when similarities
    are scaled to one deviation. curve: mean AP@k of all topics for each of WEIGHTS. held_out, over_usual: the fitted on
    held-out topics against the baseline, and against the weight USUAL. in_sample_gain: the gain on the topics that
    chose the weight, which is too high.
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
        """The gain in held-out mean AP over the baseline, with its 95 % interval over topics."""
        return self.held_out.difference


def topic_evidence(
    candidates: Candidates | None,
    counting: NDArray[np.int64],
    relevant: NDArray[np.int64],
    *,
    relevant_count: int,
    k: int = DEFAULT_K,
) -> Evidence:
    """AP@k of a topic's candidates for each weight. candidates: None when nothing was found.

    counting: ids that may count. relevant: ids of relevant figures. relevant_count: all relevant figures, including
    those without an id.
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

    evidence, baseline: by topic, for the same topics, each with a relevant figure. Of equally good weights the one
    nearest to USUAL is chosen. Raises: ValueError for fewer than FEWEST_TOPICS topics.
    """
    if len(evidence) < FEWEST_TOPICS:
        raise ValueError(f"a fit needs {FEWEST_TOPICS} topics with a relevant figure, not {len(evidence)}")
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
    """The positions of the topics that each fold holds out; each topic is in one fold."""
    places = np.arange(topic_count, dtype=np.int64)
    if topic_count <= MOST_LEFT_OUT_ALONE:
        return list(places[:, np.newaxis])
    shuffled = np.random.default_rng(seed).permutation(places)
    return [np.sort(shuffled[fold::FOLDS]) for fold in range(FOLDS)]


def calibrated_share(weight: float, visual_deviation: float, text_deviation: float) -> float:
    """The visual share when both sides are scaled to one deviation; the weight itself when neither varies."""
    drawn, written = weight * visual_deviation, (1 - weight) * text_deviation
    return drawn / (drawn + written) if drawn + written > 0 else weight


def _against(fitted: NDArray[np.float64], other: NDArray[np.float64], seed: int) -> Comparison:
    return compare_runs({"fitted": fitted, "other": other}, seed=seed).pairs[0]


def _best(table: NDArray[np.float64]) -> int:
    """The position of the weight with the best mean in a table (topics, weights)."""
    means = table.mean(axis=0)
    equal: Sequence[int] = np.flatnonzero(means >= means.max() - _TOLERANCE).tolist()
    return min(equal, key=lambda place: (round(abs(WEIGHTS[place] - USUAL), 6), place))
