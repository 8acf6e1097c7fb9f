"""Measures splitting from pixels to figures, with the default reader, on the sheets noted by eye.

Run from the project's root: python -m tests.engine.sheets.measure_figures ../shared
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

from engine.numerals.readers import component_reader
from engine.sheets.figures import split_figures
from engine.sheets.labels import labels_on
from tests.engine.sheets.test_figures import holds_its_drawing, percent_of, real_sheets


def main(shared: Path) -> None:
    """Print each sheet that is not right, then the counts and the median seconds of splitting."""
    reader = component_reader()
    counts: Counter[str] = Counter()
    seconds = []
    for reference, name, noted, sheet in real_sheets(shared):
        height, width = sheet.shape
        reading = reader.read(sheet)
        started = time.process_time()
        regions = split_figures(sheet, reading)
        seconds.append(time.process_time() - started)
        wanted = [figure["label"] for figure in noted["figures"]]
        drawings = [percent_of(figure["box"], width, height) for figure in noted["figures"]]
        held = all(
            any(holds_its_drawing(region.box_on_sheet, box, width, height) for region in regions) for box in drawings
        )
        parted = held and len(regions) == len(wanted)
        named = sorted(region.label for region in regions) == sorted(wanted)
        several = "several" if len(wanted) > 1 else "single"
        counts.update({several: 1, f"{several} parted": parted, f"{several} parted and named": parted and named})
        read = {label.label for label in labels_on(reading, width, height)}
        counts.update({"labels": len(wanted), "labels read": len(read.intersection(wanted))})
        if not (parted and named):
            print(f"{reference} {name}: {[region.label for region in regions]}, by eye {wanted}")
    print(dict(counts), f"splitting {1000 * float(np.median(seconds)):.0f} ms a sheet (median)")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
