"""manage.py export_qrels: write a qrels snapshot for trec_eval, a spreadsheet or another program."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from annotations.management.files import ExportCommand
from annotations.management.finding import snapshot_found
from annotations.selectors.exports import qrels_file
from annotations.selectors.snapshots import SnapshotDamaged


class Command(ExportCommand):
    help = (
        "Write a qrels snapshot: TREC has the final grades, CSV and JSON also the assessors' judgments and the rulings."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("snapshot", metavar="SNAPSHOT", help="name or number of the qrels snapshot")

    def run(self, **options: Any) -> dict[str, Any]:
        snapshot = snapshot_found(options["snapshot"])
        try:
            exported = qrels_file(snapshot, options["format"])
        except SnapshotDamaged as damage:
            raise CommandError(damage.detail) from damage
        identity = {"snapshot": snapshot.name, "id": snapshot.pk, "sha256": snapshot.sha256}
        return identity | self.deliver(exported, **options)
