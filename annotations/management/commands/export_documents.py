"""manage.py export_documents: the document numbers of all figures, so that other systems can name theirs."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from annotations.selectors.exports import document_number_rows
from search.management.services import ServiceCommand


class Command(ServiceCommand):
    help = "Write a CSV with the document number of every figure that can be found, its publication, label and sheet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--output", type=Path, required=True, metavar="FILE")

    def run(self, **options: Any) -> dict[str, Any]:
        path: Path = options["output"]
        try:
            with path.open("w", encoding="utf-8", newline="") as written:
                lines = sum(written.write(line) > 0 for line in document_number_rows())
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror or error}") from error
        self.say(f"{path}: {lines - 1} figures")
        return {"file": str(path), "figures": lines - 1}
