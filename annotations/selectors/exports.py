"""Runs, qrels and document numbers as files to download."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from annotations.models import QrelsSnapshot, Run
from annotations.selectors.ranked import lists_of_runs
from annotations.selectors.snapshots import snapshot_qrels
from engine.errors import Problem
from engine.evaluation.documents import document_number
from engine.evaluation.tables import csv_line, harmless, qrels_as_csv, run_as_csv, run_as_json
from engine.evaluation.trec import qrels_as_trec, run_as_trec
from search.models import WorkState
from search.selectors.figures import figures_to_show

FORMATS = ("trec", "csv", "json")
_CONTENT_TYPES = {
    "trec": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8; header=present",
    "json": "application/json",
}
_SUFFIXES = {"csv": "csv", "json": "json"}


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file to download. name: ASCII without blanks."""

    name: str
    content_type: str
    text: str


def run_file(run: Run, file_format: str) -> ExportedFile:
    """Write the ranked lists of a finished run in one of FORMATS; the same bytes each time.

    Raises: Problem while the run is not done, since an incomplete file would look like a complete one.
    """
    if run.state != WorkState.DONE:
        raise Problem("run-open", f"Run {run} is not done. Export it when it is.")
    lists = lists_of_runs([run])[run.pk]
    written = {
        "trec": lambda: run_as_trec(lists, run.name),
        "csv": lambda: run_as_csv(lists, run.name),
        "json": lambda: run_as_json(lists, run.name, made_with(run)),
    }[file_format]()
    return _file(f"run-{run.pk}-{run.name}", "run", file_format, written)


def made_with(run: Run) -> dict[str, Any]:
    """Return everything that determined a run, for JSON."""
    return {
        "topic_set": run.topic_set.name,
        "system": run.system,
        "weight": run.weight,
        "filters": run.filters,
        "depth": run.depth,
        "encoder_keys": run.encoder_keys,
        "index_versions": run.index_versions,
        "last_embedding_ids": run.last_embedding_ids,
        "note": run.note,
        "sha256": run.sha256,
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
    }


def qrels_file(snapshot: QrelsSnapshot, file_format: str) -> ExportedFile:
    """Write a snapshot in one of FORMATS. TREC has the final grades, the others also the judgments and rulings.

    JSON is the frozen text. Raises: SnapshotDamaged.
    """
    qrels = snapshot_qrels(snapshot)
    written = {
        "trec": lambda: qrels_as_trec(qrels),
        "csv": lambda: qrels_as_csv(qrels),
        "json": lambda: snapshot.content,
    }[file_format]()
    return _file(f"qrels-{snapshot.pk}", "qrels", file_format, written)


def document_number_rows() -> Iterator[str]:
    """Yield the lines of a CSV with the document number of every figure that a search may show."""
    yield csv_line(("figure", "publication", "label", "sheet_file", "page", "figure_id"))
    sheet = "sheet__"
    fields = (
        "pk", "label", "position", f"{sheet}position", f"{sheet}page", f"{sheet}file_name",
        f"{sheet}publication__reference",
    )  # fmt: skip
    figures = figures_to_show().order_by("sheet__publication__reference", "sheet__position", "sheet__page", "position")
    for pk, label, place, sheet_place, page, name, reference in figures.values_list(*fields).iterator(chunk_size=5000):
        number = document_number(reference, sheet_place, page, place)
        yield csv_line((number, reference, harmless(label), harmless(name), page, pk))


def _file(stem: str, kind: str, file_format: str, text: str) -> ExportedFile:
    return ExportedFile(f"{stem}.{_SUFFIXES.get(file_format, kind)}", _CONTENT_TYPES[file_format], text)
