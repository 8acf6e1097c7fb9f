"""manage.py ingest: deliveries in, searchable figures out."""

from __future__ import annotations

import tempfile
import time
from argparse import ArgumentParser
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from engine.delivery import pack_folder
from engine.errors import DeliveryError
from search.management.services import ServiceCommand, worker_for
from search.models import Batch
from search.queue import enqueue_batch
from search.selectors.batches import batch_report
from search.services.batches import batch_receive
from search.services.indexes import indexes_refresh

REPORT_SECONDS = 5.0


class Command(ServiceCommand):
    help = "Receive deliveries: a batch zip, a document zip, a TAR, a folder, or an XML with its images beside it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--wait", action="store_true", help="come back when every figure is searchable")

    def run(self, **options: Any) -> dict[str, Any]:
        batches = [self._receive(path) for path in options["paths"]]
        with worker_for("batch") if options["wait"] else nullcontext():
            for batch in batches:
                enqueue_batch(batch)
            if options["wait"]:
                for batch in batches:
                    self._await(batch)
                indexes_refresh()
        report = batch_report(batches)
        for line in report["rejected"]:
            self.say(f"refused: {line['member']}: {line['detail']}")
        self.say(
            f"{report['publications']} publications, {report['sheets']} sheets, {report['figures']} figures, "
            f"{report['warned']} with remarks, {len(report['rejected'])} refused"
        )
        return report

    def fault(self, result: dict[str, Any]) -> str:
        return "a delivery was refused" if result["refused_deliveries"] else ""

    def _receive(self, path: Path) -> Batch:
        if not path.exists():
            raise CommandError(f"{path} does not exist; give a delivery's file or folder")
        if path.is_file() and path.suffix.lower() != ".xml":
            return self._said(*batch_receive(path=path, file_name=path.name, received_by=None))
        with tempfile.TemporaryDirectory(prefix="delivery-") as folder:
            packed = Path(folder) / "delivery.zip"
            try:
                pack_folder(path, packed)
            except DeliveryError as error:
                raise CommandError(f"{path}: {error.detail}") from error
            return self._said(*batch_receive(path=packed, file_name=path.name, received_by=None, packed_here=True))

    def _said(self, batch: Batch, created: bool) -> Batch:
        if not created:
            self.say(f"{batch.file_name} was received before, on {batch.received_at:%Y-%m-%d %H:%M}")
        return batch

    def _await(self, batch: Batch) -> None:
        shown = time.monotonic()
        while not _is_finished(batch):
            time.sleep(0.2)
            if time.monotonic() - shown > REPORT_SECONDS:
                shown = time.monotonic()
                done, count = batch.documents.exclude(verdict="").count(), batch.documents.count()
                self.say(f"{batch.file_name}: {done} of {count} documents")


def _is_finished(batch: Batch) -> bool:
    batch.refresh_from_db()
    return batch.finished_at is not None
