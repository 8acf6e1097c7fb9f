"""manage.py import_run: another system's run, to be pooled, judged and measured beside ours."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from annotations.management.files import ImportCommand, bytes_of
from annotations.management.finding import topic_set_found, user_found
from annotations.services.imports import run_import
from engine.errors import Problem


class Command(ImportCommand):
    help = "Read a run over a topic set from a TREC, CSV or JSON file; the same file again is the same run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--name", default="", help="of the run; without it, the tag in the file")

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
        figures = sum(len(one.figure_ids) for one in run.lists.all())
        self.say(f"run {run.pk} {run.name}: {figures} figures. {run.note}".rstrip())
        return {"run": run.name, "id": run.pk, "figures": figures, "note": run.note, "sha256": run.sha256}
