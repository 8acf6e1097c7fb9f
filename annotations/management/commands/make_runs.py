"""manage.py make_runs: run several systems over a topic set."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from django.core.management.base import CommandError

from annotations.management.finding import topic_set_found, user_found
from annotations.models import Run, System, TopicSet
from annotations.queue import enqueue_run
from annotations.selectors.runs import runs_listed
from annotations.services.runs import DEFAULT_DEPTH, PAPER_SYSTEMS, UNWEIGHTED_SYSTEMS, Plan, runs_make
from engine.errors import Problem
from search.filters import FILTERS, filters_checked
from search.management.services import ServiceCommand, worker_for
from search.models import WorkState

POLL_SECONDS, REPORT_SECONDS = 0.2, 5.0


class Command(ServiceCommand):
    help = "Make runs for a topic set, by default of the four systems of the paper."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("topic_set", help="name or number of the topic set")
        parser.add_argument(
            "--systems",
            nargs="*",
            metavar="S",
            choices=[system.value for system in UNWEIGHTED_SYSTEMS],
            default=[system.value for system in PAPER_SYSTEMS],
            help=", ".join(UNWEIGHTED_SYSTEMS),
        )
        parser.add_argument(
            "--weights",
            nargs="*",
            type=int,
            default=[],
            metavar="PERCENT",
            help="the drawing’s share of weighted sums, 1 to 99",
        )
        parser.add_argument("--depth", type=int, default=DEFAULT_DEPTH)
        parser.add_argument("--wait", action="store_true", help="wait until every run is finished")
        parser.add_argument(
            "--by", default="", metavar="USER", help="user name of the owner; by default the command-line user"
        )
        for name in FILTERS:
            parser.add_argument(f"--{name.replace('_', '-')}", default="", metavar="F")

    def run(self, **options: Any) -> dict[str, Any]:
        topic_set = topic_set_found(options["topic_set"])
        try:
            plan = Plan(
                systems=tuple(System(name) for name in options["systems"]),
                weights=tuple(options["weights"]),
                depth=options["depth"],
                filters=filters_checked({name: options[name] for name in FILTERS}),
            )
            runs = runs_make(topic_set=topic_set, plan=plan, made_by=user_found(options["by"]))
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        with worker_for("query") if options["wait"] else nullcontext():
            for run in runs:
                enqueue_run(run.pk)
            if options["wait"]:
                self._await(topic_set, runs)
        made = list(Run.objects.filter(pk__in=[run.pk for run in runs]).order_by("pk"))
        for run in made:
            self.say(f"run {run.pk} {run}: {run.get_state_display()}. {run.error_detail or run.note}".rstrip())
        return {"topic_set": topic_set.name, "id": topic_set.pk, "runs": [_run_as_json(run) for run in made]}

    def fault(self, result: dict[str, Any]) -> str:
        failed = [run["run"] for run in result["runs"] if run["state"] in (WorkState.REJECTED, WorkState.QUARANTINED)]
        return f"{', '.join(failed)} failed" if failed else ""

    def _await(self, topic_set: TopicSet, runs: Sequence[Run]) -> None:
        last_report = time.monotonic()
        wanted = {run.pk for run in runs}
        while rows := [row for row in runs_listed(topic_set) if row.run.pk in wanted and row.is_open]:
            time.sleep(POLL_SECONDS)
            if time.monotonic() - last_report > REPORT_SECONDS:
                last_report = time.monotonic()
                self.say(f"{len(rows)} runs open, {rows[0].run}: {rows[0].done} of {rows[0].count} topics")


def _run_as_json(run: Run) -> dict[str, Any]:
    return {
        "run": run.name,
        "id": run.pk,
        "system": run.system,
        "weight": run.weight,
        "state": run.state,
        "encoder_keys": run.encoder_keys,
        "index_versions": run.index_versions,
        "note": run.note,
        "error": run.error_detail,
        "sha256": run.sha256,
    }
