"""manage.py export_documents: write the document numbers of all figures, which run and qrels files use."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from annotations.selectors.exports import document_number_rows
from search.management.services import ServiceCommand


class Command(ServiceCommand):
    help = "Write a CSV with the document number, publication, label and sheet of every figure that can be found."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--output", type=Path, required=True, metavar="FILE")

    def run(self, **options: Any) -> dict[str, Any]:
        path: Path = options["output"]
        try:
            with path.open("w", encoding="utf-8", newline="") as written:
                lines = sum(written.write(line) > 0 for line in document_number_rows())
        except OSError as error:
            raise CommandError(f"cannot write {path}: {error.strerror or error}") from error
        self.say(f"{path}: {lines - 1} figures")
        return {"file": str(path), "figures": lines - 1}
