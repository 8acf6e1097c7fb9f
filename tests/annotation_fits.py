"""Judgments with a known best weight, and fits to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.contrib.auth.models import User

from annotations.models import FusionFit, QrelsSnapshot, Run, System, TopicSet
from annotations.selectors.document_numbers import numbers_of_figures, relatives_of_figures
from annotations.services import fits
from annotations.services.answering import run_process
from annotations.services.fits import fit_process, fit_request
from annotations.services.runs import run_make
from annotations.services.snapshots import snapshot_store
from annotations.services.topic_search import TopicSearch
from engine.evaluation.fitting import WEIGHTS, Evidence, Moments, fit_weight
from engine.evaluation.qrels import RULE_IMPORTED, JudgedFigure, JudgedTopic, Qrels
from engine.ranking.fusion import Fusion
from search.models import Figure, WorkState
from tests.annotation_collection import collection_make
from tests.annotation_rows import topic_set_make
from tests.factories import user_make

BEST = 0.8


@dataclass(frozen=True, slots=True)
class Judged:
    """Twelve topics over 28 figures of 14 publications, the last two without text; what is first by BEST is relevant.

    The run is the average, done.
    """

    staff: User
    figures: list[Figure]
    topic_set: TopicSet
    average: Run
    snapshot: QrelsSnapshot


def judged_make() -> Judged:
    figures = collection_make(publications=14, without_text=2)
    staff = user_make("administrator", staff=True)
    topic_set = topic_set_make(staff, figures[0:24:2])
    average = run_done_make(topic_set, staff)
    return Judged(staff, figures, topic_set, average, judged_by_weight(average, BEST))


def run_done_make(topic_set: TopicSet, made_by: User, system: System = System.AVERAGE, depth: int = 100) -> Run:
    """Make a run over the present collection, and process it."""
    run = run_make(topic_set=topic_set, name=system.value, system=system, made_by=made_by, depth=depth)
    return _answered(run)


def judged_by_weight(
    run: Run, weight: float, *, name: str = "by weight", relevant: int = 4, topics: int | None = None, noise: int = 0
) -> QrelsSnapshot:
    """Qrels in which the first of every topic by this weight are relevant; `noise` draws them instead, by that seed.

    topics: of how many topics anything is judged; None for all.
    """
    search = TopicSearch.of_run(run)
    generator = np.random.default_rng(noise)
    judged = {}
    for topic in run.topic_set.topics.order_by("number"):
        answer = search.ask(topic)
        assert answer.found is not None
        ranked = [pk for pk in answer.found.ranked(Fusion.WEIGHTED, weight).ids.tolist() if pk in answer.counting]
        if noise:
            ranked = generator.permutation(ranked).tolist()
        numbers, relatives = numbers_of_figures(ranked), relatives_of_figures(ranked)
        figures = {
            numbers[pk]: JudgedFigure(int(place < relevant) * 2, relatives[pk]) for place, pk in enumerate(ranked)
        }
        number = str(topic.number)
        own = None if topic.figure_id is None else relatives_of_figures([topic.figure_id])[topic.figure_id]
        counts = topics is None or topic.number <= topics
        judged[number] = JudgedTopic(number, topic.title, own, figures if counts else {})
    qrels = Qrels(run.topic_set.name, "overall", RULE_IMPORTED, judged)
    return snapshot_store(topic_set=run.topic_set, name=name, qrels=qrels, stored_by=run.created_by)


def fit_done_make(snapshot: QrelsSnapshot, baseline: Run, requested_by: User) -> FusionFit:
    """Make a fit with its run, both done."""
    fit = fit_request(snapshot=snapshot, baseline=baseline, requested_by=requested_by)
    while not fit.is_finished:
        answered = fit_process(fit_id=fit.pk)
        assert answered is not None
        fit = answered
    if fit.run is not None:
        _answered(fit.run)
    return fit


def fit_make(baseline: Run, run: Run, *, name: str = "Judged", peak: float = 0.7) -> FusionFit:
    """Make a done fit of twelve topics whose AP falls on both sides of a weight, without encoders."""
    number_of = [str(number) for number in range(1, 13)]
    moments = Moments(50, 30.0, 20.0)
    evidence = {
        number: Evidence(
            tuple(0.9 - place / 50 - abs(weight - peak - place / 100) for weight in WEIGHTS), moments, moments
        )
        for place, number in enumerate(number_of)
    }
    fitted = fit_weight(evidence, {number: one.precisions[49] for number, one in evidence.items()})
    qrels = Qrels(run.topic_set.name, "overall", RULE_IMPORTED, {"1": JudgedTopic("1", "", None, {})})
    return FusionFit.objects.create(
        snapshot=snapshot_store(topic_set=run.topic_set, name=name, qrels=qrels, stored_by=run.created_by),
        baseline=baseline,
        run=run,
        fitted=fits._fit_as_json(fitted),
        folds=[{"weight": fold.weight, "topics": list(fold.topics)} for fold in fitted.folds],
        gain=fitted.gain.mean,
        low=fitted.gain.low,
        high=fitted.gain.high,
        created_by=run.created_by,
        state=WorkState.DONE,
    )


def _answered(run: Run) -> Run:
    while run_process(run_id=run.pk):
        pass
    run.refresh_from_db()
    return run
