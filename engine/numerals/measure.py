"""Measure a reader on sheets that were read by eye: precision, recall and seconds.

    python -m engine.numerals.measure tests/engine/numerals/read_by_eye.json batch.zip [--split test] [--threads 2]

The truth is JSON: publication → file name → {"rotation", "numerals", "labels", "split"}. The zip is a delivery that
holds those publications. Readings are settled by the numerals of the publication's text.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.delivery import DocumentMember, open_delivery
from engine.imaging import open_image
from engine.linking import analyse_text
from engine.numerals.settling import settle
from engine.patents import parse_patent
from engine.registry import READERS, maker
from engine.sheets.reading import GrayImage, NumeralReader, TextKind


@dataclass(frozen=True, slots=True)
class EyeRead:
    """A sheet with what a person read on it, and the numerals of the publication's text."""

    publication: str
    file_name: str
    sheet: GrayImage
    rotation: int
    numerals: frozenset[str]
    labels: frozenset[str]
    known: frozenset[str]
    split: str


@dataclass(frozen=True, slots=True)
class SheetScore:
    """A reader's result for one sheet. seconds: first look. again_seconds: second look, 0 without one."""

    truth: EyeRead
    rotation: int
    first_read: frozenset[str]  # before the second look
    read: frozenset[str]
    labels: frozenset[str]
    seconds: float
    again_seconds: float

    @property
    def right(self) -> frozenset[str]:
        return self.read & self.truth.numerals


def eye_read_sheets(truth_file: Path, delivery: Path, only: Collection[str] = ()) -> Iterator[EyeRead]:
    """The sheets of a truth file with their pixels. only: like "US1234567A1/imgf0003.tif"; empty means all."""
    truth: dict[str, dict[str, Any]] = json.loads(truth_file.read_text(encoding="utf-8"))
    with open_delivery(delivery) as opened:
        for member in opened.members():
            if not isinstance(member, DocumentMember):
                continue
            files = opened.read(member.name)
            document = parse_patent(files.xml, member.name)
            publication = document.number.reference
            sheets = {
                name: entry
                for name, entry in truth.get(publication, {}).items()
                if not only or f"{publication}/{name}" in only
            }
            if not sheets:
                continue
            known = analyse_text(document.paragraphs).numerals
            # Small capitals hide the case: 110A on the sheet is the text's 110a.
            spelling = {numeral.lower(): numeral for numeral in known}
            for name, entry in sheets.items():
                yield EyeRead(
                    publication=publication,
                    file_name=name,
                    sheet=open_image(files.files[name], name).pixels,
                    rotation=int(entry["rotation"]),
                    numerals=frozenset(n if n in known else spelling.get(n.lower(), n) for n in entry["numerals"]),
                    labels=frozenset(entry["labels"]),
                    known=known,
                    split=str(entry.get("split", "")),
                )


def score_sheet(reader: NumeralReader, truth: EyeRead) -> SheetScore:
    """Read one sheet as the pipeline does: first look, settling, second look for missing numerals, settling."""
    started = time.perf_counter()
    reading = settle(reader.read(truth.sheet), truth.known)
    first = time.perf_counter()
    first_read = frozenset(box.text for box in reading.numerals())
    missing = truth.known - first_read
    if missing:
        reading = settle(reader.look_again(truth.sheet, reading, missing), truth.known)
    ended = time.perf_counter()
    return SheetScore(
        truth=truth,
        rotation=reading.rotation,
        first_read=first_read,
        read=frozenset(box.text for box in reading.numerals()),
        labels=frozenset(box.text for box in reading.boxes if box.kind is TextKind.FIGURE_LABEL),
        seconds=first - started,
        again_seconds=ended - first,
    )


def precision_recall(scores: Sequence[SheetScore]) -> tuple[float, float]:
    """Precision and recall over unique numerals per sheet, all sheets together; 0 when undefined."""
    right = sum(len(score.right) for score in scores)
    read = sum(len(score.read) for score in scores)
    there = sum(len(score.truth.numerals) for score in scores)
    return right / max(1, read), right / max(1, there)


def report(scores: Sequence[SheetScore]) -> dict[str, object]:
    """The results of a run, for printing and JSON."""
    upright = [score for score in scores if score.truth.rotation == 0]
    sideways = [score for score in scores if score.truth.rotation != 0]
    rows: dict[str, object] = {"sheets": len(scores)}
    for name, part in (("all", scores), ("upright", upright), ("sideways", sideways)):
        precision, recall = precision_recall(part)
        rows[name] = {"sheets": len(part), "precision": round(precision, 4), "recall": round(recall, 4)}
    first = sum(len(score.first_read & score.truth.numerals) for score in scores)
    rows["first_look_precision"] = round(first / max(1, sum(len(score.first_read) for score in scores)), 4)
    rows["first_look_recall"] = round(first / max(1, sum(len(score.truth.numerals) for score in scores)), 4)
    rows["rotation_right"] = sum(score.rotation == score.truth.rotation for score in scores)
    rows["median_seconds"] = round(statistics.median(score.seconds for score in scores), 3)
    rows["median_seconds_again"] = round(statistics.median(score.again_seconds for score in scores), 3)
    rows["worst_seconds"] = round(max(score.seconds + score.again_seconds for score in scores), 3)
    return rows


def _line(score: SheetScore) -> str:
    truth = score.truth
    turn = "" if score.rotation == truth.rotation else f" ROTATION {score.rotation} not {truth.rotation}"
    missed, wrong = sorted(truth.numerals - score.read), sorted(score.read - truth.numerals)
    unlabelled, mislabelled = sorted(truth.labels - score.labels), sorted(score.labels - truth.labels)
    return (
        f"{truth.publication}/{truth.file_name} {truth.split} {len(score.right)}/{len(truth.numerals)} "
        f"{score.seconds:.2f}+{score.again_seconds:.2f}s{turn} missed {missed} wrong {wrong} "
        f"labels missed {unlabelled} wrong {mislabelled}"
    )


def main() -> int:
    """Print a line per sheet and, on the last line, the results as JSON."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("truth", type=Path)
    arguments.add_argument("delivery", type=Path)
    arguments.add_argument("--split", default="")
    arguments.add_argument("--threads", type=int, default=1)
    arguments.add_argument("--reader", choices=READERS, default="components")
    given = arguments.parse_args()
    reader = maker(READERS[given.reader])(threads=given.threads)
    scores = []
    for truth in eye_read_sheets(given.truth, given.delivery):
        if given.split in ("", truth.split):
            scores.append(score_sheet(reader, truth))
            print(_line(scores[-1]), flush=True)
    if not scores:
        print("the delivery holds no sheet of the truth file: check both paths and --split", file=sys.stderr)
        return 1
    print(json.dumps(report(scores)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
