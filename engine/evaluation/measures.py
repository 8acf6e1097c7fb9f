"""Measures of a run, topic by topic: trec_eval's by ir-measures, and the paper's list-normalised AP.

docs/evaluation.md gives every formula. A topic without a relevant figure is in no mean; a judged topic for which
the run found nothing counts 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import ir_measures
import numpy as np
from numpy.typing import NDArray

from engine.evaluation.binary import DEFAULT_K, list_average_precision_at_k
from engine.evaluation.documents import publication_of
from engine.evaluation.qrels import Qrels, in_topic_order
from engine.evaluation.relatives import without_relatives

UNJUDGED = -1
"""trec_eval's grade for a pooled but unjudged figure: infAP uses it, other measures see no judgment."""

Unit = Literal["figure", "publication"]
Unjudged = Literal["irrelevant", "relevant"]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MeasureOptions:
    """Options of measuring.

    unit: what is retrieved. k: the depth of AP@k, P@k, nDCG@k, R@k and Judged@k, besides those at 5 and 10.

    relevant_from: the lowest relevant grade; nDCG uses the grades themselves. unjudged: how unjudged items at the
    top of a list count, see `measure_run`.
    """

    unit: Unit = "figure"
    k: int = DEFAULT_K
    relevant_from: int = 1
    unjudged: Unjudged = "irrelevant"

    def __post_init__(self) -> None:
        if self.k < 1 or self.relevant_from < 1:
            raise ValueError("k and the lowest relevant grade must be at least 1")


@dataclass(frozen=True, slots=True)
class RunMeasures:
    """The scores of a run. topics: numbers of all topics of the qrels, in order.

    values: by measure name → (topics,) float64. in_mean: (topics,) bool, whether the topic has a relevant item by
    the judgments; the others are in no mean.
    """

    options: MeasureOptions
    topics: tuple[str, ...]
    values: Mapping[str, Values]
    in_mean: NDArray[np.bool_]

    @property
    def without_relevant(self) -> tuple[str, ...]:
        """Topics without a relevant item, which are in no mean."""
        return tuple(topic for topic, counts in zip(self.topics, self.in_mean, strict=True) if not counts)

    def means(self) -> dict[str, float]:
        """The mean of each measure over the topics with a relevant item; 0 without such a topic."""
        return {name: float(of.mean()) if len(of) else 0.0 for name, of in self.counted().items()}

    def counted(self) -> dict[str, Values]:
        """The values of the topics in the means, in the same order for all runs over the same qrels."""
        return {name: of[self.in_mean] for name, of in self.values.items()}

    @property
    def counted_topics(self) -> tuple[str, ...]:
        return tuple(topic for topic, counts in zip(self.topics, self.in_mean, strict=True) if counts)


@dataclass(frozen=True, slots=True)
class Measure:
    """An entry of MEASURES. kind: its name without the depth, as in AP@50.

    depths: the depths for the depth k of the options; None is the whole list. from_ir_measures: the measure of
    ir-measures for the lowest relevant grade; None for a measure that is computed here.
    """

    kind: str
    depths: Callable[[int], Sequence[int | None]]
    from_ir_measures: Callable[[int], ir_measures.Measure] | None


def _at_k(k: int) -> Sequence[int | None]:
    return (k,)


def _at_10_and_k(k: int) -> Sequence[int | None]:
    return sorted({10, k})


def _at_5_10_and_k(k: int) -> Sequence[int | None]:
    return sorted({5, 10, k})


def _whole_list(k: int) -> Sequence[int | None]:
    return (None,)


MEASURES = (
    Measure("AP", _at_k, lambda rel: ir_measures.AP(rel=rel)),
    Measure("list AP", _at_k, None),
    Measure("AP", _whole_list, lambda rel: ir_measures.AP(rel=rel)),
    Measure("P", _at_5_10_and_k, lambda rel: ir_measures.P(rel=rel)),
    Measure("nDCG", _at_10_and_k, lambda rel: ir_measures.nDCG),
    Measure("R", _at_k, lambda rel: ir_measures.R(rel=rel)),
    Measure("RR", _whole_list, lambda rel: ir_measures.RR(rel=rel)),
    Measure("bpref", _whole_list, lambda rel: ir_measures.Bpref(rel=rel)),
    Measure("infAP", _whole_list, lambda rel: ir_measures.infAP(rel=rel)),
    Measure("Judged", _at_10_and_k, lambda rel: ir_measures.Judged),
)
"""All measures in the order of tables, the most important first. A new one is one entry."""


