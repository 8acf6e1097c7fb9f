"""The score table: runs by a qrels snapshot, with confidence intervals and significance tests.

The same snapshot, runs and options give the same numbers byte for byte: topics and runs have a fixed order, random
sampling has a fixed seed, and means are rounded where the last bits would depend on the processor.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from typing import Any

import numpy as np
from django.core.cache import cache
from numpy.typing import NDArray

from annotations.models import QrelsSnapshot, Run, RunScores
from engine.evaluation.curves import RECALL_POINTS
from engine.evaluation.estimates import Estimate, bootstrap_columns
from engine.evaluation.measures import MeasureOptions, Unit, Unjudged, Values, measure_names
from engine.evaluation.significance import Comparison, Comparisons, compare_runs

SCORED_BY = f"scores/1 ir-measures/{version('ir-measures')} numpy/{version('numpy')}"
"""Raise the number when the engine computes other values than before: stored scores are then computed again."""
ALPHA = 0.05
LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """Options of scoring. k: depth of AP@k and other measures. relevant_from: lowest relevant grade."""

    unit: Unit = "figure"
    relevant_from: int = 1
    k: int = 50

    def measured(self, *, unjudged_relevant: bool = False) -> MeasureOptions:
        """Return the options of the engine."""
        taken: Unjudged = "relevant" if unjudged_relevant else "irrelevant"
        return MeasureOptions(unit=self.unit, k=self.k, relevant_from=self.relevant_from, unjudged=taken)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all measures, the most important first."""
        return measure_names(self.k)

    @property
    def fields(self) -> dict[str, Any]:
        """Values of the columns of RunScores."""
        return {"unit": self.unit, "relevant_from": self.relevant_from, "k": self.k, "scored_by": SCORED_BY}


class ScoresMissing(LookupError):
    """Some runs are not scored yet; the service scores_complete scores them."""


@dataclass(frozen=True)
class RunScored:
    """The scores of one run. topics: numbers of all topics. in_mean: (topics,) bool, topics with a relevant figure.

    values: measure → (topics,) float64, unjudged figures taken as irrelevant. optimistic: the same, taken as relevant.
    precisions: (topics in the mean, 11) float64 at recall 0, 0.1, … 1. letter: names the run in the table.
    """

    run: Run
    letter: str
    topics: tuple[str, ...]
    in_mean: NDArray[np.bool_]
    values: Mapping[str, Values]
    optimistic: Mapping[str, Values]
    precisions: Values

    def counted(self, name: str) -> Values:
        """Return the values of a measure for the topics in its mean."""
        counted: Values = self.values[name][self.in_mean]
        return counted

    @property
    def counted_topics(self) -> tuple[str, ...]:
        return tuple(topic for topic, counts in zip(self.topics, self.in_mean, strict=True) if counts)

    def bounds(self, name: str) -> tuple[float, float]:
        """Return the mean with all unjudged figures irrelevant, and with all relevant."""
        return _mean(self.values[name][self.in_mean]), _mean(self.optimistic[name][self.in_mean])


