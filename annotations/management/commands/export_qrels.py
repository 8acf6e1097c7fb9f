"""manage.py export_qrels: frozen qrels as a file for trec_eval, a spreadsheet, or another program."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from annotations.management.files import ExportCommand
from annotations.management.finding import snapshot_found
from annotations.selectors.exports import qrels_file
from annotations.selectors.snapshots import SnapshotDamaged


class Command(ExportCommand):
    help = "Write frozen qrels: TREC with what they were settled to, CSV or JSON also with the originals and rulings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("snapshot", metavar="SNAPSHOT", help="name or number")

    def run(self, **options: Any) -> dict[str, Any]:
        snapshot = snapshot_found(options["snapshot"])
        try:
            exported = qrels_file(snapshot, options["format"])
        except SnapshotDamaged as damage:
            raise CommandError(damage.detail) from damage
        said = {"snapshot": snapshot.name, "id": snapshot.pk, "sha256": snapshot.sha256}
        return said | self.deliver(exported, **options)