def measure_names(k: int = DEFAULT_K) -> tuple[str, ...]:
    """The names of all measures at a depth, the most important first."""
    return tuple(
        measure.kind if depth is None else f"{measure.kind}@{depth}"
        for measure in MEASURES
        for depth in measure.depths(k)
    )


@dataclass(frozen=True, slots=True)
class CountedLists:
    """Lists and grades by topic, without the topic's relatives and reserved publications.

    Items are document numbers, or publications' references where the unit is the publication. grades: item → grade,
    None for unjudged. unsettled: listed items whose grade an unjudged figure may still raise.
    """

    ranked: Mapping[str, Sequence[str]]
    grades: Mapping[str, Mapping[str, int | None]]
    unsettled: Mapping[str, frozenset[str]]


def measure_run(
    ranked: Mapping[str, Sequence[str]], qrels: Qrels, options: MeasureOptions | None = None
) -> RunMeasures:
    """Compute every measure of a run for every topic of the qrels. ranked: topic number → document numbers, best first.

    A topic's own publication, its family and reserved publications are left out of lists and judgments alike; topics
    without qrels are not measured. With unjudged="relevant", unjudged items within the depth of a measure
    (the whole list where it has none) get the highest grade of the qrels and count as relevant in recall;
    the topics in the means do not change. Raises: ValueError when a list holds a figure twice.
    """
    chosen = options or MeasureOptions()
    return measure_lists(counted_lists(ranked, qrels, chosen.unit), qrels, chosen)


def measure_lists(counted: CountedLists, qrels: Qrels, chosen: MeasureOptions) -> RunMeasures:
    """As measure_run, for lists prepared by counted_lists with the same qrels and unit, to reuse them."""
    topics = tuple(in_topic_order(qrels.topics))
    values = {name: dict.fromkeys(topics, 0.0) for name in measure_names(chosen.k)}
    for depth, names in _names_by_depth(chosen).items():
        grades = counted.grades
        if chosen.unjudged == "relevant":
            grades = _unsettled_relevant(counted, depth, _highest_grade(qrels, chosen))
        for name, topic, value in _calculated(names, counted.ranked, grades, chosen):
            values[name][topic] = value
    for name, topic, value in _judged_shares(counted, chosen):
        values[name][topic] = value
    has_relevant = [
        any(grade is not None and grade >= chosen.relevant_from for grade in counted.grades[topic].values())
        for topic in topics
    ]
    return RunMeasures(
        options=chosen,
        topics=topics,
        values={name: np.array([found[topic] for topic in topics]) for name, found in values.items()},
        in_mean=np.array(has_relevant, dtype=bool),
    )


def counted_lists(ranked: Mapping[str, Sequence[str]], qrels: Qrels, unit: Unit = "figure") -> CountedLists:
    """The lists and grades that count, in the given unit. Raises: ValueError when a list holds a figure twice.

    A publication has the rank of its best figure and the highest grade of its figures; it is unjudged when none
    of them has a grade.
    """
    lists: dict[str, Sequence[str]] = {}
    grades: dict[str, Mapping[str, int | None]] = {}
    unsettled = {}
    for number, topic in qrels.topics.items():
        figures = ranked.get(number, ())
        if len(set(figures)) != len(figures):
            raise ValueError(f"the ranking of topic {number} holds a figure twice: keep one")
        relatives_of = partial(qrels.relatives_of, topic=number)
        kept = without_relatives(figures, topic.relatives, relatives_of, qrels.reserved)
        known = {
            one: topic.figures[one].grade
            for one in without_relatives(topic.figures, topic.relatives, relatives_of, qrels.reserved)
        }
        unjudged = [figure for figure in kept if known.get(figure) is None]
        if unit == "publication":
            kept, known, unjudged = _by_publication(kept, known, unjudged)
        lists[number], grades[number], unsettled[number] = kept, known, frozenset(unjudged)
    return CountedLists(lists, grades, unsettled)


