"""manage.py import_qrels: import judgments made elsewhere as a qrels snapshot."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from annotations.management.files import ImportCommand, bytes_of
from annotations.management.finding import topic_set_found, user_found
from annotations.models import Facet
from annotations.selectors.snapshots import snapshot_qrels
from annotations.services.imports import qrels_import
from engine.errors import Problem


class Command(ImportCommand):
    help = "Import qrels for a topic set from a TREC, CSV or JSON file. The same file again gives the same snapshot."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--name", required=True, help="name of the snapshot")
        parser.add_argument(
            "--facet", choices=Facet.values, default=Facet.OVERALL.value, help="ignored for JSON, which names its facet"
        )

    def run(self, **options: Any) -> dict[str, Any]:
        topic_set, user = topic_set_found(options["topic_set"]), user_found(options["by"])
        try:
            snapshot = qrels_import(
                topic_set=topic_set,
                name=options["name"],
                data=bytes_of(options["file"]),
                file_format=options["format"],
                facet=options["facet"],
                imported_by=user,
            )
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        qrels = snapshot_qrels(snapshot)
        figures = sum(len(topic.figures) for topic in qrels.topics.values())
        self.say(f"snapshot {snapshot.pk} {snapshot.name}: {figures} figures, {qrels.rule}")
        return {
            "snapshot": snapshot.name,
            "id": snapshot.pk,
            "figures": figures,
            "rule": qrels.rule,
            "sha256": snapshot.sha256,
        }
