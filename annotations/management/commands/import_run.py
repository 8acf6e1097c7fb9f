"""manage.py import_run: import a run of another system, to pool, judge and measure it like our own."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from annotations.management.files import ImportCommand, bytes_of
from annotations.management.finding import topic_set_found, user_found
from annotations.services.imports import run_import
from engine.errors import Problem


class Command(ImportCommand):
    help = "Import a run for a topic set from a TREC, CSV or JSON file. The same file again gives the same run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--name", default="", help="name of the run; by default the tag in the file")

    def run(self, **options: Any) -> dict[str, Any]:
        topic_set, user = topic_set_found(options["topic_set"]), user_found(options["by"])
        try:
            run = run_import(
                topic_set=topic_set,
                name=options["name"],
                data=bytes_of(options["file"]),
                file_format=options["format"],
                imported_by=user,
            )
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        figures = sum(len(ranked.figure_ids) for ranked in run.lists.all())
        self.say(f"run {run.pk} {run.name}: {figures} figures. {run.note}".rstrip())
        return {"run": run.name, "id": run.pk, "figures": figures, "note": run.note, "sha256": run.sha256}
