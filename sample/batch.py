"""Write a sample: a batch like the EPO's, its ground truth, and groups for evaluation.

Files written: batch.zip; truth.jsonl with one document a line (`SampleDocument.truth`); groups_family.json
(publication → family, families of two or more) and groups_class.json (publication → kind of object).
Boxes in the truth are [left, top, width, height] in pixels of the stored sheet; character spans are
[start, end, value] in the sentence; rotation is the clockwise turn that sets a stored sheet upright.
"""

from __future__ import annotations

import functools
import json
import multiprocessing
import os
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sample.content import has_family
from sample.document import DEFAULT_MAX_SHEETS, sample_document, zip_entry

BATCH_NAME, TRUTH_NAME = "batch.zip", "truth.jsonl"
FAMILY_NAME, CLASS_NAME = "groups_family.json", "groups_class.json"
POSITIONS_PER_SEED = 100_000


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """The counts of a written sample, and the time it took."""

    batch: Path
    truth: Path
    groups_family: Path
    groups_class: Path
    documents: int
    sheets: int
    figures: int
    seconds: float


@dataclass(frozen=True, slots=True)
class _Made:
    """One generated document, ready to be written."""

    member: str
    archive: bytes
    truth_line: str
    publication: str
    kind: str
    family: str
    sheets: int
    figures: int


@dataclass
class _Tally:
    """Names and counts of the written documents."""

    classes: dict[str, str] = field(default_factory=dict)
    families: dict[str, str] = field(default_factory=dict)
    entries: list[str] = field(default_factory=list)
    sheets: int = 0
    figures: int = 0

    def count(self, made: _Made, *, in_family: bool) -> None:
        self.classes[made.publication] = made.kind
        if in_family:
            self.families[made.publication] = made.family
        self.entries.append(f'<document publication="{made.publication}" file="{made.member}"/>')
        self.sheets += made.sheets
        self.figures += made.figures


def write_sample(
    directory: Path,
    *,
    documents: int,
    seed: int,
    workers: int = 1,
    max_sheets_per_document: int = DEFAULT_MAX_SHEETS,
    progress: Callable[[int, int], None] | None = None,
) -> SampleSummary:
    """Write a sample into the directory, with one document in memory per worker.

    The same documents, seed and max_sheets_per_document give the same bytes, whatever the number of workers.
    progress is called with (documents done, documents) after each document.
    Raises: ValueError for counts below 1 or above 100,000 documents; OSError when the directory cannot be written.
    """
    if not 1 <= documents <= POSITIONS_PER_SEED or workers < 1:
        raise ValueError(f"documents must be 1 to {POSITIONS_PER_SEED} and workers at least 1")
    started = time.perf_counter()
    directory.mkdir(parents=True, exist_ok=True)
    make = functools.partial(_make, seed, max_sheets_per_document)
    tally = _Tally()
    # Written under another name and renamed, so that a failed run leaves no partial batch.
    batch_part, truth_part = directory / f"{BATCH_NAME}.part", directory / f"{TRUTH_NAME}.part"
    with (
        zipfile.ZipFile(batch_part, "w", zipfile.ZIP_STORED) as batch,
        truth_part.open("w", encoding="utf-8", newline="\n") as truth,
        _documents(make, documents, workers) as made_documents,
    ):
        for position, made in enumerate(made_documents):
            batch.writestr(zip_entry(made.member), made.archive)
            truth.write(made.truth_line + "\n")
            tally.count(made, in_family=has_family(position, documents))
            if progress is not None:
                progress(position + 1, documents)
        batch.writestr(zip_entry("index.xml", zipfile.ZIP_DEFLATED), _index_xml(tally.entries))
    os.replace(batch_part, directory / BATCH_NAME)
    os.replace(truth_part, directory / TRUTH_NAME)
    _write_json(directory / FAMILY_NAME, tally.families)
    _write_json(directory / CLASS_NAME, tally.classes)
    return SampleSummary(
        batch=directory / BATCH_NAME,
        truth=directory / TRUTH_NAME,
        groups_family=directory / FAMILY_NAME,
        groups_class=directory / CLASS_NAME,
        documents=documents,
        sheets=tally.sheets,
        figures=tally.figures,
        seconds=time.perf_counter() - started,
    )


def _make(seed: int, max_sheets: int, position: int) -> _Made:
    document = sample_document(seed, position, max_sheets=max_sheets)
    truth = document.truth
    return _Made(
        member=document.member,
        archive=document.zip_bytes(),
        truth_line=json.dumps(truth, ensure_ascii=False, separators=(",", ":")),
        publication=truth["publication"],
        kind=truth["class"],
        family=truth["family"],
        sheets=len(truth["sheets"]),
        figures=sum(len(sheet["figures"]) for sheet in truth["sheets"]),
    )


@contextmanager
def _documents(make: Callable[[int], _Made], documents: int, workers: int) -> Iterator[Iterator[_Made]]:
    """The documents in order of position, made in this process or by workers."""
    if workers == 1:
        yield map(make, range(documents))
        return
    # Spawned instead of forked, since the caller may have threads.
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield pool.imap(make, range(documents), chunksize=2)


def _index_xml(entries: list[str]) -> bytes:
    body = "\n".join(entries)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<index>\n{body}\n</index>\n'.encode()


def _write_json(path: Path, content: dict[str, str]) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
