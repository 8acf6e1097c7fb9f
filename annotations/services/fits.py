"""Fit the fusion weight to judgments: the web process plans a fit, and the worker with the indexes computes it.

The evidence of each topic is stored under the fit's lease, so that a killed worker loses the work of one topic. A
weight can be offered in search only if its gain holds on topics that it was not fitted to.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from django.contrib.auth.models import User
from django.db import transaction
from numpy.typing import NDArray

from annotations.models import FusionFit, QrelsSnapshot, Run, System
from annotations.selectors.document_numbers import figures_of_numbers
from annotations.selectors.ranked import documents_of_runs
from annotations.selectors.runs import FAILED
from annotations.selectors.snapshots import snapshot_qrels
from annotations.services.locks import runs_lock
from annotations.services.runs import run_make
from annotations.services.topic_search import TopicSearch
from engine.errors import NotFound, Problem
from engine.evaluation.binary import DEFAULT_K
from engine.evaluation.fitting import FEWEST_TOPICS, Evidence, Fit, Moments, fit_weight, topic_evidence
from engine.evaluation.measures import MeasureOptions, counted_lists, measure_run
from engine.evaluation.qrels import Qrels
from search.models import SuggestedWeight, Verdict, WorkState
from search.services.locks import row_lock
from search.services.work import (
    work_claim,
    work_done,
    work_extend,
    work_reject,
    work_requeue,
    work_requeue_after_failure,
    work_restart,
    worker_name,
)

logger = logging.getLogger(__name__)

BUDGET_SECONDS = 3.0  # of one task, so that queries of users do not wait long for a fit
_DIGITS = 9
_GRADES = (1, 2, 3)


@transaction.atomic
def fit_request(*, snapshot: QrelsSnapshot, baseline: Run, relevant_from: int = 1, requested_by: User) -> FusionFit:
    """Plan a fit; the caller enqueues it with annotations.queue. The same request again returns the same fit.

    A failed fit becomes waiting again. Raises: Problem.
    """
    if relevant_from not in _GRADES:
        raise Problem("relevant-from", "`relevant_from` must be 1, 2 or 3.")
    if baseline.topic_set_id != snapshot.topic_set_id:
        raise Problem(
            "other-topics", f"Run {baseline} belongs to another topic set; choose a run of {snapshot.topic_set}."
        )
    if baseline.state != WorkState.DONE:
        raise Problem("run-not-done", f"Run {baseline} is not done; wait for it, or choose another run.")
    if baseline.system != System.IMPORTED and baseline.depth < DEFAULT_K:
        raise Problem(
            "run-too-short",
            f"Run {baseline} has a depth of {baseline.depth}, too small for AP@{DEFAULT_K}. Make a run with a depth of "
            f"{DEFAULT_K} or more.",
        )
    judged = _judged(snapshot, relevant_from)
    _require_enough_topics(judged)
    if not runs_lock([baseline]):
        raise Problem("run-gone", f"Run {baseline} was deleted meanwhile; choose another run.")
    while True:
        fit, created = FusionFit.objects.get_or_create(
            snapshot=snapshot,
            baseline=baseline,
            relevant_from=relevant_from,
            defaults={"created_by": requested_by, "fitted": {"topic_count": len(judged.relevant)}},
        )
        if created:
            logger.info("fit planned fit=%d snapshot=%d baseline=%d", fit.pk, snapshot.pk, baseline.pk)
            return fit
        with suppress(NotFound):  # deleted meanwhile: make another one
            return fit_retry(fit=fit)


@transaction.atomic
def fit_retry(*, fit: FusionFit) -> FusionFit:
    """Make a failed fit wait again, with the evidence it has; other fits do not change. Raises: NotFound."""
    row = row_lock(fit)
    if row.state in FAILED:
        work_restart(row=row)
        FusionFit.objects.filter(pk=row.pk).update(verdict=Verdict.OPEN)
    row.refresh_from_db()
    return row


def fit_process(*, fit_id: int) -> FusionFit | None:
    """Work on a fit for about BUDGET_SECONDS. Failures are recorded in the fit.

    Return the fit as it is afterwards; None if it was deleted, is finished, or belongs to another worker.
    """
    fit = work_claim(model=FusionFit, pk=fit_id)
    if fit is None:
        return None
    try:
        _process(fit)
    except Problem as problem:
        logger.warning("fit refused fit=%d reason=%s", fit.pk, problem)
        work_reject(row=fit, code=problem.code, detail=problem.detail)
    except Exception as error:  # of any kind: the lease must not stay with a process that has stopped working on it
        work_requeue_after_failure(row=fit, error=error)
    return FusionFit.objects.filter(pk=fit.pk).first()


@transaction.atomic
def fit_promote(*, fit: FusionFit, promoted_by: User) -> FusionFit:
    """Offer the fitted weight beside the weight slider of the search; repeating it does nothing.

    Raises: Problem unless the gain holds on held-out topics, over the baseline and over the usual weight; NotFound.
    """
    row = row_lock(fit)
    problem = promotion_problem(row)
    if problem:
        raise Problem("not-promoted", problem)
    if row.suggestion_id is None:
        usual = row.fitted["over_usual"]
        row.suggestion = SuggestedWeight.objects.create(
            percent=round(100 * row.fitted["weight"]),
            gain=usual["gain"],
            low=usual["low"],
            high=usual["high"],
            topic_count=len(row.fitted["topics"]),
            source=row.snapshot.name[:200],
            set_by=promoted_by,
        )
        row.save(update_fields=["suggestion"])
        logger.info("fit promoted fit=%d percent=%d", row.pk, row.suggestion.percent)
    return row


@transaction.atomic
def fit_withdraw(*, fit: FusionFit) -> FusionFit:
    """Stop offering the weight, so that the one offered before applies again; repeating it does nothing.

    Raises: NotFound.
    """
    row = row_lock(fit)
    if row.suggestion_id is not None:
        SuggestedWeight.objects.filter(pk=row.suggestion_id).delete()
        logger.info("fit withdrawn fit=%d", row.pk)
    row.refresh_from_db()
    return row


@transaction.atomic
def fit_delete(*, fit: FusionFit) -> None:
    """Delete a fit; the run that ranks by it stays. Repeating it does nothing.

    Raises: Problem while its weight is offered.
    """
    row = FusionFit.objects.select_for_update().filter(pk=fit.pk).first()
    if row is None:
        return
    if row.suggestion_id is not None:
        raise Problem("fit-promoted", "The weight of this fit is offered in search. Withdraw it, then delete the fit.")
    row.delete()
    logger.info("fit deleted fit=%d", fit.pk)


def promotion_problem(fit: FusionFit) -> str:
    """Describe why a fit cannot be offered in search; empty if it can."""
    if fit.state != WorkState.DONE or fit.low is None:
        return "The fit is not done yet."
    if fit.low <= 0:
        return (
            f"The gain over {fit.baseline} on held-out topics is not certain: its 95 % interval begins at "
            f"{fit.low:.4f}. Judge more topics, and fit again."
        )
    usual: Mapping[str, float] = fit.fitted["over_usual"]
    if usual["low"] <= 0:
        return (
            f"The gain over the usual 50 % on held-out topics is not certain: its 95 % interval begins at "
            f"{usual['low']:.4f}. Judge more topics, and fit again."
        )
    return ""


@dataclass(frozen=True, slots=True)
class _Judged:
    """Qrels, with the document numbers of the relevant figures that may count, for each topic that has some."""

    qrels: Qrels
    options: MeasureOptions
    relevant: Mapping[str, frozenset[str]]


def _judged(snapshot: QrelsSnapshot, relevant_from: int) -> _Judged:
    """Return the relevant figures of a snapshot by topic. Raises: SnapshotDamaged."""
    qrels = snapshot_qrels(snapshot)
    options = MeasureOptions(unit="figure", k=DEFAULT_K, relevant_from=relevant_from)
    existing = {str(number) for number in snapshot.topic_set.topics.values_list("number", flat=True)}
    relevant = {
        number: frozenset(one for one, grade in grades.items() if grade is not None and grade >= relevant_from)
        for number, grades in counted_lists({}, qrels, options.unit).grades.items()
        if number in existing
    }
    return _Judged(qrels, options, {number: found for number, found in relevant.items() if found})


def _require_enough_topics(judged: _Judged) -> None:
    if len(judged.relevant) < FEWEST_TOPICS:
        raise Problem(
            "too-few-topics",
            f"{len(judged.relevant)} topics have a relevant figure; a fit needs at least {FEWEST_TOPICS}, to be tried "
            "on held-out topics. Judge more topics, freeze the judgments again, and fit to the new snapshot.",
        )


def _process(fit: FusionFit) -> None:
    judged = _judged(fit.snapshot, fit.relevant_from)
    _require_enough_topics(judged)
    search = TopicSearch.of_run(fit.baseline)
    figures = figures_of_numbers(frozenset().union(*judged.relevant.values()))
    deadline = time.monotonic() + BUDGET_SECONDS
    open_topics = [
        topic
        for topic in fit.snapshot.topic_set.topics.order_by("number")
        if str(topic.number) in judged.relevant and str(topic.number) not in fit.evidence
    ]
    for place, topic in enumerate(open_topics):
        number = str(topic.number)
        if place and time.monotonic() > deadline:
            work_requeue(row=fit)
            return
        answer = search.ask(topic)
        wanted = judged.relevant[number]
        known = _ids([figures[one] for one in wanted if one in figures])
        found = topic_evidence(answer.found, answer.counting, known, relevant_count=len(wanted))
        fit.evidence[number] = _evidence_as_json(found)
        if not _leased(fit).update(evidence=fit.evidence):
            return  # another worker has taken it over
        work_extend(row=fit)
    _finish(fit, judged)


@transaction.atomic
def _finish(fit: FusionFit, judged: _Judged) -> None:
    """Finish a fit whose topics are all evaluated, and plan the run that ranks by it, unless another worker has it."""
    if not _leased(fit).select_for_update().exists():
        return
    evidence = {number: _evidence_from_json(fit.evidence[number]) for number in judged.relevant}
    fitted = fit_weight(evidence, _baseline_precisions(fit.baseline, judged))
    fit.fitted = _fit_as_json(fitted)
    fit.folds = [{"weight": fold.weight, "topics": list(fold.topics)} for fold in fitted.folds]
    fit.gain, fit.low, fit.high = fitted.gain.mean, fitted.gain.low, fitted.gain.high
    fit.run = run_make(
        topic_set=fit.snapshot.topic_set,
        name=f"fitted-{round(100 * fitted.weight)}",
        system=System.FITTED,
        made_by=fit.created_by,
        weight=fitted.weight,
        depth=max(DEFAULT_K, fit.baseline.depth),
        filters=fit.baseline.filters,
        as_of=fit.baseline,
    )
    fit.save(update_fields=["fitted", "folds", "gain", "low", "high", "run"])
    work_done(row=fit, verdict=Verdict.ACCEPTED)
    logger.info("fit done fit=%d weight=%.2f run=%d", fit.pk, fitted.weight, fit.run.pk)


def _leased(fit: FusionFit) -> Any:
    """Query of the row while this worker has its lease."""
    return FusionFit.objects.filter(pk=fit.pk, state=WorkState.RUNNING, worker=worker_name())


def _baseline_precisions(baseline: Run, judged: _Judged) -> dict[str, float]:
    """Return AP by topic number, as the score table has it."""
    measured = measure_run(documents_of_runs([baseline])[baseline.pk], judged.qrels, judged.options)
    values = measured.values[f"AP@{DEFAULT_K}"].tolist()
    return dict(zip(measured.topics, values, strict=True))


def _ids(figures: list[int]) -> NDArray[np.int64]:
    return np.array(sorted(figures), dtype=np.int64)


def _evidence_as_json(evidence: Evidence) -> dict[str, Any]:
    sides = {name: [one.count, one.total, one.squares] for name, one in _sides(evidence)}
    return {"precisions": [round(value, _DIGITS) for value in evidence.precisions], **sides}


def _evidence_from_json(stored: Mapping[str, Any]) -> Evidence:
    return Evidence(tuple(stored["precisions"]), Moments(*stored["visual"]), Moments(*stored["text"]))


def _sides(of: Evidence | Fit) -> tuple[tuple[str, Moments], tuple[str, Moments]]:
    return ("visual", of.visual), ("text", of.text)


def _fit_as_json(fit: Fit) -> dict[str, Any]:
    """Return the value of FusionFit.fitted."""
    sides = {name: {"count": one.count, "mean": one.mean, "deviation": one.deviation} for name, one in _sides(fit)}
    usual = fit.over_usual.difference
    return {
        "topic_count": len(fit.topics),
        "weight": fit.weight,
        "calibrated_share": fit.calibrated_share,
        **sides,
        "curve": list(fit.curve),
        "topics": [asdict(topic) for topic in fit.topics],
        "baseline_mean": fit.baseline_mean,
        "held_out_mean": fit.held_out_mean,
        "usual_mean": fit.usual_mean,
        "in_sample_gain": fit.in_sample_gain,
        "over_usual": {"gain": usual.mean, "low": usual.low, "high": usual.high},
        "comparison": asdict(fit.held_out),
    }
