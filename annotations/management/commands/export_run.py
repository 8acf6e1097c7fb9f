"""manage.py export_run: write a run for trec_eval, a spreadsheet or another program."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from annotations.management.files import ExportCommand
from annotations.management.finding import run_found, topic_set_found
from annotations.selectors.exports import run_file
from engine.errors import Problem


class Command(ExportCommand):
    help = (
        "Write the ranked lists of a finished run as TREC (for trec_eval), as CSV, or as JSON with the run's settings."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("run", metavar="RUN", help="name or number of the run")
        parser.add_argument(
            "--topic-set",
            metavar="NAME",
            help="name or number; required when several topic sets have a run of this name",
        )

    def run(self, **options: Any) -> dict[str, Any]:
        topic_set = topic_set_found(options["topic_set"]) if options["topic_set"] else None
        run = run_found(options["run"], topic_set)
        try:
            exported = run_file(run, options["format"])
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        return {"run": run.name, "id": run.pk, "sha256": run.sha256} | self.deliver(exported, **options)
