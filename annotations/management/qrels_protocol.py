"""Measures of runs by a qrels snapshot, as `evaluate --protocol qrels` reports them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from annotations.models import QrelsSnapshot, Run
from annotations.selectors.exports import made_with
from annotations.selectors.ranked import documents_of_runs
from annotations.selectors.snapshots import snapshot_qrels
from engine.evaluation.estimates import Estimate
from engine.evaluation.measures import MeasureOptions, RunMeasures, measure_run
from engine.evaluation.significance import Comparisons, compare_runs

_DIGITS = 9


def evaluated(snapshot: QrelsSnapshot, runs: Sequence[Run], options: MeasureOptions) -> dict[str, Any]:
    """Compute every measure of every run. Runs are listed under `modalities`, as in the other protocols."""
    qrels = snapshot_qrels(snapshot)
    lists = documents_of_runs(runs)
    measured = {run.name: measure_run(lists[run.pk], qrels, options) for run in runs}
    if_relevant = {
        run.name: measure_run(lists[run.pk], qrels, replace(options, unjudged="relevant")).means() for run in runs
    }
    headline = f"AP@{options.k}"
    compared = compare_runs({name: of.counted()[headline] for name, of in measured.items()})
    first = next(iter(measured.values()))
    return {
        "protocol": "qrels",
        "k": options.k,
        "unit": options.unit,
        "relevant_from": options.relevant_from,
        "snapshot": {
            "id": snapshot.pk,
            "name": snapshot.name,
            "topic_set": snapshot.topic_set.name,
            "facet": snapshot.facet,
            "sha256": snapshot.sha256,
            "rule": qrels.rule,
        },
        "topics": len(first.topics),
        "without_relevant": list(first.without_relevant),
        "modalities": {
            run.name: _scores(measured[run.name], if_relevant[run.name], compared.means[run.name], options.k)
            | {"made_with": made_with(run)}
            for run in runs
        },
        "comparisons": _pairs(compared),
    }


def _scores(measures: RunMeasures, if_relevant: Mapping[str, float], mean: Estimate, k: int) -> dict[str, Any]:
    means = measures.means()
    return {
        "map": round(means[f"AP@{k}"], _DIGITS),
        "ci": [round(mean.low, _DIGITS), round(mean.high, _DIGITS)],
        "queries": len(measures.counted_topics),
        "without_relevant": len(measures.without_relevant),
        "k": k,
        "reciprocal_rank": round(means["RR"], _DIGITS),
        "judged": round(means[f"Judged@{k}"], _DIGITS),
        "ap_list": round(means[f"list AP@{k}"], _DIGITS),
        "precision": round(means[f"P@{k}"], _DIGITS),
        "recall": round(means[f"R@{k}"], _DIGITS),
        "ndcg": round(means[f"nDCG@{k}"], _DIGITS),
        "measures": {name: round(value, _DIGITS) for name, value in means.items()},
        "measures_if_unjudged_relevant": {name: round(value, _DIGITS) for name, value in if_relevant.items()},
        "topics": {
            topic: {name: round(float(values[place]), _DIGITS) for name, values in measures.values.items()}
            for place, topic in enumerate(measures.topics)
        },
    }


def _pairs(compared: Comparisons) -> list[dict[str, Any]]:
    return [asdict(pair) for pair in compared.pairs]