def _by_publication(
    figures: Sequence[str], grades: Mapping[str, int | None], unjudged: Sequence[str]
) -> tuple[list[str], dict[str, int | None], list[str]]:
    publications: dict[str, int | None] = {}
    for figure, grade in grades.items():
        publication = publication_of(figure)
        best = publications.get(publication)
        publications[publication] = grade if best is None else best if grade is None else max(best, grade)
    return list(dict.fromkeys(map(publication_of, figures))), publications, list(map(publication_of, unjudged))


def _names_by_depth(options: MeasureOptions) -> dict[int | None, list[str]]:
    """Names of the measures by the depth they use; None for the whole list."""
    if options.unjudged == "irrelevant":
        return {None: [name for name in measure_names(options.k) if not name.startswith("Judged")]}
    by_depth: dict[int | None, list[str]] = {}
    for name in measure_names(options.k):
        kind, _, depth = name.partition("@")
        if kind != "Judged":
            by_depth.setdefault(int(depth) if depth else None, []).append(name)
    return by_depth


def _highest_grade(qrels: Qrels, options: MeasureOptions) -> int:
    grades = [figure.grade or 0 for topic in qrels.topics.values() for figure in topic.figures.values()]
    return max([options.relevant_from, *grades])


def _unsettled_relevant(counted: CountedLists, depth: int | None, highest: int) -> dict[str, dict[str, int | None]]:
    """The grades, with the highest grade for unsettled items among the first `depth` of each list."""
    return {
        topic: dict(grades)
        | {item: highest for item in counted.ranked[topic][:depth] if item in counted.unsettled[topic]}
        for topic, grades in counted.grades.items()
    }


def _ir_measure(name: str, relevant_from: int) -> ir_measures.Measure | None:
    """The measure of ir-measures for one of our names; None for the paper's AP, which it lacks."""
    kind, _, depth = name.partition("@")
    from_ir_measures = next(measure.from_ir_measures for measure in MEASURES if measure.kind == kind)
    if from_ir_measures is None:
        return None
    found = from_ir_measures(relevant_from)
    return found @ int(depth) if depth else found


def _calculated(
    names: Sequence[str],
    ranked: Mapping[str, Sequence[str]],
    grades: Mapping[str, Mapping[str, int | None]],
    options: MeasureOptions,
) -> Iterator[tuple[str, str, float]]:
    """Name, topic and value of these measures, for every topic with a list and a pooled item."""
    named = {name: measure for name in names if (measure := _ir_measure(name, options.relevant_from)) is not None}
    yield from ir_values(named, ranked, grades)
    for name in set(names) - set(named):
        for topic, of in grades.items():
            relevant = [(of.get(item) or 0) >= options.relevant_from for item in ranked[topic]]
            yield name, topic, list_average_precision_at_k(relevant, options.k)


def _judged_shares(counted: CountedLists, options: MeasureOptions) -> Iterator[tuple[str, str, float]]:
    """Judged@k of every topic with a list, computed here: ir-measures counts every entry of the qrels as judged."""
    named = {name: _ir_measure(name, 1) for name in measure_names(options.k) if name.startswith("Judged")}
    judged = {
        topic: {item: grade for item, grade in grades.items() if grade is not None}
        for topic, grades in counted.grades.items()
    }
    yield from ir_values(named, counted.ranked, judged)


def ir_values(
    measures: Mapping[str, ir_measures.Measure],
    ranked: Mapping[str, Sequence[str]],
    grades: Mapping[str, Mapping[str, int | None]],
) -> Iterator[tuple[str, str, float]]:
    """Name, topic and value by ir-measures, for every topic with a list and a pooled item. All others are 0."""
    qrels = {
        topic: {item: UNJUDGED if grade is None else grade for item, grade in of.items()}
        for topic, of in grades.items()
        if of and ranked[topic]
    }
    if not measures or not qrels:
        return
    names_of = {measure: name for name, measure in measures.items()}
    # Scores descending by rank, since trec_eval reorders equal scores.
    run = {topic: {item: -float(rank) for rank, item in enumerate(ranked[topic])} for topic in qrels}
    for metric in ir_measures.iter_calc(list(names_of), qrels, run):
        yield names_of[metric.measure], metric.query_id, float(metric.value)
