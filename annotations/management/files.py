"""What the commands that write and read files have in common."""

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
    """A command that writes a file, to standard output where none is named."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--format", choices=FORMATS, default="trec")
        parser.add_argument(
            "--output", type=Path, default=STANDARD_OUTPUT, metavar="FILE", help="- for standard output"
        )

    def deliver(self, exported: ExportedFile, **options: Any) -> dict[str, Any]:
        """Write the file, and return what the JSON says of it."""
        path: Path = options["output"]
        if path == STANDARD_OUTPUT:
            if options["json"]:
                raise CommandError("--json needs --output FILE, since both would be on standard output")
            self.stdout.write(exported.text, ending="")
            return {}
        try:
            # newline: the line ends are those of the format.
            path.write_text(exported.text, encoding="utf-8", newline="")
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror or error}") from error
        lines = exported.text.count("\n")
        self.say(f"{path}: {lines} lines")
        return {"file": str(path), "format": options["format"], "lines": lines}


class ImportCommand(ServiceCommand):
    """A command that reads a file into a topic set."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE", help="- for standard input")
        parser.add_argument("--topic-set", required=True, metavar="NAME", help="name or number")
        parser.add_argument("--format", choices=FORMATS, default="trec")
        parser.add_argument("--by", default="", metavar="USER", help="whose it is; without it, the command line's")


def bytes_of(name: str) -> bytes:
    """A file's bytes, - for standard input. Raises: CommandError."""
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror or error}") from error
