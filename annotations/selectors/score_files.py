"""The score table as JSON and CSV, with the qrels, runs and options behind it; the same bytes each time."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from annotations.selectors.exports import made_with
from annotations.selectors.scores import RunScored, ScoreTable
from annotations.selectors.snapshots import SnapshotRow
from engine.evaluation.significance import Comparison
from engine.evaluation.tables import harmless

SCHEMA = "patentsearch-scores/1"
_DIGITS = 9
COLUMNS = (
    "run", "system", "weight", "measure", "mean", "low_95", "high_95", "unjudged_irrelevant", "unjudged_relevant",
    "topics", "unit", "relevant_from", "k", "qrels", "qrels_sha256", "assessors", "pool_depth", "encoders",
    "index_versions", "run_sha256",
)  # fmt: skip


def score_table_as_json(table: ScoreTable, qrels: SnapshotRow) -> str:
    """Write every score of the table as JSON, also by topic, with its qrels, runs and options."""
    written = {
        "schema": SCHEMA,
        "topic_set": table.snapshot.topic_set.name,
        "qrels": {
            "name": table.snapshot.name,
            "sha256": table.snapshot.sha256,
            "facet": table.snapshot.facet,
            "assessors": list(qrels.summary.assessors) if qrels.summary else [],
            "pool_depths": qrels.depths,
        },
        "options": {"unit": table.options.unit, "relevant_from": table.options.relevant_from, "k": table.options.k},
        "topics": list(table.topics),
        "topics_without_relevant": list(table.topics_without),
        "runs": [_run(table, one) for one in table.scored],
        "compared_by": table.measure,
        "comparisons": [_comparison(one, other, pair) for one, other, pair in table.pairs],
    }
    return json.dumps(written, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def score_table_as_csv(table: ScoreTable, qrels: SnapshotRow) -> str:
    """Write the table as CSV, one row for each run and measure."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in table.scored:
        run = one.run
        for name in table.options.names:
            estimate = table.estimates[run.pk, name]
            irrelevant, relevant = one.bounds(name)
            writer.writerow(
                (
                    *(harmless(run.name), run.system, "" if run.weight is None else run.weight, name),
                    *(estimate.mean, estimate.low, estimate.high, irrelevant, relevant, len(table.topics)),
                    *(table.options.unit, table.options.relevant_from, table.options.k),
                    *(harmless(table.snapshot.name), table.snapshot.sha256),
                    harmless(" ".join(qrels.summary.assessors)) if qrels.summary else "",
                    " ".join(map(str, qrels.depths)),
                    " ".join(f"{side}={key}" for side, key in sorted(run.encoder_keys.items())),
                    " ".join(f"{side}={version}" for side, version in sorted(run.index_versions.items())),
                    run.sha256,
                )
            )
    return text.getvalue()


def _run(table: ScoreTable, one: RunScored) -> dict[str, Any]:
    measures = {}
    for name in table.options.names:
        estimate = table.estimates[one.run.pk, name]
        irrelevant, relevant = one.bounds(name)
        measures[name] = {
            "mean": estimate.mean,
            "interval_95": [estimate.low, estimate.high],
            "unjudged_irrelevant": irrelevant,
            "unjudged_relevant": relevant,
            "topics": dict(zip(one.counted_topics, map(_short, one.counted(name).tolist()), strict=True)),
        }
    return {"name": one.run.name, "made_with": made_with(one.run), "measures": measures}


def _comparison(one: RunScored, other: RunScored, pair: Comparison) -> dict[str, Any]:
    return {
        "first": one.run.name,
        "second": other.run.name,
        "difference": pair.difference.mean,
        "interval_95": [pair.difference.low, pair.difference.high],
        "wins": pair.wins,
        "ties": pair.ties,
        "losses": pair.losses,
        "p_randomization": pair.p_randomization,
        "p_randomization_is_exact": pair.is_exact,
        "p_randomization_holm": pair.adjusted_randomization,
        "p_t": _short(pair.p_t),
        "p_t_holm": _short(pair.adjusted_t),
        "effect_size": _short(pair.effect_size),
        "detectable_difference": _short(pair.detectable),
        "topics_needed": pair.topics_needed,
    }


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
