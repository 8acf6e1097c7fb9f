"""manage.py make_sample: write a batch of generated patents, and what is true about them."""

from __future__ import annotations

import dataclasses
import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sample import write_sample
from sample.document import DEFAULT_MAX_SHEETS


class Command(BaseCommand):
    help = "Write an EPO batch of generated patents, and a file with their true numerals, links and views."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, metavar="DIR", help="folder to write into; made when missing")
        parser.add_argument("--documents", type=int, default=100, help="how many publications (default: 100)")
        parser.add_argument("--seed", type=int, default=1, help="equal seeds give equal bytes (default: 1)")
        parser.add_argument("--workers", type=int, default=1, help="processes that draw (default: 1)")
        parser.add_argument(
            "--max-sheets", type=int, default=DEFAULT_MAX_SHEETS, help="most sheets of a publication (default: 6)"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            summary = write_sample(
                options["directory"],
                documents=options["documents"],
                seed=options["seed"],
                workers=options["workers"],
                max_sheets_per_document=options["max_sheets"],
                progress=self._progress if sys.stderr.isatty() else None,
            )
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(dataclasses.asdict(summary), default=str))
            return
        self.stdout.write(
            f"{summary.batch}: {summary.documents} publications, {summary.sheets} sheets, {summary.figures} figures "
            f"in {summary.seconds:.1f} s ({summary.sheets / summary.seconds:.1f} sheets/s); truth in {summary.truth}"
        )

    def _progress(self, done: int, documents: int) -> None:
        self.stderr.write(f"\r{done} of {documents} publications", ending="\n" if done == documents else "")
