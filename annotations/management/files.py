"""Base classes of the commands that export and import files."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from annotations.selectors.exports import FORMATS, ExportedFile
from search.management.services import ServiceCommand

STANDARD_OUTPUT = Path("-")


class ExportCommand(ServiceCommand):
    """A command that writes a file, or to standard output when no file is named."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--format", choices=FORMATS, default="trec")
        parser.add_argument(
            "--output", type=Path, default=STANDARD_OUTPUT, metavar="FILE", help="- for standard output"
        )

    def deliver(self, exported: ExportedFile, **options: Any) -> dict[str, Any]:
        """Write the file, and return its entries for the command's JSON."""
        path: Path = options["output"]
        if path == STANDARD_OUTPUT:
            if options["json"]:
                raise CommandError("--json requires --output FILE: both would be written to standard output")
            self.stdout.write(exported.text, ending="")
            return {}
        try:
            # newline="": the format determines the line ends
            path.write_text(exported.text, encoding="utf-8", newline="")
        except OSError as error:
            raise CommandError(f"cannot write {path}: {error.strerror or error}") from error
        lines = exported.text.count("\n")
        self.say(f"{path}: {lines} lines")
        return {"file": str(path), "format": options["format"], "lines": lines}


class ImportCommand(ServiceCommand):
    """A command that imports a file into a topic set."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE", help="- for standard input")
        parser.add_argument("--topic-set", required=True, metavar="NAME", help="name or number of the topic set")
        parser.add_argument("--format", choices=FORMATS, default="trec")
        parser.add_argument(
            "--by", default="", metavar="USER", help="user name of the owner; by default the command-line user"
        )


def bytes_of(name: str) -> bytes:
    """Read a file, or standard input for "-". Raises: CommandError."""
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"cannot read {name}: {error.strerror or error}") from error