@dataclass(frozen=True)
class ScoreTable:
    """Scores of runs in the order given. measure: the one that the runs are compared by."""

    snapshot: QrelsSnapshot
    options: ScoreOptions
    measure: str
    scored: tuple[RunScored, ...]

    @cached_property
    def estimates(self) -> dict[tuple[int, str], Estimate]:
        """(run, measure) → mean with its 95 % interval, all from the same bootstrap samples of topics."""
        names = self.options.names
        if not self.scored:
            return {}
        columns = np.column_stack([one.counted(name) for one in self.scored for name in names])
        found = iter(bootstrap_columns(columns, seed=0))
        return {(one.run.pk, name): _rounded(next(found)) for one in self.scored for name in names}

    @cached_property
    def comparisons(self) -> Comparisons:
        """Comparisons of all pairs of runs by `measure`; runs are named by their keys."""
        values = {str(one.run.pk): one.counted(self.measure) for one in self.scored}
        key = hashlib.sha256(repr([(name, of.tolist()) for name, of in values.items()]).encode()).hexdigest()
        found: Comparisons | None = cache.get(f"comparisons:{key}")
        if found is None:
            found = compare_runs(values)
            cache.set(f"comparisons:{key}", found, timeout=None)
        return found

    @cached_property
    def best(self) -> dict[str, float]:
        """Measure → highest mean, without Judged@k, which does not measure quality."""
        contested = [name for name in self.options.names if not name.startswith("Judged")]
        return {
            name: max(self.estimates[one.run.pk, name].mean for one in self.scored) for name in contested if self.scored
        }

    def is_best(self, run: Run, name: str) -> bool:
        """Return whether the run has the highest mean, and not every run has it."""
        means = {self.estimates[one.run.pk, name].mean for one in self.scored}
        return name in self.best and len(means) > 1 and self.estimates[run.pk, name].mean == self.best[name]

    def beaten_by(self, run: Run) -> str:
        """Return the letters of the runs that this one significantly beats: randomization test, Holm-corrected."""
        letters = []
        for other in self.scored:
            if other.run.pk == run.pk:
                continue
            pair = self.comparisons.pair(str(run.pk), str(other.run.pk))
            sign = 1 if pair.first == str(run.pk) else -1
            if pair.adjusted_randomization < ALPHA and sign * pair.difference.mean > 0:
                letters.append(other.letter)
        return "".join(letters)

    @property
    def pairs(self) -> list[tuple[RunScored, RunScored, Comparison]]:
        """Every pair of runs, largest difference first."""
        by_key = {str(one.run.pk): one for one in self.scored}
        found = [(by_key[pair.first], by_key[pair.second], pair) for pair in self.comparisons.pairs]
        return sorted(found, key=lambda pair: (-abs(pair[2].difference.mean), pair[0].run.pk, pair[1].run.pk))

    @property
    def topics(self) -> tuple[str, ...]:
        """Topics that are in the means."""
        return self.scored[0].counted_topics if self.scored else ()

    @property
    def topics_without(self) -> tuple[str, ...]:
        """Topics without a relevant figure, which are in no mean."""
        if not self.scored:
            return ()
        first = self.scored[0]
        return tuple(topic for topic, counts in zip(first.topics, first.in_mean, strict=True) if not counts)


def score_table(
    snapshot: QrelsSnapshot, runs: Sequence[Run], options: ScoreOptions, measure: str | None = None
) -> ScoreTable:
    """Build the table of the runs in this order. Raises: ScoresMissing; ValueError for an unknown measure."""
    named = measure or options.names[0]
    if named not in options.names:
        raise ValueError(f"unknown measure {named!r}; choose one of {', '.join(options.names)}")
    kept = RunScores.objects.filter(snapshot=snapshot, run__in=runs, **options.fields)
    values = dict(kept.values_list("run_id", "values"))
    if missing := [run.name for run in runs if run.pk not in values]:
        raise ScoresMissing(f"not scored yet: {', '.join(missing)}")
    return ScoreTable(
        snapshot=snapshot,
        options=options,
        measure=named,
        scored=tuple(_decoded(run, letter_of(place), values[run.pk]) for place, run in enumerate(runs)),
    )


def runs_not_scored(snapshot: QrelsSnapshot, runs: Sequence[Run], options: ScoreOptions) -> list[Run]:
    """Return the runs without stored scores, in their order."""
    kept = RunScores.objects.filter(snapshot=snapshot, run__in=runs, **options.fields)
    known = set(kept.values_list("run_id", flat=True))
    return [run for run in runs if run.pk not in known]


def letter_of(place: int) -> str:
    """Return the letter of a run by place: a, b, … z, a1, b1, …"""
    round_, letter = divmod(place, len(LETTERS))
    return LETTERS[letter] + (str(round_) if round_ else "")


def _decoded(run: Run, letter: str, values: Mapping[str, Any]) -> RunScored:
    in_mean = np.array(values["in_mean"], dtype=np.bool_)
    return RunScored(
        run=run,
        letter=letter,
        topics=tuple(values["topics"]),
        in_mean=in_mean,
        values={name: np.array(of, dtype=np.float64) for name, of in values["values"].items()},
        optimistic={name: np.array(of, dtype=np.float64) for name, of in values["optimistic"].items()},
        precisions=np.array(values["precisions"], dtype=np.float64).reshape(-1, len(RECALL_POINTS)),
    )


def _mean(values: Values) -> float:
    return round(float(values.mean()), _DIGITS) if len(values) else 0.0


def _rounded(estimate: Estimate) -> Estimate:
    return Estimate(*(round(bound, _DIGITS) for bound in (estimate.mean, estimate.low, estimate.high)))
