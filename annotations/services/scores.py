"""Score runs by a snapshot and store the scores: computing them takes seconds, and they never change."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from annotations.models import QrelsSnapshot, Run, RunScores
from annotations.selectors.ranked import documents_of_runs
from annotations.selectors.scores import ScoreOptions, runs_not_scored
from annotations.selectors.snapshots import snapshot_qrels
from annotations.services.locks import RunNotFound, runs_lock
from engine.evaluation.curves import precision_recall
from engine.evaluation.measures import counted_lists, measure_lists
from engine.evaluation.qrels import Qrels


def scores_complete(
    *, snapshot: QrelsSnapshot, runs: Sequence[Run], options: ScoreOptions, budget_seconds: float | None = None
) -> list[Run]:
    """Score the runs without stored scores, at least one; return those left when the time is up.

    Concurrent calls store one row for each run. Raises: SnapshotDamaged, RunNotFound.
    """
    left = runs_not_scored(snapshot, runs, options)
    if not left:
        return []
    started = time.monotonic()
    qrels = snapshot_qrels(snapshot)
    while left:
        run = left.pop(0)
        values = _scored(documents_of_runs([run])[run.pk], qrels, options)
        row = RunScores(snapshot=snapshot, run=run, values=values, **options.fields)
        with transaction.atomic():
            if not runs_lock([run]):
                raise RunNotFound
            RunScores.objects.bulk_create([row], ignore_conflicts=True)
        if budget_seconds is not None and time.monotonic() - started > budget_seconds:
            break
    return left


def _scored(ranked: dict[str, list[str]], qrels: Qrels, options: ScoreOptions) -> dict[str, Any]:
    """Return the value of RunScores.values."""
    counted = counted_lists(ranked, qrels, options.measured().unit)
    measured = measure_lists(counted, qrels, options.measured())
    optimistic = measure_lists(counted, qrels, options.measured(unjudged_relevant=True))
    curve = precision_recall(counted, options.measured())
    return {
        "topics": list(measured.topics),
        "in_mean": measured.in_mean.tolist(),
        "values": {name: of.tolist() for name, of in measured.values.items()},
        "optimistic": {name: of.tolist() for name, of in optimistic.values.items()},
        "precisions": curve.precisions.tolist(),
    }
